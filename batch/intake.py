"""Load and validate: a file becomes the rows of a batch in the journal, or nothing of it does."""

import hashlib
import io
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import BinaryIO, TypeAlias

from batch.core.grid.grid_text import read_grid
from batch.core.message import FileNote, Message
from batch.core.plan.free_slots import hours_of
from batch.core.quick_dataclass import dataclass
from batch.core.rows.cells import read_zone
from batch.core.rows.column_names import Naming, name_columns, naming_notes
from batch.core.rows.columns import BY_NAME, AccountKind, columns_for
from batch.core.rows.corrections import Corrections
from batch.core.rows.date_order import Dates
from batch.core.rows.file_evidence import Known, known_from
from batch.core.rows.file_notes import RowsSeen
from batch.core.rows.known_formats import Format, header_of, recognised, with_format
from batch.core.rows.reading import Terms
from batch.core.rows.row import CellValue, Header, Numbered
from batch.core.rows.value_maps import value_maps
from batch.core.service.class_limits import NOTHING_LEARNED, ClassLimits
from batch.core.term.file_rows import FileRows, ReadAgainError, insists_on_keys
from batch.core.term.series import SeriesRows
from batch.core.term.term_text import read_settings
from batch.core.text import well_formed
from batch.journal.records import SANDBOX_IN_PROCESS, STANDARD_INPUT, Batch
from batch.journal.store import Journal
from batch.readers import LoadOptions, MemoryTable, TimetableFile, open_timetable
from batch.readers.delimited import every_record
from batch.readers.options import LARGEST, MIB
from batch.readers.remembered_columns import recall, remember
from batch.readers.remembered_dates import Feed, Shown, keep_dates, recall_dates
from batch.readers.remembered_grids import recall_grids
from batch.readers.repair import repaired
from batch.readers.term import TermOfFile, term_of
from batch.readers.timetable import check_is_there
from batch.settings.table import SETTING, Settings
from batch.time_zones import pinned_zones, zone_names

#: What the names of timetables end with.
SUFFIXES = (".xlsx", ".xlsm", ".csv", ".tsv", ".txt", ".ics")
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
    folder: str = ""  #: where files of the same kind come from
    corrections: Corrections = field(default_factory=dict, repr=False)  #: what was mended since it came


@dataclass(frozen=True, slots=True)
class Intake:
    """A file that was taken in."""

    batch: Batch
    header: Header
    is_workbook: bool


def check_file(file: str) -> None:
    """See that there is such a file, before anything else is asked about it.

    Raises:
        FileProblem: there is not.
    """
    if file != STDIN:
        check_is_there(Path(file))


def take_in(
    file: str | Source,
    settings: Settings,
    journal: Journal,
    *,
    account: str,
    batch: str,
    sandbox: bool,
    now: float,
    kept_in: Path | None = None,
    keeps: bool = True,
) -> Intake:
    """Read and validate a whole file into the journal.

    Args:
        file: a path, "-" for CSV on standard input, or a file in memory.
        account: whose classes these are; part of each row's fingerprint.
        batch: the new batch's id.
        now: UTC seconds; a class must start later.
        kept_in: the folder where the account keeps how its files wrote dates; None for nowhere.
        keeps: whether this file leaves something there; a check does not.

    Raises:
        FileProblem: the file cannot be read as a timetable; the journal is as before.
    """
    naming = naming_of(settings)
    known: Known | None = None
    with _source(file) as source:
        while True:
            try:
                with _table(source, shown_name(file), settings, naming, now) as timetable:
                    feed = Feed.of(kept_in, _folder(file), timetable.header.names)
                    form = recognised(timetable.header.names)
                    terms = terms_of(settings, now, journal.account.class_limits(), form)
                    if known is None:
                        known = _known_at_first(timetable.header, terms, feed)
                    term = term_of(settings.term, timetable, shown_name(file), known.dates)
                    rows = _rows(file, timetable, replace(terms, known=known), naming, term, settings)
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
                        timetable=settings.timetable or "",
                    )
                    notes = partial(_notes, timetable, rows, term, settings, naming)
                    loaded = journal.batches.load(account, taken, rows, notes)
                    if keeps:
                        _keep(feed, shown_name(file), rows.evidence.known, settings)
                    return Intake(loaded, timetable.header, timetable.kind == "xlsx")
            except ReadAgainError as learnt:
                known = learnt.known


