"""A sheet for each weekday, taken together: every class once, every row named with its sheet."""

from pathlib import Path

import openpyxl
import pytest

from tests.support.command import Command, lesson, rows_of

DAYS = ("Monday", "Tuesday", "Wednesday")


@pytest.fixture
def week(tmp_path: Path) -> Path:
    """A lesson on each day's row 2; Tuesday has a row 3 that is wrong."""
    book = openpyxl.Workbook()
    for number, day in enumerate(DAYS, start=1):
        sheet = book.create_sheet(day)
        sheet.append(list(lesson(number)))
        sheet.append(list(lesson(number, title=f"{day} lesson").values()))
    book["Tuesday"].append(list(lesson(9, duration="long").values()))
    del book["Sheet"]
    book.save(tmp_path / "week.xlsx")
    return tmp_path / "week.xlsx"


def test_several_sheets_that_fit_are_listed_and_asked_for(classbatch: Command, week: Path) -> None:
    ran = classbatch("check", week, "--sandbox")
    assert ran.code == 2, ran
    assert all(day in ran.err for day in DAYS)
    assert "--all-sheets" in ran.err


def test_all_sheets_are_taken_together_and_told_apart(classbatch: Command, week: Path) -> None:
    ran = classbatch("submit", week, "--sandbox", "--all-sheets", "--results", "r.xlsx", "--json", "j.json")
    assert ran.code == 1, ran
    assert "Tuesday, row 3" in ran.out
    rows = rows_of(classbatch.folder / "r.xlsx")
    assert [(row["sheet"], row["row"], row["outcome"]) for row in rows] == [
        ("Monday", 2, "scheduled"),
        ("Tuesday", 2, "scheduled"),
        ("Tuesday", 3, "invalid"),
        ("Wednesday", 2, "scheduled"),
    ]


def test_one_sheet_can_be_named(classbatch: Command, week: Path) -> None:
    ran = classbatch("submit", week, "--sandbox", "--sheet", "Wednesday", "--json", "-")
    assert [row["row"] for row in ran.json["rows"]] == [2]


def test_a_bound_is_a_setting(classbatch: Command, week: Path) -> None:
    ran = classbatch("check", week, "--sandbox", "--all-sheets", CLASSBATCH_MAX_ROWS="2")
    assert ran.code == 2, ran
    assert "more than 2" in ran.err
