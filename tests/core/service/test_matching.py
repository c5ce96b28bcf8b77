"""Which listed class is the one whose answer was lost: found and absent are said only where both are certain."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batch.core.service.audit import stands_as_sent
from batch.core.service.calibration import Calibration, calibrate, from_json, may_be_anothers
from batch.core.service.listed import Seen, Wanted
from batch.core.service.matching import (
    Unplaced,
    Verdict,
    classes_of,
    is_its_class,
    look_up,
    may_be_its_class,
)
from batch.sandbox.bends import BENDS
from tests.core.service.bent import DAY, HOUR, NINE, shown, wanted

FOUND, ABSENT, CANNOT_TELL = "1", Unplaced.ABSENT, Unplaced.CANNOT_TELL

#: Classes that are known to stand in the list: with them it is calibrated.
KNOWN = [
    wanted(f"known {number}", title, at=NINE + number * DAY + number * HOUR, zone=zone, presenter=presenter)
    for number, (title, zone, presenter) in enumerate(
        [
            ("Algebra & Geometry", "Europe/Paris", "ann@s.example"),
            ("Café: français <A1>", "Asia/Kolkata", "bob@s.example"),
            ("Größenlehre II", "America/New_York", "eve@s.example"),
            ("“Reading” & writing", "Asia/Kolkata", "ann@s.example"),
            (
                "An introduction to the history of everything that was ever taught in schools, part 1",
                "GMT",
                "bob@s.example",
            ),
            ("Chemistry", "Asia/Tokyo", "eve@s.example"),
        ],
        start=-8,
    )
]


def calibrated(*bends: str, **told: object) -> Calibration:
    return calibrate([(each, shown(each, 900 + number, bends, **told)) for number, each in enumerate(KNOWN)])


PLAIN = calibrated()
ANN = {"presenter_id": "ann@s.example"}

ONE: dict[str, tuple[list[Seen], Verdict]] = {
    "nothing is listed": ([], ABSENT),
    "the very class": ([shown(wanted(0), 1)], FOUND),
    "written with other spaces": ([shown(wanted(0), 1, title=" Algebra\u00a0 ")], FOUND),
    "its presenter is told": ([shown(wanted(0), 1, **ANN)], FOUND),
    "its presenter in capitals": ([shown(wanted(0), 1, presenter_id="Ann@S.example")], FOUND),
    "its presenter by a number, which says nothing": ([shown(wanted(0), 1, presenter_id="4711")], FOUND),
    "its length is not told": ([shown(wanted(0), 1, duration=None)], FOUND),
    "its zone is not told: the local time it was sent by": ([shown(wanted(0), 1, time_zone=None)], FOUND),
    "another title at its time": ([shown(wanted(0, "Biology"), 1)], ABSENT),
    "another title at its time, by its presenter": ([shown(wanted(0, "Biology"), 1, **ANN)], CANNOT_TELL),
    "its title at its time, by another presenter": (
        [shown(wanted(0), 1, presenter_id="bob@s.example")],
        CANNOT_TELL,
    ),
    "its title in capitals, which this list never writes": ([shown(wanted(0, "ALGEBRA"), 1)], CANNOT_TELL),
    "another length": ([shown(wanted(0), 1, duration=90)], CANNOT_TELL),
    "an hour later: another lesson": ([shown(wanted(0, at=NINE + HOUR), 1)], ABSENT),
    "a week later": ([shown(wanted(0, at=NINE + 7 * DAY), 1)], ABSENT),
    "two that could be it": ([shown(wanted(0), 1), shown(wanted(0), 2)], CANNOT_TELL),
    "no time is told": ([shown(wanted(0), 1, start_time=None)], CANNOT_TELL),
}


@pytest.mark.parametrize(("listed", "verdict"), ONE.values(), ids=ONE)
def test_one_class_is_sought_in_a_list_that_shows_what_was_sent(listed: list[Seen], verdict: Verdict) -> None:
    assert look_up([wanted("ours")], listed, PLAIN) == {"ours": verdict}


UNPROVED: dict[str, tuple[list[Seen], Verdict]] = {
    "the very class is found all the same": ([shown(wanted(0), 1)], FOUND),
    "another title at its time could be its own": ([shown(wanted(0, "Biology"), 1)], Unplaced.OTHER_TITLES),
    "another title at its time, by its presenter": ([shown(wanted(0, "Biology"), 1, **ANN)], CANNOT_TELL),
    "a title that is not told": ([shown(wanted(0), 1, title="")], CANNOT_TELL),
    "its title an hour later could be on another clock": ([shown(wanted(0, at=NINE + HOUR), 1)], CANNOT_TELL),
    "its title ten minutes later is on no clock": ([shown(wanted(0, at=NINE + 600), 1)], ABSENT),
    "its title two days later is on no clock": ([shown(wanted(0, at=NINE + 2 * DAY), 1)], ABSENT),
}


@pytest.mark.parametrize(("listed", "verdict"), UNPROVED.values(), ids=UNPROVED)
def test_what_no_known_class_has_shown_of_a_list_stays_open(listed: list[Seen], verdict: Verdict) -> None:
    assert look_up([wanted("ours")], listed, Calibration()) == {"ours": verdict}


TEN = NINE + HOUR
ANN_S: dict[str, Any] = {"presenter": "ann@s.example"}
BOB: dict[str, Any] = {"presenter": "bob@s.example"}

TWO: dict[str, tuple[list[Wanted], list[Seen], Mapping[str, Verdict]]] = {
    "each has its own": (
        [wanted("nine"), wanted("ten", at=TEN)],
        [shown(wanted(0), 1), shown(wanted(0, at=TEN), 2)],
        {"nine": "1", "ten": "2"},
    ),
    "alike but for a presenter that is not told, and one class": (
        [wanted("ann"), wanted("bob", **BOB)],
        [shown(wanted(0), 1)],
        {"ann": CANNOT_TELL, "bob": CANNOT_TELL},
    ),
    "alike but for a presenter that is not told, and two classes": (
        [wanted("ann"), wanted("bob", **BOB)],
        [shown(wanted(0), 1), shown(wanted(0), 2)],
        {"ann": CANNOT_TELL, "bob": CANNOT_TELL},
    ),
    "alike but for their length, and one class": (
        [wanted("one hour"), wanted("two", minutes=120, **BOB)],
        [shown(wanted(0, minutes=120), 1)],
        {"one hour": ABSENT, "two": "1"},
    ),
    "alike but for their length, and one class of another": (
        [wanted("one hour"), wanted("two", minutes=120, **BOB)],
        [shown(wanted(0, minutes=90), 1)],
        {"one hour": CANNOT_TELL, "two": CANNOT_TELL},
    ),
    "one's title is the other's with more words, and that is listed": (
        [wanted("short", "Algebra", **ANN_S), wanted("long", "Algebra in English", **ANN_S)],
        [shown(wanted(0, "Algebra in English"), 1, **ANN)],
        {"short": ABSENT, "long": "1"},
    ),
    "the same, and it might be the short one's with letters written in another way": (
        [
            wanted("short", "Algèbre linéaire pour les débutants", **ANN_S),
            wanted("long", "Algqbre linqaire pour les dqbutants", **ANN_S),
        ],
        [shown(wanted(0, "Algqbre linqaire pour les dqbutants"), 1, **ANN)],
        {"short": CANNOT_TELL, "long": CANNOT_TELL},
    ),
    "without zones, one at its time shows that the other is absent": (
        [wanted("nine"), wanted("ten", at=TEN)],
        [shown(wanted(0), 1, time_zone=None)],
        {"nine": "1", "ten": ABSENT},
    ),
}


@pytest.mark.parametrize(("sought", "listed", "verdicts"), TWO.values(), ids=TWO)
def test_two_classes_are_sought(
    sought: list[Wanted], listed: list[Seen], verdicts: Mapping[str, Verdict]
) -> None:
    assert look_up(sought, listed, PLAIN) == verdicts


#: Lists that differ in one column by a rule, and the rule as a person could read it.
BY_RULE = {
    "title-escaped": ("title", "html"),
    "title-escaped-twice": ("title", "html-twice"),
    "title-upper": ("title", "upper"),
    "title-lower": ("title", "lower"),
    "title-ascii": ("title", "ascii"),
    "title-question": ("title", "question"),
    "title-mojibake": ("title", "mojibake"),
    "start-utc": ("start", "utc"),
    "start-day-first": ("start", "dmy"),
    "start-no-half": ("start", "12"),
    "start-elsewhere": ("start", "offset"),
    "duration-hours": ("length", "hours"),
    "duration-seconds": ("length", "seconds"),
    "duration-clock": ("length", "clock"),
}


@pytest.mark.parametrize("bend", BY_RULE)
def test_a_list_that_is_bent_by_a_rule_is_seen_through(bend: str) -> None:
    column, rule = BY_RULE[bend]
    at = NINE + 8 * HOUR if bend == "start-no-half" else NINE
    known = (
        calibrated(bend)
        if bend != "start-no-half"
        else calibrate(
            [
                (each, shown(each, 1, (bend,)))
                for each in (wanted(n, at=NINE + n * DAY + 7 * HOUR) for n in range(4))
            ]
        )
    )
    assert any(name == column and rule in of for name, of in known.bent()), dict(known.bent())
    lost = wanted(
        "ours",
        "Maths & déjà vu <B2>",
        at=at,
        zone="Asia/Kolkata" if bend != "start-elsewhere" else "America/New_York",
    )
    assert look_up([lost], [shown(lost, 1, (bend,))], known) == {"ours": "1"}
    assert look_up([lost], [], known) == {"ours": ABSENT}
    assert from_json(known.as_json()).bent is not None
    assert dict(from_json(known.as_json()).bent()) == dict(known.bent())


TITLES = st.sampled_from(
    ["Algebra & Geometry", "Algebra", "Café A1", "Математика 7", "C++", "C#", "<b>Lesson</b> 1", "???",
     "A very long title of a lesson that goes on for more than seventy characters, group A",
     "A very long title of a lesson that goes on for more than seventy characters, group B"]
)  # fmt: skip
PRESENTERS = st.sampled_from(["ann@s.example", "bob@s.example"])
STARTS = st.integers(0, 30).map(lambda hours: NINE + hours * HOUR)
ZONES = st.sampled_from(["Europe/Paris", "Asia/Kolkata", "GMT", "America/New_York"])
MADE = st.lists(
    st.tuples(TITLES, PRESENTERS, STARTS, ZONES, st.booleans()), max_size=6, unique_by=lambda made: made[:3]
)
COLUMN_BENDS = [name for name, kind in BENDS.items() if kind.columns]


@settings(max_examples=400)
@given(
    made=MADE,
    bends=st.lists(st.sampled_from(COLUMN_BENDS), max_size=2, unique=True),
    known=st.lists(st.tuples(TITLES, PRESENTERS, STARTS, ZONES), max_size=6),
    tells_presenter=st.booleans(),
)
def test_however_a_list_is_bent_no_class_is_absent_that_is_there_nor_found_that_is_not(
    made: Sequence[tuple[str, str, int, str, bool]],
    bends: list[str],
    known: Sequence[tuple[str, str, int, str]],
    tells_presenter: bool,
) -> None:
    """Each row was sent; those with True became a class. What the list shows of known classes may be little."""
    told: tuple[str, ...] = (*bends, "presenter-told") if tells_presenter else tuple(bends)
    pairs = [
        (each, shown(each, 900 + number, told))
        for number, (title, presenter, at, zone) in enumerate(known)
        for each in [wanted(f"known {number}", title, at=at - 40 * DAY, zone=zone, presenter=presenter)]
    ]
    sought = [
        wanted(number, title, at=at, zone=zone, presenter=presenter)
        for number, (title, presenter, at, zone, _) in enumerate(made)
    ]
    listed = [
        shown(each, each.fingerprint, told)
        for each, (*_, is_there) in zip(sought, made, strict=True)
        if is_there
    ]
    for fingerprint, verdict in look_up(sought, listed, calibrate(pairs)).items():
        if made[int(fingerprint)][-1]:
            # Of an account in which no class is known, nobody acts on what a list does not show.
            allowed = {fingerprint, CANNOT_TELL} if known else {fingerprint, CANNOT_TELL, ABSENT}
            if any(bend.startswith("title") for bend in bends):
                allowed |= {Unplaced.OTHER_TITLES}
            assert verdict in allowed, (sought[int(fingerprint)], bends)
        else:
            assert isinstance(verdict, Unplaced) or _cannot_be_told_apart(
                sought, int(verdict), int(fingerprint)
            )


def _cannot_be_told_apart(sought: Sequence[Wanted], one: int, other: int) -> bool:
    return sought[one].title == sought[other].title and sought[one].starts == sought[other].starts


@given(made=MADE, bends=st.lists(st.sampled_from(COLUMN_BENDS), max_size=1))
def test_the_index_finds_what_comparing_each_with_each_finds(
    made: Sequence[tuple[str, str, int, str, bool]], bends: list[str]
) -> None:
    sought = [
        wanted(n, title, at=at, zone=zone, presenter=who) for n, (title, who, at, zone, _) in enumerate(made)
    ]
    listed = [
        shown(each, each.fingerprint, bends)
        for each, (*_, is_there) in zip(sought, made, strict=True)
        if is_there
    ]
    known = calibrated(*bends)
    certain = {
        each.fingerprint: [seen.class_id for seen in listed if is_its_class(each, seen, known)]
        for each in sought
    }
    claimed = [class_id for class_ids in certain.values() for class_id in class_ids]
    for fingerprint, verdict in look_up(sought, listed, known).items():
        (each,) = (one for one in sought if one.fingerprint == fingerprint)
        ids = certain[fingerprint]
        left = [
            seen for seen in listed if seen.class_id not in claimed and may_be_its_class(each, seen, known)
        ]
        if isinstance(verdict, str):
            assert ids == [verdict]
            assert claimed.count(verdict) == 1
        elif verdict is ABSENT:
            assert not ids
            assert not left
        else:
            assert len(ids) != 1 or claimed.count(ids[0]) > 1 or len(sought) > 1


def test_one_class_retitled_by_hand_does_not_bend_the_list() -> None:
    pairs = [(each, shown(each, number)) for number, each in enumerate(KNOWN)]
    pairs[0] = (KNOWN[0], shown(KNOWN[0], 0, title="Moved to the gym"))
    known = calibrate(pairs)
    assert not list(known.bent())
    assert look_up([wanted("ours")], [shown(wanted(0, "Biology"), 1)], known) == {"ours": ABSENT}


def test_what_many_classes_have_shown_few_do_not_unsay() -> None:
    before = calibrated("title-upper")
    after = calibrate([(KNOWN[0], shown(KNOWN[0], 1, ("title-upper",)))], before)
    assert dict(after.bent()) == {"title": "upper:"}


def test_three_that_were_moved_alike_do_not_unsay_what_many_have_shown_to_be_plain() -> None:
    """What was left of a timetable had each been moved by a quarter of an hour, and counted as the list's own way."""
    moved = [
        (each, shown(replace(each, starts=each.starts + 900, local_starts=each.local_starts + 900), number))
        for number, each in enumerate(KNOWN[:3])
    ]
    assert [name for name, _ in calibrate(moved).bent()] == ["start"]
    kept = from_json(PLAIN.as_json())
    assert not list(calibrate(moved, kept).bent())
    assert from_json(calibrate(moved, kept).as_json()) == kept
    assert [name for name, _ in calibrate([*moved, *moved], kept).bent()] == ["start"]


