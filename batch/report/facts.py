"""What every report is made from: the batch's facts, and its rows one by one.

Workbook, JSON and terminal show the same facts, so they take the same values.
"""

from collections.abc import Container
from dataclasses import replace
from datetime import datetime

from batch.core.changes.operation import Kind
from batch.core.outcome import HeldReason, Outcome
from batch.core.quick_dataclass import dataclass
from batch.core.rows.reading import clock_in
from batch.report.text import shortened
from batch.report.wording.phrases import DAY_OF_YEAR, dated, tr
from batch.report.wording.problems import WordedIssue

_LONGEST_VALUE = 80  #: of a cell quoted in a sentence; the cell itself is shown whole


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFacts:
    """What is the same for every row of a batch."""

    batch: str | None  #: its name in the journal; None for `check`, which leaves no batch
    file: str  #: as the person named it
    path: str = ""  #: as a command names it; "" where none can
    sheet: str  #: "" for CSV
    account: str  #: whose account, in words; never a key
    sent_to: str  #: the service's base URL
    sandbox: bool = False
    in_process: bool = False  #: the sandbox was the command's own: its --sandbox
    started: datetime | None = None  #: UTC
    finished: datetime | None = None  #: UTC; None while the batch is not finished
    sha256: str = ""  #: of the file, so that nobody wonders which version it was
    calls: int | None = None  #: requests to schedule a class
    retries: int | None = None  #: of these, further ones for the same class
    limit: str = ""  #: how many classes may run at once and who says so, in words; "" while unknown
    version: str = ""  #: of classbatch
    command: str = "submit"  #: by which the file is sent
    undoes: str = ""  #: the batch that it took back; "" for a file
    options: str = ""  #: what the command was given besides the file, and has to be given again
    of_file: str = ""  #: what holds for this file and not for its results, such as its sheet
    term_sheet: tuple[
        tuple[str, ...], ...
    ] = ()  #: of the workbook that was read, where it says when the term is
    notes: tuple[str, ...] = ()  #: how the file was read, and what was taken for granted, in sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A class as it stands now, where that is otherwise than a row of the batch has it."""

    class_id: str
    is_there: bool  #: False: it was cancelled, and the rest is as it was
    title: str
    presenter: str  #: case-folded
    starts: datetime  #: UTC
    minutes: int
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRow:
    """One row of the file and what became of it.

    `message` is what the service or the planner said; what is wrong with cells
    stands in `problems` alone, so that nothing is told twice. From `title` to
    `zone` is the class as meant: None where the row is invalid.
    """

    number: int  #: the row number that Excel shows
    sheet: str
    cell: str = ""  #: of a weekly grid: where the lesson stands in it
    lessons: int = 0  #: of one row that stands for several classes: how many
    among_sheets: bool = False  #: other sheets of the batch have a row of this number, too
    outcome: Outcome
    call_id: str | None = None
    class_id: str | None = None
    error_code: str | None = None
    action: Kind | None = None  #: what was sent for it, or would be
    reason: HeldReason | None = None  #: of a row that is held
    message: str | None = None
    cause: str = ""  #: the part of `message` that says what is so
    own_hint: str = ""  #: the part of it that says what to do, where it does
    kind: str = ""  #: of the cause: rows of one kind are mended in one go
    attempts: int = 0
    title: str | None = None
    presenter: str | None = None  #: e-mail or presenter_id, case-folded
    starts: datetime | None = None  #: UTC
    minutes: int | None = None
    zone: str | None = None  #: on whose clock the row gives its start
    free_at: datetime | None = (
        None  #: UTC; of a row that is held: when its class would fit, where that was found
    )
    #: Of a row whose class was changed since, or was not changed to it: that class.
    now: Standing | None = None
    presenter_url: str | None = None  #: logs the presenter in: a link only when asked for, never in a log
    fingerprint: str | None = None
    cells: tuple[str, ...] = ()  #: as shown, one for each input column
    problems: tuple[WordedIssue, ...] = ()  #: faults and warnings

    @property
    def of_file(self) -> tuple[str, int, str]:
        """Which row of the file it is one class of."""
        return self.sheet, self.number, self.cell

    @property
    def place(self) -> str:
        """Which row it is, in words."""
        row = tr("cell {cell}", cell=self.cell) if self.cell else tr("row {number}", number=self.number)
        row = f"{self.sheet}, {row}" if self.among_sheets else row
        if not self.lessons or self.starts is None or self.zone is None:
            return row
        day = self.starts.astimezone(clock_in(self.zone))
        return f"{row} ({dated(day, DAY_OF_YEAR)})"

    @property
    def faults(self) -> tuple[WordedIssue, ...]:
        return tuple(issue for issue in self.problems if not issue.is_warning)

    def sentences(self, known_hints: Container[tuple[str, str]] = ()) -> list[str]:
        """Everything there is to say about the row: message first, then each problem.

        `known_hints`: codes with what mends them, where that was said before and need not be again.
        """
        own = [self.message] if self.message else []
        return own + [
            issue.without_hint() if (issue.code, issue.hint) in known_hints else str(issue)
            for issue in map(_with_short_value, self.problems)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoneClass:
    """A class of an earlier version that the file no longer asks for, and what became of it."""

    class_id: str
    title: str
    presenter: str
    starts: datetime  #: UTC
    minutes: int
    zone: str
    row_then: int  #: the row that asked for it, as Excel showed it
    outcome: Outcome | None = None  #: None: nothing was to be done about it
    action: Kind | None = None
    error_code: str | None = None
    reason: HeldReason | None = None  #: of one that is held
    message: str | None = None
    now: Standing | None = None  #: None: as it was, or cancelled by this batch
    #: It lies before the first or after the last lesson of the file, which says nothing of it.
    beyond: bool = False
    kept_for: str = ""  #: the other file that asks for it, too


def _with_short_value(issue: WordedIssue) -> WordedIssue:
    """A cell of 10,000 characters must not push what to do about it out of sight."""
    return replace(issue, value=shortened(issue.value, _LONGEST_VALUE))
