"""Columns of a known export whose cells say several things: each becomes a column of its own, behind those of the file."""

from collections.abc import Iterator
from dataclasses import replace

from batch.core.rows.known_formats import CellParts, Format, parts_of
from batch.readers.table import Line, Opened


def with_parts(opened: Opened, form: Format | None) -> Opened:
    """The table with a column for each part; as it is where there is nothing to take apart."""
    table, lines = opened
    header = table.header
    parts = parts_of(form, header.names)
    if parts is None:
        return opened
    place = header.names.index(parts.header)
    first = len(header.names)
    taken = {name: first + nth for nth, name in enumerate(parts.names)}
    # What was said of the column itself holds: nothing is taken from it then.
    if header.columns.get(next(iter(parts.names))) != place:
        return opened
    names = (*header.names, *parts.names.values())
    wider = replace(header, names=names, columns={**header.columns, **taken})
    return Opened(replace(table, header=wider), _wider(lines, parts, place))


def _wider(lines: Iterator[Line], parts: CellParts, place: int) -> Iterator[Line]:
    for line in lines:
        cells = (*line.cells, *parts.split(line.cells[place])) if line.cells else line.cells
        yield line._replace(cells=cells)
