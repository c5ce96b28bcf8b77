"""Weekly grids: each cell a class on its days, with its result at its address."""

import re
from pathlib import Path

import openpyxl
import pytest

from batch.core.errors import FileProblem
from batch.core.grid.grid_text import read_grid
from batch.core.grid.likeness import likeness
from batch.core.message import FileFault
from batch.core.rows.columns import AccountKind
from batch.core.rows.own_sheets import PROBLEMS
from batch.readers import LoadOptions, MemoryTable, open_timetable
from batch.readers.grid import chart_in
from batch.readers.remembered_grids import remember_grid
from tests.support.command import KEYS, Command, rows_of, serving

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
TERM = """
[term]
starts = 2031-09-01
ends = 2031-09-12
[defaults]
time_zone = "Europe/London"
attendee_limit = 30
create_recording = "no"
"""
NAMES = ("A. Diaz", "B. Okafor", "C. Martin", "E. Larsen")
ADDRESSES = "[values.presenter_email]\n" + "".join(
    f'"{name}" = "{name[3:].casefold()}@school.example"\n' for name in NAMES
)
GRID = '[grid]\ncell = "{title}\\n{presenter_email}\\n{}"\nwithout = ["Lunch"]\n'


def wall_chart(path: Path) -> dict[str, tuple[str, str, str]]:
    """Five days by eight periods, five double lessons, no Monday's last; address -> day, hours and title."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet("8B")
    sheet["A1"] = "Timetable of class 8B"
    sheet.merge_cells("A1:F1")
    sheet.append(["Period", *DAYS])
    expected: dict[str, tuple[str, str, str]] = {}
    for period in range(8):
        row, hour = period + 3, 8 + period
        sheet.cell(row, 1, f"{period + 1}\n{hour:02}:00-{hour:02}:50")
        for place, day in enumerate(DAYS):
            address = f"{'BCDEF'[place]}{row}"
            if period == 4:
                sheet[address] = "Lunch"
            elif (period == 7 and place == 0) or (period == 1 + place % 2 and place < 4):
                continue  # free; or the second half of a double lesson
            else:
                is_double = period == place % 2 and place < 4
                name = NAMES[(period + place) % 4]
                sheet[address] = f"Lesson {period}{place}\n{name}\nR{place}"
                if is_double:
                    sheet.merge_cells(f"{address}:{address[0]}{row + 1}")
                end = hour + is_double
                expected[address] = (day, f"{hour:02}:00-{end:02}:50", f"Lesson {period}{place}")
    book.save(path)
    return expected


def test_a_chart_of_five_days_by_eight_periods_becomes_its_classes_each_at_its_address(
    tmp_path: Path,
) -> None:
    expected = wall_chart(tmp_path / "8b.xlsx")
    (tmp_path / "classbatch.toml").write_text(GRID + TERM + ADDRESSES, "utf-8")
    with serving(Command(tmp_path)) as service:
        command = Command(tmp_path, {**KEYS, "CLASSBATCH_BASE_URL": service.url, "CLASSBATCH_STATE": "state"})
        ran = command("submit", "8b.xlsx", "--json", "j.json", "--results", "r.xlsx")
        assert ran.code == 0, ran.out + ran.err
        assert f"{len(expected)} rows, {2 * len(expected)} classes" in ran.out
        found = rows_of(tmp_path / "r.xlsx")
        assert {
            row["cell"]: (row["weekday"], f"{row['start_time']}-{row['end_time']}", row["title"])
            for row in found
        } == expected
        assert {row["outcome"] for row in found} == {"scheduled"}
        assert "'Lunch' (5)" in ran.err
        minutes = {each["title"]: each["duration"] for each in service.ledger()["classes"]}
        assert {title: minutes[title] for _, hours, title in expected.values()} == {
            title: 110 if hours[:2] != hours[6:8] else 50 for _, hours, title in expected.values()
        }
        # Its results handed in are the same rows, known by their cells: nothing is sent twice.
        again = command("submit", "r.xlsx", "--json", "-", "--results", "again.xlsx").json
        assert again["counts"]["already"] == 2 * len(expected)
        assert {row["cell"] for row in again["rows"]} == {*expected}
        assert service.calls() == 2 * len(expected)


def test_a_cell_mended_on_to_do_is_sent_and_no_other(tmp_path: Path) -> None:
    expected = wall_chart(tmp_path / "8b.xlsx")
    unknown = ADDRESSES.replace('"C. Martin"', '"C. Someone"')
    (tmp_path / "classbatch.toml").write_text(GRID + TERM + unknown, "utf-8")
    with serving(Command(tmp_path)) as service:
        command = Command(tmp_path, {**KEYS, "CLASSBATCH_BASE_URL": service.url, "CLASSBATCH_STATE": "state"})
        first = command("submit", "8b.xlsx", "--json", "j.json", "--results", "r.xlsx")
        assert first.code == 1
        sent = service.calls()
        book = openpyxl.load_workbook(tmp_path / "r.xlsx")
        to_do = book["To do"]
        names = [str(cell.value) for cell in to_do[1]]
        assert "cell" in names
        addresses = [str(row[names.index("cell")].value) for row in to_do.iter_rows(min_row=2)]
        assert len(addresses) == len(set(addresses)) == len(expected) - sent // 2
        assert f"cells {addresses[0]}, " in first.out
        assert first.out.count("presenter_email 'C. Martin' is not an e-mail address") == 1
        assert f"Cells {addresses[0]}, " in str(
            [cell.value for row in book["Summary"].iter_rows() for cell in row]
        )
        to_do.cell(2, names.index("presenter_email") + 1).value = "martin@school.example"
        book.save(tmp_path / "mended.xlsx")
        report = command("submit", "mended.xlsx", "--json", "-", "--results", "r2.xlsx").json
        assert [row["cell"] for row in report["rows"] if row["outcome"] == "scheduled"] == [addresses[0]] * 2
        assert service.calls() == sent + 2


CHART = "Time,Monday,Tuesday,Wednesday\n08:30-09:20,Maths / A. Diaz,Art / B. Okafor,Maths / A. Diaz\n"
SLASHES = '[grid]\ncell = "{title} / {presenter_email}"\n'
FOUND: dict[str, tuple[str, str, list[str]]] = {
    "as CSV": (CHART, SLASHES, ["B2 Maths 09-01T07:30", "B2 Maths 09-08T07:30", "C2 Art 09-02T07:30"]),
    "the subject tells the teacher": (
        "Time,Monday,Tuesday,Wednesday\n08:30-09:20,Maths,,\n",
        '[grid]\ncell = "{title+presenter_email}"\n[values.presenter_email]\nMaths = "ana@school.example"\n',
        ["B2 Maths 09-01T07:30", "B2 Maths 09-08T07:30"],
    ),
    "one teacher's own chart": (
        "Time,Monday,Tuesday,Wednesday\n08:30-09:20,8B,,\n",
        '[grid]\ncell = "{title}"\npresenter_email = "ana@school.example"\n',
        ["B2 8B 09-01T07:30", "B2 8B 09-08T07:30"],
    ),
    "dates across": (
        "Time,Mon 15/09/2031,Tue 16/09/2031,Wed 17/09/2031\n08:30-09:20,Maths / A. Diaz,,Art / B. Okafor\n",
        SLASHES,
        ["B2 Maths 09-15T07:30", "D2 Art 09-17T07:30"],
    ),
    "days down": (
        "Day,08:30-09:20,09:25-10:15,10:35-11:25\nMonday,Maths / A. Diaz,,\nTuesday,,Art / B. Okafor,\nWednesday,,,\n",
        SLASHES,
        ["B2 Maths 09-01T07:30", "B2 Maths 09-08T07:30", "C3 Art 09-02T08:25", "C3 Art 09-09T08:25"],
    ),
    "periods by number": (
        "Period,Monday,Tuesday,Wednesday\n1,Maths / A. Diaz,,\n",
        SLASHES + '[values.start_time]\n1 = "08:30-09:20"\n',
        ["B2 Maths 09-01T07:30", "B2 Maths 09-08T07:30"],
    ),
}


@pytest.mark.parametrize(("chart", "said", "expected"), FOUND.values(), ids=FOUND)
def test_a_chart_is_read_as_it_was_said(chart: str, said: str, expected: list[str], tmp_path: Path) -> None:
    more = "" if "[values.presenter_email]" in said else ADDRESSES
    (tmp_path / "classbatch.toml").write_text(said + TERM + more, "utf-8")
    (tmp_path / "t.csv").write_text(chart, "utf-8")
    report = Command(tmp_path, {"CLASSBATCH_STATE": "state"})(
        "submit", "t.csv", "--sandbox", "--json", "-", "--results", "r.xlsx"
    ).json
    assert {row["outcome"] for row in report["rows"]} == {"scheduled"}
    titles = {row["cell"]: row["title"] for row in rows_of(tmp_path / "r.xlsx")}
    found = [f"{row['cell']} {titles[row['cell']]} {row['start_utc'][5:16]}" for row in report["rows"]]
    assert found[: len(expected)] == expected


FAULTY: dict[str, tuple[str, str, str]] = {
    "nobody has said what its cells are": (CHART, "", 'cell = "{title} / {presenter_email}"'),
    "no teacher anywhere": (CHART, '[grid]\ncell = "{title}"\n', "have presenter_email"),
    "a start, and no length": (
        "Time,Monday,Tuesday,Wednesday\n08:30,Maths / A. Diaz,,\n",
        SLASHES,
        "cell B2 duration is not there",
    ),
    "a period that nobody has said the hours of": (
        "Time,Monday,Tuesday,Wednesday\nP1,Maths / A. Diaz,,\n",
        SLASHES,
        "cell B2 start_time 'P1'",
    ),
    "two lessons in one cell": (
        "Time,Monday,Tuesday,Wednesday\n08:30-09:20,Maths / A. Diaz / Art / B. Okafor,,\n",
        SLASHES,
        "cell B2 title 'Maths / A. Diaz / Art / B. Okafor' has more parts than the 2 that [grid] names",
    ),
    "a cell without a teacher": (
        "Time,Monday,Tuesday,Wednesday\n08:30-09:20,Assembly,,\n",
        SLASHES,
        "cell B2 presenter_email 'Assembly' has fewer parts than the 2 that [grid] names",
    ),
    "the chart of one week": (
        "Week commencing 15 September 2031,,,\n" + CHART,
        SLASHES,
        "Week commencing 15 September 2031",
    ),
    "no hour beside it": (
        "Time,Monday,Tuesday,Wednesday\n,Maths / A. Diaz,,\n",
        SLASHES,
        "cell B2 start_time is empty",
    ),
}


@pytest.mark.parametrize(("chart", "said", "told"), FAULTY.values(), ids=FAULTY)
def test_what_is_not_known_of_a_chart_is_asked_and_nothing_of_it_is_sent(
    chart: str, said: str, told: str, tmp_path: Path
) -> None:
    (tmp_path / "classbatch.toml").write_text(said + TERM + ADDRESSES, "utf-8")
    (tmp_path / "t.csv").write_text(chart, "utf-8")
    ran = Command(tmp_path, {"CLASSBATCH_STATE": "state"})(
        "submit", "t.csv", "--sandbox", "--results", "r.xlsx"
    )
    assert ran.code in {1, 2}
    assert told in " ".join((ran.out + ran.err).split())
    assert not re.search(r"^ *[0-9]+ scheduled", ran.out, re.MULTILINE)


def test_a_length_in_the_settings_is_that_of_a_lesson_of_which_only_the_start_is_known(
    tmp_path: Path,
) -> None:
    (tmp_path / "classbatch.toml").write_text(
        SLASHES + TERM.replace("[defaults]", "[defaults]\nduration = 45") + ADDRESSES
    )
    (tmp_path / "t.csv").write_text("Time,Monday,Tuesday,Wednesday\n08:30,Maths / A. Diaz,,\n", "utf-8")
    ran = Command(tmp_path, {"CLASSBATCH_STATE": "state"})("check", "t.csv")
    assert ran.code == 0, ran.out + ran.err


def test_a_marked_copy_of_a_chart_has_its_notes_where_the_lessons_are(tmp_path: Path) -> None:
    wall_chart(tmp_path / "8b.xlsx")
    unknown = ADDRESSES.replace('"C. Martin"', '"C. Someone"')
    (tmp_path / "classbatch.toml").write_text(GRID + TERM + unknown, "utf-8")
    command = Command(tmp_path, {"CLASSBATCH_STATE": "state"})
    ran = command("check", "8b.xlsx", "--marked", "marked.xlsx", "--json", "-")
    assert ran.code == 1
    wrong = {row["cell"] for row in ran.json["rows"] if row["outcome"] == "invalid"}
    sheet = openpyxl.load_workbook(tmp_path / "marked.xlsx")["8B"]
    noted = {
        cell.coordinate: cell.comment.text for line in sheet.iter_rows() for cell in line if cell.comment
    }
    assert noted.keys() == wrong
    assert all("'C. Martin' is not an e-mail address" in text for text in noted.values())
    # Mended there, it is handed in in place of the file; the notes go with what they were about.
    (tmp_path / "classbatch.toml").write_text(GRID + TERM + ADDRESSES, "utf-8")
    assert command("check", "marked.xlsx", "--marked", "again.xlsx").code == 0
    again = openpyxl.load_workbook(tmp_path / "again.xlsx")["8B"]
    assert not [cell for line in again.iter_rows() for cell in line if cell.comment]


def test_results_of_a_chart_are_marked_row_by_row(tmp_path: Path) -> None:
    (tmp_path / "classbatch.toml").write_text(SLASHES + TERM + ADDRESSES, "utf-8")
    chart = "Time,Monday,Tuesday,Wednesday\n08:30-09:20,A / X,B / A. Diaz,C / Y\n"
    (tmp_path / "t.csv").write_text(chart, "utf-8")
    command = Command(tmp_path, {"CLASSBATCH_STATE": "state"})
    marked = command("check", "t.csv", "--marked", "m.xlsx")
    assert marked.code == 1, marked.err
    sheet = openpyxl.load_workbook(tmp_path / "m.xlsx").worksheets[0]
    assert [[cell.value for cell in line] for line in sheet.iter_rows()] == [
        line.split(",") for line in chart.splitlines()
    ]
    assert {cell.coordinate for line in sheet.iter_rows() for cell in line if cell.comment} == {"B2", "D2"}
    assert command("check", "m.xlsx", "--marked", "again.xlsx").code == 1, "it can be handed in"
    command("submit", "t.csv", "--sandbox", "--results", "r.xlsx")
    assert command("check", "r.xlsx", "--marked", "marked.xlsx").code == 1
    sheet = openpyxl.load_workbook(tmp_path / "marked.xlsx")["Results"]
    names = [cell.value for cell in sheet[1]]
    said = {
        str(line[names.index("cell")].value): str(line[names.index(PROBLEMS)].value or "")
        for line in sheet.iter_rows(min_row=2)
    }
    assert "'X'" in said["B2"]
    assert not said["C2"]
    assert "'Y'" in said["D2"]


def test_a_chart_that_a_program_hands_over_is_read_like_any_other() -> None:
    table = MemoryTable(
        (("Time", *DAYS), ("08:30-09:20", "Maths / A. Diaz", None, None, None, "Art / B. Okafor"))
    )
    terms, _ = read_grid({"cell": "{title} / {presenter_email}"})
    with open_timetable(table, options=LoadOptions(grid=terms), account=AccountKind.TEACHER) as timetable:
        assert [(row.number, row.cells[0], row.cells[2]) for row in timetable] == [
            (2, "B2", "Monday"),
            (2, "F2", "Friday"),
        ]


LOST = {
    "right of the last day": "Time,Monday,Tuesday,Wednesday\n08:30-09:20,Maths / A. Diaz,,,Art / B. Okafor\n",
    "below a day that is there twice": (
        "Time,Monday,Tuesday,Wednesday\n08:30-09:20,Maths / A. Diaz,,\n"
        "Time,Thursday,,Thursday\n08:30-09:20,,,Art / B. Okafor\n"
    ),
}


@pytest.mark.parametrize("chart", LOST.values(), ids=LOST)
def test_a_cell_that_belongs_to_no_day_stops_the_chart_and_is_named(chart: str, tmp_path: Path) -> None:
    (tmp_path / "classbatch.toml").write_text(SLASHES + TERM + ADDRESSES, "utf-8")
    (tmp_path / "t.csv").write_text(chart, "utf-8")
    ran = Command(tmp_path, {"CLASSBATCH_STATE": "state"})(
        "submit", "t.csv", "--sandbox", "--results", "r.xlsx"
    )
    assert ran.code == 2
    assert re.search(r"[DE][24] 'Art / B. Okafor'", " ".join((ran.out + ran.err).split()))
    assert not (tmp_path / "r.xlsx").exists()


@pytest.mark.parametrize(("wanted", "cells"), [("7a", ["B2"]), (" 7A ", ["B2"]), (None, None), ("8B", None)])
def test_a_chart_that_cannot_be_read_stops_only_whoever_means_it(
    wanted: str | None, cells: list[str] | None, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, lost in (("8B", "Art / B. Okafor"), ("7a", None)):
        sheet = book.create_sheet(title)
        sheet.append(["Time", *DAYS[:3]])
        sheet.append(["08:30-09:20", "Maths / A. Diaz", None, None, lost])
    book.save(tmp_path / "t.xlsx")
    terms, _ = read_grid({"cell": "{title} / {presenter_email}"})
    opened = open_timetable(
        tmp_path / "t.xlsx", options=LoadOptions(grid=terms, sheet=wanted), account=AccountKind.TEACHER
    )
    if cells is None:
        with pytest.raises(FileProblem) as caught, opened:
            pass
        assert caught.value.messages[0].what is FileFault.GRID_UNREAD
    else:
        with opened as timetable:
            assert [row.cells[0] for row in timetable] == cells


LACKING = "Time,Monday,Tuesday,Wednesday\n08:30-09:20,Maths / A. Diaz,Break,Maths / A. Diaz\n09:20-10:00,Break,Break,\n"
WORDS: dict[str, tuple[str, list[str], int]] = {
    "a word that is no class is one problem, with its cells": (
        SLASHES,
        ["cells C2, B3 and C3 presenter_email 'Break' has fewer parts than the 2 that [grid] names."],
        3,
    ),
    "said to be no class it is none": (SLASHES + 'without = ["Break"]\n', [], 0),
    "what nobody needs may lack": (
        '[grid]\ncell = "{title} / {}"\npresenter_email = "ana@school.example"\n',
        [],
        0,
    ),
    "and what the settings have": (SLASHES + '[defaults]\npresenter_email = "ana@school.example"\n', [], 0),
}


@pytest.mark.parametrize(("said", "told", "invalid"), WORDS.values(), ids=WORDS)
def test_a_cell_with_fewer_parts(said: str, told: list[str], invalid: int, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(LACKING, "utf-8")
    term = (
        TERM
        if "[defaults]" not in said
        else TERM.replace("[defaults]", "").replace(
            'time_zone = "Europe/London"\nattendee_limit = 30\ncreate_recording = "no"\n', ""
        )
    )
    (tmp_path / "classbatch.toml").write_text(said + term + ADDRESSES, "utf-8")
    checked = Command(tmp_path)("check", "t.csv", "--sandbox")
    lines = [line.strip() for line in checked.out.splitlines() if "fewer parts" in line]
    assert [line.partition(" If it is")[0] for line in lines] == told
    assert (f"{invalid} invalid" in checked.out) is bool(invalid)
    assert "Add a column" not in checked.out + checked.err
    assert "Add one" not in checked.err


@pytest.mark.parametrize("hours", ["9.25-10.15", "9.25 to 10.15", "9:25 bis 10.15", "09.25 \u2013 10.15"])
def test_hours_with_dots_are_hours_where_two_stand_together(hours: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(f"Time,Monday,Tuesday,Wednesday\n{hours},Maths / A. Diaz,,\n", "utf-8")
    (tmp_path / "classbatch.toml").write_text(SLASHES + TERM + ADDRESSES, "utf-8")
    checked = Command(tmp_path)("check", "t.csv", "--sandbox", "--json", "-").json
    assert [row["outcome"] for row in checked["rows"]] == ["ready"] * 2
    assert checked["rows"][0]["start_utc"].endswith("T08:25:00Z")


def test_what_the_page_remembers_of_a_grid_holds_for_commands_and_says_so(tmp_path: Path) -> None:
    chart = chart_in(enumerate((line.split(",") for line in CHART.splitlines()), start=1), "t.csv")
    assert chart is not None
    state = tmp_path / "state"
    remember_grid(state, [likeness(chart)], cell="{title} / {presenter_email}", without=["Lunch"], periods={})
    (tmp_path / "t.csv").write_text(CHART, "utf-8")
    (tmp_path / "classbatch.toml").write_text(TERM + ADDRESSES, "utf-8")
    command = Command(tmp_path, {"CLASSBATCH_STATE": "state"})
    checked = command("check", "t.csv", "--json", "-")
    assert checked.code == 0, checked.err
    assert "How was said of an earlier grid that is written like this one." in checked.err
    # What the settings say goes before, and a file that is damaged is not made up.
    (tmp_path / "classbatch.toml").write_text('[grid]\ncell = "{title}"\n' + TERM, "utf-8")
    assert command("check", "t.csv").code == 2
    (tmp_path / "classbatch.toml").write_text(TERM + ADDRESSES, "utf-8")
    for damaged in ("{", '{"x": 1}', '{"x": {"cell": "{title}"}}', "[]"):
        (state / "grids.json").write_text(damaged, "utf-8")
        stopped = command("check", "t.csv")
        assert (stopped.code, "grids.json" in stopped.err) == (2, True), damaged
