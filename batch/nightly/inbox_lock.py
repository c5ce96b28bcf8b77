"""One import at a time on an inbox, from this computer or another: two would move each other's files away.

Where the inbox cannot be locked (many network shares), each file is claimed before it is
read: renamed to a name that nobody else takes, which only one of two computers can do. A
night that was cut short has its claims put back by the next one of the same state folder.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from batch.atomic_file import write_whole
from batch.core.errors import CannotRun
from batch.core.message import Message, NightNote
from batch.journal.lock import locked
from batch.journal.nights import folder_of

_CLAIMED = ".claimed"


@contextmanager
def inbox_locked(
    inbox: Path, state: Path, now: float, on_unlocked: Callable[[Message], None]
) -> Iterator[str]:
    """Hold the inbox for the length of a night.

    Yields:
        By what token files are to be claimed; "" where the lock keeps other computers out.

    Args:
        inbox: where the files arrive.
        state: the directory of the journals.
        now: UTC seconds.
        on_unlocked: hears of an inbox that cannot be locked: no other computer is kept out.

    Raises:
        Unfinished: another import is at work on it.
    """
    here = f"the inbox {inbox}"
    with locked(folder_of(state, inbox), now, here), ExitStack() as stack:
        claims = ""
        token = _token(folder_of(state, inbox))
        try:  # other computers that share the inbox have a state folder each
            mode = inbox.stat().st_mode & 0o666
            stack.enter_context(locked(inbox, now, here, file=".classbatch.lock", mode=mode))
        except (CannotRun, OSError):
            if inbox.is_dir():  # else there is more to be said than that
                on_unlocked(Message(NightNote.INBOX_NOT_LOCKED, {"inbox": inbox}))
                claims = token
        _put_back(inbox, token)
        yield claims


def claimed(path: Path, token: str, on_unclaimed: Callable[[Message], None]) -> Path | None:
    """Take a file for this night; return where it lies meanwhile.

    Returns:
        None where another computer was quicker. Where nothing can be renamed, the file
        as it is: then the journal alone keeps its rows from being sent twice.
    """
    taken = path.with_name(f".{path.name}.{token}{_CLAIMED}")
    try:
        path.rename(taken)
    except FileNotFoundError:
        return None
    except OSError as error:
        on_unclaimed(Message(NightNote.NOT_CLAIMED, {"path": path, "why": error.strerror}))
        return path
    return taken


def give_back(taken: Path, path: Path) -> None:
    """The file waits for the next night under its own name."""
    if taken != path and taken.exists() and not path.exists():
        taken.rename(path)


def _put_back(inbox: Path, token: str) -> None:
    with suppress(OSError):
        for taken in (*inbox.glob(f".*.{token}{_CLAIMED}"), *inbox.glob(f"*/.*.{token}{_CLAIMED}")):
            give_back(taken, taken.with_name(taken.name[1 : -len(f".{token}{_CLAIMED}")]))


def _token(folder: Path) -> str:
    """Whose claims they are: this state folder's."""
    kept = folder / "token"
    with suppress(OSError, ValueError):
        if found := kept.read_text("ascii").strip():
            return found
    token = secrets.token_hex(8)
    write_whole(kept, token)
    return token
