"""A school's own file: its headers, its names, its order of dates; read as meant, or told, and never guessed at."""

from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from batch.core.errors import CannotRun, FileProblem
from batch.core.message import FileFault
from batch.core.outcome import Outcome
from batch.core.rows.columns import AccountKind
from batch.intake import Intake, take_in
from batch.journal.files import scratch_journal
from batch.journal.store import Journal
from batch.readers.remembered_columns import FILE_NAME
from batch.report.wording.messages import both_of
from batch.report.workbook.template import write_template
from batch.settings.resolve import load_settings
from tests.support.command import SAMPLES, Command, rows_of
from tests.support.words import stops

NOW = 1_790_000_000.0  # 2026-09-21
HEADER = "Fach,Datum,Uhrzeit,Lehrkraft\n"


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    (tmp_path / "journal").mkdir()
    with scratch_journal(tmp_path / "journal") as opened:
        yield opened


def taken(journal: Journal, file: Path, batch: str = "b1", **settings: object) -> Intake:
    given = load_settings(
        {"state": str(file.parent), **settings}, environ={"HOME": "/nowhere"}, cwd=file.parent
    )
    return take_in(str(file), given, journal, account="ours", batch=batch, sandbox=False, now=NOW)


def written(folder: Path, text: str, name: str = "t.csv") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def starts(journal: Journal, batch: str = "b1") -> list[str]:
    """Each row's start as it is sent, or the codes of its problems."""
    return [
        row.parameters["start_time"] if row.parameters else " ".join(issue.code for issue in row.issues)
        for row in journal.reports.rows(batch)
    ]


def dated(*days: str) -> str:
    return HEADER + "".join(f"Mathe {day},{day},09:00,a@b.example\n" for day in days)


ORDERS: dict[str, tuple[tuple[str, ...], list[str], str]] = {
    "a later date shows that the day comes first": (
        ("05/06/2031", "13/06/2031", "07/06/2031"),
        ["06/05/2031 09:00:00", "06/13/2031 09:00:00", "06/07/2031 09:00:00"],
        "Dates are read day first, as '13/06/2031' in row 3 shows.",
    ),
    "the first date shows it": (
        ("13-06-2031", "05-06-2031"),
        ["06/13/2031 09:00:00", "06/05/2031 09:00:00"],
        "as '13-06-2031' in row 2 shows",
    ),
    "dots are day first": (
        ("05.06.2031", "06.06.2031"),
        ["06/05/2031 09:00:00", "06/06/2031 09:00:00"],
        "",
    ),
    "another date with dots shows that the month comes first": (
        ("05.06.2031", "06.13.2031"),
        ["05/06/2031 09:00:00", "06/13/2031 09:00:00"],
        "",
    ),
    "a date shows that the month comes first": (
        ("05-06-2031", "06-13-2031"),
        ["05/06/2031 09:00:00", "06/13/2031 09:00:00"],
        "Dates are read month first, as '06-13-2031' in row 3 shows.",
    ),
    "nothing shows it": (
        ("05/06/2031", "06/06/2031", "05.06.2031"),
        ["R033", "06/06/2031 09:00:00", "06/05/2031 09:00:00"],
        "Day first: Thu 5 Jun 2031; month first: Tue 6 May 2031.",
    ),
    "both are shown": (
        ("05/06/2031", "13/06/2031", "2031-06-08", "06/14/2031"),
        ["R032", "R032", "06/08/2031 09:00:00", "R032"],
        "day first and month first: '13/06/2031' in row 3 and '06/14/2031' in row 5. None is read.",
    ),
}


@pytest.mark.parametrize(("days", "read", "note"), ORDERS.values(), ids=ORDERS)
def test_the_whole_file_is_read_in_the_order_that_it_shows(
    days: tuple[str, ...], read: list[str], note: str, journal: Journal, tmp_path: Path
) -> None:
    intake = taken(journal, written(tmp_path, dated(*days)))
    assert starts(journal) == read
    assert note in " ".join(map(both_of, intake.batch.notes))
    assert len(list(journal.batches.all())) == 1


