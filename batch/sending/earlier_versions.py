"""Rows that seem to be a lesson of an earlier version, whose class is still there as it was: told, never changed."""

from collections.abc import Iterator, Mapping

from batch.core.changes.comparison import Comparison, compare_versions
from batch.core.changes.kinship import Kinship
from batch.core.changes.lesson import Spoilt
from batch.core.changes.matching import By, Match
from batch.core.message import ChangeNote, Message, RowNote, RunNote
from batch.core.outcome import Outcome
from batch.core.quick_dataclass import dataclass
from batch.core.rows.lesson_keys import LESSON_ID, key_of
from batch.core.rows.problems import THE_ROW, Issue, Problem
from batch.core.rows.row import Header
from batch.journal.records import BLOCK, Batch, Entry, JournalRow, RowIssues, RowOutcome
from batch.journal.store import Journal
from batch.journal.versions import NewRow, StandingClass, TimetableVersions, folded

#: The column in which a row differs from what it seems to be.
_COLUMN = {
    By.KEY: ("date", "start_time"),
    By.TITLE_AND_PRESENTER: ("date", "start_time"),
    By.START_AND_TITLE: ("presenter_email", "presenter_id"),
    By.START_AND_PRESENTER: ("title",),
}


@dataclass(frozen=True, slots=True)
class Beside:
    """A batch beside earlier versions of its timetable."""

    versions: TimetableVersions
    old: Mapping[int, StandingClass]  #: by `Lesson.tag`
    new: Mapping[int, NewRow]  #: by position
    comparison: Comparison

    @property
    def inferred(self) -> tuple[Match, ...]:
        """The rows that seem to be a lesson whose class exists as it was before, and is no other timetable's, too."""
        found = (each for each in self.comparison.matching.matches if self.is_another_row(each))
        return tuple(each for each in found if not self.old[each.old].is_joint)

    def is_another_row(self, each: Match) -> bool:
        """Whether the class exists as another row than this one: as it was before."""
        by_key = each.by is By.KEY and (
            self.old[each.old].lesson.fingerprint != self.new[each.new].lesson.fingerprint
        )
        return each.by.is_inferred or by_key

    @property
    def missing(self) -> tuple[StandingClass, ...]:
        """What the version before asked for, and this one does not."""
        found = (self.old[tag] for tag in self.comparison.missing)
        return tuple(each for each in found if not each.is_joint)

    @property
    def shifted(self) -> Message | None:
        """What most lessons would be otherwise in, where nothing is sent before somebody says that it is right."""
        compared = self.comparison.compared
        if compared.kinship is not Kinship.SHIFTED:
            return None
        facts = {"number": compared.inferred, "total": compared.lessons, "shift_s": compared.shift_s}
        return Message(RunNote.SHIFTED, facts)

    @property
    def is_another(self) -> Message | None:
        """The file before has the same name, and is of another timetable as it seems."""
        before = self.versions.before
        if before is None or self.comparison.compared.kinship is not Kinship.ANOTHER:
            return None
        return Message(RunNote.ANOTHER_TIMETABLE, {"file": before.file, "at": before.started_at})


def note_earlier_versions(journal: Journal, batch: Batch, header: Header, found: Beside) -> None:
    """Note on each row that seems to be an earlier lesson which class that still has, and where that is in its way."""
    earlier = {each.new: (each.by, found.old[each.old]) for each in found.inferred}
    if not earlier:
        return
    entries: list[Entry] = []
    for row in journal.reports.rows(batch.id):
        if row.position in earlier and not (row.message and row.message.what in ChangeNote):
            entries += _entries(row, *earlier[row.position], header)
    for first in range(0, len(entries), BLOCK):
        journal.sending.apply(entries[first : first + BLOCK])


def beside_earlier(
    journal: Journal, batch: Batch, header: Header, *, replaces: bool = False, whole: bool = False
) -> Beside:
    """Compare a batch with the earlier versions of its timetable.

    Args:
        journal: of the account.
        batch: the file that was taken in.
        header: its own.
        replaces: somebody said that it is the next version, whatever it looks like.
        whole: and that it is all of the timetable.
    """
    versions = journal.batches.versions(batch)
    old = {each.lesson.tag: each for each in versions.classes()}
    new = {each.lesson.tag: each for each in versions.rows()} if old else {}
    before = versions.before
    gone = {each.class_id for each in journal.operations.gone(before.id)} if before else set()
    comparison = compare_versions(
        [each.lesson for each in old.values()],
        [each.lesson for each in new.values()],
        of_before=frozenset(tag for tag, each in old.items() if each.is_of_before),
        before=versions.stretch_before(),
        now_s=int(batch.started_at),
        spoilt=[_spoilt(cells, header) for cells in versions.invalid_rows()] if old else [],
        replaces=replaces,
        repeats=bool(old) and versions.repeats(),
        whole=whole,
        missing_before=frozenset(tag for tag, each in old.items() if each.class_id in gone),
        in_doubt=frozenset(tag for tag, each in new.items() if each.is_in_doubt and not each.has_class),
        settled=frozenset(tag for tag, each in new.items() if each.has_class and each.was_cancelled),
    )
    return Beside(versions, old, new, comparison)


def _spoilt(cells: tuple[str, ...], header: Header) -> Spoilt:
    """What can be read of an invalid row."""

    def cell(*columns: str) -> str:
        places = (header.columns.get(column) for column in columns)
        return next(
            (cells[place].strip() for place in places if place is not None and cells[place].strip()), ""
        )

    presenter = cell("presenter_email", "presenter_id").casefold()
    is_plain = len(presenter.split()) == 1 and not set("<>,;") & set(presenter)
    return Spoilt(
        key=key_of(cell(LESSON_ID)), title=folded(cell("title")), presenter=presenter if is_plain else ""
    )


def _entries(row: JournalRow, by: By, earlier: StandingClass, header: Header) -> Iterator[Entry]:
    facts: dict[str, object] = {
        "class_id": earlier.class_id,
        "title": earlier.title,
        "presenter": earlier.presenter,
        "when": (earlier.lesson.starts, earlier.ends, earlier.zone),
    }
    column = next((each for each in _COLUMN[by] if each in header.columns), "")
    place = header.columns.get(column)
    issue = Issue(
        problem=Problem.EARLIER_VERSION,
        column=column,
        header=header.name_of(column) if column else THE_ROW,
        value=row.cells[place] if place is not None and place < len(row.cells) else "",
        facts={**facts, "by": by.value},
    )
    yield RowIssues(row.batch, row.position, (*row.issues, issue))
    if row.code == "1032" and row.outcome in {Outcome.HELD, Outcome.REFUSED} and _is_in_the_way(row, earlier):
        is_refused = row.outcome is Outcome.REFUSED
        note = Message(RowNote.EARLIER_IN_THE_WAY, {**facts, "is_refused": is_refused})
        yield RowOutcome(row.batch, row.position, row.outcome, row.code, note)


def _is_in_the_way(row: JournalRow, earlier: StandingClass) -> bool:
    return (
        row.starts is not None
        and row.ends is not None
        and (row.presenter or "").casefold() == earlier.lesson.presenter
        and row.starts < earlier.ends
        and earlier.lesson.starts < row.ends
    )
