"""The school renews its access key: the next run knows what was scheduled under the old one."""

import signal

import pytest

from batch.core.outcome import Outcome
from batch.core.tally import Exit
from batch.sandbox import KeyPair, fault, no_faults
from tests.trials.case import ACCOUNT, THERE, Case, Scene
from tests.trials.invariants import ledger
from tests.trials.running import Ran, environment_of, play, run_apart, run_here, scene_of
from tests.trials.test_environment import at_create, kill

pytestmark = pytest.mark.thorough

CASE = Case(number=46, name="a renewed key", account=ACCOUNT)
RENEWED = KeyPair("Renewed/9+x", "RenewedSecret/7+yQw==")
ROWS = 10


async def _submitted(scene: Scene, name: str, keys: KeyPair | None = None) -> Ran:
    more = {}
    if keys is not None:
        scene.sandbox.credentials = keys
        more = {"CLASSBATCH_ACCESS_KEY": keys.access_key, "CLASSBATCH_SECRET_KEY": keys.secret_key}
    return await run_here(scene, environment_of(scene, scene.sandbox.url, **more), name)


async def test_every_row_is_already_there_under_the_renewed_key() -> None:
    async with scene_of(CASE, "renewed", ROWS) as scene:
        first = await _submitted(scene, "first")
        for name in ("second", "third"):
            again = await _submitted(scene, name, RENEWED)
            assert again.exit_code == Exit.DONE, again.said
            assert {row["outcome"] for row in again.rows} == {Outcome.ALREADY}
            assert [row["class_id"] for row in again.rows] == [row["class_id"] for row in first.rows]
            assert (b"access key is new here" in again.said) is (name == "second")
        assert scene.sandbox.call_counts["create ok"] == ROWS


async def test_a_lost_answer_of_the_old_key_is_looked_up_under_the_new_one() -> None:
    async with scene_of(CASE, "renewed in doubt", ROWS) as scene:
        play(scene, at_create(6, lambda: kill(scene, signal.SIGKILL), fault("reset-after-create")))
        await run_apart(scene, environment_of(scene, scene.sandbox.url, CLASSBATCH_IN_FLIGHT="1"), "first")
        play(scene, no_faults)
        again = await _submitted(scene, "second", RENEWED)
        assert again.exit_code == Exit.DONE, again.said
        assert {row["outcome"] for row in again.rows} <= THERE
        assert [len(classes) for classes in ledger(scene).values()] == [1] * ROWS


async def test_another_account_beside_it_stays_another_account() -> None:
    async with scene_of(CASE, "one", ROWS) as one, scene_of(CASE, "other", ROWS) as other:
        await _submitted(one, "first")
        other.environment["CLASSBATCH_STATE"] = str(one.state)
        theirs = await _submitted(other, "first", RENEWED)
        assert {row["outcome"] for row in theirs.rows} == {Outcome.SCHEDULED}
        assert len(list(one.state.glob("*/journal.sqlite3"))) == 2
