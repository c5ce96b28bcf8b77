"""A plan that is wrong cancels nothing that the file asks for, and what the journal refuses is held and named."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from batch.core.changes import comparison
from batch.core.changes.matching import By, Match, Matching, match
from batch.sandbox.server import Sandbox
from tests.sending.test_sync import Term, begun
from tests.support.sending import sandbox


@pytest.fixture
async def service() -> AsyncIterator[Sandbox]:
    async with sandbox() as running:
        yield running


def _crossed(found: Matching) -> Matching:
    """Two classes are each to become what the other is."""
    one, two, *rest = found.matches
    crossed = Match(one.old, two.new, By.KEY), Match(two.old, one.new, By.KEY)
    return replace(found, matches=(*crossed, *rest))


def _lost(found: Matching) -> Matching:
    """A class that its row still has has gone."""
    one, *rest = found.matches
    return replace(found, matches=tuple(rest), new=(*found.new, one.new), gone=(*found.gone, one.old))


async def _synced(
    wrong: Callable[[Matching], Matching], monkeypatch: pytest.MonkeyPatch, term: Term
) -> dict[str, Any]:
    def matched(*versions: Any, **facts: Any) -> Matching:
        return wrong(match(*versions, **facts))

    with monkeypatch.context() as planted:
        planted.setattr(comparison, "match", matched)
        sent = await term.synced()
    found: dict[str, Any] = sent.json
    return found


async def test_a_class_that_a_row_of_the_file_has_is_held_and_not_cancelled(
    tmp_path: Path, service: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    term = await begun(tmp_path, service)
    before = term.ids()
    sent = await _synced(_lost, monkeypatch, term)
    (left,) = sent["removed"]
    assert (left["outcome"], left["class_id"] in left["message"]) == ("held", True)
    assert term.ids() == before


async def test_a_class_whose_place_another_has_is_held_and_named(
    tmp_path: Path, service: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    term = await begun(tmp_path, service)
    before = term.ids()
    for _ in range(2):
        sent = await _synced(_crossed, monkeypatch, term)
        held = [row for row in sent["rows"] if row["outcome"] == "held"]
        assert [row["reason"] for row in held] == ["order"] * 2
        # The other one waits for the first.
        assert any(sum(str(each) in row["message"] for each in before.values()) == 2 for row in held), held
        assert sent["exit_code"] == 1
    assert term.ids() == before
    sent = (await term.synced()).json
    assert (sent["counts"]["already"], sent["exit_code"]) == (6, 0)
