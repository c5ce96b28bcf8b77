"""One run at a time: the lock dies with its holder, and one that locks nobody out is noticed."""

import errno
import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from batch.core.errors import CannotRun, Unfinished
from batch.journal.lock import Holder, Locked, holder_of, locked
from batch.report.wording.messages import message_of
from tests.support.command import ROOT
from tests.support.journals import NOW
from tests.support.words import stops


def test_two_runs_at_once_are_one_run_and_one_sentence(tmp_path: Path) -> None:
    with locked(tmp_path, NOW), pytest.raises(Unfinished) as caught, locked(tmp_path, NOW + 5):
        pytest.fail("both hold it")
    assert f"started 2030-03-17 17:46:40 UTC, pid {os.getpid()}" in message_of(caught.value)


def test_a_lock_dies_with_its_holder(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from batch.journal.lock import locked\n"
        "with locked(Path(sys.argv[1]), 0): print('held', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(Unfinished), locked(tmp_path, NOW):
            pytest.fail("both hold it")
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    with locked(tmp_path, NOW):
        pass


def test_what_is_held_is_named_and_by_whom(tmp_path: Path) -> None:
    refused = pytest.raises(Locked)
    with locked(tmp_path, NOW), refused as caught, locked(tmp_path, NOW + 5, "the inbox /in"):
        pytest.fail("both hold it")
    assert message_of(caught.value).startswith("Another run is at work on the inbox /in: started 2030-")
    assert caught.value.holder == Holder(os.getpid(), NOW)
    assert (
        holder_of(tmp_path) == caught.value.holder
    )  # the note stays; whether its writer lives is another question


@pytest.mark.parametrize("note", [b"", b"{}", b"[1]", b'{"pid": "x", "started": 1}', b"\xff"])
def test_a_note_that_tells_nothing_names_nobody(note: bytes, tmp_path: Path) -> None:
    (tmp_path / "lock").write_bytes(note)
    assert holder_of(tmp_path) is None


def test_a_lock_whose_file_was_deleted_locks_nobody_out_and_says_so(tmp_path: Path) -> None:
    with locked(tmp_path, NOW) as first:
        assert first.holds()
        (tmp_path / "lock").unlink()
        assert not first.holds()
        with locked(tmp_path, NOW) as second:
            assert (first.holds(), second.holds()) == (False, True)


def test_a_file_that_was_deleted_just_before_it_was_locked_is_not_taken_for_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flock, deletions = fcntl.flock, iter([True, True])

    def too_late(file: int, operation: int) -> None:
        if next(deletions, False):
            (tmp_path / "lock").unlink()
        flock(file, operation)

    monkeypatch.setattr(fcntl, "flock", too_late)
    with locked(tmp_path, NOW) as lock:
        assert lock.holds()


@pytest.mark.parametrize("fault", [errno.ENOLCK, errno.EOPNOTSUPP, errno.EINVAL, errno.EIO])
def test_a_disk_that_cannot_lock_is_no_place_for_a_journal(
    fault: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(_file: int, _operation: int) -> None:
        raise OSError(fault, os.strerror(fault))

    monkeypatch.setattr(fcntl, "flock", cannot)
    with stops(CannotRun, match="This disk cannot lock"), locked(tmp_path, NOW):
        pytest.fail("nothing was locked")
