"""Which rows are sent when there is not room for all, and that nobody is dropped silently."""

import random
from collections.abc import Sequence
from itertools import combinations

import pytest

from batch.core.message import Message, RowNote
from batch.core.outcome import Outcome
from batch.core.plan.admission import Counting, LimitPolicy
from batch.core.plan.agenda import OtherClass
from batch.core.plan.capacity import Interval, OccupancyCalendar
from batch.core.plan.plan import Candidate, Decision, Fit, Planner
from batch.core.service.attempt import ClassState

HOUR = (0, 3600)
OVERLAP = Counting(policy=LimitPolicy.OVERLAP, now=0)
SEND, HELD_1012, HELD_1032 = (None, None), (Outcome.HELD, "1012"), (Outcome.HELD, "1032")


def candidate(position: int, interval: Interval = HOUR, **changes: object) -> Candidate:
    facts = {
        "position": position,
        "presenter": f"teacher{position}",
        "starts": interval[0],
        "ends": interval[1],
        "room_until": interval[1],
        "class_state": ClassState.NEW,
    }
    return Candidate(**{**facts, **changes})  # type: ignore[arg-type]  # each case knows its fields


def decided(
    rows: Sequence[Candidate],
    limit: int | None = None,
    *,
    fit: Fit = Fit.FIRST,
    others: Sequence[OtherClass] = (),
    nogoods: Sequence[Interval] = (),
    counting: Counting = OVERLAP,
    retry_refused: bool = False,
) -> list[Decision]:
    planner = Planner(counting, limit=limit, fit=fit, nogoods=nogoods, retry_refused=retry_refused)
    planner.take_room(rows)
    planner.take_room_elsewhere(others)
    if planner.chooses:
        planner.choose(rows)
        planner.take_chosen(rows)
    return list(planner.decide(rows))


def ends(decisions: Sequence[Decision]) -> list[tuple[Outcome | None, str | None]]:
    return [(decision.outcome, decision.code) for decision in decisions]


def other(interval: Interval, presenter: str | None = None) -> OtherClass:
    return OtherClass(
        name=Message(RowNote.CLASS_CALLED, {"class_id": "7", "title": "Chess", "foreign": True}),
        presenter=presenter,
        starts=interval[0],
        ends=interval[1],
        room_until=interval[1],
    )


CASES = {
    "room for all": ([candidate(0), candidate(1)], 2, [SEND, SEND]),
    "no limit known": ([candidate(0), candidate(1)], None, [SEND, SEND]),
    "the file's earlier row wins": ([candidate(0), candidate(1)], 1, [SEND, HELD_1012]),
    "of two lessons of one presenter the later row is held": (
        [candidate(0, presenter="ana"), candidate(1, (1800, 5400), presenter="ana")],
        9,
        [SEND, HELD_1032],
    ),
    "back to back is fine": ([candidate(0, presenter="ana"), candidate(1, (3600, 7200), presenter="ana")], 1, [SEND, SEND]),
    "a class that is there keeps its place against an earlier row": (
        [candidate(0), candidate(1, class_state=ClassState.THERE)],
        1,
        [HELD_1012, (Outcome.ALREADY, None)],
    ),
    "so does one that may be there": (
        [candidate(0), candidate(1, class_state=ClassState.IN_DOUBT)],
        1,
        [HELD_1012, (Outcome.UNKNOWN, None)],
    ),
    "one that somebody cancelled in the account does not": (
        [candidate(0), candidate(1, class_state=ClassState.THERE, is_gone=True)],
        1,
        [SEND, (Outcome.ALREADY, None)],
    ),
    "one that may have been changed or cancelled is not called there": (
        [candidate(0), candidate(1, class_state=ClassState.THERE, unanswered="7")],
        1,
        [HELD_1012, (Outcome.UNKNOWN, None)],
    ),
    "one that another row's class may have become is not sent": (
        [candidate(0, unanswered="7"), candidate(1)],
        1,
        [(Outcome.UNKNOWN, None), SEND],
    ),
    "a refused row stays refused": ([candidate(0, class_state=ClassState.REFUSED, code="1031")], 1, [(Outcome.REFUSED, "1031")]),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "limit", "ending"), CASES.values(), ids=CASES)
@pytest.mark.parametrize("fit", Fit)
def test_a_plan(rows: list[Candidate], limit: int | None, ending: list[object], fit: Fit) -> None:
    assert ends(decided(rows, limit, fit=fit)) == ending


def test_most_drops_the_long_class_that_is_in_the_way_of_two() -> None:
    rows = [candidate(0, (0, 7200)), candidate(1, HOUR), candidate(2, (3600, 7200))]
    assert ends(decided(rows, 1, fit=Fit.FIRST)) == [SEND, HELD_1012, HELD_1012]
    assert ends(decided(rows, 1, fit=Fit.MOST)) == [HELD_1012, SEND, SEND]


