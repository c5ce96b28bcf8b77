"""The limit on classes at once, from the plan to the service: against a sandbox that enforces it and counts."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from batch.core.outcome import Outcome
from batch.core.plan.admission import LIMIT, POLICY, LimitPolicy, suggested_policy
from batch.core.plan.plan import Fit
from batch.core.plan.selection import largest_selection
from tests.support.command import Command, lesson, timetable
from tests.support.crowd import MONDAY, row, rows_of, school, term

HELD, SCHEDULED = Outcome.HELD, Outcome.SCHEDULED
HOUR = (MONDAY + 9 * 3600, MONDAY + 10 * 3600)
LATER = (MONDAY + 10 * 3600, MONDAY + 11 * 3600)
LIMIT_OF_ALL = 7
CROWD = term(150, 12, days=2)
FOREIGN = term(20, 3, days=2, seed=2)
BEST = len(largest_selection(CROWD, LIMIT_OF_ALL).kept)

TERMS: Mapping[str, tuple[dict[str, Any], int]] = {
    "known, first": ({"max_concurrent_classes": LIMIT_OF_ALL}, 0),
    "known, most": ({"max_concurrent_classes": LIMIT_OF_ALL, "fit": Fit.MOST}, 0),
    "unknown, first": ({}, 1),
    "unknown, most": ({"fit": Fit.MOST}, 1),
    "the settings say more than the licence": ({"max_concurrent_classes": LIMIT_OF_ALL + 2}, 32),
}


@pytest.mark.parametrize(("terms", "most_refusals"), TERMS.values(), ids=TERMS)
async def test_many_workers_ask_for_no_more_than_there_is(terms: dict[str, Any], most_refusals: int) -> None:
    async with school(max_concurrent_classes=LIMIT_OF_ALL) as one:
        ran = await one.submit(rows_of(CROWD), **terms)
    assert ran.full <= most_refusals
    assert ran.outcomes[SCHEDULED] + ran.outcomes[HELD] == len(CROWD)
    assert ran.outcomes[SCHEDULED] >= (BEST if terms == TERMS["known, most"][0] else 0.95 * BEST)
    assert ran.peak <= LIMIT_OF_ALL


async def test_foreign_classes_that_are_listed_are_planned_around() -> None:
    async with school(max_concurrent_classes=LIMIT_OF_ALL) as one:
        await one.elsewhere(FOREIGN)
        ran = await one.submit(rows_of(CROWD), max_concurrent_classes=LIMIT_OF_ALL, fit=Fit.MOST)
    best = len(largest_selection(CROWD, LIMIT_OF_ALL, FOREIGN).kept)
    assert (ran.full, ran.outcomes[SCHEDULED]) == (0, best)


@pytest.mark.parametrize("limit", [None, LIMIT_OF_ALL])
@pytest.mark.parametrize("can_list", [True, False])
async def test_foreign_classes_that_nobody_lists_cost_less_than_a_call_a_row(
    limit: int | None, can_list: bool
) -> None:
    async with school(max_concurrent_classes=LIMIT_OF_ALL, list_without_id=can_list) as one:
        await one.elsewhere(FOREIGN)
        ran = await one.submit(rows_of(CROWD), max_concurrent_classes=limit, foreign=not can_list)
    assert ran.outcomes[SCHEDULED] + ran.outcomes[HELD] == len(CROWD)
    assert ran.full < ran.outcomes[HELD]
    assert any("cannot be listed" in sentence for sentence in ran.said) is not can_list


async def test_the_limit_is_kept_for_the_next_run_with_its_source_and_date() -> None:
    async with school(max_concurrent_classes=2) as one:
        first = await one.submit(rows_of([HOUR] * 4))
        value, source, at = one.journal.account.learned(LIMIT) or ("", "", 0.0)
        assert (value, source) == ("2", "the text of a 1012")
        assert at == one.now
        assert any("lets 2 classes" in sentence for sentence in first.said)
        again = await one.submit(rows_of([LATER] * 4))
    assert (first.full, again.full) == (1, 0)
    assert again.outcomes == {SCHEDULED: 2, HELD: 2}


async def test_held_rows_are_tried_again_and_cost_no_call_where_nothing_changed() -> None:
    async with school(max_concurrent_classes=2) as one:
        rows = rows_of([HOUR] * 4)
        await one.submit(rows)
        again = await one.submit(rows)
        assert (again.creates, again.outcomes) == (0, {Outcome.ALREADY: 2, HELD: 2})
        one.sandbox.settings = replace(one.sandbox.settings, max_concurrent_classes=3)
        larger = await one.submit(rows, max_concurrent_classes=3)
        assert (larger.creates, larger.outcomes) == (1, {Outcome.ALREADY: 2, SCHEDULED: 1, HELD: 1})


async def test_an_account_that_counts_open_calls_is_recognised_and_asked_more_slowly() -> None:
    async with school(max_concurrent_classes=3, limit_policy="inflight", latency_s=0.02) as one:
        ran = await one.submit(rows_of(term(60, 12)), workers=8)
        assert ran.outcomes == {SCHEDULED: 60}
        assert ran.full <= 10
        assert ran.said == ["The service counts open requests, not classes; at most 3 are made at once."]
        assert (one.journal.account.learned(POLICY) or [None])[0] == "inflight"
        again = await one.submit(rows_of(term(30, 12, seed=5)), workers=8)
    assert again.outcomes[SCHEDULED] == 30
    assert again.full == 0


async def test_an_account_that_counts_what_is_not_over_yet() -> None:
    async with school(max_concurrent_classes=3, limit_policy="outstanding") as one:
        rows = rows_of([HOUR, LATER] * 3)
        ran = await one.submit(rows, limit_policy=LimitPolicy.OUTSTANDING)
        assert (ran.full, ran.outcomes) == (1, {SCHEDULED: 3, HELD: 3})
        again = await one.submit(rows, limit_policy=LimitPolicy.OUTSTANDING)
    assert again.creates == 0
    assert "There is room again at Mon 1 Sep 2031 10:00" in again.messages(HELD)[0]


async def test_refusals_that_overlap_does_not_explain_suggest_another_policy() -> None:
    async with school(max_concurrent_classes=3, limit_policy="outstanding") as one:
        await one.submit(
            [row(number, (HOUR[0] + 7200 * number, HOUR[1] + 7200 * number)) for number in range(6)]
        )
        assert suggested_policy(one.journal.planning.refusals()) is LimitPolicy.OUTSTANDING


@pytest.mark.parametrize("counts", [True, False])
async def test_the_time_a_class_may_run_on_counts_as_the_setting_says(counts: bool) -> None:
    async with school(max_concurrent_classes=1, extend_counts=counts) as one:
        rows = [row(2, HOUR, extend_minutes=15), row(3, LATER)]
        ran = await one.submit(rows, max_concurrent_classes=1, extend_counts=counts)
    assert (ran.full, ran.outcomes[SCHEDULED]) == (0, 1 if counts else 2)


async def test_a_held_row_is_told_who_is_in_the_way_and_when_else() -> None:
    async with school(max_concurrent_classes=2) as one:
        await one.elsewhere([HOUR])
        rows = [row(2, HOUR), row(3, HOUR), row(4, HOUR, presenter="teacher2@school.example")]
        ran = await one.submit(rows, max_concurrent_classes=2)
    full, clash = ran.messages(HELD)
    assert full == (
        "Mon 1 Sep 2031 09:00-10:00 (GMT): 2 of 2 taken, by row 2 (Lesson 2) and class 2492040 (Foreign 0), "
        "made elsewhere. Nearest free time: 10:00-11:00 that day."
    )
    assert clash == (
        "teacher2@school.example has row 2 (Lesson 2) on Mon 1 Sep 2031 09:00-10:00 (GMT). "
        "Nearest free time: 10:00-11:00 that day."
    )


async def test_a_class_that_was_cancelled_in_the_account_makes_room() -> None:
    async with school(max_concurrent_classes=1) as one:
        rows = rows_of([HOUR] * 2)
        await one.submit(rows)
        await one.cancel(2492040)
        ran = await one.submit(rows)
    assert ran.outcomes == {Outcome.ALREADY: 1, SCHEDULED: 1}


async def test_a_refusal_for_the_presenter_names_the_class_that_the_journal_knows() -> None:
    async with school() as one:
        await one.submit([row(2, HOUR)])
        # Unlisted: else the row would be held for the class that the list shows.
        ran = await one.submit([row(3, HOUR, presenter="teacher2@school.example")], foreign=False)
    (message,) = ran.messages(Outcome.REFUSED)
    assert message.startswith("teacher2@school.example already has class 2492040 (Lesson 2) at that time.")


async def test_only_so_many_rows_are_sent_however_often_the_rest_is_planned() -> None:
    async with school(max_concurrent_classes=2) as one:
        ran = await one.submit(rows_of([HOUR] * 4 + [LATER] * 4), most_rows=3)
    assert ran.outcomes[SCHEDULED] <= 3
    assert ran.creates <= 3


def test_priority_goes_first_and_is_never_sent(classbatch: Command, tmp_path: Path) -> None:
    rows = [
        lesson(1, duration="120", start_time="2031-09-01 09:00", priority=""),
        lesson(2, duration="60", start_time="2031-09-01 09:00", priority="3"),
        lesson(3, duration="60", start_time="2031-09-01 10:00", priority="x"),
        lesson(4, duration="60", start_time="2031-09-01 10:00", priority="0"),
    ]
    file = timetable(tmp_path / "term.csv", rows)
    limits = ("--sandbox", "--max-concurrent-classes", "1", "--fit", "most", "--json", "-")
    told = [(row["outcome"], row["error_code"]) for row in classbatch("submit", file, *limits).json["rows"]]
    # A word is no priority, and refuses no row; 0 is one that cannot be.
    assert told == [("held", "1012"), ("scheduled", None), ("scheduled", None), ("invalid", None)]
