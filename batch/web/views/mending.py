"""Cells that are mended on the check page: which are offered, and what came back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from batch.core.outcome import Outcome
from batch.core.rows.problems import Problem
from batch.report.facts import ResultRow
from batch.report.wording.phrases import DAY_OF_YEAR, dated, tr
from batch.web.state.orders import MendedRow
from batch.web.views.model import RowProblem

#: What is changed where a class has no room, or its presenter another one then.
_WHEN = ("date", "start_time")
_WHEN_AND_WHO = (*_WHEN, "presenter_email", "presenter_id")
#: Problems of a day and its hour together, each of which may have a column of its own.
_OF_A_MOMENT = frozenset(
    problem.code
    for problem in (
        *(Problem.IN_THE_PAST, Problem.TOO_SOON, Problem.FAR_AHEAD),
        *(Problem.NO_SUCH_HOUR, Problem.OTHER_WEEKDAY),
    )
)
#: (API name, header as typed) -> (position, what the file calls it)
PlaceOf = Callable[[str, str], tuple[int, str] | None]
_MOST_NAMED = 10
LONGEST = 1_000  #: cell that is mended on the page


def columns_to_mend(row: ResultRow) -> list[tuple[str, str]]:
    """(API name, header) of each cell that may have to be mended."""
    if row.faults:
        at_fault = [(issue.column, issue.header) for issue in row.faults]
        if any(issue.code in _OF_A_MOMENT for issue in row.faults):
            at_fault += [(name, "") for name in _WHEN]
        return list(dict.fromkeys(at_fault))
    return [(name, "") for name in _WHEN_AND_WHO] if row.outcome is Outcome.HELD else []


def places(header: Sequence[str], columns: Mapping[str, int]) -> PlaceOf:
    """Where a column stands and what the file calls it, by its API name, else by its header; None: it has none."""

    def place_of(column: str, called: str) -> tuple[int, str] | None:
        position = columns.get(column)
        if position is None and list(header).count(called) == 1:
            position = list(header).index(called)
        return None if position is None else (position, header[position].strip() or column)

    return place_of


def when_free(row: ResultRow) -> dict[str, str]:
    """When a class that is held would fit, by the clock of its row; empty where that is not known, or one cell is for several."""
    if row.free_at is None or row.zone is None or row.minutes is None or row.lessons or row.cell:
        return {}
    begins = row.free_at.astimezone(ZoneInfo(row.zone))
    ends = (row.free_at + timedelta(minutes=row.minutes)).astimezone(ZoneInfo(row.zone))
    same_day = row.starts is not None and row.starts.astimezone(ZoneInfo(row.zone)).date() == begins.date()
    hours = f"{begins:%H:%M}-{ends:%H:%M}"
    label = tr("Use {hours}", hours=hours)
    if not same_day:
        label = tr("Use {day}, {hours}", day=dated(begins, DAY_OF_YEAR), hours=hours)
    return {
        "date": f"{begins:%Y-%m-%d}",
        "start_time": f"{begins:%H:%M}",
        "end_date": f"{ends:%Y-%m-%d}",
        "end_time": f"{ends:%H:%M}",
        "label": label,
    }


def cells_when_free(when: Mapping[str, str], columns: Mapping[str, int]) -> dict[str, str]:
    """Position -> what is to stand there, so that the class is then; empty where the file has no column for a start."""
    if "start_time" not in columns:
        return {}
    names = ("date", "start_time", "end_date", "end_time")
    cells = {str(columns[name]): when[name] for name in names if name in columns}
    if "date" not in columns:
        cells[str(columns["start_time"])] = f"{when['date']} {when['start_time']}"
    return cells


#: The number of a row, or the address of a cell of a weekly grid.
Place = int | str


def use_name(sheet: str, place: Place) -> str:
    return f"use.{place}.{sheet}"


def field_name(sheet: str, place: Place, position: int) -> str:
    return f"cell.{place}.{position}.{sheet}"


def leave_out_name(sheet: str, place: Place) -> str:
    return f"out.{place}.{sheet}"


def mended_by(
    before: Sequence[MendedRow], rows: Sequence[RowProblem], fields: Mapping[str, str]
) -> tuple[MendedRow, ...]:
    """What is mended now.

    Args:
        before: what was mended until now.
        rows: those that the form was made of; nothing else is taken from it.
        fields: the form, by name.
    """
    found = {(row.sheet, row.cell or f"{row.number}"): row for row in before}

    def at(sheet: str, place: str) -> MendedRow:
        new = (
            MendedRow(sheet=sheet, number=int(place))
            if place.isdecimal()
            else MendedRow(sheet=sheet, number=0, cell=place)
        )
        return found.setdefault((sheet, place), new)

    for row in rows:
        for each in row.fields:
            text = fields.get(each.name, each.value)[:LONGEST]
            if text not in {
                each.value,
                _on_one_line(each.value),
            }:  # the second is what browsers make of the first
                _, place, position, sheet = each.name.split(".", 3)
                was = at(sheet, place)
                found[sheet, place] = replace(was, cells={**was.cells, position: text})
        if row.use and row.use_name in fields:
            _, place, sheet = row.use_name.split(".", 2)
            was = at(sheet, place)
            found[sheet, place] = replace(was, cells={**was.cells, **dict(row.use_cells)})
        if row.leave_out and row.leave_out in fields:
            _, place, sheet = row.leave_out.split(".", 2)
            found[sheet, place] = replace(at(sheet, place), left_out=True)
    return tuple(found.values())


def _on_one_line(text: str) -> str:
    return text.replace("\r", "").replace("\n", "")


def mended_in_words(mended: Sequence[MendedRow]) -> str:
    """What was mended, in a sentence or two; "" for nothing."""
    sentences = []
    cells = [row for row in mended if row.cells and not row.left_out]
    if cells:
        sentences.append(tr("Mended on this page: {rows}.", rows=_rows_named(cells)))
    left = [row for row in mended if row.left_out]
    if left:
        sentences.append(tr("Left out: {rows}.", rows=_rows_named(left)))
    if sentences:
        sentences.append(
            tr("Your own file is as it was; the results workbook will have the rows as they are here.")
        )
    return " ".join(sentences)


def _rows_named(rows: Sequence[MendedRow]) -> str:
    numbers = [row.cell or f"{row.number}" for row in rows[:_MOST_NAMED]]
    more = len(rows) - len(numbers)
    named = [*numbers, tr("{more:count other}", more=more)] if more else numbers
    if rows[0].cell:
        return tr("{number:form cell|cells} {cells:list and}", number=len(rows), cells=named)
    return tr("{number:form row|rows} {rows:list and}", number=len(rows), rows=named)