def test_priority_goes_before_number() -> None:
    rows = [candidate(0, (0, 7200), priority=3), candidate(1, HOUR), candidate(2, (3600, 7200))]
    assert ends(decided(rows, 1, fit=Fit.MOST)) == [SEND, HELD_1012, HELD_1012]


def test_what_lost_its_place_to_a_row_that_is_not_sent_gets_it_after_all() -> None:
    """Rows 0 and 1 clash; row 0 is too long to be chosen, and then row 1 is free to go."""
    rows = [
        candidate(0, (0, 9000), presenter="ana"),
        candidate(1, (7200, 9000), presenter="ana"),
        candidate(2, HOUR),
        candidate(3, (3600, 7200)),
    ]
    assert ends(decided(rows, 1, fit=Fit.MOST)) == [HELD_1012, SEND, SEND, SEND]


def test_refused_rows_are_chosen_among_where_they_are_tried_again() -> None:
    rows = [candidate(0, class_state=ClassState.REFUSED), candidate(1)]
    assert ends(decided(rows, 1, fit=Fit.MOST, retry_refused=True)) == [SEND, HELD_1012]


@pytest.mark.parametrize("fit", Fit)
def test_classes_made_elsewhere_take_room_and_presenters(fit: Fit) -> None:
    rows = [candidate(0), candidate(1, presenter="ana"), candidate(2, (3600, 7200), presenter="ana")]
    assert ends(decided(rows, 1, fit=fit, others=[other(HOUR, "ana")])) == [HELD_1012, HELD_1032, SEND]
    assert ends(decided(rows, 1, fit=fit, others=[other(HOUR)])) == [HELD_1012, HELD_1012, SEND]


@pytest.mark.parametrize("fit", Fit)
def test_a_time_that_the_service_refused_is_not_asked_for_again(fit: Fit) -> None:
    rows = [candidate(0, (0, 7200)), candidate(1, (0, 1800))]
    assert ends(decided(rows, 5, fit=fit, nogoods=[HOUR])) == [HELD_1012, SEND]


@pytest.mark.parametrize("fit", Fit)
def test_outstanding_classes_are_counted_whatever_their_hour(fit: Fit) -> None:
    outstanding = Counting(policy=LimitPolicy.OUTSTANDING, now=0)
    rows = [candidate(n, (7200 * n, 7200 * n + 3600)) for n in range(1, 4)]
    sent = [decision.outcome for decision in decided(rows, 2, fit=fit, counting=outstanding)]
    assert sent.count(None) == 2


def test_open_calls_are_no_matter_for_a_plan() -> None:
    calls = Counting(policy=LimitPolicy.INFLIGHT, now=0)
    assert ends(decided([candidate(0), candidate(1)], 1, counting=calls)) == [SEND, SEND]


def small(seed: int) -> tuple[list[Candidate], int, list[OtherClass]]:
    chance = random.Random(seed)

    def interval() -> Interval:
        start = chance.randrange(10)
        return start, start + chance.randint(1, 5)

    rows = [candidate(n, interval(), priority=chance.choice((1, 1, 5))) for n in range(chance.randint(1, 8))]
    return rows, chance.randint(1, 3), [other(interval()) for _ in range(chance.randint(0, 4))]


def fit_together(rows: Sequence[Candidate], limit: int, others: Sequence[OtherClass]) -> bool:
    calendar = OccupancyCalendar((each.starts, each.room_until) for each in others)
    for row in rows:
        if not calendar.fits(row.starts, row.room_until, limit):
            return False
        calendar.add(row.starts, row.room_until)
    return True


@pytest.mark.parametrize("seed", range(150))
def test_most_is_the_most_priority_that_any_plan_could_have(seed: int) -> None:
    rows, limit, others = small(seed)
    sent = [
        row
        for row, decision in zip(rows, decided(rows, limit, fit=Fit.MOST, others=others), strict=True)
        if decision.outcome is None
    ]
    best = max(
        sum(row.priority for row in chosen)
        for size in range(len(rows) + 1)
        for chosen in combinations(rows, size)
        if fit_together(chosen, limit, others)
    )
    assert fit_together(sent, limit, others)
    assert sum(row.priority for row in sent) == best


@pytest.mark.parametrize("seed", range(150))
@pytest.mark.parametrize("fit", Fit)
def test_no_plan_asks_for_what_does_not_fit(seed: int, fit: Fit) -> None:
    rows, limit, others = small(seed)
    taken: list[Candidate] = []
    for row, decision in zip(rows, decided(rows, limit, fit=fit, others=others), strict=True):
        if decision.outcome is None:
            taken.append(row)
        else:
            assert decision.code == "1012"
    assert fit_together(taken, limit, others)
