"""Whatever goes wrong with a `modify` or a `cancel`, before it is carried out or after: nothing lost, doubled or told wrongly."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from batch.sandbox.faults import Call, Fault, no_faults, plan_of
from batch.sandbox.server import Sandbox
from tests.sending.test_sync import begun, calls_of, outcomes_of
from tests.support.effort import TRIALS
from tests.support.sending import sandbox

_STATUSES = (400, 401, 404, 408, 413, 451, 500, 502, 503, 504)
_WHOLE = [f"http-{status}" for status in _STATUSES] + [f"redirect-{status}" for status in (301, 302, 307)]
_KINDS = (*_WHOLE, "reset", "truncated-xml", "empty-body", "1000", "ok-of-another", "ok-not-done")
#: Each before it is carried out, and after. A quick run takes each kind once.
FAULTS = [f"{kind}-{when}" for kind in _KINDS for when in ("before", "after")][:: 1 if TRIALS > 1 else 3]


@pytest.fixture
async def service() -> AsyncIterator[Sandbox]:
    async with sandbox() as running:
        yield running


@pytest.mark.parametrize("fault", FAULTS)
async def test_changes_and_cancels_come_to_their_end(fault: str, tmp_path: Path, service: Sandbox) -> None:
    term = await begun(tmp_path, service)
    before = term.ids()
    term.change(0, start_time="2031-09-02 10:00")
    term.change(1, title="Chess")
    gone = term.rows.pop(4)["title"]
    faults = plan_of([f"{fault}@modify first 1", f"{fault}@cancel first 1"])
    service.settings = replace(service.settings, faults=faults)
    patience = {"timeout_s": 0.5}
    first = await term.synced(settings=patience)
    # What a run says of rows that it has done with is so, whatever else it left.
    there = {str(each.class_id): each for each in term.there()}
    for row, told in zip(term.rows, first.rows, strict=True):
        if told["outcome"] == "changed":
            assert there[told["class_id"]].title == row["title"]
            assert f"{there[told['class_id']].start:%Y-%m-%d %H:%M}" == row["start_time"]
    assert "refused" not in first.outcomes
    service.settings = replace(service.settings, faults=no_faults)
    await term.synced(settings=patience)
    assert term.account() == term.asked()
    kept = {
        ("Chess" if title == term.rows[1]["title"] else title): ident for title, ident in term.ids().items()
    }
    assert set(kept.values()) == {ident for title, ident in before.items() if title != gone}
    again = await term.synced(settings=patience)
    assert outcomes_of(again) == {"already": 5}


@pytest.mark.parametrize(("method", "code"), [("modify", "1018"), ("cancel", "1033")])
async def test_a_class_that_is_cancelled_by_hand_while_a_run_is_at_it_is_not_made_again(
    method: str, code: str, tmp_path: Path, service: Sandbox
) -> None:
    term = await begun(tmp_path, service)
    title = term.rows[4]["title"]
    class_id = str(term.ids()[title])
    if method == "modify":
        term.change(4, start_time="2031-09-02 10:00")
    else:
        term.rows.pop(4)

    def somebody_cancels_it(call: Call) -> Fault | None:
        if call.method == method and title in {each.title for each in term.there()}:
            service.account.cancel_by_hand(class_id)
        return None

    service.settings = replace(service.settings, faults=somebody_cancels_it)
    await term.synced()
    assert [each.code for each in calls_of(service, method)] == [code]
    again = await term.synced()
    assert len(calls_of(service, "create")) == 6
    assert len(term.there()) == 5
    assert again.json["exit_code"] == (1 if method == "modify" else 0)
