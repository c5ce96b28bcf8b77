"""The samples: as made, well where they say so, and wrong in every way that a file can be."""

import subprocess
import sys
import zoneinfo
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from batch.core.rows.columns import AccountKind
from batch.core.rows.file_evidence import Known
from batch.core.rows.problems import Problem
from batch.core.rows.reading import Terms
from batch.core.rows.row import CheckedRow, ClassRow, Header, shown
from batch.core.rows.rules import check_row
from batch.readers import LoadOptions, open_timetable

SAMPLES = Path(__file__).parents[2] / "samples"
NAMES = ("autumn-term", "messy-term", "clashing-term")
FILES = [f"{name}.{kind}" for name in NAMES for kind in ("xlsx", "csv")]
#: A term from one week; tests/cli has a test of its own for it.
WEEKLY = [f"weekly-term.{kind}" for kind in ("csv", "toml", "xlsx")]
TERMS = Terms(
    now=datetime(2026, 11, 22, tzinfo=UTC),
    account=AccountKind.TEACHER,
    zones=frozenset(zoneinfo.available_timezones()),
    known=Known(counts_to_24=True, names_zones=True),
)
#: What only another account, a start within minutes of now, or a file with other columns could show.
NOT_IN_A_FILE = {
    *(Problem.TOO_SOON, Problem.ZERO_ID, Problem.MIXED_DATES, Problem.NOT_A_DATE),
    *(Problem.TOO_MANY, Problem.MANY_ATTENDEES),
    *(Problem.NOT_A_PRIORITY, Problem.CUT_OFF, Problem.NOBODY_NAMED),
    *(Problem.SETTING_DIFFERS, Problem.EARLIER_VERSION, Problem.MENDED_TWICE),  # of two files or sheets
    *(Problem.REPEATS, Problem.SECOND_CLASS, Problem.SAYS_CANCELLED, Problem.MAY_REPEAT),
    *(
        Problem.CONVERTED_DATE,
        Problem.AT_NIGHT,
        Problem.NO_HALF,
        Problem.CLOCK_OF_HEADER,
        Problem.DATE_ABOVE,
        Problem.NO_TIME_OF_DAY,
    ),  # not beside the others
    *(Problem.HOUR_24, Problem.READ_MONTH_FIRST),  # of earlier versions
    *(problem for problem in Problem if problem.code[1:3] in {"08", "09"}),  # of lessons that repeat
}
#: Problems that no CSV can hold: a date in place of text, a merged cell, a hidden row and the like.
ONLY_IN_WORKBOOKS = {
    problem.code
    for problem in (
        *(Problem.ERROR_CELL, Problem.NOT_CALCULATED, Problem.NOT_TEXT),
        *(Problem.MERGED, Problem.HIDDEN_ROW),
    )
}


def read(file: str) -> tuple[Header, list[CheckedRow]]:
    with open_timetable(SAMPLES / file, options=LoadOptions(), account=TERMS.account) as timetable:
        return timetable.header, [check_row(raw, timetable.header, TERMS) for raw in timetable]


def classes_of(file: str) -> list[ClassRow]:
    _, rows = read(file)
    assert [str(issue) for row in rows for issue in row.issues] == []
    return [row.parsed for row in rows if row.parsed is not None]


def most_at_once(classes: Iterable[ClassRow]) -> int:
    changes = []
    for row in classes:
        changes += [(row.start, 1), (row.end + timedelta(minutes=row.extend_minutes), -1)]
    most = running = 0
    for _, change in sorted(changes):
        running += change
        most = max(most, running)
    return most


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    subprocess.run([sys.executable, SAMPLES / "make_samples.py", "--out", folder], check=True)
    return folder


def cells_of(path: Path) -> list[tuple[object, ...]]:
    if path.suffix == ".csv":
        return [tuple(path.read_text(encoding="utf-8").split("\n"))]
    sheet = openpyxl.load_workbook(path).worksheets[0]
    return [
        (cell.coordinate, cell.value, cell.data_type, cell.number_format)
        for line in sheet.iter_rows()
        for cell in line
    ]


