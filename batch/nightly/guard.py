"""Holds a file that was just taken in against the one before it; `run.submit` asks it before anything is sent."""

from collections.abc import Iterator, Sequence

from batch.core.changes.guard import Limits, Vanished, why_stopped
from batch.core.changes.kinship import Kinship
from batch.core.message import Message, NightNote
from batch.core.rows.row import Header
from batch.journal.records import Batch
from batch.journal.store import Journal
from batch.sending.class_work import ChangePlan
from batch.sending.earlier_versions import beside_earlier

#: So many classes that are no longer in a file are named one by one.
_MOST_NAMED = 10


class FileGuard:
    """The guard of one file, and what it noticed."""

    def __init__(self, limits: Limits | None, *, syncs: bool = False) -> None:
        """What is let through.

        Args:
            limits: None lets the file through, whatever it looks like: somebody has looked at it.
            syncs: a class that moved is changed, and is not missing.
        """
        self._limits = limits
        self._syncs = syncs
        self._vanished: list[Vanished] = []
        self._same_as: Batch | None = None
        self._is_another: Batch | None = None
        self.stopped: Message | None = None  #: why nothing of the file was sent

    @property
    def is_known(self) -> bool:
        """Whether the same content was imported before."""
        return self._same_as is not None

    def __call__(self, journal: Journal, batch: Batch, header: Header) -> Message | None:
        found = beside_earlier(journal, batch, header)
        self._same_as = found.versions.same_content
        rows = {each.old: each.new for each in found.inferred if found.old[each.old].is_of_before}
        vanished = [*found.missing, *(found.old[tag] for tag in rows)]
        self._vanished = [
            Vanished(
                title=each.title,
                starts=each.lesson.starts,
                zone=each.zone,
                class_id=each.class_id,
                row=journal.planning.number(batch.id, rows[each.lesson.tag])
                if each.lesson.tag in rows
                else None,
            )
            for each in sorted(vanished, key=lambda each: each.lesson.starts)
        ]
        if found.comparison.compared.kinship is Kinship.ANOTHER:
            self._is_another = found.versions.before
        if self._limits is not None:
            classes = sum(each.is_of_before for each in found.old.values())
            lost = len(found.missing) if self._syncs else len(vanished)
            figures = found.versions.figures(classes=classes, vanished=lost)
            self.stopped = why_stopped(figures, self._limits, found.comparison.compared)
        return self.stopped

    def look_at(self, plan: ChangePlan) -> Message | None:
        """Nobody is there to be asked about what a file changes: why it is stopped, if it is."""
        if self._limits is not None and self.stopped is None:
            self.stopped = plan.stopped or plan.another
        return plan.stopped if self._limits is None else self.stopped

    def notes(self) -> list[Message]:
        """What a person should know of the file beside the one before it."""
        notes = []
        if self._same_as is not None:
            facts = {"file": self._same_as.file, "at": self._same_as.started_at, "syncs": self._syncs}
            notes.append(Message(NightNote.SAME_CONTENT, facts))
        if self._is_another is not None:
            facts = {"file": self._is_another.file, "at": self._is_another.started_at}
            notes.append(Message(NightNote.ANOTHER_TIMETABLE, facts))
        if self._vanished and not self._syncs:  # what became of each stands among what is gone
            notes += _vanished(self._vanished)
        return notes


def _vanished(classes: Sequence[Vanished]) -> Iterator[Message]:
    """That they are no longer in the file, and each of them on a line of its own."""
    yield Message(NightNote.VANISHED, {"number": len(classes)})
    for each in classes[:_MOST_NAMED]:
        facts = {"class_id": each.class_id, "title": each.title, "starts": each.starts, "row": each.row}
        yield Message(NightNote.VANISHED_CLASS, facts)
    if len(classes) > _MOST_NAMED:
        yield Message(NightNote.MORE_VANISHED, {"number": len(classes) - _MOST_NAMED})
