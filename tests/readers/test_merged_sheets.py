"""Several sheets as one timetable: rows keep their sheet and number, cells their column."""

import io
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from batch.core.errors import FileProblem
from batch.core.rows.columns import AccountKind
from batch.core.rows.merged_header import unite
from batch.core.rows.row import Header
from batch.readers import LoadOptions, TimetableFile, open_timetable
from batch.report.wording.messages import both_of
from tests.support.words import stops
from tests.support.workbooks import HEADER, ROW, START, saved, workbook

Lines = list[tuple[Any, ...]]


def read(
    *sheets: tuple[str, Lines], hidden: str = "", **options: Any
) -> tuple[TimetableFile, list[tuple[Any, ...]]]:
    made = workbook(*sheets)
    if hidden:
        made[hidden].sheet_state = "hidden"
    with open_timetable(
        io.BytesIO(saved(made)),
        options=LoadOptions(all_sheets=True, **options),
        account=AccountKind.TEACHER,
        name="term.xlsx",
        isolated=False,
    ) as timetable:
        return timetable, [(row.sheet, row.number, *row.cells) for row in timetable]


def test_all_sheets_that_fit_are_one_timetable() -> None:
    timetable, rows = read(
        ("Mon", [HEADER, ROW]), ("Notes", [("none",)]), ("Tue", [("Tuesday",), HEADER, ROW, (), ROW])
    )
    assert timetable.sheet == "Mon, Tue"
    assert rows == [("Mon", 2, *ROW), ("Tue", 3, *ROW), ("Tue", 5, *ROW)]
    assert tuple(map(both_of, timetable.notes)) == (
        "Sheets read together: 'Mon' and 'Tue'.",
        "Sheets not read: 'Notes'.",
        "Sheet 'Tue': The header is row 2; 1 line stands above it, not read.",
        "Sheet 'Tue': 1 blank row skipped.",
    )


def test_columns_in_another_order_or_by_another_word_are_the_same_columns() -> None:
    timetable, rows = read(
        (
            "Mon",
            [("title", "Room", "start_time", "presenter_email"), ("Algebra", "M1", START, "a@b.example")],
        ),
        ("Tue", [("Teacher", "Start", "Class", "Year"), ("a@b.example", START, "Sets", 9)]),
    )
    assert timetable.header.names == ("title", "Room", "start_time", "presenter_email", "Year")
    assert timetable.header.columns == {"title": 0, "start_time": 2, "presenter_email": 3}
    assert rows == [
        ("Mon", 2, "Algebra", "M1", START, "a@b.example", None),
        ("Tue", 2, "Sets", None, START, "a@b.example", 9),
    ]


def test_a_single_sheet_that_fits_is_all_sheets() -> None:
    timetable, rows = read(("Mon", [HEADER, ROW]), ("Notes", [("none",)]))
    assert (timetable.sheet, rows) == ("Mon", [("Mon", 2, *ROW)])
    assert tuple(map(both_of, timetable.notes)) == ("Sheets not read: 'Notes'.",)


def test_a_sheet_that_is_named_overrules() -> None:
    _, rows = read(("Mon", [HEADER, ROW]), ("Tue", [HEADER, ROW]), sheet="Tue")
    assert rows == [("Tue", 2, *ROW)]


def test_a_hidden_sheet_is_told_and_not_taken_along() -> None:
    timetable, rows = read(
        ("Mon", [HEADER, ROW]), ("Tue", [HEADER, ROW]), ("Old", [HEADER, ROW]), hidden="Old"
    )
    assert [row[0] for row in rows] == ["Mon", "Tue"]
    assert "Sheets not read: 'Old' (hidden)." in [*map(both_of, timetable.notes)]


def test_a_slip_in_one_header_stops_them_all() -> None:
    slip = ("title", "strat time", "presenter_email", "duration")
    with stops(FileProblem, match=r"^term.xlsx, sheet 'Tue', has no column for start_time"):
        read(("Mon", [HEADER, ROW]), ("Tue", [slip, ROW]))


def test_the_bound_on_rows_is_for_all_of_them() -> None:
    with stops(FileProblem, match=r"^term.xlsx has more than 3 rows"):
        read(("Mon", [HEADER, ROW, ROW]), ("Tue", [HEADER, ROW, ROW]), most_rows=3)


names = st.lists(st.sampled_from(["title", "start", "Room", "room", "", "Notes"]), max_size=6)


@given(st.lists(names, min_size=1, max_size=4))
def test_under_the_common_header_every_cell_of_every_table_stands_once(tables: list[list[str]]) -> None:
    headers = []
    for table in tables:
        columns: dict[str, int] = {each: table.index(each) for each in ("title", "start") if each in table}
        headers.append(Header(1, tuple(table), columns))
    common, places = unite(headers)
    for header, places_of_one in zip(headers, places, strict=True):
        assert sorted(place for place in places_of_one if place is not None) == list(range(len(header.names)))
        assert len(places_of_one) == len(common.names)
        for name, position in header.columns.items():
            assert places_of_one[common.columns[name]] == position
