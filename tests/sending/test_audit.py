"""What neither the account's list nor the journal explains is told, and only a double is an alarm."""

from dataclasses import replace
from pathlib import Path

import pytest

from batch.core.service.audit import Findings, KnownClass, compare, not_as_sent
from batch.core.service.calibration import calibrate
from batch.core.service.listed import Seen, Wanted
from batch.report.wording.messages import hint_of, message_of
from batch.sandbox import fault
from tests.core.service.bent import DAY, NINE, shown, wanted
from tests.support.command import KEYS, Command, lesson, serving, timetable
from tests.trials.case import Case
from tests.trials.running import environment_of, play, run_here, scene_of

SENT = wanted("ours", "Algebra I", presenter="ana@school.example")
OURS = KnownClass("100", 2, SENT)
LOST = wanted("lost", "Algebra I", presenter="ben@school.example")
#: The list is known to show what was sent.
PLAIN = calibrate(
    [
        (each, shown(each, 900 + n, ("presenter-told",)))
        for n in range(5)
        for each in [wanted(n, f"Lesson {n}", at=NINE + n * DAY)]
    ]
)


def seen(class_id: int = 200, sent: Wanted = SENT, **told: object) -> Seen:
    return shown(sent, class_id, (), **told)


STRANGERS = {
    "the same class a second time is a double": (seen(), 1, 0),
    "white space in the title does not hide a double": (seen(title=" Algebra  I "), 1, 0),
    "a presenter that is listed must be the same": (seen(presenter_id="Ana@school.example"), 1, 0),
    "a presenter that is listed by a number may be the same": (seen(presenter_id="4711"), 1, 0),
    "another presenter's class is somebody else's": (seen(presenter_id="ben@school.example"), 0, 1),
    "another title is somebody else's": (seen(title="Algebra II"), 0, 1),
    "another length is somebody else's": (seen(duration=45), 0, 1),
    "a length that is not listed does not hide a double": (seen(duration=None), 1, 0),
}


#: Rows in doubt, listed classes that no row stands for, and how many are found to be doubles.
DOUBTS: dict[str, tuple[list[Wanted], list[Seen], int]] = {
    "a class may be that of a row in doubt": ([LOST], [seen()], 0),
    "but only one class": ([LOST], [seen(200), seen(300)], 1),
    "two rows in doubt explain two": (
        [LOST, wanted("too", "Algebra I", presenter="c@school.example")],
        [seen(200), seen(300)],
        0,
    ),
    "the presenter that is listed must be that of the row": (
        [LOST],
        [seen(presenter_id="ana@school.example")],
        1,
    ),
    "another presenter's row in doubt, by name": ([LOST], [seen(presenter_id="ben@school.example")], 0),
    "its length must be that of the row": ([wanted("lost", "Algebra I", minutes=45)], [seen()], 1),
    "its start must be that of the row": ([wanted("lost", "Algebra I", at=NINE + 3600)], [seen()], 1),
    "its title must be that of the row": ([wanted("lost", "Algebra II")], [seen()], 1),
}


@pytest.mark.parametrize(("in_doubt", "strangers", "doubled"), DOUBTS.values(), ids=DOUBTS)
def test_a_row_in_doubt_explains_a_class_that_looks_like_a_scheduled_one(
    in_doubt: list[Wanted], strangers: list[Seen], doubled: int
) -> None:
    assert len(compare([OURS], strangers, in_doubt, [], PLAIN).doubled) == doubled


LONGER = wanted("lost", "Algebra I", minutes=90)
OTHER_TITLE = wanted("lost", "Algebra II", minutes=90)


@pytest.mark.parametrize(
    ("in_doubt", "doubled"),
    [([LONGER], 0), ([OTHER_TITLE], 1), ([], 1)],
    ids=["its length may be listed otherwise", "its title is another", "without a row in doubt"],
)
def test_where_nothing_shows_how_lengths_are_listed_a_row_in_doubt_explains_one_with_another(
    in_doubt: list[Wanted], doubled: int
) -> None:
    assert len(compare([OURS], [seen()], in_doubt, [], calibrate([])).doubled) == doubled


def test_of_two_rows_that_look_alike_a_class_is_that_of_the_one_whose_number_is_not_listed() -> None:
    """The answer to one of them gave the number of somebody else's class, say, and that one the list leaves out."""
    other = KnownClass("101", 3, wanted("other", "Algebra I", presenter="ben@school.example"))
    for rows in ([OURS, other], [other, OURS]):
        found = compare(rows, [seen()], [], [], PLAIN, frozenset({OURS.class_id, "200"}))
        assert [known for _, known in found.doubled] == [other]


