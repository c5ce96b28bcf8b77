"""Takes in an upload: streamed to disk, counted as it comes, refused at the first byte too many.

The form's CSRF token comes before the file and is looked at before it. Whatever
goes wrong, nothing of the file stays on disk.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import aiohttp
from aiohttp import web

from batch.core.quick_dataclass import dataclass
from batch.readers.options import MIB
from batch.report.wording.phrases import tr
from batch.web.state.uploads import Received, name_shown

_BLOCK = 1 << 18
_OVERHEAD = 64 * 1024  #: of a form around the file
_LONGEST_FIELD = 1024
_MOST_PARTS = 8


class Refusal(Exception):  # noqa: N818 - it is what the person is told, not a fault of ours
    """A request that is not carried out: an HTTP status and what the person is told."""

    def __init__(self, status: int, says: str, fix: str, on_href: str = "", on_says: str = "") -> None:
        """`on_href`: the page to go on with, where that is not the start; `on_says`: what the way there is called."""
        super().__init__(says)
        self.on_href = on_href
        self.on_says = on_says
        self.status = status
        self.says = says
        self.fix = fix


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long who asks may take."""

    stalls_s: float = 30.0  #: between two blocks
    whole_s: float = 900.0  #: for an upload
    head_s: float = 15.0  #: from the connection to the end of the first request's head
    kept_s: float = 60.0  #: from an answer to the end of the next head on the same connection


async def receive(
    request: web.Request,
    into: Path,
    *,
    most_mib: int,
    patience: Patience,
    check_csrf: Callable[[str], None],
) -> Received:
    """Write the form's `file` to `into`.

    Raises:
        Refusal: no token, no file, too large, too slow, or no form at all; `into` is not there then.
    """
    most = most_mib * MIB
    if (request.content_length or 0) > most + _OVERHEAD:
        raise _too_large(most_mib)
    try:
        async with _in_time(patience.whole_s):
            return await _receive(request, into, most, patience, check_csrf)
    except BaseException:
        into.unlink(missing_ok=True)  # noqa: ASYNC240 - at once: the task may be cancelled
        raise


async def _receive(
    request: web.Request, into: Path, most: int, patience: Patience, check_csrf: Callable[[str], None]
) -> Received:
    if request.content_type != "multipart/form-data":
        raise Refusal(415, tr("That was no form with a file."), tr("Choose a file on the start page."))
    received: Received | None = None
    checked = False
    try:
        form = await request.multipart()
        for _ in range(_MOST_PARTS):
            async with _in_time(patience.stalls_s):
                part = await form.next()
            if part is None:
                break
            if not isinstance(part, aiohttp.BodyPartReader):
                raise _no_form()
            if part.name == "csrf" and not checked:
                async with _in_time(patience.stalls_s):
                    check_csrf((await part.read_chunk(_LONGEST_FIELD)).decode(errors="replace"))
                checked = True
            elif part.name == "file" and checked and received is None:
                received = await _write(part, into, most, patience)
            else:
                raise _no_form()
    except (ValueError, AssertionError, RuntimeError, aiohttp.ClientError, aiohttp.http.HttpProcessingError):
        raise _no_form() from None
    if received is None or (not received.size and not received.name):
        raise Refusal(400, tr("No file was chosen."), tr("Choose the file with the timetable first."))
    return received


async def _write(part: aiohttp.BodyPartReader, into: Path, most: int, patience: Patience) -> Received:
    digest, size = hashlib.sha256(), 0
    with _on_disk(), into.open("xb") as file:
        while True:
            async with _in_time(patience.stalls_s):
                block = await part.read_chunk(_BLOCK)
            if not block:
                break
            size += len(block)
            if size > most:
                raise _too_large(most // MIB)
            digest.update(block)
            await asyncio.to_thread(file.write, block)
    name = name_shown(part.filename) if part.filename else ""
    return Received(name, digest.hexdigest(), size)


@contextmanager
def _on_disk() -> Iterator[None]:
    try:
        yield
    except ConnectionError:  # of the browser's
        raise
    except OSError as error:
        raise cannot_be_kept(error) from error


def cannot_be_kept(error: OSError) -> Refusal:
    says = tr("It cannot be kept on this computer: {why}.", why=error.strerror)
    return Refusal(507, says, tr("Tell whoever looks after this computer; then try again."))


@asynccontextmanager
async def _in_time(seconds: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise Refusal(
            408, tr("The upload came too slowly."), tr("Try again on a better connection.")
        ) from None


def _too_large(most_mib: int) -> Refusal:
    return Refusal(
        413,
        tr("The file is larger than {mib} MiB.", mib=most_mib),
        tr("Take out pictures and sheets that are not needed, or split it."),
    )


def _no_form() -> Refusal:
    return Refusal(
        400, tr("The form cannot be read."), tr("Load the page again, and choose the file once more.")
    )
