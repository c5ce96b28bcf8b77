"""The account follows the file: same class, same links; nobody's hand edit is overwritten; nothing twice, nothing parked."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from batch.core.changes.decide import ChangeTerms
from batch.core.errors import CannotRun
from batch.core.message import Message, SyncNote
from batch.core.service.first_send import AlikeClasses
from batch.journal.files import reading
from batch.sandbox.call_log import CallRecord
from batch.sandbox.classes import ScheduledClass
from batch.sandbox.faults import plan_of
from batch.sandbox.server import Sandbox
from tests.support.command import lesson, lessons, timetable
from tests.support.sending import Sent, sandbox, send, sync

Row = dict[str, str]


@pytest.fixture
async def service() -> AsyncIterator[Sandbox]:
    async with sandbox() as running:
        yield running


class Term:
    """One timetable and its versions."""

    def __init__(self, folder: Path, service: Sandbox, rows: Sequence[Row]) -> None:
        self.file = folder / "term.csv"
        self.service = service
        self.rows = [{"attendee_limit": "10", **row} for row in rows]

    def write(self) -> Path:
        return timetable(self.file, self.rows)

    async def submitted(self, **options: object) -> Sent:
        return await send(self.write(), self.service.url, **options)  # type: ignore[arg-type]  # of many kinds

    async def synced(self, **options: object) -> Sent:
        return await sync(self.write(), self.service.url, **options)  # type: ignore[arg-type]  # of many kinds

    def change(self, at: int, **cells: str) -> None:
        self.rows[at] = {**self.rows[at], **cells}

    def ids(self) -> dict[str, int]:
        return {each.title: each.class_id for each in self.there()}

    def there(self) -> list[ScheduledClass]:
        return [each for each in self.service.classes if not each.cancelled]

    def account(self) -> list[tuple[str, str, str, str]]:
        """What the account holds, as rows have it."""
        return sorted(
            (
                each.title,
                f"{each.start:%Y-%m-%d %H:%M}",
                each.booking.presenter,
                each.parameters.get("attendee_limit", ""),
            )
            for each in self.there()
        )

    def asked(self) -> list[tuple[str, str, str, str]]:
        """What the file asks for."""
        return sorted(
            (row["title"], row["start_time"], row["presenter_email"], row["attendee_limit"])
            for row in self.rows
        )


async def begun(folder: Path, service: Sandbox, number: int = 6) -> Term:
    term = Term(folder, service, lessons(number))
    sent = await term.submitted()
    assert sent.outcomes == ["scheduled"] * number
    return term


def calls_of(service: Sandbox, method: str) -> list[CallRecord]:
    return [each for each in service.calls if each.method == method]


def refusals(service: Sandbox) -> list[str]:
    """Codes that the service gave for want of room, or of a presenter's time."""
    return [each.code for each in service.calls if each.code in {"1012", "1032"}]


def outcomes_of(sent: Sent) -> dict[str, int]:
    return {name: number for name, number in sent.json["counts"].items() if number}


def everything(term: Term) -> None:
    term.change(0, start_time="2031-09-02 10:00")
    term.change(1, attendee_limit="3")
    term.rows.pop(3)
    term.rows.append({"attendee_limit": "5", **lesson(7)})


#: What is done to the file, and what becomes of rows and classes.
CHANGES: dict[str, tuple[Callable[[Term], object], dict[str, int]]] = {
    "nothing changed": (lambda _: None, {"already": 6}),
    "a lesson moved": (lambda t: t.change(0, start_time="2031-09-02 10:00"), {"changed": 1, "already": 5}),
    "it got another teacher": (
        lambda t: t.change(1, presenter_email="new@school.example"),
        {"changed": 1, "already": 5},
    ),
    "it got another title": (lambda t: t.change(2, title="Chess"), {"changed": 1, "already": 5}),
    "it got more places": (lambda t: t.change(3, attendee_limit="25"), {"changed": 1, "already": 5}),
    "it is longer": (lambda t: t.change(3, duration="90"), {"changed": 1, "already": 5}),
    "its places are the service's again": (
        lambda t: t.change(3, attendee_limit="2"),
        {"changed": 1, "already": 5},
    ),
    "it went away": (lambda t: t.rows.pop(2), {"cancelled": 1, "already": 5}),
    "a new one came": (
        lambda t: t.rows.append({"attendee_limit": "5", **lesson(7)}),
        {"scheduled": 1, "already": 6},
    ),
    "everything at once": (
        everything,
        {"scheduled": 1, "already": 3, "changed": 2, "cancelled": 1},
    ),
    "the rows stand in another order": (lambda t: t.rows.reverse(), {"already": 6}),
}


