"""A journal is spoiled, `doctor --start-over` puts another in its place, and nothing is scheduled twice.

The command in processes of its own, over real connections; what it says of each row is
held against what the sandbox has.
"""

import asyncio
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from batch import maintenance
from batch.core.outcome import Outcome
from batch.core.service.first_send import AlikeClasses
from batch.core.tally import Exit
from batch.sandbox import SandboxSettings, bends, fault, no_faults
from batch.settings.resolve import load_settings
from tests.trials.case import ACCOUNT, THERE, Case, Expected, Scene
from tests.trials.invariants import judge, ledger
from tests.trials.running import Ran, command_apart, environment_of, play, run_apart, run_here, scene_of
from tests.trials.test_damage import _cut, _empty, _flip, _gone
from tests.trials.test_environment import at_create, kill
from tests.trials.timetable import write

pytestmark = pytest.mark.thorough

CASE = Case(number=44, name="start over")
ROWS, FURTHER = 8, 3

NOTHING_SENT = Expected(
    outcomes=frozenset({Outcome.UNKNOWN}), exits=frozenset({Exit.UNKNOWN}), creates=lambda rows: rows
)
NOT_LISTED = Expected(
    outcomes=frozenset({Outcome.UNKNOWN, Outcome.NOT_SENT}),
    exits=frozenset({Exit.UNFINISHED}),
    creates=lambda rows: rows,
)
PARTLY = Expected(
    outcomes=frozenset({Outcome.ALREADY, Outcome.UNKNOWN}),
    exits=frozenset({Exit.UNKNOWN}),
    creates=lambda rows: rows,
)


def _case(account: SandboxSettings = ACCOUNT) -> Case:
    return replace(CASE, account=account)


def _folder(scene: Scene) -> Path:
    return next(path for path in scene.state.iterdir() if path.is_dir())


def _journal(scene: Scene) -> Path:
    return _folder(scene) / "journal.sqlite3"


async def _submitted(
    scene: Scene, *, limit: int | None = None, alike: AlikeClasses = AlikeClasses.HOLD, **more: str
) -> Ran:
    """`classbatch submit` of the whole file, in this process."""
    write(scene.folder / "term.csv", list(scene.lessons))
    environment = environment_of(scene, scene.sandbox.url, **more)
    return await run_here(scene, environment, "term", limit=limit, alike=alike)


async def _submits(scene: Scene, *, alike: AlikeClasses = AlikeClasses.HOLD) -> Ran:
    """The same as a process of its own."""
    write(scene.folder / "term.csv", list(scene.lessons))
    flags = [] if alike is AlikeClasses.HOLD else [f"--{alike}"]
    environment = environment_of(scene, scene.sandbox.url)
    return await run_apart(scene, environment, f"apart {len(scene.processes)}", flags=flags)


def _at_once(scene: Scene, timeout_s: str = "0.01") -> dict[str, str]:
    """So that, unless told, no request of a killed run is waited for."""
    return environment_of(scene, scene.sandbox.url, CLASSBATCH_TIMEOUT_S=timeout_s)


def _started_over(scene: Scene, backup: Path | None = None, *, timeout_s: str = "0.01") -> None:
    """The same as `_starts_over`, in this process."""
    environment = _at_once(scene, timeout_s)
    settings = load_settings({}, environ=environment, cwd=scene.folder)
    maintenance.start_over(settings, backup, time.time(), sandbox=False)


async def _starts_over(scene: Scene, backup: Path | None = None, **edges: int) -> tuple[int, str]:
    """`classbatch doctor --start-over`: how it ended, and what it said.

    Args:
        scene: where.
        backup: what to take the history from.
        edges: what misbehaves: after so many `renames` of files it is ended by kill -9, and
            no file may have more than `most_bytes`.
    """
    flags = ("--backup", str(backup)) if backup else ()
    words = ["doctor", "--start-over", *flags]
    exit_code, said = await command_apart(scene, words, _at_once(scene), edges=edges)
    return exit_code, said.decode()


def _refused(scene: Scene, ran: Ran, calls: int) -> None:
    """Nothing was sent, and it says what to do."""
    said = ran.said.decode()
    assert ran.exit_code == Exit.CANNOT_RUN, said
    assert scene.sandbox.call_counts.total() == calls
    assert "classbatch doctor --start-over" in said
    assert "Traceback" not in said