@pytest.mark.parametrize("file", [*FILES, "weekly-term.xlsx", "weekly-term.csv"])
def test_a_committed_sample_is_the_one_that_is_made(file: str, made: Path) -> None:
    assert cells_of(SAMPLES / file) == cells_of(made / file), "run samples/make_samples.py"


@pytest.mark.parametrize("name", NAMES)
def test_workbook_and_csv_hold_the_same_timetable(name: str) -> None:
    header, in_workbook = read(f"{name}.xlsx")
    csv_header, in_csv = read(f"{name}.csv")
    assert csv_header == header
    for one, other in zip(in_workbook, in_csv, strict=True):
        assert one.raw.number == other.raw.number
        in_both = [shown(cell) for cell in one.raw.cells] == [shown(cell) for cell in other.raw.cells]
        broken_on_purpose = bool(other.raw.issues) or shown(one.raw.cells[-1]) in ONLY_IN_WORKBOOKS
        assert in_both or broken_on_purpose, one.raw.number


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_autumn_term_needs_no_mending_and_no_more_than_five_rooms(kind: str) -> None:
    classes = classes_of(f"autumn-term.{kind}")
    assert len(classes) == 120
    assert most_at_once(classes) <= 5
    for presenter in {row.presenter for row in classes}:
        assert most_at_once(row for row in classes if row.presenter == presenter) == 1


def test_the_autumn_term_uses_what_a_school_uses() -> None:
    classes = classes_of("autumn-term.xlsx")
    several = {"time_zone", "language_culture_name", "create_recording", "attendee_limit", "duration"}
    several |= {"presenter_email", "presenter_default_controls", "attendee_default_controls"}
    for name in several:
        assert len({row.parameters.get(name) for row in classes}) > 1, name


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_messy_term_shows_what_it_says_it_shows(kind: str) -> None:
    header, rows = read(f"messy-term.{kind}")
    column = header.names.index("shows")
    for row in rows:
        warnings = row.parsed.warnings if row.parsed else ()
        codes = " ".join(issue.code for issue in (*row.issues, *warnings))
        # The line with two fields too many has its note where its fields end.
        assert codes == shown(row.raw.cells[column]) or codes == "R019", row.raw.number


def test_every_problem_that_a_file_can_have_is_in_the_messy_term() -> None:
    seen = set()
    for kind in ("xlsx", "csv"):
        for row in read(f"messy-term.{kind}")[1]:
            warnings = row.parsed.warnings if row.parsed else ()
            seen |= {issue.code for issue in (*row.issues, *warnings)}
    assert seen == {problem.code for problem in Problem if problem not in NOT_IN_A_FILE}


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_clashing_term_is_well_row_by_row_but_not_all_at_once(kind: str) -> None:
    classes = classes_of(f"clashing-term.{kind}")
    assert most_at_once(classes) == 7
    twice = {
        presenter
        for presenter in {row.presenter for row in classes}
        if most_at_once(row for row in classes if row.presenter == presenter) > 1
    }
    assert {presenter.partition("@")[0] for presenter in twice} == {"ana.diaz", "ben.okafor"}


def test_another_term_can_be_made(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, SAMPLES / "make_samples.py", "2040-09-03", "--out", tmp_path / "new"], check=True
    )
    assert sorted(file.name for file in (tmp_path / "new").iterdir()) == sorted([*FILES, *WEEKLY])
    assert "2040-09-03 09:00" in (tmp_path / "new" / "autumn-term.csv").read_text(encoding="utf-8")


def test_a_term_that_does_not_begin_on_a_monday_is_refused(tmp_path: Path) -> None:
    command: list[str | Path] = [sys.executable, SAMPLES / "make_samples.py", "2031-09-02", "--out", tmp_path]
    answer = subprocess.run(command, check=False, capture_output=True, text=True)
    assert answer.returncode == 2
    assert "2031-09-02 is a Tuesday. Give a Monday, such as 2031-09-01." in answer.stderr
