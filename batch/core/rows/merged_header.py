"""Several tables under one header: Monday's sheet, Tuesday's sheet and so on."""

from collections import Counter
from collections.abc import Sequence

from batch.core.rows.columns import fold
from batch.core.rows.row import Header

#: For each place under the common header, the place of that column in one table; None where it has none.
Places = tuple[int | None, ...]


def unite(headers: Sequence[Header]) -> tuple[Header, list[Places]]:
    """One header that has every column once, in the order they are met, and how to lay out each table's rows.

    Columns are the same when they mean the same to us, or else when they are named the same.
    """
    names: dict[tuple[str, str | int], str] = {}
    keys_of = [_keys(header) for header in headers]
    for header, keys in zip(headers, keys_of, strict=True):
        for key, name in zip(keys, header.names, strict=True):
            names.setdefault(key, name)
    columns = {str(key[1]): place for place, key in enumerate(names) if key[0] == _OURS}
    places = []
    for keys in keys_of:
        place_of = {key: place for place, key in enumerate(keys)}
        places.append(tuple(place_of.get(key) for key in names))
    of_results = any(header.of_results for header in headers)
    date_above = headers[0].date_above if len(headers) == 1 else None  # each sheet's is of its own rows
    return Header(headers[0].row, tuple(names.values()), columns, of_results, date_above), places


_OURS = "\0"  # no header's word


def _keys(header: Header) -> list[tuple[str, str | int]]:
    ours = {position: name for name, position in header.columns.items()}
    met: Counter[str] = Counter()
    keys: list[tuple[str, str | int]] = []
    for position, name in enumerate(header.names):
        if position in ours:
            keys.append((_OURS, ours[position]))
        else:
            met[fold(name)] += 1
            keys.append((fold(name), met[fold(name)]))
    return keys
