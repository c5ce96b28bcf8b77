"""One import at a time on an inbox, from this computer or another: two would move each other's files away."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from batch.core.message import Message, NightNote
from batch.errors import CannotRun
from batch.journal.lock import locked
from batch.nightly.record import folder_of


@contextmanager
def inbox_locked(
    inbox: Path, state: Path, now: float, on_unlocked: Callable[[Message], None]
) -> Iterator[None]:
    """Hold the inbox for the length of a night.

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
        try:  # other computers that share the inbox have a state folder each
            mode = inbox.stat().st_mode & 0o666
            stack.enter_context(locked(inbox, now, here, file=".classbatch.lock", mode=mode))
        except (CannotRun, OSError):
            if inbox.is_dir():  # else there is more to be said than that
                on_unlocked(Message(NightNote.INBOX_NOT_LOCKED, {"inbox": inbox}))
        yield
