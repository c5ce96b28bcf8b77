"""What an undo takes back: what a batch did, as long as nobody did anything to it since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.changes.decide import Hand
from batch.core.changes.operation import Kind, Operation, OperationEnding, Place
from batch.core.changes.undo import (
    Adopt,
    Cancel,
    ChangeBack,
    Decision,
    Leaves,
    TouchedRow,
    decide,
)

NOW = 1_000_000
DAY = 86_400
_BY_LETTER = {"d": OperationEnding.DONE, "f": OperationEnding.FOUND, "r": OperationEnding.REFUSED}


@dataclass(frozen=True)
class Known:
    """A row that the batch touched, and what the account's list tells of its class."""

    row: TouchedRow
    hand: Hand = Hand.AS_LEFT


def row(name: str) -> Place:
    """The row of that name: of the batch that its first letter names."""
    return Place(batch=name[0], position=int(name[1:] or 0), fingerprint=f"fp-{name}")


def starts_of(place: Place) -> int:
    return NOW + DAY * (1 + place.position)


def operation(class_id: str, number: int, text: str) -> Operation:
    """As `B a1>b2 d` or `B a1>x`: the batch, from which row to which (x: cancelled, p: parked), how it ended."""
    batch, way, *ending = text.split()
    was, _, to = way.partition(">")
    kind = {"x": Kind.CANCEL, "p": Kind.PARK}.get(to, Kind.CHANGE)
    letter = ending[0] if ending else "d"
    return Operation(
        class_id=class_id,
        number=number,
        kind=kind,
        batch=batch,
        was=row(was),
        meant=row(to) if kind is Kind.CHANGE else None,
        parameters={},
        starts=None,
        sent_at=0,
        deadline=60,
        ending={**_BY_LETTER, "?": OperationEnding.NO_ANSWER, "!": None, "a": OperationEnding.ABSENT}[letter],
    )


def touched(
    made: str, *operations: str, hand: Hand = Hand.AS_LEFT, starts: int | None = None, class_id: str = "7"
) -> Known:
    """As `B b1`: which batch made it (`-`: another journal) as which row; then what was done to it."""
    by, first = made.split()
    done = [operation(class_id, number, text) for number, text in enumerate(operations, start=1)]
    place: Place | None = row(first)
    for each in done:
        if each.is_done and each.kind is not Kind.PARK:
            place = each.meant
    known = TouchedRow(
        position=int(class_id),
        number=2 + int(class_id),
        class_id=class_id,
        created_by=None if by == "-" else by,
        operations=done,
        place=place,
        starts=starts if starts is not None else starts_of(place or row(first)),
    )
    return Known(known, hand)


def back(name: str) -> ChangeBack:
    return ChangeBack(row(name))


