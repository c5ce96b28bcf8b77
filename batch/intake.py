"""Load and validate: a file becomes the rows of a batch in the journal, or nothing of it does."""

import hashlib
import io
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, TypeAlias

from batch.core.message import FileNote, Message, as_written
from batch.core.rows.cells import EDGES
from batch.core.rows.column_names import Naming, naming_notes
from batch.core.rows.columns import BY_NAME, columns_for
from batch.core.rows.dates import DateOrder, Dates, could_be_another_day
from batch.core.rows.examples import is_example
from batch.core.rows.reading import Terms
from batch.core.rows.row import CellValue, CheckedRow, Header, RawRow
from batch.core.rows.rules import row_check
from batch.core.rows.value_maps import value_maps
from batch.core.text import well_formed
from batch.journal.records import SANDBOX_IN_PROCESS, Batch
from batch.journal.store import Journal
from batch.readers import LoadOptions, MemoryTable, TimetableFile, open_timetable
from batch.readers.options import MIB
from batch.readers.remembered_columns import recall, remember
from batch.readers.repair import repaired
from batch.settings.table import Settings
from batch.time_zones import pinned_zones, zone_names

#: What the names of timetables end with.
SUFFIXES = (".xlsx", ".xlsm", ".csv", ".tsv", ".txt")
#: How the person says that the timetable comes on standard input.
STDIN = "-"

Readable: TypeAlias = Path | BinaryIO | MemoryTable


@dataclass(frozen=True, slots=True)
class Source:
    """What is read where that is no file under its own name: a table of a program's, an upload."""

    name: str  #: what messages and reports call it
    content: Path | bytes | tuple[tuple[CellValue, ...], ...] = field(
        repr=False
    )  #: of a table: its lines, header first


@dataclass(frozen=True, slots=True)
class Intake:
    """A file that was taken in."""

    batch: Batch
    header: Header
    is_workbook: bool
    notes: tuple[Message, ...]  #: what is worth telling about the file


def take_in(
    file: str | Source,
    settings: Settings,
    journal: Journal,
    *,
    account: str,
    batch: str,
    sandbox: bool,
    now: float,
) -> Intake:
    """Read and validate a whole file into the journal.

    Args:
        file: a path, "-" for CSV on standard input, or a file in memory.
        account: whose classes these are; part of each row's fingerprint.
        batch: the new batch's id.
        now: UTC seconds; a class must start later.

    Raises:
        FileProblem: the file cannot be read as a timetable; the journal is as before.
    """
    naming = Naming(settings.columns, recall(settings.state))
    terms = terms_of(settings, now)
    with _source(file) as source:
        while True:
            try:
                with _table(source, shown_name(file), settings, naming) as timetable:
                    rows = _Rows(timetable, terms)
                    taken = Batch(
                        id=batch,
                        file=shown_name(file),
                        sha256=_digest(source),
                        sheet=timetable.sheet,
                        header=timetable.header.names,
                        account=settings.account.value,
                        sent_to=SANDBOX_IN_PROCESS if sandbox else settings.base_url,
                        sandbox=sandbox,
                        started_at=now,
                    )
                    journal.batches.load(account, taken, rows)
                    notes = (
                        *naming_notes(timetable.header, settings.account, naming),
                        *_zone_note(timetable.header, settings),
                        *timetable.notes,
                        *rows.notes(),
                        *_remembered(settings, timetable.header),
                    )
                    return Intake(taken, timetable.header, timetable.kind == "xlsx", notes)
            except _OrderShownError as shown:
                terms = replace(terms, dates=shown.dates)


def terms_of(settings: Settings, now: float) -> Terms:
    """What the settings say about every row."""
    return Terms(
        now=datetime.fromtimestamp(now, UTC),
        account=settings.account,
        zones=pinned_zones(),
        max_minutes=settings.max_minutes,
        max_attendees=settings.max_attendees,
        past_margin=timedelta(minutes=settings.past_margin_minutes),
        defaults={
            column.name: settings.defaults[column.name]
            for column in columns_for(settings.account)
            if column.name in settings.defaults
        },
        dates=Dates(settings.dates, said=True) if settings.dates else Dates(),
        values=value_maps(settings.values),
        zone_names=zone_names(),
    )


class _OrderShownError(Exception):
    """A date showed in which order the file writes them, after others were read another way."""

    def __init__(self, dates: Dates) -> None:
        super().__init__()
        self.dates = dates


