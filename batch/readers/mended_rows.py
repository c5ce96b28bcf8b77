"""The lines of a results workbook, those that were mended on its sheet `To do` as they stand there."""

from collections.abc import Iterable, Iterator

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
    for line in results:
        last = line
        if line.own is None or line.aside is not None:
            yield line
        else:
            yield _chosen(line, mended.choose(SheetRow(line.own, line.cells)))
    for number, chosen in mended.rest():
        if last is not None and last.own is not None:
            last = Line(last.sheet, last.number + 1, (), own=last.own._replace(row=number))
            yield _chosen(last, chosen)


def _chosen(line: Line, chosen: Chosen) -> Line:
    return line._replace(
        cells=chosen.cells,
        issues=(*line.issues, *chosen.issues),
        aside=NonClassLine.TAKEN_OUT if chosen.taken_out else line.aside,
        mended=chosen.mended,
    )