#: What became of a class, and what an undo of batch B does about it.
TAKEN_BACK: dict[str, tuple[Known, Decision]] = {
    "created": (touched("B b1"), Cancel()),
    "changed": (touched("A a1", "B a1>b2"), back("a1")),
    "changed, as a look-up showed": (touched("A a1", "B a1>b2 f"), back("a1")),
    "changed, and changed before that": (touched("Z z1", "A z1>a1", "B a1>b2"), back("a1")),
    "changed, after a refusal": (touched("A a1", "B a1>b2 r", "B a1>b2"), back("a1")),
    "changed, after it was found not done": (touched("A a1", "B a1>b2 a", "B a1>b2"), back("a1")),
    "parked, and moved on": (touched("A a1", "B a1>p", "B a1>b2"), back("a1")),
    "parked, and no more": (touched("A a1", "B a1>p"), back("a1")),
    "changed twice": (touched("A a1", "B a1>b2", "B b2>b3"), back("a1")),
    "a later change was undone": (touched("A a1", "B a1>b2", "C b2>c3", "U c3>b2"), back("a1")),
    "created, and a later change was undone": (touched("B b1", "C b1>c2", "U c2>b1"), Cancel()),
    "asked once more, after an answer was lost": (touched("A a1", "B a1>b2 ?", "B a1>b2"), back("a1")),
    "an answer was lost": (touched("A a1", "B a1>b2 ?"), back("a1")),
    "the run was cut short": (touched("A a1", "B a1>b2 !"), back("a1")),
    "parked, for all that is known": (touched("A a1", "B a1>p ?"), back("a1")),
    "parked, and the run was cut short": (touched("A a1", "B a1>p", "B a1>b2 !"), back("a1")),
    "an answer was lost, after a change": (touched("A a1", "B a1>b2", "B b2>b3 ?"), back("a1")),
    "the undo was cut short": (touched("A a1", "B a1>b2", "U b2>a1 !"), back("a1")),
    "the undo was cut short while it was parked": (touched("A a1", "B a1>b2", "U b2>p"), back("a1")),
    "an earlier undo left it parked": (touched("A a1", "B a1>b2", "V b2>p", "U b2>p"), back("a1")),
    "parked again by the undo": (touched("A a1", "B a1>p", "U a1>p"), back("a1")),
    "the undo parked it, for all that is known": (touched("A a1", "B a1>b2", "U b2>p ?"), back("a1")),
    "the undo was cut short behind its parking": (
        touched("A a1", "B a1>b2", "U b2>p", "U b2>a1 !"),
        back("a1"),
    ),
    "an earlier undo was cut short": (touched("A a1", "B a1>b2", "V b2>a1 !"), back("a1")),
    "created, and the undo was cut short": (touched("B b1", "U b1>x !"), Cancel()),
    "an answer to the undo was lost": (touched("B b1", "U b1>x ?"), Cancel()),
    "created, and left out of the list": (touched("B b1", hand=Hand.MISSING), Cancel()),
    "changed back in WizIQ": (touched("A a1", "B a1>b2", hand=Hand.AS_ROW), Adopt(row("a1"))),
    "a later change was refused": (touched("A a1", "B a1>b2", "C b2>c3 r"), back("a1")),
}
LEFT_ALONE: dict[str, tuple[Known, Leaves]] = {
    "a later batch changed it": (touched("A a1", "B a1>b2", "C b2>c3"), Leaves.CHANGED_SINCE),
    "created, and a later batch changed it": (touched("B b1", "C b1>c2"), Leaves.CHANGED_SINCE),
    "a later batch parked it": (touched("A a1", "B a1>b2", "C b2>p"), Leaves.CHANGED_SINCE),
    "parked, and a later batch parked it elsewhere": (
        touched("A a1", "B a1>p", "C a1>p"),
        Leaves.CHANGED_SINCE,
    ),
    "a later batch parked what an undo had parked": (
        touched("A a1", "B a1>b2", "U b2>p", "C b2>p"),
        Leaves.CHANGED_SINCE,
    ),
    "the undo parked it again, after a later batch": (
        touched("A a1", "B a1>b2", "C b2>c3", "U c3>p"),
        Leaves.CHANGED_SINCE,
    ),
    "parked, and a later batch moved it on": (touched("A a1", "B a1>p", "C a1>c2"), Leaves.CHANGED_SINCE),
    "a later batch cancelled it": (touched("A a1", "B a1>b2", "C b2>x"), Leaves.CHANGED_SINCE),
    "changed, and edited in WizIQ": (touched("A a1", "B a1>b2", hand=Hand.EDITED), Leaves.EDITED),
    "created, and edited in WizIQ": (touched("B b1", hand=Hand.EDITED), Leaves.EDITED),
    "changed, and cancelled in WizIQ": (
        touched("A a1", "B a1>b2", hand=Hand.CANCELLED),
        Leaves.CANCELLED_BY_HAND,
    ),
    "changed, and left out of the list": (
        touched("A a1", "B a1>b2", hand=Hand.MISSING),
        Leaves.NOT_LISTED,
    ),
    "no list": (touched("B b1", hand=Hand.NOT_KNOWN), Leaves.NOT_LISTED),
    "begun": (touched("B b1", starts=NOW), Leaves.BEGUN),
    "over": (touched("A a1", "B a1>b2", starts=NOW - DAY), Leaves.BEGUN),
    "cancelled": (touched("A a1", "B a1>x"), Leaves.CANCELLED),
    "cancelled, and not its own": (touched("- a1", "B a1>x"), Leaves.CANCELLED),
    "changed, and another journal's": (touched("- a1", "B a1>b2"), Leaves.TAKEN_OVER),
    "created, and edited to something that it never was": (
        touched("B b1", hand=Hand.AS_ROW),
        Leaves.EDITED,
    ),
    "cancelled by a later batch, as it may be": (touched("A a1", "B a1>b2", "C b2>x !"), Leaves.IN_DOUBT),
    "an answer to a later batch was lost": (touched("B b1", "C b1>c2 ?"), Leaves.IN_DOUBT),
    "the time before has passed": (touched("A p-1", "B p-1>b2"), Leaves.PASSED),
    "the row before is forgotten": (touched("A a99", "B a99>b2"), Leaves.FORGOTTEN),
}
#: Nothing is left to be done about it.
NOTHING_LEFT: dict[str, Known] = {
    "created, and undone": touched("B b1", "U b1>x"),
    "created, and cancelled by a later batch": touched("B b1", "C b1>x"),
    "created, and cancelled in WizIQ": touched("B b1", hand=Hand.CANCELLED),
    "changed, and undone": touched("A a1", "B a1>b2", "U b2>a1"),
    "changed, and changed back by a later batch": touched("A a1", "B a1>b2", "C b2>c3", "D c3>a1"),
    "an answer was lost, and something else was done since": touched("A a1", "B a1>b2 ?", "C a1>c3"),
    "asked to be cancelled, and still there": touched("A a1", "B a1>x ?"),
    "never changed": touched("A a1", "B a1>b2 r"),
}

