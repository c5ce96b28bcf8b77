"""The trials see what must never happen: each of these faults, put in on purpose, is found by them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from batch.core.changes.operation import Operation
from batch.sandbox.server import Sandbox
from batch.sending import as_left, change_notes, change_plan, changes
from tests.sending import test_sync
from tests.sending.test_sync_interrupted import interrupted
from tests.support.sending import sandbox

pytestmark = pytest.mark.thorough

_MOST_SEEDS = 100


@pytest.fixture
async def service() -> AsyncIterator[Sandbox]:
    async with sandbox() as running:
        yield running


FORGETFUL = {
    "a class that is parked is forgotten": (
        (change_plan, change_notes, as_left),
        "parking_of",
        lambda _: None,
    ),
    "an answer that was lost is forgotten": ((Operation,), "is_in_doubt", property(lambda _: False)),
}


@pytest.mark.parametrize(("places", "name", "mutant"), FORGETFUL.values(), ids=FORGETFUL)
async def test_what_is_forgotten_is_found_out(
    places: tuple[object, ...], name: str, mutant: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in places:
        monkeypatch.setattr(place, name, mutant)
    for seed in range(_MOST_SEEDS):
        (folder := tmp_path / str(seed)).mkdir()
        try:
            await interrupted(seed, folder)
        except AssertionError:
            return
    pytest.fail("it was not found out")


async def test_an_edit_that_is_not_looked_for_is_found_out(
    tmp_path: Path, service: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(as_left, "stands_as_sent", lambda *_: True)
    with pytest.raises(AssertionError):
        await test_sync.test_what_somebody_changed_in_wiziq_is_left_as_it_is(tmp_path, service)


async def test_a_change_that_waits_for_nothing_is_found_out(
    tmp_path: Path, service: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def blindly(*_: object, **__: object) -> None:
        """Nothing is waited for."""

    monkeypatch.setattr(changes, "wait_for_operations", blindly)
    with pytest.raises(AssertionError):
        # Late enough that a busy machine has sent the next one by then.
        await test_sync.change_late(tmp_path, service, late_s=5)
