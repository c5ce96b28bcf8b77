"""The reconciler: what each policy makes of an answer that was lost, and when it looks."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, repeat

import pytest

from batch.core.message import Message, RowNote
from batch.core.outcome import Outcome
from batch.core.service.attempt import AttemptEnding
from batch.core.service.backoff import Window
from batch.core.service.on_unknown import OnUnknown
from batch.core.service.witnesses import LAG_AT_MOST
from batch.journal.recorder import Recorder
from batch.journal.records import Ended, Intent, RowOutcome
from batch.journal.store import Journal
from batch.sending.gate import Closing, Gate
from batch.sending.listed_classes import UPCOMING
from batch.sending.listing import AccountList
from batch.sending.reconcile import Reconciler, Settled
from batch.wiziq.errors import ListingFailed
from batch.wiziq.replies import ListedClass
from tests.simulation.clock import play_out
from tests.simulation.scripted import BEGINS, Scripted, at_once, listed, memory_journal, timetable
from tests.support.journals import batch_named

A = AttemptEnding
S, U = Outcome.SCHEDULED, Outcome.UNKNOWN


@pytest.fixture
def journal() -> Iterator[Journal]:
    """A batch of two rows, the first of which was never answered."""
    with memory_journal() as opened:
        opened.batches.load("school", batch_named("b"), timetable(2))
        lose(opened, 1)
        confirm(opened)
        yield opened


def confirm(journal: Journal) -> None:
    """The second row's class, confirmed, and listed by then: a witness for what a list shows, and how soon."""
    _, second, *_ = journal.reports.rows("b")
    fingerprint = second.fingerprint or ""
    journal.sending.apply([Intent(fingerprint, 1, "b", 1, BEGINS, BEGINS + 60)])
    ended = Ended(fingerprint=fingerprint, number=1, ending=A.CREATED, ended_at=BEGINS + 1, class_id="99")
    journal.sending.apply([ended, RowOutcome("b", 1, S)])
    journal.account.learn(LAG_AT_MOST, "2", "the account's list", BEGINS + 2)


WITNESS = listed("99", "Class 2")


def shows_it() -> list[ListedClass]:
    return [WITNESS]


def listing_of(api: Scripted, recorder: Recorder, started: float = BEGINS) -> AccountList:
    clock = asyncio.get_running_loop().time
    return AccountList(api=api, recorder=recorder, settle_s=60, clock=lambda: started + clock())


def lose(
    journal: Journal, number: int, *, code: str = "timeout", at: float = BEGINS, position: int = 0
) -> None:
    fingerprint = [*journal.reports.rows("b")][position].fingerprint or ""
    journal.sending.apply([Intent(fingerprint, number, "b", position, at, at + 60)])
    journal.sending.apply(
        [
            Ended(fingerprint=fingerprint, number=number, ending=A.NO_ANSWER, ended_at=at + 1, code=code),
            RowOutcome("b", position, U, code),
        ]
    )


def cannot_list() -> list[ListedClass]:
    raise ListingFailed("The service cannot be reached.", code="timeout")


async def settle(
    journal: Journal,
    lists: Callable[[], Sequence[ListedClass]] = shows_it,
    *,
    policy: OnUnknown = OnUnknown.AUTO,
    batch: str | None = "b",
    started: float = BEGINS,
) -> tuple[Settled, list[float]]:
    """Look up; what that settled, and when it asked for the list."""
    loop, api = asyncio.get_running_loop(), Scripted(lists=lists)
    async with Recorder(journal, at_once) as recorder:
        reconciler = Reconciler(
            account_list=listing_of(api, recorder, started),
            recorder=recorder,
            policy=policy,
            settle_s=60,
            timeout_s=60,
            clock=lambda: started + loop.time(),
            chance=lambda: 0.5,
        )
        settled = await reconciler.settle(Gate(Window()), batch, lambda _: None)
    return settled, api.listings


POLICIES = {
    "auto, listed: found": (OnUnknown.AUTO, [listed("77", "Class 1"), WITNESS], S, A.FOUND),
    "auto, listed: absent, so it waits for its turn": (OnUnknown.AUTO, [WITNESS], None, A.ABSENT),
    "auto, no list: the person is asked": (OnUnknown.AUTO, None, U, A.NO_ANSWER),
    "ask: found all the same": (OnUnknown.ASK, [listed("77", "Class 1"), WITNESS], S, A.FOUND),
    "ask: absent, and the person is asked": (OnUnknown.ASK, [WITNESS], U, A.NO_ANSWER),
    "resend-after-settle: absent": (OnUnknown.RESEND_AFTER_SETTLE, [WITNESS], None, A.ABSENT),
    "resend-after-settle, no list": (OnUnknown.RESEND_AFTER_SETTLE, None, U, A.NO_ANSWER),
    "resend-trust-1032, no list: sent again in doubt": (OnUnknown.RESEND_TRUST_1032, None, None, A.NO_ANSWER),
    "resend-trust-1032, listed: as the list says": (OnUnknown.RESEND_TRUST_1032, [WITNESS], None, A.ABSENT),
}


