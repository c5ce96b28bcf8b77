"""Which row may be sent now, and what a 1012 teaches."""

import random
from collections.abc import Callable

import pytest

from batch.core.plan.admission import (
    LIMIT,
    POLICY,
    After1012,
    Claim,
    ConcurrencyBudget,
    Counting,
    Learned,
    LimitPolicy,
    Refusal,
    suggested_policy,
)
from batch.core.plan.capacity import Interval, OccupancyCalendar

HOUR = (0, 3600)
NEXT = (3600, 7200)
LONG = (0, 7200)
OVERLAP, OUTSTANDING, INFLIGHT = LimitPolicy.OVERLAP, LimitPolicy.OUTSTANDING, LimitPolicy.INFLIGHT


def room(limit: int | None = None, *taken: Interval, policy: LimitPolicy = OVERLAP) -> ConcurrencyBudget:
    made = ConcurrencyBudget(policy, limit)
    made.begin(OccupancyCalendar(taken))
    return made


def claims(at: ConcurrencyBudget, *spans: Interval) -> list[Claim]:
    return [at.claim(key, span) for key, span in enumerate(spans)]


CLAIMS = {
    "a free hour": (room(1), [HOUR], [Claim.ADMITTED]),
    "back to back is no overlap": (room(1), [HOUR, NEXT], [Claim.ADMITTED] * 2),
    "a full hour waits while a row in it is under way": (room(1), [HOUR, HOUR], [Claim.ADMITTED, Claim.WAIT]),
    "an hour full of classes that are there is held": (room(1, HOUR), [HOUR], [Claim.HELD]),
    "a long class meets what is in its second hour": (room(1, NEXT), [LONG], [Claim.HELD]),
    "without a limit, one row at a time goes deeper": (room(), [HOUR] * 3, [Claim.ADMITTED, Claim.ADMITTED, Claim.WAIT]),
    "without a limit, rows apart are not held up": (room(), [HOUR, NEXT, (7200, 9000)], [Claim.ADMITTED] * 3),
    "calls are counted, not classes": (room(1, HOUR, policy=INFLIGHT), [HOUR, HOUR], [Claim.ADMITTED] * 2),
}  # fmt: skip


@pytest.mark.parametrize(("at", "spans", "told"), CLAIMS.values(), ids=CLAIMS)
def test_a_claim(at: ConcurrencyBudget, spans: list[Interval], told: list[Claim]) -> None:
    assert claims(at, *spans) == told


ENDINGS: dict[str, tuple[Callable[[ConcurrencyBudget], None], Claim]] = {
    "accepted keeps its room": (lambda at: at.accepted(0), Claim.HELD),
    "lost keeps its room: the class may exist": (lambda at: at.lost(0), Claim.HELD),
    "refused for another reason frees it": (lambda at: at.freed(0), Claim.ADMITTED),
}


@pytest.mark.parametrize(("ends", "then"), ENDINGS.values(), ids=ENDINGS)
def test_room_is_freed_only_by_a_definite_refusal(
    ends: Callable[[ConcurrencyBudget], None], then: Claim
) -> None:
    at = room(1)
    at.claim(0, HOUR)
    ends(at)
    assert at.claim(1, HOUR) is then


def test_a_row_that_was_lost_and_is_sent_again_takes_its_room_once() -> None:
    at = room(2)
    at.claim(0, HOUR)
    at.lost(0)
    assert at.claim(0, HOUR) is Claim.ADMITTED
    assert at.claim(1, HOUR) is Claim.ADMITTED


def test_the_first_refusal_teaches_the_limit_and_the_row_is_planned_again() -> None:
    at = room()
    for key in range(3):
        at.claim(key, HOUR)
        if key < 2:
            at.accepted(key)
    assert at.refused(2, stated=2, calls=1) is After1012.REPLANNED
    assert (at.limit, at.replan) == (2, True)
    assert at.news == [Learned(LIMIT, "2", "the text of a 1012")]


def test_without_a_number_our_own_count_is_the_limit() -> None:
    at = room()
    for key in range(3):
        at.claim(key, HOUR)
        if key < 2:
            at.accepted(key)
    assert at.refused(2, stated=None, calls=1) is After1012.REPLANNED
    assert at.limit == 2


def test_the_services_own_number_goes_before_the_settings() -> None:
    at = room(5, HOUR, HOUR, HOUR)
    at.claim(0, HOUR)
    assert at.refused(0, stated=3, calls=1) is After1012.REPLANNED
    assert at.limit == 3


def test_a_refusal_that_our_calendar_does_not_explain_is_remembered() -> None:
    at = room(3)
    at.claim(0, HOUR)
    assert at.refused(0, stated=3, calls=1) is After1012.HELD
    assert [at.claim(key, span) for key, span in enumerate([HOUR, LONG, (60, 3600), NEXT], start=1)] == [
        Claim.HELD,
        Claim.HELD,  # contains the hour that was refused
        Claim.ADMITTED,  # what was in the way may be over by then
        Claim.ADMITTED,
    ]