@pytest.mark.parametrize(("change", "counts"), CHANGES.values(), ids=CHANGES)
async def test_the_account_is_as_the_file_says(
    change: Callable[[Term], object], counts: dict[str, int], tmp_path: Path, service: Sandbox
) -> None:
    term = await begun(tmp_path, service)
    before = term.ids()
    change(term)
    sent = await term.synced()
    assert (outcomes_of(sent), sent.json["exit_code"]) == (counts, 0)
    assert term.account() == term.asked()
    kept = {title: ident for title, ident in term.ids().items() if title in before}
    assert kept.items() <= before.items()  # a class that changes keeps its number
    assert term.ids().get("Chess", before["Lesson 3"]) == before["Lesson 3"]
    again = await term.synced()
    assert outcomes_of(again) == {"already": len(term.rows)}
    assert again.json["removed"] == []


async def test_only_what_differs_is_sent(tmp_path: Path, service: Sandbox) -> None:
    term = await begun(tmp_path, service)
    term.change(0, attendee_limit="25")
    sent = await term.synced()
    assert sent.rows[0]["message"] == "attendee_limit: 10 -> 25."
    assert sent.rows[0]["action"] == "change"
    (journal,) = (tmp_path / "state").glob("*/journal.sqlite3")
    with reading(journal) as read:
        (operation,) = read.operations.of_class(str(term.ids()["Lesson 1"]))
    assert operation.parameters == {"attendee_limit": "25"}


async def test_a_lesson_that_comes_back_is_a_new_class(tmp_path: Path, service: Sandbox) -> None:
    term = await begun(tmp_path, service)
    gone, before = term.rows.pop(2), term.ids()
    await term.synced()
    term.rows.append(gone)
    sent = await term.synced()
    assert outcomes_of(sent) == {"scheduled": 1, "already": 5}
    assert term.account() == term.asked()
    assert term.ids()["Lesson 3"] not in before.values()


async def test_two_lessons_swap_their_places(tmp_path: Path, service: Sandbox) -> None:
    rows = [{**row, "presenter_email": "ana@school.example"} for row in lessons(6)]
    term = Term(tmp_path, service, rows)
    await term.submitted()
    before = term.ids()
    first, second = term.rows[0]["start_time"], term.rows[3]["start_time"]
    term.change(0, start_time=second)
    term.change(3, start_time=first)
    sent = await term.synced()
    assert outcomes_of(sent) == {"changed": 2, "already": 4}
    assert (term.account(), term.ids()) == (term.asked(), before)
    assert refusals(service) == []


@pytest.mark.parametrize("limit", [2, 3])
async def test_no_step_is_refused_where_the_licence_is_full(limit: int, tmp_path: Path) -> None:
    hours = ["09:00"] * limit + ["10:00"] * limit
    rows = [{**lesson(number), "start_time": f"2031-09-01 {hour}"} for number, hour in enumerate(hours, 1)]
    async with sandbox(max_concurrent_classes=limit) as service:
        term = Term(tmp_path, service, rows)
        await term.submitted(max_concurrent_classes=limit)
        for at in range(2 * limit):
            term.change(at, start_time=f"2031-09-01 {hours[-1 - at]}")
        sent = await term.synced(replaces=True, settings={"max_concurrent_classes": limit})
        assert outcomes_of(sent) == {"changed": 2 * limit}
        assert (term.account(), refusals(service)) == (term.asked(), [])


# -- nobody's hand edit ------------------------------------------------------------------


