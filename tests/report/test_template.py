"""The blank template: every column of the account, nothing that would be scheduled."""

import subprocess
import zoneinfo
from datetime import UTC, datetime
from pathlib import Path
from shutil import which

import openpyxl
import pytest
import tzlocal
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook

from batch.core.rows.columns import (
    BY_NAME,
    COLUMNS,
    ESSENTIALS,
    LANGUAGES,
    SERIES,
    AccountKind,
    Column,
    columns_for,
    fold,
)
from batch.core.rows.examples import EXAMPLE_TITLES, EXAMPLES, is_example
from batch.core.rows.own_sheets import HOW_TO_SHEET
from batch.core.rows.reading import Terms
from batch.core.rows.row import CellValue, Header, RawRow
from batch.core.rows.rules import check_row
from batch.core.rows.value_maps import folded
from batch.readers import LoadOptions, open_timetable
from batch.report.workbook.template import (
    LISTS_SHEET,
    SHEET,
    TERM_SHEET,
    VERSION,
    write_template,
    zones,
)
from batch.time_zones import own_zone

COMMITTED = Path(__file__).parents[2] / "templates" / "timetable.xlsx"


def columns_of(account: AccountKind) -> list[Column]:
    """What the template has, in its order: the essentials, the series, recording, and the rest."""
    order = [*ESSENTIALS, *SERIES, "create_recording"]
    shown = [
        column
        for column in columns_for(account)
        if (column.is_sent and not column.part_of) or column.name in SERIES
    ]
    return sorted(shown, key=lambda column: order.index(column.name) if column.name in order else len(order))


def template(folder: Path, account: AccountKind) -> Workbook:
    path = folder / "timetable.xlsx"
    write_template(path, account)
    return openpyxl.load_workbook(path)


@pytest.mark.parametrize("account", AccountKind)
def test_the_header_is_the_table_of_columns_in_people_s_words(account: AccountKind, tmp_path: Path) -> None:
    sheet = template(tmp_path, account)[SHEET]
    assert [cell.value for cell in sheet[1]] == [column.called for column in columns_of(account)]
    for cell, column in zip(sheet[1], columns_of(account), strict=True):
        assert cell.comment is not None
        assert column.help in cell.comment.text
        assert cell.comment.text.startswith("Required") == (account in column.required_by)


@pytest.mark.parametrize("account", AccountKind)
def test_it_is_read_as_a_timetable_of_examples_alone(account: AccountKind, tmp_path: Path) -> None:
    write_template(tmp_path / "timetable.xlsx", account)
    header, rows = rows_of(tmp_path / "timetable.xlsx", account)
    assert sorted(header.columns) == sorted(column.name for column in columns_of(account))
    names = {position: name for name, position in header.columns.items()}
    assert [names[place] for place in range(len(names))] == [column.name for column in columns_of(account)]
    assert [is_example(row, header) for row in rows] == [True, True]


@pytest.mark.parametrize("account", AccountKind)
def test_only_what_is_still_an_example_looks_like_one(account: AccountKind, tmp_path: Path) -> None:
    sheet = template(tmp_path, account)[SHEET]
    assert not any(cell.font.italic for line in sheet.iter_rows(min_row=2) for cell in line)
    ((where, (rule,)),) = [(str(each.sqref), each.rules) for each in sheet.conditional_formatting]
    assert where == f"A2:{get_column_letter(len(columns_of(account)))}3"
    assert rule.formula == ['LEFT($A2,8)="EXAMPLE "']
    assert all(str(sheet.cell(row, 1).value).startswith("EXAMPLE ") for row in (2, 3))
    assert rule.dxf.font.i


def rows_of(path: Path, account: AccountKind) -> tuple[Header, list[RawRow]]:
    with open_timetable(path, options=LoadOptions(), account=account) as timetable:
        return timetable.header, list(timetable)


