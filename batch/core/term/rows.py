"""Rows of the file -> rows of the batch: one class for a row, or one for each day of a lesson that repeats.

A row that names several days, a repeat, a weekday without a date or a last day is never
one class: it is a series, or its problems say what is missing. What all its lessons have
in common is read and judged once, on one of its days; what belongs to a day, on each.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from batch.core.quick_dataclass import dataclass
from batch.core.rows.clock_times import Span
from batch.core.rows.problems import Fault, Issue, Problem
from batch.core.rows.reading import Reading, Terms, clock_in
from batch.core.rows.row import CellValue, CheckedRow, ClassRow, Header, RawRow
from batch.core.rows.rules import row_check
from batch.core.term.cells import CellReader, SeriesCells
from batch.core.term.days_off import read_days_off, with_year
from batch.core.term.expansion import Expansion, Series, expand
from batch.core.term.repeats import Every
from batch.core.term.term import DaysOff, Term

_SENT_AS = "%m/%d/%Y %H:%M:%S"
_DAY_LETTERS = len("MM/DD/YYYY")
#: What is judged on each day of a series, and not on the one that it is read by.
_OF_A_DAY = frozenset({Problem.NO_SUCH_HOUR, Problem.HOUR_COMES_TWICE})
#: By this margin nothing has passed.
_NEVER_PAST = timedelta(days=-1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesFacts:
    """A series as a whole, for whoever has to see that it is the right one."""

    title: str
    clock: str  #: HH:MM
    days: tuple[date, ...]  #: of all its lessons
    ahead: int  #: so many of them are sent
    expansion: Expansion


@dataclass(frozen=True, slots=True)
class Checked:
    """What a row of the file stands for."""

    rows: Sequence[CheckedRow]
    series: SeriesFacts | None = None
    ignored: tuple[str, ...] = ()  #: columns of series that say something of a row that is none
    by_term: bool = False  #: it names a day of the week, and no more: every such day of the term


class TermRows:
    """Checks the rows of a file."""

    def __init__(self, header: Header, terms: Terms, term: Term, *, most: int) -> None:
        """`most`: lessons of one row."""
        self._header, self._terms, self._term, self._most = header, terms, term, most
        self._check = row_check(header, terms)
        self._cells = CellReader(header, terms)
        self._probe_header = header
        if "date" not in header.columns:
            columns = {**header.columns, "date": len(header.names)}
            self._probe_header = replace(header, names=(*header.names, ""), columns=columns)
        known = replace(terms.known, converted=None)  # its date is ours
        self._probe = row_check(self._probe_header, replace(terms, past_margin=_NEVER_PAST, known=known))

    def plain(self, raw: RawRow) -> CheckedRow | None:
        """The class of a row that says nothing of repeating; None for any other."""
        if self._cells.speaks(raw) and not any(not issue.is_warning for issue in raw.issues):
            return None
        row = self._check(raw)
        return self._dated(row) if self._term.holidays else row

    def __call__(self, raw: RawRow) -> Checked:
        if (row := self.plain(raw)) is not None:
            return Checked((row,))
        cells = self._cells.read(raw)
        return self._series(raw, cells) if cells.is_series else self._single(raw, cells)

    def _dated(self, row: CheckedRow) -> CheckedRow:
        """A class on a holiday is sent, and that is said."""
        if row.parsed is None:
            return row
        day = _local(row.parsed).date()
        holiday = self._term.holiday_on(day)
        if holiday is None:
            return row
        column = "date" if "date" in self._header.columns else "start_time"
        issue = self._issue(row.raw, column, Fault(Problem.ON_A_HOLIDAY, {"day": str(day), "name": holiday}))
        return replace(row, parsed=replace(row.parsed, warnings=(*row.parsed.warnings, issue)))

    def _single(self, raw: RawRow, cells: SeriesCells) -> Checked:
        issues = [self._issue(raw, column, fault) for column, fault in cells.faults]
        if cells.full and cells.days and cells.full.weekday() not in cells.days:
            issues.append(self._issue(raw, "weekday", Fault(Problem.OTHER_WEEKDAY, {"day": str(cells.full)})))
        row = self._dated(_with(self._check(raw), issues))
        named = ("times", "weeks", "except") if row.parsed else ()
        return Checked((row,), ignored=tuple(name for name in named if self._cells.text(raw, name)))

    def _series(self, raw: RawRow, cells: SeriesCells) -> Checked:
        expansion = self._expansion(cells)
        faults = [*cells.faults, *([] if isinstance(expansion, Expansion) else expansion)]
        days = expansion.days if isinstance(expansion, Expansion) else ()
        checked, day = self._probed(raw, cells, days)
        if faults or checked.parsed is None or not isinstance(expansion, Expansion):
            issues = [self._issue(raw, column, fault) for column, fault in faults]
            return Checked((CheckedRow(raw, None, (*issues, *_errors(checked, issues))),))
        notes = [self._issue(raw, column, fault) for column, fault in self._oddities(cells, expansion)]
        parsed = replace(checked.parsed, warnings=(*notes, *checked.parsed.warnings))
        classes = self._classes(raw, parsed, expansion, shift=_local(parsed).date() - day)
        bounds = (cells.repeat, cells.first, cells.last, cells.full, cells.times, cells.weeks)
        return replace(classes, by_term=all(each is None for each in bounds))

    def _oddities(self, cells: SeriesCells, expansion: Expansion) -> Iterator[tuple[str, Fault]]:
        """What may be a slip: days left out on which there is no lesson anyway, and lessons outside the term."""
        listed = read_days_off(
            cells.left_out, self._cells.date_in, cells.first or cells.full or self._term.starts
        )
        for each in () if isinstance(listed, Fault) else listed:
            if not any(each.first <= off.day <= each.last for off in expansion.off):
                yield "except", Fault(Problem.NOT_ITS_DAY, {"first": str(each.first), "last": str(each.last)})
        outside = [day for day in expansion.days if not self._term.covers(day)]
        if outside:
            place = _last_place(cells) if outside[-1] == expansion.days[-1] else "first_date"
            facts = {"lessons": len(outside), "of": len(expansion.days), "day": str(outside[0])}
            yield place, Fault(Problem.OUTSIDE_THE_TERM, facts)

    def _expansion(self, cells: SeriesCells) -> Expansion | list[tuple[str, Fault]]:
        """The days of a series, or why it has none."""
        series = self._rule(cells)
        if not isinstance(series, Series):
            return series
        found = expand(series, self._term, most=self._most)
        if isinstance(found, Fault):
            is_reported = found.problem is Problem.NO_BOUNDS and _is_unread(cells)
            return [] if is_reported else [("repeat" if series.rule else _place(cells), found)]
        if not found.days:
            return [(_place(cells), Fault(Problem.NO_LESSON_LEFT, {"off": len(found.off)}))]
        return found

    def _rule(self, cells: SeriesCells) -> Series | list[tuple[str, Fault]]:
        term, repeat = self._term, cells.repeat
        faults: list[tuple[str, Fault]] = []
        first = cells.first or cells.full or term.starts
        last = cells.last
        if repeat is not None and repeat.until:
            until = with_year(repeat.until, self._cells.date_in, first)
            if isinstance(until, Fault):
                faults.append(("repeat", until))
            else:
                last = min(last, until) if last else until
        days = self._days(cells, first)
        if isinstance(days, Fault):
            faults.append(("repeat" if repeat and not cells.days else _place(cells), days))
        left_out: tuple[DaysOff, ...] = ()
        if cells.left_out:
            listed = read_days_off(cells.left_out, self._cells.date_in, first)
            if isinstance(listed, Fault):
                faults.append(("except", listed))
            else:
                left_out = listed
        if cells.weeks is not None and (lacks := cells.weeks.lacks(term)):
            faults.append(("weeks", Fault(Problem.NO_SUCH_WEEKS, {"lacks": lacks})))
        if first is None and not _is_unread(cells):
            faults.append(
                (_place(cells), Fault(Problem.NO_BOUNDS, {"lacks": "both" if not last else "first"}))
            )
        if first is not None and last is not None and last < first:
            faults.append(
                (
                    _last_place(cells),
                    Fault(Problem.ENDS_BEFORE_IT_BEGINS, {"first": str(first), "last": str(last)}),
                )
            )
        if faults or cells.faults or first is None or days is None or isinstance(days, Fault):
            return faults
        return Series(
            first=first,
            last=last,
            days=days,
            every=repeat.weeks if repeat else 1,
            rule=_with_days(repeat.rule, cells) if repeat else "",
            times=cells.times,
            weeks=cells.weeks,
            left_out=left_out,
        )

    def _days(self, cells: SeriesCells, first: date | None) -> frozenset[int] | Fault | None:
        repeat = cells.repeat
        if cells.days:
            return cells.days
        if repeat is not None and (repeat.days or repeat.rule):
            return repeat.days
        if repeat is not None and repeat.every is Every.SCHOOL_DAY:
            return frozenset(self._term.day_order)
        if repeat is not None and repeat.every is Every.WEEK and (cells.full or cells.first) and first:
            return frozenset({first.weekday()})
        return (
            None
            if any(column in {"weekday", "repeat"} for column, _ in cells.faults)
            else Fault(Problem.NO_WEEKDAY)
        )

    def _probed(self, raw: RawRow, cells: SeriesCells, days: Sequence[date]) -> tuple[CheckedRow, date]:
        """The row as the class of one of its days, whose hour is on the clock where that of any is; and that day."""
        own = _own_moment(cells)
        day, *others = (own,) if own else (*days[:2], _SOME_DAY)[:2]
        checked = self._probe(replace(raw, cells=self._as_one_class(raw, cells, day)))
        if others and any(issue.problem is Problem.NO_SUCH_HOUR for issue in checked.issues):
            return self._probe(replace(raw, cells=self._as_one_class(raw, cells, others[0]))), others[0]
        return checked, day

    def _as_one_class(self, raw: RawRow, read: SeriesCells, day: date) -> tuple[CellValue, ...]:
        """Its cells, with that day as its date and without the ends of the series."""
        columns = self._probe_header.columns
        cells = [*raw.cells, *([None] if len(self._probe_header.names) > len(raw.cells) else [])]
        for name in ("first_date", "last_date", "end_date"):
            if name in columns and not isinstance(read.values.get(name), Fault):
                ends = name == "end_date" and read.last is None
                cells[columns[name]] = cells[columns[name]] if ends else None
        for name in ("start_time", "end_time"):
            value = read.values.get(name)
            if isinstance(value, date) and not isinstance(value, datetime):
                cells[columns[name]] = None
        if not isinstance(read.values.get("date"), Fault):
            cells[columns["date"]] = day
        return tuple(cells)

    def _classes(self, raw: RawRow, parsed: ClassRow, expansion: Expansion, *, shift: timedelta) -> Checked:
        """One for each day that lies ahead."""
        warnings = [issue for issue in parsed.warnings if issue.problem not in _OF_A_DAY]
        if expansion.is_cut:
            warnings.append(
                self._issue(raw, "times", Fault(Problem.CUT_BY_THE_TERM, {"lessons": len(expansion.days)}))
            )
        plain = replace(parsed, warnings=())
        rows: list[CheckedRow] = []
        past: CheckedRow | None = None
        for row, start in self._on_each(raw, plain, expansion.days, shift):
            if start - self._terms.now > self._terms.past_margin:
                rows.append(row)
            else:
                past = row
        facts = SeriesFacts(
            title=parsed.title,
            clock=parsed.parameters["start_time"][_DAY_LETTERS + 1 :][:5],
            days=expansion.days,
            ahead=len(rows),
            expansion=expansion,
        )
        if not rows and past is not None:
            issue = self._issue(raw, "start_time", Fault(Problem.IN_THE_PAST), "1004")
            return Checked((CheckedRow(raw, None, (issue,), past.parsed),), facts)
        first = rows[0]
        if first.parsed is not None:
            all_warnings = (*warnings, *first.parsed.warnings)
            rows[0] = replace(first, parsed=replace(first.parsed, warnings=all_warnings))
        return Checked(rows, facts)

    def _on_each(
        self, raw: RawRow, parsed: ClassRow, days: Sequence[date], shift: timedelta
    ) -> Iterator[tuple[CheckedRow, datetime]]:
        """The class on each day, at the same hour of the clock of its zone, with when it starts."""
        zone = clock_in(parsed.parameters["time_zone"])
        clock, text = _local(parsed).time(), parsed.parameters["start_time"][_DAY_LETTERS:]
        for each in days:
            day = each + shift
            local = datetime.combine(day, clock)
            before, after = zone.utcoffset(local), zone.utcoffset(local.replace(fold=1))
            if before is None or after is None:
                raise AssertionError("a zone of the database has an offset")
            start = (local - before).replace(tzinfo=UTC)
            parameters = {**parsed.parameters, "start_time": f"{day:%m/%d/%Y}{text}"}
            key = f"{parsed.lesson_id} {local:%Y-%m-%d}" if parsed.lesson_id else ""
            row = replace(parsed, parameters=parameters, start=start, lesson_id=key)
            if before != after:
                of_day = Problem.NO_SUCH_HOUR if before < after else Problem.HOUR_COMES_TWICE
                issue = self._issue(raw, "start_time", Fault(of_day, {"zone": zone.key}), "1005")
                issue = replace(issue, value=f"{local:%Y-%m-%d %H:%M}")
                if before < after:
                    yield CheckedRow(raw, None, (issue,)), start
                    continue
                row = replace(row, warnings=(issue,))
            yield CheckedRow(raw, row), start

    def _issue(self, raw: RawRow, column: str, fault: Fault, expected: str | None = None) -> Issue:
        placed = column if column in self._header.columns else _nearest(column, self._header)
        return Reading(raw, self._header, self._terms, {}).issue(
            fault.problem, placed, expected, **fault.facts
        )


_SOME_DAY = date(2030, 7, 1)  #: for what does not depend on the day, of a row whose days are not known


def _local(row: ClassRow) -> datetime:
    return datetime.strptime(row.parameters["start_time"], _SENT_AS)  # noqa: DTZ007 - a wall clock


def _own_moment(cells: SeriesCells) -> date | None:
    """The day that stands beside the hour in one cell."""
    begins = cells.values.get("start_time")
    if isinstance(begins, Span):
        begins = begins.begins
    return begins.date() if isinstance(begins, datetime) else None


def _place(cells: SeriesCells) -> str:
    """The column that says that the row repeats."""
    return "weekday" if cells.days or not cells.repeat else "repeat"


def _is_unread(cells: SeriesCells) -> bool:
    """Whether a date of the row cannot be read: that is said, and not that it is missing."""
    return any(isinstance(value, Fault) for value in cells.values.values())


def _last_place(cells: SeriesCells) -> str:
    return next((name for name in ("last_date", "end_date", "end_time") if cells.values.get(name)), "repeat")


def _nearest(column: str, header: Header) -> str:
    return next(
        (name for name in ("weekday", "repeat", "first_date", "last_date") if name in header.columns), column
    )


def _with(row: CheckedRow, issues: Sequence[Issue]) -> CheckedRow:
    """A checked row with what else is wrong, or worth knowing."""
    if not issues:
        return row
    if row.parsed is not None and all(issue.is_warning for issue in issues):
        return replace(row, parsed=replace(row.parsed, warnings=(*row.parsed.warnings, *issues)))
    found = row.parsed.warnings if row.parsed else row.issues
    return CheckedRow(row.raw, None, (*issues, *found))


def _errors(checked: CheckedRow, known: Sequence[Issue]) -> Iterator[Issue]:
    """What is wrong with the row besides its days."""
    columns = {issue.column for issue in known}
    for issue in checked.issues if checked.parsed is None else checked.parsed.warnings:
        if issue.column not in columns and issue.problem not in _OF_A_DAY:
            yield issue


def _with_days(rule: str, cells: SeriesCells) -> str:
    """An RRULE without days of its own takes those of the column beside it."""
    if not rule or not cells.days or "BYDAY=" in rule or "FREQ=WEEKLY" not in rule:
        return rule
    return f"{rule};BYDAY={','.join(_RULE_DAYS[day] for day in sorted(cells.days))}"


_RULE_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