async def test_what_somebody_changed_in_wiziq_is_left_as_it_is(tmp_path: Path, service: Sandbox) -> None:
    term = await begun(tmp_path, service)
    service.account.edit_by_hand(str(term.ids()["Lesson 1"]))
    edited = term.account()
    term.change(0, start_time="2031-09-02 10:00")
    sent = await term.synced()
    assert (sent.rows[0]["outcome"], sent.rows[0]["reason"], sent.json["exit_code"]) == ("held", "edited", 1)
    assert "Lesson 1 (edited), Mon 1 Sep 2031 13:15" in sent.rows[0]["message"]
    assert term.account() == edited
    sent = await term.synced(overwrite_edits=True)
    assert (outcomes_of(sent), term.account()) == ({"changed": 1, "already": 5}, term.asked())
    overwritten = (
        "Overwrites what somebody made of it in WizIQ: Lesson 1 (edited), Mon 1 Sep 2031 13:15-14:15 (GMT)."
    )
    assert sent.rows[0]["message"].startswith(overwritten)


@pytest.mark.parametrize("column", ["time_zone", "duration"])
async def test_a_column_that_was_renamed_changes_no_class_however_often_it_is_synced(
    column: str, tmp_path: Path, service: Sandbox
) -> None:
    """Of three classes no guard counts how many would change; and the second night has no column before it either."""
    own = {"time_zone": "Europe/Paris", "duration": "50"}
    term = Term(tmp_path, service, [{**row, **own} for row in lessons(3)])
    await term.submitted()
    before = term.account()
    for row in term.rows:
        row["zzz"] = row.pop(column)
    for _ in range(2):
        sent = await term.synced()
        assert outcomes_of(sent) == {"held": 3}
        assert f"has no column {column} any more" in sent.rows[0]["message"]
        assert (term.account(), calls_of(service, "modify")) == (before, [])
    sent = await term.synced(replaces=True)
    assert outcomes_of(sent) == {"changed": 3}


async def test_a_gone_class_that_somebody_changed_is_not_cancelled(tmp_path: Path, service: Sandbox) -> None:
    term = await begun(tmp_path, service)
    ident = term.ids()["Lesson 2"]
    service.account.edit_by_hand(str(ident))
    term.rows.pop(1)
    sent = await term.synced()
    (gone,) = sent.json["removed"]
    assert (gone["class_id"], gone["outcome"], gone["reason"]) == (str(ident), "held", "edited")
    assert sent.json["exit_code"] == 1
    assert ident in term.ids().values()
    sent = await term.synced(overwrite_edits=True)
    assert outcomes_of(sent) == {"already": 5, "cancelled": 1}
    assert ident not in term.ids().values()


async def test_an_unchanged_row_leaves_a_hand_edit_alone_always(tmp_path: Path, service: Sandbox) -> None:
    term = await begun(tmp_path, service)
    service.account.edit_by_hand(str(term.ids()["Lesson 2"]))
    edited = term.account()
    sent = await term.synced(overwrite_edits=True)
    assert (outcomes_of(sent), term.account()) == ({"already": 6}, edited)
    assert any("Changed in WizIQ" in note for note in sent.json["notices"])


@pytest.mark.parametrize("is_sync", [True, False], ids=["sync", "submit"])
async def test_an_edit_that_is_what_the_row_says_is_taken_over_without_a_request(
    is_sync: bool, tmp_path: Path, service: Sandbox
) -> None:
    term = await begun(tmp_path, service)
    before = term.ids()
    service.account.edit_by_hand(str(before["Lesson 1"]))
    term.change(0, start_time="2031-09-01 13:15", title="Lesson 1 (edited)")
    if not is_sync:
        term.change(0, title="Lesson 1")  # which lesson it is is told by the title
        service.account.modify(str(before["Lesson 1"]), {"title": "Lesson 1"})
    sent = await (term.synced() if is_sync else term.submitted())
    expected = {"scheduled": 1, "already": 5, "held": 0} if is_sync else {"already": 6}
    if is_sync:  # another title at another start is another lesson: nothing tells that it is this one
        assert sent.rows[0]["outcome"] in {"scheduled", "already", "held"}
    else:
        assert outcomes_of(sent) == expected
        assert "changed to this in WizIQ already" in sent.rows[0]["message"]
        again = await term.submitted()
        assert outcomes_of(again) == {"already": 6}
    assert calls_of(service, "modify") == []