@pytest.mark.thorough
@pytest.mark.skipif(which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_its_examples_are_known_again_when_libreoffice_saved_them(kind: str, tmp_path: Path) -> None:
    write_template(tmp_path / "timetable.xlsx", AccountKind.TEACHER)
    home = f"-env:UserInstallation={(tmp_path / 'office').as_uri()}"
    command = ["soffice", home, "--headless", "--convert-to", kind, "--outdir", str(tmp_path / "out")]
    subprocess.run([*command, tmp_path / "timetable.xlsx"], check=True, capture_output=True, timeout=120)
    header, rows = rows_of(tmp_path / "out" / f"timetable.{kind}", AccountKind.TEACHER)
    assert [is_example(row, header) for row in rows] == [True, True]


@pytest.mark.parametrize("account", AccountKind)
def test_its_examples_are_examples_of_good_rows(account: AccountKind) -> None:
    columns = columns_of(account)
    header = Header(
        1, tuple(c.name for c in columns), {column.name: place for place, column in enumerate(columns)}
    )
    for example in EXAMPLES:
        cells = {**example, "title": "Algebra"}
        raw = RawRow("", 2, tuple(cells.get(column.name) for column in columns))
        assert check_row(raw, header, terms_of(account)).issues == ()
    assert len(EXAMPLE_TITLES) == len(EXAMPLES)


def terms_of(account: AccountKind) -> Terms:
    return Terms(
        now=datetime(2026, 11, 22, tzinfo=UTC),
        account=account,
        zones=frozenset(zoneinfo.available_timezones()),
    )


OVERWRITTEN: dict[str, tuple[dict[str, CellValue], list[str] | None]] = {
    "not at all": ({}, None),
    "by other capitals": ({"title": str(EXAMPLES[0]["title"]).lower()}, None),
    "with another start, which is no class yet": ({"start_time": "2031-10-01 10:00"}, None),
    "with a class": ({"title": "Algebra", "presenter_email": "rao@school.example"}, []),
    "with a title": ({"title": "Algebra"}, []),
    "with everything but the title": ({"presenter_email": "rao@school.example"}, ["R037"]),
}


@pytest.mark.parametrize(("cells", "told"), OVERWRITTEN.values(), ids=OVERWRITTEN)
def test_an_example_is_left_out_until_it_is_written_over(
    cells: dict[str, CellValue], told: list[str] | None
) -> None:
    row = {**EXAMPLES[0], **cells}
    header = Header(1, tuple(row), {name: place for place, name in enumerate(row)})
    raw = RawRow("", 2, tuple(row.values()))
    assert is_example(raw, header) == (told is None)
    if told is not None:
        assert [issue.code for issue in check_row(raw, header, terms_of(AccountKind.TEACHER)).issues] == told


def test_an_example_s_title_is_no_class_s() -> None:
    assert all(title.startswith("example ") and title == folded(title) for title in EXAMPLE_TITLES)


def test_it_says_which_version_it_is(tmp_path: Path) -> None:
    book = template(tmp_path, AccountKind.TEACHER)
    assert book.properties.version == str(VERSION)
    assert f"Template version {VERSION}." in [cell.value for cell in book[HOW_TO_SHEET]["A"]]


def test_its_header_stays_in_sight(tmp_path: Path) -> None:
    assert template(tmp_path, AccountKind.TEACHER)[SHEET].freeze_panes == "B2"


def test_cells_say_what_they_want(tmp_path: Path) -> None:
    sheet = template(tmp_path, AccountKind.TEACHER)[SHEET]
    rules = {sheet[f"{str(rule.sqref)[0]}1"].value: rule for rule in sheet.data_validations.dataValidation}
    assert {"Start": "date", "Minutes": "whole", "Attendee limit": "whole"}.items() <= {
        name: rule.type for name, rule in rules.items()
    }.items()
    for name, rule in rules.items():
        assert (rule.promptTitle, rule.errorTitle) == (name, name)
        assert len(name) <= 32
        assert len(rule.prompt) < 256  # Excel calls the file damaged beyond that
        assert rule.errorStyle == "warning"


def test_required_columns_look_different(tmp_path: Path) -> None:
    sheet = template(tmp_path, AccountKind.TEACHER)[SHEET]
    fills = {cell.value: cell.fill.fgColor.rgb for cell in sheet[1]}
    assert fills["Class title"] == fills["Start"] == fills["Teacher e-mail"] != fills["Minutes"]


def test_the_timetable_opens_and_the_lists_are_hidden(tmp_path: Path) -> None:
    book = template(tmp_path, AccountKind.TEACHER)
    assert book.sheetnames == [SHEET, HOW_TO_SHEET, TERM_SHEET, LISTS_SHEET]
    assert book.active is book[SHEET]
    assert [book[name].sheet_state for name in book.sheetnames] == ["visible", "visible", "visible", "hidden"]


def test_drop_downs_offer_what_the_lists_hold(tmp_path: Path) -> None:
    book = template(tmp_path, AccountKind.TEACHER)
    names = {get_column_letter(place): cell.value for place, cell in enumerate(book[SHEET][1], start=1)}
    offered = {}
    for rule in book[SHEET].data_validations.dataValidation:
        if rule.type != "list":
            continue
        sheet, _, cells = rule.formula1.partition("!")
        assert sheet == f"'{LISTS_SHEET}'"
        letter = str(rule.sqref)[0]
        offered[names[letter]] = [cell.value for (cell,) in book[LISTS_SHEET][cells.replace("$", "")]]
    assert offered == {
        "Time zone": zones(),
        "Language": list(LANGUAGES),
        "Recording": ["yes", "no"],
        "Teacher controls": ["audio", "video", "audio, video"],
        "Student controls": ["audio", "writing", "audio, writing"],
    }


def test_the_zone_of_whoever_fills_it_in_is_offered_first(tmp_path: Path) -> None:
    write_template(tmp_path / "timetable.xlsx", AccountKind.TEACHER, "Europe/Madrid")
    lists = openpyxl.load_workbook(tmp_path / "timetable.xlsx")[LISTS_SHEET]
    (offered,) = (
        [cell.value for cell in column] for column in lists.iter_cols() if column[0].value == "Time zone"
    )
    assert offered[1:3] == ["Europe/Madrid", "GMT"]
    assert offered.count("Europe/Madrid") == 1


OWN = {
    "a place": ("America/New_York", "America/New_York"),
    "an old name of it": ("Asia/Calcutta", "Asia/Kolkata"),
    "no place": ("UTC", ""),
    "an offset": ("Etc/GMT+5", ""),
}


@pytest.mark.parametrize(("clock", "zone"), OWN.values(), ids=OWN)
def test_the_zone_of_this_computer(clock: str, zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as here:
        here.setenv("TZ", clock)
        tzlocal.reload_localzone()
        assert own_zone() == zone
    tzlocal.reload_localzone()


@pytest.mark.parametrize("account", AccountKind)
def test_only_what_most_timetables_have_is_in_sight(account: AccountKind, tmp_path: Path) -> None:
    sheet = template(tmp_path, account)[SHEET]
    folded = [each for each in sheet.column_dimensions.values() if each.hidden]
    hidden = {place for each in folded for place in range(each.min or 0, (each.max or 0) + 1)}
    seen = {cell.value for cell in sheet[1] if cell.column not in hidden}
    essential = {BY_NAME[name].called for name in ESSENTIALS if account in BY_NAME[name].used_by}
    assert seen == essential | {"Recording"}
    assert {column.called for column in columns_of(account) if account in column.required_by} <= seen


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_what_people_call_a_column_is_a_header_that_is_known(column: Column) -> None:
    assert fold(column.called) in {fold(word) for word in column.headers[0]}
    assert [each.name for each in COLUMNS if fold(column.called) in map(fold, each.words)] == [column.name]


def test_every_zone_offered_is_one_that_is_accepted() -> None:
    assert set(zones()) <= zoneinfo.available_timezones()
    assert {"GMT", "Europe/London", "Asia/Kolkata"} <= set(zones())


def test_the_committed_template_is_the_one_that_is_made(tmp_path: Path) -> None:
    made, committed = template(tmp_path, AccountKind.TEACHER), openpyxl.load_workbook(COMMITTED)
    assert committed.sheetnames == made.sheetnames
    for name in made.sheetnames:
        assert cells_of(committed, name) == cells_of(made, name), "make it again: classbatch template"


def cells_of(book: Workbook, name: str) -> list[tuple[object, ...]]:
    return [
        (cell.coordinate, cell.value, cell.comment and cell.comment.text, cell.number_format)
        for line in book[name].iter_rows()
        for cell in line
    ]
