"""Is the simulation able to see? Each fault planted here must be caught within a hundred histories."""

import asyncio
import logging
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import reduce
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from batch.core.identity import fingerprint
from batch.core.message import Message
from batch.core.outcome import Outcome
from batch.core.rows.row import CheckedRow
from batch.core.service.attempt import Attempt, AttemptEnding, ClassState
from batch.core.service.backoff import RetryBudget
from batch.core.service.listed import Seen
from batch.core.service.on_unknown import OnUnknown
from batch.core.service.witnesses import KnownThere, Proved, Testimony, hear
from batch.journal import sending
from batch.journal.columns import new_row
from batch.journal.recorder import Recorder
from batch.journal.records import Entry, Intent, RowOutcome, RowToSend
from batch.sending.list_evidence import Denial
from batch.sending.listing import AccountList
from batch.sending.reconcile import Reconciler
from batch.sending.submitter import Submitter
from batch.wiziq import transport
from batch.wiziq.errors import ListingFailed, NoAnswer, PresenterBusy, Refused, Unavailable, WiziqError
from batch.wiziq.replies import Created, Reply
from tests.simulation.checks import violations
from tests.simulation.disks import SqliteDisk
from tests.simulation.nature import Fault
from tests.simulation.scenario import Scenario, scenario_of
from tests.simulation.traits import Kind, extended, kinds_of
from tests.simulation.world import SETTLE_S, TIMEOUT_S, play

pytestmark = pytest.mark.thorough

SEEDS = range(100)
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Histories of faults have much to log."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


class SendsWithoutIntent(Recorder):
    async def write(self, *entries: Entry) -> None:
        if kept := [entry for entry in entries if not isinstance(entry, Intent)]:
            await super().write(*kept)


class DoesNotWaitForTheDisk(Recorder):
    async def write(self, *entries: Entry) -> None:
        task = asyncio.ensure_future(super().write(*entries))
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        await asyncio.sleep(0)


class ResendsBlindly(Submitter):
    async def _create(self, row: RowToSend, sent_at: float) -> Created | WiziqError:
        result = await super()._create(row, sent_at)
        return Unavailable(result.message, code="lost") if isinstance(result, NoAnswer) else result


class CallsLostRefused(Submitter):
    async def _create(self, row: RowToSend, sent_at: float) -> Created | WiziqError:
        result = await super()._create(row, sent_at)
        return Refused(result.message, code="lost") if isinstance(result, NoAnswer) else result


class ForgetsEarlierLists(AccountList):
    async def unexplained(self, *, ever: bool = False) -> list[Seen]:  # noqa: ARG002 - that is the fault
        return await super().unexplained()


class CallsBusyRefused(Submitter):
    """1032 on a resend speaks of our own class; here it is a refusal like any other."""

    def _judge(self, row: RowToSend, error: WiziqError, calls: int) -> tuple[AttemptEnding, Outcome | None]:
        if isinstance(error, PresenterBusy):
            error = Refused(error.message, code=error.code)
        return super()._judge(row, error, calls)


class TellsBeforeItIsOnDisk(Submitter):
    async def _tell(
        self, row: RowToSend, outcome: Outcome, code: str | None, note: Message | None, *entries: Entry
    ) -> None:
        self._on_outcome(RowOutcome(row.batch, row.position, outcome, code, note))
        await super()._tell(row, outcome, code, note, *entries)


class LetsARefusalSettleADoubt(Submitter):
    async def _tell(
        self, row: RowToSend, outcome: Outcome, code: str | None, note: Message | None, *entries: Entry
    ) -> None:
        await self._recorder.write(RowOutcome(row.batch, row.position, outcome, code, note), *entries)


class DoesNotSettle(Reconciler):
    def __init__(self, **edges: Any) -> None:
        super().__init__(**{**edges, "settle_s": 0.0})


class SettlesForATenth(Reconciler):
    def __init__(self, **edges: Any) -> None:
        super().__init__(**{**edges, "settle_s": edges["settle_s"] / 10})


class SettlesFromNowOn(Reconciler):
    """Counts from the moment the answer was lost, not from the deadline."""

    def __init__(self, **edges: Any) -> None:
        super().__init__(**{**edges, "timeout_s": 0.0})


