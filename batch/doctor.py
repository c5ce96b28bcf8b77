"""`classbatch doctor`: can this computer schedule classes in this account, and what should a person know first?

Every finding is a line: what was looked at, how it is, what to do. Nothing is
changed in the account: the service is only asked what it says of the account,
and for one page of its classes.
"""

from collections.abc import Iterator
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING

from batch.core.errors import CannotRun
from batch.core.message import DoctorNote, Message, RunNote
from batch.core.plan.admission import LIMIT, POLICY, LimitPolicy, suggested_policy
from batch.core.quick_dataclass import dataclass
from batch.core.rows.rules import USUAL_ATTENDEES
from batch.core.service.calibration import CALIBRATION, from_json
from batch.core.service.class_limits import NOTHING_LEARNED
from batch.core.service.clock_skew import Skew, skew_of
from batch.core.service.witnesses import LAG
from batch.core.tally import Exit
from batch.journal.journals import Journals, journals_of
from batch.settings.table import SETTING, Settings
from batch.time_zones import pinned_zones
from batch.wiziq.errors import LockedOut, Refused, WiziqError

if TYPE_CHECKING:
    from batch.wiziq.client import WiziqClient


class Health(StrEnum):
    """How a thing is."""

    FINE = "fine"
    LOOK = "look"  #: works, and a person should know
    BROKEN = "broken"  #: nothing can be scheduled like this


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report."""

    what: str
    health: Health
    message: Message


def exit_code_of(findings: list[Finding]) -> Exit:
    if any(finding.health is Health.BROKEN for finding in findings):
        return Exit.CANNOT_RUN
    if any(finding.health is Health.LOOK for finding in findings):
        return Exit.NEEDS_A_PERSON
    return Exit.DONE


async def ask_the_service(client: "WiziqClient", on_unknown: str) -> list[Finding]:
    """Credentials, clock and listing, by two calls that change nothing."""
    try:
        await client.account_info()
    except LockedOut as error:
        why = {"why": error.message}
        return [Finding("credentials", Health.BROKEN, Message(DoctorNote.KEYS_TURNED_AWAY, why))]
    except Refused as error:
        read = Message(DoctorNote.KEYS_READ, {"why": error.message})
        credentials = Finding("credentials", Health.LOOK, read)
    except WiziqError as error:
        why = {"why": error.message}
        return [Finding("service", Health.BROKEN, Message(DoctorNote.NO_SERVICE, why))]
    else:
        credentials = Finding("credentials", Health.FINE, Message(DoctorNote.KEYS_ACCEPTED))
    return [credentials, _clock(client.clock_offset_s), await _listing(client, on_unknown)]


def _clock(offset_s: float | None) -> Finding:
    if offset_s is None:
        return Finding("clock", Health.LOOK, Message(DoctorNote.TIME_NOT_GIVEN))
    skew, apart = skew_of(offset_s), Message(RunNote.CLOCKS_APART, {"offset_s": offset_s})
    if skew is Skew.FINE:
        return Finding("clock", Health.FINE, apart)
    health = Health.BROKEN if skew is Skew.TOO_FAR else Health.LOOK
    return Finding("clock", health, apart)


async def _listing(client: "WiziqClient", on_unknown: str) -> Finding:
    try:
        listed = await client.get_data({"status": "upcoming"}, page=1)
    except WiziqError as error:
        return Finding("listing", Health.LOOK, Message(DoctorNote.DOES_NOT_LIST, {"why": error.message}))
    policy = "resend-after-settle" if on_unknown == "auto" else on_unknown
    return Finding(
        "listing", Health.FINE, Message(DoctorNote.LISTS, {"classes": len(listed), "policy": policy})
    )


def look_here(settings: Settings, journals: Journals, account: str) -> Iterator[Finding]:
    """What can be seen on this computer: limits, zones, the journal."""
    yield _limits(settings, journals, account)
    from importlib.metadata import version  # noqa: PLC0415 - slow to import, and for this alone

    zones = pinned_zones()
    yield Finding(
        "time zones",
        Health.FINE,
        Message(DoctorNote.ZONES, {"zones": len(zones), "tzdata": version("tzdata")}),
    )
    yield _journal(journals, account)
    yield from _list_as_learned(journals, account)
    yield from _shared_classes(journals, account)


def look_at_database(settings: Settings) -> Finding:
    """Whether the database of the journals can be reached."""
    try:
        journals = journals_of(settings)
        facts = {"path": journals.where(""), "accounts": len(journals.accounts())}
    except CannotRun as error:
        return Finding("database", Health.BROKEN, error.messages[0])
    return Finding("database", Health.FINE, Message(DoctorNote.DATABASE, facts))


def _limits(settings: Settings, journals: Journals, account: str) -> Finding:
    """What is known of the licence's limit, and whether refusals speak against it."""
    learned = policy = suggested = None
    of_class = NOTHING_LEARNED
    if journals.has(account):
        with (
            suppress(CannotRun),
            journals.reading(account) as journal,
        ):  # _journal tells what is wrong with it
            learned, policy = journal.account.learned(LIMIT), journal.account.learned(POLICY)
            suggested = suggested_policy(journal.planning.refusals())
            of_class = journal.account.class_limits()
    usual = SETTING["max_minutes"].default
    minutes, attendees = of_class.below(settings.max_minutes, settings.max_attendees, usual_minutes=usual)
    counts = settings.limit_policy or (policy[0] if policy else LimitPolicy.OVERLAP.value)
    other = suggested.value if suggested is not None and suggested.value != counts else None
    facts = {
        "most": settings.max_concurrent_classes,
        "learned": learned,
        "counts": counts,
        "suggested": other,
        "minutes": minutes,
        "attendees": attendees,
        "usual": USUAL_ATTENDEES,
    }
    return Finding("limits", Health.LOOK if other else Health.FINE, Message(DoctorNote.LIMITS, facts))