#: What somebody may have made of each of three classes, all in different ways: no rule explains it.
EDITED: dict[str, list[dict[str, Any]]] = {
    "title": [{"title": each} for each in ("Moved to the gym", "Cancelled?", "With Ms Ito")],
    "length": [{"length_text": each} for each in ("17", "23", "41")],
    "presenter": [{"presenter": f"stand-in-{each}@school.example"} for each in range(3)],
}


@pytest.mark.parametrize(("column", "edits"), EDITED.items(), ids=EDITED)
def test_three_that_were_edited_each_in_its_own_way_do_not_hide_a_column_that_many_have_shown_to_be_plain(
    column: str, edits: list[dict[str, Any]]
) -> None:
    """A title that nothing explains was taken for one that the list does not show, and the edit was overwritten."""
    pairs = [
        (row, replace(shown(row, number, ("presenter-told",)), **edit))
        for number, (row, edit) in enumerate(zip(KNOWN, edits, strict=False))
    ]
    kept = from_json(calibrated("presenter-told").as_json())
    assert getattr(calibrate(pairs), column).is_silent
    found = calibrate(pairs, kept)
    assert not getattr(found, column).is_silent
    assert [stands_as_sent(row, seen, found) for row, seen in pairs] == [False] * 3


#: Two lessons with one title, hours apart; the words of the list are those of both.
EITHER = {"without AM and PM": ("start-no-half", 12), "in UTC": ("start-utc", 2)}


