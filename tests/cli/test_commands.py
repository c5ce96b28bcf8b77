"""The commands as people type them: what they say, where, and with which exit code."""

import csv
import json
import os
import shutil
import subprocess
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from batch.core.rows.columns import COLUMNS
from batch.sandbox import BENDS, KINDS
from tests.support.command import KEYS, SAMPLES, Command, Ran, Service, lesson, lessons, rows_of, timetable

SUMMARY_OF_AUTUMN = """\
{file}, sheet Timetable: 120 rows
  120 scheduled
Results: results.xlsx
SANDBOX: nothing real was scheduled.
"""
NOBODY_HURT = {"CLASSBATCH_BASE_URL": "http://127.0.0.1:9/"}  # nothing listens there


def told(ran: Ran) -> list[tuple[int, str, str]]:
    """Every problem of every row, as the machine's view has it."""
    return [
        (row["row"], each["column"], each["code"]) for row in ran.json["rows"] for each in row["problems"]
    ]


def shown_codes(file: str) -> dict[int, str]:
    """By row, the problems that the messy sample says it shows, in its last column."""
    if file.endswith(".csv"):
        with (SAMPLES / file).open(encoding="utf-8", newline="") as opened:
            return {number: cells[-1] for number, cells in enumerate(csv.reader(opened), 1)}
    sheet = openpyxl.load_workbook(SAMPLES / file).worksheets[0]
    return {
        number: str(cells[-1] or "")
        for number, cells in enumerate(sheet.iter_rows(min_row=2, values_only=True), 2)
    }


def test_a_term_is_scheduled_and_every_row_has_its_call_id(classbatch: Command) -> None:
    file = SAMPLES / "autumn-term.xlsx"
    ran = classbatch("submit", file, "--sandbox", "--results", "results.xlsx")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == SUMMARY_OF_AUTUMN.format(file=file)
    rows = rows_of(classbatch.folder / "results.xlsx")
    assert [row["row"] for row in rows] == list(range(2, 122))
    assert {row["outcome"] for row in rows} == {"scheduled"}
    for name in ("call_id", "class_id"):
        assert all(isinstance(row[name], str) and row[name] for row in rows)
        assert len({row[name] for row in rows}) == len(rows)


@pytest.mark.thorough
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_the_results_open_in_libreoffice_with_every_call_id_as_text(classbatch: Command) -> None:
    assert classbatch("submit", SAMPLES / "autumn-term.xlsx", "--sandbox", "--results", "r.xlsx").code == 0
    folder = classbatch.folder
    office = f"-env:UserInstallation={(folder / 'office').as_uri()}"
    into = "csv:Text - txt - csv (StarCalc):44,34,76,1"
    subprocess.run(
        ["soffice", office, "--headless", "--convert-to", into, "r.xlsx"],  # noqa: S607 - wherever it is
        cwd=folder,
        capture_output=True,
        timeout=300,
        check=True,
    )
    with (folder / "r.csv").open(encoding="utf-8", newline="") as opened:
        shown = list(csv.DictReader(opened))
    rows = rows_of(folder / "r.xlsx")
    assert [row["outcome"] for row in shown] == ["scheduled"] * 120
    assert [row["call_id"] for row in shown] == [row["call_id"] for row in rows]


@pytest.mark.parametrize("file", ["messy-term.xlsx", "messy-term.csv"])
def test_every_problem_of_the_messy_term_is_told_once(classbatch: Command, file: str) -> None:
    ran = classbatch("submit", SAMPLES / file, "--sandbox", "--results", "r.xlsx", "--json", "-")
    assert ran.code == ran.json["exit_code"] == 1
    problems = told(ran)
    assert len(problems) == len(set(problems))
    expected = {row: codes for row, codes in shown_codes(file).items() if codes[:2] in {"R0", "W0"}}
    by_row = {row: " ".join(code for number, _, code in problems if number == row) for row, _, _ in problems}
    # The line with two fields too many has its note where its fields end.
    assert by_row == expected | {row: "R019" for row, codes in by_row.items() if codes == "R019"}
    assert sum(ran.json["counts"].values()) == len(ran.json["rows"])
    # In the workbook each sentence stands once, too.
    for row in rows_of(classbatch.folder / "r.xlsx"):
        for code in by_row.get(row["row"], "").split():
            assert row["message"].count(f"[{code}]") == by_row[row["row"]].split().count(code)


