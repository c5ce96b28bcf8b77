"""What a night could not import is named wherever somebody looks, and a file that was stopped can be accepted."""

import json
import re
from pathlib import Path

import pytest

from batch.core.service.first_send import AlikeClasses
from batch.core.tally import Exit
from batch.journal.nights import folder_of, last_night
from batch.nightly.night import Order
from tests.nightly.test_notification import post_office
from tests.support.command import Command, rows_of
from tests.support.nights import Nights, nights, rows

#: apprise imports a module that Python 3.13 no longer has, and does without it there.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


async def stopped(school: Nights) -> Path:
    """A file that the guard stopped lies in `failed`."""
    school.arrive("term.csv", rows(1, 9))
    await school.night()
    school.arrive("term.csv", rows(1, 3))
    assert (await school.night()).exit_code is Exit.CANNOT_RUN
    (failed,) = school.shelved("failed")
    return failed


async def test_a_file_that_was_stopped_is_accepted_into_the_same_journal_and_goes_to_done(
    tmp_path: Path,
) -> None:
    async with nights(tmp_path) as school:
        failed = await stopped(school)
        told = await school.accept(failed)
        assert (told.exit_code, "3 already" in told.lines[0]) == (Exit.DONE, True)
        (moved,) = (each.moved for each in told.taken)
        assert moved is not None
        assert moved.results is not None
        assert (moved.file.parent, failed.exists()) == (school.inbox / "done", False)
        assert moved.file.name.count("-term") == moved.file.name.count("term") == 1  # one time stamp, not two
        assert [row["outcome"] for row in rows_of(moved.results)] == ["already"] * 3
        assert not list((school.inbox / "failed").glob("*.csv"))
        school.arrive("term.csv", rows(1, 3))
        assert (await school.night()).exit_code is Exit.DONE  # it is what the next one is measured by


async def test_a_file_that_lies_elsewhere_is_accepted_and_stays_there(tmp_path: Path) -> None:
    async with nights(tmp_path) as school:
        await stopped(school)
        elsewhere = school.folder / "term.csv"
        school.arrive("../term.csv", rows(1, 3))
        told = await school.accept(elsewhere)
        assert (told.exit_code, elsewhere.exists()) == (Exit.DONE, True)


async def test_an_accepted_file_of_an_accounts_folder_is_sent_to_that_account(tmp_path: Path) -> None:
    async with nights(tmp_path) as school:
        failed = await stopped(school)
        folder = school.inbox / "north" / "failed"
        folder.mkdir(parents=True)
        theirs = failed.rename(folder / failed.name)
        order = Order(
            source=str(theirs),
            settings=school.settings(inbox=school.inbox),
            accounts={"north": lambda: school.settings(state=str(tmp_path / "north"))},
            is_accepted=True,
        )
        told = await school.carry_out(order)
        assert told.exit_code in {Exit.DONE, Exit.NEEDS_A_PERSON}
        assert list((tmp_path / "north").glob("*/journal.sqlite3"))
        assert [path.parent for path in (school.inbox / "north").rglob("*term.csv")] == [
            school.inbox / "north" / "done"
        ]


async def test_rows_that_were_held_for_their_likeness_are_taken_over_with_the_file(tmp_path: Path) -> None:
    """Three classes stand in the account without a journal's word: too few to recognise the file by."""
    async with nights(tmp_path, lists_presenter_email=False) as school:
        school.arrive("term.csv", rows(1, 2))
        await school.night()
        school.arrive("term.csv", rows(1, 2))
        told = await school.night(state=str(tmp_path / "another"))
        (done,) = [path for path in school.shelved("done") if path.name != told.taken[0].name][:1]
        again = await school.accept(done, alike=AlikeClasses.TAKE_OVER, state=str(tmp_path / "another"))
        assert again.exit_code is Exit.DONE
        assert school.sandbox is not None
        assert len(school.sandbox.classes) == 2


CLASHES = {
    "a folder": ["nightly", "--accept", "."],
    "two files": ["nightly", "a.csv", "--accept", "b.csv"],
    "taking over what a whole night held": ["nightly", ".", "--take-over"],
}


@pytest.mark.parametrize("words", CLASHES.values(), ids=CLASHES)
def test_what_is_not_accepted_unseen(words: list[str], tmp_path: Path) -> None:
    command = Command(tmp_path)
    assert command(*words).code == 2


