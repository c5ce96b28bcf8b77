"""Is a row in the account already that this journal never sent? Taken over, held for a person, or sent."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.service.calibration import Calibration, Column, calibrate
from batch.core.service.first_send import Alike, Already, Answer, Held, compare
from batch.core.service.listed import Seen, Wanted
from batch.sandbox.bends import BENDS
from tests.core.service.bent import DAY, HOUR, NINE, shown, wanted

TITLES = [
    "Algebra & I",
    "Biology",
    "Chemistry",
    "Drama",
    "English, upper set",
    "French",
    "Geography",
    "History",
]


def term(rows: int, **facts: object) -> list[Wanted]:
    """Different lessons of one day each."""
    return [wanted(n, TITLES[n % 8], at=NINE + n * HOUR + n // 4 * DAY, **facts) for n in range(rows)]  # type: ignore[arg-type] # as the cases have it


def listed(rows: Sequence[Wanted], *bends: str, **told: object) -> list[Seen]:
    return [shown(row, 100 + number, bends, **told) for number, row in enumerate(rows)]


def outcomes(
    rows: Sequence[Wanted],
    classes: Sequence[Seen],
    known: Calibration | None = None,
    taken_over: int | None = None,
) -> list[str]:
    answers = compare(rows, classes, known or Calibration(), taken_over=taken_over).answers
    return [_word(answers.get(row.fingerprint)) for row in rows]


IN_DOUBT: dict[str, tuple[Wanted, Calibration, str]] = {
    "on Greenwich time it would be that of a row in doubt": (
        wanted("lost", at=NINE - 2 * HOUR),
        Calibration(),
        "held: indistinct",
    ),
    "this list is on the clock beside each start": (
        wanted("lost", at=NINE - 2 * HOUR),
        calibrate([(row, shown(row, 900 + n)) for n, row in enumerate(term(6))]),
        "already 100",
    ),
    "the row in doubt has another title": (
        wanted("lost", "Biology", at=NINE - 2 * HOUR),
        Calibration(),
        "already 100",
    ),
    "it has another teacher": (
        wanted("lost", at=NINE - 2 * HOUR, presenter="bob@s.example"),
        Calibration(),
        "already 100",
    ),
    "it is that of another week": (wanted("lost", at=NINE - 7 * DAY), Calibration(), "already 100"),
}


@pytest.mark.parametrize("equal_rows", [0, 1, 2])
@pytest.mark.parametrize(("lost", "known", "outcome"), IN_DOUBT.values(), ids=IN_DOUBT)
def test_a_class_that_may_be_that_of_a_row_in_doubt_is_no_other_rows(
    lost: Wanted, known: Calibration, outcome: str, equal_rows: int
) -> None:
    """However often the other row is in the file: one class shows no more by it."""
    row = wanted("ours")
    listing = [shown(row, 100, ("presenter-told",))]
    equal = [wanted(number) for number in range(equal_rows)]
    answers = compare([row, *equal], listing, known, in_doubt=[lost]).answers
    assert _word(answers.get("ours")) == outcome


def test_one_class_speaks_for_the_usual_clock_once_however_many_rows_begin_when_it_does() -> None:
    """Two teachers have this lesson; by another clock the class is that of a row in doubt."""
    ours, others = wanted("ours"), wanted("other", presenter="bob@s.example")
    lost = wanted("lost", at=NINE - 2 * HOUR)
    listing = [shown(ours, 100, ("presenter-told",))]
    answers = compare([ours, others], listing, Calibration(), taken_over=0, in_doubt=[lost]).answers
    assert _word(answers.get("ours")) == "held: indistinct"


LONG = "Introduction for the evening school, groups A and B: algebra, with a look at number theory"
#: The row, another that was sent and never answered, and what becomes of the first.
LIKE: dict[str, tuple[Wanted, Wanted, str]] = {
    "an equal row is in doubt": (wanted("ours", LONG), wanted("lost", LONG), "held: indistinct"),
    "one with another title is": (wanted("ours", LONG), wanted("lost", "Biology"), "already 100"),
    "one of another teacher is": (
        wanted("ours", LONG),
        wanted("lost", LONG, presenter="bob@s.example"),
        "already 100",
    ),
    "one of another day is": (
        wanted("ours", LONG),
        wanted("lost", LONG, at=NINE + 3 * DAY),
        "already 100",
    ),
    "one is whose longer title begins so, and the row's own is listed": (
        wanted("ours", LONG[:70]),
        wanted("lost", LONG),
        "already 100",
    ),
}


@pytest.mark.parametrize(("row", "lost", "outcome"), LIKE.values(), ids=LIKE)
def test_a_class_with_a_title_like_that_of_a_row_in_doubt_is_no_equal_rows(
    row: Wanted, lost: Wanted, outcome: str
) -> None:
    """A list that cuts titles."""
    known = calibrate([(each, shown(each, 900 + n)) for n, each in enumerate(term(6))])
    listing = [shown(row, 100, ("presenter-told", "title-cut"))]
    answers = compare([row], listing, known, in_doubt=[lost]).answers
    assert _word(answers.get("ours")) == outcome


#: The titles of two rows, two hours apart, in which way the list is bent, and what the first becomes by a class that is
#: the second's on Greenwich time.
CUT: dict[str, tuple[str, str, tuple[str, ...], str]] = {
    "lessons of one title": (LONG, LONG, (), "held: indistinct"),
    "which is cut": (LONG, LONG, ("title-cut",), "held: indistinct"),
    "titles that are one as far as they are listed": (LONG, LONG + " 2", ("title-cut",), "held: indistinct"),
    "titles that differ": (LONG, "Biology", (), "held: differs"),
    "titles that are cut, and differ before that": (LONG, "B" + LONG, ("title-cut",), "held: differs"),
}


@pytest.mark.parametrize(("first", "second", "bends", "outcome"), CUT.values(), ids=CUT)
def test_a_class_that_may_be_that_of_another_row_on_another_clock_is_neithers(
    first: str, second: str, bends: tuple[str, ...], outcome: str
) -> None:
    """Nothing is known yet of how this list writes starts, and what is left of a title is no more the one's."""
    rows = [wanted("nine", first), wanted("eleven", second, at=NINE + 2 * HOUR)]
    seen = shown(rows[1], 100, ("presenter-told", "start-iso-utc", *bends))
    assert outcomes(rows, [replace(seen, starts=None, local_starts=None)]) == [outcome, "new"]