async def test_a_class_that_somebody_cancelled_is_made_anew_only_where_that_is_said(
    tmp_path: Path, service: Sandbox
) -> None:
    term = await begun(tmp_path, service)
    await term.synced()  # a list has shown the classes
    service.account.cancel_by_hand(str(term.ids()["Lesson 1"]))
    term.change(0, start_time="2031-09-02 10:00")
    sent = await term.synced()
    assert (sent.rows[0]["outcome"], sent.rows[0]["reason"]) == ("held", "edited")
    assert "somebody cancelled it in WizIQ" in sent.rows[0]["message"]
    sent = await term.synced(recreate=True)
    assert outcomes_of(sent) == {"scheduled": 1, "already": 5}
    assert term.account() == term.asked()


# -- what is not touched -----------------------------------------------------------------


async def test_submit_changes_nothing_and_makes_no_moved_lesson_a_second_time(
    tmp_path: Path, service: Sandbox
) -> None:
    term = await begun(tmp_path, service)
    before = term.account()
    term.change(0, start_time="2031-09-02 10:00")
    gone = term.rows.pop(3)
    sent = await term.submitted()
    assert (sent.rows[0]["outcome"], sent.rows[0]["reason"], sent.json["exit_code"]) == ("held", "moved", 1)
    assert term.account() == before
    (removed,) = sent.json["removed"]
    assert (removed["title"], removed["outcome"], removed["action"]) == (gone["title"], None, None)
    sent = await term.synced()
    assert term.account() == term.asked()


async def test_another_timetable_is_not_touched(tmp_path: Path, service: Sandbox) -> None:
    other = Term(tmp_path, service, [lesson(number, title=f"Other {number}") for number in range(20, 24)])
    other.file = tmp_path / "other.csv"
    await other.submitted()
    term = await begun(tmp_path, service)
    held = [each for each in term.account() if each[0].startswith("Other")]
    del term.rows[1:5]
    await term.synced(replaces=True)
    assert [each for each in term.account() if each[0].startswith("Other")] == held
    assert len(term.there()) == 6


async def test_a_lesson_of_two_timetables_goes_when_neither_has_it(tmp_path: Path, service: Sandbox) -> None:
    one, two = Term(tmp_path, service, lessons(6)), Term(tmp_path, service, lessons(1))
    two.file = tmp_path / "two.csv"
    two.rows += [{"attendee_limit": "10", **lesson(number)} for number in range(30, 36)]
    await one.submitted()
    await two.submitted()
    one.change(0, start_time="2031-09-01 12:30")
    sent = await one.synced()
    assert (sent.rows[0]["outcome"], "two.csv" in sent.rows[0]["message"]) == ("held", True)
    del one.rows[0]
    one.rows.insert(0, {"attendee_limit": "10", **lesson(0, title="Early")})
    assert outcomes_of(await one.synced()) == {"scheduled": 1, "already": 5}
    del two.rows[0]
    two.rows.insert(
        0, {"attendee_limit": "10", **lesson(0, title="Early too", presenter_email="e@school.example")}
    )
    assert outcomes_of(await two.synced()) == {"scheduled": 1, "already": 6, "cancelled": 1}


async def test_a_row_that_is_spoilt_today_keeps_its_class(tmp_path: Path, service: Sandbox) -> None:
    term = await begun(tmp_path, service)
    before = term.account()
    term.change(2, start_time="soon")
    term.rows.pop(4)
    sent = await term.synced()
    assert outcomes_of(sent) == {"already": 4, "invalid": 1, "cancelled": 1}
    assert term.account() == [each for each in before if each[0] != "Lesson 5"]


