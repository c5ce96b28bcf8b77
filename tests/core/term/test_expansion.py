"""The days of a series are those that somebody finds who walks the calendar day by day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.rows.problems import Fault, Problem
from batch.core.term.expansion import Expansion, Series, expand
from batch.core.term.term import DaysOff, Term, monday_of
from batch.core.term.weeks import Kind, Weeks
from tests.core.term.oracle import Lesson, School, days_of, stretches

START = date(2031, 9, 1)  # a Monday
MOST = 2_000

days = st.integers(0, 150).map(lambda number: START + timedelta(days=number))
weekdays = st.frozensets(st.integers(0, 6), min_size=1)


@st.composite
def schools(draw: st.DrawFn) -> School:
    starts = draw(days)
    off = draw(st.frozensets(days, max_size=30))
    if draw(st.booleans()):  # whole weeks off, so that some do not count
        for monday in draw(st.lists(days.map(monday_of), max_size=4)):
            off |= {monday + timedelta(days=place) for place in range(draw(st.sampled_from([5, 7])))}
    return School(
        starts=starts,
        ends=starts + timedelta(days=draw(st.integers(0, 150))),
        off=off,
        a_week=monday_of(draw(days)),
        school_days=draw(st.sampled_from([(0, 1, 2, 3, 4), (6, 0, 1, 2, 3), (0, 2)])),
        count_holidays=draw(st.booleans()),
    )


@st.composite
def lessons(draw: st.DrawFn) -> Lesson:
    first = draw(days)
    which = draw(st.sampled_from(["all", "letter", "numbers"]))
    return Lesson(
        days=draw(weekdays),
        first=first,
        last=first + timedelta(days=draw(st.integers(0, 150))),
        every=draw(st.integers(1, 4)),
        times=draw(st.none() | st.integers(1, 20)),
        letter=draw(st.sampled_from("AB")) if which == "letter" else None,
        numbers=draw(st.frozensets(st.integers(1, 20))) if which == "numbers" else None,
        left_out=draw(st.frozensets(days, max_size=5)),
    )


def term_of(school: School) -> Term:
    return Term(
        starts=school.starts,
        ends=school.ends,
        holidays=tuple(DaysOff(first, last) for first, last in stretches(school.off)),
        week_a=school.a_week,
        day_order=school.school_days,
        count_holidays=school.count_holidays,
    )


def series_of(lesson: Lesson) -> Series:
    weeks = None
    if lesson.letter is not None:
        weeks = Weeks(Kind.A if lesson.letter == "A" else Kind.B)
    elif lesson.numbers is not None:
        weeks = Weeks(numbers=lesson.numbers)
    return Series(
        first=lesson.first,
        last=lesson.last,
        days=lesson.days,
        every=lesson.every,
        times=lesson.times,
        weeks=weeks,
        left_out=tuple(DaysOff(first, last) for first, last in stretches(lesson.left_out)),
    )


def expanded(series: Series, term: Term) -> Expansion:
    found = expand(series, term, most=MOST)
    assert isinstance(found, Expansion)
    return found


@given(lessons(), schools())
def test_the_days_are_those_of_the_oracle(lesson: Lesson, school: School) -> None:
    assert list(expanded(series_of(lesson), term_of(school)).days) == days_of(lesson, school)


@given(lessons(), schools())
def test_nothing_takes_place_on_a_holiday(lesson: Lesson, school: School) -> None:
    found = expanded(series_of(lesson), term_of(school))
    assert not school.off & {*found.days}
    assert {each.day for each in found.off} <= school.off | lesson.left_out


@given(lessons(), schools())
def test_a_and_b_weeks_part_the_term(lesson: Lesson, school: School) -> None:
    every = replace(lesson, letter=None, numbers=None, times=None)
    term = term_of(replace(school, count_holidays=True))
    whole, a, b = (
        {*expanded(series_of(each), term).days}
        for each in (every, replace(every, letter="A"), replace(every, letter="B"))
    )
    assert a | b == whole
    assert not a & b


@given(lessons(), schools(), days)
def test_a_further_holiday_removes_its_day_and_no_other(lesson: Lesson, school: School, day: date) -> None:
    """Where nothing counts lessons, and no week loses its number by it."""
    series = series_of(replace(lesson, times=None))
    counted = replace(school, count_holidays=True)
    before = {*expanded(series, term_of(counted)).days}
    after = {*expanded(series, term_of(replace(counted, off=school.off | {day}))).days}
    assert after == before - {day}


@given(lessons(), schools())
def test_a_number_of_lessons_counts_those_that_take_place(lesson: Lesson, school: School) -> None:
    whole = expanded(series_of(replace(lesson, times=None)), term_of(school)).days
    found = expanded(series_of(lesson), term_of(school))
    assert found.days == whole[: lesson.times]
    assert found.is_cut is (lesson.times is not None and len(whole) < lesson.times)


@given(weekdays, days, st.integers(1, 30), st.integers(1, 4))
def test_a_rule_says_the_same_in_words_of_its_own(
    on: frozenset[int], first: date, count: int, every: int
) -> None:
    names = ",".join(("MO", "TU", "WE", "TH", "FR", "SA", "SU")[day] for day in sorted(on))
    rule = f"FREQ=WEEKLY;INTERVAL={every};BYDAY={names};COUNT={count}"
    last = date(2035, 1, 1)
    ours = expanded(Series(first=first, last=last, days=on, every=every, times=count), Term())
    assert expanded(Series(first=first, last=last, rule=rule), Term()).days == ours.days


RULES = {
    "the count of a rule counts what it names, holidays too": (
        "FREQ=WEEKLY;BYDAY=MO;COUNT=4",
        [date(2031, 9, 1), date(2031, 9, 15), date(2031, 9, 22)],
    ),
    "until a day, that day included": (
        "FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20310910",
        [date(2031, 9, 1), date(2031, 9, 3), date(2031, 9, 10)],
    ),
    "until a moment, which stands for its day": (
        "FREQ=WEEKLY;BYDAY=MO;UNTIL=20310915T235959Z",
        [date(2031, 9, 1), date(2031, 9, 15)],
    ),
    "the first Tuesday of a month": (
        "FREQ=MONTHLY;BYDAY=1TU;COUNT=3",
        [date(2031, 9, 2), date(2031, 10, 7), date(2031, 11, 4)],
    ),
    "every other day": (
        "FREQ=DAILY;INTERVAL=2;COUNT=3",
        [date(2031, 9, 1), date(2031, 9, 3), date(2031, 9, 5)],
    ),
}


@pytest.mark.parametrize(("rule", "expected"), RULES.values(), ids=RULES)
def test_a_rule_as_calendars_write_it(rule: str, expected: list[date]) -> None:
    term = Term(holidays=(DaysOff(date(2031, 9, 8), date(2031, 9, 8), "Sports day"),))
    assert list(expanded(Series(first=START, last=None, rule=rule), term).days) == expected


BAD_RULES = {
    "by the hour": "FREQ=HOURLY;COUNT=5",
    "at hours of the day": "FREQ=DAILY;BYHOUR=9,14;COUNT=5",
    "a count and an end": "FREQ=WEEKLY;COUNT=5;UNTIL=20311212",
    "an interval of nothing": "FREQ=DAILY;INTERVAL=0;COUNT=5",
    "no frequency that there is": "FREQ=TERMLY;COUNT=5",
    "a day that there is not": "FREQ=WEEKLY;BYDAY=XX;COUNT=5",
    "an end that there is not": "FREQ=WEEKLY;UNTIL=20311332",
    "less than nothing": "FREQ=WEEKLY;COUNT=-3",
}


@pytest.mark.parametrize("rule", BAD_RULES.values(), ids=BAD_RULES)
def test_a_rule_that_is_none_is_a_problem(rule: str) -> None:
    found = expand(Series(first=START, last=date(2031, 12, 1), rule=rule), Term(), most=MOST)
    assert isinstance(found, Fault)
    assert found.problem is Problem.NOT_A_REPEAT


BOMBS = (
    "FREQ=DAILY;COUNT=999999999",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=999999999",
    "FREQ=YEARLY;INTERVAL=999999;COUNT=999999999",
    "FREQ=DAILY;UNTIL=99991231",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=-366;COUNT=99999",
)


@pytest.mark.parametrize("rule", BOMBS)
def test_a_rule_without_end_comes_to_one(rule: str) -> None:
    found = expand(Series(first=START, last=None, rule=rule), Term(), most=400)
    assert isinstance(found, Fault | Expansion)
    assert isinstance(found, Fault) or len(found.days) <= 400


def test_more_lessons_than_are_allowed_are_a_problem_and_no_cut() -> None:
    daily = Series(first=START, last=date(2033, 1, 1), days=frozenset(range(7)))
    found = expand(daily, Term(), most=400)
    assert found == Fault(Problem.TOO_MANY_LESSONS, {"most": 400})


def test_what_has_no_end_is_a_problem() -> None:
    for series in (
        Series(first=START, last=None, days=frozenset({0})),
        Series(first=START, last=None, rule="FREQ=DAILY"),
    ):
        assert expand(series, Term(), most=400) == Fault(Problem.NO_BOUNDS, {"lacks": "last"})


def test_the_end_of_the_term_cuts_what_is_counted_and_that_is_said() -> None:
    term = Term(starts=START, ends=date(2031, 9, 30))
    for series in (
        Series(first=START, last=None, days=frozenset({0}), times=10),
        Series(first=START, last=None, rule="FREQ=WEEKLY;BYDAY=MO;COUNT=10"),
    ):
        found = expanded(series, term)
        assert len(found.days) == 5
        assert found.is_cut
