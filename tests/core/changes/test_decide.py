"""What is done about a class whose row changed or went away: a table of what may be done, and properties of what never is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.changes.decide import (
    ChangeTerms,
    Hand,
    Known,
    Verdict,
    changes,
    is_left_behind,
    of_gone,
    of_row,
    with_unnamed,
)
from batch.core.changes.difference import Difference, differences

V, H = Verdict, Hand
SENT = {
    "title": "Algebra",
    "start_time": "09/01/2031 09:00:00",
    "time_zone": "GMT",
    "duration": "60",
    "presenter_email": "ana@school.example",
    "attendee_limit": "10",
}
MOVED = {**SENT, "start_time": "09/01/2031 15:00:00"}
PLACES = {**SENT, "attendee_limit": "25"}
BOTH = {**MOVED, "attendee_limit": "25"}
SYNC = ChangeTerms(sync=True)

ROWS: dict[str, tuple[dict[str, str], Known, ChangeTerms, Verdict]] = {
    "nothing differs": (SENT, Known(hand=H.AS_LEFT), SYNC, V.NOTHING),
    "it moved": (MOVED, Known(hand=H.AS_LEFT), SYNC, V.CHANGE),
    "it got more places": (PLACES, Known(hand=H.AS_LEFT), SYNC, V.CHANGE),
    "it moved, and nobody asked for a change": (MOVED, Known(hand=H.AS_LEFT), ChangeTerms(), V.HELD_MOVED),
    "it is said to be another lesson": (MOVED, Known(hand=H.AS_LEFT), ChangeTerms(as_new=True), V.NOTHING),
    "more places, and nobody asked for a change": (PLACES, Known(hand=H.AS_LEFT), ChangeTerms(), V.NOTHING),
    "somebody edited it": (MOVED, Known(hand=H.EDITED), SYNC, V.HELD_EDITED),
    "the same, and edits are overwritten": (
        MOVED,
        Known(hand=H.EDITED),
        ChangeTerms(sync=True, overwrite_edits=True),
        V.CHANGE,
    ),
    "somebody edited it, and its row is as it was": (
        SENT,
        Known(hand=H.EDITED),
        ChangeTerms(sync=True, overwrite_edits=True),
        V.NOTHING,
    ),
    "somebody moved it to where the row is": (MOVED, Known(hand=H.AS_ROW), SYNC, V.ADOPT),
    "the same, and nobody asked for a change": (MOVED, Known(hand=H.AS_ROW), ChangeTerms(), V.ADOPT),
    "the same, and the places differ, too": (BOTH, Known(hand=H.AS_ROW), SYNC, V.CHANGE),
    "somebody cancelled it": (MOVED, Known(hand=H.CANCELLED), SYNC, V.HELD_CANCELLED),
    "the same, and it is to be made anew": (
        MOVED,
        Known(hand=H.CANCELLED),
        ChangeTerms(sync=True, recreate=True),
        V.ANEW,
    ),
    "nobody can know": (MOVED, Known(hand=H.NOT_KNOWN), SYNC, V.HELD_NOT_KNOWN),
    "the list leaves it out": (MOVED, Known(hand=H.MISSING), SYNC, V.HELD_NOT_KNOWN),
    "the same, and it may be made anew": (
        MOVED,
        Known(hand=H.MISSING),
        ChangeTerms(sync=True, recreate=True),
        V.ANEW,
    ),
    "another timetable asks for it, too": (MOVED, Known(hand=H.AS_LEFT, is_joint=True), SYNC, V.HELD_JOINT),
    "the very same was refused": (MOVED, Known(hand=H.AS_LEFT, was_refused=True), SYNC, V.REFUSED),
    "the same, and it is to be tried again": (
        MOVED,
        Known(hand=H.AS_LEFT, was_refused=True),
        ChangeTerms(sync=True, retry_refused=True),
        V.CHANGE,
    ),
    "it is parked, and its row is as it was": (SENT, Known(hand=H.AS_LEFT, is_parked=True), SYNC, V.CHANGE),
    "an answer was lost, and its row is as it was": (
        SENT,
        Known(hand=H.AS_LEFT, is_in_doubt=True),
        SYNC,
        V.CHANGE,
    ),
    "it is parked, and nobody asked for a change": (
        SENT,
        Known(hand=H.AS_LEFT, is_parked=True),
        ChangeTerms(),
        V.UNANSWERED,
    ),
}


@pytest.mark.parametrize(("row", "known", "terms", "verdict"), ROWS.values(), ids=ROWS)
def test_a_row_that_a_class_stands_for(
    row: dict[str, str], known: Known, terms: ChangeTerms, verdict: Verdict
) -> None:
    is_inferred = row["start_time"] != SENT["start_time"]
    assert of_row(SENT, row, known, terms, is_inferred=is_inferred) is verdict


GONE: dict[str, tuple[Known, ChangeTerms, Verdict]] = {
    "as it was left": (Known(hand=H.AS_LEFT), SYNC, V.CANCEL),
    "nobody asked for a change": (Known(hand=H.AS_LEFT), ChangeTerms(), V.NOTHING),
    "what is gone is kept": (Known(hand=H.AS_LEFT), ChangeTerms(sync=True, keep_gone=True), V.NOTHING),
    "another timetable asks for it": (Known(hand=H.AS_LEFT, is_joint=True), SYNC, V.NOTHING),
    "somebody edited it": (Known(hand=H.EDITED), SYNC, V.HELD_EDITED),
    "the same, and edits are overwritten": (
        Known(hand=H.EDITED),
        ChangeTerms(sync=True, overwrite_edits=True),
        V.CANCEL,
    ),
    "a row of the file is this very class": (
        Known(hand=H.AS_LEFT, is_asked_for=True),
        SYNC,
        V.HELD_ASKED_FOR,
    ),
    "a row is it, and edits are overwritten": (
        Known(hand=H.EDITED, is_asked_for=True),
        ChangeTerms(sync=True, overwrite_edits=True),
        V.HELD_ASKED_FOR,
    ),
    "it was there before this journal": (Known(hand=H.AS_LEFT, is_taken_over=True), SYNC, V.HELD_TAKEN_OVER),
    "it was, and whoever made it has cancelled it": (
        Known(hand=H.CANCELLED, is_taken_over=True),
        SYNC,
        V.ADOPT,
    ),
    "nobody can know": (Known(hand=H.NOT_KNOWN), SYNC, V.HELD_NOT_KNOWN),
    "the service would not": (Known(hand=H.AS_LEFT, was_refused=True), SYNC, V.REFUSED),
    "an answer was lost": (Known(hand=H.AS_LEFT, is_in_doubt=True), ChangeTerms(), V.UNANSWERED),
}


@pytest.mark.parametrize(("known", "terms", "verdict"), GONE.values(), ids=GONE)
def test_a_class_without_a_row(known: Known, terms: ChangeTerms, verdict: Verdict) -> None:
    assert of_gone(known, terms) is verdict


_FLAGS = st.booleans()
_KNOWN = st.builds(
    Known,
    hand=st.sampled_from(Hand),
    is_joint=_FLAGS,
    is_taken_over=_FLAGS,
    is_asked_for=_FLAGS,
    is_parked=_FLAGS,
    is_in_doubt=_FLAGS,
    was_refused=_FLAGS,
)
_TERMS = st.builds(
    ChangeTerms,
    sync=_FLAGS,
    keep_gone=_FLAGS,
    overwrite_edits=_FLAGS,
    recreate=_FLAGS,
    retry_refused=_FLAGS,
    as_new=_FLAGS,
)
_ROWS = st.sampled_from([SENT, MOVED, PLACES, BOTH])
_TOUCHES = {V.CHANGE, V.CANCEL, V.ANEW}


@given(_ROWS, _KNOWN, _TERMS)
def test_nothing_is_touched_that_nobody_asked_for_or_that_somebody_edited(
    row: dict[str, str], known: Known, terms: ChangeTerms
) -> None:
    is_inferred = row["start_time"] != SENT["start_time"]
    for verdict in (of_row(SENT, row, known, terms, is_inferred=is_inferred), of_gone(known, terms)):
        if verdict not in _TOUCHES:
            continue
        assert terms.sync
        assert not known.is_joint
        assert known.hand not in {H.EDITED, H.NOT_KNOWN} or terms.overwrite_edits
        assert verdict is not V.CANCEL or not (terms.keep_gone or known.is_asked_for)
        assert verdict is not V.ANEW or terms.recreate


@given(_KNOWN, _TERMS)
def test_an_unchanged_row_whose_class_is_known_is_left_alone(known: Known, terms: ChangeTerms) -> None:
    if not known.is_loose:
        assert of_row(SENT, SENT, known, terms, is_inferred=False) is V.NOTHING


_PARAMETERS = st.dictionaries(
    st.sampled_from([*SENT, "presenter_id", "presenter_name", "return_url", "create_recording"]),
    st.sampled_from(["1", "2", "a"]),
)


@given(_PARAMETERS, _PARAMETERS)
def test_what_is_sent_makes_the_class_what_the_row_says_but_for_what_is_left_behind(
    before: dict[str, str], row: dict[str, str]
) -> None:
    after = {**before, **changes(before, row)}
    left = {each.name: each.sent for each in differences(before, row) if is_left_behind(each)}
    differing = {name for name in {*after, *row} if after.get(name) != row.get(name)}
    # What makes a class the same class is in every row; here, rows are drawn that lack it.
    assert differing <= left.keys() | SENT.keys() | {"presenter_id"}
    assert changes(before, before) == {}


def test_places_that_the_row_no_longer_gives_are_the_services_again() -> None:
    row = {name: value for name, value in SENT.items() if name != "attendee_limit"}
    assert changes(SENT, row) == {"attendee_limit": "2"}
    differing = differences({**SENT, "return_url": "x"}, row)
    assert [each for each in differing if is_left_behind(each)] == [Difference("return_url", "x", "")]


def test_a_column_that_the_file_has_no_more_asks_for_nothing() -> None:
    row = {name: value for name, value in SENT.items() if name != "attendee_limit"}
    without, emptied = SENT.keys() - {"attendee_limit"}, SENT.keys()
    assert changes(SENT, with_unnamed(SENT, row, without)) == {}
    assert changes(SENT, with_unnamed(SENT, row, emptied)) == {"attendee_limit": "2"}
    assert changes(SENT, with_unnamed(SENT, {**row, "attendee_limit": "7"}, without)) == {
        "attendee_limit": "7"
    }
    (difference,) = differences(SENT, row)
    assert is_left_behind(difference, without)
    assert not is_left_behind(difference, emptied)


def test_a_start_and_its_zone_are_sent_together() -> None:
    assert changes(SENT, MOVED) == {"start_time": "09/01/2031 15:00:00", "time_zone": "GMT"}