@pytest.mark.parametrize("start", ["2021-09-01 09:00", "2025-09-01 09:00"])
async def test_a_date_mistyped_into_the_past_cancels_nothing_however_often_it_comes(
    start: str, tmp_path: Path, service: Sandbox
) -> None:
    rows = [lesson(1, start_time="2019-09-02 09:00"), *lessons(20)[1:]]
    file = timetable(tmp_path / "term.csv", rows)
    await send(file, service.url)
    timetable(file, [*rows[:5], lesson(6, start_time=start), *rows[6:]])
    for _ in range(2):
        synced = await sync(file, service.url)
        assert synced.json["counts"]["cancelled"] == 0
        assert synced.json["counts"]["invalid"] == 2
    # What was over from the start stands for nothing: a row that goes away is cancelled.
    timetable(file, [*rows[:5], *rows[6:]])
    assert (await sync(file, service.url)).json["counts"]["cancelled"] == 1


async def test_nothing_is_changed_while_a_row_is_invalid_where_that_is_said(
    tmp_path: Path, service: Sandbox
) -> None:
    term = await begun(tmp_path, service)
    before = term.account()
    term.change(0, attendee_limit="25")
    term.change(2, start_time="soon")
    term.rows.pop(4)
    path = term.write()
    options: dict[str, Any] = {"most_changed_percent": 100, "most_cancelled_percent": 100}
    sent = await send(path, service.url, changes=ChangeTerms(sync=True), only_if_all_valid=True, **options)
    assert (sent.json["exit_code"], term.account()) == (75, before)
    assert [each["outcome"] for each in sent.json["removed"]] == ["not_sent"]


async def test_no_more_rows_are_sent_than_was_said(tmp_path: Path, service: Sandbox) -> None:
    term = await begun(tmp_path, service)
    for at in range(3):
        term.change(at, attendee_limit="25")
    term.rows.append({"attendee_limit": "5", **lesson(7)})
    options: dict[str, Any] = {"most_changed_percent": 100, "most_cancelled_percent": 100}
    sent = await send(term.write(), service.url, changes=ChangeTerms(sync=True), limit=2, **options)
    assert outcomes_of(sent) == {"changed": 2, "already": 3, "not_sent": 2}
    sent = await term.synced()
    assert outcomes_of(sent) == {"changed": 1, "already": 5, "scheduled": 1}
    assert term.account() == term.asked()


async def test_too_much_at_once_sends_nothing(tmp_path: Path, service: Sandbox) -> None:
    term = await begun(tmp_path, service, 10)
    before = term.account()
    for at in range(4):
        term.change(at, attendee_limit="99" if at % 2 else "25")
    sent = await term.synced(settings={"most_changed_percent": 30})
    assert (sent.json["exit_code"], term.account()) == (2, before)
    assert any("--most-changed 100" in note for note in sent.json["notices"])


async def test_a_corrected_zone_sends_nothing_before_somebody_says_that_it_is_right(
    tmp_path: Path, service: Sandbox
) -> None:
    term = await begun(tmp_path, service)
    before, idents = term.account(), term.ids()
    term.rows = [{**row, "time_zone": "Africa/Lagos"} for row in term.rows]  # an hour ahead all year
    with pytest.raises(CannotRun):
        await term.synced()
    assert term.account() == before
    sent = await term.synced(replaces=True)
    assert (outcomes_of(sent), term.ids()) == ({"changed": 6}, idents)


async def test_a_file_that_is_another_timetable_sends_nothing(tmp_path: Path, service: Sandbox) -> None:
    term = await begun(tmp_path, service)
    before = term.account()
    term.rows = [
        {
            "attendee_limit": "10",
            **lesson(number, title=f"Choir {number}", presenter_email="c@school.example"),
        }
        for number in range(6)
    ]
    asked: list[Message | None] = []

    def confirm(plan: object) -> Message | None:
        asked.append(plan.another)  # type: ignore[attr-defined]  # a ChangePlan
        return asked[-1]

    sent = await term.synced(confirm=confirm)
    assert (sent.json["exit_code"], term.account()) == (2, before)
    assert [note.what for note in asked if note] == [SyncNote.ANOTHER_VERSION]


async def test_an_account_that_cannot_list_its_classes_is_changed_only_where_that_is_said(
    tmp_path: Path,
) -> None:
    async with sandbox(list_without_id=False) as service:
        term = Term(tmp_path, service, lessons(6))
        await term.submitted(first_time=True)
        before = term.account()
        term.change(0, start_time="2031-09-02 10:00")
        sent = await term.synced()
        assert (sent.rows[0]["outcome"], sent.rows[0]["reason"]) == ("held", "edited")
        assert term.account() == before
        sent = await term.synced(overwrite_edits=True)
        assert (outcomes_of(sent), term.account()) == ({"changed": 1, "already": 5}, term.asked())


