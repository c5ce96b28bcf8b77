"""A file for people is there whole or not at all; what a killed run left beside it goes with a later one."""

import os
from pathlib import Path

import pytest

from batch.report.output_files import NotWritten, find_writable, written_whole

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
    find_writable(tmp_path / "term-results.xlsx", or_beside=True)
    assert left.exists() is stays
    assert [path.name for path in tmp_path.iterdir()] == [left.name] * stays


def test_where_the_name_cannot_be_had_the_old_file_stays_and_no_part_is_left(tmp_path: Path) -> None:
    """A folder of that name: no file takes its place."""
    path = tmp_path / "results.xlsx"
    path.mkdir()
    with pytest.raises(NotWritten), written_whole(path) as whole:
        whole.part.write_text("new")
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_take_its_name_takes_the_other_one(tmp_path: Path) -> None:
    path, other = tmp_path / "results.xlsx", tmp_path / "results-1.xlsx"
    path.mkdir()
    with written_whole(path, otherwise=other) as whole:
        whole.part.write_text("new")
    assert (whole.moved, other.read_text()) == (True, "new")
    assert sorted(tmp_path.iterdir()) == [other, path]