class _Rows:
    """The rows of a timetable, checked, and what was noticed on the way.

    How the file writes its dates is learnt while it is read; where that comes too late
    for a row before, all is read again.
    """

    def __init__(self, timetable: TimetableFile, terms: Terms) -> None:
        self._timetable = timetable
        if timetable.header.of_results and terms.dates == Dates():
            # The rows that were to be mended may have left behind the one that showed the order.
            terms = replace(terms, dates=Dates(partial=True))
        self._terms = terms
        columns = timetable.header.columns
        self._dated = [columns[name] for name in ("start_time", "date", "end_time") if name in columns]
        self._doubtful = False
        self._examples: list[int] = []

    def __iter__(self) -> Iterator[CheckedRow]:
        header = self._timetable.header
        check = row_check(header, self._terms)
        for raw in self._timetable:
            if is_example(raw, header):
                self._examples.append(raw.number)
                continue
            if self._learn(raw):
                check = row_check(header, self._terms)
            yield check(raw)

    def notes(self) -> Iterator[Message]:
        dates = self._terms.dates
        if dates.mixed:
            shown = " and ".join(dates.shown_by)
            yield as_written(f"Dates are written day first and month first: {shown}. None is read.")
        elif dates.order is DateOrder.DAY_FIRST and not dates.said:
            yield as_written(f"Dates are read day first, as {dates.shown_by[0]} shows.")
        if self._examples:
            yield Message(FileNote.EXAMPLES_LEFT_OUT, {"rows": self._examples})

    def _learn(self, raw: RawRow) -> bool:
        """Whether the row shows something new."""
        learned = False
        for position in self._dated:
            cell = raw.cells[position]
            if not isinstance(cell, str):
                continue
            text, known = cell.strip(EDGES), self._terms.dates
            dates = known.after(text, f"row {raw.number}")
            if dates is known:
                self._doubtful = self._doubtful or (known.order is None and bool(could_be_another_day(text)))
                continue
            if dates.mixed or self._doubtful:
                raise _OrderShownError(dates)
            self._terms = replace(self._terms, dates=dates)
            learned = True
        return learned


def _zone_note(header: Header, settings: Settings) -> Iterator[Message]:
    """Hardly any school's file has a column of zones, and nobody means Greenwich by that."""
    default = BY_NAME["time_zone"].default
    if "time_zone" not in header.columns and "time_zone" not in settings.defaults:
        yield Message(FileNote.NO_ZONE, {"zone": default})


def _remembered(settings: Settings, header: Header) -> Iterator[Message]:
    if settings.remember:
        kept = remember(settings.state, header.names, settings.columns)
        yield Message(FileNote.REMEMBERED, {"columns": list(kept.items())})


@contextmanager
def opened(file: str | Source, settings: Settings) -> Iterator[TimetableFile]:
    """The timetable in a file.

    Raises:
        FileProblem: it cannot be read as a timetable.
    """
    naming = Naming(settings.columns, recall(settings.state))
    with _source(file) as source, _table(source, shown_name(file), settings, naming) as timetable:
        yield timetable


@contextmanager
def as_openpyxl_reads_it(workbook: Path) -> Iterator[BinaryIO]:
    """A workbook that was read here, for openpyxl to read: without a hundred thousand empty rows, in the usual form."""
    with workbook.open("rb") as file:
        yield repaired(file)


@contextmanager
def _table(source: Readable, name: str, settings: Settings, naming: Naming) -> Iterator[TimetableFile]:
    options = LoadOptions(
        sheet=settings.sheet,
        all_sheets=settings.all_sheets,
        most_rows=settings.max_rows,
        most_columns=settings.max_columns,
        most_cpu_s=settings.read_cpu_s,
        most_memory_bytes=settings.read_memory_mib * MIB,
        encoding=settings.encoding,
        delimiter=settings.delimiter,
        defaulted=frozenset(settings.defaults),
        naming=naming,
    )
    with open_timetable(source, options=options, account=settings.account, name=name) as timetable:
        yield timetable


def shown_name(file: str | Source) -> str:
    """What messages and reports call the input."""
    if isinstance(file, Source):
        return file.name
    return "standard input" if file == STDIN else well_formed(file)


@contextmanager
def _source(file: str | Source) -> Iterator[Readable]:
    if isinstance(file, Source):
        content = file.content
        if isinstance(content, tuple):
            yield MemoryTable(content)
        else:
            yield io.BytesIO(content) if isinstance(content, bytes) else content
    elif file != STDIN:
        yield Path(file)
    else:
        with tempfile.TemporaryFile() as spool:  # it is read twice: for its digest, and for its rows
            shutil.copyfileobj(sys.stdin.buffer, spool)
            yield spool


def _digest(source: Readable) -> str:
    if isinstance(source, MemoryTable):
        return source.digest()
    if isinstance(source, Path):
        with source.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    source.seek(0)
    digest = hashlib.file_digest(source, "sha256").hexdigest()  # type: ignore[arg-type]  # any seekable file will do
    source.seek(0)
    return digest
