"""What may be asked of a run while it is under way, and the gates by which it heeds that."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

from batch.core.message import Message, RunNote
from batch.core.service.backoff import Window
from batch.event_loop import drained_by_signals, drained_in_time
from batch.sending.gate import Closing, Gate
from batch.sending.listener import Listener, Pace


class Control:
    """A run's gates, one after the other: what was asked of the run holds for the next one, too."""

    def __init__(self, new_gate: Callable[[Window], Gate] = Gate) -> None:
        self._new_gate = new_gate
        self._gate = new_gate(Window())
        self._is_paused = self._is_draining = False

    def pace(self) -> Pace:
        """How the run goes at the moment."""
        return self._gate.pace

    def pause(self) -> None:
        """Let nothing more begin until `resume`; what is under way goes on to its end."""
        self._is_paused = True
        self._gate.hold()

    def resume(self) -> None:
        """Go on after `pause`."""
        self._is_paused = False
        self._gate.release()

    def drain(self) -> None:
        """Let nothing more begin; what is under way goes on to its end, and the run with it."""
        self._is_draining = True
        self._gate.close(Closing.ASKED)

    def _drains(self) -> bool:
        return self._is_draining

    def _open_gate(self, window: Window) -> Gate:
        self._gate = self._new_gate(window)
        if self._is_paused:
            self._gate.hold()
        if self._is_draining:
            self._gate.close(Closing.ASKED)
        return self._gate


@contextmanager
def drained(
    run: Control, listener: Listener, *, by_signals: bool, after_s: float | None = None
) -> Iterator[None]:
    """Let nothing more of a run begin at a first signal, or after so many seconds; the listener hears why."""

    def drain(because: RunNote) -> None:
        listener.says(Message(because))
        run.drain()

    with ExitStack() as watches:
        if by_signals:
            watches.enter_context(drained_by_signals(partial(drain, RunNote.STOPPING)))
        if after_s is not None:
            watches.enter_context(drained_in_time(partial(drain, RunNote.TIME_IS_OVER), after_s))
        yield
