"""Each class carries the name of the journal and of its row: where an account finds it by that, no look-up has to guess."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from batch.core.outcome import Outcome
from batch.journal.store import Journal
from batch.report.projection import result_rows
from batch.sandbox import fault
from batch.wiziq.errors import ListingFailed, NoAnswer
from batch.wiziq.replies import ListedClass
from tests.simulation.clock import play_out
from tests.simulation.scripted import Scripted, listed, memory_journal, submit, timetable
from tests.support.command import lesson
from tests.support.command import timetable as written
from tests.support.sending import sandbox, send

S, U = Outcome.SCHEDULED, Outcome.UNKNOWN

#: Three lessons at one time, with one title, of three teachers; and one that shows that the list is true.
PARALLEL = [
    lesson(1),
    *[lesson(5, title="Algebra", presenter_email=f"t{n}@school.example") for n in range(3)],
]


@pytest.mark.thorough
async def test_lessons_that_nothing_listed_tells_apart_are_settled_by_what_they_carry(tmp_path: Path) -> None:
    lost = iter((False, True, True, True))
    async with sandbox(conflict="off") as service:
        reset = fault("reset-after-create")
        service.settings = replace(
            service.settings, faults=lambda call: reset if call.method == "create" and next(lost) else None
        )
        sent = await send(written(tmp_path / "term.csv", PARALLEL), service.url, timeout_s=3)
        assert sent.outcomes == ["scheduled"] * 4
        assert len(service.classes) == 4
        made = {str(each.class_id): each.booking.presenter for each in service.classes}
        assert [made[row["class_id"]] for row in sent.rows[1:]] == [f"t{n}@school.example" for n in range(3)]


@pytest.fixture
def journal() -> Iterator[Journal]:
    with memory_journal() as opened:
        yield opened


KNOWN = listed("1", "Class 1")
#: Both begin when the second class does, and neither says whose it is.
ONE, OTHER = (replace(listed(number, "Class 2"), presenter_email=None) for number in ("70", "71"))

Finds = Callable[[Mapping[str, str], str], Sequence[ListedClass]]


def _exactly(stamps: Mapping[str, str], stamp: str) -> Sequence[ListedClass]:
    return [each for title, each in (("Class 1", KNOWN), ("Class 2", ONE)) if stamps.get(title) == stamp]


def _by_its_beginning(stamps: Mapping[str, str], stamp: str) -> Sequence[ListedClass]:
    return [KNOWN, ONE] if any(each[:8] == stamp[:8] for each in stamps.values()) else []


def _fails(_stamps: Mapping[str, str], _stamp: str) -> Sequence[ListedClass]:
    raise ListingFailed("Bad Gateway", code="HTTP 502")


def _always(*classes: ListedClass) -> Finds:
    return lambda _stamps, _stamp: classes


def _second(*classes: ListedClass) -> Finds:
    return lambda stamps, stamp: classes if stamps.get("Class 2") == stamp else _exactly(stamps, stamp)


#: What is found by what a class carries, and which class the second row's is.
FOUND: dict[str, tuple[Finds, str | None]] = {
    "each class": (_exactly, "70"),
    "nothing, ever": (_always(), None),
    "every class, whatever is asked for": (_always(KNOWN, ONE, OTHER), None),
    "always the class that is known to be there": (_always(KNOWN), None),
    "every class that carries the journal's name": (_by_its_beginning, None),
    "it fails": (_fails, None),
    "two classes for the second row": (_second(ONE, OTHER), None),
    "for the second row the class of the first": (_second(KNOWN), None),
    "for the second row one that was cancelled": (_second(replace(ONE, status="cancelled")), None),
}


@pytest.mark.parametrize(("finds", "class_id"), FOUND.values(), ids=FOUND)
def test_an_account_is_believed_that_finds_a_known_class_by_what_it_carries_and_none_by_what_none_does(
    finds: Finds, class_id: str | None, journal: Journal
) -> None:
    api = Scripted(
        lambda title, _: NoAnswer("Reset.", code="reset") if title == "Class 2" else None,
        lists=lambda: [KNOWN, ONE, OTHER],
        by_stamp=lambda stamp: finds(api.stamps, stamp),
    )
    run = play_out(submit(journal, api, timetable(2), in_flight=1))
    _, row = result_rows(journal, "b")
    assert (row.outcome, row.class_id) == (S if class_id else U, class_id)
    assert [title for _, title in api.calls] == ["Class 1", "Class 2"], run.messages


def test_of_rows_that_are_told_apart_by_what_is_listed_nothing_more_is_asked(journal: Journal) -> None:
    asked: list[str] = []

    def by_stamp(stamp: str) -> Sequence[ListedClass]:
        asked.append(stamp)
        return []

    api = Scripted(
        lambda title, _: NoAnswer("Reset.", code="reset") if title == "Class 2" else None,
        lists=lambda: [KNOWN, listed("70", "Class 2")],
        by_stamp=by_stamp,
    )
    assert play_out(submit(journal, api, timetable(2), in_flight=1)).outcomes == [S, S]
    assert asked == []


def test_every_row_carries_another_stamp_and_a_row_the_same_whenever_it_is_sent(journal: Journal) -> None:
    api = Scripted(lambda title, _: NoAnswer("Reset.", code="reset") if title == "Class 3" else None)
    play_out(submit(journal, api, timetable(3), in_flight=1))
    again = Scripted(lists=lambda: [KNOWN, listed("2", "Class 2")], first_id=50)
    play_out(submit(journal, again, timetable(3), batch="again", foreign=False))
    assert len({*api.stamps.values()}) == 3
    assert again.stamps == {"Class 3": api.stamps["Class 3"]}
    with memory_journal() as other:
        elsewhere = Scripted()
        play_out(submit(other, elsewhere, timetable(3)))
        assert not {*elsewhere.stamps.values()} & {*api.stamps.values()}