def _all_there(case: Case, scene: Scene, ran: Ran, existing: int) -> None:
    """Every class once; those that were there before are `already`, and with their number."""
    assert judge(case, scene, ran, Expected()).broken == []
    outcomes = [Outcome(row["outcome"]) for row in ran.rows]
    assert outcomes[:existing] == [Outcome.ALREADY] * existing
    assert outcomes[existing:] == [Outcome.SCHEDULED] * (len(scene.lessons) - existing)
    assert len(ledger(scene)) == len(scene.lessons)


def _rest_in_doubt(case: Case, scene: Scene, ran: Ran, existing: int) -> None:
    """What is listed is there already. Nothing in the journal shows what the list leaves out: the rest is not sent."""
    outcomes = [Outcome(row["outcome"]) for row in ran.rows]
    assert outcomes == [Outcome.ALREADY] * existing + [Outcome.UNKNOWN] * (len(outcomes) - existing)
    assert judge(case, scene, ran, PARTLY).broken == []
    assert len(ledger(scene)) == existing
    assert "--as-new" in ran.rows[-1]["message"]


@dataclass(frozen=True, slots=True)
class Copies:
    """Where copies of the journal stand that were made when the file had fewer rows."""

    yesterday: Path


def _put_back(journal: Path, copies: Copies) -> None:
    for path in journal.parent.glob("journal.sqlite3*"):
        path.unlink()
    shutil.copy(copies.yesterday, journal)


def _in_folder(damage: Callable[[Path], None]) -> Callable[[Path, Copies], None]:
    return lambda journal, _: damage(journal.parent)


#: What is done to the journal, whether the copy of yesterday is at hand when starting over, and
#: whether every command is a process of its own.
LOSSES: dict[str, tuple[Callable[[Path, Copies], None], bool, bool]] = {
    "deleted": (_in_folder(_gone), False, True),
    "deleted, with a copy": (_in_folder(_gone), True, False),
    "truncated": (_in_folder(_cut), False, False),
    "flipped, with a copy": (_in_folder(_flip), True, True),
    "emptied": (_in_folder(_empty), False, False),
    "put back from an older copy": (_put_back, False, False),
}


@pytest.mark.parametrize(("damage", "has_copy", "apart"), LOSSES.values(), ids=LOSSES)
async def test_what_was_lost_is_looked_up_and_the_rest_is_scheduled(
    damage: Callable[[Path, Copies], None], has_copy: bool, apart: bool
) -> None:
    case = _case()
    async with scene_of(case, "loss", ROWS + FURTHER) as scene:
        lessons = scene.lessons
        scene.lessons = lessons[:3]
        await _submitted(scene)
        copies = Copies(scene.folder / "yesterday.sqlite3")
        shutil.copy(_journal(scene), copies.yesterday)
        scene.lessons = lessons[:ROWS]
        await _submitted(scene)
        damage(_journal(scene), copies)
        scene.lessons = lessons
        submits = _submits if apart else _submitted
        calls = scene.sandbox.call_counts.total()
        _refused(scene, await submits(scene), calls)
        backup = copies.yesterday if has_copy else None
        if apart:
            ended, said = await _starts_over(scene, backup)
            assert (ended, "untrusted-" in said) == (Exit.DONE, True), said
        else:
            _started_over(scene, backup)
        ran = await submits(scene)
        if not has_copy and damage is not _put_back:
            _rest_in_doubt(case, scene, ran, ROWS)
            ran = await submits(scene, alike=AlikeClasses.AS_NEW)  # somebody has looked
        _all_there(case, scene, ran, ROWS)
        assert scene.sandbox.call_counts["create ok"] == len(lessons)
        assert [row["attempts"] for row in ran.rows[ROWS:]] == [1] * FURTHER


