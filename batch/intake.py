"""Load and validate: a file becomes the rows of a batch in the journal, or nothing of it does."""

import hashlib
import io
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import BinaryIO, TypeAlias

from batch.core.grid.grid_text import read_grid
from batch.core.message import FileFault, FileNote, Message
from batch.core.plan.free_slots import hours_of
from batch.core.rows.cells import read_zone
from batch.core.rows.column_names import Naming, naming_notes
from batch.core.rows.columns import BY_NAME, columns_for, fold
from batch.core.rows.corrections import Corrections, corrected
from batch.core.rows.date_order import Dates
from batch.core.rows.dates import names_a_day
from batch.core.rows.examples import is_example
from batch.core.rows.file_evidence import FileEvidence, Known, known_from
from batch.core.rows.file_notes import RowsSeen
from batch.core.rows.header import is_blank
from batch.core.rows.known_formats import Format, header_of, recognised, with_format
from batch.core.rows.lesson_keys import LESSON_ID, Insists, is_called_lesson_id
from batch.core.rows.problems import Issue, Problem
from batch.core.rows.reading import Terms
from batch.core.rows.row import CellValue, CheckedRow, Header, RawRow, shown
from batch.core.rows.unread_evidence import UnreadEvidence
from batch.core.rows.value_maps import value_maps
from batch.core.service.class_limits import NOTHING_LEARNED, ClassLimits
from batch.core.term.series import SeriesRows
from batch.core.term.term_text import read_settings
from batch.core.text import well_formed
from batch.journal.records import SANDBOX_IN_PROCESS, STANDARD_INPUT, Batch
from batch.journal.store import Journal
from batch.readers import LoadOptions, MemoryTable, TimetableFile, open_timetable
from batch.readers.options import LARGEST, MIB
from batch.readers.problem import FileProblem
from batch.readers.remembered_columns import recall, remember
from batch.readers.remembered_dates import Feed, Shown, keep_dates, recall_dates
from batch.readers.repair import repaired
from batch.readers.term import TermOfFile, term_of
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
                    corrections = file.corrections if isinstance(file, Source) else {}
                    term = term_of(settings.term, timetable, shown_name(file), known.dates)
                    judged = replace(terms, known=known)
                    insists = _insists_on_keys(timetable.header, naming)
                    rows = _Rows(timetable, judged, settings, term, corrections, insists)
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
                    notes = partial(_notes, timetable, rows, settings, naming)
                    loaded = journal.batches.load(account, taken, rows, notes)
                    if keeps:
                        _keep(feed, shown_name(file), rows.evidence.known, settings)
                    return Intake(loaded, timetable.header, timetable.kind == "xlsx")
            except _ReadAgainError as learnt:
                known = learnt.known


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
        clock_is_said=terms.known.clock_is_said or as_before,
    )
    return known_from(header, known, terms.zones)


def _keep(feed: Feed, file: str, known: Known, settings: Settings) -> None:
    dates = known.dates
    proof = next((each for each in (dates.shown, dates.cells) if each.order), None)
    shown = Shown(
        proved=proof.order if proof else None,
        proof=proof.proofs[-1] if proof else "",
        said=dates.said,
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
            Dates(said=settings.dates, this_year=datetime.fromtimestamp(now, UTC).year),
            counts_to_24=settings.clock is not None,
            clock_is_said=settings.clock is not None,
        ),
        values=value_maps(with_format(settings.values, form or settings.format)),
        zone_names=zone_names,
    )


class _ReadAgainError(Exception):
    """Something came to light that lets rows before be judged otherwise."""

    def __init__(self, known: Known) -> None:
        super().__init__()
        self.known = known


