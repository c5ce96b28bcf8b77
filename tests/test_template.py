"""The blank template: every column of the account, nothing that would be scheduled."""

import zoneinfo
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook

from batch.core.columns import AccountKind, columns_for
from batch.load import LoadOptions, open_timetable
from batch.report.template import HOW_TO_SHEET, LISTS_SHEET, SHEET, write_template, zones

COMMITTED = Path(__file__).parent.parent / "templates" / "timetable.xlsx"


def template(folder: Path, account: AccountKind) -> Workbook:
    path = folder / "timetable.xlsx"
    write_template(path, account)
    return openpyxl.load_workbook(path)


@pytest.mark.parametrize("account", AccountKind)
def test_the_header_is_the_table_of_columns(account: AccountKind, tmp_path: Path) -> None:
    sheet = template(tmp_path, account)[SHEET]
    assert [cell.value for cell in sheet[1]] == [column.name for column in columns_for(account)]
    assert sheet.max_row == 1  # an example row would be scheduled
    for cell, column in zip(sheet[1], columns_for(account), strict=True):
        assert cell.comment is not None
        assert column.help in cell.comment.text
        assert cell.comment.text.startswith("Required") == (account in column.required_by)


@pytest.mark.parametrize("account", AccountKind)
def test_it_is_read_as_a_timetable_without_classes(account: AccountKind, tmp_path: Path) -> None:
    write_template(tmp_path / "timetable.xlsx", account)
    with open_timetable(tmp_path / "timetable.xlsx", options=LoadOptions(), account=account) as timetable:
        assert list(timetable.header.columns) == [column.name for column in columns_for(account)]
        assert list(timetable) == []


def test_required_columns_look_different(tmp_path: Path) -> None:
    sheet = template(tmp_path, AccountKind.TEACHER)[SHEET]
    fills = {cell.value: cell.fill.fgColor.rgb for cell in sheet[1]}
    assert fills["title"] == fills["start_time"] == fills["presenter_email"] != fills["duration"]


def test_the_timetable_opens_and_the_lists_are_hidden(tmp_path: Path) -> None:
    book = template(tmp_path, AccountKind.TEACHER)
    assert book.sheetnames == [SHEET, HOW_TO_SHEET, LISTS_SHEET]
    assert book.active is book[SHEET]
    assert [book[name].sheet_state for name in book.sheetnames] == ["visible", "visible", "hidden"]


def test_drop_downs_offer_what_the_lists_hold(tmp_path: Path) -> None:
    book = template(tmp_path, AccountKind.TEACHER)
    names = {get_column_letter(place): cell.value for place, cell in enumerate(book[SHEET][1], start=1)}
    offered = {}
    for rule in book[SHEET].data_validations.dataValidation:
        sheet, _, cells = rule.formula1.partition("!")
        assert sheet == f"'{LISTS_SHEET}'"
        letter = str(rule.sqref)[0]
        offered[names[letter]] = [cell.value for (cell,) in book[LISTS_SHEET][cells.replace("$", "")]]
    assert offered == {
        "time_zone": zones(),
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