def _journal(journals: Journals, account: str) -> Finding:
    path = journals.where(account)
    if not journals.has(account):
        return Finding("journal", Health.FINE, Message(DoctorNote.NO_JOURNAL_YET, {"path": path}))
    try:
        with journals.reading(account) as journal:
            damage = journal.maintenance.damage()
            batches, in_doubt = journal.batches.all(), journal.sending.in_doubt(None)
    except CannotRun as error:
        return Finding("journal", Health.BROKEN, error.messages[0])
    if damage:
        broken = Message(DoctorNote.DAMAGED_JOURNAL, {"path": path, "why": damage})
        return Finding("journal", Health.BROKEN, broken)
    facts = {
        "path": path,
        "batches": len(batches),
        "last": batches[0].started_at if batches else None,
        "in_doubt": len(in_doubt),
    }
    health = Health.LOOK if in_doubt else Health.FINE
    return Finding("journal", health, Message(DoctorNote.SOUND_JOURNAL, facts))


def _list_as_learned(journals: Journals, account: str) -> Iterator[Finding]:
    """What this account's list cannot be trusted for, and how late it is."""
    if not journals.has(account):
        return
    with suppress(CannotRun), journals.reading(account) as journal:  # _journal tells what is wrong with it
        lag, written = journal.account.learned(LAG), journal.account.learned(CALIBRATION)
        if lag is not None:
            late = Message(DoctorNote.LIST_LATE, {"lag_s": float(lag.value)})
            yield Finding("listing", Health.FINE, late)
        bent = dict(from_json(written.value).bent()) if written is not None else {}
        for columns, note in (
            ([name for name, rule in bent.items() if rule], DoctorNote.LIST_BENT),
            ([name for name, rule in bent.items() if not rule], DoctorNote.LIST_SILENT),
        ):
            if columns:
                yield Finding("listing", Health.LOOK, Message(note, {"columns": columns}))


def _shared_classes(journals: Journals, account: str) -> Iterator[Finding]:
    """Rows that ended with one class between them, from before that was ruled out."""
    if not journals.has(account):
        return
    with suppress(CannotRun), journals.reading(account) as journal:  # _journal tells what is wrong with it
        for class_id, rows in journal.maintenance.shared_classes().items():
            shared = Message(DoctorNote.SHARED_CLASS, {"class_id": class_id, "rows": rows})
            yield Finding("classes", Health.LOOK, shared)
