"""What is asked between runs: can we schedule from here, what was done, forget what is over."""

import tempfile
from datetime import datetime
from pathlib import Path

from batch.connection import account_of, service
from batch.core.tally import Tally
from batch.doctor import Finding, Health, ask_the_service, look_here
from batch.errors import CannotRun
from batch.journal import files
from batch.journal.files import open_journal, reading
from batch.journal.lock import locked
from batch.journal.records import Batch
from batch.report.projection import tally_of
from batch.settings.table import Settings


async def examine(settings: Settings, *, sandbox: bool) -> list[Finding]:
    """What the doctor finds; asks the service, and changes nothing."""
    try:
        account = account_of(settings, sandbox=sandbox)
    except CannotRun as error:
        return [Finding("credentials", Health.BROKEN, error.messages[0])]
    folder = settings.state / account
    with tempfile.TemporaryDirectory(prefix="classbatch-") as scratch:
        async with service(settings, Path(scratch), sandbox=sandbox) as client:
            findings = await ask_the_service(client, settings.on_unknown)
    return [*findings, *look_here(settings, folder / "journal.sqlite3")]


def start_over(settings: Settings, backup: Path | None, now: float, *, sandbox: bool) -> Path:
    """Put a new journal in place of one that cannot be trusted; return where the old one stands.

    Raises:
        CannotRun: there are no keys, or `backup` is no journal of this account.
        Unfinished: a run is at work on the account.
    """
    account = account_of(settings, sandbox=sandbox)
    return files.start_over(settings.state / account, account, now, backup, timeout_s=settings.timeout_s)


def overview(state: Path, most: int) -> list[tuple[Batch, Tally]]:
    """The newest batches of all accounts, each with its counts as they stand now."""
    found = []
    for path in sorted(state.glob("*/journal.sqlite3")):
        with reading(path) as journal:
            found += [(batch, tally_of(journal, batch.id)) for batch in journal.batches.all()[:most]]
    return sorted(found, key=lambda each: each[0].started_at, reverse=True)[:most]


def forget(state: Path, before: datetime, now: float) -> int:
    """Delete what the journals hold of people and classes that were over by then; return how many rows.

    Args:
        state: the directory of the journals.
        now: UTC seconds; what lies ahead is never forgotten.

    Raises:
        Unfinished: a run is at work on an account.
    """
    forgotten = 0
    for path in sorted(state.glob("*/journal.sqlite3")):
        folder = path.parent
        with locked(folder, now), open_journal(folder, folder.name, now) as journal:
            forgotten += journal.maintenance.forget(min(before.timestamp(), now))
    return forgotten
