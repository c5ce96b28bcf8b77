"""What a killed run leaves beside the results goes with a later one; what may still be written stays."""

import os
from pathlib import Path

import pytest

from batch.atomic_file import find_writable

DAY_S = 24 * 3600

#: Name, age in days, and whether it is still there once the next run has looked.
BESIDE = {
    "an old part of the same results": (".term-results.xlsx.4711.part", 2, False),
    "a young one: somebody may be writing it": (".term-results.xlsx.4711.part", 0, True),
    "an old part of other results": (".other.xlsx.4711.part", 2, True),
    "an old scratch folder": (".classbatch-x1y2/", 2, False),
    "a young scratch folder": (".classbatch-x1y2/", 0, True),
    "anybody's file": (".classbatch-notes", 2, True),
    "the old results": ("term-results.xlsx", 400, True),
}


@pytest.mark.parametrize(("name", "days", "stays"), BESIDE.values(), ids=BESIDE)
def test_only_what_nobody_can_need_is_removed(name: str, days: int, stays: bool, tmp_path: Path) -> None:
    left = tmp_path / name
    if name.endswith("/"):
        left.mkdir()
        (left / "sheet.xml").write_text("log-in links")
    else:
        left.write_text("half a workbook")
    written = left.stat().st_mtime - days * DAY_S
    os.utime(left, (written, written))
    find_writable(tmp_path / "term-results.xlsx")
    assert left.exists() is stays
    assert [path.name for path in tmp_path.iterdir()] == [left.name] * stays