def test_an_invalid_row_carries_the_code_that_it_foretells(classbatch: Command) -> None:
    ran = classbatch("submit", SAMPLES / "messy-term.xlsx", "--sandbox", "--results", "r.xlsx", "--json", "-")
    for row in ran.json["rows"]:
        foretold = [each["foretells"] for each in row["problems"] if each["foretells"]]
        if row["outcome"] == "invalid":
            assert row["error_code"] == (foretold[0] if foretold else None)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_clashing_term_holds_what_cannot_be(classbatch: Command, kind: str) -> None:
    ran = classbatch(
        *("submit", SAMPLES / f"clashing-term.{kind}", "--sandbox", "--max-concurrent-classes", "5"),
        *("--results", "r.xlsx", "--json", "-"),
    )
    assert ran.code == 1
    outcomes = Counter((row["outcome"], row["error_code"]) for row in ran.json["rows"])
    assert outcomes == {("scheduled", None): 11, ("held", "1032"): 2, ("held", "1012"): 2}
    assert all(row["message"] for row in ran.json["rows"] if row["outcome"] == "held")


def test_the_summary_the_json_and_the_workbook_count_alike(classbatch: Command) -> None:
    ran = classbatch("submit", SAMPLES / "messy-term.csv", "--sandbox", "--results", "r.xlsx", "--json", "j")
    counts = json.loads((classbatch.folder / "j").read_text(encoding="utf-8"))["counts"]
    rows = rows_of(classbatch.folder / "r.xlsx")
    assert Counter(row["outcome"] for row in rows) == {name: rows for name, rows in counts.items() if rows}
    for name, number in counts.items():
        assert not number or f" {number} {name}" in ran.out


def test_json_on_standard_output_is_all_there_is_on_it(classbatch: Command) -> None:
    timetable(classbatch.folder / "t.csv", lessons(2))
    ran = classbatch("submit", "t.csv", "--sandbox", "--json", "-")
    assert ran.code == 0
    assert [row["outcome"] for row in ran.json["rows"]] == ["scheduled", "scheduled"]
    assert "2 scheduled" in ran.err


def test_a_timetable_comes_on_standard_input(classbatch: Command) -> None:
    text = timetable(classbatch.folder / "t.csv", lessons(3)).read_bytes()
    ran = classbatch("submit", "-", "--sandbox", "--results", "r.xlsx", "--json", "-", stdin=text)
    assert ran.code == 0
    assert ran.json["file"] == "standard input"
    assert [row["row"] for row in ran.json["rows"]] == [2, 3, 4]


def test_results_stand_beside_the_file_unless_told_otherwise(classbatch: Command) -> None:
    timetable(classbatch.folder / "t.csv", lessons(1))
    assert classbatch("submit", "t.csv", "--sandbox").code == 0
    assert len(rows_of(classbatch.folder / "t-results.xlsx")) == 1


def test_quiet_tells_nothing_when_nothing_is_wrong(classbatch: Command) -> None:
    timetable(classbatch.folder / "t.csv", lessons(2))
    ran = classbatch("submit", "t.csv", "--sandbox", "--quiet")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_quiet_tells_what_is_wrong(classbatch: Command) -> None:
    timetable(classbatch.folder / "t.csv", [lesson(1), lesson(2, title="")])
    ran = classbatch("submit", "t.csv", "--sandbox", "--quiet")
    assert ran.code == 1
    assert "row 3 title is empty. Fill in the cell. [R001]" in ran.out
    assert "scheduled" not in ran.out


def test_check_sends_nothing_and_leaves_nothing(at_service: Command, service: Service) -> None:
    timetable(at_service.folder / "t.csv", lessons(3))
    before = sorted(at_service.folder.rglob("*"))
    ran = at_service("check", "t.csv", "--json", "-")
    assert ran.code == 0
    assert {row["outcome"] for row in ran.json["rows"]} == {"ready"}
    assert ran.json["counts"]["ready"] == 3
    assert service.calls("create") == 0
    assert sorted(at_service.folder.rglob("*")) == before


def test_check_needs_no_keys_and_no_service(classbatch: Command) -> None:
    timetable(classbatch.folder / "t.csv", [lesson(1), lesson(2, duration="long")])
    ran = classbatch("check", "t.csv")
    assert ran.code == 1
    assert "row 3 duration 'long' is not" in ran.out
    assert "1 ready" in ran.out


