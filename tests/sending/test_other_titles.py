"""A class with a row's start and length, under a title that may be the row's own, written otherwise.

As long as no list has shown how this account writes titles the row waits for the others; where they show nothing it is held.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest

from batch.core.outcome import HeldReason, Outcome
from batch.core.rows.row import CheckedRow
from batch.core.service.first_send import AlikeClasses
from batch.journal.store import Journal
from batch.report.projection import result_rows
from batch.wiziq.errors import NoAnswer
from batch.wiziq.replies import ListedClass
from tests.simulation.clock import play_out
from tests.simulation.scripted import Answer, Run, Scripted, listed, memory_journal, submit, timetable

S, U, T, H = Outcome.SCHEDULED, Outcome.UNKNOWN, Outcome.ALREADY, Outcome.HELD
LOST = NoAnswer("Reset.", code="reset")


def titled(class_id: str, title: str, words: str) -> ListedClass:
    """A class of the timetable as a list shows it that does not say whose it is."""
    return replace(listed(class_id, title), title=f"{words}{title}", presenter_email=None)


#: Of whom nobody knows whether it is this file's second lesson.
THEIRS = titled("77", "Class 2", "Live class: ")


@pytest.fixture
def journal() -> Iterator[Journal]:
    with memory_journal() as opened:
        yield opened


def own(journal: Journal, words: str = "") -> list[ListedClass]:
    """The classes that the journal has confirmed, as they are listed."""
    witnesses = journal.sightings.witnesses(0)
    rows = ((each.class_id, journal.sending.row_of_class(each.class_id)) for each in witnesses)
    return [titled(class_id, row.title or "", words) for class_id, row in rows if row is not None]


def send(
    journal: Journal,
    api: Scripted,
    rows: Sequence[CheckedRow],
    *,
    batch: str = "b",
    alike: AlikeClasses = AlikeClasses.HOLD,
    is_first_time: bool = False,
) -> Run:
    sent = submit(journal, api, rows, batch=batch, foreign=True, is_first_time=is_first_time, alike=alike)
    return play_out(sent)


def titles(api: Scripted) -> list[str]:
    return [title for _, title in api.calls]


def test_where_the_list_shows_titles_as_they_were_sent_it_is_another_class_and_nobody_is_asked(
    journal: Journal,
) -> None:
    api = Scripted(lists=lambda: [THEIRS, *own(journal)])
    run = send(journal, api, timetable(4))
    assert run.outcomes == [S] * 4
    assert sorted(titles(api)) == ["Class 1", "Class 2", "Class 3", "Class 4"]
    assert titles(api)[0] == "Class 1"


#: How the service answers, what it lists of what it has confirmed, and what becomes of the other rows.
NOTHING_SHOWN: dict[str, tuple[Callable[[str, int], Answer | None], str, Sequence[Outcome]]] = {
    "no answer ever comes": (lambda *_: LOST, "", [U, U, U]),
    # By its start, which may be an hour off, the class may be that of the next row, too.
    "the list writes words before each title": (lambda *_: None, "Live class: ", [S, H, S]),
}


@pytest.mark.parametrize(("answer", "words", "others"), NOTHING_SHOWN.values(), ids=NOTHING_SHOWN)
def test_where_nothing_speaks_against_it_the_row_is_held_and_names_the_class(
    journal: Journal, answer: Callable[[str, int], Answer | None], words: str, others: Sequence[Outcome]
) -> None:
    api = Scripted(answer, lists=lambda: [THEIRS, *own(journal, words)])
    run = send(journal, api, timetable(4))
    assert "Class 2" not in titles(api)
    one, two, *rest = result_rows(journal, "b")
    assert (two.outcome, two.reason) == (H, HeldReason.ALIKE)
    assert "class 77 of the account may be this one" in (two.message or "")
    assert [each.outcome for each in (one, *rest)] == others
    assert run.exit_code != 0


SAID: dict[AlikeClasses, tuple[Outcome, list[str]]] = {
    AlikeClasses.HOLD: (H, []),
    AlikeClasses.TAKE_OVER: (T, []),
    AlikeClasses.AS_NEW: (S, ["Class 2"]),
}


@pytest.mark.parametrize(("alike", "said"), SAID.items(), ids=SAID)
def test_what_a_person_says_of_the_class_is_done(
    journal: Journal, alike: AlikeClasses, said: tuple[Outcome, list[str]]
) -> None:
    (row,) = timetable(2)[1:]
    api = Scripted(lists=lambda: [THEIRS, *own(journal)])
    assert send(journal, api, [row]).outcomes == [H]
    run = send(journal, api, [row], batch="c", alike=alike)
    assert (run.outcomes, titles(api)) == ([said[0]], said[1])


def test_a_row_that_nobody_was_asked_about_is_not_taken_over_by_what_was_said_of_others(
    journal: Journal,
) -> None:
    api = Scripted(lambda *_: LOST, lists=lambda: [THEIRS])
    assert send(journal, api, timetable(3), alike=AlikeClasses.TAKE_OVER).outcomes == [U, H, U]


def test_where_somebody_says_that_it_is_the_first_time_it_is_sent(journal: Journal) -> None:
    api = Scripted(lists=lambda: [THEIRS, *own(journal)])
    assert send(journal, api, timetable(3), is_first_time=True).outcomes == [S, S, S]
