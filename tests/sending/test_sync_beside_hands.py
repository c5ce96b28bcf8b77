"""What a sync must find out though nobody tells it: first runs that ended half-way, and hands at work while it runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from batch.core.errors import CannotRun
from batch.journal.files import reading
from batch.report.projection import result_rows, tally_of
from batch.sandbox import bends
from batch.sandbox.faults import Call, Fault, fault, no_faults, plan_of
from batch.sandbox.server import Sandbox
from tests.sending.test_sync import Term, begun, calls_of, outcomes_of
from tests.support.command import lessons
from tests.support.sending import sandbox


@pytest.fixture
async def service() -> AsyncIterator[Sandbox]:
    async with sandbox() as running:
        yield running


@pytest.mark.thorough
async def test_a_lesson_that_moved_after_a_first_run_that_was_stopped_half_way_is_no_new_one(
    tmp_path: Path, service: Sandbox
) -> None:
    term = Term(tmp_path, service, lessons(6))
    service.settings = replace(service.settings, faults=plan_of(["http-403@create every 4"]))
    sent = await term.submitted(in_flight=1)
    assert (sent.json["exit_code"], sent.outcomes.count("scheduled")) == (2, 3)
    service.settings = replace(service.settings, faults=no_faults)
    before = term.ids()
    at = next(at for at, row in enumerate(term.rows) if row["title"] in before)
    term.change(at, start_time="2031-09-04 10:00")
    submitted = await term.submitted()
    assert (submitted.rows[at]["outcome"], submitted.rows[at]["reason"]) == ("held", "moved")
    synced = await term.synced()
    assert outcomes_of(synced) == {"changed": 1, "already": 5}
    assert term.account() == term.asked()
    assert before.items() <= term.ids().items()


async def test_a_class_that_the_service_calls_cancelled_is_that_whatever_a_late_list_shows(
    tmp_path: Path, service: Sandbox
) -> None:
    term = await begun(tmp_path, service)
    classes = service.account.classes
    classes[:] = [replace(each, created_at=each.created_at - 3600) for each in classes]
    await term.synced()
    service.settings = replace(service.settings, listing_lag_s=600)
    service.account.cancel_by_hand(str(term.ids()[term.rows[0]["title"]]))
    term.change(0, start_time="2031-09-02 10:00")
    sent = await term.synced()
    assert (sent.rows[0]["outcome"], sent.rows[0]["error_code"]) == ("refused", "1018")
    sent = await term.synced()
    assert (sent.rows[0]["outcome"], len(calls_of(service, "modify"))) == ("held", 1)
    assert "somebody cancelled it in WizIQ" in sent.rows[0]["message"]
    sent = await term.synced(recreate=True)
    assert outcomes_of(sent) == {"scheduled": 1, "already": 5}
    assert term.account() == term.asked()


async def test_what_somebody_did_to_a_class_whose_row_did_not_change_stands_in_that_row(
    tmp_path: Path, service: Sandbox
) -> None:
    """By its number in this file: the third row of yesterday is the second of today, as one has gone."""
    term = await begun(tmp_path, service)
    await term.synced()
    ids = [str(term.ids()[row["title"]]) for row in term.rows]
    service.account.cancel_by_hand(ids[2])
    service.account.edit_by_hand(ids[3])
    service.account.edit_by_hand(ids[1])
    gone = term.rows.pop(1)["title"]
    at_first = len(calls_of(service, "get_data"))
    sent = await term.synced()
    told = {row["row"]: row["message"] for row in sent.rows}
    assert [row["outcome"] for row in sent.rows] == ["already"] * 5
    assert f"as class {ids[2]}, which is no longer in the account: somebody cancelled it" in told[3]
    assert "sync the file once without this row, and then with it" in told[3]
    assert f"as class {ids[3]}, which was changed in WizIQ since" in told[4]
    assert {told[row] for row in told.keys() - {3, 4}} == {"Scheduled by an earlier run; nothing was sent."}
    notices = " ".join(sent.json["notices"])
    assert f"no longer in the account: {ids[2]} (row 3)." in notices
    assert f"{ids[3]} (row 4)" in notices
    assert f"{ids[1]} ({gone}, not in this file)" in notices
    (removed,) = sent.json["removed"]
    assert "To cancel it all the same: sync with --overwrite-edits." in removed["message"]
    # What two lists have lacked, so long apart, is not waited for again.
    before = len(calls_of(service, "get_data"))
    sent = await term.synced()
    assert len(calls_of(service, "get_data")) - before < before - at_first
    assert f"no longer in the account: {ids[2]} (row 3)." in " ".join(sent.json["notices"])
    # The way out that the row names.
    row = term.rows.pop(1)
    await term.synced()
    term.rows.insert(1, row)
    sent = await term.synced()
    assert sent.rows[1]["outcome"] == "scheduled"


def edited_while_the_first_change_is_lost(service: Sandbox, class_id: str) -> None:
    """What is sent first never arrives, and somebody edits a class meanwhile."""

    def somebody_edits_it(call: Call) -> Fault | None:
        if call.method != "modify" or len(calls_of(service, "modify")) > 1:
            return None
        service.account.edit_by_hand(class_id)
        return fault("reset-before")

    service.settings = replace(service.settings, faults=somebody_edits_it)


@pytest.mark.thorough
@pytest.mark.parametrize(("overwrite_edits", "outcome"), [(False, "held"), (True, "changed")])
async def test_an_edit_while_a_lost_answer_is_waited_for_is_seen_before_it_is_sent_again(
    overwrite_edits: bool, outcome: str, tmp_path: Path, service: Sandbox
) -> None:
    term = await begun(tmp_path, service)
    class_id = str(term.ids()[term.rows[0]["title"]])
    edited_while_the_first_change_is_lost(service, class_id)
    term.change(0, title="Chess")
    sent = await term.synced(overwrite_edits=overwrite_edits)
    assert sent.rows[0]["outcome"] == outcome
    titles = {each.class_id: each.title for each in term.there()}
    assert (titles[int(class_id)] == "Chess") is overwrite_edits


async def left_in_the_middle(term: Term) -> None:
    """A sync that is ended in the middle of its first change, which is done."""

    def plan(call: Call) -> Fault | None:
        if call.method == "modify":
            task.cancel()
        return fault("reset-after") if call.method == "modify" else None

    settings = term.service.settings
    term.service.settings = replace(settings, faults=plan)
    task = asyncio.create_task(term.synced(settings={"timeout_s": 0.2}))
    with suppress(asyncio.CancelledError):
        await task
    term.service.settings = settings


async def test_where_an_answer_was_lost_the_list_tells_which_place_is_taken(
    tmp_path: Path, service: Sandbox
) -> None:
    """A change that was never answered is done, and the next version wants its place for another class."""
    rows = [{**row, "presenter_email": "ana@school.example"} for row in lessons(6)]
    term = Term(tmp_path, service, rows)
    await term.submitted()
    term.change(4, start_time="2031-09-02 10:00")
    await left_in_the_middle(term)
    await asyncio.sleep(0.8)  # nothing of it can come later, and the list is known to be no later than that
    term.change(0, start_time="2031-09-02 10:00")
    term.change(4, start_time="2031-09-03 10:00")
    sent = await term.synced(settings={"in_flight": 1})
    assert outcomes_of(sent) == {"changed": 2, "already": 4}
    assert term.account() == term.asked()
    assert "1032" not in {each.code for each in service.calls}


async def test_a_run_that_ended_before_it_had_decided_does_not_say_that_a_class_is_as_its_row(
    tmp_path: Path, service: Sandbox
) -> None:
    """What an earlier run sent for the class was never answered: it may be something else."""
    term = await begun(tmp_path, service)
    start = term.rows[0]["start_time"]
    term.change(0, start_time="2031-09-02 10:00")

    await left_in_the_middle(term)
    term.change(0, start_time=start)
    locked_out = fault("http-403")
    service.settings = replace(
        service.settings, faults=lambda call: locked_out if call.method == "get_data" else None
    )
    with pytest.raises(CannotRun):
        await term.synced()
    (path,) = (tmp_path / "state").glob("*/journal.sqlite3")
    with reading(path) as journal:
        newest = journal.batches.all()[0]
        rows = [*result_rows(journal, newest.id)]
        assert [row.outcome for row in rows] == ["unknown"] + ["scheduled"] * 5
        assert tally_of(journal, newest.id).counts()["unknown"] == 1


async def test_where_a_list_tells_no_zone_an_edited_class_is_where_it_is_listed(tmp_path: Path) -> None:
    async with sandbox(bends=bends(["zone-untold"])) as service:
        term = Term(tmp_path, service, lessons(6))
        await term.submitted()
        service.account.edit_by_hand("2492040")
        term.change(0, attendee_limit="30")
        sent = await term.synced()
        assert sent.rows[0]["outcome"] == "held"
        left, listed = term.rows[0]["start_time"][-5:], f"{term.there()[0].start:%H:%M}"
        assert left != listed
        assert f"{left}-" in sent.rows[0]["message"]
        assert f"{listed}-" in sent.rows[0]["message"]


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


@pytest.mark.parametrize(("overwrite_edits", "is_cancelled"), [(False, False), (True, True)])
async def test_an_edit_while_the_answer_to_another_change_is_waited_for_is_seen_before_its_own_turn(
    overwrite_edits: bool, is_cancelled: bool, tmp_path: Path, service: Sandbox
) -> None:
    """The class that is cancelled last had been cancelled, though a list of the same run had shown it edited."""
    term = await begun(tmp_path, service)
    gone = str(term.ids()[term.rows[3]["title"]])
    edited_while_the_first_change_is_lost(service, gone)
    term.change(0, title="Chess")
    del term.rows[3]
    sent = await term.synced(overwrite_edits=overwrite_edits, settings={"timeout_s": 0.2})
    assert sent.outcomes.count("changed") == 1
    assert (int(gone) not in {each.class_id for each in term.there()}) is is_cancelled


async def test_a_refusal_after_a_lost_answer_does_not_say_that_the_class_was_not_touched(
    tmp_path: Path, service: Sandbox
) -> None:
    """No list tells places: the first request may have set them, and has."""
    term = await begun(tmp_path, service)

    def lost_then_refused(call: Call) -> Fault | None:
        if call.method != "modify":
            return None
        return fault("reset-after" if len(calls_of(service, "modify")) == 1 else "fail-1005")

    service.settings = replace(service.settings, faults=lost_then_refused)
    term.change(0, attendee_limit="7")
    sent = await term.synced(settings={"timeout_s": 0.2})
    assert (sent.rows[0]["outcome"], sent.rows[0]["error_code"]) == ("refused", "1005")
    assert sent.rows[0]["message"].startswith(
        f"What was sent first for class {sent.rows[0]['class_id']} was never answered, and may be done"
    )
    assert (
        next(each for each in term.there() if each.class_id == int(sent.rows[0]["class_id"])).parameters[
            "attendee_limit"
        ]
        == "7"
    )


@pytest.mark.parametrize("edited", [2, 4, 5, 6], ids="{} of six".format)
async def test_however_many_classes_somebody_has_edited_each_is_left_alone_and_named(
    edited: int, tmp_path: Path, service: Sandbox
) -> None:
    """Once most of them were, that had counted as the way the list is written, and a sync undid it without a word."""
    term = await begun(tmp_path, service)
    await term.synced()  # a list has shown them as they were sent
    ids = [str(term.ids()[row["title"]]) for row in term.rows[:edited]]
    for class_id in ids:
        service.account.edit_by_hand(class_id)
    as_edited = term.there()
    sent = await term.synced()
    (told,) = [note for note in sent.json["notices"] if note.startswith("Changed in WizIQ")]
    assert all(each in told for each in ids[:5])
    term.change(0, start_time="2031-09-02 14:00")
    sent = await term.synced()
    assert (sent.rows[0]["outcome"], sent.rows[0]["reason"]) == ("held", "edited")
    assert term.there() == as_edited


async def test_a_class_that_a_look_up_found_is_named_once_somebody_has_edited_it(
    tmp_path: Path, service: Sandbox
) -> None:
    term = Term(tmp_path, service, lessons(6))
    service.settings = replace(service.settings, faults=plan_of(["reset-after@create every 3"]))
    sent = await term.submitted(settings={"timeout_s": 0.2})
    service.settings = replace(service.settings, faults=no_faults)
    found = next(row for row in sent.rows if row["class_id"] and not row["call_id"])
    service.account.edit_by_hand(found["class_id"])
    sent = await term.synced()
    assert any(
        f"Changed in WizIQ since they were scheduled: {found['class_id']} " in note
        for note in sent.json["notices"]
    )


async def test_a_class_that_was_cancelled_before_any_list_showed_it_is_missed(tmp_path: Path) -> None:
    async with sandbox(listing_lag_s=0.5) as service:
        term = await begun(tmp_path, service)
        class_id = term.ids()[term.rows[3]["title"]]
        service.account.cancel_by_hand(str(class_id))
        await asyncio.sleep(1.0)
        for _ in range(2):
            sent = await term.synced()
            assert any(f"no longer in the account: {class_id} " in note for note in sent.json["notices"]), (
                sent.json["notices"]
            )


#: What somebody may change of a class in WizIQ itself.
EDITS: dict[str, dict[str, str]] = {
    "title": {"title": "Moved upstairs"},
    "start": {"start_time": "09/30/2031 07:15:00"},
    "length": {"duration": "45"},
    "teacher": {"presenter_email": "stand-in@school.example"},
}


@pytest.mark.parametrize("was_changed", [False, True], ids=["as scheduled", "after a change of ours"])
@pytest.mark.parametrize("list_is", ["plain", "zone-untold", "duration-clock"])
@pytest.mark.parametrize("edit", EDITS)
async def test_whatever_is_edited_of_all_classes_is_left_alone_and_named(
    edit: str, list_is: str, was_changed: bool, tmp_path: Path, service: Sandbox
) -> None:
    service.settings = replace(
        service.settings, bends=bends(["presenter-told", *([] if list_is == "plain" else [list_is])])
    )
    term = await begun(tmp_path, service)
    if was_changed:
        for at in range(6):
            term.change(at, attendee_limit="11")
        assert (await term.synced(settings={"most_changed_percent": 100})).outcomes == ["changed"] * 6
    await term.synced()  # a list has shown them as they were left
    for number, class_id in enumerate(term.ids().values()):
        own = {"start_time": f"09/{20 + number}/2031 07:15:00"} if edit == "start" else EDITS[edit]
        service.account.modify(str(class_id), own)
    as_edited = term.there()
    sent = await term.synced()
    assert any(note.startswith("Changed in WizIQ") for note in sent.json["notices"]), sent.json["notices"]
    term.change(0, start_time="2031-09-02 14:00")
    sent = await term.synced(settings={"most_changed_percent": 100})
    assert (sent.rows[0]["outcome"], sent.rows[0]["reason"]) == ("held", "edited")
    assert term.there() == as_edited


async def left_in_the_middle_of(method: str, term: Term) -> None:
    """A sync that is ended in the middle of its first request of a kind, which is carried out."""
    settings = term.service.settings

    def plan(call: Call) -> Fault | None:
        if call.method != method:
            return None
        task.cancel()
        return fault("reset-after")

    term.service.settings = replace(settings, faults=plan)
    task = asyncio.create_task(term.synced(settings={"timeout_s": 0.2}))
    with suppress(asyncio.CancelledError):
        await task
    term.service.settings = settings


@pytest.mark.parametrize("method", ["modify", "cancel"])
async def test_what_our_own_unanswered_request_has_done_is_not_told_as_somebody_elses(
    method: str, tmp_path: Path, service: Sandbox
) -> None:
    """A submit asks of no class what became of it; whoever reads of an edit would go and put it back."""
    term = await begun(tmp_path, service)
    await term.synced()
    file = list(term.rows)
    if method == "modify":
        term.change(2, start_time="2031-09-02 10:00")
    else:
        del term.rows[2]
    await left_in_the_middle_of(method, term)
    assert len(calls_of(service, method)) == 1
    term.rows[:] = [*file[:2], {**file[0], "title": "A new one", "start_time": "2031-09-05 10:00"}, *file[3:]]
    sent = await term.submitted()
    told = [note for note in sent.json["notices"] if "in WizIQ" in note or "in the account" in note]
    assert told == []