class BelievesAnyNumber(Submitter):
    """That of a class which was listed before, too."""

    def __init__(self, **edges: Any) -> None:
        super().__init__(**{**edges, "listed": ()})


class SpendsWithoutEnd(RetryBudget):
    def spend(self) -> bool:
        return True


class TriesWithoutEnd(Submitter):
    def __init__(self, **edges: Any) -> None:
        super().__init__(**{**edges, "attempts": 10**9})


def _without_doubt(attempts: tuple[Attempt, ...]) -> ClassState:
    """The last attempt has the last word."""
    result = ClassState.NEW
    for attempt in attempts:
        if attempt.has_class:
            return ClassState.THERE
        if attempt.is_in_doubt:
            result = ClassState.IN_DOUBT
        elif attempt.ending is AttemptEnding.REFUSED:
            result = ClassState.REFUSED
    return result


async def _half_a_list(
    account_list: AccountList, filters: Mapping[str, str], *, page_size: int
) -> tuple[int, int]:
    try:
        return await AS_IT_IS(account_list, filters, page_size=page_size)
    except ListingFailed:
        return 0, 0


AS_IT_IS = AccountList._note


async def _any_list_will_do(*_: object, **__: object) -> Denial:
    return Denial.PROVED


def _an_empty_list_will_do(known: Sequence[KnownThere], listed: AbstractSet[str], **facts: Any) -> Testimony:
    return hear(known, listed, **facts) if listed else Proved()


def _no_time_is_given(*classes: Any, settled_at: float, **facts: Any) -> Testimony:
    """A request is settled when its answer was lost."""
    return hear(*classes, settled_at=settled_at - TIMEOUT_S - SETTLE_S, **facts)


def _at_once(*classes: Any, **facts: Any) -> Testimony:
    """What is listed shows that the list is up to date, however late it is."""
    return hear(*classes, **{**facts, "settled_at": 0.0})


def _nothing_is_mistaken(*_: object) -> tuple[()]:
    return ()


def _no_witness_is_heard(*_: object, **__: object) -> Testimony:
    return Proved()


def _row_by_number(account: str, batch: str, position: int, row: CheckedRow) -> dict[str, object]:
    identity = f"row {row.raw.number}"
    return new_row(account, batch, position, row) | {
        "identity": identity,
        "fingerprint": fingerprint(identity, 1),
    }


def _same_for_all(identity: str, _ordinal: int) -> str:
    return sha256(identity.encode()).hexdigest()


Plant = Callable[[pytest.MonkeyPatch], None]