@pytest.mark.parametrize(("stranger", "doubled", "foreign"), STRANGERS.values(), ids=STRANGERS)
def test_a_class_without_a_row(stranger: Seen, doubled: int, foreign: int) -> None:
    found = compare([OURS], [stranger], [], [], PLAIN)
    assert (len(found.doubled), found.foreign) == (doubled, foreign)


EDITED: dict[str, tuple[Seen, bool]] = {
    "as it was sent": (seen(), False),
    "renamed": (seen(title="Algebra, in the gym"), True),
    "moved by an hour": (seen(sent=wanted("ours", "Algebra I", at=NINE + 3600)), True),
    "made longer": (seen(duration=90), True),
    "a length that is not listed says nothing": (seen(duration=None), False),
    "given to another presenter": (seen(presenter_id="ben@school.example"), True),
    "a presenter who is listed by a number says nothing": (seen(presenter_id="4711"), False),
}


@pytest.mark.parametrize(("listed", "is_edited"), EDITED.values(), ids=EDITED)
def test_a_class_that_was_changed_by_hand(listed: Seen, is_edited: bool) -> None:
    assert bool(not_as_sent([(OURS, listed)], PLAIN)) is is_edited


OTHER = KnownClass("101", 3, wanted("other", "Biology", presenter="ben@school.example", at=NINE + DAY))
TWIN = KnownClass("101", 3, wanted("twin", "Algebra I", presenter="ben@school.example"))

THIRD = KnownClass("102", 4, wanted("third", "Chemistry", at=NINE + 2 * DAY))
HOURLY = [KnownClass(f"{n}", n, wanted(n, "Algebra I", at=NINE + n * 7200)) for n in range(2, 5)]


def as_listed(ours: KnownClass, sent: Wanted) -> tuple[KnownClass, Seen]:
    """A class of ours, listed as another one was sent."""
    return ours, shown(sent, ours.class_id, ("presenter-told",))


#: Which of our classes are listed as another one; the classes that no row stands for; what each row's number should be.
MISTAKEN: dict[str, tuple[list[tuple[KnownClass, Seen]], list[Seen], dict[int, str]]] = {
    "two answers changed places": (
        [as_listed(OURS, OTHER.wanted), as_listed(OTHER, OURS.wanted)],
        [],
        {2: "101", 3: "100"},
    ),
    "of two rows that only their presenters tell apart": (
        [as_listed(OURS, TWIN.wanted), as_listed(TWIN, OURS.wanted)],
        [],
        {2: "101", 3: "100"},
    ),
    "one row has the number of another's class, and nobody has its own": (
        [as_listed(OURS, OTHER.wanted)],
        [seen(200)],
        {2: "200"},
    ),
    "three changed places in a circle": (
        [as_listed(OURS, OTHER.wanted), as_listed(OTHER, THIRD.wanted), as_listed(THIRD, OURS.wanted)],
        [],
        {2: "102", 3: "100", 4: "101"},
    ),
    "moved by hand to where no other is": ([as_listed(OURS, OTHER.wanted)], [], {}),
    "moved by hand to where another was that has moved, too": (
        [as_listed(OURS, OTHER.wanted), as_listed(OTHER, THIRD.wanted)],
        [],
        {},
    ),
    "few classes are known, and all are written on another clock": (
        [
            (each, shown(wanted(0, "Algebra I", at=each.wanted.starts + 7200), each.class_id))
            for each in HOURLY
        ],
        [],
        {},
    ),
}


@pytest.mark.parametrize(("pairs", "strangers", "numbers"), MISTAKEN.values(), ids=MISTAKEN)
def test_a_row_with_the_number_of_another_class_is_told(
    pairs: list[tuple[KnownClass, Seen]], strangers: list[Seen], numbers: dict[int, str]
) -> None:
    found = compare([ours for ours, _ in pairs], strangers, [], pairs, PLAIN)
    assert {known.number: own.class_id for own, known in found.mistaken} == numbers
    assert not found.doubled
    assert bool(found.edited) is not bool(numbers)
    assert found.is_alarm is bool(numbers)


def test_what_a_list_always_writes_otherwise_was_not_changed_by_hand() -> None:
    known = [wanted(n, f"Lesson {n}", at=NINE + n * DAY) for n in range(5)]
    bent = calibrate([(each, shown(each, 900, ("title-upper",))) for each in known])
    assert not not_as_sent([(OURS, shown(SENT, 100, ("title-upper",)))], bent)


