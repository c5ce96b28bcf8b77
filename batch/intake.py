"""Load and validate: a file becomes the rows of a batch in the journal, or nothing of it does."""

import hashlib
import sys
import tempfile
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from batch.core.columns import columns_for
from batch.core.rules import Terms, check_row
from batch.journal.records import Batch
from batch.journal.store import Journal
from batch.load import LoadOptions, open_timetable
from batch.settings import Settings

#: How the person says that the timetable comes on standard input.
STDIN = "-"


@dataclass(frozen=True, slots=True)
class Intake:
    """A file that was taken in."""

    batch: Batch
    notes: tuple[str, ...]  #: what is worth telling about the file


def take_in(
    file: str, settings: Settings, journal: Journal, *, account: str, batch: str, sandbox: bool, now: float
) -> Intake:
    """Read and validate a whole file into the journal.

    Args:
        file: a path, or "-" for CSV on standard input.
        account: whose classes these are; part of each row's fingerprint.
        batch: the new batch's id.
        now: UTC seconds; a class must start later.

    Raises:
        FileProblem: the file cannot be read as a timetable; the journal is as before.
    """
    defaults = settings.defaults
    options = LoadOptions(
        sheet=settings.sheet,
        encoding=settings.encoding,
        delimiter=settings.delimiter,
        defaulted=frozenset(defaults),
    )
    terms = Terms(
        now=datetime.fromtimestamp(now, UTC),
        account=settings.account,
        zones=pinned_zones(),
        max_minutes=settings.max_minutes,
        max_attendees=settings.max_attendees,
        past_margin=timedelta(minutes=settings.past_margin_minutes),
        defaults={
            column.name: defaults[column.name]
            for column in columns_for(settings.account)
            if column.name in defaults
        },
    )
    with (
        _opened(file) as source,
        open_timetable(source, options=options, account=settings.account, name=shown_name(file)) as timetable,
    ):
        taken = Batch(
            id=batch,
            file=shown_name(file),
            sha256=_digest(source),
            sheet=timetable.sheet,
            header=timetable.header.names,
            account=settings.account.value,
            sent_to="a sandbox in this process" if sandbox else settings.base_url,
            sandbox=sandbox,
            started_at=now,
        )
        journal.load(account, taken, (check_row(raw, timetable.header, terms) for raw in timetable))
        return Intake(taken, timetable.notes)


def shown_name(file: str) -> str:
    """What messages and reports call the input."""
    return "standard input" if file == STDIN else file


def pinned_zones() -> frozenset[str]:
    """Every zone of the pinned tzdata: the same ones on every machine, whatever its system has."""
    zoneinfo.reset_tzpath(to=())
    return frozenset(zoneinfo.available_timezones())


@contextmanager
def _opened(file: str) -> Iterator[Path | BinaryIO]:
    if file != STDIN:
        yield Path(file)
        return
    with tempfile.TemporaryFile() as spool:  # it is read twice: for its digest, and for its rows
        while block := sys.stdin.buffer.read(1 << 20):
            spool.write(block)
        spool.seek(0)
        yield spool


def _digest(source: Path | BinaryIO) -> str:
    if isinstance(source, Path):
        with source.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    digest = hashlib.sha256()
    source.seek(0)
    while block := source.read(1 << 20):
        digest.update(block)
    source.seek(0)
    return digest.hexdigest()