class _Rows:
    """The rows of a timetable, checked, and what was noticed on the way.

    What the file shows as a whole is learnt while it is read; where that comes too
    late for a row before, all is read again.
    """

    def __init__(
        self,
        timetable: TimetableFile,
        terms: Terms,
        settings: Settings,
        term: TermOfFile,
        corrections: Corrections,
        insists: Insists,
    ) -> None:
        opens, closes = hours_of(settings.opening_hours)
        self._seen = RowsSeen(
            timetable.header,
            terms,
            opening=(f"{opens:%H:%M}", f"{closes:%H:%M}"),
            opening_is_usual=settings.opening_hours == SETTING["opening_hours"].default,
            sheet=timetable.sheet,
        )
        self._unread = UnreadEvidence(timetable.header, terms.account)
        self._timetable = timetable
        self._corrections = corrections
        self._terms = terms
        self.evidence = FileEvidence(timetable.header, terms.known, terms.values, insists)
        self._term = term
        self._series = SeriesRows(timetable.header, term.term, settings.max_lessons)
        self._most_classes = settings.max_classes
        self._examples: list[int] = []
        self._dated: tuple[int, str] | None = None  #: the last row with a date of its own, and that

    def __iter__(self) -> Iterator[CheckedRow]:
        header, evidence = self._timetable.header, self.evidence
        self._series.know(self._terms)
        for typed in self._timetable:
            raw = corrected(typed, self._corrections)
            if raw is None:
                continue
            if is_example(raw, header):
                self._examples.append(raw.number)
                continue
            self._unread.see(raw)
            if evidence.see(raw):
                if evidence.stale:
                    raise _ReadAgainError(evidence.known)
                self._series.know(replace(self._terms, known=evidence.known))
            yield from self._of_one(raw)
        evidence.end()
        if evidence.stale:
            raise _ReadAgainError(evidence.known)
        if self._examples and not self._seen.rows:
            raise FileProblem(FileFault.ONLY_EXAMPLES, name=self._timetable.name)

    def _of_one(self, raw: RawRow) -> Iterator[CheckedRow]:
        """What a row of the file stands for; what is told of the file is told of its first class alone."""
        for place, row in enumerate(self._series(raw, self._date_above())):
            if self._series.classes > self._most_classes:
                name, most = self._timetable.place, self._most_classes
                raise FileProblem(FileFault.TOO_MANY_CLASSES, name=name, classes=most)
            if place:
                yield row
                continue
            first = self._with_date_above(row)
            self._seen.see(first)
            yield first

    def _with_date_above(self, row: CheckedRow) -> CheckedRow:
        """A row without a date, below one that has one, or below a heading: that is said, and nothing taken from it."""
        position = self._timetable.header.columns.get("date")
        if position is not None and not is_blank((row.raw.cells[position],)):
            self._dated = row.raw.number, shown(row.raw.cells[position]).strip()
            return row
        if row.parsed is not None or not any(_lacks_a_date(issue) for issue in row.issues):
            return row
        above = self._date_above() or self._timetable.header.date_above
        if above is None:
            return row
        issues = (_date_above(issue, above) if _lacks_a_date(issue) else issue for issue in row.issues)
        return replace(row, issues=tuple(issues))

    def _date_above(self) -> tuple[int, str] | None:
        """The date of the last row that has one, else that of the last heading; with its row."""
        heading = self._timetable.heading
        return self._dated or (heading if heading and names_a_day(heading[1]) else None)

    def notes(self) -> Iterator[Message]:
        yield from self._unread.notes()
        yield from self._seen.notes(self.evidence)
        yield from self._term.notes
        yield from self._series.notes()
        if no_key := self.evidence.known.no_key:
            header = self._timetable.header.name_of(LESSON_ID)
            yield Message(FileNote.NO_KEY, {"header": header, "why": no_key.value})
        if self._examples:
            yield Message(FileNote.EXAMPLES_LEFT_OUT, {"rows": self._examples})


def _insists_on_keys(header: Header, naming: Naming) -> Insists:
    """Who says that the column `lesson_id`, if there is one, is the key of the lessons."""
    if LESSON_ID not in header.columns:
        return Insists.NOBODY
    name = header.names[header.columns[LESSON_ID]]
    if naming.of(header.names).get(fold(name)) == LESSON_ID:
        return Insists.PERSON
    return Insists.HEADER if is_called_lesson_id(name) else Insists.NOBODY


def _lacks_a_date(issue: Issue) -> bool:
    if issue.problem is Problem.NO_BOUNDS:
        return issue.facts["lacks"] != "last"
    return issue.problem is Problem.TIME_ONLY or (issue.problem is Problem.BLANK and issue.column == "date")


def _date_above(issue: Issue, above: tuple[int, str]) -> Issue:
    row, text = above
    return replace(issue, problem=Problem.DATE_ABOVE, facts={"row": row, "above": text})


def _notes(timetable: TimetableFile, rows: _Rows, settings: Settings, naming: Naming) -> Iterator[Message]:
    """What is worth telling about a file whose rows were all read."""
    yield from naming_notes(timetable.header, settings.account, naming)
    if settings.format is None and (form := recognised(timetable.header.names)):
        yield Message(FileNote.EXPORT_OF, {"format": form.value})
    yield from timetable.notes
    yield from rows.notes()
    yield from _remembered(settings, timetable.header)


def _remembered(settings: Settings, header: Header) -> Iterator[Message]:
    if settings.remember:
        kept = remember(settings.state, header.names, settings.columns)
        yield Message(FileNote.REMEMBERED, {"columns": list(kept.items())})


def naming_of(settings: Settings) -> Naming:
    """What is known of headers: what was said now or of files like it, and of a program's export."""
    return Naming(settings.columns, recall(settings.state), settings.format)


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


@contextmanager
def _table(
    source: Readable, name: str, settings: Settings, naming: Naming, now: float | None = None
) -> Iterator[TimetableFile]:
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
        grid=read_grid(settings.grid, value_maps(settings.values).get("start_time"))[0],
        header=header_of(settings.format),
        now=None if now is None else datetime.fromtimestamp(now, UTC),
        zone=_zone_of(settings),
        term_ends=read_settings(settings.term)[0].get("ends"),
        calendar_presenter=settings.calendar_presenter,
        most_lessons=settings.max_lessons,
    )
    with open_timetable(source, options=options, account=settings.account, name=name) as timetable:
        yield timetable


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
