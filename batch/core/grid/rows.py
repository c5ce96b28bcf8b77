"""The lessons of a weekly grid as the rows of a table, each known by the address of its cell."""

from collections import Counter
from collections.abc import Iterator

from batch.core.grid.cell_template import CellTemplate
from batch.core.grid.chart import Lesson, Unfolded
from batch.core.grid.grid_text import GridTerms
from batch.core.quick_dataclass import dataclass
from batch.core.rows.columns import AccountKind, columns_for
from batch.core.rows.days_across import is_dated
from batch.core.rows.problems import Problem
from batch.core.rows.row import GRID_FIRST, CellValue, Header, Unreadable, shown
from batch.core.rows.value_maps import folded

_ASIDE = "left aside"


@dataclass(frozen=True, slots=True)
class GridRow:
    """One lesson."""

    number: int  #: as Excel shows it
    cells: tuple[CellValue, ...]  #: under the names of `grid_header`


def grid_header(grid: Unfolded, terms: GridTerms, account: AccountKind, *, row: int = 0) -> Header:
    """What its rows stand under: the columns' own names, so that nothing has to be said about them."""
    days = ("date", "weekday") if grid.is_dated else ("weekday",)
    names = (*GRID_FIRST, *days, "start_time", "end_time", *terms.template.names, *terms.of_all, _ASIDE)
    known = {column.name for column in columns_for(account)}
    columns = {name: place for place, name in enumerate(names) if name in known}
    return Header(row, names, columns, date_above=grid.above)


def missing_in(header: Header, account: AccountKind, defaulted: frozenset[str]) -> list[str]:
    """The columns that every class needs, and that neither the grid nor the settings have."""
    return [
        column.name
        for column in columns_for(account)
        if account in column.required_by and column.name not in {*header.columns, *defaulted}
        if column.name != "duration"  # the end says it; where nothing does, that is asked of each
    ]


def needed_of_cells(terms: GridTerms, account: AccountKind, defaulted: frozenset[str]) -> frozenset[str]:
    """The columns that each cell has to have: what every class needs, and nothing else says."""
    return frozenset(
        column.name
        for column in columns_for(account)
        if account in column.required_by
        and column.name in terms.template.names
        and column.name not in defaulted
    )


def rows_of(grid: Unfolded, terms: GridTerms, needed: frozenset[str] = frozenset()) -> Iterator[GridRow]:
    """The rows, without the cells that are no class; `needed` as `needed_of_cells` gives it."""
    for lesson in grid.lessons:
        if not is_left_out(lesson, terms):
            yield GridRow(lesson.row, tuple(_cells(lesson, grid, terms, needed)))


def left_out_of(grid: Unfolded, terms: GridTerms) -> list[tuple[str, int]]:
    """The cells that are said to be no class, each with how often it is there."""
    return list(
        Counter(shown(lesson.cell).strip() for lesson in grid.lessons if is_left_out(lesson, terms)).items()
    )


def is_left_out(lesson: Lesson, terms: GridTerms) -> bool:
    return folded(shown(lesson.cell)) in terms.without


def _cells(lesson: Lesson, grid: Unfolded, terms: GridTerms, needed: frozenset[str]) -> Iterator[CellValue]:
    yield from (lesson.address, lesson.label.name or None)
    if grid.is_dated:
        yield from (lesson.day, None) if is_dated(lesson.day) else (None, lesson.day)
    else:
        yield lesson.day
    yield from (lesson.label.start, lesson.end)
    template = terms.template
    if isinstance(lesson.cell, Unreadable):
        yield from (lesson.cell, *([None] * (len(template.names) - 1)))
        yield from (*terms.of_all.values(), None)
        return
    text = shown(lesson.cell)
    parts = template.split(text)
    values: list[CellValue] = [parts.values.get(name) or None for name in template.names]
    if parts.found > len(template.parts):
        # Two lessons in one cell, or something else: whatever it is, it is not read by half.
        values[0] = Unreadable(text, Problem.OTHER_PARTS, str(len(template.parts)))
    elif (lacks := _first_lacking(template, parts.found, needed)) is not None:
        # A break, most likely, or a lesson of which nobody has said who gives it: the cell as a whole is asked about.
        values[lacks] = Unreadable(text, Problem.FEWER_PARTS, str(len(template.parts)))
    yield from values
    yield from (*terms.of_all.values(), parts.aside or None)


def _first_lacking(template: CellTemplate, found: int, needed: frozenset[str]) -> int | None:
    """The place among the template's names of the first that a cell of so many parts has not, and has to have."""
    names = [name for part in template.parts[found:] for name in part]
    return next((template.names.index(name) for name in names if name in needed), None)
