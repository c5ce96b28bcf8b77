"""Holds a file that was just taken in against the one before it; `run.submit` asks it before anything is sent."""

from batch.core.guard import Limits, Vanished, why_stopped, with_replacements
from batch.core.message import Message, NightNote
from batch.journal.records import Batch
from batch.journal.store import Journal


class Comparison:
    """The guard of one file, and what it noticed."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._vanished: list[Vanished] = []
        self._same_as: Batch | None = None
        self.stopped: Message | None = None  #: why nothing of the file was sent

    @property
    def is_known(self) -> bool:
        """Whether the same content was imported before."""
        return self._same_as is not None

    def __call__(self, journal: Journal, batch: Batch) -> Message | None:
        series = journal.batches.series(batch)
        self._same_as = series.same_content
        vanished = series.vanished()
        self._vanished = with_replacements(vanished, series.new() if vanished else ())
        self.stopped = why_stopped(series.figures(vanished=len(vanished)), self._limits)
        return self.stopped

    def notes(self) -> list[Message]:
        """What a person should know of the file beside the one before it."""
        notes = []
        if self._same_as is not None:
            facts = {"file": self._same_as.file, "at": self._same_as.started_at}
            notes.append(Message(NightNote.SAME_CONTENT, facts))
        if self._vanished:
            notes.append(Message(NightNote.VANISHED, {"vanished": self._vanished}))
        return notes