@pytest.mark.parametrize(("bend", "hours"), EITHER.values(), ids=EITHER)
def test_a_class_that_one_row_is_by_the_usual_rule_and_another_by_this_list_s_is_neither_s(
    bend: str, hours: int
) -> None:
    one, other = (wanted(number, at=NINE + hours * HOUR * number) for number in (0, 1))
    verdicts = look_up([one, other], [shown(other, "1", (bend,))], calibrate([]))
    assert set(verdicts.values()) == {CANNOT_TELL}


KOLKATA = [
    wanted(f"k{number}", f"Lesson {number}", at=NINE + number * DAY, zone="Asia/Kolkata")
    for number in range(-3, 4)
]
#: When known classes begin, and whether an hour more or less is another lesson then.
SEASONS: dict[str, tuple[Sequence[Wanted], Verdict]] = {
    "known classes begin before and after": (KOLKATA, ABSENT),
    "all known classes begin before": (KOLKATA[:3], CANNOT_TELL),
    "all known classes begin after": (KOLKATA[4:], CANNOT_TELL),
    "between them clocks may be put on and back": (
        [*KOLKATA[:3], *(wanted(f"l{n}", at=NINE + (30 + n) * DAY, zone="Asia/Kolkata") for n in range(3))],
        CANNOT_TELL,
    ),
}


