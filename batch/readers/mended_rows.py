"""The lines of a results workbook, those that were mended on its sheet `To do` as they stand there."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from batch.core.outcome import NEEDS_A_PERSON
from batch.core.rows.mended_rows import Chosen, MendedRows, SheetRow
from batch.core.rows.non_class_lines import NonClassLine
from batch.core.rows.row import Header
from batch.readers.table import Line

_ON_TO_DO = frozenset(outcome.value for outcome in NEEDS_A_PERSON)


def with_mended(results: Iterable[Line], to_do: Iterable[Line], header: Header) -> Iterator[Line]:
    """Lay the lines of `To do` over those of `Results`; both stand under `header`."""
    mended = MendedRows(header.names, header.columns, _ON_TO_DO)
    for line in to_do:
        if line.own is not None and line.aside is None:
            mended.add(SheetRow(line.own, line.cells))
    last = None
    for _, of_one in groupby(results, key=_row_of):
        lines = list(of_one)
        last = lines[-1]
        owned = [(line, line.own) for line in lines if line.own is not None and line.aside is None]
        chosen_of = mended.choose([SheetRow(own, line.cells) for line, own in owned]) if owned else []
        laid = {line.number: chosen for (line, _), chosen in zip(owned, chosen_of, strict=True)}
        for line in lines:
            yield _chosen(line, laid[line.number]) if line.number in laid else line
    for number, chosen in mended.rest():
        if last is not None and last.own is not None:
            last = Line(last.sheet, last.number + 1, (), own=last.own._replace(row=number))
            yield _chosen(last, chosen)


def _row_of(line: Line) -> tuple[object, ...]:
    """What lines of one row have in common; each line without a number of its own is one."""
    return line.own.place if line.own and line.own.row else (line.sheet, "line", line.number)


def _chosen(line: Line, chosen: Chosen) -> Line:
    return line._replace(
        cells=chosen.cells,
        issues=(*line.issues, *chosen.issues),
        aside=NonClassLine.TAKEN_OUT if chosen.taken_out else line.aside,
        mended=chosen.mended,
    )
