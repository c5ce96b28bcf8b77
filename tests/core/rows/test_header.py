"""The header line: found among banners, mapped by the words people use, never chosen between two."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batch.core.errors import FileProblem
from batch.core.rows.columns import AccountKind, columns_for
from batch.core.rows.header import Found, HeaderFault, find_header, letter
from batch.core.rows.own_sheets import RESULTS_FIRST, RESULTS_LAST
from batch.report.wording.messages import both_of

GOOD = ("title", "start_time", "presenter_email")
ROOM_GOOD = ("title", "start_time", "time_zone", "presenter_id", "presenter_name", "duration")


def found(
    *lines: tuple[str | None, ...],
    account: AccountKind = AccountKind.TEACHER,
    defaulted: frozenset[str] = frozenset(),
) -> Found | HeaderFault:
    return find_header(list(enumerate(lines, start=1)), account, defaulted=defaulted)


MAPPED = {
    "API names": (GOOD, GOOD),
    "any case, spaces, hyphens and stars": ((" Title* ", "START-TIME", "Presenter  E-Mail"), GOOD),
    "the words people use": (("Subject", "Date and time", "Teacher"), GOOD),
    "a header of two lines in one cell": (("Class\nname", "Starts\nat", "Teacher\nemail"), GOOD),
    "an API name before another word for it": (
        ("Class name", "title", "start_time", "presenter_email"),
        (None, *GOOD),
    ),
    "unknown columns are carried through": (("Room", *GOOD, "Notes"), (None, *GOOD, None)),
    "another account kind's columns are carried through": ((*GOOD, "presenter_id"), (*GOOD, None)),
    "a column without a name between others": (
        ("title", None, "start_time", "teacher"),
        ("title", None, *GOOD[1:]),
    ),
}


@pytest.mark.parametrize(("cells", "names"), MAPPED.values(), ids=MAPPED)
def test_each_cell_of_the_header_is_the_column_it_says(
    cells: tuple[str, ...], names: tuple[str | None, ...]
) -> None:
    match = found(cells)
    assert isinstance(match, Found)
    assert match.header.columns == {name: position for position, name in enumerate(names) if name}
    assert match.header.names == tuple(cell or "" for cell in cells)


def test_the_header_is_found_below_a_banner() -> None:
    match = found(("Autumn term",), ("Class", "list"), GOOD, ("Algebra", "2031-09-01 10:00", "a@b.example"))
    assert isinstance(match, Found)
    assert match.header.row == 3


def test_a_repeated_header_further_down_is_not_the_header() -> None:
    match = found(GOOD, ("Algebra", None, None), GOOD)
    assert isinstance(match, Found)
    assert match.header.row == 1


def test_a_results_workbook_gives_back_the_columns_of_its_input() -> None:
    match = found((*RESULTS_FIRST, "message", *GOOD, "", *RESULTS_LAST))
    assert isinstance(match, Found)
    assert match.header.names == ("message", *GOOD)
    assert match.header.columns == {"title": 1, "start_time": 2, "presenter_email": 3}
    assert (match.first, match.stop, match.end) == (6, 10, 11 + len(RESULTS_LAST))
    assert match.mapped == (7, 8, 9)


TWO_LINES: dict[str, tuple[tuple[tuple[str | None, ...], ...], tuple[int, int], tuple[str, ...]]] = {
    "words that belong together, one above the other": (
        (("Class", "Start", "Presenter"), ("name", "time", "e-mail")),
        (1, 2),
        ("Class name", "Start time", "Presenter e-mail"),
    ),
    "a word for two columns": (
        (("Title", "Start", "Teacher", None), (None, "time", "name", "email")),
        (1, 2),
        ("Title", "Start time", "Teacher name", "email"),
    ),
    "units below": (
        ((*GOOD, "duration"), (None, "(dd/mm/yyyy hh:mm)", None, "(minutes)")),
        (1, 2),
        (*GOOD, "duration (minutes)"),
    ),
    "below a banner": (
        (("Autumn term",), ("Class", "Start", "Presenter"), ("name", "time", "e-mail")),
        (2, 3),
        ("Class name", "Start time", "Presenter e-mail"),
    ),
}


@pytest.mark.parametrize(("lines", "rows", "names"), TWO_LINES.values(), ids=TWO_LINES)
def test_a_header_of_two_lines_is_one(
    lines: tuple[tuple[str | None, ...], ...], rows: tuple[int, int], names: tuple[str, ...]
) -> None:
    match = found(*lines)
    assert isinstance(match, Found)
    assert (match.top, match.header.row) == rows
    assert tuple(name.split(" (dd")[0] for name in match.header.names) == names
    assert set(GOOD) <= set(match.header.columns)


ONE_LINE: dict[str, tuple[str | None, ...]] = {
    "a class": ("Algebra", "2031-09-01 10:00", "ana@school.example"),
    "a class of which little is known": ("Class", None, "name@school.example"),
    "a heading": ("Week (1)", None, None),
    "words in an open row": ("Class", "TBA", "Ana"),
}


@pytest.mark.parametrize("below", ONE_LINE.values(), ids=ONE_LINE)
def test_what_stands_below_a_whole_header_is_no_part_of_it(below: tuple[str | None, ...]) -> None:
    match = found(GOOD, below)
    assert isinstance(match, Found)
    assert (match.header.row, match.header.names) == (1, GOOD)


def test_a_class_is_never_taken_for_half_a_header() -> None:
    fault = found(("title", "start_time", "who"), ("Algebra", "2031-09-01 10:00", "presenter_email"))
    assert isinstance(fault, HeaderFault)


FAULTS = {
    "one required column missing": (("title", "start_time"), ["no column for presenter_email", "row 1"]),
    "all missing columns are named at once": (
        ("title", "x"),
        ["no column for start_time or presenter_email"],
    ),
    "a near miss is offered": (
        ("title", "strat time", "teacher"),
        ["Is 'strat time' (B) the start_time? Then rename it, or add --map \"strat time=start_time\"."],
    ),
    "two headers for one column": (
        ("Class", "Subject", "start_time", "teacher"),
        ["2 columns for title: 'Class' in A1 and 'Subject' in B1"],
    ),
    "the same header twice": ((*GOOD, "Title"), ["2 columns for title: 'title' in A1 and 'Title' in D1"]),
    "missing and double in one message": (
        ("Class", "Subject", "teacher"),
        ["no column for start_time", "2 columns for title"],
    ),
    "nothing known at all": (("a", "b"), ["no header", "title, start_time or presenter_email"]),
}


@pytest.mark.parametrize(("cells", "told"), FAULTS.values(), ids=FAULTS)
def test_a_header_that_will_not_do_is_told_whole(cells: tuple[str, ...], told: list[str]) -> None:
    fault = found(cells)
    assert isinstance(fault, HeaderFault)
    message = both_of(FileProblem.of(fault.messages("term.csv")))
    assert [text for text in told if text not in message] == []


ALMOST = {
    "one column missing": (("title", "start_time"), True),
    "one column named twice": ((*GOOD, "title"), True),
    "a list of classes and rooms": (("class", "students"), False),
    "a list of teachers": (("teacher", "phone"), False),
    "nothing known": (("a", "b", "c"), False),
}


@pytest.mark.parametrize(("cells", "almost"), ALMOST.values(), ids=ALMOST)
def test_a_timetable_with_a_slip_in_its_header_still_looks_like_one(
    cells: tuple[str, ...], almost: bool
) -> None:
    fault = found(cells)
    assert isinstance(fault, HeaderFault)
    assert fault.almost is almost


def test_a_teacher_account_needs_neither_zone_nor_duration_and_a_room_account_both() -> None:
    assert isinstance(found(GOOD), Found)
    assert isinstance(found(ROOM_GOOD, account=AccountKind.ROOM), Found)
    for absent in ("time_zone", "duration"):
        rest = tuple(name for name in ROOM_GOOD if name != absent)
        assert isinstance(found(rest, account=AccountKind.ROOM), HeaderFault)
        assert isinstance(found(rest, account=AccountKind.ROOM, defaulted=frozenset({absent})), Found)


@settings(deadline=None)  # the machine may be busy
@given(
    st.permutations(columns_for(AccountKind.TEACHER)),
    st.lists(st.sampled_from(["Room", "Building", "", "Nr."]), max_size=4),
    st.data(),
)
def test_the_order_of_columns_and_strangers_among_them_change_nothing(
    columns: list[object], strangers: list[str], data: st.DataObject
) -> None:
    cells = [getattr(column, "name", "") for column in columns]
    for stranger in strangers:
        cells.insert(data.draw(st.integers(0, len(cells))), stranger)
    match = found(tuple(cells))
    assert isinstance(match, Found)
    assert {name: cells[position] for name, position in match.header.columns.items()} == {
        column.name: column.name for column in columns_for(AccountKind.TEACHER)
    }


def test_letters_are_those_of_excel() -> None:
    assert [letter(position) for position in (0, 25, 26, 701, 702, 16383)] == [
        "A",
        "Z",
        "AA",
        "ZZ",
        "AAA",
        "XFD",
    ]