NOT_TOLD = {
    "whether the class was made": (True, Leaves.IN_DOUBT),
    "which class was made": (False, Leaves.NO_NUMBER),
}


PLACES = [row("p-1"), *(row(f"{batch}{number}") for batch in "zabcd" for number in range(5))]
BEGINS = {place: starts_of(place) for place in PLACES}


def undone(
    each: Sequence[Known],
    batch: str = "B",
    *,
    holders: Mapping[str, str] | None = None,
    overwrite: bool = False,
) -> dict[int, Decision]:
    hands = {known.row.position: known.hand for known in each}
    return decide(
        [known.row for known in each],
        batch,
        {"U", "V"},
        hand=lambda row, _: hands[row.position],
        begins=BEGINS,
        holders=holders or {},
        now=NOW,
        overwrite_edits=overwrite,
    )


def one(each: Known, *, holders: Mapping[str, str] | None = None, overwrite: bool = False) -> Decision:
    (decision,) = undone([each], holders=holders, overwrite=overwrite).values()
    return decision


@pytest.mark.parametrize(("each", "decision"), TAKEN_BACK.values(), ids=TAKEN_BACK)
def test_what_stands_as_the_batch_left_it_is_taken_back(each: Known, decision: Decision) -> None:
    assert one(each) == decision


