"""A small file of our own is there whole or not at all."""

from pathlib import Path

import pytest

from batch.atomic_file import write_whole


def test_a_small_file_is_replaced_whole_and_nobody_else_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    write_whole(path, "old")
    write_whole(path, "new")
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_where_the_name_cannot_be_had_the_old_file_stays_and_no_part_is_left(tmp_path: Path) -> None:
    """A folder of that name: no file takes its place."""
    path = tmp_path / "kept.json"
    path.mkdir()
    with pytest.raises(OSError, match="directory"):
        write_whole(path, "new")
    assert list(tmp_path.iterdir()) == [path]