@pytest.mark.parametrize(("policy", "classes", "outcome", "ending"), POLICIES.values(), ids=POLICIES)
def test_policy(
    journal: Journal,
    policy: OnUnknown,
    classes: list[ListedClass] | None,
    outcome: Outcome | None,
    ending: AttemptEnding,
) -> None:
    lists = cannot_list if classes is None else lambda: classes
    play_out(settle(journal, lists, policy=policy))
    row = next(journal.reports.rows("b"))
    assert (row.outcome, row.attempts[-1].ending) == (outcome, ending)
    assert row.attempts[-1].class_id == ("77" if ending is A.FOUND else None)


def test_one_that_begins_after_all_that_is_known_keeps_no_other_in_doubt() -> None:
    """A list may end with so many days ahead: that says nothing of those before."""
    rows = timetable(29)
    with memory_journal() as journal:
        journal.batches.load("school", batch_named("b"), [rows[0], rows[1], rows[28]])
        for position in (0, 2):
            lose(journal, 1, position=position)
        confirm(journal)
        play_out(settle(journal))
        found = [(each.outcome, each.attempts[-1].ending) for each in journal.reports.rows("b")]
    assert found == [(None, A.ABSENT), (S, A.CREATED), (U, A.NO_ANSWER)]


def test_of_other_files_only_the_attempts_are_settled(journal: Journal) -> None:
    play_out(settle(journal, lambda: [listed("77", "Class 1")], batch=None))
    row = next(journal.reports.rows("b"))
    assert (row.outcome, row.attempts[-1].ending) == (U, A.FOUND)


def test_1032_on_a_resend_is_never_taken_for_a_refusal_nor_for_absence(journal: Journal) -> None:
    lose(journal, 2, code="1032")
    play_out(settle(journal))
    row = next(journal.reports.rows("b"))
    assert row.outcome is U
    assert {attempt.ending for attempt in row.attempts} == {A.NO_ANSWER}
    assert row.message == Message(RowNote.MET_1032)


def test_a_class_that_earlier_runs_proved_absent_is_sent_again_by_this_one(journal: Journal) -> None:
    for number in (2, 3, 4):
        assert play_out(settle(journal))[0] == Settled(resend=1)
        lose(journal, number)


WAITS = {
    "from the deadline on": (0.0, 126.0),
    "what has gone by counts": (100.0, 26.0),
    "long ago": (10_000.0, 0.0),
}


@pytest.mark.parametrize(("later", "waits_s"), WAITS.values(), ids=WAITS)
def test_when_it_looks(journal: Journal, later: float, waits_s: float) -> None:
    _, listings = play_out(settle(journal, started=BEGINS + later))
    assert listings == [pytest.approx(waits_s)] * 2  # what would be called absent is listed twice


def test_where_the_clock_was_put_back_it_waits_no_longer_than_a_request_and_its_settle_time(
    journal: Journal,
) -> None:
    settled, listings = play_out(settle(journal, started=BEGINS - 10_000))
    assert listings == [pytest.approx(126)]
    assert settled == Settled(unsettled=1)  # when the request may have been committed, nobody knows


@pytest.mark.parametrize("policy", [OnUnknown.AUTO, OnUnknown.RESEND_AFTER_SETTLE])
def test_where_the_lag_was_never_measured_the_list_is_given_as_much_time_again(
    journal: Journal, policy: OnUnknown
) -> None:
    """The witness was listed within 126 s; so may the lost one be, if it was committed at the very last."""
    journal.account.unlearn(LAG_AT_MOST)
    settled, listings = play_out(settle(journal, policy=policy))
    assert listings == [pytest.approx(126), *[pytest.approx(120 + 1.25 * 126)] * 2]
    assert settled == Settled(resend=1)


