"""The limit on classes at once: the calendar, clashes, who is kept, and when else."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batch.core.plan.capacity import (
    Booking,
    BusyPresenters,
    BusyTimes,
    Interval,
    IntervalIndex,
    OccupancyCalendar,
    PresenterBookings,
    Window,
)
from batch.core.plan.free_slots import Opening, nearest_free_slot
from batch.core.plan.selection import largest_selection
from tests.support.effort import EXAMPLES

DAY = 86_400
INTERVALS = st.tuples(st.integers(-2 * DAY, 2 * DAY), st.integers(1, DAY)).map(
    lambda pair: (pair[0], sum(pair))
)
SMALL = st.tuples(st.integers(0, 12), st.integers(1, 6)).map(lambda pair: (pair[0], sum(pair)))


def at(text: str, zone: str = "UTC") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


def depth(intervals: Sequence[Interval], moment: int) -> int:
    return sum(start <= moment < end for start, end in intervals)


def deepest(intervals: Sequence[Interval], start: int, end: int) -> int:
    """The long way round: depth only grows where a class starts."""
    return max(depth(intervals, t) for t in [start, *(s for s, _ in intervals if start <= s < end)])


# The calendar

PEAKS = {
    "an empty calendar": ([], (0, 60), 0),
    "one class, asked for itself": ([(0, 60)], (0, 60), 1),
    "back to back, before": ([(0, 60)], (60, 120), 0),
    "back to back, after": ([(60, 120)], (0, 60), 0),
    "one second shared": ([(0, 60)], (59, 120), 1),
    "two that follow each other never meet": ([(0, 60), (60, 120)], (0, 120), 1),
    "two that do": ([(0, 61), (60, 120)], (0, 120), 2),
    "over midnight": ([(DAY - 60, DAY + 60)], (DAY, DAY + 1), 1),
    "up to midnight": ([(DAY - 60, DAY)], (DAY, DAY + 1), 0),
    "a class of three days": ([(0, 3 * DAY)], (DAY, DAY + 1), 1),
    "before 1970": ([(-60, 60)], (-1, 0), 1),
}


@pytest.mark.parametrize(("classes", "asked", "peak"), PEAKS.values(), ids=PEAKS)
def test_peak(classes: list[Interval], asked: Interval, peak: int) -> None:
    one_by_one = OccupancyCalendar()
    for start, end in classes:
        one_by_one.add(start, end)
    assert (one_by_one.peak(*asked), OccupancyCalendar(classes).peak(*asked)) == (peak, peak)
    assert one_by_one.fits(*asked, peak + 1)
    assert not one_by_one.fits(*asked, peak)


@settings(max_examples=5 * EXAMPLES)
@given(
    st.lists(INTERVALS), st.lists(INTERVALS), INTERVALS, st.integers(1, 4), st.randoms(use_true_random=False)
)
def test_calendar_is_the_naive_list(
    stay: list[Interval], leave: list[Interval], asked: Interval, at_least: int, chance: random.Random
) -> None:
    calendar = OccupancyCalendar(stay[::2])
    joining = stay[1::2] + leave
    chance.shuffle(joining)
    for interval in joining:
        calendar.add(*interval)
    for interval in leave:
        calendar.remove(*interval)
    assert calendar.peak(*asked) == deepest(stay, *asked)
    for within in (None, asked):
        windows = list(calendar.windows(at_least, within))
        for window in windows:
            assert window.peak == deepest(stay, window.start, window.end) >= at_least
        edges = sorted({t for interval in [*stay, asked] for t in interval})
        for moment in (t for t in edges if within is None or within[0] <= t < within[1]):
            inside = any(start <= moment < end for start, end, _ in windows)
            assert inside == (depth(stay, moment) >= at_least)
        assert all(before.end < after.start for before, after in pairwise(windows))


def test_windows_run_on_over_midnight_and_from_one_class_to_the_next() -> None:
    twice = [(0, 10), (10, 20), (21, 22), (DAY - 5, DAY + 5)]
    calendar = OccupancyCalendar([*twice, *twice, (5, 10)])
    night = Window(DAY - 5, DAY + 5, 2)
    assert list(calendar.windows(2)) == [Window(0, 20, 3), Window(21, 22, 2), night]
    assert list(calendar.windows(3)) == [Window(5, 10, 3)]
    assert list(calendar.windows(2, (8, DAY))) == [
        Window(8, 20, 3),
        Window(21, 22, 2),
        Window(DAY - 5, DAY, 2),
    ]


def test_what_was_never_added_cannot_be_removed() -> None:
    calendar = OccupancyCalendar([(0, 60), (2 * DAY, 2 * DAY + 60)])
    with pytest.raises(ValueError, match="nothing to remove"):
        calendar.remove(0, 2 * DAY + 60)
    assert list(calendar.windows(1)) == [Window(0, 60, 1), Window(2 * DAY, 2 * DAY + 60, 1)]


@pytest.mark.parametrize("interval", [(60, 60), (60, 0)])
def test_a_class_that_takes_no_time_is_a_mistake_of_ours(interval: Interval) -> None:
    for mistake in (
        OccupancyCalendar().add,
        OccupancyCalendar().remove,
        lambda *_: OccupancyCalendar([interval]),
    ):
        with pytest.raises(ValueError, match="takes no time"):
            mistake(*interval)
    with pytest.raises(ValueError, match="takes no time"):
        PresenterBookings().add("ana", *interval, 1)
    with pytest.raises(ValueError, match="takes no time"):
        BusyPresenters().add("ana", *interval)


# Presenters, and who is in a window

CLASHES = {
    "back to back is fine": ([(0, 60, 2)], (60, 120), None),
    "back to back before is fine": ([(60, 120, 2)], (0, 60), None),
    "a second too early": ([(0, 60, 2)], (59, 120), 2),
    "inside a longer class": ([(0, 300, 2), (400, 410, 3)], (100, 110), 2),
    "around a shorter one": ([(100, 110, 2)], (0, 300), 2),
    "of two in the way, the one that starts first": ([(100, 110, 2), (50, 60, 3)], (0, 300), 3),
    "a long class that a later, shorter one stands before": ([(0, 300, 2), (100, 110, 3)], (200, 210), 2),
}


@pytest.mark.parametrize(("booked", "asked", "tag"), CLASHES.values(), ids=CLASHES)
def test_presenter_clash(booked: list[tuple[int, int, int]], asked: Interval, tag: int | None) -> None:
    bookings = PresenterBookings()
    for start, end, booked_tag in booked:
        bookings.add("ana", start, end, booked_tag)
    found = bookings.in_the_way("ana", *asked)
    assert (found and found.tag) == tag
    assert bookings.in_the_way("bo", *asked) is None
    busy = BusyPresenters()
    for start, end, _ in booked:
        busy.add("ana", start, end)
    assert busy.clash("ana", *asked) == (tag is not None)
    assert not busy.clash("bo", *asked)


#: The first and the last second that four bytes hold, and far beyond.
EPOCHS = {"today": 1_900_000_000, "1970": 0, "2106": 2**32, "the year 9000": 221_845_000_000}


@pytest.mark.parametrize("epoch", EPOCHS.values(), ids=EPOCHS)
@given(st.lists(SMALL), st.lists(SMALL))
def test_busy_is_who_has_a_class_at_some_moment_of_the_time_asked_for(
    epoch: int, booked: list[Interval], asked: list[Interval]
) -> None:
    busy = BusyTimes()
    for start, end in booked:
        busy.add(epoch + start, epoch + end)
    for start, end in asked:
        overlaps = any(low < end and start < high for low, high in booked)
        assert busy.overlap(epoch + start, epoch + end) == overlaps


def test_classes_that_touch_take_the_room_of_one() -> None:
    busy = BusyTimes()
    for start in (0, 120, 60, 300, 30):
        busy.add(start, start + 60)
    assert [*zip(busy._starts, busy._ends, strict=True)] == [(0, 180), (300, 360)]


@settings(max_examples=5 * EXAMPLES)
@given(st.lists(SMALL), st.lists(SMALL), SMALL)
def test_diary_names_exactly_who_is_in_the_window(
    known: list[Interval], added: list[Interval], asked: Interval
) -> None:
    classes = [Booking(*interval, tag) for tag, interval in enumerate(known + added)]
    diary = IntervalIndex(classes[: len(known)])
    for booking in classes[len(known) :]:
        diary.add(*booking)
    start, end = asked
    expected = [booking for booking in classes if booking.start < end and start < booking.end]
    found = list(diary.during(*asked))
    assert sorted(found) == sorted(expected)
    assert [booking.start for booking in found] == sorted(booking.start for booking in expected)


@given(st.lists(SMALL))
def test_no_presenter_is_in_two_classes_at_once(wanted: list[Interval]) -> None:
    busy, given_classes = BusyPresenters(), []
    for interval in wanted:
        if not busy.clash("ana", *interval):
            busy.add("ana", *interval)
            given_classes.append(interval)
    assert not list(OccupancyCalendar(given_classes).windows(2))


# Which rows to keep


def best_by_trying_all(
    rows: list[Interval], limit: int, fixed: list[Interval], weights: list[int]
) -> tuple[int, int]:
    """The most weight, and the most rows of that weight, over every subset that fits."""
    there_and_room = [
        (
            sum(1 << row for row, (start, end) in enumerate(rows) if start <= moment < end),
            max(0, limit - depth(fixed, moment)),
        )
        for moment in {start for start, _ in rows + fixed}
    ]
    return max(
        (sum(weight for row, weight in enumerate(weights) if kept >> row & 1), kept.bit_count())
        for kept in range(1 << len(rows))
        if all((kept & there).bit_count() <= room for there, room in there_and_room)
    )


def assert_fits(kept: list[Interval], limit: int, fixed: list[Interval]) -> None:
    """Fixed classes may pass the limit by themselves; then no row may run beside them."""
    for start, _ in [*kept, *fixed]:
        assert depth([*kept, *fixed], start) <= max(limit, depth(fixed, start))


def small_cases(seed: int, cases: int, fixed_most: int) -> list[tuple[list[Interval], int, list[Interval]]]:
    chance = random.Random(seed)

    def intervals(least: int, most: int) -> list[Interval]:
        starts = [chance.randrange(12) for _ in range(chance.randint(least, most))]
        return [(start, start + chance.randint(1, 7)) for start in starts]

    return [(intervals(3, 8), chance.randint(1, 3), intervals(0, fixed_most)) for _ in range(cases)]


@pytest.mark.parametrize("fixed_most", [0, 5], ids=["nothing there yet", "fixed classes"])
def test_largest_selection_equals_brute_force(fixed_most: int) -> None:
    for rows, limit, fixed in small_cases(fixed_most, 5_000, fixed_most):
        kept, dropped = largest_selection(rows, limit, fixed)
        assert sorted(kept + dropped) == list(range(len(rows)))
        assert_fits([rows[row] for row in kept], limit, fixed)
        _, most = best_by_trying_all(rows, limit, fixed, [1] * len(rows))
        assert len(kept) == most, (rows, limit, fixed)


@pytest.mark.parametrize("fixed_most", [0, 5], ids=["nothing there yet", "fixed classes"])
@pytest.mark.parametrize("heaviest", [3, 1_000])
def test_heaviest_selection_equals_brute_force(fixed_most: int, heaviest: int) -> None:
    chance = random.Random(heaviest)
    for rows, limit, fixed in small_cases(heaviest + fixed_most, 2_500, fixed_most):
        weights = [chance.randint(0, heaviest) for _ in rows]
        kept, dropped = largest_selection(rows, limit, fixed, weights)
        assert sorted(kept + dropped) == list(range(len(rows)))
        assert_fits([rows[row] for row in kept], limit, fixed)
        best = best_by_trying_all(rows, limit, fixed, weights)
        assert (sum(weights[row] for row in kept), len(kept)) == best, (rows, limit, fixed, weights)


@given(st.lists(INTERVALS, max_size=80), st.integers(1, 6), st.lists(INTERVALS, max_size=10))
def test_equal_weights_keep_as_many_as_no_weights(
    rows: list[Interval], limit: int, fixed: list[Interval]
) -> None:
    """Two ways of reckoning, too large for brute force: they check each other."""
    weighed = largest_selection(rows, limit, fixed, [2] * len(rows))
    assert_fits([rows[row] for row in weighed.kept], limit, fixed)
    assert len(weighed.kept) == len(largest_selection(rows, limit, fixed).kept)


SELECTIONS = {
    "no rows": ([], 1, [], None, []),
    "of equal rows the later one goes": ([(0, 60), (0, 60)], 1, [], None, [1]),
    "and of equally weighty ones": ([(0, 60), (0, 60), (0, 60)], 1, [], [2, 2, 2], [1, 2]),
    "back to back both stay": ([(0, 60), (60, 120)], 1, [], None, []),
    "one long for two short": ([(0, 100), (0, 40), (40, 90)], 1, [], None, [0]),
    "unless it is worth more": ([(0, 100), (0, 40), (40, 90)], 1, [], [5, 2, 2], [1, 2]),
    "of equal worth, the most rows": ([(0, 100), (0, 40), (40, 90)], 1, [], [4, 2, 2], [0]),
    "worth nothing, but there is room": ([(0, 60)], 1, [], [0], []),
    "fixed classes leave no room": ([(0, 60), (90, 100)], 1, [(30, 40)], None, [0]),
    "fixed classes pass the limit by themselves": ([(0, 60), (90, 100)], 1, [(30, 40)] * 3, None, [0]),
    "and with weights": ([(0, 60), (90, 100)], 1, [(30, 40)] * 3, [9, 1], [0]),
}


@pytest.mark.parametrize(
    ("rows", "limit", "fixed", "weights", "dropped"), SELECTIONS.values(), ids=SELECTIONS
)
def test_who_is_dropped(
    rows: list[Interval], limit: int, fixed: list[Interval], weights: list[int] | None, dropped: list[int]
) -> None:
    assert largest_selection(rows, limit, fixed, weights).dropped == dropped


# When else

LONDON = ZoneInfo("Europe/London")
SCHOOL = Opening(days=frozenset(range(5)), opens=time(8), closes=time(18), zone=LONDON)
EVENING = Opening(days=frozenset({4}), opens=time(20), closes=time(1), zone=UTC)
NINE = "2026-09-07 08:00"  # UTC; a Monday, 09:00 on the school's clock
ALL_MONDAY_MORNING = [("2026-09-07 06:00", "2026-09-07 12:00")]


def slot_for(
    wanted: str = NINE,
    minutes: int = 60,
    *,
    extend_minutes: int = 0,
    room_taken: Sequence[tuple[str, str]] = (),
    own: Sequence[tuple[str, str]] = (),
    limit: int | None = 1,
    opening: Opening = SCHOOL,
    earliest: str = "2026-09-01",
) -> str | None:
    bookings = PresenterBookings()
    for start, end in own:
        bookings.add("ana", at(start), at(end), 2)
    slot = nearest_free_slot(
        at(wanted),
        minutes,
        extend_minutes=extend_minutes,
        calendar=OccupancyCalendar((at(start), at(end)) for start, end in room_taken),
        limit=limit,
        bookings=bookings,
        presenter="ana",
        opening=opening,
        earliest=at(earliest),
    )
    return None if slot is None else f"{datetime.fromtimestamp(slot, UTC):%Y-%m-%d %H:%M}"


SLOTS: dict[str, tuple[dict[str, Any], str | None]] = {
    "free as it is": ({}, NINE),
    "Ana teaches until half past": ({"own": [("2026-09-07 07:00", "2026-09-07 08:30")]}, "2026-09-07 08:30"),
    "earlier is nearer": (
        {"minutes": 45, "own": [("2026-09-07 08:30", "2026-09-07 12:00")]},
        "2026-09-07 07:45",
    ),
    "but it has passed": ({"own": ALL_MONDAY_MORNING, "earliest": NINE}, "2026-09-07 12:00"),
    "of two as near the later": (
        {"minutes": 30, "room_taken": [("2026-09-07 08:00", "2026-09-07 08:30")]},
        "2026-09-07 08:30",
    ),
    "free for Ana and account together": (
        {"room_taken": ALL_MONDAY_MORNING, "own": [("2026-09-07 12:20", "2026-09-07 13:00")]},
        "2026-09-07 13:00",
    ),
    "on the five minutes": (
        {"wanted": "2026-09-07 08:02", "room_taken": [("2026-09-07 07:00", "2026-09-07 08:06")]},
        "2026-09-07 08:10",
    ),
    "the extension needs room": (
        {"extend_minutes": 30, "room_taken": [("2026-09-07 09:00", "2026-09-07 09:10")], "earliest": NINE},
        "2026-09-07 09:10",
    ),
    "the extension does not need Ana": (
        {"extend_minutes": 30, "own": [("2026-09-07 09:00", "2026-09-07 09:10")], "earliest": NINE},
        NINE,
    ),
    "ends by closing time": (
        {"wanted": "2026-09-07 16:30", "earliest": "2026-09-07 16:05"},
        "2026-09-08 07:00",
    ),
    "over the weekend": ({"wanted": "2026-09-11 16:30", "earliest": "2026-09-11 16:10"}, "2026-09-14 07:00"),
    "the school's winter": ({"wanted": "2026-12-07 07:00", "earliest": "2026-12-07"}, "2026-12-07 08:00"),
    "open past midnight": (
        {"wanted": "2026-09-12 00:00", "own": [("2026-09-11 23:30", "2026-09-12 00:30")], "opening": EVENING},
        "2026-09-11 22:30",
    ),
    "while the limit is unknown only Ana counts": (
        {"own": [(NINE, "2026-09-07 09:00")], "room_taken": [(NINE, "2026-10-07")], "limit": None},
        "2026-09-07 09:00",
    ),
    "nothing within a fortnight": ({"own": [("2026-08-01", "2026-10-01")]}, None),
    "longer than the school is open": ({"minutes": 601}, None),
}


@pytest.mark.parametrize(("changes", "found"), SLOTS.values(), ids=SLOTS)
def test_nearest_free_slot(changes: dict[str, Any], found: str | None) -> None:
    assert slot_for(**changes) == found


def test_nearest_free_slot_equals_trying_every_five_minutes() -> None:
    chance = random.Random(5)
    monday = at("2026-03-23")  # the week in which London's clock goes forward

    def spans(most: int) -> list[Interval]:
        starts = [monday + 60 * chance.randrange(9 * 24 * 60) for _ in range(chance.randint(0, most))]
        return [(start, start + 60 * chance.randint(1, 900)) for start in starts]

    for _ in range(300):
        opening = Opening(
            days=frozenset(chance.sample(range(7), 4)),
            opens=time(chance.randrange(24), 30),
            closes=time(chance.randrange(24), 45),
            zone=LONDON,
        )
        taken, own, limit, minutes = spans(40), spans(8), chance.randint(1, 3), chance.randint(1, 200)
        wanted = monday + 60 * chance.randrange(9 * 24 * 60)
        earliest = wanted - chance.randrange(2 * DAY)
        bookings = PresenterBookings()
        for tag, (start, end) in enumerate(own):
            bookings.add("ana", start, end, tag)
        calendar = OccupancyCalendar(taken)

        # The calendar was checked against a naive list above.
        today = datetime.fromtimestamp(wanted, LONDON).date()
        days = (today + timedelta(days=day) for day in range(-4, 5))
        open_at = [span for day in days if (span := opening.on(day))]
        free = [
            start
            for start in range((wanted - 3 * DAY) // 300 * 300, wanted + 3 * DAY + 1, 300)
            if max(earliest, wanted - 3 * DAY) <= start
            and any(opens <= start and start + 60 * minutes <= closes for opens, closes in open_at)
            and calendar.fits(start, start + 60 * minutes + 600, limit)
            and not any(start < end and begin < start + 60 * minutes for begin, end in own)
        ]
        slot = nearest_free_slot(
            wanted,
            minutes,
            extend_minutes=10,
            calendar=calendar,
            limit=limit,
            bookings=bookings,
            presenter="ana",
            opening=opening,
            earliest=earliest,
            horizon_days=3,
        )
        assert slot == min(free, key=lambda start: (abs(start - wanted), -start), default=None)
