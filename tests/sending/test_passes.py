"""Run control, in made-up time: when a run goes on, when it stops, and what it says then."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from batch.core.outcome import Outcome
from batch.core.service.attempt import AttemptEnding
from batch.core.service.on_unknown import OnUnknown
from batch.core.tally import Exit
from batch.journal.store import Journal
from batch.report.wording.messages import message_of
from batch.sending.passes import BatchRun
from batch.sending.submitter import LONGEST_DELAY_S, MOST_IN_DOUBT
from batch.wiziq.errors import (
    ListingFailed,
    LockedOut,
    NoAnswer,
    PresenterBusy,
    Refused,
    Throttled,
    Unavailable,
    WiziqError,
)
from batch.wiziq.replies import Created, ListedClass
from tests.simulation.clock import play_out
from tests.simulation.scripted import (
    BEGINS,
    SETTLE_S,
    Answer,
    Run,
    Scripted,
    listed,
    memory_journal,
    submit,
    timetable,
)

LOST = NoAnswer("The connection broke.", code="disconnected")
AWAY = Unavailable("No connection to wiziq.example: it was refused. Nothing was sent.", code="unreachable")

S, U, N, H, R = Outcome.SCHEDULED, Outcome.UNKNOWN, Outcome.NOT_SENT, Outcome.HELD, Outcome.REFUSED


@pytest.fixture
def journal() -> Iterator[Journal]:
    with memory_journal() as opened:
        yield opened


def first(several: int, answer: WiziqError) -> Callable[[str, int], Answer | None]:
    """The first so many calls are answered so, the others well."""
    return lambda _title, before: answer if before < several else None


def listed_as_sent(api: Scripted) -> list[ListedClass]:
    """Every class whose answer was lost, as if all had been created."""
    return [listed(f"lost {title}", title) for title in sorted({title for _, title in api.calls})]


# -- the service is not there, or rejects everything-------------------------------


def test_a_lock_out_stops_the_run_at_once(journal: Journal) -> None:
    api = Scripted(lambda *_: LockedOut("Forbidden", code="403"))
    run = play_out(submit(journal, api, timetable(20), in_flight=4))
    assert len(api.calls) <= 4
    assert run.outcomes == [N] * 20
    assert run.stopped is not None
    assert run.exit_code is Exit.CANNOT_RUN


def test_a_service_that_is_not_there_is_asked_a_few_times_and_left(journal: Journal) -> None:
    api = Scripted(lambda *_: AWAY)
    run = play_out(submit(journal, api, timetable(50), in_flight=32))
    assert len(api.calls) <= 32 + 32  # once for each that was under way, and the budget of retries
    assert run.outcomes == [N] * 50
    assert run.exit_code is Exit.UNFINISHED
    assert any("No connection" in sentence for sentence in run.told.sentences)


def test_a_service_that_comes_back_gets_every_row(journal: Journal) -> None:
    api = Scripted(first(6, AWAY))
    run = play_out(submit(journal, api, timetable(10)))
    assert run.outcomes == [S] * 10


def test_one_row_is_tried_five_times_at_most(journal: Journal) -> None:
    api = Scripted(lambda title, _: AWAY if title == "Class 1" else None)
    run = play_out(submit(journal, api, timetable(8)))
    assert [title for _, title in api.calls].count("Class 1") == 5
    assert run.outcomes == [N, *[S] * 7]


# -- 429 --------------------------------------------------------------------------

RETRY_AFTER = {"twenty seconds": 20.0, "the longest that is waited": 300.0}


@pytest.mark.parametrize("asked_s", RETRY_AFTER.values(), ids=RETRY_AFTER)
def test_nobody_begins_before_the_service_wants_to_be_asked_again(journal: Journal, asked_s: float) -> None:
    api = Scripted(first(1, Throttled("Slower.", code="HTTP 429", retry_after_s=asked_s)))
    run = play_out(submit(journal, api, timetable(12)))
    assert run.outcomes == [S] * 12
    refused_at = 1.0
    assert not [at for at, _ in api.calls if refused_at < at < refused_at + asked_s]


def test_a_service_that_asks_for_a_day_is_left_alone_for_a_day(journal: Journal) -> None:
    api = Scripted(lambda *_: Throttled("Slower.", code="HTTP 429", retry_after_s=86_400.0))
    run = play_out(submit(journal, api, timetable(12), in_flight=4))
    assert len(api.calls) <= 4
    assert run.outcomes == [N] * 12
    assert run.exit_code is Exit.UNFINISHED


# -- lost answers -------------------------------------------------------------------


def test_too_many_lost_answers_stop_the_sending_until_they_are_looked_up(journal: Journal) -> None:
    api = Scripted(first(6, LOST))
    api.lists = lambda: [each for each in listed_as_sent(api) if each.title <= "Class 6"]
    run = play_out(submit(journal, api, timetable(9), in_flight=2))
    assert run.outcomes == [S] * 9
    assert all(at >= api.listings[0] for at, _ in api.calls[6:])


def test_after_that_one_row_shows_whether_answers_come_again(journal: Journal) -> None:
    api = Scripted(lambda *_: LOST)
    api.lists = lambda: listed_as_sent(api)
    run = play_out(submit(journal, api, timetable(30), in_flight=8))
    assert MOST_IN_DOUBT < len(api.calls) <= MOST_IN_DOUBT + 8
    assert len([at for at, _ in api.calls if at >= api.listings[0]]) == 1
    assert run.exit_code is Exit.UNFINISHED
    assert run.outcomes.count(N) == 30 - len(api.calls)


def test_with_no_list_to_look_at_a_run_stops_at_once(journal: Journal) -> None:
    def broken() -> list[ListedClass]:
        raise ListingFailed("class_id is missing.", code="1020")

    api = Scripted(lambda *_: LOST, lists=broken)
    run = play_out(submit(journal, api, timetable(30), in_flight=8))
    assert MOST_IN_DOUBT <= len(api.calls) <= MOST_IN_DOUBT + 8
    assert run.outcomes.count(U) == len(api.calls)
    assert run.exit_code is Exit.UNFINISHED
    assert any("never answered" in sentence for sentence in run.told.sentences)


def test_doubts_of_other_files_do_not_stop_this_one(journal: Journal) -> None:
    other = Scripted(lambda *_: LOST)
    play_out(submit(journal, other, timetable(30)[20:], policy=OnUnknown.ASK, batch="other", in_flight=1))
    api = Scripted(first(1, LOST))
    run = play_out(submit(journal, api, timetable(10), policy=OnUnknown.ASK))
    assert run.outcomes.count(S) == 9
    assert not any("Stopped" in sentence for sentence in run.told.sentences)


def test_a_class_that_is_not_there_is_sent_once_more_by_each_run(journal: Journal) -> None:
    """Its other row was scheduled: by that class a list shows that it is not empty for want of showing anything."""

    def lists() -> list[ListedClass]:
        return [listed("1", "Class 2")]

    def loses_the_first(title: str, _before: int) -> WiziqError | None:
        return LOST if title == "Class 1" else None

    async def three_days() -> None:
        for batch, creates in (("monday", 3), ("tuesday", 2)):
            api = Scripted(loses_the_first, lists=lists)
            run = await submit(journal, api, timetable(2), batch=batch)
            assert len(api.calls) == creates
            assert run.outcomes == [N, S if batch == "monday" else Outcome.ALREADY]
        api = Scripted(lists=lists, first_id=2)
        assert (await submit(journal, api, timetable(2), batch="wednesday")).outcomes == [S, Outcome.ALREADY]

    play_out(three_days())


def test_with_nothing_known_to_be_there_no_list_shows_that_a_class_is_not(journal: Journal) -> None:
    api = Scripted(lambda *_: LOST)
    run = play_out(submit(journal, api, timetable(1)))
    assert (len(api.calls), run.outcomes) == (1, [U])


def test_a_row_that_was_never_sent_goes_alone_to_show_what_a_list_shows(journal: Journal) -> None:
    """The first five answers are lost, and nothing is known to be there: the sixth row is sent, and the list believed."""
    made: list[ListedClass] = []

    def answer(title: str, before: int) -> WiziqError | Created | None:
        if before < 5:
            return LOST
        made.append(listed(str(before), title))
        return Created(class_id=str(before), call_id="call")

    api = Scripted(answer, lists=lambda: made)
    run = play_out(submit(journal, api, timetable(8), in_flight=1))
    assert run.outcomes == [S] * 8
    assert len(api.calls) == 13


def test_rows_that_go_alone_end_with_as_many_lost_answers_as_others_do(journal: Journal) -> None:
    """Each class is made, and found: the run would go on for two minutes for every row of the file."""
    api = Scripted(lambda *_: LOST)
    api.lists = lambda: listed_as_sent(api)
    run = play_out(submit(journal, api, timetable(30), foreign=True, is_first_time=False))
    assert len(api.calls) == MOST_IN_DOUBT
    assert run.outcomes == [*[S] * MOST_IN_DOUBT, *[N] * (30 - MOST_IN_DOUBT)]
    assert (run.exit_code, len(run.told.sentences)) == (Exit.UNFINISHED, MOST_IN_DOUBT + 1)
    answers = Scripted(first_id=50)
    answers.lists = lambda: [*listed_as_sent(api), *listed_as_sent(answers)]
    assert (
        play_out(submit(journal, answers, timetable(30), batch="later", foreign=True)).outcomes.count(S) == 25
    )


def test_settling_waits_for_the_deadline_and_the_settle_time(journal: Journal) -> None:
    api = Scripted(first(1, LOST))
    play_out(submit(journal, api, timetable(1)))
    # 60 s until the deadline, 60 s in which it may still be committed, a tenth of that to be listed.
    assert api.listings == [pytest.approx(126)] * len(api.listings)


# -- resend-trust-1032 ----------------------------------------------------------------

BUSY = PresenterBusy("You have already scheduled a class.", code="1032")
NO_LIST = ListingFailed("class_id is missing.", code="1020")


def unlisted(answers: list[WiziqError | None]) -> Scripted:
    def broken() -> list[ListedClass]:
        raise NO_LIST

    return Scripted(lambda _, before: answers[before], lists=broken)


SECOND_ANSWERS = {
    "created: it had not landed": (None, S),
    "1032: it had": (BUSY, S),
    "another refusal says nothing of the first": (Refused("No.", code="1005"), U),
    "nor does a lock-out": (LockedOut("Forbidden.", code="403"), U),
    "nor does a second loss": (LOST, U),
}


@pytest.mark.parametrize(("second", "outcome"), SECOND_ANSWERS.values(), ids=SECOND_ANSWERS)
def test_what_the_answer_to_a_resend_says(
    journal: Journal, second: WiziqError | None, outcome: Outcome
) -> None:
    api = unlisted([LOST, second, None])
    run = play_out(submit(journal, api, timetable(1), policy=OnUnknown.RESEND_TRUST_1032))
    assert len(api.calls) == 2
    assert run.outcomes == [outcome]


def test_a_doubt_of_yesterday_is_sent_again_though_nothing_else_is_to_be_sent(journal: Journal) -> None:
    asked = play_out(submit(journal, unlisted([LOST]), timetable(1), policy=OnUnknown.ASK, batch="yesterday"))
    assert asked.outcomes == [U]
    api = unlisted([None])
    run = play_out(submit(journal, api, timetable(1), policy=OnUnknown.RESEND_TRUST_1032))
    assert run.outcomes == [S]


def test_but_not_where_nothing_may_be_sent(journal: Journal) -> None:
    play_out(submit(journal, unlisted([LOST]), timetable(1), policy=OnUnknown.ASK, batch="yesterday"))
    api = unlisted([])
    policy = OnUnknown.RESEND_TRUST_1032
    run = play_out(submit(journal, api, timetable(1), policy=policy, only_if_all_valid=True))
    assert (run.outcomes, api.calls) == ([U], [])


def test_1032_is_not_trusted_where_another_class_of_ours_explains_it(journal: Journal) -> None:
    (before,) = timetable(1)
    play_out(submit(journal, Scripted(), [before], batch="before"))
    assert before.parsed is not None
    after = timetable(1)[0]
    assert after.parsed is not None
    edited = type(after)(
        after.raw,
        type(after.parsed)(
            parameters={**after.parsed.parameters, "title": "Class 1, new"},
            title="Class 1, new",
            presenter=after.parsed.presenter,
            start=after.parsed.start,
            minutes=after.parsed.minutes,
        ),
    )
    api = unlisted([LOST, BUSY])
    run = play_out(submit(journal, api, [edited], policy=OnUnknown.RESEND_TRUST_1032))
    assert run.outcomes == [U]
    assert "presenter's time is taken" in (run.messages[0] or "")


def test_a_class_under_a_number_that_nobody_knows_is_no_equal_rows(journal: Journal) -> None:
    """The list is there by the next run, and shows it: one class, and two rows that ask for it."""
    (row,) = timetable(1)
    twice = [row, replace(row, raw=replace(row.raw, number=3))]
    api = unlisted([LOST, BUSY, BUSY, BUSY])
    policy = OnUnknown.RESEND_TRUST_1032
    first = play_out(submit(journal, api, twice, policy=policy, in_flight=1))
    assert first.outcomes[0] is S
    assert first.outcomes[1] in {H, R}
    shows = Scripted(lambda _title, _before: BUSY, lists=lambda: [listed("77", "Class 1")])
    again = play_out(
        submit(
            journal, shows, twice, batch="again", policy=policy, foreign=True, audit=True, retry_refused=True
        )
    )
    assert again.outcomes[0] is Outcome.ALREADY
    assert again.outcomes[1] in {H, R}, again.messages
    assert again.findings is not None
    assert not again.findings.is_alarm


def test_a_class_that_is_as_much_a_row_in_doubts_holds_the_row_that_the_service_turned_down(
    journal: Journal,
) -> None:
    """Two teachers' lessons of one title and time, by a list without teachers: 1032 may speak of the row's own class."""
    (ann,) = timetable(1)
    assert ann.parsed is not None
    parameters = {**ann.parsed.parameters, "presenter_email": "bob@s.example"}
    bob = replace(
        ann,
        raw=replace(ann.raw, number=3),
        parsed=replace(ann.parsed, presenter="bob@s.example", parameters=parameters),
    )
    api = Scripted(
        lambda title, before: (LOST, BUSY)[before] if title == "Class 1" else None,
        lists=lambda: [
            replace(listed(each, "Class 1"), presenter_email=None) for each in ("77", "78") if api.calls
        ],
    )
    run = play_out(submit(journal, api, [ann, bob], in_flight=1, foreign=True, audit=True))
    assert run.outcomes == [U, H], run.messages
    assert "may be this one" in (run.messages[1] or "")


# -- signals, and what the machine does ---------------------------------------------------


def draining(after_s: float) -> Callable[[BatchRun], None]:
    def set_up(passes: BatchRun) -> None:
        asyncio.get_running_loop().call_later(after_s, passes.drain)

    return set_up


def test_a_drain_finishes_what_is_under_way_and_begins_nothing(journal: Journal) -> None:
    api = Scripted()
    run = play_out(submit(journal, api, timetable(20), in_flight=4, meanwhile=draining(1.5)))
    assert all(at <= 1.5 for at, _ in api.calls)
    assert run.outcomes.count(S) == len(api.calls)
    assert run.exit_code is Exit.UNFINISHED


@pytest.mark.parametrize("after_s", [0.5, 30.0], ids=["while it is sent", "while it is looked up"])
def test_a_drain_does_not_wait_for_settle_times(journal: Journal, after_s: float) -> None:
    async def timed() -> float:
        run = await submit(journal, Scripted(first(1, LOST)), timetable(1), meanwhile=draining(after_s))
        assert run.outcomes == [U]
        return asyncio.get_running_loop().time()

    assert play_out(timed()) <= max(after_s, 1.0)


def test_a_second_signal_between_answer_and_commit_does_not_lose_the_answer(journal: Journal) -> None:
    async def cut() -> None:
        async def slow(function: Callable[[], object], /) -> object:
            await asyncio.sleep(1.5)
            if api.calls:
                answered.set()
            return function()

        api, answered = Scripted(takes_s=0.0), asyncio.Event()
        task = asyncio.ensure_future(submit(journal, api, timetable(1), run=slow))
        asyncio.get_running_loop().call_later(30, answered.set)
        await asyncio.wait([asyncio.ensure_future(answered.wait())])
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    play_out(cut())
    assert [attempt.ending for row in journal.reports.rows("b") for attempt in row.attempts] == ["created"]


def sent_before(journal: Journal) -> Scripted:
    """A service that answers at once, with ten classes of another file that the account lists."""
    with_ten = Scripted(lists=lambda: own(journal), takes_s=0.05)
    play_out(submit(journal, with_ten, timetable(10), batch="before", foreign=True))
    return Scripted(lists=lambda: own(journal), takes_s=0.05, first_id=100)


def pausing(after_s: float, seconds: float) -> Callable[[BatchRun], None]:
    def set_up(passes: BatchRun) -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(after_s, passes.pause)
        loop.call_later(after_s + seconds, passes.resume)

    return set_up


def test_intents_are_on_disk_ahead_of_their_room_and_never_more_than_two_for_each_slot(
    journal: Journal,
) -> None:
    api, in_doubt = sent_before(journal), [0]

    async def watching(function: Callable[[], object], /) -> object:
        result = function()
        in_doubt.append(len(journal.sending.in_doubt(None)))
        await asyncio.sleep(0.001)
        return result

    run = play_out(submit(journal, api, timetable(60)[10:], in_flight=4, run=watching, foreign=True))
    assert run.outcomes == [S] * 50
    assert 4 < max(in_doubt) <= 8


def test_an_intent_ahead_of_its_room_is_not_in_doubt_when_the_run_is_drained(journal: Journal) -> None:
    api = sent_before(journal)
    rows = timetable(210)[10:]
    run = play_out(submit(journal, api, rows, in_flight=4, meanwhile=draining(0.5), foreign=True))
    assert 0 < len(api.calls) < 200
    assert run.outcomes.count(S) == len(api.calls)
    assert run.outcomes.count(N) == 200 - len(api.calls)
    assert run.exit_code is Exit.UNFINISHED
    endings = [each.ending for row in journal.reports.rows("b") for each in row.attempts]
    assert endings.count(AttemptEnding.NOT_SENT) > 0
    assert None not in endings
    again = Scripted(lists=lambda: own(journal), takes_s=0.05, first_id=500)
    play_out(submit(journal, again, rows, batch="again", in_flight=4, foreign=True))
    assert len(again.calls) == 200 - len(api.calls)


def test_an_intent_that_grew_old_in_a_pause_is_replaced_before_it_is_sent(journal: Journal) -> None:
    api = sent_before(journal)
    rows = timetable(210)[10:]
    run = play_out(submit(journal, api, rows, in_flight=4, meanwhile=pausing(0.5, 3600), foreign=True))
    assert run.outcomes == [S] * 200
    assert len(api.calls) == 200
    attempts = [each for row in journal.reports.rows("b") for each in row.attempts]
    assert 0 < sum(each.code == "held up" for each in attempts) <= 4
    sent = dict(zip((title for _, title in api.calls), (at for at, _ in api.calls), strict=True))
    for row in journal.reports.rows("b"):
        assert sent[row.title or ""] + BEGINS - row.attempts[-1].sent_at <= LONGEST_DELAY_S


def test_a_full_disk_stops_the_run_with_its_own_error_and_nothing_is_sent_after(journal: Journal) -> None:
    api = Scripted(takes_s=0.5)
    sent_when_full: list[int] = []

    async def filling(function: Callable[[], object], /) -> object:
        if len(api.calls) >= 6:
            sent_when_full.append(len(api.calls))
            raise sqlite3.OperationalError("database or disk is full")
        return function()

    with pytest.raises(sqlite3.OperationalError, match="disk is full"):
        play_out(submit(journal, api, timetable(20), in_flight=8, run=filling))
    assert len(api.calls) == sent_when_full[0]


def test_an_intent_that_took_too_long_to_reach_the_disk_is_not_sent_by(journal: Journal) -> None:
    """Whoever looks it up after a crash counts from the deadline in it."""
    api = Scripted()
    stalls = iter([0, 0, 0, 0, 0, 0, 0, 0])

    async def stalling(function: Callable[[], object], /) -> object:
        result = function()
        if journal.sending.in_doubt(None) and next(stalls, None) == 0 and not api.calls:
            await asyncio.sleep(100)
        return result

    run = play_out(submit(journal, api, timetable(1), run=stalling))
    attempts = next(journal.reports.rows("b")).attempts
    assert run.outcomes == [S if attempts[-1].ending == "created" else N]
    assert attempts[0].ending == "not_sent"
    assert attempts[0].code == "held up"


def test_an_answer_with_the_number_of_a_class_that_was_listed_before_is_no_answer(journal: Journal) -> None:
    theirs = listed("77", "Class 9")
    api = Scripted(
        lambda _title, before: Created(class_id="77", call_id="call") if before == 0 else None,
        lists=lambda: [theirs],
    )
    run = play_out(submit(journal, api, timetable(2), in_flight=1, foreign=True))
    assert run.outcomes == [U, S]
    known = journal.sending._database.each("SELECT class_id FROM attempt WHERE class_id IS NOT NULL")
    assert {class_id for (class_id,) in known} == {"1"}


# -- what another computer has made --------------------------------------------------


def test_a_row_that_was_refused_and_made_from_elsewhere_since_is_not_sent_again(journal: Journal) -> None:
    """Its class is looked for again, as that of a row that was never sent: nothing came of it, here."""
    no = Refused("Parameter is not valid.", code="1005")
    api = Scripted(lambda title, _: no if title == "Class 2" else None)
    play_out(submit(journal, api, timetable(3), foreign=True))
    again = Scripted(lists=lambda: [*own(journal), listed("77", "Class 2")], first_id=50)
    run = play_out(submit(journal, again, timetable(3), batch="again", foreign=True, retry_refused=True))
    assert again.calls == []
    assert run.outcomes == [Outcome.ALREADY] * 3


@pytest.mark.parametrize(
    ("presenter", "outcome"),
    [("ann@s.example", Outcome.ALREADY), (None, H)],
    ids=["theirs", "not told whose"],
)
def test_a_class_that_a_later_list_is_the_first_to_show_keeps_its_row_from_being_sent(
    journal: Journal, presenter: str | None, outcome: Outcome
) -> None:
    """Five answers are lost, and the list for them shows what the one before left out, or what came since."""
    other = replace(listed("77", "Class 9"), presenter_email=presenter)
    api = Scripted(
        lambda _title, before: NoAnswer("Reset.", code="reset") if 0 < before < 6 else None,
        lists=lambda: [*own(journal), *([other] if len(api.calls) > 5 else [])],
    )
    run = play_out(submit(journal, api, timetable(10), in_flight=1, foreign=True, is_first_time=False))
    assert "Class 9" not in {title for _, title in api.calls}
    assert run.outcomes[8] is outcome
    assert run.outcomes[9] is S


STATES: dict[str, tuple[str | None, Outcome]] = {
    "cancelled": ("cancelled", S),
    "asked for by its number, it is there": ("upcoming", H),
    "nobody knows": (None, H),
}


@pytest.mark.parametrize(("state", "outcome"), STATES.values(), ids=STATES)
def test_a_row_that_was_held_for_a_class_is_not_sent_because_a_list_leaves_that_out(
    journal: Journal, state: str | None, outcome: Outcome
) -> None:
    other = replace(listed("77", "Class 2"), presenter_email="ben@s.example")
    api = Scripted(lists=lambda: [*own(journal), other])
    run = play_out(submit(journal, api, timetable(3), foreign=True))
    assert run.outcomes == [S, H, S]
    by_id = [replace(other, status=state)] if state else []
    again = Scripted(lists=lambda: own(journal), by_id=lambda: by_id, first_id=50)
    run = play_out(submit(journal, again, timetable(3), batch="again", foreign=True))
    assert run.outcomes == [Outcome.ALREADY, outcome, Outcome.ALREADY]


def own(journal: Journal) -> list[ListedClass]:
    """The classes that the journal has confirmed, as they are listed."""
    witnesses = journal.sightings.witnesses(0)
    rows = ((each.class_id, journal.sending.row_of_class(each.class_id)) for each in witnesses)
    return [listed(class_id, row.title or "") for class_id, row in rows if row is not None]


# -- what an answer says of the wrong class ---------------------------------------------


def test_two_answers_that_changed_places_are_noticed_and_named(journal: Journal) -> None:
    numbers = {"Class 1": "2", "Class 2": "1"}
    api = Scripted(
        lambda title, _: Created(class_id=numbers.get(title, title.removeprefix("Class ")), call_id="call"),
        lists=lambda: [listed(f"{number}", f"Class {number}") for number in range(1, len(api.calls) + 1)],
    )
    run = play_out(submit(journal, api, timetable(6), foreign=True, audit=True))
    assert run.outcomes == [S] * 6
    assert run.findings is not None
    assert {known.class_id: own.class_id for own, known in run.findings.mistaken} == {"2": "1", "1": "2"}
    (note,) = run.findings.messages()
    assert "row 2: class 2 is another one, 1 looks like it" in message_of(note)
    assert run.findings.is_alarm


def test_two_rows_that_an_older_version_left_with_one_class_are_told(journal: Journal) -> None:
    api = Scripted(lists=lambda: [listed(f"{number}", f"Class {number}") for number in (1, 2, 3)])
    play_out(submit(journal, api, timetable(3), in_flight=1))
    journal.sending._database.run("DROP TRIGGER one_row_for_a_class")
    journal.sending._database.run("UPDATE attempt SET class_id = '1' WHERE class_id = '2'")
    run = play_out(submit(journal, api, timetable(3), batch="again", foreign=True, audit=True))
    assert len(api.calls) == 3
    assert run.findings is not None
    assert run.findings.is_alarm
    assert "row 3: class 1 is another one, 2 looks like it" in " ".join(
        map(message_of, run.findings.messages())
    )


# -- what a run costs ---------------------------------------------------------------


@pytest.mark.parametrize("others", [0, 5], ids=["an empty account", "other people's classes"])
def test_a_first_batch_takes_two_lists_more_than_one_before_it_and_one_after(
    journal: Journal, others: int
) -> None:
    """One more before it, as nothing of ours is in it; and one that shows the class of the row that went alone."""
    foreign = [listed(f"9000{number}", f"Class {5000 + number}") for number in range(others)]
    api = Scripted(lists=lambda: [*foreign, *own(journal)], takes_s=0.01)
    run = play_out(
        submit(journal, api, timetable(1000), in_flight=32, foreign=True, audit=True, is_first_time=False)
    )
    assert run.outcomes == [S] * 1000
    assert len(api.calls) == 1000
    assert len(api.listings) == 4


def test_the_next_batch_takes_one_list_before_it_and_one_after(journal: Journal) -> None:
    api = Scripted(lists=lambda: own(journal))
    play_out(submit(journal, api, timetable(3), foreign=True, audit=True, is_first_time=False))
    again = Scripted(lists=lambda: own(journal), first_id=50)
    play_out(
        submit(journal, again, timetable(6), batch="again", foreign=True, audit=True, is_first_time=False)
    )
    assert (len(again.calls), len(again.listings)) == (3, 2)


def test_what_another_computer_sent_lately_is_waited_for_once_where_the_list_is_late(
    journal: Journal,
) -> None:
    """The first run has waited in vain for the row that it sent; when it is listed at last, another's may be missing still."""
    shown: list[ListedClass] = []
    api = Scripted(lists=lambda: shown)

    async def two_runs() -> Run:
        loop = asyncio.get_running_loop()
        first = await submit(journal, api, timetable(8), foreign=True, is_first_time=False)
        assert (first.outcomes.count(S), first.exit_code) == (1, Exit.CANNOT_RUN)
        shown.append(listed("1", "Class 1"))
        others = [listed(str(900 + number), f"Class {number}") for number in range(2, 7)]
        loop.call_later(8 * SETTLE_S, shown.extend, others)
        return await submit(journal, api, timetable(8), batch="c", foreign=True, is_first_time=False)

    again = play_out(two_runs())
    assert sorted(title for _, title in api.calls) == ["Class 1", "Class 7", "Class 8"]
    assert sum("minutes late" in each for each in again.told.sentences) == 1