async def test_where_the_account_does_not_list_nothing_is_sent_and_the_row_says_why() -> None:
    case = _case(replace(ACCOUNT, list_without_id=False))
    async with scene_of(case, "unlisted", ROWS + FURTHER) as scene:
        lessons = scene.lessons
        scene.lessons = lessons[:ROWS]
        await _submitted(scene)
        _gone(_folder(scene))
        scene.lessons = lessons
        _started_over(scene)
        for _ in range(2):
            ran = await _submitted(scene)
            assert judge(case, scene, ran, NOTHING_SENT).broken == []
            assert {row["outcome"] for row in ran.rows} == {Outcome.UNKNOWN}
            assert "started over" in ran.rows[0]["message"]
        assert scene.sandbox.call_counts["create ok"] == ROWS
        # As docs/doubt.md says: who has looked in WizIQ hands in the others.
        scene.lessons = lessons[ROWS:]
        ran = await _submitted(scene, CLASSBATCH_ON_UNKNOWN="resend-trust-1032")
        assert {row["outcome"] for row in ran.rows} <= THERE
        assert scene.sandbox.call_counts["create ok"] == ROWS + FURTHER


#: How the list fails where the account has classes and nobody remembers which.
LISTS: dict[str, SandboxSettings] = {
    "says that there are none": replace(ACCOUNT, missing_page=1),
    "is down": replace(ACCOUNT, failing_listings=10**6),
}


@pytest.mark.parametrize("account", LISTS.values(), ids=LISTS)
async def test_a_list_that_cannot_be_believed_proves_nothing(account: SandboxSettings) -> None:
    case = _case(account)
    async with scene_of(case, "no list", ROWS + FURTHER) as scene:
        lessons = scene.lessons
        scene.lessons = lessons[:ROWS]
        scene.sandbox.settings = ACCOUNT
        await _submitted(scene)
        scene.sandbox.settings = account
        _gone(_folder(scene))
        scene.lessons = lessons
        _started_over(scene)
        ran = await _submitted(scene)
        expected = NOT_LISTED if account.failing_listings else NOTHING_SENT
        assert judge(case, scene, ran, expected).broken == []
        assert scene.sandbox.call_counts["create ok"] == ROWS
        scene.sandbox.settings = replace(scene.sandbox.settings, missing_page=None, failing_listings=0)
        _rest_in_doubt(case, scene, await _submitted(scene), ROWS)


async def test_a_list_that_lags_is_waited_for() -> None:
    case = _case(replace(ACCOUNT, listing_lag_s=1.0))
    async with scene_of(case, "lag", ROWS + FURTHER) as scene:
        scene.environment["CLASSBATCH_SETTLE_S"] = "1.5"
        scene.environment["CLASSBATCH_AUDIT"] = "false"
        lessons = scene.lessons
        scene.lessons = lessons[:ROWS]
        await _submitted(scene)
        _gone(_folder(scene))
        scene.lessons = lessons
        _started_over(scene)
        _rest_in_doubt(case, scene, await _submitted(scene), ROWS)


def _lists_no_more(scene: Scene) -> None:
    scene.sandbox.settings = replace(scene.sandbox.settings, failing_listings=10**6)


#: What a copy knows of the rows that were in doubt at the time of the damage.
DOUBTS = {"of a lost journal": False, "of which a copy knows an older doubt": True}


@pytest.mark.parametrize("has_copy", DOUBTS.values(), ids=DOUBTS)
async def test_a_class_that_appears_after_the_start_over_is_not_sent_again(has_copy: bool) -> None:
    """A killed run had it under way; the service answers late, within the deadline of a request."""
    case = _case()
    async with scene_of(case, "late", 4) as scene:
        scene.environment |= {"CLASSBATCH_TIMEOUT_S": "1.2", "CLASSBATCH_SETTLE_S": "0.1"}
        copy = scene.folder / "yesterday.sqlite3"
        if has_copy:  # it saw every row sent, and one answer
            play(scene, at_create(2, lambda: _lists_no_more(scene), fault("reset-before-create")))
            await _submitted(scene, CLASSBATCH_SETTLE_S="0")
            shutil.copy(_journal(scene), copy)
            scene.sandbox.settings = replace(scene.sandbox.settings, failing_listings=0)
        play(scene, at_create(3, lambda: kill(scene, signal.SIGKILL), fault("late-commit", 0.9)))
        ran = await _submits(scene)
        # What an older run left in doubt is sent again: the class of the first row shows that the list can be believed.
        assert ran.exit_code == -signal.SIGKILL
        _gone(_folder(scene))
        play(scene, no_faults)
        _started_over(scene, copy if has_copy else None, timeout_s="1.2")
        creates = scene.sandbox.call_counts["create ok"]
        ran = await _submitted(scene)
        await asyncio.gather(*scene.sandbox._late)
        found_in_time = replace(
            PARTLY,
            exits=frozenset({Exit.UNKNOWN, Exit.DONE}),
            outcomes=THERE | {Outcome.UNKNOWN},
            creates=lambda rows: 2 * rows,  # each of two runs sent them, and the start-over hardly any
        )
        assert judge(case, scene, ran, found_in_time).broken == []
        assert scene.sandbox.call_counts["create ok"] - creates <= 1  # the late one
        assert all(len(classes) == 1 for classes in ledger(scene).values())