def planted(module: str, name: str, value: object) -> Plant:
    """Put `value` in the place of a name."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        *owners, attribute = name.split(".")
        patch.setattr(reduce(getattr, owners, sys.modules[module]), attribute, value)

    return plant


def both(*plants: Plant) -> Plant:
    def plant(patch: pytest.MonkeyPatch) -> None:
        for each in plants:
            each(patch)

    return plant


MUTANTS: dict[str, Plant] = {
    "no intent before sending": planted("batch.journal.recorder", "Recorder", SendsWithoutIntent),
    "nobody waits for the disk": planted("batch.journal.recorder", "Recorder", DoesNotWaitForTheDisk),
    "a lost answer is sent again at once": planted("batch.sending.passes", "Submitter", ResendsBlindly),
    "a lost answer is called a refusal": planted("batch.sending.passes", "Submitter", CallsLostRefused),
    "1032 on a resend is called a refusal": planted("batch.sending.passes", "Submitter", CallsBusyRefused),
    "an outcome is told before it is on disk": planted(
        "batch.sending.passes", "Submitter", TellsBeforeItIsOnDisk
    ),
    "looked up at the deadline, without settle time": planted(
        "batch.sending.passes", "Reconciler", DoesNotSettle
    ),
    "a tenth of the settle time": planted("batch.sending.passes", "Reconciler", SettlesForATenth),
    "an attempt cut short by a crash is no doubt": planted(
        "batch.core.service.attempt",
        "Attempt.is_in_doubt",
        property(lambda attempt: attempt.ending is AttemptEnding.NO_ANSWER),
    ),
    "half a list is believed": both(
        planted("batch.sending.listing", "AccountList._note", _half_a_list),
        planted("batch.sending.list_evidence", "ListEvidence.may_deny", _any_list_will_do),
    ),
    "a row is known by its number": planted("batch.journal.batches", "new_row", _row_by_number),
    "equal rows are one": both(
        planted("batch.journal.batches", "fingerprint", _same_for_all),
        planted("batch.journal.columns", "fingerprint", _same_for_all),
    ),
    "retries without end": both(
        planted("batch.sending.passes", "RetryBudget", SpendsWithoutEnd),
        planted("batch.sending.passes", "Submitter", TriesWithoutEnd),
    ),
    "classes of other rows are up for grabs": planted(
        "batch.journal.listed", "_UNEXPLAINED", "SELECT * FROM temp.listed ORDER BY class_id"
    ),
}


def _status_believed(attempt: transport.Attempt, **_: object) -> WiziqError:
    return Refused(f"HTTP {attempt.status}", code=f"HTTP {attempt.status}")


def _ok_believed(reply: Reply) -> Created:
    """Whatever says ok has made a class, whatever says fail has not."""
    if not reply.ok:
        raise Refused(reply.msg, code=reply.code or "unreadable")
    return Created(class_id=reply.fields.get("class_id", ""), call_id=reply.call_id)


def _anything_read(body: bytes, _method: str) -> Reply:
    text = body.decode()
    found = re.search("<class_id>(.*?)</class_id>", text)
    fields = {"class_id": found[1]} if found else {}
    return Reply(ok="<rsp status='ok'" in text, call_id=None, fields=fields)


#: As written before an intent was a compare-and-set.
_UNCONDITIONAL = (
    "INSERT OR REPLACE INTO attempt (fingerprint, number, batch, position, sent_at, deadline)"
    " VALUES (:fingerprint, :number, :batch, :position, :sent_at, :deadline)"
)


def _any_intent(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(sending._WRITE, Intent, _UNCONDITIONAL)


def _any_class_id(patch: pytest.MonkeyPatch) -> None:
    """Two rows may end with one class."""
    world = sys.modules["tests.simulation.world"]

    class Lenient(SqliteDisk):
        def __init__(self) -> None:
            super().__init__()
            self.connection.execute("DROP TRIGGER one_row_for_a_class")

        def close(self) -> None:
            self.connection.close()  # no other history is to use it

    patch.setattr(world, "SqliteDisk", Lenient)


NO_EPOCH = planted("batch.journal.store", "Journal.begin_run", lambda _: None)


def _trusts_1032(scenario: Scenario) -> Scenario:
    """Rows in doubt are sent again unseen, and answers are lost often."""
    nature = replace(scenario.nature, rule_1032=True, lists=False, trouble=0.7, only=None)
    return replace(scenario, policy=OnUnknown.RESEND_TRUST_1032, nature=nature)


def _as_it_is(scenario: Scenario) -> Scenario:
    return scenario


def _loses_answers(scenario: Scenario) -> Scenario:
    """By resets only, in an account that lists its classes."""
    nature = replace(scenario.nature, lists=True, trouble=0.35, only=Fault.RESET, limit=None, rule_1032=False)
    return replace(scenario, policy=OnUnknown.AUTO, nature=nature)


def _with(kind: Kind) -> Callable[[Scenario], Scenario]:
    return lambda scenario: extended(scenario, [kind])


def _from(first: int) -> Callable[[Scenario], Scenario]:
    """The histories from one on that has shown the fault, each with its own kinds of trouble."""

    def of_seed(seed: int) -> Scenario:
        return extended(scenario_of(seed), kinds_of(seed))

    return lambda scenario: of_seed(first + scenario.seed)


#: Faults that show only, or mostly, in histories of a certain kind.
MUTANTS_OF_A_KIND: dict[str, tuple[Callable[[Scenario], Scenario], Plant]] = {
    "a later refusal settles an earlier doubt": (
        _trusts_1032,
        both(
            planted("batch.sending.passes", "Submitter", LetsARefusalSettleADoubt),
            planted("batch.journal.records", "class_state", _without_doubt),
            planted("batch.journal.columns", "class_state", _without_doubt),
            planted("batch.journal.sending", "class_state", _without_doubt),
        ),
    ),
    "settle time counted from the lost answer": (
        _loses_answers,
        both(
            planted("batch.sending.passes", "Reconciler", SettlesFromNowOn),
            planted("batch.sending.list_evidence", "hear", _no_time_is_given),
        ),
    ),
    "an HTTP status is believed": (
        _with(Kind.STATUSES),
        planted("batch.wiziq.transport", "failure_of_status", _status_believed),
    ),
    "an answer that contradicts itself is believed": (
        _with(Kind.ODD_ANSWERS),
        both(
            planted("batch.wiziq.replies", "created", _ok_believed),
            planted("batch.wiziq.replies", "parse_reply", _anything_read),
        ),
    ),
    "an empty list is believed": (
        _with(Kind.HIDDEN),
        planted("batch.sending.list_evidence", "hear", _an_empty_list_will_do),
    ),
    "the witness is skipped": (
        _with(Kind.HIDDEN),
        planted("batch.sending.list_evidence", "hear", _no_witness_is_heard),
    ),
    "a list that is late is believed": (
        _with(Kind.LATE),
        planted("batch.sending.list_evidence", "hear", _at_once),
    ),
    "numbers are compared, and not what they stand for": (
        _with(Kind.SWAPPED),
        planted("batch.core.service.audit", "_mistaken", _nothing_is_mistaken),
    ),
    "the number of a class that was listed before is believed": (
        _with(Kind.FOREIGN),
        planted("batch.sending.passes", "Submitter", BelievesAnyNumber),
    ),
    "what an earlier list has shown is forgotten": (
        _from(20900),
        planted("batch.sending.passes", "AccountList", ForgetsEarlierLists),
    ),
    "a lost answer is called refused, where any class of equal rows may be taken for any of them": (
        _with(Kind.START_OVER),
        planted("batch.sending.passes", "Submitter", CallsLostRefused),
    ),
    "two rows may stand for one class": (_with(Kind.REPEATED), _any_class_id),
    "two runs at once, and the intent of one replaces the other's": (
        _with(Kind.LOST_LOCK),
        both(NO_EPOCH, _any_intent),
    ),
}


@pytest.mark.parametrize(
    ("of_its_kind", "plant"),
    [*((_as_it_is, plant) for plant in MUTANTS.values()), *MUTANTS_OF_A_KIND.values()],
    ids=[*MUTANTS, *MUTANTS_OF_A_KIND],
)
def test_a_planted_fault_is_caught_and_without_it_the_same_history_is_clean(
    of_its_kind: Callable[[Scenario], Scenario], plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    histories = map(of_its_kind, map(scenario_of, SEEDS))
    with monkeypatch.context() as patch:
        plant(patch)
        caught = next((each for each in histories if violations(play(each))), None)
    assert caught is not None, "not within a hundred histories"
    assert violations(play(caught)) == []


#: Written in place, as most programs do it; and as the results are. Killed half-way.
IN_PLACE = "target.open('wb')"
WHOLE = "written_whole(target).__enter__().part.open('wb')"
KILLED_HALF_WAY = """
import os, signal, sys
from pathlib import Path
from batch.report.output_files import written_whole
target = Path(sys.argv[1])
file = {opened}
file.write(b"new" * 1000)
file.flush()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(
    ("opened", "survives"), [(IN_PLACE, False), (WHOLE, True)], ids=["written in place", "written whole"]
)
def test_a_workbook_written_in_place_is_torn_by_a_kill(opened: str, survives: bool, tmp_path: Path) -> None:
    target = tmp_path / "results.xlsx"
    target.write_bytes(b"old")
    code = KILLED_HALF_WAY.format(opened=opened)
    done = subprocess.run([sys.executable, "-c", code, str(target)], cwd=ROOT, timeout=30, check=False)
    assert done.returncode == -signal.SIGKILL
    assert (target.read_bytes() == b"old") is survives