def test_a_date_that_nothing_proves_is_a_question_of_its_row(journal: Journal, tmp_path: Path) -> None:
    taken(journal, written(tmp_path, dated("05/06/2031")))
    assert [[issue.code for issue in row.issues] for row in journal.reports.rows("b1")] == [["R033"]]
    taken(journal, written(tmp_path, dated("05/06/2031", "06/13/2031")), "b2")
    assert [row.issues for row in journal.reports.rows("b2")] == [(), ()]


@pytest.mark.parametrize(
    ("order", "read"),
    [("dmy", ["06/05/2031 09:00:00", "R038"]), ("mdy", ["05/06/2031 09:00:00", "06/13/2031 09:00:00"])],
)
def test_what_was_said_of_dates_goes_before_what_they_show(
    order: str, read: list[str], journal: Journal, tmp_path: Path
) -> None:
    taken(journal, written(tmp_path, dated("05/06/2031", "06/13/2031")), dates=order)
    assert starts(journal) == read


def test_standard_input_can_be_read_twice_too(classbatch: Command) -> None:
    ran = classbatch(
        "check", "-", "--sandbox", "--json", "-", stdin=dated("05/06/2031", "13/06/2031").encode()
    )
    assert [row["outcome"] for row in ran.json["rows"]] == ["ready", "ready"]
    assert "Dates are read day first" in ran.err


def test_a_header_is_remembered_for_the_next_file_that_has_it(journal: Journal, tmp_path: Path) -> None:
    text = "Kürzel,Fach,Beginn\na@b.example,Mathe,2031-09-01 09:00\n"
    with stops(CannotRun, match="presenter_email"):
        taken(journal, written(tmp_path, text))
    said = {"Kürzel": "presenter_email", "Not there": "title"}
    intake = taken(journal, written(tmp_path, text), columns=said, remember=True)
    assert "Remembered for files with this header: 'Kürzel' is presenter_email." in [
        *map(both_of, intake.batch.notes)
    ]
    intake = taken(journal, written(tmp_path, text.replace("Mathe", "Bio"), "next.csv"), "b2")
    assert "As remembered for this header: 'Kürzel' is presenter_email." in [
        *map(both_of, intake.batch.notes)
    ]
    assert starts(journal, "b2") == ["09/01/2031 09:00:00"]
    with stops(CannotRun, match="presenter_email"):
        taken(journal, written(tmp_path, text.replace("Fach", "Kurs"), "other.csv"), "b3")


def test_nothing_is_remembered_unasked(journal: Journal, tmp_path: Path) -> None:
    taken(journal, written(tmp_path, dated("2031-09-01")), columns={"Fach": "title"})
    assert not (tmp_path / FILE_NAME).exists()


@pytest.mark.parametrize("text", ["{", "[]", '{"a": 1}'])
def test_a_damaged_memory_is_told(text: str, journal: Journal, tmp_path: Path) -> None:
    written(tmp_path, text, FILE_NAME)
    with stops(CannotRun, match="cannot be read"):
        taken(journal, written(tmp_path, dated("2031-09-01")))


def test_without_a_zone_every_start_is_gmt_and_that_is_told(journal: Journal, tmp_path: Path) -> None:
    told = "every start is read as GMT"
    assert told in " ".join(map(both_of, taken(journal, written(tmp_path, dated("2031-09-01"))).batch.notes))
    file = written(tmp_path, "[defaults]\ntime_zone = 'Europe/Berlin'\n", "classbatch.toml").parent / "t.csv"
    assert told not in " ".join(map(both_of, taken(journal, file, "b2").batch.notes))


def test_a_file_written_over_the_template_s_examples(journal: Journal, tmp_path: Path) -> None:
    path = tmp_path / "timetable.xlsx"
    write_template(path, AccountKind.TEACHER)
    with pytest.raises(FileProblem) as nothing:
        taken(journal, path)
    assert nothing.value.messages[0].what is FileFault.ONLY_EXAMPLES
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    sheet["A2"], sheet["D2"] = "Algebra", "rao@school.example"
    book.save(path)
    intake = taken(journal, path, "b2")
    assert [row.title for row in journal.reports.rows("b2")] == ["Algebra"]
    assert "Row 3 is the template's example: left out." in [*map(both_of, intake.batch.notes)]