def test_check_knows_what_is_scheduled_already(at_service: Command) -> None:
    timetable(at_service.folder / "t.csv", lessons(2))
    assert at_service("submit", "t.csv").code == 0
    timetable(at_service.folder / "t.csv", lessons(3))
    ran = at_service("check", "t.csv", "--json", "-")
    assert [row["outcome"] for row in ran.json["rows"]] == ["already", "already", "ready"]


def test_a_template_is_written_and_can_be_filled_in(classbatch: Command) -> None:
    assert classbatch("template", "blank.xlsx").code == 0
    book = openpyxl.load_workbook(classbatch.folder / "blank.xlsx")
    sheet = book.worksheets[0]
    row = lesson(1, start_time="2031-09-01 14:00")
    names = {column.called: column.name for column in COLUMNS}
    for cell in sheet[1]:
        if (name := names.get(str(cell.value))) in row:
            sheet.cell(2, cell.column or 0, row[str(name)])
    book.save(classbatch.folder / "filled.xlsx")
    ran = classbatch("submit", "filled.xlsx", "--sandbox", "--json", "-")
    assert [row["outcome"] for row in ran.json["rows"]] == ["scheduled"]


def test_the_results_are_made_again_from_the_journal(at_service: Command) -> None:
    timetable(at_service.folder / "t.csv", lessons(3))
    batch = at_service("submit", "t.csv", "--json", "-").json["batch"]
    first = rows_of(at_service.folder / "t-results.xlsx")
    for words in (["--out", "again.xlsx"], [batch, "--out", "again.xlsx"]):
        assert at_service("results", *words).code == 0
        assert rows_of(at_service.folder / "again.xlsx") == first


@pytest.mark.parametrize("words", [["--help-all"], ["--fault", "help"], ["--list", "help"]])
def test_the_sandbox_lists_every_list_and_every_fault(classbatch: Command, words: list[str]) -> None:
    ran = classbatch("sandbox", *words)
    assert ran.code == 0
    shown = {line.split()[0].partition(":")[0] for line in ran.out.splitlines() if line.strip()}
    assert {*BENDS, *KINDS} <= shown


BENT_SANDBOXES = {
    "no such list": ("--list", "title-sideways"),
    "no number": ("--list", "cap:many"),
    "no such fault": ("--fault", "http-999"),
}


@pytest.mark.parametrize("words", BENT_SANDBOXES.values(), ids=BENT_SANDBOXES)
def test_a_switch_that_does_not_exist_is_named(classbatch: Command, words: tuple[str, str]) -> None:
    ran = classbatch("sandbox", "--port", "0", *words)
    assert ran.code == 2
    assert words[1].partition(":")[0] in ran.err


def unwritable(folder: Path) -> None:
    (folder / "shut").write_text("a file, not a folder")


CANNOT_RUN: dict[str, tuple[list[str], dict[str, str], str]] = {
    "no such file": (["nowhere.csv"], {}, "nowhere.csv"),
    "a folder": (["."], {}, "."),
    "no timetable in it": (["empty.csv"], {}, "empty.csv"),
    "not a timetable": (["other.csv"], {}, "other.csv"),
    "no keys": (["t.csv"], {"CLASSBATCH_ACCESS_KEY": "", "CLASSBATCH_SECRET_KEY": ""}, "no access key"),
    "no keys, and a slip in the name": (
        ["tt.csv"],
        {"CLASSBATCH_ACCESS_KEY": "", "CLASSBATCH_SECRET_KEY": ""},
        "tt.csv does not exist",
    ),
    "no keys, and a folder": (
        ["."],
        {"CLASSBATCH_ACCESS_KEY": "", "CLASSBATCH_SECRET_KEY": ""},
        ". is a folder",
    ),
    "no secret": (["t.csv"], {"CLASSBATCH_SECRET_KEY": ""}, "no secret key"),
    "http to the world": (["t.csv", "--base-url", "http://class.api.wiziq.com/"], {}, "unprotected"),
    "not an address": (["t.csv", "--base-url", "wiziq"], {}, "--base-url"),
    "results in a folder that is not there": (["t.csv", "--results", "no/r.xlsx"], {}, "does not exist"),
    "results where nothing can be written": (["t.csv", "--results", "shut/r.xlsx"], {}, "shut"),
    "json in a folder that is not there": (["t.csv", "--json", "no/j.json"], {}, "does not exist"),
    "no such sheet": (["t.xlsx", "--sheet", "Spring"], {}, "Spring"),
    "a setting that is none": (["t.csv", "--in-flight", "33"], {}, "--in-flight"),
    "an unknown file of settings": (["t.csv", "--config", "no.toml"], {}, "no.toml"),
}