# -- what goes wrong ---------------------------------------------------------------------

#: A fault of `modify` or `cancel`, and whether all is well after that one run.
FAULTS: Mapping[str, bool] = {
    "reset-before": True,
    "reset-after": True,
    "http-503-before": True,
    "http-500-after": True,
    "1000": True,
    "empty-body": True,
    "ok-of-another": True,
    "truncated-xml": True,
}


@pytest.mark.parametrize("method", ["modify", "cancel"])
@pytest.mark.parametrize("fault", FAULTS)
async def test_a_lost_answer_is_looked_up_or_asked_again(
    fault: str, method: str, tmp_path: Path, service: Sandbox
) -> None:
    term = await begun(tmp_path, service)
    before = term.ids()
    term.change(0, start_time="2031-09-02 10:00")
    gone = term.rows.pop(4)["title"]
    service.settings = replace(service.settings, faults=plan_of([f"{fault}@{method} first 1"]))
    sent = await term.synced(settings={"timeout_s": 0.3})
    assert outcomes_of(sent) == {"changed": 1, "already": 4, "cancelled": 1}
    assert term.account() == term.asked()
    assert term.ids() == {title: ident for title, ident in before.items() if title != gone}


@pytest.mark.parametrize("method", ["modify", "cancel"])
async def test_what_is_never_answered_is_unknown_and_done_by_the_next_run(
    method: str, tmp_path: Path, service: Sandbox
) -> None:
    term = await begun(tmp_path, service)
    term.change(0, start_time="2031-09-02 10:00")
    term.rows.pop(4)
    service.settings = replace(service.settings, faults=plan_of([f"reset-before@{method}"]))
    sent = await term.synced(settings={"timeout_s": 0.1})
    assert sent.json["exit_code"] == 3
    service.settings = replace(service.settings, faults=plan_of([]))
    held = await term.submitted()  # a run that may not change anything says so, and makes no second class
    assert held.json["exit_code"] in {1, 3}
    assert len(term.there()) == (6 if method == "cancel" else 5)
    sent = await term.synced(settings={"timeout_s": 0.1})
    assert sent.json["exit_code"] == 0
    assert term.account() == term.asked()


async def test_a_change_that_was_never_answered_is_unknown_though_its_class_is_there(
    tmp_path: Path, service: Sandbox
) -> None:
    term = await begun(tmp_path, service)
    term.change(0, attendee_limit="25")
    service.settings = replace(service.settings, faults=plan_of(["reset-after@modify"]))
    sent = await term.synced(settings={"timeout_s": 0.1})
    assert (sent.rows[0]["outcome"], sent.rows[0]["action"], sent.json["exit_code"]) == (
        "unknown",
        "change",
        3,
    )
    assert len(calls_of(service, "modify")) == 5
    service.settings = replace(service.settings, faults=plan_of([]))
    told = await term.submitted()
    assert (told.rows[0]["outcome"], told.json["exit_code"]) == ("unknown", 3)
    sent = await term.synced(settings={"timeout_s": 0.1})
    assert (outcomes_of(sent), term.account()) == ({"changed": 1, "already": 5}, term.asked())


async def test_a_class_that_the_service_will_not_change_is_told_and_asked_once(
    tmp_path: Path, service: Sandbox
) -> None:
    term = await begun(tmp_path, service)
    term.change(0, attendee_limit="500")
    sent = await term.synced()
    assert (sent.rows[0]["outcome"], sent.rows[0]["error_code"]) == ("refused", "1011")
    asked = len(calls_of(service, "modify"))
    sent = await term.synced()
    assert len(calls_of(service, "modify")) == asked


async def test_where_a_class_is_in_its_own_way_the_change_is_held_not_forced(tmp_path: Path) -> None:
    async with sandbox(own_interval_counts=True) as service:
        term = await begun(tmp_path, service)
        before = term.account()
        term.change(0, start_time="2031-09-01 13:30")
        sent = await term.synced()
        assert (sent.rows[0]["outcome"], sent.rows[0]["reason"]) == ("held", "order")
        assert "1032" in sent.rows[0]["message"]
        assert term.account() == before