def _word(answer: Answer | None) -> str:
    if answer is None:
        return "new"
    return f"already {answer.class_id}" if isinstance(answer, Already) else f"held: {answer.why.value}"


ANN = {"presenter_id": "ann@s.example"}
SIX, TWO = term(6), term(2)
ALL_ALREADY = [f"already {100 + number}" for number in range(6)]
WEEKLY = [wanted(n, "Algebra", at=NINE + n * 7 * DAY) for n in range(6)]
TWINS = [wanted("one", "Algebra"), wanted("two", "Algebra"), wanted("three", "Algebra")]

#: rows, what is listed, and what becomes of each row
CASES: dict[str, tuple[list[Wanted], list[Seen], list[str]]] = {
    "an account of one's own, and empty": (SIX, [], ["new"] * 6),
    "two rows of which each is listed with its presenter": (TWO, listed(TWO, "presenter-told"), ALL_ALREADY[:2]),
    "the file was sent from elsewhere, and no presenter is told": (SIX, listed(SIX), ALL_ALREADY),
    "a file too short to be recognised is held": (TWO, listed(TWO), ["held: no presenter"] * 2),
    "half of the file is no file that was sent before": (
        SIX,
        listed(SIX)[:3],
        ["held: no presenter"] * 3 + ["new"] * 3,
    ),
    "three quarters are, and the rest is sent": (
        term(8),
        listed(term(8))[:6],
        [*ALL_ALREADY, "new", "new"],
    ),
    "a lesson that has another time in its week has moved": (
        term(8),
        [*listed(term(8))[:7], shown(wanted(7, TITLES[7], at=term(8)[7].starts + 7200), 107)],
        [*ALL_ALREADY, "already 106", "held: moved"],
    ),
    "other people's classes at the same times hold nobody": (
        SIX,
        listed([wanted(n, f"Other {n}", at=row.starts) for n, row in enumerate(SIX)]),
        ["new"] * 6,
    ),
    "weekly lessons with one title and teacher hold nobody": (
        WEEKLY[3:],
        listed(WEEKLY[:3], "presenter-told"),
        ["new"] * 3,
    ),
    "another teacher with the same title at the same time": (
        [wanted("ours", presenter="bob@s.example")],
        [shown(wanted(0), 100, ("presenter-told",))],
        ["held: differs"],
    ),
    "the same teacher at the same time with another title": (
        [wanted("ours", "Biology")],
        [shown(wanted(0), 100, ("presenter-told",))],
        ["held: differs"],
    ),
    "another length": ([wanted("ours")], [shown(wanted(0), 100, duration=90)], ["held: differs"]),
    "a title that is not told agrees with nothing": (
        [wanted("ours")],
        [shown(wanted(0), 100, ("title-untold",))],
        ["new"],
    ),
    "a title that folds to nothing agrees with nothing": (
        [wanted("ours", "???")],
        [shown(wanted(0, "!!!"), 100)],
        ["new"],
    ),
    "exact titles pair before those that fold alike": (
        [wanted("sharp", "C#"), wanted("plus", "C++", presenter="bob@s.example")],
        [shown(wanted(0, "C++", presenter="bob@s.example"), 100, ("presenter-told",))],
        ["new", "already 100"],
    ),
    "C# is not taken for C++ though the two fold alike": (
        [wanted("sharp", "C#")],
        [shown(wanted(0, "C++"), 100, ("presenter-told",))],
        ["held: differs"],
    ),
    "a title that the list escapes is the row's own": (
        [wanted("ours", "Maths & more")],
        [shown(wanted(0, "Maths & more"), 100, ("title-escaped", "presenter-told"))],
        ["already 100"],
    ),
    "of equal rows as many as are listed are there, the rest is sent": (
        TWINS,
        [shown(TWINS[0], 100, ("presenter-told",)), shown(TWINS[0], 101, ("presenter-told",))],
        ["already 100", "already 101", "new"],
    ),
    "rows that differ in what is not listed get no class": (
        [wanted("few", others={"time_zone": "Europe/Paris", "attendee_limit": "5"}),
         wanted("many", others={"time_zone": "Europe/Paris", "attendee_limit": "50"})],
        [shown(wanted(0), 100, ("presenter-told",))],
        ["held: indistinct", "held: indistinct"],
    ),
    "two teachers' rows, and two classes that do not say whose": (
        [*SIX, wanted("bob", TITLES[0], presenter="bob@s.example")],
        [*listed(SIX), shown(SIX[0], 200)],
        ["held: indistinct", *ALL_ALREADY[1:], "held: indistinct"],
    ),
    "a status that nobody knows": ([wanted("ours")], [shown(wanted(0), 100, ("presenter-told",), status="pending")],
                                   ["held: status"]),
    "no status": ([wanted("ours")], [shown(wanted(0), 100, ("presenter-told",), status=None)], ["held: status"]),
    "a list in UTC, and a file of two": (TWO, listed(TWO, "start-utc"), ["new"] * 2),
}  # fmt: skip


