"""What is worth telling of a file stands in the terminal, the machine's view, the results workbook and on the page."""

import json
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest

from batch.core.message import recalled, stored
from batch.intake import take_in
from batch.journal.files import scratch_journal
from batch.report.wording.messages import both_of
from batch.report.wording.phrases import Reader
from batch.settings.resolve import load_settings
from tests.support.command import Command, rows_of
from tests.support.page import Browser, csv_of, serving_here, serving_page

NOW = 1_790_000_000.0  # 2026-09-21
_HEADER = "Class,Start,Teacher e-mail,attendee_limit,Nickname"
#: What a file has -> lines of it, and what is told of that.
FILES: Mapping[str, tuple[list[str], str]] = {
    "no zone, no length, no recording": (
        [_HEADER, "Maths,2031-09-15 09:00,ana@riverside.example,25,"],
        "There is no column for time_zone",
    ),
    "a limit of attendees that is empty": (
        [_HEADER, "Maths,2031-09-15 09:00,ana@riverside.example,,"],
        "attendee_limit is empty in row 2",
    ),
    "a total": (
        [_HEADER, "Maths,2031-09-15 09:00,ana@riverside.example,25,", "Total: 1,,,,"],
        "Row 3 is a total ('Total: 1'), no class: left out.",
    ),
    "an order of dates that was proved": (
        [
            _HEADER,
            "Maths,06/10/2031 09:00,ana@riverside.example,25,",
            "Art,13/10/2031 09:00,ana@riverside.example,25,",
        ],
        "Dates are read day first, as '13/10/2031 09:00' in row 3 shows.",
    ),
    "an order of dates that is not": (
        [_HEADER, "Maths,06/10/2031 09:00,ana@riverside.example,25,"],
        "Dates can be read two ways",
    ),
    "the zone of a header": (
        ["Class,Start (UTC),Teacher e-mail", "Maths,2031-09-15 09:00,ana@riverside.example"],
        "Starts are read by the clock of UTC",
    ),
}


@pytest.mark.parametrize(("lines", "told"), FILES.values(), ids=FILES)
def test_it_is_told_by_check_and_submit_and_in_the_workbook(
    classbatch: Command, lines: list[str], told: str
) -> None:
    (classbatch.folder / "t.csv").write_text("\n".join(lines) + "\n")
    checked = classbatch("check", "t.csv", "--sandbox", "--json", "check.json")
    submitted = classbatch("submit", "t.csv", "--sandbox", "--state", "s", "--json", "submit.json")
    again = classbatch("results", "--state", "s", "--out", "again.xlsx")
    assert again.code == 0
    for said in (checked.err, submitted.err):
        assert told in said
    for name in ("check.json", "submit.json"):
        notices = json.loads((classbatch.folder / name).read_text())["notices"]
        assert sum(told in notice for notice in notices) == 1
    for book in ("t-results.xlsx", "again.xlsx"):
        assert sum(told in text for text in _summary(classbatch.folder / book)) == 1
    assert rows_of(classbatch.folder / "t-results.xlsx")


async def test_it_is_told_before_the_button_is_pressed_and_with_the_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lesson = {
        "title": "Maths",
        "start_time": "2031-09-15 09:00",
        "presenter_email": "ana@riverside.example",
        "attendee_limit": "",
    }
    with serving_here() as service:
        service.seen_by(monkeypatch, tmp_path)
        async with serving_page(tmp_path, base_url=service.url) as page, page.browser() as browser:
            await _tells(browser, csv_of([lesson]), "Attendee limit&#39; is empty in row 2")


async def _tells(browser: Browser, file: bytes, told: str) -> None:
    checked = await browser.checked(file)
    assert told in checked.text
    asked = await browser.get(f"{checked.url.path}/confirm")
    assert told in asked.text
    assert "No column says the time zone" in asked.text
    result = await browser.sent(checked)
    assert told in result.text


#: What the page says in other words, which people use of a column.
_ON_THE_PAGE = {
    "There is no column for time_zone": "No column says the time zone",
    "attendee_limit is empty in row 2": "'Attendee limit' is empty in row 2",
}


@pytest.mark.parametrize(("lines", "told"), FILES.values(), ids=FILES)
def test_it_comes_out_of_the_journal_in_the_same_words(tmp_path: Path, lines: list[str], told: str) -> None:
    file = tmp_path / "t.csv"
    file.write_text("\n".join(lines) + "\n")
    settings = load_settings({"state": tmp_path / "s"}, environ={"HOME": "/nowhere"}, cwd=tmp_path)
    with scratch_journal(tmp_path) as journal:
        taken = take_in(str(file), settings, journal, account="ours", batch="b", sandbox=False, now=NOW)
        kept = journal.batches.find("b")
    assert kept is not None
    assert [stored(note) for note in kept.notes] == [stored(note) for note in taken.batch.notes]
    for reader in Reader:
        words = [both_of(note, reader) for note in taken.batch.notes]
        assert [both_of(note, reader) for note in kept.notes] == words
        expected = _ON_THE_PAGE.get(told, told) if reader is Reader.PAGE else told
        assert any(expected in each for each in words)
    assert all(recalled(stored(note)) is not None for note in kept.notes)


def _summary(book: Path) -> list[str]:
    sheet = openpyxl.load_workbook(book)["Summary"]
    return [str(cell) for line in sheet.iter_rows(values_only=True) for cell in line if cell]


# --- once for the file ----------------------------------------------------------------

NAMES = ("Ana Diaz", "Ben Okafor", "Ana Diaz", "Dr. {Rao}")


def test_names_in_place_of_addresses_are_one_question_of_the_file(classbatch: Command) -> None:
    lines = [
        "Class,Start,Teacher",
        *(f"Maths {row},2031-09-{row + 8:02} 09:00,{name}" for row, name in enumerate(NAMES)),
    ]
    (classbatch.folder / "t.csv").write_text("\n".join(lines) + "\n")
    ran = classbatch("check", "t.csv", "--map", "Teacher=presenter_email")
    assert (
        ran.err.count("Teacher holds names, and no e-mail addresses: 'Ana Diaz', 'Ben Okafor', 'Dr. {Rao}'.")
        == 1
    )
    assert "[values.presenter_email]" in ran.err
    one = [lines[0], lines[1], *(line.replace(line.split(",")[2], "x@school.example") for line in lines[2:])]
    (classbatch.folder / "t.csv").write_text("\n".join(one) + "\n")
    assert "holds names" not in classbatch("check", "t.csv", "--map", "Teacher=presenter_email").err


def test_a_template_that_nobody_has_filled_in_says_so(classbatch: Command) -> None:
    assert classbatch("template", "term.xlsx").code == 0
    for command in (("check", "term.xlsx"), ("submit", "term.xlsx", "--sandbox")):
        ran = classbatch(*command)
        assert ran.code == 2
        assert "holds nothing but the template's examples" in ran.err
        assert not (classbatch.folder / "term-results.xlsx").exists()