def _rows(
    file: str | Source,
    timetable: TimetableFile,
    terms: Terms,
    naming: Naming,
    term: TermOfFile,
    settings: Settings,
) -> FileRows:
    opens, closes = hours_of(settings.opening_hours)
    return FileRows(
        timetable,
        terms,
        seen=RowsSeen(
            timetable.header,
            terms,
            opening=(f"{opens:%H:%M}", f"{closes:%H:%M}"),
            opening_is_usual=settings.opening_hours == SETTING["opening_hours"].default,
            sheet=timetable.sheet,
        ),
        series=SeriesRows(timetable.header, term.term, settings.max_lessons),
        most_classes=settings.max_classes,
        corrections=file.corrections if isinstance(file, Source) else {},
        insists=insists_on_keys(timetable.header, naming),
    )


def _folder(file: str | Source) -> str:
    """Where files of the same kind come from; "" for what stands in no folder of its own."""
    if isinstance(file, Source):
        return file.folder
    return "" if file == STDIN else str(Path(file).resolve().parent)


def _known_at_first(header: Header, terms: Terms, feed: Feed) -> Known:
    """What the settings, the header and earlier files of the same kind say, before a row was read."""
    before = recall_dates(feed, of_results=header.of_results)
    dates = replace(terms.known.dates, before=before.dates)
    as_before = before.counts_to_24 and not terms.known.counts_to_24
    known = replace(
        terms.known,
        dates=dates,
        counts_to_24=terms.known.counts_to_24 or as_before,
        counts_to_24_as_before=as_before,
        clock_is_stated=terms.known.clock_is_stated or as_before,
    )
    return known_from(header, known, terms.zones)


def _keep(feed: Feed, file: str, known: Known, settings: Settings) -> None:
    dates = known.dates
    proof = next((each for each in (dates.shown, dates.cells) if each.order), None)
    shown = Shown(
        proved=proof.order if proof else None,
        proof=proof.proofs[-1] if proof else "",
        stated=dates.stated,
        read=dates.order,
        counts_to_24=settings.clock is not None,
    )
    keep_dates(feed, Path(file).name, shown)


def terms_of(
    settings: Settings, now: float, learned: ClassLimits = NOTHING_LEARNED, form: Format | None = None
) -> Terms:
    """What the settings say about every row, and where they leave it open, what the service has said of its limits.

    Args:
        settings: as they are.
        now: UTC seconds.
        learned: what the service has said.
        form: the program whose export the file shows itself to be.
    """
    usual = SETTING["max_minutes"].default
    minutes, attendees = learned.below(settings.max_minutes, settings.max_attendees, usual_minutes=usual)
    return Terms(
        now=datetime.fromtimestamp(now, UTC),
        account=settings.account,
        zones=pinned_zones(),
        max_minutes=minutes,
        max_attendees=attendees,
        past_margin=timedelta(minutes=settings.past_margin_minutes),
        defaults={
            column.name: settings.defaults[column.name]
            for column in columns_for(settings.account)
            if column.name in settings.defaults
        },
        known=Known(
            Dates(stated=settings.dates, this_year=datetime.fromtimestamp(now, UTC).year),
            counts_to_24=settings.clock is not None,
            clock_is_stated=settings.clock is not None,
        ),
        values=value_maps(with_format(settings.values, form or settings.format)),
        zone_names=zone_names,
    )


def _notes(
    timetable: TimetableFile, rows: FileRows, term: TermOfFile, settings: Settings, naming: Naming
) -> Iterator[Message]:
    """What is worth telling about a file whose rows were all read."""
    yield from naming_notes(timetable.header, settings.account, naming)
    if settings.format is None and (form := recognised(timetable.header.names)):
        yield Message(FileNote.EXPORT_OF, {"format": form.value})
    yield from timetable.notes
    yield from rows.notes(term.notes)
    yield from _remembered(settings, timetable.header)