#: What is sent of each row besides, what the list tells of each class, and whether it may be the file that was sent before.
BESIDES: dict[str, tuple[dict[str, str], dict[str, str], bool]] = {
    "the same number of places": ({"attendee_limit": "20"}, {"attendee_limit": "20"}, True),
    "other places": ({"attendee_limit": "20"}, {"attendee_limit": "30"}, False),
    "one is recorded": ({"create_recording": "true"}, {"create_recording": "false"}, False),
    "the same in capitals": ({"create_recording": "true"}, {"create_recording": "True"}, True),
    "another language": ({"language_culture_name": "es-ES"}, {"language_culture_name": "en-US"}, False),
    "another zone": ({"time_zone": "Europe/Paris"}, {"time_zone": "Europe/Madrid"}, False),
    "the list does not tell": ({"attendee_limit": "20"}, {}, True),
    "the file does not say": ({}, {"attendee_limit": "30"}, True),
}


@pytest.mark.parametrize(("sent", "told", "is_sent_before"), BESIDES.values(), ids=BESIDES)
def test_a_file_is_recognised_without_presenters_only_where_nothing_else_differs(
    sent: dict[str, str], told: dict[str, str], is_sent_before: bool
) -> None:
    rows = [replace(row, others={**row.others, **sent}) for row in SIX]
    classes = [replace(each, others=told) for each in listed(SIX)]
    assert outcomes(rows, classes) == (ALL_ALREADY if is_sent_before else ["held: no presenter"] * 6)
    # One of them is enough to doubt it.
    mixed = [*listed(SIX)[:5], classes[5]]
    assert outcomes(rows, mixed) == (ALL_ALREADY if is_sent_before else ["held: no presenter"] * 6)