@pytest.mark.parametrize(("known", "verdict"), SEASONS.values(), ids=SEASONS)
def test_an_hour_of_daylight_saving_is_thought_of_only_where_it_can_be(
    known: Sequence[Wanted], verdict: Verdict
) -> None:
    """Where no zone stands beside a start, and none has daylight saving, nothing else tells an hour from the next."""
    pairs = [(each, shown(each, 900 + number, time_zone=None)) for number, each in enumerate(known)]
    ours = wanted("ours", zone="Asia/Kolkata")
    an_hour_later = shown(wanted(0, at=NINE + HOUR, zone="Asia/Kolkata"), 1, time_zone=None)
    assert look_up([ours], [an_hour_later], calibrate(pairs)) == {"ours": verdict}


def test_where_another_clock_explains_more_of_the_list_nothing_is_found_by_the_usual_one() -> None:
    """A row that is gone from the file left a class that looks like that of a lesson six hours earlier."""
    sought = [wanted(n, f"Lesson {n % 3}", at=NINE + n * 2 * HOUR) for n in range(4)]
    listed = [shown(each, 100 + n, ("start-elsewhere",)) for n, each in enumerate(sought)]
    gone = wanted("gone", "Lesson 1", at=NINE + 8 * HOUR)
    verdicts = look_up(sought, [*listed, shown(gone, 200, ("start-elsewhere",))], Calibration())
    assert set(verdicts.values()) == {CANNOT_TELL}


