"""A run as the program that began it follows it: called back after each row, with what was said meanwhile kept."""

import asyncio
from collections.abc import Callable

from batch.core.message import Message
from batch.core.outcome import Outcome
from batch.core.quick_dataclass import dataclass
from batch.journal.records import RowOutcome
from batch.sending.listener import Listener


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is."""

    done: int  #: rows that ended
    total: int  #: rows that are to be sent
    outcome: Outcome  #: of the row that ended last


class ProgressListener(Listener):
    """Calls a program back after each row, and keeps what is said while a run goes on."""

    def __init__(self, call_back: Callable[[Progress], None] | None = None) -> None:
        self.notes: list[Message] = []
        self._call_back = call_back
        self._run = None if call_back is None else asyncio.current_task()
        self._ended: set[int] = set()  # a row that was in doubt ends twice
        self._total = 0

    def begin(self, rows: int) -> None:
        self._total += rows

    def ended(self, outcome: RowOutcome) -> None:
        if outcome.outcome is None:  # it waits to be sent again
            return
        self._ended.add(outcome.position)
        if self._call_back is not None:
            done = len(self._ended)
            try:
                self._call_back(Progress(done, max(done, self._total), outcome.outcome))
            except asyncio.CancelledError:
                # Raised on, it would end one worker of many, and a task group takes that for its will.
                if self._run is not None:
                    self._run.cancel()

    def says(self, note: Message) -> None:
        self.notes.append(note)
