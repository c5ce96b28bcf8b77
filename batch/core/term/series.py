"""The rows of a file, those that repeat as several: how many classes they are in all, and which days each stands for."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import field

from batch.core.message import Message, TimetableNote
from batch.core.quick_dataclass import dataclass
from batch.core.rows.date_order import UNTOLD
from batch.core.rows.problems import Fault, Issue, Problem
from batch.core.rows.reading import Terms
from batch.core.rows.row import CellValue, CheckedRow, Header, RawRow, address_in, shown
from batch.core.rows.row_numbers import RowNumbers
from batch.core.rows.spelling import plain
from batch.core.term.cells import date_in
from batch.core.term.rows import SeriesFacts, TermRows
from batch.core.term.term import Term

#: The date that stands above a row, where one does: in another row, or in a heading; its row, its text.
DateAbove = tuple[int, str] | None

_WEEK = re.compile(r"\b(?:weeks?|w/c|wk|woche|kw|semana|semaine)\b|周|週|أسبوع|सप्ताह")

#: So many series are named; of more, the number.
_MOST_NAMED = 60


@dataclass(slots=True)
class SeriesRows:
    """Checks the rows of a file; a row of it may be several of the batch."""

    header: Header
    term: Term
    most_lessons: int  #: of one row
    classes: int = 0  #: of the rows that repeat, so far
    _check: TermRows | None = None
    _series: list[tuple[RawRow, SeriesFacts]] = field(default_factory=list)
    _count: int = 0
    _ignored: dict[str, RowNumbers] = field(default_factory=dict)
    #: Of a results workbook: the cells of each series whose first line was read.
    _lines: dict[tuple[str, int, str], tuple[CellValue, ...]] = field(default_factory=dict)

    def know(self, terms: Terms) -> None:
        """From here on rows are judged by these."""
        self._check = TermRows(self.header, terms, self.term, most=self.most_lessons)

    def __call__(self, raw: RawRow, above: DateAbove) -> Sequence[CheckedRow]:
        """What a row stands for; nothing where its series was read with an earlier line of a results workbook."""
        if self._check is None:
            raise AssertionError("nothing is known yet")
        if (row := self._check.plain(raw)) is not None:
            return (row,)
        checked = self._check(raw)
        for column in checked.ignored:
            self._ignored.setdefault(column, RowNumbers()).add(raw.number)
        if checked.series is None:
            return checked.rows
        if checked.by_term and (issue := self._of_one_week(raw, above, checked.series)):
            return (CheckedRow(raw, None, (issue,)),)
        if raw.first_read is not None:
            place = (*raw.first_read, address_in(self.header.names, raw.cells))
            before = self._lines.get(place)
            if before is not None:
                return () if before == raw.cells else (_differs_from_its_series(raw),)
            self._lines[place] = raw.cells
        self.classes += len(checked.rows)
        self._count += 1
        if self._count <= _MOST_NAMED:
            self._series.append((raw, checked.series))
        return checked.rows

    def _of_one_week(self, raw: RawRow, above: DateAbove, series: SeriesFacts) -> Issue | None:
        """A day of the week below a date that it may belong to, or below the name of a week: is it that day alone?"""
        found = above
        weekdays = {day.weekday() for day in series.days}
        if found is None or not (_WEEK.search(plain(found[1])) or _may_be_of(found[1], weekdays)):
            banner = self.header.date_above
            found = banner if banner and _WEEK.search(plain(banner[1])) else None
        if found is None:
            return None
        row, text = found
        position = self.header.columns["weekday"]
        return Problem.DATE_ABOVE.at(
            "weekday", shown(raw.cells[position]), header=self.header.name_of("weekday"), row=row, above=text
        )

    def notes(self) -> Iterator[Message]:
        """Which rows repeat, and on which days."""
        if self._count > 1:
            yield Message(TimetableNote.SERIES_IN_ALL, {"rows": self._count, "classes": self.classes})
        for raw, series in self._series:
            cell = address_in(self.header.names, raw.cells)
            yield Message(TimetableNote.SERIES, {**_facts(raw, series), **({"cell": cell} if cell else {})})
        for column, rows in self._ignored.items():
            facts = {"column": self.header.name_of(column), "rows": list(rows.facts)}
            yield Message(TimetableNote.NOT_OF_A_SERIES, facts)


def _may_be_of(text: str, weekdays: set[int]) -> bool:
    """Whether a date may be that of a row below it."""
    day = date_in(text, UNTOLD)
    return isinstance(day, Fault) or day.weekday() in weekdays


def _differs_from_its_series(raw: RawRow) -> CheckedRow:
    _, number = raw.first_read or ("", 0)
    return CheckedRow(raw, None, (Problem.LINES_DIFFER.of_row(row=number),))


def _facts(raw: RawRow, series: SeriesFacts) -> dict[str, object]:
    days = series.days
    return {
        "row": raw.number,
        "title": series.title,
        "lessons": len(days),
        "ahead": series.ahead,
        "weekdays": sorted({day.weekday() for day in days}),
        "clock": series.clock,
        "first_day": str(days[0]),
        "last_day": str(days[-1]),
        "off": [[str(off.day), off.name] for off in series.expansion.off],
    }