@pytest.mark.parametrize(("words", "variables", "says"), CANNOT_RUN.values(), ids=CANNOT_RUN)
def test_what_a_person_can_mend_is_a_sentence_and_nothing_is_sent(
    at_service: Command, service: Service, words: list[str], variables: dict[str, str], says: str
) -> None:
    timetable(at_service.folder / "t.csv", lessons(1))
    (at_service.folder / "empty.csv").write_text("")
    (at_service.folder / "other.csv").write_text("apples,pears\n1,2\n")
    (at_service.folder / "t.xlsx").write_bytes((SAMPLES / "autumn-term.xlsx").read_bytes())
    unwritable(at_service.folder)
    ran = at_service.at(**variables)("submit", *words)
    assert ran.code == 2, ran.err
    assert ran.out == ""
    assert says in ran.err
    assert "Traceback" not in ran.err
    assert service.ledger()["calls"] == {}


def test_a_file_may_be_a_pipe(at_service: Command, service: Service) -> None:
    """That it is there is seen without opening it: what is read of a pipe is gone."""
    term = timetable(at_service.folder / "t.csv", lessons(2)).read_bytes()
    pipe = at_service.folder / "pipe.csv"
    os.mkfifo(pipe)
    export = threading.Thread(target=pipe.write_bytes, args=(term,), daemon=True)
    export.start()
    ran = at_service("submit", "pipe.csv", "--results", "r.xlsx")
    assert ran.code == 0, ran.err
    assert len(service.ledger()["classes"]) == 2


def error_form(ran: Ran) -> dict[str, Any]:
    said: dict[str, Any] = ran.json
    assert said["rows"] == []
    assert said["exit_code"] == ran.code == 2
    assert not any(said["counts"].values())
    error: dict[str, Any] = said["error"]
    assert error["says"]
    assert error["fix"]
    return error


def test_what_stops_everything_is_told_to_programs_too(classbatch: Command) -> None:
    timetable(classbatch.folder / "t.csv", lessons(1))
    assert "nowhere.csv" in error_form(classbatch("check", "nowhere.csv", "--json", "-"))["says"]
    error = error_form(classbatch.at(**NOBODY_HURT)("submit", "t.csv", "--json", "-"))
    assert "access key" in error["says"]
    assert "CLASSBATCH_ACCESS_KEY" in error["fix"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_closed_to_us_is_told_before_anything_is_sent(
    at_service: Command, service: Service
) -> None:
    timetable(at_service.folder / "t.csv", lessons(1))
    (at_service.folder / "closed").mkdir(mode=0o500)
    assert at_service("submit", "t.csv", "--results", "closed/r.xlsx").code == 2
    assert service.calls("create") == 0


def test_keys_are_not_taken_from_the_command_line(classbatch: Command) -> None:
    for flag in ("--access-key", "--secret-key"):
        assert f"{flag} " not in classbatch("submit", "--help").out
        assert classbatch("submit", "t.csv", flag, "x").code == 2


@pytest.mark.thorough
def test_a_service_that_is_not_there_leaves_the_rows_for_the_next_run(classbatch: Command) -> None:
    timetable(classbatch.folder / "t.csv", lessons(2))
    command = classbatch.at(**KEYS, **NOBODY_HURT)
    ran = command("submit", "t.csv", "--json", "-", CLASSBATCH_ATTEMPTS="1")
    assert (ran.code, ran.json["rows"]) == (75, [])
    assert "it was refused. Nothing was sent." in ran.json["error"]["says"]


def test_wrong_keys_stop_the_batch_and_name_the_reason(at_service: Command, service: Service) -> None:
    timetable(at_service.folder / "t.csv", lessons(40))
    command = at_service.at(CLASSBATCH_SECRET_KEY="bm90IHRoZSBrZXk=")
    ran = command("submit", "t.csv", "--json", "-")
    assert ran.code == 2
    assert "turns requests away" in ran.json["error"]["says"]
    assert "Check both keys" in ran.json["error"]["fix"]
    assert service.ledger()["classes"] == []
    assert service.calls("create") == 0  # the list is asked for first