@pytest.mark.parametrize(("rows", "classes", "expected"), CASES.values(), ids=CASES)
def test_rows_that_were_never_sent(rows: list[Wanted], classes: list[Seen], expected: list[str]) -> None:
    assert outcomes(rows, classes) == expected


#: Lists that show no class of this file as it was sent, so that the file itself has to show how they are bent.
BENT = ["start-utc", "start-elsewhere", "start-day-first", "start-no-half", "start-day-first-24", "start-untold",
        "start-words", "start-day-only", "zone-gmt", "title-before", "title-behind", "title-untold"]  # fmt: skip


@pytest.mark.parametrize("bend", BENT)
def test_a_journal_that_knows_nothing_lets_the_file_show_how_the_list_is_bent(bend: str) -> None:
    assert set(outcomes(SIX, listed(SIX, bend))) == {"held: bent"}


def test_where_the_whole_file_is_listed_two_hours_off_no_row_is_the_one_of_two_hours_later() -> None:
    """One title, one teacher, every two hours: by the usual way all but the first are there, each as another one."""
    rows = [wanted(number, at=NINE + 2 * HOUR * number) for number in range(6)]
    classes = [shown(row, 100 + number, ("start-utc", "presenter-told")) for number, row in enumerate(rows)]
    answers = compare(rows, classes, Calibration()).answers
    assert len(answers) == 6
    assert not any(isinstance(answer, Already) for answer in answers.values())


@pytest.mark.parametrize("bend", BENT)
def test_a_long_file_shows_it_by_a_sample_and_every_row_that_is_listed_so_is_held(bend: str) -> None:
    rows = term(700)
    classes = listed(rows, bend)
    missing = {each.class_id for each in classes[::9]}
    told = outcomes(rows, [each for each in classes if each.class_id not in missing])
    assert {each for number, each in enumerate(told) if number % 9} == {"held: bent"}


@pytest.mark.parametrize("bend", ["start-untold", "start-words", "start-day-only"])
def test_where_no_start_can_be_read_titles_that_repeat_show_it_too(bend: str) -> None:
    weekly = [wanted(n, TITLES[n % 2], at=NINE + n * 7 * DAY) for n in range(6)]
    assert set(outcomes(weekly, listed(weekly, bend))) == {"held: bent"}
    longer = [*weekly, wanted(6, TITLES[0], at=NINE + 42 * DAY)]
    assert set(outcomes(longer, listed(weekly, bend))) == {"held: bent"}, (
        "any of them may be the one too many"
    )