async def test_a_start_over_that_is_killed_is_finished_by_the_same_command() -> None:
    case = _case()
    async with scene_of(case, "kills", ROWS + FURTHER) as scene:
        lessons = scene.lessons
        scene.lessons = lessons[:ROWS]
        await _submitted(scene)
        _flip(_folder(scene))
        scene.lessons = lessons
        for renames in range(1, 4):
            ended, _ = await _starts_over(scene, renames=renames)
            assert ended == -signal.SIGKILL
        calls = scene.sandbox.call_counts.total()
        _refused(scene, await _submitted(scene), calls)
        _started_over(scene)
        _rest_in_doubt(case, scene, await _submitted(scene), ROWS)
        first = min(_folder(scene).glob("untrusted-*/journal.sqlite3"))
        assert first.exists()


async def test_a_start_over_for_which_there_is_no_room_leaves_everything_as_it_was() -> None:
    case = _case()
    async with scene_of(case, "full", 3) as scene:
        await _submitted(scene)
        _flip(_folder(scene))
        before = _journal(scene).read_bytes()
        ended, said = await _starts_over(scene, most_bytes=4096)
        assert (ended, "cannot be written" in said) == (Exit.CANNOT_RUN, True), said
        assert _journal(scene).read_bytes() == before
        calls = scene.sandbox.call_counts.total()
        _refused(scene, await _submitted(scene), calls)


async def test_a_run_that_is_killed_after_a_start_over_is_finished_by_the_same_command() -> None:
    case = _case()
    async with scene_of(case, "kills", ROWS + FURTHER) as scene:
        lessons = scene.lessons
        scene.lessons = lessons[:ROWS]
        await _submitted(scene)
        _gone(_folder(scene))
        scene.lessons = lessons
        _started_over(scene)
        scene.environment["CLASSBATCH_TIMEOUT_S"] = "1.5"
        play(scene, at_create(2, lambda: kill(scene, signal.SIGKILL), fault("reset-after-create")))
        _rest_in_doubt(case, scene, await _submitted(scene), ROWS)
        ran = await _submits(scene, alike=AlikeClasses.AS_NEW)
        assert ran.exit_code == -signal.SIGKILL
        play(scene, no_faults)
        ran = await _submitted(scene, alike=AlikeClasses.AS_NEW)
        assert judge(case, scene, ran, Expected()).broken == []
        assert len(ledger(scene)) == len(scene.sandbox.classes)


@pytest.mark.parametrize("bent", ["start-elsewhere", "start-utc", "start-no-half", "title-untold"])
async def test_what_may_be_listed_in_another_way_is_not_sent_though_somebody_says_that_the_rest_is_new(
    bent: str,
) -> None:
    """Titles repeat every few hours: on another clock the class of one row is that of another."""
    case = _case(replace(ACCOUNT, bends=bends([bent])))
    async with scene_of(case, "bent", ROWS) as scene:
        scene.lessons = [
            replace(each, title="Algebra", zone="Europe/Paris", start=each.start + timedelta(hours=number))
            for number, each in enumerate(scene.lessons)
        ]
        await _submitted(scene)
        assert scene.sandbox.call_counts["create ok"] == ROWS
        _gone(_folder(scene))
        _started_over(scene)
        await _submitted(scene)
        ran = await _submitted(scene, alike=AlikeClasses.AS_NEW)
        assert {row["outcome"] for row in ran.rows} <= {Outcome.ALREADY, Outcome.UNKNOWN}
        assert scene.sandbox.call_counts["create ok"] == ROWS