async def test_failed_files_are_named_in_line_notice_metrics_and_status(
    tmp_path: Path,
) -> None:
    command = Command(tmp_path)
    async with nights(tmp_path) as school, post_office() as post:
        (tmp_path / "classbatch.toml").write_text(f'notify = "{post.notify}"\n')
        (tmp_path / "classbatch.toml").chmod(0o600)
        metrics = tmp_path / "classbatch.prom"
        school.arrive("good.csv", rows(1, 2))
        school.arrive("photo.xlsx", b"\x89PNG nothing")
        school.arrive("empty.csv", b"")
        told = await school.night(metrics_file=metrics, quiet=True)
        assert told.exit_code is Exit.CANNOT_RUN
        assert (
            "failed: empty.csv, photo.xlsx" in told.lines[0]
            or "failed: photo.xlsx, empty.csv" in told.lines[0]
        )
        assert [each["type"] for each in post.got] == ["failure"]
        assert "photo.xlsx" in post.got[0]["message"]
        shown = metrics.read_text()
        assert "classbatch_nightly_files_failed 2.0" in shown
        assert f'classbatch_nightly_file_failed{{file="{school.inbox / "photo.xlsx"}"}} 1.0' in shown
        listed = command("status", "--state", str(tmp_path / "state")).out
        assert f"Last nightly import of {school.inbox}" in listed
        assert "photo.xlsx" in listed
        for _ in range(2):  # nothing arrives, which mends nothing
            assert (await school.night()).exit_code is Exit.DONE
            listed = command("status", "--state", str(tmp_path / "state")).out
            assert re.search(
                r"done; nothing arrived since the one of .*, stopped; failed: .*photo\.xlsx", listed
            )
        school.arrive("good.csv", [*rows(1, 2), {**rows(3, 3)[0], "duration": "long"}])
        await school.night(metrics_file=metrics)
        assert post.got[-1]["type"] == "warning"
        assert (
            "failed:"
            not in command("status", "--state", str(tmp_path / "state")).out.split("Last nightly")[1]
        )
        assert "files_failed 0.0" in metrics.read_text()


async def test_nothing_arrived_is_quiet_for_as_many_days_as_the_feed_takes(tmp_path: Path) -> None:
    async with nights(tmp_path) as school, post_office() as post:
        (tmp_path / "classbatch.toml").write_text(f'notify = "{post.notify}"\n')
        (tmp_path / "classbatch.toml").chmod(0o600)
        school.arrive("term.csv", rows(1, 2))
        lines = []
        for _ in range(5):
            lines.append((await school.night(quiet=True, quiet_days=3)).lines)
            school.nth += 1
        assert [len(each) for each in lines] == [0, 0, 0, 1, 1]
        assert len(post.got) == 2
        school.arrive("term.csv", rows(1, 3))
        assert (await school.night(quiet=True, quiet_days=3)).lines == []
        kept = last_night(folder_of(tmp_path / "state", school.inbox))
        assert kept is not None
        assert kept.arrived_at == pytest.approx(school.now(), abs=60)


@pytest.mark.parametrize("kept", ["", "[]", "{}", '{"inbox": 1}', json.dumps({"failed": None})])
async def test_what_the_last_night_kept_may_be_gone_or_spoilt(kept: str, tmp_path: Path) -> None:
    async with nights(tmp_path) as school:
        folder = folder_of(tmp_path / "state", school.inbox)
        folder.mkdir(parents=True)
        (folder / "last-night.json").write_text(kept)
        assert (await school.night()).exit_code is Exit.DONE
        assert last_night(folder) is not None


async def test_with_quiet_no_warning_is_left_out(tmp_path: Path) -> None:
    """Rows that are well with a warning, a class that is missing, a file that is no timetable."""
    async with nights(tmp_path) as school:
        school.arrive("term.csv", rows(1, 5))
        first = await school.night(quiet=True)
        assert all(each.is_well for each in first.taken)
        school.arrive("term.csv", [rows(1, 1)[0], *rows(3, 5)])
        second = await school.night(quiet=True)
        assert (second.exit_code, [each.is_well for each in second.taken]) == (Exit.DONE, [False])