@pytest.mark.parametrize(("each", "why"), LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_what_somebody_did_since_is_left_alone(each: Known, why: Leaves) -> None:
    assert one(each) is why


def test_a_class_that_another_timetable_asks_for_is_left_alone() -> None:
    for each, _ in TAKEN_BACK.values():
        assert one(replace(each, row=replace(each.row, is_joint=True)), overwrite=True) is Leaves.JOINT


@pytest.mark.parametrize(("is_in_doubt", "why"), NOT_TOLD.values(), ids=NOT_TOLD)
def test_of_a_class_without_a_number_nothing_is_taken_back(is_in_doubt: bool, why: Leaves) -> None:
    untold = replace(touched("B b1").row, class_id=None, is_in_doubt=is_in_doubt, created_by=None, place=None)
    assert one(Known(untold)) is why


@pytest.mark.parametrize("each", NOTHING_LEFT.values(), ids=NOTHING_LEFT)
def test_where_nothing_is_left_to_do_nothing_is_done(each: Known) -> None:
    assert one(each) is Leaves.DONE_BEFORE


@pytest.mark.parametrize("hand", [Hand.EDITED, Hand.NOT_KNOWN])
def test_an_edit_is_taken_back_only_where_somebody_says_so(hand: Hand) -> None:
    for name, (each, decision) in TAKEN_BACK.items():
        if isinstance(decision, Adopt):
            continue
        edited = replace(each, hand=hand)
        assert one(edited, overwrite=True) == decision, name
        assert isinstance(one(edited), Leaves), name


@pytest.mark.parametrize("each", [each for each, _ in LEFT_ALONE.values()], ids=[*LEFT_ALONE])
def test_overwriting_edits_overwrites_nothing_else(each: Known) -> None:
    if each.hand is Hand.AS_LEFT:
        assert one(each, overwrite=True) is one(each)


def test_the_place_of_a_class_that_stays_is_not_given_to_another() -> None:
    moved = touched("A a1", "B a1>b2")
    assert one(moved, holders={"fp-a1": "8"}) is Leaves.TAKEN
    assert one(moved, holders={"fp-a1": "7"}) == back("a1")
    made = touched("B a1", class_id="8")  # in the place that was left
    both = undone([moved, made], holders={"fp-a1": "8"})
    assert both == {7: back("a1"), 8: Cancel()}
    kept = replace(made, hand=Hand.EDITED)
    stuck = undone([moved, kept], holders={"fp-a1": "8"})
    assert stuck == {7: Leaves.TAKEN, 8: Leaves.EDITED}


def test_one_that_stays_keeps_a_whole_row_of_others_where_they_are() -> None:
    """Each stands where the next one stood before; the last is edited."""
    classes = [touched(f"A a{at}", f"B a{at}>a{at + 1}", class_id=str(at)) for at in range(3)]
    holders = {f"fp-a{at + 1}": str(at) for at in range(3)}
    free = undone(classes, holders=holders)
    assert free == {at: back(f"a{at}") for at in range(3)}
    classes[0] = replace(classes[0], hand=Hand.EDITED)
    stuck = undone(classes, holders=holders)
    assert stuck == {0: Leaves.EDITED, 1: Leaves.TAKEN, 2: Leaves.TAKEN}


# A model account: what each class is after each batch, by value. An undo of a batch is right if it
# brings each class back to what it was before the batch, and only those that nothing happened to since.


@dataclass(frozen=True)
class History:
    """One class: who made it, and as which row; then each step, with the batch that took it."""

    made_by: str
    first: int
    steps: tuple[tuple[str, int | None], ...]  #: batch, the row that it becomes; None: cancelled

    def states(self) -> list[tuple[str, int | None]]:
        """Each state, with the batch that brought it about."""
        return [(self.made_by, self.first), *self.steps]


BATCHES = "ABCDE"


@st.composite
def histories(draw: st.DrawFn) -> History:
    made = draw(st.sampled_from("ABC-"))
    later = BATCHES[BATCHES.find(made) + 1 :]
    steps: list[tuple[str, int | None]] = []
    for batch in later:
        if draw(st.booleans()):
            steps.append((batch, draw(st.one_of(st.none(), st.integers(0, 4)))))
        if steps and steps[-1][1] is None:
            break
    return History(made, draw(st.integers(0, 4)), tuple(steps))


def known_of(history: History, class_id: str) -> Known:
    place, texts = history.first, []
    for batch, to in history.steps:
        if to != place:
            texts.append(f"{batch} a{place}>{'x' if to is None else f'a{to}'}")
        place = place if to is None else to
    return touched(f"{history.made_by} a{history.first}", *texts, class_id=class_id)


def expected(history: History, batch: str) -> int | str | None:
    """What the class is to be after an undo; `nothing` where it is to be left as it is."""
    if history.made_by == "-":
        return "nothing"
    states = history.states()
    by_batch = [at for at, (by, _) in enumerate(states) if by == batch]
    # A step to the row that it is already takes nobody's work away.
    if not by_batch or states[by_batch[-1]][1] is None or states[-1][1] != states[by_batch[-1]][1]:
        return "nothing"
    before = states[by_batch[0] - 1][1] if by_batch[0] else None
    return "nothing" if before == states[-1][1] else before


def after(decision: Decision) -> int | str | None:
    if isinstance(decision, Cancel):
        return None
    return decision.to.position if isinstance(decision, ChangeBack) else "nothing"


@given(histories(), st.sampled_from(BATCHES))
def test_an_undo_brings_a_class_back_to_what_it_was_before_or_leaves_it(history: History, batch: str) -> None:
    (decision,) = undone([known_of(history, "7")], batch).values()
    assert after(decision) == expected(history, batch)


@given(st.lists(histories(), max_size=5), st.sampled_from(BATCHES))
def test_no_two_classes_ever_stand_for_one_row_and_undoing_twice_does_nothing_more(
    drawn: Sequence[History], batch: str
) -> None:
    stands: dict[str, int | None] = {}
    classes: list[Known] = []
    for number, history in enumerate(drawn):
        last = history.states()[-1][1]
        if last is None or last not in stands.values():  # one class for a row, to begin with
            stands[str(number)] = last
            classes.append(known_of(history, str(number)))

    def decisions(known: Sequence[Known]) -> dict[int, Decision]:
        holders = {f"fp-a{place}": class_id for class_id, place in stands.items() if place is not None}
        return undone(known, batch, holders=holders)

    again = []
    for known, decision in zip(classes, decisions(classes).values(), strict=True):
        each = known.row
        assert each.class_id is not None
        operations = list(each.operations)
        if not isinstance(decision, Leaves):
            assert each.place is not None
            to = "x" if isinstance(decision, Cancel) else f"a{decision.to.position}"
            step = f"U a{each.place.position}>{to}"
            operations.append(operation(each.class_id, len(operations) + 1, step))
            stands[each.class_id] = None if isinstance(decision, Cancel) else decision.to.position
        place = stands[each.class_id]
        now = row(f"a{place}") if place is not None else None
        again.append(Known(replace(each, operations=operations, place=now)))
    there = [place for place in stands.values() if place is not None]
    assert len(there) == len(set(there))
    assert all(isinstance(decision, Leaves) for decision in decisions(again).values())
