"""The blank template: every column of the account, nothing that would be scheduled."""

import subprocess
import zoneinfo
from datetime import UTC, datetime
from pathlib import Path
from shutil import which

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook

from batch.core.rows.columns import HOW_TO_SHEET, LANGUAGES, SERIES, AccountKind, Column, columns_for
from batch.core.rows.examples import EXAMPLE_TITLES, EXAMPLES, is_example
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

COMMITTED = Path(__file__).parents[2] / "templates" / "timetable.xlsx"


def columns_of(account: AccountKind) -> list[Column]:
    return [
        column
        for column in columns_for(account)
        if (column.is_sent and not column.part_of) or column.name in SERIES
    ]


def template(folder: Path, account: AccountKind) -> Workbook:
    path = folder / "timetable.xlsx"
    write_template(path, account)
    return openpyxl.load_workbook(path)


@pytest.mark.parametrize("account", AccountKind)
def test_the_header_is_the_table_of_columns(account: AccountKind, tmp_path: Path) -> None:
    sheet = template(tmp_path, account)[SHEET]
    assert [cell.value for cell in sheet[1]] == [column.name for column in columns_of(account)]
    for cell, column in zip(sheet[1], columns_of(account), strict=True):
        assert cell.comment is not None
        assert column.help in cell.comment.text
        assert cell.comment.text.startswith("Required") == (account in column.required_by)


@pytest.mark.parametrize("account", AccountKind)
def test_it_is_read_as_a_timetable_of_examples_alone(account: AccountKind, tmp_path: Path) -> None:
    write_template(tmp_path / "timetable.xlsx", account)
    header, rows = rows_of(tmp_path / "timetable.xlsx", account)
    assert list(header.columns) == [column.name for column in columns_of(account)]
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
    assert {"start_time": "date", "duration": "whole", "attendee_limit": "whole"}.items() <= {
        name: rule.type for name, rule in rules.items()
    }.items()
    for name, rule in rules.items():
        assert (rule.promptTitle, rule.errorTitle) == (name, name)
        assert len(rule.prompt) < 256  # Excel calls the file damaged beyond that
        assert rule.errorStyle == "warning"


def test_required_columns_look_different(tmp_path: Path) -> None:
    sheet = template(tmp_path, AccountKind.TEACHER)[SHEET]
    fills = {cell.value: cell.fill.fgColor.rgb for cell in sheet[1]}
    assert fills["title"] == fills["start_time"] == fills["presenter_email"] != fills["duration"]


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
        "time_zone": zones(),
        "language_culture_name": list(LANGUAGES),
        "create_recording": ["yes", "no"],
        "presenter_default_controls": ["audio", "video", "audio, video"],
        "attendee_default_controls": ["audio", "writing", "audio, writing"],
    }


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