def test_what_was_refused_is_tried_again_once_room_is_freed_there() -> None:
    at = room(3)
    at.claim(0, (1800, 5400))
    at.claim(1, HOUR)
    assert at.refused(1, stated=3, calls=1) is After1012.HELD
    at.freed(0)
    assert at.claim(2, HOUR) is Claim.ADMITTED


def suspicious(limit: int | None = None) -> ConcurrencyBudget:
    """Six calls at once, and the sixth is refused: 5 are allowed, and no class overlaps another."""
    at = room(limit)
    for key in range(6):
        at.claim(key, (7200 * key, 7200 * key + 3600))
    assert at.refused(5, stated=5, calls=6) is After1012.AGAIN
    assert at.most_calls == 5
    return at


def test_an_account_that_counts_calls_is_recognised() -> None:
    at = suspicious()
    at.accepted(5)
    assert (at.policy, at.most_calls) == (INFLIGHT, 5)
    assert {news.name: news.value for news in at.news} == {POLICY: "inflight", LIMIT: "5"}
    assert not at.replan
    assert at.refused(4, stated=5, calls=6) is After1012.AGAIN


def test_rows_held_for_a_limit_on_calls_are_planned_again() -> None:
    at = suspicious(5)
    at.accepted(5)
    assert at.replan


def test_refused_again_among_few_it_was_not_the_calls() -> None:
    at = suspicious()
    assert at.refused(5, stated=5, calls=5) is After1012.HELD
    assert (at.policy, at.most_calls, at.limit) == (OVERLAP, None, 5)
    at.claim(6, (90_000, 93_600))
    assert at.refused(6, stated=5, calls=6) is After1012.HELD  # not asked about a second time


def test_room_freed_in_between_proves_nothing_of_the_calls() -> None:
    at = suspicious()
    at.claim(7, (7200 * 5, 7200 * 5 + 60))
    at.freed(7)
    at.accepted(5)
    assert at.policy is OVERLAP


SUGGESTIONS = {
    "no refusal": ([], None),
    "as many as are allowed were not over yet, few at that hour": (
        [Refusal(3, 1, 3), Refusal(3, 0, 3)],
        OUTSTANDING,
    ),
    "the hour was full": ([Refusal(3, 3, 3)], None),
    "more were not over yet than are allowed": ([Refusal(3, 1, 40)], None),
    "one that speaks against it": ([Refusal(3, 1, 3), Refusal(3, 1, 9)], None),
    "a text without a number": ([Refusal(None, 1, 3)], None),
}


@pytest.mark.parametrize(("refusals", "policy"), SUGGESTIONS.values(), ids=SUGGESTIONS)
def test_what_the_journals_refusals_suggest(refusals: list[Refusal], policy: LimitPolicy | None) -> None:
    assert suggested_policy(refusals) is policy


SPANS = {
    "overlap": (Counting(policy=OVERLAP, now=0), (100, 260)),
    "overlap, without the time it may run on": (Counting(policy=OVERLAP, now=0, extend_counts=False), (100, 200)),
    "outstanding: from now on": (Counting(policy=OUTSTANDING, now=7), (7, 260)),
}  # fmt: skip


@pytest.mark.parametrize(("counting", "span"), SPANS.values(), ids=SPANS)
def test_how_long_a_class_counts(counting: Counting, span: Interval) -> None:
    assert counting.span(100, 200, 260) == span


def test_outstanding_classes_are_full_whatever_the_hour() -> None:
    counting = Counting(policy=OUTSTANDING, now=0)
    at = room(2, counting.span(3600, 7200, 7200), counting.span(9000, 9900, 9900), policy=OUTSTANDING)
    assert at.claim(0, counting.span(86_400, 90_000, 90_000)) is Claim.HELD


@pytest.mark.parametrize("seed", range(60))
def test_the_service_never_has_more_classes_at_once_than_it_allows(seed: int) -> None:
    """Against a service that counts for itself: known or not, foreign classes listed, answers lost, rows refused."""
    chance = random.Random(seed)
    limit = chance.randint(1, 4)
    service = OccupancyCalendar()
    foreign = []
    for start in chance.choices(range(20), k=chance.randint(0, 3)):
        if service.fits(start, start + 3, limit):
            service.add(start, start + 3)
            foreign.append((start, start + 3))
    known = chance.choice([limit, None])
    at = room(known, *foreign)
    waiting = [(start, start + chance.randint(1, 6)) for start in chance.choices(range(20), k=25)]
    under_way: list[int] = []
    refusals = 0
    for key in range(len(waiting)):
        if at.claim(key, waiting[key]) is Claim.ADMITTED:
            under_way.append(key)
        while under_way and (chance.random() < 0.5 or key == len(waiting) - 1):
            one = under_way.pop(chance.randrange(len(under_way)))
            ending = chance.choice(["made", "made", "lost", "lost, made", "refused"])
            if ending in {"lost", "refused"}:
                {"lost": at.lost, "refused": at.freed}[ending](one)
            elif service.fits(*waiting[one], limit):
                service.add(*waiting[one])
                (at.accepted if ending == "made" else at.lost)(one)
            else:
                refusals += 1
                at.refused(one, stated=limit, calls=1)
    assert refusals <= (known is None)