def test_a_lost_class_that_is_committed_late_and_listed_late_is_found(journal: Journal) -> None:
    """It is not called absent by a witness that was confirmed after it was sent, and listed before it."""

    def lists() -> list[ListedClass]:
        at = asyncio.get_running_loop().time()
        committed_at, lag_s = 118, 100
        return [WITNESS, *([listed("77", "Class 1")] if at >= committed_at + lag_s else [])]

    journal.account.unlearn(LAG_AT_MOST)
    settled, _ = play_out(settle(journal, lists))
    assert next(journal.reports.rows("b")).outcome is S
    assert settled == Settled()


def test_a_class_that_one_list_of_a_run_has_shown_is_found_though_the_next_ones_leave_it_out(
    journal: Journal,
) -> None:
    """The one that was shown is found at once; of the other, which no list has shown, further lists are taken."""
    journal.batches.load("school", batch_named("c"), timetable(3))
    *_, third = [row.fingerprint or "" for row in journal.reports.rows("c")]
    journal.sending.apply([Intent(third, 1, "c", 2, BEGINS, BEGINS + 60)])
    answers = chain([[WITNESS, listed("77", "Class 1")]], repeat([WITNESS]))
    settled, listings = play_out(settle(journal, lambda: next(answers)))
    first = next(journal.reports.rows("b"))
    assert (first.outcome, first.attempts[-1].class_id) == (S, "77")
    assert len(listings) > 1
    assert settled.resend == 0


def test_a_list_by_another_word_that_was_the_first_to_show_a_class_does_not_leave_the_lag_unmeasured(
    journal: Journal,
) -> None:
    async def two_lists() -> None:
        async with Recorder(journal, at_once) as recorder:
            listing = listing_of(Scripted(lists=shows_it), recorder)
            for filters in ({}, UPCOMING):
                await asyncio.sleep(15)
                await listing.take(filters)
                await listing.keep()

    journal.account.unlearn(LAG_AT_MOST)
    play_out(two_lists())
    learned = journal.account.learned(LAG_AT_MOST)
    assert learned is not None
    assert float(learned.value) == pytest.approx(30)


def test_a_list_that_shows_all_that_is_looked_for_does_not_leave_the_lag_unmeasured(journal: Journal) -> None:
    journal.account.unlearn(LAG_AT_MOST)
    _, listings = play_out(settle(journal, lambda: [listed("77", "Class 1"), WITNESS]))
    assert len(listings) == 1
    learned = journal.account.learned(LAG_AT_MOST)
    assert learned is not None
    assert float(learned.value) == pytest.approx(listings[0])


def test_an_attempt_that_was_waited_for_beyond_its_deadline_counts_from_its_end(journal: Journal) -> None:
    """A process that was stopped and went on does not know better than its clock."""
    fingerprint = next(journal.reports.rows("b")).fingerprint or ""
    late = Ended(fingerprint=fingerprint, number=1, ending=A.NO_ANSWER, ended_at=BEGINS + 500)
    journal.sending.apply([late])
    _, listings = play_out(settle(journal, started=BEGINS + 500))
    assert listings == [pytest.approx(66)] * 2


def test_a_class_that_is_over_is_not_looked_up_for_ever(journal: Journal) -> None:
    a_year_later = BEGINS + 365 * 86_400
    assert play_out(settle(journal, batch=None, started=a_year_later)) == (Settled(), [])


def test_a_list_that_fails_is_asked_for_again_a_bounded_number_of_times(journal: Journal) -> None:
    settled, listings = play_out(settle(journal, cannot_list))
    assert (settled, len(listings)) == (Settled(unsettled=1), 5)


def test_one_success_after_failures_is_enough(journal: Journal) -> None:
    answers: Iterator[Callable[[], list[ListedClass]]] = iter(
        [cannot_list, cannot_list, lambda: [listed("77", "Class 1")]]
    )

    def lists() -> list[ListedClass]:
        return next(answers)()

    play_out(settle(journal, lists))
    assert next(journal.reports.rows("b")).outcome is S


def test_a_closed_gate_settles_nothing(journal: Journal) -> None:
    async def closed() -> Settled:
        api, gate = Scripted(), Gate(Window())
        asyncio.get_running_loop().call_later(10, gate.close, Closing.ASKED)
        async with Recorder(journal, at_once) as recorder:
            reconciler = Reconciler(
                account_list=listing_of(api, recorder),
                recorder=recorder,
                policy=OnUnknown.AUTO,
                settle_s=60,
                timeout_s=60,
                clock=lambda: BEGINS,
                chance=lambda: 0.5,
            )
            settled = await reconciler.settle(gate, "b", lambda _: None)
        assert (asyncio.get_running_loop().time(), api.listings) == (10, [])
        return settled

    assert play_out(closed()) == Settled(unsettled=1)
    assert next(journal.reports.rows("b")).outcome is U
