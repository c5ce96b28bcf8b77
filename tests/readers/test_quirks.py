"""Every quirk of real files in docs/files.md is met with what the page says, by a file that has it.

The page is made by `python -m tests.readers.test_quirks`.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from batch.core.errors import FileProblem
from batch.core.outcome import Outcome
from batch.intake import Intake, take_in
from batch.journal.files import scratch_journal
from batch.journal.store import Journal
from batch.report.projection import result_rows
from batch.report.wording.messages import both_of, message_of
from batch.settings.resolve import load_settings
from tests.support.quirk import Quirk
from tests.support.quirks_of_files import QUIRKS_OF_FILES
from tests.support.quirks_of_text import QUIRKS_OF_TEXT

NOW = 1_795_000_000.0  # 2026-11-18
PAGE = Path(__file__).parents[2] / "docs" / "files.md"
QUIRKS = {**QUIRKS_OF_FILES, **QUIRKS_OF_TEXT}
ALL = {f"{section}: {quirk.has}": quirk for section, quirks in QUIRKS.items() for quirk in quirks}


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    (tmp_path / "journal").mkdir()
    with scratch_journal(tmp_path / "journal") as opened:
        yield opened


@pytest.mark.parametrize("quirk", ALL.values(), ids=ALL)
def test_a_quirk_is_met_as_the_page_says(quirk: Quirk, journal: Journal, tmp_path: Path) -> None:
    file = tmp_path / quirk.file
    file.write_bytes(quirk.made())
    if quirk.refused:
        with pytest.raises(FileProblem) as caught:
            taken(file, quirk, journal)
        assert quirk.refused in message_of(caught.value)
        return
    intake = taken(file, quirk, journal)
    rows = list(result_rows(journal, "b", waiting=Outcome.READY))
    assert {row.number: [each.code for each in row.problems] for row in rows} == {
        number: list(codes) for number, codes in quirk.rows.items()
    }
    assert any(quirk.note in note for note in (*map(both_of, intake.batch.notes), ""))
    if quirk.sent:
        sent = next(row.parameters for row in journal.reports.rows("b") if row.parameters)
        assert quirk.sent.items() <= sent.items()


def taken(file: Path, quirk: Quirk, journal: Journal) -> Intake:
    settings = load_settings(
        {"state": file.parent / "state", **quirk.settings}, environ={"HOME": "/nowhere"}, cwd=file.parent
    )
    return take_in(str(file), settings, journal, account="ours", batch="b", sandbox=False, now=NOW)


def test_the_page_says_what_is_tested_here() -> None:
    assert PAGE.read_text("utf-8") == page(), "make it again: python -m tests.readers.test_quirks"


def page() -> str:
    """docs/files.md."""
    lines = [
        "# Files: what people have, and what is done with it",
        "",
        "Made by `python -m tests.readers.test_quirks` from the quirks in `tests/quirks_of_*.py`; each is tested with a",
        "real file. The file is never guessed at: what could mean two things is a problem with a sentence on",
        "how to mend it, and all problems are told in one pass, by sheet, row and column.",
        "",
    ]
    for section, quirks in QUIRKS.items():
        lines += [f"## {section}", "", "| a file has | what is done |", "| --- | --- |"]
        lines += [f"| {escaped(quirk.has)} | {escaped(quirk.does)} |" for quirk in quirks]
        lines.append("")
    return "\n".join(lines)


def escaped(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), "utf-8")