async def test_other_peoples_lessons_at_the_same_hours_keep_nobody_from_being_sent_as_new() -> None:
    case = _case()
    async with scene_of(case, "beside", ROWS + FURTHER) as scene:
        ours = scene.lessons
        scene.lessons = [
            replace(each, title=f"Other {n}", teacher="guest@school.example") for n, each in enumerate(ours)
        ]
        await _submitted(scene)
        scene.lessons = ours[:ROWS]
        await _submitted(scene)
        _gone(_folder(scene))
        _started_over(scene)
        scene.lessons = ours
        await _submitted(scene)
        ran = await _submitted(scene, alike=AlikeClasses.AS_NEW)
        outcomes = [row["outcome"] for row in ran.rows]
        assert outcomes == [Outcome.ALREADY] * ROWS + [Outcome.SCHEDULED] * FURTHER


async def test_so_many_rows_as_may_be_sent_are_sent_after_a_start_over() -> None:
    case = _case()
    async with scene_of(case, "limit", ROWS + FURTHER) as scene:
        lessons = scene.lessons
        scene.lessons = lessons[:ROWS]
        await _submitted(scene)
        _gone(_folder(scene))
        scene.lessons = lessons
        _started_over(scene)
        ran = await _submitted(scene, limit=2, alike=AlikeClasses.AS_NEW)
        outcomes = [row["outcome"] for row in ran.rows]
        assert outcomes == [Outcome.ALREADY] * ROWS + [Outcome.SCHEDULED] * 2 + [Outcome.NOT_SENT]


async def test_rows_that_are_alike_are_one_class_after_a_start_over_too() -> None:
    case = _case()
    async with scene_of(case, "alike", ROWS) as scene:
        scene.lessons = [*scene.lessons, scene.lessons[0]]
        await _submitted(scene)
        _gone(_folder(scene))
        _started_over(scene)
        ran = await _submitted(scene)
        outcomes = [row["outcome"] for row in ran.rows]
        assert outcomes == [Outcome.ALREADY] * ROWS + [Outcome.HELD]
        assert scene.sandbox.call_counts["create ok"] == ROWS


async def test_a_clash_with_a_class_that_nobody_remembers_is_a_clash() -> None:
    """Its row was renamed since: what is in the way is no lost answer."""
    case = _case(replace(ACCOUNT, conflict="presenter"))
    async with scene_of(case, "clash", ROWS) as scene:
        await _submitted(scene)
        _gone(_folder(scene))
        _started_over(scene)
        scene.foreign |= {str(each.class_id) for made in ledger(scene).values() for each in made[:1]}
        lessons = list(scene.lessons)
        scene.lessons = [replace(lessons[0], title="Renamed"), *lessons[1:]]
        for _ in range(2):
            ran = await _submitted(scene, alike=AlikeClasses.AS_NEW)
            assert [row["outcome"] for row in ran.rows] == [Outcome.REFUSED] + [Outcome.ALREADY] * (ROWS - 1)
            assert ran.rows[0]["error_code"] == "1032"


async def test_1032_finds_no_class_that_is_only_presumed() -> None:
    """The account does not list, and the person trusts 1032: what is in the way may be another class."""
    case = _case(replace(ACCOUNT, conflict="presenter", list_without_id=False))
    async with scene_of(case, "1032", ROWS + FURTHER) as scene:
        scene.environment |= {"CLASSBATCH_ON_UNKNOWN": "resend-trust-1032", "CLASSBATCH_TIMEOUT_S": "1"}
        lessons = list(scene.lessons)
        scene.lessons = lessons[:ROWS]
        await _submitted(scene)
        _gone(_folder(scene))
        _started_over(scene)
        scene.lessons = [replace(lessons[0], title="Renamed"), *lessons[1:]]
        for _ in range(2):
            ran = await _submitted(scene)
        assert {row["outcome"] for row in ran.rows[:ROWS]} == {Outcome.UNKNOWN}
        assert {row["outcome"] for row in ran.rows[ROWS:]} <= THERE
        assert scene.sandbox.call_counts["create ok"] == ROWS + FURTHER


async def test_a_backup_that_is_no_better_is_refused_and_leaves_everything_as_it_was() -> None:
    case = _case()
    async with scene_of(case, "no better", 3) as scene:
        await _submitted(scene)
        copy = scene.folder / "yesterday.sqlite3"
        copy.write_text("Dear diary")
        _gone(_folder(scene))
        ended, said = await _starts_over(scene, copy)
        assert ended == Exit.CANNOT_RUN
        assert str(copy) in said
        calls = scene.sandbox.call_counts.total()
        _refused(scene, await _submitted(scene), calls)
