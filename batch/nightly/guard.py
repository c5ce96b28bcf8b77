"""Holds a file that was just taken in against the one before it; `run.submit` asks it before anything is sent."""

from datetime import UTC, datetime

from batch.core.guard import Limits, Vanished, why_stopped, with_replacements
from batch.core.text import one_line
from batch.journal.records import Batch
from batch.journal.store import Journal

#: So many classes are told one by one.
_MOST_LISTED = 10
_LONGEST_TITLE = 60


class Comparison:
    """The guard of one file, and what it noticed."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._vanished: list[Vanished] = []
        self._same_as: Batch | None = None
        self.stopped: str | None = None  #: why nothing of the file was sent

    @property
    def is_known(self) -> bool:
        """Whether the same content was imported before."""
        return self._same_as is not None

    def __call__(self, journal: Journal, batch: Batch) -> str | None:
        series = journal.batches.series(batch)
        self._same_as = series.same_content
        vanished = series.vanished()
        self._vanished = with_replacements(vanished, series.new() if vanished else ())
        self.stopped = why_stopped(series.figures(vanished=len(vanished)), self._limits)
        return self.stopped

    def sentences(self) -> list[str]:
        """What a person should know of the file beside the one before it."""
        return [*self._known(), *self._gone()]

    def _known(self) -> list[str]:
        if self._same_as is None:
            return []
        when = _time(self._same_as.started_at)
        return [
            f"The same content as {self._same_as.file} of {when}: only what is still open was tried again."
        ]

    def _gone(self) -> list[str]:
        if not self._vanished:
            return []
        number = len(self._vanished)
        count = "1 scheduled class is" if number == 1 else f"{number} scheduled classes are"
        said = [f"{count} no longer in the file. What is not wanted has to be cancelled in WizIQ:"]
        said += [f"- {_line(each)}" for each in self._vanished[:_MOST_LISTED]]
        if number > _MOST_LISTED:
            said.append(f"- and {number - _MOST_LISTED} more")
        return said


def _line(gone: Vanished) -> str:
    lesson, row = gone.lesson, gone.replaced_by
    title = one_line(lesson.title)
    if len(title) > _LONGEST_TITLE:
        title = f"{title[: _LONGEST_TITLE - 3]}..."
    seems = f"; row {row.number} seems to replace it" if row else ""
    return f"class {lesson.class_id} ({title}, {_time(lesson.starts)}){seems}"


def _time(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"
