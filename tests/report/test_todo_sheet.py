"""The round trip: submit, mend the rows that need a person where they stand, submit them again."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

import batch
from batch.core.rows.own_sheets import TO_DO_SHEET
from batch.report.workbook.results import RESULTS_SHEET
from tests.support.command import lesson, timetable


def mended(path: Path, sheet: str) -> Path:
    """The workbook with one start corrected on a sheet, as a spreadsheet program would save it."""
    book: Any = openpyxl.load_workbook(path)
    cells = [cell for line in book[sheet].iter_rows() for cell in line if cell.value == "soon"]
    assert len(cells) == 1
    cells[0].value = "2031-09-20 10:00"
    book.save(path)
    return path


@pytest.mark.parametrize(("sheet", "already"), [(TO_DO_SHEET, 0), (None, 2)])
async def test_only_what_was_mended_is_sent(sheet: str | None, already: int, tmp_path: Path) -> None:
    file = timetable(
        tmp_path / "t.csv", [lesson(1), lesson(2, start_time="soon"), lesson(3), lesson(4, title="")]
    )
    state = tmp_path / "state"
    first = await batch.submit(
        file, sandbox=True, settings=batch.read_settings(state=state), results=tmp_path / "r.xlsx"
    )
    assert (first.counts["scheduled"], first.counts["invalid"]) == (2, 2)
    path = mended(tmp_path / "r.xlsx", sheet or RESULTS_SHEET)
    settings = batch.read_settings(state=state, sheet=sheet)
    again = await batch.submit(path, sandbox=True, settings=settings)
    assert {name: rows for name, rows in again.counts.items() if rows} == {
        "scheduled": 1,
        "invalid": 1,
        **({"already": already} if already else {}),
    }
    assert again.facts.calls == 1
    assert again.header == first.header
    (sent,) = again.rows_that_are(batch.Outcome.SCHEDULED)
    assert sent.title == "Lesson 2"
