"""A default that stands for a column which has gone changes no class; a column that says the value, or never was, is none."""

from collections.abc import Collection, Mapping, Sequence

import pytest

from batch.core.rows.lost_columns import LostColumn, lost_column

HEADER = ("Class", "Start", "Length", "Clock")
FIFTY, SIXTY = {"duration": "50"}, {"duration": "60"}
PARIS, GMT = {"time_zone": "Europe/Paris"}, {"time_zone": "GMT"}
LENGTH, ZONE = LostColumn("duration", "Length", "60"), LostColumn("time_zone", "Time zone", "GMT")
HAS = frozenset({"title", "start_time"})

Case = tuple[Mapping[str, str], Mapping[str, str], Sequence[str], Collection[str], LostColumn | None]
CASES: dict[str, Case] = {
    "a length that is the default now": (FIFTY, SIXTY, HEADER, HAS, LENGTH),
    "a clock that is the default now": (PARIS, GMT, ("Class", "Time zone"), HAS, ZONE),
    "both": ({**PARIS, **FIFTY}, {**GMT, **SIXTY}, ("Length", "Time zone"), HAS, ZONE),
    "the default it was before": (SIXTY, SIXTY, HEADER, HAS, None),
    "another length, which something else says": (FIFTY, {"duration": "45"}, HEADER, HAS, None),
    "the column is there, and says the default": (FIFTY, SIXTY, HEADER, {*HAS, "duration"}, None),
    "the end of the class says it": (FIFTY, SIXTY, HEADER, {*HAS, "end_time"}, None),
    "the earlier file had no such column": (FIFTY, SIXTY, ("Class", "Start"), HAS, None),
    "nothing was sent for it": ({}, SIXTY, HEADER, HAS, None),
    "a place that is set back is told elsewhere": ({"attendee_limit": "25"}, {}, ("Limit",), HAS, None),
}


@pytest.mark.parametrize(("before", "row", "header", "columns", "lost"), CASES.values(), ids=CASES)
def test_which_column_a_class_would_lose_its_value_with(
    before: Mapping[str, str],
    row: Mapping[str, str],
    header: Sequence[str],
    columns: Collection[str],
    lost: LostColumn | None,
) -> None:
    assert lost_column(before, row, header, columns) == lost
