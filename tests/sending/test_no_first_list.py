"""Before the first class of a journal is sent the account's list is asked for: what follows where it cannot be had."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from batch.core.errors import CannotRun, Unfinished
from batch.core.message import RunNote
from batch.core.outcome import Outcome
from batch.journal.store import Journal
from batch.wiziq.errors import ListingFailed, LockedOut, NoAnswer, Refused, Throttled, WiziqError
from batch.wiziq.replies import ListedClass
from tests.simulation.clock import play_out
from tests.simulation.scripted import Scripted, memory_journal, submit, timetable


@pytest.fixture
def journal() -> Iterator[Journal]:
    with memory_journal() as opened:
        yield opened


@dataclass(slots=True)
class Unlistable(Scripted):
    """A service that does not list its classes."""

    cause: WiziqError | None = None
    knows_the_keys: bool = True

    def __post_init__(self) -> None:
        Scripted.__post_init__(self)
        self.lists = self._fail

    def _fail(self) -> Sequence[ListedClass]:
        raise ListingFailed("No list.", code=self.cause.code if self.cause else None) from self.cause

    async def account_info(self) -> object:
        if not self.knows_the_keys:
            raise LockedOut("Forbidden.", code="403")
        return None


def _locked_out(code: str) -> LockedOut:
    return LockedOut("No.", code=code)


#: Why there is no list, whether the account knows the keys, and what the run says; None: that it is asked whether this is
#: the first time, and may then go on.
REASONS: dict[str, tuple[WiziqError | None, bool, type[CannotRun] | type[Unfinished] | None]] = {
    **{f"HTTP {status}": (_locked_out(f"HTTP {status}"), True, CannotRun) for status in (302, 401, 403, 404)},
    "code 401, and the keys are wrong": (_locked_out("401"), False, CannotRun),
    "code 403, and the keys are wrong": (_locked_out("403"), False, CannotRun),
    "code 403, and the keys are right": (_locked_out("403"), True, None),
    "code 1062": (_locked_out("1062"), True, None),
    "code 1020": (Refused("class_id is missing.", code="1020"), True, None),
    "no answer": (NoAnswer("Timed out.", code="timeout"), True, Unfinished),
    "HTTP 502": (NoAnswer("Bad Gateway.", code="HTTP 502"), True, Unfinished),
    "HTTP 410": (NoAnswer("Gone.", code="HTTP 410"), True, Unfinished),
    "too many requests": (Throttled("Later.", code="HTTP 429", retry_after_s=None), True, Unfinished),
    "a page is left out": (None, True, Unfinished),
}


@pytest.mark.parametrize("is_first_time", [False, True], ids=["", "said to be the first time"])
@pytest.mark.parametrize(("cause", "knows_the_keys", "stops"), REASONS.values(), ids=REASONS)
def test_without_a_list_nothing_is_sent_that_nobody_says_is_new(
    cause: WiziqError | None,
    knows_the_keys: bool,
    stops: type[CannotRun] | type[Unfinished] | None,
    is_first_time: bool,
    journal: Journal,
) -> None:
    api = Unlistable(cause=cause, knows_the_keys=knows_the_keys)
    run = submit(journal, api, timetable(3), foreign=True, is_first_time=is_first_time)
    if stops is None and is_first_time:
        assert play_out(run).outcomes == [Outcome.SCHEDULED] * 3
        return
    with pytest.raises(stops or CannotRun) as stopped:
        play_out(run)
    (said,) = stopped.value.messages
    expected = {CannotRun: RunNote.TURNED_AWAY, Unfinished: RunNote.LIST_LATER, None: RunNote.NO_LIST}
    assert said.what is expected[stops]
    assert api.calls == []
