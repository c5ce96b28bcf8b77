"""A list whose pages shift leaves a class out, or shows it twice: what somebody edited is left alone all the same."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from batch.core.changes.decide import Hand
from batch.journal.recorder import Recorder
from batch.sandbox.bends import bends
from batch.sandbox.server import Sandbox
from batch.sending.as_left import ClassesAsLeft
from batch.sending.listing import AccountList
from batch.wiziq.replies import ListedClass
from tests.sending.test_sync import Term, begun
from tests.simulation.clock import play_out
from tests.simulation.scripted import BEGINS, Scripted, at_once, listed, memory_journal, submit, timetable
from tests.support.sending import Sent, sandbox, take_back

#: The fourth class is on none of the pages, nor found by its number; pages of another size show it.
SHIFTING = ("page-size:3", "page-shift:1", "ids-not-found")
_FOURTH = 3


@dataclass(frozen=True, slots=True)
class Deed:
    """What a run would do to the fourth class."""

    before: Callable[[Term], None] | None  #: what the version that is taken back has changed
    now: Callable[[Term], object]  #: what the version that is synced changes
    undoes: bool = False


def _nothing(_: Term) -> None:
    pass


def _renamed(term: Term) -> None:
    term.change(_FOURTH, title="Chess")


DEEDS = {
    "gone from the file": Deed(None, lambda term: term.rows.pop(_FOURTH)),
    "changed": Deed(None, _renamed),
    "a new one taken back": Deed(None, _nothing, undoes=True),
    "a change taken back": Deed(_renamed, _nothing, undoes=True),
}


async def done(deed: Deed, term: Term, folder: Path) -> Sent:
    deed.now(term)
    return await take_back(folder, term.service.url) if deed.undoes else await term.synced()


async def prepared(deed: Deed, folder: Path, service: Sandbox) -> tuple[Term, str]:
    """A term, and the number of its fourth class."""
    term = await begun(folder, service)
    number = str(term.ids()[term.rows[_FOURTH]["title"]])
    if deed.before is not None:
        deed.before(term)
        await term.synced()
    return term, number


def said_of(sent: Sent, class_id: str) -> str:
    entries = [*sent.rows, *sent.json.get("removed", [])]
    named = (class_id, f"lass {class_id} ")
    (outcome,) = {
        each["outcome"]
        for each in entries
        if each["class_id"] == named[0] or named[1] in (each["message"] or "")
    }
    return str(outcome)


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
async def test_an_edited_class_that_the_first_reading_leaves_out_is_left_alone(
    deed: Deed, tmp_path: Path
) -> None:
    async with sandbox() as service:
        term, number = await prepared(deed, tmp_path, service)
        service.account.edit_by_hand(number)
        edited = service.account.find(number)
        service.settings = replace(service.settings, bends=bends(SHIFTING))
        sent = await done(deed, term, tmp_path)
        assert (said_of(sent, number), service.account.find(number)) == ("held", edited)


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
async def test_one_that_nobody_edited_is_left_out_and_done_with(deed: Deed, tmp_path: Path) -> None:
    async with sandbox() as service:
        term, number = await prepared(deed, tmp_path, service)
        service.settings = replace(service.settings, bends=bends(SHIFTING))
        sent = await done(deed, term, tmp_path)
        assert said_of(sent, number) in {"changed", "cancelled"}


#: What a list shows of a class, one after the other; what is said of it then.
_LEFT, _EDITED = listed("1", "Class 1"), replace(listed("1", "Class 1"), title="Class 1 (moved upstairs)")
VERSIONS: dict[str, tuple[list[ListedClass], Hand]] = {
    "as it was left, twice": ([_LEFT, _LEFT], Hand.AS_LEFT),
    "as it was, and as it is": ([_LEFT, _EDITED], Hand.EDITED),
    "as it is, and as it was": ([_EDITED, _LEFT], Hand.EDITED),
}


@pytest.mark.parametrize(("shown", "hand"), VERSIONS.values(), ids=VERSIONS)
def test_a_class_that_one_list_shows_in_two_versions_was_edited(shown: list[ListedClass], hand: Hand) -> None:
    with memory_journal() as journal:
        play_out(submit(journal, Scripted(), timetable(1)))
        batch = journal.batches.all()[0]
        old = journal.batches.versions(batch).standing(["1"])["1"]

        async def asked() -> Hand:
            async with Recorder(journal, at_once) as recorder:
                account = AccountList(
                    api=Scripted(lists=lambda: shown), recorder=recorder, settle_s=60, clock=lambda: BEGINS
                )
                await account.take()
                known = ClassesAsLeft(
                    journal,
                    now=BEGINS,
                    extend_counts=False,
                    calibration=await account.calibration(),
                    otherwise=account.otherwise,
                )
                return known.hand(old, [], None, known.seen(["1"])["1"])

        assert play_out(asked()) is hand
