"""`classbatch doctor`: can this computer schedule classes in this account, and what should a person know first?

Every finding is a line: what was looked at, how it is, what to do. Nothing is
changed in the account: the service is only asked what it says of the account,
and for one page of its classes.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from batch.core.message import Message, RunNote
from batch.core.plan.admission import LIMIT, POLICY, LimitPolicy, suggested_policy
from batch.core.rows.rules import USUAL_ATTENDEES
from batch.core.service.clock_skew import Skew, skew_of
from batch.core.tally import Exit
from batch.errors import CannotRun
from batch.journal.files import reading
from batch.report.wording.messages import both_of, message_of
from batch.settings.table import Settings
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
    says: str


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
        return [Finding("credentials", Health.BROKEN, f"{error.says} Check both keys and the base URL.")]
    except Refused as error:
        credentials = Finding(
            "credentials", Health.LOOK, f"The keys were read, but the answer was: {error.says}"
        )
    except WiziqError as error:
        return [Finding("service", Health.BROKEN, f"{error.says} Check the base URL and the network.")]
    else:
        credentials = Finding("credentials", Health.FINE, "The service accepts the keys.")
    return [credentials, _clock(client.clock_offset_s), await _listing(client, on_unknown)]


def _clock(offset_s: float | None) -> Finding:
    if offset_s is None:
        return Finding(
            "clock", Health.LOOK, "The service did not tell its time; see that this computer's is right."
        )
    skew, apart = skew_of(offset_s), Message(RunNote.CLOCKS_APART, {"offset_s": offset_s})
    if skew is Skew.FINE:
        return Finding("clock", Health.FINE, message_of(apart))
    health = Health.BROKEN if skew is Skew.TOO_FAR else Health.LOOK
    return Finding("clock", health, both_of(apart))


async def _listing(client: "WiziqClient", on_unknown: str) -> Finding:
    try:
        listed = await client.get_data({"status": "upcoming"}, page=1)
    except WiziqError as error:
        return Finding(
            "listing",
            Health.LOOK,
            f"The account does not list its classes without an id ({error.says}). A class whose answer is lost stays "
            "unknown until you look it up in WizIQ yourself.",
        )
    count = "more than 99" if len(listed) >= 100 else str(len(listed))
    policy = "resend-after-settle" if on_unknown == "auto" else on_unknown
    return Finding(
        "listing",
        Health.FINE,
        f"The account lists its classes ({count} upcoming): lost answers can be looked up. Policy: {policy}.",
    )


def look_here(settings: Settings, journal: Path) -> Iterator[Finding]:
    """What can be seen on this computer: limits, zones, the journal."""
    yield _limits(settings, journal)
    from importlib.metadata import version  # noqa: PLC0415 - slow to import, and for this alone

    zones = pinned_zones()
    yield Finding("time zones", Health.FINE, f"{len(zones)} zones, tzdata {version('tzdata')}.")
    yield _journal(journal)
    yield from _shared_classes(journal)


def _limits(settings: Settings, path: Path) -> Finding:
    """What is known of the licence's limit, and whether refusals speak against it."""
    learned = policy = suggested = None
    if path.exists():
        with suppress(CannotRun), reading(path) as journal:  # _journal tells what is wrong with it
            learned, policy = journal.account.learned(LIMIT), journal.account.learned(POLICY)
            suggested = suggested_policy(journal.planning.refusals())
    known = "not known; learnt from the first refusal"
    if settings.max_concurrent_classes is not None:
        known = f"{settings.max_concurrent_classes}, from the settings"
    elif learned is not None:
        value, source, at = learned
        known = f"{value}, from {source} on {datetime.fromtimestamp(at, UTC):%d %b %Y}"
    counts = settings.limit_policy or (policy[0] if policy else LimitPolicy.OVERLAP.value)
    says = (
        f"Classes at once: {known}. The limit counts: {counts}. A class: at most "
        f"{settings.max_minutes} minutes, {settings.max_attendees or f'{USUAL_ATTENDEES} (most licences)'} attendees."
    )
    if suggested is not None and suggested.value != counts:
        return Finding(
            "limits", Health.LOOK, f'{says} Its refusals look like limit_policy = "{suggested.value}".'
        )
    return Finding("limits", Health.FINE, says)


def _journal(path: Path) -> Finding:
    if not path.exists():
        return Finding("journal", Health.FINE, f"There is none yet; it will be {path}.")
    try:
        with reading(path) as journal:
            damage = journal.maintenance.damage()
            batches, in_doubt = journal.batches.all(), journal.sending.in_doubt(None)
    except CannotRun as error:
        return Finding("journal", Health.BROKEN, both_of(error))
    if damage:
        return Finding("journal", Health.BROKEN, f"{path} is damaged: {damage}. See docs/reliability.md.")
    last = f", the last on {datetime.fromtimestamp(batches[0].started_at, UTC):%d %b %Y}" if batches else ""
    says = f"{path} is sound: {len(batches)} batches{last}."
    if in_doubt:
        return Finding(
            "journal",
            Health.LOOK,
            f"{says} {len(in_doubt)} classes were sent and never answered: submit their file again.",
        )
    return Finding("journal", Health.FINE, says)


def _shared_classes(path: Path) -> Iterator[Finding]:
    """Rows that ended with one class between them, from before that was ruled out."""
    if not path.exists():
        return
    with suppress(CannotRun), reading(path) as journal:  # _journal tells what is wrong with it
        for class_id, rows in journal.maintenance.shared_classes().items():
            yield Finding(
                "classes",
                Health.LOOK,
                f"Class {class_id} stands for {' and '.join(rows)}: the service gave all of them this number. See in WizIQ "
                "which of them has its class.",
            )