def test_flags_of_the_command_reach_the_file(classbatch: Command) -> None:
    written(classbatch.folder, "Wer,Was,Wann\nDr. Rao,Mathe,05.06.2031 09:00\n")
    written(
        classbatch.folder, "[values.presenter_email]\n'Dr. Rao' = 'rao@school.example'\n", "classbatch.toml"
    )
    said = (
        "--map",
        "Wer=presenter_email",
        "--map",
        "Was=title",
        "--map",
        "Wann=start_time",
        "--dates",
        "dmy",
    )
    ran = classbatch("submit", "t.csv", "--sandbox", *said)
    assert ran.code == 0, ran.err
    (row,) = rows_of(classbatch.folder / "t-results.xlsx")
    assert (row["outcome"], row["start_utc"][:10]) == ("scheduled", "2031-06-05")


def test_mended_in_the_results_workbook_only_the_mended_rows_are_sent(classbatch: Command) -> None:
    """Day-first dates, parts of starts and value maps mean the same when the results are read again."""
    keep = ("--state", "state", "--sandbox")
    written(
        classbatch.folder,
        HEADER
        + "Mathe,05/06/2031,09:00-09:45,Dr. Rao\n"
        + "Bio,13/06/2031,soon,Dr. Rao\n"
        + "Chemie,07/06/2031,11:00,Dr. Who\n",
    )
    written(
        classbatch.folder, "[values.presenter_email]\n'Dr. Rao' = 'rao@school.example'\n", "classbatch.toml"
    )
    assert classbatch("submit", "t.csv", *keep).code == 1
    path = classbatch.folder / "t-results.xlsx"
    assert [row["outcome"] for row in rows_of(path)] == ["scheduled", "invalid", "invalid"]
    book = openpyxl.load_workbook(path)
    sheet = book["Results"]
    header = [cell.value for cell in sheet[1]]
    sheet.cell(3, header.index("Uhrzeit") + 1).value = "10:00"
    sheet.cell(4, header.index("Lehrkraft") + 1).value = "who@school.example"
    book.save(path)
    ran = classbatch("submit", path.name, *keep, "--results", "again.xlsx")
    assert ran.code == 0, ran.err
    again = rows_of(classbatch.folder / "again.xlsx")
    assert [row["outcome"] for row in again] == [Outcome.ALREADY, Outcome.SCHEDULED, Outcome.SCHEDULED]
    assert [row["start_utc"][:10] for row in again] == ["2031-06-05", "2031-06-13", "2031-06-07"]


def test_rows_taken_out_of_the_results_do_not_change_their_day(classbatch: Command) -> None:
    """The date that showed the order was left behind: they keep the order that they were read with."""
    keep = ("--state", "state", "--sandbox", "--sheet", "To do")
    rows = "Mathe,05/06/2031,09:00,Dr. Who\nBio,13/06/2031,10:00,rao@school.example\n"
    written(classbatch.folder, HEADER + rows)
    assert classbatch("submit", "t.csv", *keep[:3]).code == 1
    path = classbatch.folder / "t-results.xlsx"
    book = openpyxl.load_workbook(path)
    for row in book["To do"].iter_rows():
        for cell in row:
            if cell.value == "Dr. Who":
                cell.value = "who@school.example"
    book.save(path)
    ran = classbatch("check", path.name, *keep, "--json", "-")
    assert [row["outcome"] for row in ran.json["rows"]] == ["ready"]
    ran = classbatch("submit", path.name, *keep, "--results", "again.xlsx")
    assert ran.code == 0, ran.err
    assert [row["start_utc"][:10] for row in rows_of(classbatch.folder / "again.xlsx")] == ["2031-06-05"]


@pytest.mark.parametrize("sample", ["autumn-term.xlsx", "autumn-term.csv"])
def test_a_tidy_file_has_nothing_to_tell_about_its_headers(
    sample: str, journal: Journal, tmp_path: Path
) -> None:
    file = tmp_path / sample
    file.write_bytes((SAMPLES / sample).read_bytes())
    assert taken(journal, file).batch.notes == ()
