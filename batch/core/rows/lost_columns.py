"""Columns that an earlier version had, and this one has not: the default that stands for one changes no class that exists."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from batch.core.rows.column_names import column_named
from batch.core.rows.columns import BY_NAME, AccountKind

#: What is sent for every row where there is no such column, and by which a class is another one; and what else says it.
_DEFAULTED = {"time_zone": frozenset[str](), "duration": frozenset({"end_time", "end_date"})}


class LostColumn(NamedTuple):
    """One that a class of an earlier version got its value from."""

    name: str  #: of the API
    header: str  #: what that version called it
    default: str  #: what the class would get without it


def lost_column(
    before: Mapping[str, str], row: Mapping[str, str], header: Sequence[str], columns: Collection[str]
) -> LostColumn | None:
    """The first whose default the class would get in place of what it has; None: there is none.

    Args:
        before: what was sent for the class as it stands.
        row: what would be sent for the row.
        header: of the file that the class stands for a row of, as it was typed.
        columns: API names of the columns that this file has.
    """
    for name, instead in _DEFAULTED.items():
        default = BY_NAME[name].default
        is_said = name in columns or not instead.isdisjoint(columns)
        if is_said or row.get(name) != default or before.get(name, default) == default:
            continue
        called = next((each for each in header if column_named(each, AccountKind.TEACHER) == name), None)
        if called is not None:
            return LostColumn(name, called, default)
    return None