async def test_unchanged_rows_cost_two_listings_and_each_change_one_request(
    tmp_path: Path, service: Sandbox
) -> None:
    term = await begun(tmp_path, service, 300)
    for at in range(0, 300, 20):
        term.change(at, attendee_limit="25")
    await term.synced()
    before = [each.method for each in service.calls]
    for at in range(10, 300, 20):
        term.change(at, attendee_limit="26")
    sent = await term.synced()
    calls = [each.method for each in list(service.calls)[len(before) :]]
    assert outcomes_of(sent) == {"changed": 15, "already": 285}
    assert (calls.count("modify"), calls.count("create")) == (15, 0)
    # Three pages of 100 classes, and what is asked for beside them and shows nothing more; the second time, its length is known.
    before_it, after_it = 3 + 6, 3 + 3
    assert calls.count("get_data") == before_it + after_it


@pytest.mark.parametrize("is_sync", [True, False], ids=["sync", "submit"])
async def test_a_new_row_waits_where_a_class_stands_that_somebody_moved_there(
    is_sync: bool, tmp_path: Path, service: Sandbox
) -> None:
    """The file asks for the lesson as it was, too: whose the class is now only somebody can say."""
    term = await begun(tmp_path, service)
    moved = term.ids()["Lesson 1"]
    service.account.modify(str(moved), {"start_time": "09/12/2031 10:00:00"})
    term.rows.append({**term.rows[0], "start_time": "2031-09-12 10:00"})
    creates = len(calls_of(service, "create"))
    sent = await (term.synced() if is_sync else term.submitted())
    (*_, new) = sent.rows
    assert (new["outcome"], new["class_id"], len(calls_of(service, "create"))) == ("held", None, creates)
    assert f"class {moved} stands there already, as somebody changed it in WizIQ" in new["message"]
    assert "leave the row that it was out of the file" in new["message"]
    assert (await term.submitted(alike=AlikeClasses.TAKE_OVER)).rows[-1]["outcome"] == "held"
    assert len(calls_of(service, "create")) == creates
    del term.rows[0]
    assert outcomes_of(await (term.synced() if is_sync else term.submitted())) == {"already": 6}


async def test_a_change_that_comes_late_does_not_land_behind_the_next_one(
    tmp_path: Path, service: Sandbox
) -> None:
    """A request that was never answered may still be carried out: nothing else is sent for its class until it cannot."""
    await change_late(tmp_path, service, late_s=0.7)


async def change_late(tmp_path: Path, service: Sandbox, *, late_s: float) -> None:
    """A lesson is moved by a request that lands after `late_s`, the run is stopped meanwhile, and the lesson moves back."""
    term = await begun(tmp_path, service)
    first = term.rows[0]
    patience = {"timeout_s": 0.4, "settle_s": late_s - 0.1}
    term.change(0, start_time="2031-09-02 10:00")
    service.settings = replace(service.settings, faults=plan_of([f"late-commit:{late_s}@modify first 1"]))
    run = asyncio.create_task(term.synced(settings=patience))
    while not calls_of(service, "modify"):  # noqa: ASYNC110 - the sandbox tells nobody
        await asyncio.sleep(0.01)
    run.cancel()
    with suppress(asyncio.CancelledError):
        await run
    service.settings = replace(service.settings, faults=plan_of([]))
    term.rows[0] = first
    sent = await term.synced(settings=patience)
    assert sent.json["exit_code"] == 0
    await asyncio.sleep(late_s + 0.1)
    assert term.account() == term.asked()


async def test_a_listing_that_lags_takes_no_change_of_ours_for_somebody_elses(tmp_path: Path) -> None:
    async with sandbox(listing_lag_s=0.5) as service:
        patience: Mapping[str, object] = {"settle_s": 1.0}
        term = Term(tmp_path, service, lessons(6))
        await term.submitted(settle_s=1.0)
        for start in ("2031-09-02 10:00", "2031-09-02 11:00", "2031-09-03 09:00"):
            term.change(0, start_time=start)
            sent = await term.synced(settings=patience)
            assert (outcomes_of(sent), term.account()) == ({"changed": 1, "already": 5}, term.asked())
            assert not any("Changed in WizIQ" in note for note in sent.json["notices"])


