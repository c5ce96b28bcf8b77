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
