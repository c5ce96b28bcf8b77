"""Which lesson is which row of the new file: the surest first, and nothing that something else would do as well for."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.changes.comparison import compare_versions
from batch.core.changes.lesson import Lesson, Span, Spoilt, Versions
from batch.core.changes.matching import By, Matching, match

#: A Monday.
FIRST = datetime(2031, 9, 1, tzinfo=UTC)
_TAGS = count(1)


def lesson(title: str, day: int, hour: float, presenter: str = "ann", key: str = "", tag: int = 0) -> Lesson:
    """`day` 0 is the Monday, 7 the next."""
    starts = FIRST + timedelta(days=day, hours=hour)
    return Lesson(
        tag=tag or next(_TAGS),
        key=key,
        fingerprint=f"{title} {presenter} {starts}",
        title=title,
        presenter=presenter,
        starts=int(starts.timestamp()),
        day=starts.date().toordinal(),
    )


def versions(old: Sequence[Lesson], new: Sequence[Lesson]) -> Versions:
    now = Span.of(new) or Span(0, 0, 1, 1)
    return Versions(before=Span.of(old), now=now, now_s=int(FIRST.timestamp()) - 30 * 86_400)


def became(
    old: Sequence[Lesson],
    new: Sequence[Lesson],
    spoilt: Sequence[Spoilt] = (),
    in_doubt: Sequence[Lesson] = (),
) -> dict[str, list[str]]:
    """What became of them, in words: `maths 0 9 -> maths 2 11 (title and presenter)`."""
    found = match(old, new, versions(old, new), spoilt, in_doubt)
    names = {each.tag: _name(each) for each in (*old, *new)}
    return {
        what: words
        for what, words in {
            "matched": [
                f"{names[each.old]} -> {names[each.new]} ({each.by.value})" for each in found.matches
            ],
            "new": [names[tag] for tag in found.new],
            "unsure": [names[tag] for tag in found.unsure],
            "gone": [names[tag] for tag in found.gone],
            "kept": [names[tag] for tag in found.kept],
            "outside": [names[tag] for tag in found.outside],
        }.items()
        if words
    }


def _name(each: Lesson) -> str:
    passed = each.starts - int(FIRST.timestamp())
    return f"{each.title} {passed // 86_400} {passed % 86_400 / 3600:g}"


#: Lessons whose classes exist, rows, rows in doubt, and what becomes of the lessons.
IN_DOUBT: dict[str, tuple[list[Lesson], list[Lesson], list[Lesson], dict[str, list[str]]]] = {
    "a class goes to the row that is its next version, and not to one that may have its own": (
        [lesson("maths", 4, 9)],
        [lesson("algebra", 4, 9), lesson("end", 9, 9)],
        [lesson("maths", 3, 9)],
        {"matched": ["maths 4 9 -> algebra 4 9 (start and presenter)"], "new": ["end 9 9"]},
    ),
    "a class that a row in doubt may be the next version of has not gone": (
        [lesson("maths", 4, 9)],
        [lesson("start", 0, 9), lesson("end", 9, 9)],
        [lesson("maths", 3, 9)],
        {"kept": ["maths 4 9"], "new": ["start 0 9", "end 9 9"]},
    ),
    "any other has": (
        [lesson("art", 4, 11, "bob")],
        [lesson("start", 0, 9), lesson("end", 9, 9)],
        [lesson("maths", 3, 9)],
        {"gone": ["art 4 11"], "new": ["start 0 9", "end 9 9"]},
    ),
    "by its key it may be, whatever else it is": (
        [lesson("art", 4, 11, "bob", key="7")],
        [lesson("start", 0, 9), lesson("end", 9, 9)],
        [lesson("maths", 3, 9, key="7")],
        {"kept": ["art 4 11"], "new": ["start 0 9", "end 9 9"]},
    ),
}


@pytest.mark.parametrize(("old", "new", "in_doubt", "words"), IN_DOUBT.values(), ids=IN_DOUBT)
def test_a_row_that_may_have_a_class_of_its_own_takes_none(
    old: list[Lesson], new: list[Lesson], in_doubt: list[Lesson], words: dict[str, list[str]]
) -> None:
    assert became(old, new, in_doubt=in_doubt) == words


@pytest.mark.parametrize("settled", [(), (0,)], ids=["a row that is new", "a row whose class was cancelled"])
def test_a_row_whose_own_class_somebody_has_cancelled_takes_no_other(settled: tuple[int, ...]) -> None:
    """The other class of its title and teacher has gone: it had been held for ever for a class that was not there."""
    old, new = [lesson("maths", 4, 15)], [lesson("maths", 4, 9), lesson("end", 9, 9)]
    new = [replace(each, tag=tag) for tag, each in enumerate(new)]
    found = compare_versions(old, new, of_before={old[0].tag}, before=Span.of(old), now_s=0, settled=settled)
    matched = [(each.old, each.new) for each in found.matching.matches]
    assert matched == ([] if settled else [(old[0].tag, 0)])
    assert found.matching.gone == ((old[0].tag,) if settled else ())


def test_an_unchanged_row_finds_its_class_though_an_earlier_one_of_it_was_cancelled() -> None:
    old = [lesson("maths", 4, 9)]
    found = compare_versions(
        old, old, of_before={old[0].tag}, before=Span.of(old), now_s=0, settled={old[0].tag}
    )
    assert [(each.old, each.new) for each in found.matching.matches] == [(old[0].tag, old[0].tag)]


CASES = {
    "an unchanged lesson is itself": (
        [lesson("maths", 0, 9)],
        [lesson("maths", 0, 9)],
        {"matched": ["maths 0 9 -> maths 0 9 (fingerprint)"]},
    ),
    "a lesson moves to another hour": (
        [lesson("maths", 0, 9), lesson("art", 0, 10)],
        [lesson("maths", 0, 15), lesson("art", 0, 10)],
        {"matched": ["art 0 10 -> art 0 10 (fingerprint)", "maths 0 9 -> maths 0 15 (title and presenter)"]},
    ),
    "a key holds through every other change": (
        [lesson("maths", 0, 9, key="L1")],
        [lesson("music", 3, 11, "bob", key="L1")],
        {"matched": ["maths 0 9 -> music 3 11 (key)"]},
    ),
    "of lessons that changed, different keys are different ones": (
        [lesson("maths", 1, 9, key="L1"), lesson("art", 0, 9), lesson("art", 4, 9)],
        [lesson("maths", 1, 11, key="L2"), lesson("art", 0, 9), lesson("art", 4, 9)],
        {
            "matched": ["art 0 9 -> art 0 9 (fingerprint)", "art 4 9 -> art 4 9 (fingerprint)"],
            "new": ["maths 1 11"],
            "gone": ["maths 1 9"],
        },
    ),
    "a lesson is itself whatever it is called by now": (
        [lesson("maths", 0, 9, key="L1"), lesson("art", 0, 10, key="L2")],
        [lesson("maths", 0, 9, key="l1"), lesson("art", 0, 10)],
        {
            "matched": ["maths 0 9 -> maths 0 9 (fingerprint)", "art 0 10 -> art 0 10 (fingerprint)"],
        },
    ),
    "two keys swap, and nothing else": (
        [lesson("maths", 0, 9, key="L1"), lesson("art", 0, 10, key="L2")],
        [lesson("maths", 0, 9, key="L2"), lesson("art", 0, 10, key="L1")],
        {
            "matched": ["maths 0 9 -> maths 0 9 (fingerprint)", "art 0 10 -> art 0 10 (fingerprint)"],
        },
    ),
    "a key that was handed on tells nothing of the lesson that had it": (
        [lesson("maths", 0, 9, key="L1"), lesson("maths", 0, 10, key="L2")],
        [lesson("maths", 0, 10, key="L1"), lesson("maths", 0, 11, key="L2")],
        {
            "matched": [
                "maths 0 10 -> maths 0 10 (fingerprint)",
                "maths 0 9 -> maths 0 11 (title and presenter)",
            ]
        },
    ),
    "a single lesson begins to repeat, an hour later": (
        [lesson("maths", 0, 9, key="L1")],
        [lesson("maths", 0, 10, key="L1 2031-09-01"), lesson("maths", 7, 10, key="L1 2031-09-08")],
        {"matched": ["maths 0 9 -> maths 0 10 (title and presenter)"], "new": ["maths 7 10"]},
    ),
    "a series goes to another day of the week": (
        [lesson("maths", 0, 9, key="L1 2031-09-01"), lesson("maths", 7, 9, key="L1 2031-09-08")],
        [lesson("maths", 0, 9, key="L1 2031-09-01"), lesson("maths", 8, 9, key="L1 2031-09-09")],
        {
            "matched": [
                "maths 0 9 -> maths 0 9 (fingerprint)",
                "maths 7 9 -> maths 8 9 (title and presenter)",
            ]
        },
    ),
    "keys that are places in the week come again in the next one": (
        [lesson("maths", 0, 9, key="Mon-P1"), lesson("art", 2, 9, key="Wed-P1")],
        [lesson("maths", 7, 9, key="Mon-P1"), lesson("art", 9, 9, key="Wed-P1")],
        {"new": ["maths 7 9", "art 9 9"], "outside": ["maths 0 9", "art 2 9"]},
    ),
    "and in the one before": (
        [lesson("maths", 7, 9, key="Mon-P1"), lesson("art", 9, 9, key="Wed-P1")],
        [lesson("maths", 0, 9, key="Mon-P1"), lesson("art", 2, 9, key="Wed-P1")],
        {"new": ["maths 0 9", "art 2 9"], "outside": ["maths 7 9", "art 9 9"]},
    ),
    "and in an export of the coming seven days": (
        [lesson("maths", 0, 9, key="Mon-P1"), lesson("art", 2, 9, key="Wed-P1"), lesson("music", 6, 9)],
        [lesson("maths", 7, 9, key="Mon-P1"), lesson("art", 2, 9, key="Wed-P1"), lesson("music", 6, 9)],
        {
            "matched": ["art 2 9 -> art 2 9 (fingerprint)", "music 6 9 -> music 6 9 (fingerprint)"],
            "new": ["maths 7 9"],
            "outside": ["maths 0 9"],
        },
    ),
    "a key holds over a month, where the file speaks of both days": (
        [lesson("art", 0, 8), lesson("maths", 1, 9, key="L1"), lesson("art", 40, 8)],
        [lesson("art", 0, 8), lesson("maths", 31, 9, key="L1"), lesson("art", 40, 8)],
        {
            "matched": [
                "art 0 8 -> art 0 8 (fingerprint)",
                "art 40 8 -> art 40 8 (fingerprint)",
                "maths 1 9 -> maths 31 9 (key)",
            ]
        },
    ),
    "a key holds for the last lesson of a file, where it moves in": (
        [lesson("art", 0, 8), lesson("maths", 20, 9, key="L1")],
        [lesson("art", 0, 8), lesson("maths", 10, 9, key="L1")],
        {"matched": ["art 0 8 -> art 0 8 (fingerprint)", "maths 20 9 -> maths 10 9 (key)"]},
    ),
    "a key holds in a rolling export, for a lesson put off to its new last day": (
        [lesson("art", 0, 8), lesson("art", 1, 8), lesson("maths", 13, 9, key="L1")],
        [lesson("art", 1, 8), lesson("maths", 14, 9, key="L1")],
        {
            "matched": ["art 1 8 -> art 1 8 (fingerprint)", "maths 13 9 -> maths 14 9 (key)"],
            "outside": ["art 0 8"],
        },
    ),
    "a lesson without a key gets one by what it is": (
        [lesson("maths", 0, 9)],
        [lesson("maths", 0, 11, key="L1")],
        {"matched": ["maths 0 9 -> maths 0 11 (title and presenter)"]},
    ),
    "another teacher takes a lesson": (
        [lesson("maths", 0, 9, "ann")],
        [lesson("maths", 0, 9, "bob")],
        {"matched": ["maths 0 9 -> maths 0 9 (start and title)"]},
    ),
    "a lesson gets another title": (
        [lesson("maths", 0, 9)],
        [lesson("mathematics", 0, 9)],
        {"matched": ["maths 0 9 -> mathematics 0 9 (start and presenter)"]},
    ),
    "a weekly lesson moves in its own week": (
        [lesson("maths", 0, 9), lesson("maths", 7, 9), lesson("maths", 14, 9)],
        [lesson("maths", 0, 9), lesson("maths", 8, 9), lesson("maths", 14, 9)],
        {
            "matched": [
                "maths 0 9 -> maths 0 9 (fingerprint)",
                "maths 14 9 -> maths 14 9 (fingerprint)",
                "maths 7 9 -> maths 8 9 (title and presenter)",
            ]
        },
    ),
    "equally near and as many in the week: in order of time": (
        [lesson("maths", 0, 9), lesson("maths", 0, 11)],
        [lesson("maths", 0, 10), lesson("maths", 0, 12)],
        {
            "matched": [
                "maths 0 9 -> maths 0 10 (title and presenter)",
                "maths 0 11 -> maths 0 12 (title and presenter)",
            ]
        },
    ),
    "equally near and not as many: nobody can say": (
        [lesson("maths", 0, 9), lesson("maths", 0, 11), lesson("art", 0, 8), lesson("art", 0, 12)],
        [lesson("maths", 0, 10), lesson("art", 0, 8), lesson("art", 0, 12)],
        {
            "matched": ["art 0 8 -> art 0 8 (fingerprint)", "art 0 12 -> art 0 12 (fingerprint)"],
            "unsure": ["maths 0 10"],
            "gone": ["maths 0 9", "maths 0 11"],
        },
    ),
    "further than 14 days is another lesson": (
        [lesson("maths", 0, 9), lesson("art", 0, 8), lesson("art", 30, 8)],
        [lesson("maths", 15, 9), lesson("art", 0, 8), lesson("art", 30, 8)],
        {
            "matched": ["art 0 8 -> art 0 8 (fingerprint)", "art 30 8 -> art 30 8 (fingerprint)"],
            "new": ["maths 15 9"],
            "gone": ["maths 0 9"],
        },
    ),
    "a lesson that is in the file no more has gone": (
        [lesson("maths", 1, 9), lesson("art", 0, 8), lesson("art", 4, 8)],
        [lesson("art", 0, 8), lesson("art", 4, 8)],
        {
            "matched": ["art 0 8 -> art 0 8 (fingerprint)", "art 4 8 -> art 4 8 (fingerprint)"],
            "gone": ["maths 1 9"],
        },
    ),
    "of what lies outside its stretch a file says nothing": (
        [lesson("maths", 20, 9), lesson("art", 0, 8)],
        [lesson("art", 0, 8)],
        {"matched": ["art 0 8 -> art 0 8 (fingerprint)"], "outside": ["maths 20 9"]},
    ),
    "last week's file under the same name has not moved into this week": (
        [lesson("maths", 0, 9), lesson("art", 2, 9)],
        [lesson("maths", 7, 9), lesson("art", 9, 9)],
        {"new": ["maths 7 9", "art 9 9"], "outside": ["maths 0 9", "art 2 9"]},
    ),
    "two lessons swap": (
        [lesson("maths", 0, 9), lesson("art", 0, 10)],
        [lesson("maths", 0, 10), lesson("art", 0, 9)],
        {
            "matched": [
                "maths 0 9 -> maths 0 10 (title and presenter)",
                "art 0 10 -> art 0 9 (title and presenter)",
            ]
        },
    ),
    "two teachers change places": (
        [lesson("maths", 0, 9, "ann"), lesson("art", 0, 9, "bob")],
        [lesson("maths", 0, 9, "bob"), lesson("art", 0, 9, "ann")],
        {
            "matched": [
                "art 0 9 -> art 0 9 (start and title)",
                "maths 0 9 -> maths 0 9 (start and title)",
            ]
        },
    ),
}


@pytest.mark.parametrize(("old", "new", "expected"), CASES.values(), ids=CASES)
def test_what_became_of_a_lesson(
    old: Sequence[Lesson], new: Sequence[Lesson], expected: dict[str, list[str]]
) -> None:
    assert became(old, new) == expected


def test_a_row_that_is_spoilt_today_keeps_its_lesson() -> None:
    old = [lesson("maths", 1, 9), lesson("maths", 2, 9, "bob"), lesson("art", 0, 8), lesson("art", 4, 8)]
    rest = [lesson("art", 0, 8), lesson("art", 4, 8)]
    assert became(old, rest)["gone"] == ["maths 1 9", "maths 2 9"]
    assert became(old, rest, [Spoilt(title="maths", presenter="ann")])["gone"] == ["maths 2 9"]
    assert "gone" not in became(old, rest, [Spoilt(title="maths")])
    # Of what cannot be read nothing is concluded: a slip in one cell leaves the other, two leave any of them.
    assert became(old, rest, [Spoilt(title="maths", presenter="an")])["kept"] == ["maths 1 9", "maths 2 9"]
    assert became(old, rest, [Spoilt(title="mahts", presenter="bob")])["gone"] == ["maths 1 9"]
    assert "gone" not in became(old, rest, [Spoilt(title="mahts", presenter="an")])
    assert "gone" not in became(old, rest, [Spoilt()])
    keyed = [lesson("maths", 1, 9, key="L1"), *old[2:]]
    assert "gone" not in became(keyed, rest, [Spoilt(key="L1", title="music")])


SPOILT_SERIES = {
    "its day is no part of its key": (
        Spoilt(key="L1", title="music", presenter="bob"),
        {"maths 7 9", "maths 8 9"},
    ),
    "a key that only begins alike is another's": (
        Spoilt(key="L", title="chess", presenter="bob"),
        {"chess 9 9"},
    ),
    "a row with the day in its key is that day's": (
        Spoilt(key="L1 2031-09-08", title="chess", presenter="bob"),
        {"maths 7 9"},
    ),
}


@pytest.mark.parametrize(("row", "kept"), SPOILT_SERIES.values(), ids=SPOILT_SERIES)
def test_a_row_that_repeats_and_is_spoilt_today_keeps_its_lessons(row: Spoilt, kept: set[str]) -> None:
    old = [
        lesson("maths", 7, 9, key="L1 2031-09-08"),
        lesson("maths", 8, 9, key="L1 2031-09-09"),
        lesson("chess", 9, 9, "bob", key="L2"),
    ]
    rest = [lesson("art", 0, 8), lesson("art", 14, 8)]
    found = became([*old, *rest], rest, [row])
    assert set(found["kept"]) == kept
    assert set(found["gone"]) == {"maths 7 9", "maths 8 9", "chess 9 9"} - kept


def test_a_rolling_export_moves_nothing_in_or_out() -> None:
    tonight = [lesson("maths", day, 9) for day in range(14) if day % 7 < 5]
    tomorrow = [lesson("maths", day, 9) for day in range(1, 15) if day % 7 < 5]
    assert set(became(tonight, tomorrow)) == {"matched", "outside", "new"}
    moved = [*tomorrow[:-1], lesson("maths", 14, 11)]  # the new last day
    assert became(tonight, moved)["new"] == ["maths 14 11"]


def test_within_one_week_a_lesson_well_ahead_moves_though_the_stretch_rolls() -> None:
    old, new = [lesson("maths", 0, 9), lesson("art", 2, 9)], [lesson("maths", 1, 9), lesson("art", 3, 9)]
    assert [each.by for each in match(old, new, versions(old, new)).matches] == [By.TITLE_AND_PRESENTER] * 2
    soon = Versions(before=Span.of(old), now=versions(old, new).now, now_s=int(FIRST.timestamp()))
    assert [each.old for each in match(old, new, soon).matches] == [old[1].tag]


# Properties.

Row = tuple[str, int, int, str, str]  # title, day, hour, presenter, key

SMALL = st.lists(
    st.tuples(
        st.sampled_from(["maths", "maths", "art"]),
        st.sampled_from([0, 0, 1, 4, 7, 8, 21]),
        st.sampled_from([8, 9, 10, 11]),
        st.sampled_from(["ann", "ann", "bob"]),
        st.sampled_from(["", "", "", "L1", "L2", "L2 2031-09-01"]),
    ),
    max_size=6,
    unique_by=(lambda each: each[:4], lambda each: each[4] or each),
)
WIDE = Versions(before=None, now=Span(0, 1 << 40, 1, 1 << 20), now_s=0)


def made(rows: Sequence[Row], first_tag: int) -> list[Lesson]:
    return [
        lesson(title, day, hour, presenter, key, tag)
        for tag, (title, day, hour, presenter, key) in enumerate(rows, first_tag)
    ]


def tags(found: Matching) -> tuple[list[int], list[int]]:
    olds = [*(each.old for each in found.matches), *found.gone, *found.kept, *found.outside]
    return olds, [*(each.new for each in found.matches), *found.new, *found.unsure]


@given(SMALL, SMALL)
def test_every_lesson_ends_in_one_place(old: list[Row], new: list[Row]) -> None:
    olds, news = made(old, 1), made(new, 101)
    ended = tags(match(olds, news, WIDE))
    assert sorted(ended[0]) == [each.tag for each in olds]
    assert sorted(ended[1]) == [each.tag for each in news]


@given(SMALL, SMALL, st.permutations(["", "L1", "L2", "L3", "L4", "L5", "L6"]))
def test_an_unchanged_row_matches_nothing_else_whatever_it_is_called(
    old: list[Row], new: list[Row], keys: list[str]
) -> None:
    renamed = [(*each[:4], key) for each, key in zip(old[1:], keys, strict=False)]
    olds = made(old, 1)
    news = made([*renamed, *(each for each in new if each[:4] not in {other[:4] for other in renamed})], 101)
    by_print = {each.fingerprint: each for each in olds}
    result = match(olds, news, WIDE)
    found = {each.new: each for each in result.matches}
    for each in news:
        if twin := by_print.get(each.fingerprint):
            assert (found[each.tag].old, found[each.tag].by) == (twin.tag, By.FINGERPRINT)
    asked = {each.fingerprint for each in news}
    assert not [each for each in olds if each.fingerprint in asked and each.tag in result.gone]


@given(SMALL, SMALL, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(old: list[Row], new: list[Row], random: Random) -> None:
    olds, news = made(old, 1), made(new, 101)
    before = match(olds, news, WIDE)
    for lessons in (olds, news):
        random.shuffle(lessons)
    assert match(olds, news, WIDE) == before


@given(SMALL, SMALL)
def test_swapping_the_files_swaps_new_and_gone(old: list[Row], new: list[Row]) -> None:
    olds, news = made(old, 1), made(new, 101)
    forth, back = match(olds, news, WIDE), match(news, olds, WIDE)
    assert {(each.old, each.new, each.by) for each in forth.matches} == {
        (each.new, each.old, each.by) for each in back.matches
    }
    assert set(forth.gone) == {*back.new, *back.unsure}
    assert {*forth.new, *forth.unsure} == set(back.gone)


@given(SMALL, SMALL)
def test_it_matches_as_the_rules_read_word_for_word(old: list[Row], new: list[Row]) -> None:
    olds, news = made(old, 1), made(new, 101)
    found = {(each.old, each.new) for each in match(olds, news, WIDE).matches}
    assert found == word_for_word(olds, news)


def word_for_word(olds: list[Lesson], news: list[Lesson]) -> set[tuple[int, int]]:
    """The oracle: every pair looked at again at each step, nothing remembered."""
    pairs: set[tuple[int, int]] = set()

    def left() -> tuple[list[Lesson], list[Lesson]]:
        taken = {tag for pair in pairs for tag in pair}
        return [o for o in olds if o.tag not in taken], [n for n in news if n.tag not in taken]

    unchanged = [(o, n) for o in olds for n in news if o.fingerprint == n.fingerprint]
    pairs |= {(o.tag, n.tag) for o, n in unchanged}
    handed_on = {key for o, n in unchanged if o.key != n.key for key in (o.key, n.key)}
    olds = [replace(each, key="") if each.key in handed_on else each for each in olds]
    news = [replace(each, key="") if each.key in handed_on else each for each in news]
    o1, n1 = left()
    pairs |= {(o.tag, n.tag) for o in o1 for n in n1 if o.key and o.key == n.key}
    first = [each for side in left() for each in side]
    doubt: set[int] = set()
    for same_week in (True, False):
        while fits := [
            (abs(o.starts - n.starts), o, n)
            for o in left()[0]
            for n in left()[1]
            if _series(o) == _series(n) and o.may_be(n) and abs(o.day - n.day) <= 14
            if (o.week == n.week or not same_week) and not {o.tag, n.tag} & doubt
            if not any(_between(each, o, n) for each in first if _series(each) == _series(o))
        ]:
            nearest = min(apart for apart, _, _ in fits)
            here = [(o, n) for apart, o, n in fits if apart == nearest]
            alone = [pair for pair in here if _tied(here, pair) == [pair]]
            if alone:
                pairs |= {(o.tag, n.tag) for o, n in alone}
                continue
            tied = _tied(here, here[0])
            of_week = [
                [
                    x
                    for x in side
                    if (_series(x), x.week) == (_series(here[0][0]), here[0][0].week) and x.tag not in doubt
                ]
                for side in left()
            ]
            in_order = list(zip(*(sorted(side, key=lambda x: x.starts) for side in of_week), strict=False))
            if same_week and len(of_week[0]) == len(of_week[1]) and all(x.may_be(y) for x, y in in_order):
                pairs |= {(x.tag, y.tag) for x, y in in_order}
            else:
                doubt |= {x.tag for pair in tied for x in pair}
    same: Callable[[Lesson], tuple[int, str]]
    for same in (lambda x: (x.starts, x.title), lambda x: (x.starts, x.presenter)):
        o1, n1 = left()
        pairs |= {
            (o.tag, n.tag)
            for o in o1
            for n in n1
            if same(o) == same(n)
            and o.may_be(n)
            and sum(same(x) == same(o) for x in o1) == sum(same(x) == same(n) for x in n1) == 1
        }
    return pairs


def _series(each: Lesson) -> tuple[str, str]:
    return each.title, each.presenter


def _between(each: Lesson, one: Lesson, other: Lesson) -> bool:
    return min(one.starts, other.starts) < each.starts < max(one.starts, other.starts)


def _tied(here: list[tuple[Lesson, Lesson]], pair: tuple[Lesson, Lesson]) -> list[tuple[Lesson, Lesson]]:
    """All pairs that share a lesson with this one, or with one that does."""
    tied = [pair]
    while more := [p for p in here if p not in tied and any(p[0] is t[0] or p[1] is t[1] for t in tied)]:
        tied += more
    return tied