#: By a list that never showed what this journal sent: rows, listed, rows taken over before, what becomes of them.
UNPROVED: dict[str, tuple[list[Wanted], list[Seen], int, list[str]]] = {
    "nothing of the file is in the account": (SIX, [], 0, ["new"] * 6),
    "other people's classes say nothing of the file": (
        SIX,
        listed([wanted(n, f"Other {n}", at=row.starts) for n, row in enumerate(SIX)]),
        0,
        ["new"] * 6,
    ),
    "the earlier weeks of the same lessons say nothing of the later ones": (
        WEEKLY[3:],
        listed(WEEKLY[:3], "presenter-told"),
        0,
        ["new"] * 3,
    ),
    "half of the file is listed": (SIX, listed(SIX)[:3], 0, ["held: no presenter"] * 3 + ["held: unlisted"] * 3),
    "half of it is, with its presenters": (
        SIX,
        listed(SIX, "presenter-told")[:3],
        0,
        [*ALL_ALREADY[:3], *["held: unlisted"] * 3],
    ),
    "three of a hundred are: a list may be cut anywhere": (
        term(100),
        listed(term(100))[:3],
        0,
        ["held: no presenter"] * 3 + ["held: unlisted"] * 97,
    ),
    "one of two": (TWO, listed(TWO, "presenter-told")[:1], 0, ["already 100", "held: unlisted"]),
    "one of six is a coincidence": (SIX, listed(SIX)[:1], 0, ["held: no presenter", *["new"] * 5]),
    "a run before took most of the file over": (TWO, [], 6, ["held: unlisted"] * 2),
    "most of the file, bent": (SIX, listed(SIX, "start-utc")[:5], 0, ["held: bent"] * 5 + ["held: unlisted"]),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "classes", "taken_over", "expected"), UNPROVED.values(), ids=UNPROVED)
def test_rows_that_an_unproved_list_does_not_show(
    rows: list[Wanted], classes: list[Seen], taken_over: int, expected: list[str]
) -> None:
    assert outcomes(rows, classes, taken_over=taken_over) == expected


LONG = "Introduction to algebra, group B"
KNOWN_TITLES = calibrate([(row, shown(row, 900 + n)) for n, row in enumerate(term(6))])
#: By a list that never showed what this journal sent: what is listed of a row, and whether the row waits for others.
OTHER_TITLES: dict[str, tuple[Seen, Calibration, bool]] = {
    "with words before its title": (shown(wanted(0, LONG), 100, ("title-before",)), Calibration(), True),
    "with words behind it": (shown(wanted(0, LONG), 100, ("title-behind",)), Calibration(), True),
    "with the beginning of its title": (shown(wanted(0, LONG[:20]), 100), Calibration(), True),
    "without a title": (shown(wanted(0, LONG), 100, ("title-untold",)), Calibration(), True),
    "with words before it, and its length in hours": (
        shown(wanted(0, LONG), 100, ("title-before", "duration-hours")),
        Calibration(),
        True,
    ),
    "under a title of its own": (shown(wanted(0, "Biology"), 100), Calibration(), False),
    "with another length": (
        shown(wanted(0, LONG, minutes=75), 100, ("title-before",)),
        Calibration(),
        False,
    ),
    "at another time": (
        shown(wanted(0, LONG, at=NINE + HOUR), 100, ("title-before",)),
        Calibration(),
        False,
    ),
    "with words before it, and another address: the list may show everybody's alias": (
        shown(wanted(0, LONG, presenter="bob@s.example"), 100, ("title-before", "presenter-told")),
        Calibration(),
        True,
    ),
    "another teacher's, by a list that is known to name them as they are": (
        shown(wanted(0, LONG, presenter="bob@s.example"), 100, ("title-before", "presenter-told")),
        Calibration(presenter=Column(counts=True)),
        False,
    ),
    "with words before it, by a list that is known to write titles as they are": (
        shown(wanted(0, LONG), 100, ("title-before",)),
        KNOWN_TITLES,
        False,
    ),
}


