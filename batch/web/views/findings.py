"""What a child leaves on disk for the page: checks and batches in the form of the views, ready to be shown.

The counts are the tally's, the words those of workbook and terminal.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from batch.atomic_file import write_whole
from batch.core.changes.operation import Kind
from batch.core.outcome import DONE, HeldReason, Outcome
from batch.core.plan.load import Day, Load
from batch.core.rows.column_names import Naming, name_columns
from batch.core.rows.columns import AccountKind
from batch.core.rows.header_evidence import by_their_cells
from batch.core.rows.problems import Problem
from batch.core.rows.value_maps import folded
from batch.core.tally import Tally
from batch.core.text import one_line
from batch.report.ending import Ending
from batch.report.facts import ResultRow
from batch.report.groups import Groups
from batch.report.text import shortened
from batch.report.wording.outcomes import label_of, rows_and_classes
from batch.report.wording.phrases import SHORT_DAY, Reader, dated, number_in_words, tr
from batch.web.views.mapping_question import Samples
from batch.web.views.mending import places
from batch.web.views.model import LoadCell, LoadPicture, ProblemGroup
from batch.web.views.overview import Overview
from batch.web.views.questions import Names
from batch.web.views.row_pages import Spool
from batch.web.views.row_store import RowStore
from batch.web.views.week import WeekSpool
from batch.web.views.when_question import Unexplained

_MOST_DAYS = 25
_MOST_STRETCHES = 30  #: of rows that a group names; the list has them all
_MOST_TEACHERS = 200
_MOST_GROUPS = 50
_TOLD_WITH_EACH = 5  #: so often a problem is explained anew; where there are more rows of it, its group does
_SHADES = 4
_LONGEST_EXAMPLE = 80


class Findings:
    """Hears of every row, and keeps what the page shows of it."""

    def __init__(self, *, of_check: bool, addresses: Iterable[str] = ()) -> None:
        """`addresses`: names of presenters that stand for an address."""
        self._known = {folded(name): name for name in addresses}
        self._met: set[tuple[int, str]] = set()
        self.samples = Samples()
        self._alike = self._unlisted = self._presumed = 0
        self._moved = self._changing = self._edited = self._differing = 0
        self._groups = Groups(Reader.PAGE)
        self._spool = Spool(only_with_something_to_say=of_check)
        self._weeks = WeekSpool()
        self._overview = Overview()
        self._names = Names()
        self._teachers: Counter[str] = Counter()
        self._unexplained = Unexplained()
        self._store = RowStore() if of_check else None
        self._codes: set[str] = set()

    def add(self, row: ResultRow) -> None:
        self._alike += row.reason is HeldReason.ALIKE
        self._edited += row.reason is HeldReason.EDITED
        self._differing += any(issue.code == Problem.SETTING_DIFFERS.code for issue in row.problems)
        self._moved += row.reason is HeldReason.MOVED
        self._changing += row.outcome is Outcome.READY and row.action is Kind.CHANGE
        self._unlisted += row.reason is HeldReason.UNLISTED
        self._presumed += row.outcome is Outcome.UNKNOWN and not row.attempts
        self._groups.add(row)
        self._spool.add(row)
        self._weeks.add(row)
        self._names.add(row)
        if self._known:
            met = enumerate(map(folded, row.cells))
            self._met.update((place, self._known[name]) for place, name in met if name in self._known)
        if row.outcome in DONE and row.outcome is not Outcome.CANCELLED and row.presenter and row.starts:
            self._teachers[row.now.presenter if row.now else row.presenter] += 1
        self._unexplained.add(row)
        if self._store is not None:
            self._store.add(row)
        self._codes.update(issue.code for issue in row.faults)
        if row.outcome is Outcome.READY:
            self._overview.add(row)
        self.samples.add(row.cells)

    def write(
        self, folder: Path, ending: Ending, account: AccountKind, naming: Naming, *, asks_order: bool = False
    ) -> dict[str, Any]:
        """Write the rows; return what the page shows of all of them together.

        Args:
            folder: where they go.
            ending: of the check or the batch.
            account: whose columns there are.
            naming: what is known about headers.
            asks_order: it is asked whether the day or the month comes first.
        """
        asks = self._store is not None  # a check does; of results nothing is asked

        def asked_above(code: str, value: str) -> bool:
            return (asks_order and code == Problem.AMBIGUOUS_DATE.code) or (
                asks and code == Problem.NOT_AN_EMAIL.code and value.strip() in self._names
            )

        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self._store is not None:
            self._store.write(folder)
        samples = self.samples.all()
        named = name_columns(ending.header, account, naming)
        columns = dict(
            by_their_cells(named, lambda place: samples[place] if place < len(samples) else ()).columns
        )
        title_of = _title_of(columns.get("title"))
        facts = ending.facts
        return {
            "file": one_line(facts.file),
            "header": list(ending.header),
            "columns": columns,
            "sheet": one_line(facts.sheet),
            "counts": dict(ending.tally.counts()),
            "exit": int(ending.exit_code),
            "batch": facts.batch or "",
            "notes": list(facts.notes),
            "sandbox": facts.sandbox,
            "groups": [asdict(group) for group in self._shown_groups(asks_order=asks_order)],
            "alike": self._alike,
            "unlisted": self._unlisted,
            "presumed": self._presumed,
            "edited": self._edited + sum(each.reason is HeldReason.EDITED for each in ending.gone),
            "moved": self._moved,
            "differing": self._differing,
            "changing": self._changing,
            "gone": sum(
                each.outcome is None and not each.beyond and not each.kept_for for each in ending.gone
            ),
            "kept": [(each.title, each.kept_for) for each in ending.gone if each.kept_for],
            "beyond": sum(each.beyond for each in ending.gone),
            "cancelling": sum(each.outcome is Outcome.READY for each in ending.gone),
            "rows": self._spool.write(
                folder, title_of, places(ending.header, columns), columns, self._told_above(), asked_above
            ),
            "weeks": self._weeks.write(folder),
            "lessons": self._overview.in_words(),
            "names": self._names.all(),
            "known_names": sorted(
                name for place, name in self._met if place == columns.get("presenter_email")
            ),
            "teachers": sorted(self._teachers.items())[:_MOST_TEACHERS],
            "unexplained": self._unexplained.all(),
            "codes": sorted(self._codes),
        }

    def _told_above(self) -> dict[str, str]:
        """A fault of a whole column is not explained with every row of it."""
        return {
            group.code: group.hint
            for group in self._groups.all()
            if group.times > _TOLD_WITH_EACH and not group.differs and not group.hint_differs
        }

    def _shown_groups(self, *, asks_order: bool) -> list[ProblemGroup]:
        """What has to be mended first, then what is only worth knowing; of each, the largest first."""
        asked = {Problem.AMBIGUOUS_DATE.code} if asks_order else set()
        open_groups = (group for group in self._groups.all() if group.code not in asked)
        groups = sorted(open_groups, key=lambda group: group.code.startswith("W"))
        return [
            ProblemGroup(
                count=group.times,
                says=one_line(group.of_first if group.differs else group.message),
                fix=one_line(group.advice),
                where=one_line(group.where_within(_MOST_STRETCHES)),
                example="" if group.differs else shortened(one_line(group.example), _LONGEST_EXAMPLE),
                tone="plain" if group.code.startswith("W") else "bad",
            )
            for group in groups[:_MOST_GROUPS]
        ]


def write_findings(folder: Path, name: str, found: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(folder / name, json.dumps(found))


def _title_of(position: int | None) -> Callable[[Sequence[str]], str]:
    """Which cell of a row that is no class would have been its title."""
    return lambda cells: "" if position is None or position >= len(cells) else cells[position]


def load_picture(load: Load | None, limit_says: str) -> dict[str, Any] | None:
    """The load of a timetable, as a table with words for every cell; None where no class is asked for."""
    if load is None or not load.days:
        return None
    days = load.busiest_days(_MOST_DAYS)
    top = load.limit or max(day.peak for day in days)
    more = len(load.days) - len(days)
    picture = LoadPicture(
        says=_busiest_says(load),
        limit_says=limit_says,
        hours=tuple(f"{hour:02}:00" for hour in load.hours),
        days=tuple(
            (_day(day), tuple(_cell(day, hour, load.limit, top) for hour in load.hours)) for day in days
        ),
        more_says=tr(
            "The {days} busiest days are shown; {more:count more day} with classes, none busier.",
            days=len(days),
            more=more,
        )
        if more
        else "",
    )
    return asdict(picture)


def _busiest_says(load: Load) -> str:
    busiest = max(load.days, key=lambda day: day.peak)
    says = tr(
        "At most {peak:count class|classes} at once: {day} at {hour:02}:00, by the clock of {zone}.",
        peak=busiest.peak,
        day=_day(busiest),
        hour=busiest.busiest_hour,
        zone=load.zone,
    )
    if over := len(load.over_full):
        says += " " + tr("{hours:count hour asks|hours ask} for more than the licence lets run.", hours=over)
    return says


def _cell(day: Day, hour: int, limit: int | None, top: int) -> LoadCell:
    number = day.peaks.get(hour, 0)
    over = limit is not None and number > limit
    says = tr("{day}, {hour:02}:00: {number} at once", day=_day(day), hour=hour, number=number)
    if over and limit is not None:
        says += ", " + tr("{more} more than the licence lets run", more=number - limit)
    return LoadCell(number=number, level=min(_SHADES, -(-number * _SHADES // top)), over=over, says=says)


def _day(day: Day) -> str:
    return dated(day.date, SHORT_DAY)


def summary_says(counts: dict[str, int], tally: Tally) -> str:
    """The counts in a sentence, such as '45 rows: 41 ready, 1 held, 3 invalid'."""
    found = sorted(counts, key=lambda name: name != Outcome.READY)  # what would be sent comes first
    counted_rows = [
        f"{number_in_words(counts[name])} {label_of(Outcome(name), counts[name])}"
        for name in found
        if counts[name]
    ]
    return (
        f"{rows_and_classes(tally)}: {', '.join(counted_rows)}."
        if counted_rows
        else tr("The file has no rows.")
    )