#: Titles that no known class is like: by one way of writing after another their letters become anything.
ACCENTED = ["Introduction to the évening school & more", "Größenlehre II für alle, Gruppe B"]
TITLE_BENDS = [name for name, kind in BENDS.items() if kind.group == "Titles" and name != "title-untold"]


@pytest.mark.parametrize("second", TITLE_BENDS)
def test_a_title_that_is_written_by_two_rules_at_once_is_never_called_absent(second: str) -> None:
    """Classes without accents show one of the two at most."""
    plain = [wanted(n, f"Plain lesson number {n} & some more words", at=NINE - n * DAY) for n in range(5)]
    for first in TITLE_BENDS:
        known = calibrate([(row, shown(row, 900 + n, (first, second))) for n, row in enumerate(plain)])
        for title in ACCENTED:
            lost = wanted("lost", title, at=NINE + 3 * HOUR)
            (verdict,) = look_up([lost], [shown(lost, 100, (first, second))], known).values()
            assert verdict is not ABSENT, (first, second, title)


SPELT = {
    "by its number": ("Einführung in Algebra", "Einf&#252;hrung in Algebra", True),
    "left out": ("Einführung in Algebra", "Einfhrung in Algebra", True),
    "another title that begins and ends like it": (
        "Einführung in Algebra",
        "Einfache Beispiele aus der Algebra",
        False,
    ),
    "without such a letter a title is another": ("Einfuhrung in Algebra", "Einf252hrung in Algebra", False),
    "a short one": ("Är 1", "Bar 1", False),
}


@pytest.mark.parametrize(("sent", "listed", "may_be"), SPELT.values(), ids=SPELT)
def test_a_letter_that_not_every_service_can_write_may_be_written_in_any_way(
    sent: str, listed: str, may_be: bool
) -> None:
    lost = wanted("lost", sent)
    known = calibrate([(row, shown(row, 900)) for row in KNOWN])
    verdict = look_up([lost], [shown(wanted("there", listed), 100)], known)["lost"]
    assert (verdict is not ABSENT) is may_be


#: A row whose number is listed as somebody else's class: what it was sent as, and what becomes of a lost one that looks like the class.
MISNUMBERED: dict[str, tuple[Wanted, str | Unplaced]] = {
    "alike, and no presenter is listed": (
        wanted("misnumbered", presenter="bob@s.example"),
        Unplaced.CANNOT_TELL,
    ),
    "with another title": (wanted("misnumbered", "Biology"), "100"),
    "at another time": (wanted("misnumbered", at=NINE + 5 * HOUR), "100"),
}