@pytest.mark.parametrize(("seen", "known", "waits"), OTHER_TITLES.values(), ids=OTHER_TITLES)
def test_a_row_whose_class_may_be_listed_under_another_title_waits_until_a_list_shows_how_titles_are_written(
    seen: Seen, known: Calibration, waits: bool
) -> None:
    rows = [wanted("ours", LONG), wanted("other", "Biology", at=NINE + 5 * HOUR)]
    compared = compare(rows, [seen], known, taken_over=0)
    assert (compared.answers, dict(compared.waits)) == (
        {},
        {"ours": Held("100", Alike.TITLES)} if waits else {},
    )
    assert not compare(rows, [seen], known).waits, "this list has shown what the journal sent"


@given(number=st.integers(1, 12), left_out=st.sets(st.integers(0, 11)), tells=st.booleans())
def test_an_unproved_list_lets_no_row_of_a_file_through_of_which_it_shows_a_part(
    number: int, left_out: set[int], tells: bool
) -> None:
    rows = term(number)
    classes = listed(rows, *(["presenter-told"] if tells else []))
    shown_ones = [seen for place, seen in enumerate(classes) if place not in left_out]
    told = outcomes(rows, shown_ones, taken_over=0)
    is_a_part = len(shown_ones) >= 3 or (shown_ones and 4 * len(shown_ones) >= number)
    for place, each in enumerate(told):
        assert (each == "new") is (place in left_out and not is_a_part)


SEEN_THROUGH = [*BENT[:4], "title-upper", "title-escaped", "duration-hours"]


@pytest.mark.parametrize("bend", SEEN_THROUGH)
def test_a_journal_with_witnesses_reads_a_bent_list(bend: str) -> None:
    before = [wanted(f"before {n}", f"Café & {n}", at=NINE - n * DAY + 4 * HOUR) for n in range(1, 7)]
    known = calibrate([(row, shown(row, 900, (bend,))) for row in before])
    assert outcomes(SIX, listed(SIX, bend), known) == ALL_ALREADY


#: By what its list shows of one class, which no hand can have edited: how the second row's class is listed, and whether it is its own.
OF_ONE: dict[str, tuple[Seen, str]] = {
    "on Greenwich time": (shown(wanted("first"), 900, ("start-utc", "presenter-told")), "already 100"),
    "another teacher's, two hours before: its number came in a wrong answer": (
        shown(wanted("first", at=NINE - 2 * HOUR, presenter="bob@s.example"), 900, ("presenter-told",)),
        "held: bent",
    ),
}


@pytest.mark.parametrize(("first", "outcome"), OF_ONE.values(), ids=OF_ONE)
def test_one_class_shows_how_a_list_is_written_in_one_column_alone(first: Seen, outcome: str) -> None:
    row = wanted("ours", at=NINE + 5 * HOUR)
    bends = ("start-utc", "presenter-told") if outcome.startswith("already") else ("presenter-told",)
    at = row if outcome.startswith("already") else wanted("theirs", at=NINE + 3 * HOUR)
    known = calibrate([(wanted("first"), first)], least=1)
    assert outcomes([row], [shown(at, 100, bends)], known) == [outcome]


COLUMN_BENDS = [name for name, kind in BENDS.items() if kind.columns]


@pytest.mark.parametrize("bend", COLUMN_BENDS)
def test_a_second_journal_sends_nothing_of_a_file_that_the_account_has_by_whatever_list(bend: str) -> None:
    assert "new" not in outcomes(SIX, listed(SIX, bend)), bend
    assert "new" not in outcomes(SIX, listed(SIX, bend, "presenter-told")), bend


