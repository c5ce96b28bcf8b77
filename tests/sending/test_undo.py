"""An undo takes back what a batch did in the account, and touches nothing else."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from icalendar import Calendar

from batch.core.errors import CannotRun
from batch.core.message import JournalFault, Message, SyncNote
from batch.journal.journals import FileJournals
from batch.report.from_journal import make_again
from batch.sandbox import Call, Fault, fault, no_faults, plan_of
from batch.sandbox.server import Sandbox
from batch.sending.undoing import UndoTerms
from tests.support.command import lesson, lessons, timetable
from tests.support.sending import Sent, sandbox, send, sync, take_back
from tests.support.words import stops

ANYWAY = UndoTerms(overwrite_edits=True)


def standing(service: Sandbox) -> list[tuple[int, str, str]]:
    """The classes of the account: class_id, title, when."""
    return [
        (each.class_id, each.title, f"{each.start:%d %H:%M}")
        for each in service.classes
        if not each.cancelled
    ]


def said(sent: Sent) -> list[tuple[int, str, str | None]]:
    return [(row["row"], row["outcome"], row["reason"]) for row in sent.rows]


async def moved(file: Path, service: Sandbox, rows: Sequence[dict[str, str]]) -> Sent:
    """The next version of a file, synced."""
    return await sync(timetable(file, rows), service.url)


async def test_the_classes_that_a_batch_made_are_cancelled(tmp_path: Path) -> None:
    async with sandbox() as service:
        first = timetable(tmp_path / "first.csv", lessons(2))
        await send(first, service.url)
        before = standing(service)
        await send(timetable(tmp_path / "second.csv", lessons(5)), service.url)
        undone = await take_back(tmp_path, service.url, workbook=True)
        assert said(undone) == [(4, "cancelled", None), (5, "cancelled", None), (6, "cancelled", None)]
        assert [row["class_id"] for row in undone.rows] == ["2492042", "2492043", "2492044"]
        assert [line["outcome"] for line in undone.table] == ["cancelled"] * 3
        assert undone.json["exit_code"] == 0
        assert standing(service) == before


async def test_changed_classes_are_changed_back_and_new_ones_go(tmp_path: Path) -> None:
    async with sandbox() as service:
        file = timetable(tmp_path / "term.csv", lessons(4))
        await send(file, service.url)
        before = standing(service)
        rows = lessons(5)
        rows[1]["start_time"] = "2031-09-03 09:00"
        rows[2]["title"] = "Lesson 3 in English"
        rows[3]["attendee_limit"] = "30"
        for row in rows:
            row.setdefault("attendee_limit", "10")
        await moved(file, service, rows)
        assert standing(service) != before
        undone = await take_back(tmp_path, service.url)
        assert {row["outcome"] for row in undone.rows} == {"changed", "cancelled"}
        assert standing(service) == before
        assert undone.json["exit_code"] == 0
        # A subscribed calendar follows: the same events, changed once more, at the time that they had before.
        make_again(FileJournals(tmp_path / "state"), undone.json["batch"], None, ics=tmp_path / "undone.ics")
        calendar = Calendar.from_ical((tmp_path / "undone.ics").read_bytes())
        events = {str(event["uid"]): event for event in calendar.walk("VEVENT")}
        moved_back = events["2492041@classbatch"]
        assert (moved_back.decoded("dtstart"), moved_back["sequence"]) == (service.classes[1].start, 2)
        assert events["2492044@classbatch"]["status"] == "CANCELLED"


async def test_undoing_a_swap_is_a_swap(tmp_path: Path) -> None:
    one = {"presenter_email": "ana@school.example"}
    async with sandbox() as service:
        file = timetable(tmp_path / "term.csv", [lesson(1, **one), lesson(2, **one)])
        await send(file, service.url)
        before = standing(service)
        hours = [lesson(2)["start_time"], lesson(1)["start_time"]]
        swapped = [lesson(number, start_time=hours[number - 1], **one) for number in (1, 2)]
        await moved(file, service, swapped)
        assert standing(service) != before
        undone = await take_back(tmp_path, service.url)
        assert said(undone) == [(2, "changed", None), (3, "changed", None)]
        assert standing(service) == before


async def test_only_the_rows_that_are_named_are_taken_back(tmp_path: Path) -> None:
    async with sandbox() as service:
        await send(timetable(tmp_path / "term.csv", lessons(4)), service.url)
        undone = await take_back(tmp_path, service.url, terms=UndoTerms(numbers={2, 5}))
        assert said(undone) == [(2, "cancelled", None), (5, "cancelled", None)]
        assert [title for _, title, _ in standing(service)] == ["Lesson 2", "Lesson 3"]
        with stops(CannotRun, match="row 9"):
            await take_back(tmp_path, service.url, terms=UndoTerms(numbers={3, 9}))
        assert len(standing(service)) == 2


async def test_what_somebody_edited_or_a_later_batch_changed_is_left_and_named(tmp_path: Path) -> None:
    async with sandbox() as service:
        file = timetable(tmp_path / "term.csv", lessons(4))
        first = await send(file, service.url)
        rows = lessons(4)
        rows[3]["start_time"] = "2031-09-03 09:00"
        await moved(file, service, rows)
        service.account.edit_by_hand("2492040")
        service.account.cancel_by_hand("2492041")
        undone = await take_back(tmp_path, service.url, batch=first.json["batch"])
        assert said(undone) == [
            (2, "held", "edited"),
            (3, "cancelled", None),
            (4, "cancelled", None),
            (5, "held", "left"),
        ]
        assert undone.json["exit_code"] == 1
        assert "Lesson 1 (edited)" in undone.rows[0]["message"]
        assert [class_id for class_id, *_ in standing(service)] == [2492040, 2492043]
        again = await take_back(tmp_path, service.url, batch=first.json["batch"], terms=ANYWAY)
        assert said(again)[0] == (2, "cancelled", None)
        assert said(again)[3] == (5, "held", "left")
        assert [class_id for class_id, *_ in standing(service)] == [2492043]


async def _undone(_: Sandbox, folder: Path, url: str) -> None:
    await take_back(folder, url)


async def _cancelled_by_hand(service: Sandbox, _: Path, __: str) -> None:
    for class_id in {each.class_id for each in service.classes if each.title != "Before"}:
        service.account.cancel_by_hand(str(class_id))


async def _row_by_row(_: Sandbox, folder: Path, url: str) -> None:
    for number in (2, 3):
        await take_back(folder, url, terms=UndoTerms(numbers={number}))


#: How nothing came to be left of what a batch did.
NOTHING_LEFT = {"undone": _undone, "cancelled by hand": _cancelled_by_hand, "row by row": _row_by_row}


@pytest.mark.parametrize("numbers", [None, {3}], ids=["all", "a row"])
@pytest.mark.parametrize("gone", NOTHING_LEFT.values(), ids=NOTHING_LEFT)
async def test_where_nothing_is_left_it_says_so_names_the_batch_before_and_records_nothing(
    gone: Callable[[Sandbox, Path, str], Awaitable[None]], numbers: set[int] | None, tmp_path: Path
) -> None:
    async with sandbox() as service:
        before = await send(timetable(tmp_path / "before.csv", [lesson(9, title="Before")]), service.url)
        batch = (await send(timetable(tmp_path / "term.csv", lessons(2)), service.url)).json["batch"]
        await gone(service, tmp_path, service.url)
        done, sent = recorded(tmp_path), service.call_counts["cancel ok"]
        for _ in range(2):
            with pytest.raises(CannotRun) as caught:
                await take_back(tmp_path, service.url, terms=UndoTerms(numbers=numbers))
            (message,) = caught.value.messages
            assert (message.what, message.facts["batch"]) == (JournalFault.TAKEN_BACK_ALREADY, batch)
            assert message.facts["earlier"] == before.json["batch"]
        assert (recorded(tmp_path), service.call_counts["cancel ok"]) == (done, sent)
        undone = await take_back(tmp_path, service.url, batch=before.json["batch"])
        assert undone.outcomes == ["cancelled"]


async def test_changes_that_were_taken_back_are_not_taken_back_again(tmp_path: Path) -> None:
    async with sandbox() as service:
        file = timetable(tmp_path / "term.csv", lessons(4))
        await send(file, service.url)
        rows = lessons(4)
        rows[3]["start_time"] = "2031-09-03 09:00"
        await moved(file, service, rows)
        assert (await take_back(tmp_path, service.url)).outcomes == ["changed"]
        with stops(CannotRun, match="taken back already"):
            await take_back(tmp_path, service.url)


def recorded(folder: Path) -> list[str]:
    """The batches that the journal has."""
    journals = FileJournals(folder / "state")
    (account,) = journals.accounts()
    with journals.reading(account) as journal:
        return [each.id for each in journal.batches.all()]


async def test_a_submit_after_it_makes_the_rows_anew(tmp_path: Path) -> None:
    async with sandbox() as service:
        file = timetable(tmp_path / "term.csv", lessons(3))
        await send(file, service.url)
        undone = await take_back(tmp_path, service.url)
        assert any("next run of it makes their classes again" in each for each in undone.json["notices"])
        assert standing(service) == []
        again = await send(file, service.url)
        assert again.outcomes == ["scheduled"] * 3
        assert [class_id for class_id, *_ in standing(service)] == [2492043, 2492044, 2492045]


async def test_an_undo_is_not_undone_and_the_newest_batch_is_no_undo(tmp_path: Path) -> None:
    async with sandbox() as service:
        await send(timetable(tmp_path / "one.csv", lessons(1)), service.url)
        await send(timetable(tmp_path / "two.csv", [lesson(2)]), service.url)
        undone = await take_back(tmp_path, service.url)
        with pytest.raises(CannotRun) as caught:
            await take_back(tmp_path, service.url, batch=undone.json["batch"])
        assert caught.value.messages[0].what is JournalFault.IS_AN_UNDO
        with pytest.raises(CannotRun) as caught:  # the second file's once more: nothing is left of it
            await take_back(tmp_path, service.url)
        assert caught.value.messages[0].what is JournalFault.TAKEN_BACK_ALREADY
        assert [title for _, title, _ in standing(service)] == ["Lesson 1"]
        assert service.call_counts["cancel ok"] == 1


async def test_a_plan_that_somebody_declines_leaves_no_trace(tmp_path: Path) -> None:
    async with sandbox() as service:
        await send(timetable(tmp_path / "term.csv", lessons(2)), service.url)
        shown = []

        def no(_: object, plan: object) -> Message:
            shown.append(plan)
            return Message(SyncNote.CHANGE_DECLINED)

        with pytest.raises(CannotRun):
            await take_back(tmp_path, service.url, terms=UndoTerms(confirm=no))
        assert len(shown) == 1
        assert len(standing(service)) == 2
        assert not any(name.startswith("cancel") for name in service.call_counts)
        assert said(await take_back(tmp_path, service.url)) == [
            (2, "cancelled", None),
            (3, "cancelled", None),
        ]


async def test_classes_of_another_journal_are_never_touched(tmp_path: Path) -> None:
    async with sandbox() as service:
        file = timetable(tmp_path / "term.csv", lessons(10))
        await send(file, service.url)
        taken = await send(file, service.url, state="elsewhere")
        assert taken.outcomes == ["already"] * 10
        with stops(CannotRun, match="nothing to take back"):
            await take_back(tmp_path, service.url, state="elsewhere")
        rows = lessons(10)
        rows[0]["start_time"] = "2031-09-03 09:00"
        await sync(timetable(file, rows), service.url, settings={"state": "elsewhere"})
        before = standing(service)
        undone = await take_back(tmp_path, service.url, state="elsewhere", terms=ANYWAY)
        assert said(undone) == [(2, "held", "left")]
        assert standing(service) == before


async def test_an_account_that_cannot_list_needs_a_word(tmp_path: Path) -> None:
    async with sandbox(list_without_id=False) as service:
        await send(timetable(tmp_path / "term.csv", lessons(2)), service.url, first_time=True)
        undone = await take_back(tmp_path, service.url)
        assert said(undone) == [(2, "held", "edited"), (3, "held", "edited")]
        assert len(standing(service)) == 2
        again = await take_back(tmp_path, service.url, terms=ANYWAY)
        assert said(again) == [(2, "cancelled", None), (3, "cancelled", None)]
        assert standing(service) == []


#: What goes wrong with the requests of an undo: all of it is taken back all the same, and nothing else.
FAULTS = {
    "a lost answer, done": "reset-after@METHOD first 2",
    "a lost answer, not done": "reset-before@METHOD first 2",
    "half an answer": "truncated-xml@METHOD every 3",
    "1000, and done": "1000-after@METHOD first 1",
    "1000, and not done": "1000-before@METHOD first 1",
    "502, and done": "http-502-after@METHOD first 3",
    "503, and not done": "http-503-before@METHOD first 1",
    "an ok of another method": "ok-of-another@METHOD first 1",
    "an ok that was not done": "ok-not-done-before@METHOD first 1",
    "done later": "late-commit:0.2@METHOD first 2",
}


@pytest.mark.thorough
@pytest.mark.parametrize("spoilt", FAULTS.values(), ids=FAULTS)
async def test_a_lost_answer_takes_nothing_from_an_undo(spoilt: str, tmp_path: Path) -> None:
    async with sandbox() as service:
        file = timetable(tmp_path / "term.csv", lessons(4))
        await send(file, service.url)
        before = standing(service)
        rows = [lesson(number, start_time=f"2031-09-0{number + 1} 09:00") for number in (1, 2)]
        await moved(file, service, [*rows, *lessons(5)[2:]])
        assert len(standing(service)) == 5
        faults = plan_of(spoilt.replace("METHOD", method) for method in ("modify", "cancel"))
        service.settings = replace(service.settings, faults=faults)
        undone = await take_back(tmp_path, service.url, settle_s=0.3, timeout_s=2)
        assert standing(service) == before
        assert {row["outcome"] for row in undone.rows} == {"changed", "cancelled"}
        assert undone.json["exit_code"] == 0


@pytest.mark.thorough
@pytest.mark.parametrize("lost", ["reset-after@create first 2", "1000-after@create first 1"])
async def test_what_a_batch_left_in_doubt_is_looked_up_first(lost: str, tmp_path: Path) -> None:
    async with sandbox(faults=plan_of([lost])) as service:
        file = timetable(tmp_path / "term.csv", lessons(4))
        sent = await send(file, service.url, settle_s=0.2, timeout_s=2, on_unknown="ask")
        assert len(standing(service)) == 4
        undone = await take_back(tmp_path, service.url, settle_s=0.2, timeout_s=2)
        assert undone.outcomes == ["cancelled"] * 4, sent.outcomes
        assert standing(service) == []


@pytest.mark.thorough
async def test_a_class_that_no_list_ever_showed_is_not_cancelled_for_being_absent_from_a_late_one(
    tmp_path: Path,
) -> None:
    """The first undo gave up: what it sent was never answered, and never done."""
    async with sandbox(listing_lag_s=600, faults=plan_of(["reset-before@cancel"])) as service:
        file = timetable(tmp_path / "term.csv", lessons(2))
        await send(file, service.url, first_time=True)
        undone = await take_back(tmp_path, service.url, timeout_s=1)
        assert (undone.outcomes, len(standing(service))) == (["unknown"] * 2, 2)
        service.settings = replace(service.settings, faults=no_faults)
        undone = await take_back(tmp_path, service.url)
        assert (undone.outcomes, standing(service)) == (["cancelled"] * 2, [])


@pytest.mark.thorough
async def test_a_change_that_was_never_answered_is_taken_back_wholly(tmp_path: Path) -> None:
    """A first run gave up with the change in doubt; the class may be as before or as the row says."""
    for done in ("after", "before"):
        folder = tmp_path / done
        folder.mkdir()
        async with sandbox(faults=plan_of([f"reset-{done}@modify"])) as service:
            file = timetable(folder / "term.csv", lessons(4))
            await send(file, service.url)
            before = standing(service)
            rows = [lesson(1, start_time="2031-09-03 09:00"), *lessons(4)[1:]]
            changed = await moved(file, service, rows)
            assert changed.outcomes[0] in {"unknown", "changed"}
            service.settings = replace(service.settings, faults=no_faults)
            undone = await take_back(folder, service.url)
            assert standing(service) == before
            assert undone.json["exit_code"] == 0


async def test_what_the_service_will_not_undo_is_refused_with_its_code(tmp_path: Path) -> None:
    async with sandbox() as service:
        await send(timetable(tmp_path / "term.csv", lessons(2)), service.url)
        # By the service's clock the first lesson is over, and it says so where it is asked alone.
        service.settings = replace(service.settings, faults=_over)
        undone = await take_back(tmp_path, service.url)
        assert [(row["outcome"], row["error_code"]) for row in undone.rows] == [
            ("refused", "1999"),
            ("cancelled", None),
        ]
        assert undone.json["exit_code"] == 1


def _over(call: Call) -> Fault | None:
    return fault("unknown-code") if call.method == "cancel" and call.title == "Lesson 1" else None


@pytest.mark.thorough
async def test_a_lock_out_stops_it_and_the_same_undo_goes_on(tmp_path: Path) -> None:
    async with sandbox(faults=plan_of(["http-403@cancel every 3"])) as service:
        await send(timetable(tmp_path / "term.csv", lessons(6)), service.url)
        first = await take_back(tmp_path, service.url, in_flight=1)
        assert first.json["exit_code"] == 2
        service.settings = replace(service.settings, faults=no_faults)
        again = await take_back(tmp_path, service.url)
        assert again.json["batch"] == first.json["batch"]
        assert again.outcomes == ["cancelled"] * 6
        assert standing(service) == []


async def test_a_file_that_was_taken_back_asks_for_no_class_any_more(tmp_path: Path) -> None:
    async with sandbox() as service:
        await send(timetable(tmp_path / "wrong.csv", lessons(4)), service.url)
        await take_back(tmp_path, service.url, terms=UndoTerms(numbers={2, 3, 4}))
        right = timetable(tmp_path / "term.csv", lessons(3))
        await send(right, service.url)
        synced = await moved(right, service, [lesson(1, start_time="2031-09-03 09:00"), lesson(2)])
        assert said(synced) == [(2, "changed", None), (3, "already", None)]
        assert synced.json["counts"]["cancelled"] == 1
        # Row 5 of the wrong file was not taken back: it is the other file's, too.
        joint = timetable(tmp_path / "more.csv", [lesson(4)])
        await send(joint, service.url)
        left = await moved(joint, service, [lesson(4, title="Lesson 4 in English")])
        assert [row["outcome"] for row in left.rows] == ["held"]


async def test_what_a_batch_cancelled_is_listed_and_does_not_come_back(tmp_path: Path) -> None:
    async with sandbox() as service:
        file = timetable(tmp_path / "term.csv", lessons(4))
        await send(file, service.url)
        await moved(file, service, [lesson(number) for number in (1, 3, 4, 5)])
        assert [title for _, title, _ in standing(service)] == [f"Lesson {number}" for number in (1, 3, 4, 5)]
        undone = await take_back(tmp_path, service.url)
        assert said(undone) == [(5, "cancelled", None)]
        (lost,) = undone.json["removed"]
        assert (lost["class_id"], lost["outcome"], lost["action"]) == ("2492041", None, None)
        assert "no class comes back" in lost["message"]