def _remembered(settings: Settings, header: Header) -> Iterator[Message]:
    if settings.remember:
        kept = remember(settings.remembered, header.names, settings.columns)
        yield Message(FileNote.REMEMBERED, {"columns": list(kept.items())})


def naming_of(settings: Settings) -> Naming:
    """What is known of headers: what was said now or of files like it, and of a program's export."""
    return Naming(settings.columns, recall(settings.remembered), settings.format)


def header_of_batch(batch: Batch, settings: Settings) -> Header:
    """The header of a file that was sent, as far as can be known which of its columns is which."""
    columns = name_columns(batch.header, AccountKind(batch.account), naming_of(settings)).columns
    return Header(row=0, names=batch.header, columns=columns)


@contextmanager
def opened(file: str | Source, settings: Settings) -> Iterator[TimetableFile]:
    """The timetable in a file.

    Raises:
        FileProblem: it cannot be read as a timetable.
    """
    naming = naming_of(settings)
    with _source(file) as source, _table(source, shown_name(file), settings, naming) as timetable:
        yield timetable


@contextmanager
def as_openpyxl_reads_it(workbook: Path) -> Iterator[BinaryIO]:
    """A workbook that was read here, for openpyxl to read: without a hundred thousand empty rows, in the usual form."""
    with workbook.open("rb") as file:
        yield repaired(file)


def lines_of_csv(path: Path, settings: Settings) -> list[Numbered]:
    """Every line of a CSV file as it was read here, whatever it is."""
    with path.open("rb") as file:
        return [*every_record(file, path.name, _options(settings, naming_of(settings)), settings.account)]


@contextmanager
def _table(
    source: Readable, name: str, settings: Settings, naming: Naming, now: float | None = None
) -> Iterator[TimetableFile]:
    options = _options(settings, naming, now)
    with open_timetable(source, options=options, account=settings.account, name=name) as timetable:
        yield timetable


def _options(settings: Settings, naming: Naming, now: float | None = None) -> LoadOptions:
    periods = value_maps(settings.values).get("start_time", {})
    return LoadOptions(
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
        grid=read_grid(settings.grid, periods)[0],
        grids={} if settings.grid else recall_grids(settings.remembered, periods),
        header=header_of(settings.format),
        now=None if now is None else datetime.fromtimestamp(now, UTC),
        zone=_zone_of(settings),
        term_ends=read_settings(settings.term)[0].get("ends"),
        calendar_presenter=settings.calendar_presenter,
        most_lessons=settings.max_lessons,
    )


def _zone_of(settings: Settings) -> str:
    """By which clock a start is that names none."""
    zone = read_zone(settings.defaults.get("time_zone", ""), pinned_zones())
    return zone if isinstance(zone, str) else str(BY_NAME["time_zone"].default)


def shown_name(file: str | Source) -> str:
    """What messages and reports call the input."""
    if isinstance(file, Source):
        return file.name
    return STANDARD_INPUT if file == STDIN else well_formed(file)


@contextmanager
def _source(file: str | Source) -> Iterator[Readable]:
    if isinstance(file, Source):
        content = file.content
        if isinstance(content, tuple):
            yield MemoryTable(content)
        else:
            yield io.BytesIO(content) if isinstance(content, bytes) else content
    elif file != STDIN and (Path(file).is_file() or not Path(file).exists() or Path(file).is_dir()):
        yield Path(file)
    else:  # a pipe, by its name or as standard input
        with (
            tempfile.TemporaryFile() as spool,  # it is read twice: for its digest, and for its rows
            nullcontext(sys.stdin.buffer) if file == STDIN else Path(file).open("rb") as pipe,
        ):
            while spool.tell() <= LARGEST and (block := pipe.read(MIB)):  # beyond that it is refused
                spool.write(block)
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
