"""A batch of long ago is shown as its classes stand now: rows, counts and calendar alike."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from batch.core.errors import CannotRun
from batch.core.message import Message, SyncNote
from batch.core.tally import Tally
from batch.journal.journals import FileJournals
from batch.journal.store import Journal
from batch.report.from_journal import make_again
from batch.report.projection import load_of, result_rows, result_rows_to_look_at, tally_of
from batch.sandbox.server import Sandbox
from batch.sending.undoing import UndoTerms
from tests.support.command import lesson, lessons, timetable
from tests.support.sending import sandbox, send, sync, take_back

MOVED = [lesson(1), lesson(2, start_time="2031-09-03 09:00"), lesson(3)]


@contextmanager
def journal_in(folder: Path) -> Iterator[Journal]:
    journals = FileJournals(folder / "state")
    (account,) = journals.accounts()
    with journals.reading(account) as journal:
        yield journal


class History:
    """One file after another."""

    def __init__(self, folder: Path, service: Sandbox) -> None:
        self.folder = folder
        self.service = service
        self.file = folder / "term.csv"

    async def sent(self, rows: Sequence[dict[str, str]]) -> None:
        await send(timetable(self.file, rows), self.service.url)

    async def synced(self, rows: Sequence[dict[str, str]], **how: Any) -> None:
        await sync(timetable(self.file, rows), self.service.url, **how)

    async def taken_back(self, *rows: int) -> None:
        await take_back(self.folder, self.service.url, terms=UndoTerms(numbers=set(rows) or None))

    def account(self) -> dict[str, datetime | None]:
        """The classes, each with when it begins; None: cancelled."""
        return {str(each.class_id): None if each.cancelled else each.start for each in self.service.classes}

    def calendar(self, batch: str) -> dict[str, datetime | None]:
        out = self.folder / "classes.ics"
        make_again(FileJournals(self.folder / "state"), batch, None, ics=out)
        events = Calendar.from_ical(out.read_bytes()).walk("VEVENT")
        found = {
            str(each["uid"]).partition("@")[0]: None
            if each.get("status") == "CANCELLED"
            else each.decoded("dtstart")
            for each in events
        }
        assert len(found) == len(events), "no class is two events"
        return found


async def one_row_back(history: History) -> None:
    await history.sent(lessons(3))
    await history.taken_back(3)


async def all_of_it_back(history: History) -> None:
    await history.sent(lessons(3))
    await history.taken_back()


async def moved_later(history: History) -> None:
    await history.sent(lessons(3))
    await history.synced(MOVED)


async def moved_and_moved_back(history: History) -> None:
    await moved_later(history)
    await history.taken_back()


async def gone_later(history: History) -> None:
    await history.sent(lessons(4))
    await history.synced([lesson(1), lesson(3), lesson(4)])


async def back_and_sent_again(history: History) -> None:
    await all_of_it_back(history)
    await history.sent(lessons(3))


async def declined(history: History) -> None:
    await history.sent(lessons(4))
    no = Message(SyncNote.CHANGE_DECLINED)
    await history.synced([*MOVED, lesson(5)], confirm=lambda _: no)


async def edited_by_hand(history: History) -> None:
    await history.sent([{**each, "attendee_limit": "10"} for each in lessons(3)])
    history.service.account.edit_by_hand("2492040")
    await history.synced([{**each, "attendee_limit": "20"} for each in lessons(3)])


async def only_told(history: History) -> None:
    await history.sent(lessons(3))
    await history.sent([lesson(1), lesson(3), lesson(4)])


#: What was done; the outcomes of each batch's rows now, the oldest first; whether what stands is edited by hand.
HISTORIES: dict[str, tuple[Callable[[History], Awaitable[None]], list[list[str]]]] = {
    "one row was taken back": (
        one_row_back,
        [["scheduled", "cancelled", "scheduled"], ["cancelled"]],
    ),
    "all of it was taken back": (all_of_it_back, [["cancelled"] * 3, ["cancelled"] * 3]),
    "a lesson was moved by a later version": (
        moved_later,
        [["scheduled"] * 3, ["already", "changed", "already"]],
    ),
    "a lesson was moved, and the move was taken back": (
        moved_and_moved_back,
        [["scheduled"] * 3, ["already", "changed", "already"], ["changed"]],
    ),
    "a lesson was cancelled by a later version": (
        gone_later,
        [["scheduled", "cancelled", "scheduled", "scheduled"], ["already"] * 3],
    ),
    "all of it was taken back, and sent again": (
        back_and_sent_again,
        [["scheduled"] * 3, ["cancelled"] * 3, ["scheduled"] * 3],
    ),
    "a sync was declined": (declined, [["scheduled"] * 4, ["already", "not_sent", "already", "not_sent"]]),
    "a class was edited by hand": (edited_by_hand, [["scheduled"] * 3, ["held", "changed", "changed"]]),
    "a class that the file no longer asks for was only told of": (
        only_told,
        [["scheduled"] * 3, ["already", "already", "scheduled"]],
    ),
}


@pytest.mark.parametrize(("happens", "outcomes"), HISTORIES.values(), ids=HISTORIES)
async def test_rows_counts_and_calendar_are_as_the_classes_stand_now(
    happens: Callable[[History], Awaitable[None]], outcomes: list[list[str]], tmp_path: Path
) -> None:
    async with sandbox() as service:
        history = History(tmp_path, service)
        await happens(history)
        account = history.account()
    by_hand = {"2492040"} if happens is edited_by_hand else set()
    with journal_in(tmp_path) as journal:
        batches = [each.id for each in reversed(journal.batches.all())]
        shown = [[row.outcome.value for row in result_rows(journal, each)] for each in batches]
        assert shown == outcomes
        for batch in batches:
            rows, looked_at, counted = Tally(), Tally(), tally_of(journal, batch)
            for row in result_rows(journal, batch):
                rows.add(row.outcome)
                if row.class_id and row.outcome.value in {"scheduled", "already", "changed"} - by_hand:
                    assert (account[row.class_id] is not None) or row.now, "a class that is gone is not well"
            for row in result_rows_to_look_at(journal, batch, looked_at):
                looked_at.add(row.outcome)
            for each in journal.operations.gone(batch):
                rows.add_gone(each.outcome)
                looked_at.add_gone(each.outcome)
            assert counted.counts() == rows.counts() == looked_at.counts()
            calendar = history.calendar(batch)
            wrong = {each for each in calendar if calendar[each] != account[each]} - by_hand
            assert not wrong
    # The newest file's calendar has every class that stands.
    newest = next(
        batch
        for batch, of in zip(reversed(batches), reversed(outcomes), strict=True)
        if len(of) > 2 or batch == batches[0]
    )
    assert {each for each, start in account.items() if start} <= history.calendar(newest).keys()


async def test_a_row_says_what_became_of_its_class_since(tmp_path: Path) -> None:
    async with sandbox() as service:
        history = History(tmp_path, service)
        await moved_later(history)
        await history.sent(MOVED)
        await history.taken_back()
    with journal_in(tmp_path) as journal:
        undo, _, sync_, first = (each.id for each in journal.batches.all())
        (row,) = (each for each in result_rows(journal, first) if each.number == 3)
        assert row.message is None or "since" not in row.message  # it is again as it was
        (row,) = (each for each in result_rows(journal, sync_) if each.number == 3)
        assert row.message == (
            f"Taken back since: class 2492041 is again Lesson 2, Mon 1 Sep 2031 14:00-15:00 (GMT) (run {undo})."
        )


async def test_an_undo_takes_the_last_run_that_did_something_and_says_which(tmp_path: Path) -> None:
    async with sandbox() as service:
        history = History(tmp_path, service)
        await history.sent(lessons(3))
        no = Message(SyncNote.CHANGE_DECLINED)
        await history.synced([*MOVED, lesson(5)], confirm=lambda _: no)  # it was stopped, and did nothing
        undone = await take_back(tmp_path, service.url)
        assert [row["outcome"] for row in undone.rows] == ["cancelled"] * 3
        assert not any(history.account().values())


async def test_where_no_run_did_anything_there_is_nothing_to_take_back(tmp_path: Path) -> None:
    async with sandbox() as service:
        history = History(tmp_path, service)
        await history.sent([lesson(1, duration="no")])
        with pytest.raises(CannotRun):
            await take_back(tmp_path, service.url)


async def test_a_class_that_is_to_move_is_in_the_load_once(tmp_path: Path) -> None:
    async with sandbox() as service:
        history = History(tmp_path, service)
        await history.sent(lessons(4))
        no = Message(SyncNote.CHANGE_DECLINED)
        # Lesson 2 is to move to another hour of its day, lesson 3 is no longer in the file.
        rows = [lesson(1), lesson(2, start_time="2031-09-01 09:30"), lesson(4)]
        await history.synced(rows, confirm=lambda _: no)
    with journal_in(tmp_path) as journal:
        newest = journal.batches.all()[0].id
        (day,) = load_of(journal, newest, limit=None).days
        assert day.peaks == {9: 1, 10: 1, 13: 1, 16: 1}


async def test_an_undo_names_columns_as_the_file_does_and_else_as_everybody_does(tmp_path: Path) -> None:
    """Its header is that of the file, whoever wrote it; a column that the file has not is called the same everywhere."""

    def typed(minutes: str, limit: str) -> list[dict[str, str]]:
        rows = [{**each, "Minutes of class": minutes, "attendee_limit": limit} for each in lessons(2)]
        for row in rows:
            del row["duration"]
        return rows

    async with sandbox() as service:
        history = History(tmp_path, service)
        columns: dict[str, Any] = {"columns": {"Minutes of class": "duration"}}
        await send(timetable(history.file, typed("60", "10")), service.url, **columns)
        synced = await sync(timetable(history.file, typed("45", "20")), service.url, settings=columns)
        undone = await take_back(tmp_path, service.url, **columns)
    assert [row["message"] for row in synced.rows] == [
        "attendee_limit: 10 -> 20. Minutes of class: 60 -> 45."
    ] * 2
    assert [row["message"] for row in undone.rows] == [
        "attendee_limit: 20 -> 10. Minutes of class: 45 -> 60."
    ] * 2
