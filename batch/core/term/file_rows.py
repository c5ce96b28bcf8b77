"""The rows of a whole file, each judged by what the file shows of itself."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Protocol

from batch.core.errors import FileProblem
from batch.core.message import FileFault, FileNote, Message
from batch.core.rows.column_names import Naming
from batch.core.rows.columns import fold
from batch.core.rows.corrections import Corrections, corrected
from batch.core.rows.dates import names_a_day
from batch.core.rows.examples import is_example
from batch.core.rows.file_evidence import FileEvidence, Known
from batch.core.rows.file_notes import RowsSeen
from batch.core.rows.header import is_blank
from batch.core.rows.lesson_keys import LESSON_ID, Insists, is_called_lesson_id
from batch.core.rows.problems import Issue, Problem
from batch.core.rows.reading import Terms
from batch.core.rows.row import CheckedRow, Header, RawRow, address_of, shown
from batch.core.rows.unread_evidence import UnreadEvidence
from batch.core.term.series import SeriesRows


class TypedTable(Protocol):
    """A table of a file, row by row as typed."""

    @property
    def name(self) -> str:
        """The file, with its sheet if it has any."""

    @property
    def place(self) -> str:
        """How messages about it begin."""

    @property
    def header(self) -> Header: ...

    @property
    def heading(self) -> tuple[int, str] | None:
        """The last line that was a heading: its row, its words."""

    def __iter__(self) -> Iterator[RawRow]: ...


class ReadAgainError(Exception):
    """Something came to light that lets rows before be judged otherwise."""

    def __init__(self, known: Known) -> None:
        super().__init__()
        self.known = known


class FileRows:
    """The rows of a timetable, checked, and what was noticed on the way.

    What the file shows as a whole is learnt while it is read; where that comes too
    late for a row before, all is read again.
    """

    def __init__(
        self,
        typed: TypedTable,
        terms: Terms,
        *,
        seen: RowsSeen,
        series: SeriesRows,
        most_classes: int,
        corrections: Corrections,
        insists: Insists,
    ) -> None:
        """Nothing is read yet.

        Args:
            typed: the table.
            terms: what holds for each row.
            seen: collects what is told of all of them.
            series: what each row stands for.
            most_classes: that the file may stand for.
            corrections: what was mended since it came.
            insists: who says that the column of ids is the key of the lessons.
        """
        self._seen = seen
        self._unread = UnreadEvidence(typed.header, terms.account)
        self._typed = typed
        self._corrections = corrections
        self._terms = terms
        self.evidence = FileEvidence(typed.header, terms.known, terms.values, insists)
        self._series = series
        self._most_classes = most_classes
        self._examples: list[int] = []
        self._dated: tuple[int, str] | None = None  #: the last row with a date of its own, and that

    def __iter__(self) -> Iterator[CheckedRow]:
        header, evidence = self._typed.header, self.evidence
        self._series.know(self._terms)
        for row in self._typed:
            address = address_of(row.cells) if header.of_grid else ""
            raw = corrected(row, self._corrections, address)
            if raw is None:
                continue
            if is_example(raw, header):
                self._examples.append(raw.number)
                continue
            self._unread.see(raw)
            if evidence.see(raw):
                if evidence.stale:
                    raise ReadAgainError(evidence.known)
                self._series.know(replace(self._terms, known=evidence.known))
            yield from self._of_one(raw)
        evidence.end()
        if evidence.stale:
            raise ReadAgainError(evidence.known)
        if self._examples and not self._seen.rows:
            raise FileProblem(FileFault.ONLY_EXAMPLES, name=self._typed.name)

    def _of_one(self, raw: RawRow) -> Iterator[CheckedRow]:
        """What a row of the file stands for; what is told of the file is told of its first class alone."""
        for place, row in enumerate(self._series(raw, self._date_above())):
            if self._series.classes > self._most_classes:
                name, most = self._typed.place, self._most_classes
                raise FileProblem(FileFault.TOO_MANY_CLASSES, name=name, classes=most)
            if place:
                yield row
                continue
            first = self._with_date_above(row)
            self._seen.see(first)
            yield first

    def _with_date_above(self, row: CheckedRow) -> CheckedRow:
        """A row without a date, below one that has one, or below a heading: that is said, and nothing taken from it."""
        position = self._typed.header.columns.get("date")
        if position is not None and not is_blank((row.raw.cells[position],)):
            self._dated = row.raw.number, shown(row.raw.cells[position]).strip()
            return row
        if row.parsed is not None or not any(_lacks_a_date(issue) for issue in row.issues):
            return row
        above = self._date_above() or self._typed.header.date_above
        if above is None:
            return row
        issues = (_date_above(issue, above) if _lacks_a_date(issue) else issue for issue in row.issues)
        return replace(row, issues=tuple(issues))

    def _date_above(self) -> tuple[int, str] | None:
        """The date of the last row that has one, else that of the last heading; with its row."""
        heading = self._typed.heading
        return self._dated or (heading if heading and names_a_day(heading[1]) else None)

    def notes(self, term: Iterable[Message]) -> Iterator[Message]:
        """What is worth telling of them all, and what the term of the file says."""
        yield from self._unread.notes()
        yield from self._seen.notes(self.evidence)
        yield from term
        yield from self._series.notes()
        if no_key := self.evidence.known.no_key:
            header = self._typed.header.name_of(LESSON_ID)
            yield Message(FileNote.NO_KEY, {"header": header, "why": no_key.value})
        if self._examples:
            yield Message(FileNote.EXAMPLES_LEFT_OUT, {"rows": self._examples})


def insists_on_keys(header: Header, naming: Naming) -> Insists:
    """Who says that the column `lesson_id`, if there is one, is the key of the lessons."""
    if LESSON_ID not in header.columns:
        return Insists.NOBODY
    name = header.names[header.columns[LESSON_ID]]
    if naming.of(header.names).get(fold(name)) == LESSON_ID:
        return Insists.PERSON
    return Insists.HEADER if is_called_lesson_id(name) else Insists.NOBODY


def _lacks_a_date(issue: Issue) -> bool:
    if issue.problem is Problem.NO_BOUNDS:
        return issue.facts["lacks"] != "last"
    return issue.problem is Problem.TIME_ONLY or (issue.problem is Problem.BLANK and issue.column == "date")


def _date_above(issue: Issue, above: tuple[int, str]) -> Issue:
    row, text = above
    return replace(issue, problem=Problem.DATE_ABOVE, facts={"row": row, "above": text})