@pytest.mark.parametrize(("other", "verdict"), MISNUMBERED.values(), ids=MISNUMBERED)
def test_a_class_that_may_be_that_of_a_row_with_anothers_number_is_not_found_for_a_lost_one(
    other: Wanted, verdict: str | Unplaced
) -> None:
    lost = wanted("lost")
    known = calibrate(
        [
            (row, shown(row, 900 + n))
            for n in range(3)
            for row in [wanted(n, f"Lesson {n}", at=NINE + n * DAY)]
        ]
    )
    anothers = shown(wanted("theirs", "Somebody else's", at=NINE + 90 * HOUR), 77)
    assert look_up([lost], [shown(lost, 100)], known, elsewhere=[(other, anothers)]) == {"lost": verdict}


#: Rows in doubt, what is listed, and which of it they explain.
IN_DOUBT: dict[str, tuple[list[Wanted], list[Seen], set[str]]] = {
    "a class that is one row's": ([wanted("ann")], [shown(wanted(0), 1)], {"1"}),
    "a class that is none's": ([wanted("ann")], [shown(wanted(0, "Biology"), 1)], set()),
    "two classes of one row: one is somebody else's": (
        [wanted("ann")],
        [shown(wanted(0), 1), shown(wanted(0), 2)],
        set(),
    ),
    "two classes of two rows": (
        [wanted("ann"), wanted("bob", **BOB)],
        [shown(wanted(0), 1), shown(wanted(0), 2)],
        {"1", "2"},
    ),
    "two rows, one of which can have either class, and the other one of them": (
        [wanted("ann"), wanted("bob", **BOB)],
        [shown(wanted(0), 1), shown(wanted(0), 2, presenter_id="bob@s.example")],
        {"1", "2"},
    ),
    "of three classes that two rows can have, nobody knows which is another's": (
        [wanted("ann"), wanted("bob", **BOB)],
        [shown(wanted(0), number) for number in (1, 2, 3)],
        set(),
    ),
    "classes of other hours are counted by themselves": (
        [wanted("nine"), wanted("ten", at=TEN)],
        [shown(wanted(0), 1), shown(wanted(0), 2), shown(wanted(0, at=TEN), 3)],
        {"3"},
    ),
}


@pytest.mark.parametrize(("in_doubt", "listed", "explained"), IN_DOUBT.values(), ids=IN_DOUBT)
def test_rows_in_doubt_explain_as_many_classes_as_they_are(
    in_doubt: list[Wanted], listed: list[Seen], explained: set[str]
) -> None:
    assert classes_of(in_doubt, listed, PLAIN) == explained


#: What is listed under a row's number, and whether it may be another class.
UNDER_ITS_NUMBER: dict[str, tuple[Seen, bool]] = {
    "as it was sent": (shown(wanted(0), 1), False),
    "somebody gave it another title": (shown(wanted(0, "Biology"), 1), False),
    "somebody moved it": (shown(wanted(0, at=NINE + 15 * 60), 1), False),
    "another presenter": (shown(wanted(0), 1, presenter_id="bob@s.example"), False),
    "another title at another time": (shown(wanted(0, "Biology", at=NINE + DAY), 1), True),
    "another title and length": (shown(wanted(0, "Biology"), 1, duration=90), True),
    "another title, and no time is told": (shown(wanted(0, "Biology"), 1, start_time=None), False),
}


@pytest.mark.parametrize(
    "calibration", [PLAIN, Calibration()], ids=["a list that is known", "an unknown one"]
)
@pytest.mark.parametrize(("listed", "may_be"), UNDER_ITS_NUMBER.values(), ids=UNDER_ITS_NUMBER)
def test_what_differs_in_two_things_may_be_another_class(
    listed: Seen, may_be: bool, calibration: Calibration
) -> None:
    assert may_be_anothers(wanted("ours"), listed, calibration) is may_be


@pytest.mark.parametrize("first", COLUMN_BENDS)
@pytest.mark.parametrize("second", ["start-utc", "title-cut"])
def test_a_list_that_is_known_to_be_written_otherwise_shows_no_other_classes(first: str, second: str) -> None:
    bends = [first, second]
    known = calibrated(*bends)
    assert not [
        each.title
        for number, each in enumerate(KNOWN)
        if may_be_anothers(each, shown(each, 900 + number, bends), known)
    ]