@given(
    rows=st.lists(st.tuples(st.sampled_from(TITLES), st.integers(0, 5), st.booleans()), max_size=8),
    tells=st.booleans(),
)
def test_each_class_stands_for_one_row_at_most_and_no_row_for_another_lesson(
    rows: list[tuple[str, int, bool]], tells: bool
) -> None:
    sent = [wanted(n, title, at=NINE + at * HOUR) for n, (title, at, _) in enumerate(rows)]
    classes = listed(sent, *(["presenter-told"] if tells else []))
    classes = [seen for seen, (*_, is_there) in zip(classes, rows, strict=True) if is_there]
    answers = compare(sent, classes, Calibration()).answers
    already = [answer.class_id for answer in answers.values() if isinstance(answer, Already)]
    assert len(already) == len(set(already))
    by_id = {seen.class_id: seen for seen in classes}
    for row in sent:
        answer = answers.get(row.fingerprint)
        if isinstance(answer, Already):
            assert (by_id[answer.class_id].title, by_id[answer.class_id].starts) == (row.title, row.starts)


@given(order=st.permutations(range(6)))
def test_the_order_of_the_list_does_not_matter(order: list[int]) -> None:
    classes = listed(SIX, "presenter-told")
    assert outcomes(SIX, [classes[each] for each in order]) == ALL_ALREADY


LESSONS = [wanted(n, "Algebra", at=NINE + 2 * n * HOUR) for n in range(4)]
TOLD = ("presenter-told",)
#: Lessons with one title and teacher every two hours; what is listed, and what becomes of each; those that are not to go first.
EVERY_TWO_HOURS: dict[str, tuple[list[Seen], list[str], set[str]]] = {
    "the list shows all of them as they were sent": (listed(LESSONS, *TOLD), ALL_ALREADY[:4], set()),
    "all but one, which is the one before on Greenwich time": (
        listed(LESSONS[:3], *TOLD),
        ["held: indistinct"] * 3 + ["new"],
        {"0", "1", "2", "3"},
    ),
    "one, which on Greenwich time would be the next": (
        [shown(LESSONS[1], 101, ("start-utc", *TOLD))], ["held: indistinct", "new", "new", "new"], {"0", "1", "2", "3"}
    ),
    "on Greenwich time, all of them": (
        listed(LESSONS, "start-utc", *TOLD), ["held: bent"] * 4, {"0", "1", "2", "3"}
    ),
    "none": ([], ["new"] * 4, set()),
    "another teacher's": (
        listed([wanted(n, "Algebra", at=NINE + n * HOUR, presenter="bob@s.example") for n in (1, 3)], *TOLD),
        ["new"] * 4,
        set(),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("classes", "words", "unsure"), EVERY_TWO_HOURS.values(), ids=EVERY_TWO_HOURS)
def test_a_class_that_may_be_another_rows_on_another_clock_is_taken_over_by_none(
    classes: list[Seen], words: list[str], unsure: set[str]
) -> None:
    assert outcomes(LESSONS, classes) == words
    assert compare(LESSONS, classes, Calibration()).unsure == unsure


def test_daily_lessons_of_which_one_is_new_are_on_no_other_clock() -> None:
    daily = [wanted(n, "Algebra", at=NINE + n * DAY) for n in range(5)]
    assert outcomes(daily, listed(daily[:4], *TOLD)) == [*ALL_ALREADY[:4], "new"]


def test_lessons_twice_a_day_of_which_one_is_new_show_the_clock() -> None:
    twice = [wanted(n, "Algebra", at=NINE + n // 2 * DAY + n % 2 * 2 * HOUR) for n in range(6)]
    assert outcomes(twice, listed(twice[:5], *TOLD)) == [*ALL_ALREADY[:5], "new"]