async def test_the_class_of_a_row_in_doubt_is_not_called_the_second_of_another_presenters() -> None:
    """Three teachers, one title, one hour; two answers are lost, and the list does not name presenters."""
    async with scene_of(Case(number=14, name="audit"), "audit", 3) as scene:
        first = scene.lessons[0]
        scene.lessons = [replace(first, teacher=f"t{number}@school.example") for number in range(3)]
        lost = fault("reset-after-create")
        play(scene, lambda call: lost if call.method == "create" and call.sequence > 1 else None)
        ran = await run_here(scene, environment_of(scene, scene.sandbox.url), "term")
        assert len(scene.sandbox.classes) == 3
    assert sorted(row["outcome"] for row in ran.rows) == ["scheduled", "unknown", "unknown"]
    assert b"Twice in the account" not in ran.said


def test_nothing_is_said_of_what_other_people_made() -> None:
    assert Findings(foreign=17).messages() == []


def test_many_findings_make_one_short_sentence() -> None:
    (note,) = Findings(missing=(OURS,) * 40).messages()
    assert "and 35 more" in message_of(note)


@pytest.mark.parametrize(
    ("presenter", "hint"),
    [
        (SENT.presenter, "Look at both in WizIQ and cancel the one too many."),
        (
            None,
            "The account's list does not name teachers: look at both in WizIQ, and cancel one only if both",
        ),
        (
            "4711",
            "The account's list does not name teachers: look at both in WizIQ, and cancel one only if both",
        ),
    ],
)
def test_that_a_class_is_one_too_many_is_said_only_where_the_list_names_the_teachers(
    presenter: str | None, hint: str
) -> None:
    twin = replace(seen(), class_id="200", presenter=presenter)
    (note,) = Findings(doubled=((twin, OURS),)).messages()
    assert message_of(note) == "Twice in the account: class 200 like 100 (row 2)."
    assert hint_of(note).startswith(hint)


def test_a_request_that_was_delivered_twice_is_told_and_ends_with_3(
    classbatch: Command, tmp_path: Path
) -> None:
    # Two classes of one presenter at one time: only a service without the rule of 1032 holds both.
    rows = [lesson(number) for number in range(4)]
    term = timetable(tmp_path / "term.csv", rows)
    with serving(classbatch, "--fault", "duplicate@first 1") as service:
        ran = classbatch.at(
            **KEYS,
            CLASSBATCH_STATE="state",
            CLASSBATCH_BASE_URL=service.url,
            CLASSBATCH_TIMEOUT_S="2",
            CLASSBATCH_SETTLE_S="0.1",
        )("submit", term)
        assert len(service.titles()) == 5
    assert ran.code == 3, ran
    assert "Twice in the account: class" in ran.out


def test_a_class_that_was_cancelled_elsewhere_is_told(classbatch: Command, tmp_path: Path) -> None:
    term = timetable(tmp_path / "term.csv", [lesson(number) for number in range(3)])
    ledger = tmp_path / "ledger.jsonl"
    here = classbatch.at(
        **KEYS, CLASSBATCH_STATE="state", CLASSBATCH_TIMEOUT_S="2", CLASSBATCH_SETTLE_S="0.1"
    )
    with serving(classbatch, "--ledger", ledger) as service:
        assert here("submit", term, CLASSBATCH_BASE_URL=service.url).code == 0
    ledger.unlink()
    with serving(classbatch, "--ledger", ledger) as service:
        ran = here("submit", term, CLASSBATCH_BASE_URL=service.url)
    assert ran.code == 0, ran
    assert "Scheduled, but no longer in the account" in ran.out
    with serving(classbatch, "--ledger", ledger) as service:
        quiet = here("submit", term, "--no-audit", CLASSBATCH_BASE_URL=service.url)
        assert service.calls("get_data") == 0
    assert "no longer in the account" not in quiet.out


#: What stands under a row's number, while an equal row in doubt may have the class that looks like both, and whether the
#: row has another one's number.
BESIDE_AN_EQUAL_ROW: dict[str, tuple[Seen, bool]] = {
    "another class altogether": (seen(100, wanted("other", "Biology", at=NINE + DAY)), True),
    "one that somebody gave another title": (seen(100, title="Biology"), False),
}


@pytest.mark.parametrize(("listed", "is_mistaken"), BESIDE_AN_EQUAL_ROW.values(), ids=BESIDE_AN_EQUAL_ROW)
def test_an_equal_row_in_doubt_hides_no_exchange(listed: Seen, is_mistaken: bool) -> None:
    equal = replace(SENT, fingerprint="equal")
    found = compare([OURS], [seen(200)], [equal], [(OURS, listed)], PLAIN)
    assert [(each.class_id, ours.class_id) for each, ours in found.mistaken] == [("200", "100")] * is_mistaken
    assert not found.doubled
