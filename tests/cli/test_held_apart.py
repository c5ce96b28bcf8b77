"""What is held for want of room and what is held for its presenter are told apart: one is a licence, the other a slip."""

import openpyxl

from tests.support.command import Command, timetable

AT_NINE = {"start_time": "2031-09-15 09:00", "time_zone": "GMT", "duration": "50"}


def _lesson(title: str, teacher: str) -> dict[str, str]:
    return {"title": title, "presenter_email": f"{teacher}@riverside.example", **AT_NINE}


def test_the_terminal_and_the_workbook_count_them_apart(classbatch: Command) -> None:
    rows = [_lesson("Maths", "ana"), _lesson("Art", "ben"), _lesson("Latin", "ana"), _lesson("PE", "chloe")]
    file = timetable(classbatch.folder / "term.csv", rows)
    ran = classbatch("submit", file, "--sandbox", "--max-concurrent-classes", "2", "--state", "s")
    counted = "no room at that time (1); the presenter has another class at that time (1); nothing was done"
    assert f"2 held: {counted}" in ran.out, ran
    summary = openpyxl.load_workbook(classbatch.folder / "term-results.xlsx")["Summary"]
    assert counted in {cell for line in summary.iter_rows(values_only=True) for cell in line}


def test_where_there_is_one_reason_it_stands_alone(classbatch: Command) -> None:
    file = timetable(classbatch.folder / "term.csv", [_lesson("Maths", "ana"), _lesson("Latin", "ana")])
    ran = classbatch("check", file, "--sandbox")
    assert "1 held: the presenter has another class at that time; nothing was done" in ran.out, ran
