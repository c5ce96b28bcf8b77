"""One word that ends the night: nothing more begins, in the file under way or in another.

A first SIGTERM or SIGINT says it; a second one leaves at once.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from batch.core.message import Message, NightNote, RunNote
from batch.event_loop import drained_by_signals
from batch.journal.records import Batch, RowOutcome
from batch.sending.listener import Listener

if TYPE_CHECKING:
    from batch.sending.control import Control


class Stopping:
    """Whether the night is to end, and the run that has to hear of it."""

    def __init__(self) -> None:
        self.why: Message | None = None  #: None: it goes on
        self._run: Control | None = None

    def stop(self, why: Message) -> None:
        self.why = why
        if self._run is not None:
            self._run.drain()

    @contextmanager
    def steering(self, listener: Listener) -> Iterator[Listener]:
        """A listener for one run, which passes on what it hears and takes the run's controls."""
        try:
            yield _Steering(listener, self._control)
        finally:
            self._run = None

    def _control(self, run: "Control") -> None:
        self._run = run
        if self.why:
            run.drain()

    def by_signals(self, on_note: Callable[[Message], None]) -> AbstractContextManager[None]:
        def stop() -> None:
            on_note(Message(RunNote.STOPPING))
            self.stop(Message(NightNote.ASKED_TO_STOP))

        return drained_by_signals(stop)


class _Steering(Listener):
    """Watches a run for somebody else, and hands its controls on."""

    def __init__(self, listener: Listener, control: "Callable[[Control], None]") -> None:
        self._listener = listener
        self._control = control

    def taken_in(self, batch: Batch) -> None:
        self._listener.taken_in(batch)

    def control(self, run: "Control") -> None:
        self._listener.control(run)
        self._control(run)

    def begin(self, rows: int) -> None:
        self._listener.begin(rows)

    def ended(self, outcome: RowOutcome) -> None:
        self._listener.ended(outcome)

    def says(self, note: Message) -> None:
        self._listener.says(note)
