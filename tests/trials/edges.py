"""`classbatch` with edges that misbehave: names not found, files that may not grow, locks that lock nothing, kill -9.

The product has no hook for this: the edges are wrapped from here, in a process of
its own. What to wrap stands in TRIALS_EDGES, as JSON.
"""

import json
import os
import resource
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest import mock
from zipfile import ZipFile

from batch.cli import main

Reached = Callable[[], None]


def run() -> None:
    edges = json.loads(os.environ.pop("TRIALS_EDGES"))
    if "most_bytes" in edges:
        resource.setrlimit(resource.RLIMIT_FSIZE, (edges["most_bytes"], edges["most_bytes"]))
    if "names" in edges:
        _names_fail(edges["names"])
    if edges.get("locks") == "nothing":
        mock.patch("fcntl.flock").start()
    if "renames" in edges:
        _at_any_rename(_kill_on(edges["renames"]))
    if "point" in edges:
        POINTS[edges["point"]](_kill_on(edges["nth"]))
    main.run()


def _names_fail(times: int) -> None:
    """The first name look-ups fail, as with a resolver that is not there. uvloop's are not Python's to wrap."""
    from aiohttp.resolver import ThreadedResolver  # noqa: PLC0415 - only where it is wanted

    left, resolve = times, ThreadedResolver.resolve

    async def failing(*args: Any, **kwargs: Any) -> Any:
        nonlocal left
        if left:
            left -= 1
            raise OSError(None, "Temporary failure in name resolution")
        return await resolve(*args, **kwargs)

    mock.patch.object(ThreadedResolver, "resolve", failing).start()


def _kill_on(nth: int) -> Reached:
    """Called at the point; the nth call is the last thing that this process does."""
    left = nth

    def reached() -> None:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    return reached


def _at_commit(kinds: Callable[[Any], bool], *, before: bool) -> Callable[[Reached], None]:
    """Before or after a commit that has an entry of this kind."""

    def wrap(reached: Reached) -> None:
        from batch.journal.sending import SendingStore  # noqa: PLC0415 - only where it is wanted

        apply = SendingStore.apply_each

        def wrapped(store: SendingStore, groups: Sequence[Sequence[Any]]) -> frozenset[int]:
            is_it = any(kinds(entry) for group in groups for entry in group)
            if is_it and before:
                reached()
            overtaken = apply(store, groups)
            if is_it and not before:
                reached()
            return overtaken

        mock.patch.object(SendingStore, "apply_each", wrapped).start()

    return wrap


def _is_intent(entry: Any) -> bool:
    return type(entry).__name__ == "Intent"


def _is_operation(entry: Any) -> bool:
    return type(entry).__name__ == "OperationIntent"


def _is_operation_ended(entry: Any) -> bool:
    return type(entry).__name__ == "OperationEnded"


def _is_ended(entry: Any) -> bool:
    return type(entry).__name__ == "Ended"


def _is_settled(entry: Any) -> bool:
    return _is_ended(entry) and entry.ending in {"found", "absent"}


def _after_response(reached: Reached) -> None:
    from batch.wiziq.client import WiziqClient  # noqa: PLC0415 - only where it is wanted

    create = WiziqClient.create

    async def wrapped(client: WiziqClient, parameters: Mapping[str, str]) -> Any:
        created = await create(client, parameters)
        reached()
        return created

    mock.patch.object(WiziqClient, "create", wrapped).start()


def _after_operation(reached: Reached) -> None:
    from batch.wiziq.client import WiziqClient  # noqa: PLC0415 - only where it is wanted

    for name in ("modify", "cancel"):
        mock.patch.object(WiziqClient, name, _reaching(getattr(WiziqClient, name), reached)).start()


def _reaching(method: Callable[..., Awaitable[Any]], reached: Reached) -> Callable[..., Awaitable[Any]]:
    async def wrapped(*args: Any) -> Any:
        answered = await method(*args)
        reached()
        return answered

    return wrapped


def _at_look_up(reached: Reached) -> None:
    from batch.wiziq.client import WiziqClient  # noqa: PLC0415 - only where it is wanted

    list_classes = WiziqClient.list_classes

    async def wrapped(client: WiziqClient, filters: Mapping[str, str]) -> AsyncIterator[Any]:
        async for each in list_classes(client, filters):
            reached()
            yield each

    mock.patch.object(WiziqClient, "list_classes", wrapped).start()


def _before_workbook(reached: Reached) -> None:
    from xlsxwriter import Workbook  # type: ignore[import-untyped]  # ships no py.typed  # noqa: PLC0415 - only where it is wanted

    begin = Workbook.__init__

    def wrapped(*args: Any, **kwargs: Any) -> None:
        reached()
        begin(*args, **kwargs)

    mock.patch.object(Workbook, "__init__", wrapped).start()


def _mid_write(reached: Reached) -> None:
    write = ZipFile.write

    def wrapped(*args: Any, **kwargs: Any) -> None:
        write(*args, **kwargs)
        reached()

    mock.patch.object(ZipFile, "write", wrapped).start()


def _at_rename(*, before: bool) -> Callable[[Reached], None]:
    def wrap(reached: Reached) -> None:
        replace = Path.replace

        def wrapped(path: Path, target: Path) -> Path:
            is_it = Path(target).suffix == ".xlsx"
            if is_it and before:
                reached()
            replaced = replace(path, target)
            if is_it and not before:
                reached()
            return replaced

        mock.patch.object(Path, "replace", wrapped).start()

    return wrap


def _at_any_rename(reached: Reached) -> None:
    """After a file was given another name."""
    replace = Path.replace

    def wrapped(path: Path, target: Path) -> Path:
        replaced = replace(path, target)
        reached()
        return replaced

    mock.patch.object(Path, "replace", wrapped).start()


#: Point -> how to get there. "Headers sent" is the service's to see; see `kills.py`.
POINTS: Mapping[str, Callable[[Reached], None]] = {
    "before intent": _at_commit(_is_intent, before=True),
    "after intent": _at_commit(_is_intent, before=False),
    "after response": _after_response,
    "after outcome": _at_commit(_is_ended, before=False),
    "before workbook": _before_workbook,
    "mid-write": _mid_write,
    "before rename": _at_rename(before=True),
    "after rename": _at_rename(before=False),
    "in the look-up": _at_look_up,
    "before what it found": _at_commit(_is_settled, before=True),
    "after what it found": _at_commit(_is_settled, before=False),
    "before an operation's intent": _at_commit(_is_operation, before=True),
    "after an operation's intent": _at_commit(_is_operation, before=False),
    "after an operation's answer": _after_operation,
    "after an operation's ending": _at_commit(_is_operation_ended, before=False),
}
