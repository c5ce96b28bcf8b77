"""The command that is printed as the next step works as it stands, whichever command printed it."""

import os
import shlex

import openpyxl
import pytest

from tests.support.command import Command, lesson, timetable

HOW = {
    "a night's": ("nightly", "inbox", "--sandbox", "--state", "kept", "--config", "our.toml"),
    "the record's": ("results", "--state", "kept", "--config", "our.toml", "--out", "again.xlsx"),
    "a run's": ("submit", "t.csv", "--sandbox", "--state", "kept", "--config", "our.toml"),
}


@pytest.mark.parametrize("words", HOW.values(), ids=HOW)
def test_the_printed_command_schedules_the_mended_row_and_nothing_twice(
    words: tuple[str, ...], classbatch: Command
) -> None:
    (classbatch.folder / "our.toml").write_text('[defaults]\ntime_zone = "Europe/Madrid"\n')
    rows = [lesson(1), {**lesson(2), "start_time": "soon"}]
    file = timetable(classbatch.folder / "t.csv", rows)
    inbox = classbatch.folder / "inbox"
    inbox.mkdir()
    os.utime(timetable(inbox / "t.csv", rows), (1_700_000_000,) * 2)
    if words[0] == "results":
        assert classbatch("submit", file, *HOW["a run's"][2:]).code == 1
    first = classbatch(*words)
    printed = first.out + first.err
    [step] = [line for line in printed.splitlines() if line.startswith("Next: Mend the row")]
    command = shlex.split(step.partition("classbatch submit")[2])
    book = openpyxl.load_workbook(classbatch.folder / command[0])
    sheet = book["To do"]
    [cell] = [cell for line in sheet.iter_rows() for cell in line if cell.value == "soon"]
    cell.value = "2031-09-02 13:00"
    book.save(classbatch.folder / command[0])
    again = classbatch("submit", *command, "--json", "-")
    assert again.json["counts"] == {**again.json["counts"], "scheduled": 1, "already": 1, "invalid": 0}


def test_what_a_sync_would_change_is_looked_at_on_the_sheet_that_was_sent(classbatch: Command) -> None:
    for hour in ("09:00", "14:00"):
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for name in ("Mon", "Tue"):
            sheet = book.create_sheet(name)
            sheet.append([*lesson(1)])
            sheet.append([*{**lesson(1), "start_time": f"2031-09-01 {hour}"}.values()])
        book.save(classbatch.folder / "t.xlsx")
        ran = classbatch("submit", "t.xlsx", "--sheet", "Mon", "--sandbox", "--state", "kept")
    [step] = [line for line in ran.out.splitlines() if "to see what a sync" in line]
    looked = classbatch(*shlex.split(step.partition("classbatch ")[2]))
    assert "changed: 1" in looked.err, looked.err
