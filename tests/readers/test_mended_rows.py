"""A results workbook handed in again: each row is read as it was mended, on whichever sheet."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from batch.intake import Intake, take_in
from batch.journal.files import scratch_journal
from batch.journal.store import Journal
from batch.report.wording.messages import both_of
from batch.settings.resolve import load_settings
from tests.support.command import Command, rows_of

NOW = 1_790_000_000.0  # 2026-09-21
ANA = "ana.diaz@riverside.example"
HEADER = "Class,Start,Minutes,Teacher e-mail,Room"
#: Row 2 is well; the others need a person. Row 6 stands below a blank line.
LINES = (
    f"Maths,2031-09-15 09:00,50,{ANA},R1",
    "Art,2031-09-15 10:00,50,Ana,R2",
    f"Music,soon,50,{ANA},R3",
    "",
    "Drama,2031-09-15 12:00,50,Ben,R4",
)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results")
    (folder / "term.csv").write_text("\n".join((HEADER, *LINES)) + "\n")
    ran = Command(folder)("submit", "term.csv", "--sandbox")
    assert ran.code == 1, ran.err
    assert "classbatch submit term-results.xlsx --sandbox" in ran.out, ran.out
    return folder / "term-results.xlsx"


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    (tmp_path / "journal").mkdir()
    with scratch_journal(tmp_path / "journal") as opened:
        yield opened


def line_of(sheet: Worksheet, row: int) -> int:
    return next(line for line in range(2, sheet.max_row + 1) if sheet.cell(line, 1).value == row)


def mend(sheet: Worksheet, row: int, header: str, value: str) -> None:
    names = [cell.value for cell in sheet[1]]
    sheet.cell(line_of(sheet, row), names.index(header) + 1, value)


def both_mended_alike(book: Workbook) -> None:
    for name in ("Results", "To do"):
        mend(book[name], 3, "Teacher e-mail", ANA)


def both_mended_otherwise(book: Workbook) -> None:
    mend(book["Results"], 3, "Teacher e-mail", ANA)
    mend(book["To do"], 3, "Teacher e-mail", "ben@riverside.example")


def sorted_and_mended(book: Workbook) -> None:
    sheet = book["To do"]
    mend(sheet, 6, "Teacher e-mail", ANA)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    for line, cells in enumerate(reversed(rows), start=2):
        for column, value in enumerate(cells, start=1):
            sheet.cell(line, column).value = value


def a_column_more(book: Workbook) -> None:
    """Somebody notes there whom they asked."""
    sheet = book["To do"]
    sheet.insert_cols(7)
    sheet.cell(1, 7, "Asked")
    sheet.cell(line_of(sheet, 3), 7, "Ana")
    mend(sheet, 3, "Teacher e-mail", ANA)


def each_on_another_sheet(book: Workbook) -> None:
    mend(book["To do"], 3, "Teacher e-mail", ANA)
    mend(book["Results"], 6, "Teacher e-mail", ANA)


def deleted_here_mended_there(book: Workbook) -> None:
    book["Results"].delete_rows(line_of(book["Results"], 6))
    mend(book["To do"], 6, "Teacher e-mail", ANA)


def spaces_only(book: Workbook) -> None:
    mend(book["To do"], 3, "Teacher e-mail", " Ana ")
    mend(book["Results"], 3, "Teacher e-mail", ANA)


def without_digests(book: Workbook) -> None:
    """As earlier versions wrote it."""
    for sheet in (book["To do"],):
        sheet.delete_cols(sheet.max_column)
    mend(book["To do"], 3, "Teacher e-mail", ANA)


#: Row -> the e-mail address or start that is read, or the code of what is wrong; and what is told.
AS_READ = {2: ANA, 3: "R011", 4: "R003", 6: "R011"}
CASES: dict[str, tuple[Callable[[Workbook], object], Mapping[int, str | None], str]] = {
    "nothing mended": (lambda _: None, {}, ""),
    "mended on To do": (
        lambda book: mend(book["To do"], 3, "Teacher e-mail", ANA),
        {3: ANA},
        "Row 3 is read as mended on the sheet 'To do'.",
    ),
    "the last row mended on To do": (
        lambda book: mend(book["To do"], 6, "Teacher e-mail", ANA),
        {6: ANA},
        "Row 6 is read as mended on the sheet 'To do'.",
    ),
    "two rows mended, each on another sheet": (each_on_another_sheet, {3: ANA, 6: ANA}, "Row 3 is read"),
    "mended with a cell of another kind": (
        lambda book: mend(book["To do"], 4, "Start", "2031-09-15 11:00"),
        {4: ANA},
        "Row 4 is read",
    ),
    "mended on Results alone": (
        lambda book: mend(book["Results"], 3, "Teacher e-mail", ANA),
        {3: ANA},
        "",
    ),
    "mended on both alike": (both_mended_alike, {3: ANA}, ""),
    "mended on both otherwise is asked": (both_mended_otherwise, {3: "R065"}, ""),
    "spaces are no change": (spaces_only, {3: ANA}, ""),
    "To do sorted": (sorted_and_mended, {6: ANA}, "Row 6 is read"),
    "To do with a column more": (a_column_more, {3: ANA}, "Row 3 is read"),
    "a row deleted on To do": (
        lambda book: book["To do"].delete_rows(line_of(book["To do"], 4)),
        {4: None},
        "Row 4 was deleted on the sheet 'To do' ('Music'): left out.",
    ),
    "a row deleted on Results": (
        lambda book: book["Results"].delete_rows(line_of(book["Results"], 4)),
        {4: None},
        "",
    ),
    "a row deleted on Results and mended on To do": (deleted_here_mended_there, {6: ANA}, "Row 6 is read"),
    "To do taken away": (lambda book: book.remove(book["To do"]), {}, ""),
    "mended on To do in a workbook of an earlier version is asked": (without_digests, {3: "R065"}, ""),
}


def taken(journal: Journal, file: Path, **given: object) -> tuple[Intake, dict[int, str]]:
    found = load_settings(
        {"state": file.parent / "state", **given}, environ={"HOME": "/nowhere"}, cwd=file.parent
    )
    intake = take_in(str(file), found, journal, account="ours", batch="b", sandbox=False, now=NOW)
    rows = {
        row.number: row.parameters["presenter_email"]
        if row.parameters
        else " ".join(issue.code for issue in row.issues if not issue.is_warning)
        for row in journal.reports.rows("b")
    }
    return intake, rows


@pytest.mark.parametrize(("change", "otherwise", "told"), CASES.values(), ids=CASES)
def test_a_row_is_read_as_it_was_mended(
    change: Callable[[Workbook], object],
    otherwise: Mapping[int, str | None],
    told: str,
    results: Path,
    journal: Journal,
    tmp_path: Path,
) -> None:
    book = openpyxl.load_workbook(results)
    change(book)
    book.save(tmp_path / "again.xlsx")
    intake, rows = taken(journal, tmp_path / "again.xlsx")
    wanted = {row: value for row, value in {**AS_READ, **otherwise}.items() if value is not None}
    assert {row: value.split()[0] for row, value in rows.items()} == wanted
    notes = " ".join(map(both_of, intake.batch.notes))
    assert told in notes
    assert told or "'To do'" not in notes.replace("Sheets not read: 'To do'", "")


def test_what_both_sheets_say_is_told_where_both_were_mended(
    results: Path, journal: Journal, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(results)
    both_mended_otherwise(book)
    book.save(tmp_path / "again.xlsx")
    taken(journal, tmp_path / "again.xlsx")
    issue = next(row for row in journal.reports.rows("b") if row.number == 3).issues[0]
    assert (issue.header, issue.value, dict(issue.facts)) == (
        "Teacher e-mail",
        ANA,
        {"there": "ben@riverside.example"},
    )


@pytest.mark.parametrize("sheet", ["Results", "To do"])
def test_a_sheet_that_is_named_is_read_alone_by_the_numbers_of_the_first_file(
    sheet: str, results: Path, journal: Journal, tmp_path: Path
) -> None:
    shutil.copy(results, tmp_path / "again.xlsx")
    _, rows = taken(journal, tmp_path / "again.xlsx", sheet=sheet)
    assert set(rows) == ({2, 3, 4, 6} if sheet == "Results" else {3, 4, 6})


def numbers(rows: Sequence[Mapping[str, object]]) -> list[object]:
    return [row["row"] for row in rows]


def test_mended_rows_are_scheduled_and_those_that_were_are_not_again(classbatch: Command) -> None:
    folder = classbatch.folder
    (folder / "term.csv").write_text("\n".join((HEADER, *LINES)) + "\n")
    keep = ("--sandbox", "--state", "state")
    assert classbatch("submit", "term.csv", *keep).code == 1
    book = openpyxl.load_workbook(folder / "term-results.xlsx")
    for row, header, value in (
        (3, "Teacher e-mail", ANA),
        (4, "Start", "2031-09-15 11:00"),
        (6, "Teacher e-mail", ANA),
    ):
        mend(book["To do"], row, header, value)
    book.save(folder / "term-results.xlsx")
    checked = classbatch("check", "term-results.xlsx", *keep, "--json", "-", "--marked", "marked.xlsx")
    assert [row["outcome"] for row in checked.json["rows"]] == ["already", "ready", "ready", "ready"]
    ran = classbatch("submit", "term-results.xlsx", *keep, "--results", "second.xlsx")
    assert ran.code == 0, ran.err
    assert "Rows 3, 4 and 6 are read as mended on the sheet 'To do'." in ran.err
    second = rows_of(folder / "second.xlsx")
    assert [row["outcome"] for row in second] == ["already", "scheduled", "scheduled", "scheduled"]
    assert numbers(second) == [2, 3, 4, 6]
    # The marked copy can be handed in in place of it.
    again = classbatch("check", "marked.xlsx", *keep, "--json", "-")
    assert [row["outcome"] for row in again.json["rows"]] == ["already"] * 4, again.err


SERIES = (
    f"Maths,2031-09-15 09:00,50,{ANA},R1,weekly,2031-10-20",
    f"Art,2031-09-22 09:20,50,{ANA},R2,,",
    "Choir,2031-09-16 12:00,50,Ben,R3,weekly,2031-09-30",
)


def test_a_lesson_that_repeats_is_mended_as_one_row(classbatch: Command) -> None:
    """Row 2 has a line for each of its classes, and one of them is in the way of row 3."""
    folder = classbatch.folder
    (folder / "term.csv").write_text(
        "\n".join((f"{HEADER},Repeats,Until", *SERIES[1:2], *SERIES[:1], *SERIES[2:])) + "\n"
    )
    keep = ("--sandbox", "--state", "state")
    assert classbatch("submit", "term.csv", *keep).code == 1
    book = openpyxl.load_workbook(folder / "term-results.xlsx")
    held = [row for row in rows_of(folder / "term-results.xlsx") if row["outcome"] == "held"]
    assert numbers(held) == [3], "one class of the series"
    mend(book["To do"], 3, "Until", "2031-11-10")
    mend(book["To do"], 4, "Teacher e-mail", "ben@riverside.example")
    book.save(folder / "term-results.xlsx")
    ran = classbatch("check", "term-results.xlsx", *keep, "--json", "-")
    outcomes = [(row["row"], row["outcome"]) for row in ran.json["rows"]]
    assert outcomes[:4] == [(2, "already"), (3, "already"), (3, "held"), (3, "already")]
    assert outcomes[4:] == [*[(3, "already")] * 3, *[(3, "ready")] * 3, *[(4, "ready")] * 3]
    assert all("[R0" not in str(row["message"]) for row in ran.json["rows"])


def test_a_class_of_a_lesson_that_repeats_is_not_deleted_alone(classbatch: Command) -> None:
    """Its row stands for the others, too: nothing says that it was left out."""
    folder = classbatch.folder
    (folder / "term.csv").write_text("\n".join((f"{HEADER},Repeats,Until", *SERIES[1:2], *SERIES[:1])) + "\n")
    keep = ("--sandbox", "--state", "state")
    classbatch("submit", "term.csv", *keep)
    book = openpyxl.load_workbook(folder / "term-results.xlsx")
    book["To do"].delete_rows(line_of(book["To do"], 3))
    book["To do"].append([99, "invalid", None, None, None, None, "Sheet", "2031-09-20 09:00", 50, ANA, "R9"])
    book.save(folder / "term-results.xlsx")
    ran = classbatch("check", "term-results.xlsx", *keep)
    assert "was deleted" not in ran.err
    assert "1 held" in ran.out