async def test_a_list_that_may_be_later_than_the_settle_time_takes_no_change_of_ours_for_somebody_elses(
    tmp_path: Path,
) -> None:
    """No list was ever seen to be late: it is only known that the classes were listed some time after they were made."""
    async with sandbox(listing_lag_s=1.0) as service:
        term = Term(tmp_path, service, lessons(6))
        await term.submitted(first_time=True)
        await asyncio.sleep(1.5)
        assert outcomes_of(await term.synced()) == {"already": 6}
        for start in ("2031-09-02 10:00", "2031-09-02 11:00"):
            term.change(0, start_time=start)
            sent = await term.synced()
            assert (outcomes_of(sent), term.account()) == ({"changed": 1, "already": 5}, term.asked())


async def test_another_journal_changes_what_it_took_over_and_cancels_it_only_where_that_is_said(
    tmp_path: Path, service: Sandbox
) -> None:
    """Another computer, or another state folder: its journal has only the account's word for these classes."""
    term = await begun(tmp_path, service)
    before = term.ids()
    elsewhere: dict[str, object] = {"state": "elsewhere"}
    taken_over = await term.submitted(state="elsewhere")
    assert set(taken_over.outcomes) == {"already"}
    term.change(0, attendee_limit="25")
    gone = term.rows.pop(4)["title"]
    sent = await term.synced(settings=elsewhere)
    assert outcomes_of(sent) == {"changed": 1, "already": 4}
    (removed,) = sent.json["removed"]
    assert (removed["outcome"], removed["reason"], gone in term.ids()) == ("held", "edited", True)
    sent = await term.synced(settings=elsewhere, overwrite_edits=True)
    assert outcomes_of(sent) == {"already": 5, "cancelled": 1}
    # The first journal learns of it all, and nothing is made or kept twice.
    sent = await term.synced()
    assert (sent.json["exit_code"], term.account()) == (0, term.asked())
    assert term.ids() == {title: ident for title, ident in before.items() if title != gone}
    again = await term.synced()
    assert outcomes_of(again) == {"already": 5}


async def test_two_journals_that_sync_in_turn_never_make_a_lesson_twice(
    tmp_path: Path, service: Sandbox
) -> None:
    term = await begun(tmp_path, service)
    await term.submitted(state="elsewhere")
    for night, state in enumerate(["state", "elsewhere", "state", "elsewhere"]):
        term.change(night, start_time=f"2031-09-0{night + 2} 10:00")
        await term.synced(settings={"state": state})
        assert len({each.title for each in term.there()}) == len(term.there()) == 6


async def test_a_class_that_could_not_move_on_is_named_and_moved_on_by_the_next_run(
    tmp_path: Path, service: Sandbox
) -> None:
    rows = [{**row, "presenter_email": "ana@school.example"} for row in lessons(6)]
    term = Term(tmp_path, service, rows)
    await term.submitted()
    before = term.ids()
    first, second = term.rows[0]["start_time"], term.rows[3]["start_time"]
    term.change(0, start_time=second)
    term.change(3, start_time=first)
    # The first is parked, the second moves to its place, and then the first is refused.
    service.settings = replace(service.settings, faults=plan_of(["unknown-code@modify every 3"]))
    sent = await term.synced()
    assert sent.json["exit_code"] == 1
    assert sorted(sent.outcomes) == ["already"] * 4 + ["changed", "refused"]
    service.settings = replace(service.settings, faults=plan_of([]))
    told = await term.submitted()
    (parked,) = [row for row in told.rows if row["outcome"] == "held"]
    assert (parked["reason"], told.json["exit_code"]) == ("order", 1)
    assert "was moved aside for a moment" in parked["message"]
    sent = await term.synced()
    assert (outcomes_of(sent), sent.json["exit_code"]) == ({"changed": 1, "already": 5}, 0)
    assert (term.account(), term.ids()) == (term.asked(), before)
