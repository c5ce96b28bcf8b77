"""A batch beside the earlier versions of its timetable: only reads, for the guard and for what is said of lessons that moved.

The version before is the newest that was finished and not stopped: a file that was held
back must not become what the next one is measured by. Where there is none, it is the
newest that sent something: a first run that was cut short made classes, too.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from batch.core.changes.guard import Figures
from batch.core.changes.lesson import Lesson, Span
from batch.core.changes.operation import Place
from batch.core.changes.timetable_name import timetable_of
from batch.core.outcome import Outcome
from batch.core.quick_dataclass import dataclass
from batch.core.rows.problems import Problem
from batch.core.service.listed import Wanted
from batch.core.tally import Exit
from batch.journal.database import Database, Record
from batch.journal.operations import IN_DOUBT
from batch.journal.records import Batch, wanted_class

_NEWEST_OF_OTHERS = "(SELECT value FROM json_each(:others))"

_LESSON = (
    "row.title, row.presenter, row.starts, row.ends, row.fingerprint,"
    " json_extract(row.parameters, '$.start_time') AS begins, json_extract(row.parameters, '$.time_zone') AS zone"
)
#: The class as it was left: the row that it stands for; what lists have shown of it; and the file that asks for
#: it, too, where the newest version of another timetable does.
_STANDING = (
    f"{_LESSON}, row.batch, row.position, row.number, row.room_until, row.parameters, attempt.class_id,"
    " EXISTS (SELECT 1 FROM sighting WHERE sighting.class_id = attempt.class_id) AS was_seen,"
    " (SELECT batch.file FROM row AS joint JOIN batch ON batch.id = joint.batch"
    f" WHERE joint.fingerprint = attempt.fingerprint AND joint.batch IN {_NEWEST_OF_OTHERS}"
    # A row that was taken back asks for nothing any more.
    " AND NOT EXISTS (SELECT 1 FROM batch AS undo JOIN row AS taken"
    "  ON taken.batch = undo.id AND taken.position = joint.position AND taken.outcome = 'cancelled'"
    "  WHERE undo.undoes = joint.batch) LIMIT 1) AS joint_with"
)
#: Its class is in the account, for all that the account's lists have shown; or it was changed without an answer, and
#: what it stands for may be another row's by now.
_STANDS = (
    "attempt.class_id IS NOT NULL AND row.starts > :now"
    " AND (NOT EXISTS (SELECT 1 FROM sighting WHERE sighting.class_id = attempt.class_id AND gone_at IS NOT NULL)"
    f" OR attempt.class_id IN (SELECT class_id FROM operation WHERE {IN_DOUBT}))"
)
_CLASSES = (
    f"SELECT {_STANDING}, row.lesson_id, 0 AS is_of_before FROM attempt"
    " CROSS JOIN row ON row.batch = attempt.batch AND row.position = attempt.position"
    f" WHERE attempt.room_until > :now AND attempt.batch IN (SELECT value FROM json_each(:ours)) AND {_STANDS}"
    # A lesson may have got another id since its class was made.
    f" UNION ALL SELECT {_STANDING}, coalesce(asked.lesson_id, row.lesson_id), 1 FROM row AS asked"
    " CROSS JOIN attempt ON attempt.fingerprint = asked.fingerprint"
    " CROSS JOIN row ON row.batch = attempt.batch AND row.position = attempt.position"
    f" WHERE asked.batch = :before AND {_STANDS}"
    # One that another timetable made, and that the version before lacked: it was named, and is there as it was.
    f" UNION ALL SELECT {_STANDING}, row.lesson_id, 0 FROM gone"
    " CROSS JOIN attempt ON attempt.class_id = gone.class_id"
    " CROSS JOIN row ON row.batch = attempt.batch AND row.position = attempt.position"
    f" WHERE gone.batch = :before AND {_STANDS}"
)
_THESE = (
    f"SELECT {_STANDING}, row.lesson_id, 0 AS is_of_before FROM attempt"
    " CROSS JOIN row ON row.batch = attempt.batch AND row.position = attempt.position"
    " WHERE attempt.class_id IN (SELECT value FROM json_each(:class_ids))"
    " ORDER BY attempt.ending = 'created', attempt.number DESC"  # the last is the one that stands
)
_ROWS = (
    f"SELECT {_LESSON}, row.lesson_id, row.position, row.number, row.room_until, row.parameters, row.outcome,"
    " EXISTS (SELECT 1 FROM attempt WHERE attempt.fingerprint = row.fingerprint AND class_id IS NOT NULL) AS has_class,"
    " EXISTS (SELECT 1 FROM attempt WHERE attempt.fingerprint = row.fingerprint"
    "  AND (ending IS NULL OR ending = 'no_answer')) AS is_in_doubt,"
    " EXISTS (SELECT 1 FROM attempt JOIN sighting ON sighting.class_id = attempt.class_id"
    "  WHERE attempt.fingerprint = row.fingerprint AND sighting.gone_at IS NOT NULL) AS was_cancelled"
    " FROM row WHERE batch = :batch AND fingerprint IS NOT NULL AND starts > :now ORDER BY position"
)
_STARTS = f"SELECT {_LESSON}, row.lesson_id FROM row WHERE batch = :batch AND fingerprint IS NOT NULL"
#: Invalid rows. Of one whose class was made this journal knows; one that is over for nothing else stood so when the
#: timetable came first, or was valid in the version before. Any other may be a slip in a date that lies ahead.
_INVALID = (
    "SELECT cells, issues, cells IN (SELECT cells FROM row WHERE batch = :first"
    "  UNION ALL SELECT cells FROM row WHERE batch = :before AND outcome IS NOT 'invalid') AS was_known"
    " FROM row WHERE batch = :batch AND outcome = 'invalid'"
)

_REPEATS = (
    "SELECT EXISTS (SELECT 1 FROM row JOIN row AS other ON other.batch = row.batch AND other.position = row.position + 1"
    " WHERE row.batch = :batch AND other.number = row.number AND other.sheet = row.sheet)"
)

#: Rows, and those of them that are invalid for more than their class being over.
_COUNTS = """
SELECT count(*), count(CASE WHEN outcome = 'invalid' THEN 1 END) FROM row WHERE batch = :batch AND NOT EXISTS
  (SELECT 1 FROM json_each(row.issues) WHERE json_extract(value, '$.code') = :past)
"""
_SENT = "SELECT EXISTS (SELECT 1 FROM attempt WHERE batch = :batch)"
_ROWS_AHEAD = "SELECT count(*) FROM row WHERE batch = :batch AND starts > :now"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Version:
    """A class as one version of a timetable asks for it."""

    lesson: Lesson
    title: str
    presenter: str
    ends: int  #: UTC seconds
    room_until: int
    zone: str
    number: int  #: of its row, as Excel shows it
    parameters: Mapping[str, str]  #: that row's

    @property
    def wanted(self) -> Wanted:
        """It as it is compared with what the account lists."""
        return wanted_class(
            fingerprint=self.lesson.fingerprint,
            title=self.title,
            presenter=self.presenter,
            starts=self.lesson.starts,
            ends=self.ends,
            room_until=self.room_until,
            parameters=self.parameters,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingClass(_Version):
    """A class of an earlier version that is still to come, as it was left."""

    class_id: str
    row: Place  #: that it stands for
    was_seen: bool  #: whether the account's list has shown it, as far as is known
    is_of_before: bool  #: whether the version before asked for it
    joint_with: str | None  #: the newest version of another timetable that asks for it, too

    @property
    def is_joint(self) -> bool:
        return self.joint_with is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRow(_Version):
    """A row of the file that is valid and still to come; its lesson's tag is the row's position."""

    is_waiting: bool  #: nothing became of it yet
    is_held: bool
    has_class: bool
    is_in_doubt: bool  #: an attempt to make its class was never answered
    was_cancelled: bool  #: its class was found cancelled, or gone for good


class TimetableVersions:
    """What the journal knows of the files that came before one."""

    def __init__(self, database: Database, batches: Sequence[Batch], batch: Batch) -> None:
        """`batches`: all, the newest first; `batch`: the file that was just taken in."""
        self._database = database
        self._batch = batch
        name = timetable_of(batch.file, batch.timetable)
        ours = [
            each
            for each in batches
            if each.id != batch.id and timetable_of(each.file, each.timetable) == name
        ]
        self._ours = json.dumps([each.id for each in ours])
        newest = newest_versions(batches)
        self._others = json.dumps([newest[each] for each in newest if each != name])
        done = [
            each
            for each in batches
            if each.id != batch.id
            and each.finished_at is not None
            and each.exit_code != Exit.CANNOT_RUN
            and each.undoes is None
        ]
        versions = [each for each in done if timetable_of(each.file, each.timetable) == name]
        self.before = versions[0] if versions else self._cut_short(ours)
        self._first = versions[-1].id if versions else ""
        self.same_content = next((each for each in done if each.sha256 == batch.sha256), None)

    def _cut_short(self, ours: Sequence[Batch]) -> Batch | None:
        """The newest version that sent something, where none was finished: its classes are there."""
        imports = (each for each in ours if each.undoes is None)
        return next((each for each in imports if self._database.value(_SENT, batch=each.id)), None)

    def figures(self, *, classes: int, vanished: int) -> Figures:
        """What the guard looks at.

        Args:
            classes: how many of those to come the version before asked for.
            vanished: of these, those that the file no longer asks for.
        """
        rows, invalid = self._database.all(_COUNTS, batch=self._batch.id, past=Problem.IN_THE_PAST.code)[0]
        before = 0
        if self.before is not None:
            before = self._database.value(_ROWS_AHEAD, batch=self.before.id, now=self._batch.started_at)
        return Figures(
            rows=rows, invalid=invalid, rows_before=before, scheduled_before=classes, vanished=vanished
        )

    def classes(self) -> list[StandingClass]:
        """The classes to come of all earlier versions, as far as anybody knows; each `Lesson.tag` is its place here."""
        if self.before is None:
            return []
        found: dict[str, StandingClass] = {}
        for record in self._database.each(
            _CLASSES,
            batch=self._batch.id,
            before=self.before.id,
            ours=self._ours,
            others=self._others,
            now=self._batch.started_at,
        ):
            known = found.get(record["fingerprint"])
            is_of_before = bool(record["is_of_before"]) or (known is not None and known.is_of_before)
            tag = known.lesson.tag if known else len(found)
            found[record["fingerprint"]] = _standing(record, tag, is_of_before=is_of_before)
        return list(found.values())

    def standing(self, class_ids: Iterable[str]) -> dict[str, StandingClass]:
        """Those of these classes that stand for a row, whichever file it is of."""
        asked = json.dumps(list(class_ids))
        found = self._database.each(_THESE, class_ids=asked, others=self._others)
        return {record["class_id"]: _standing(record, 0) for record in found}

    def rows(self) -> list[NewRow]:
        """The rows of this file that are valid and still to come."""
        return [
            NewRow(
                **_version(record, record["position"]),
                is_waiting=record["outcome"] is None,
                is_held=record["outcome"] == Outcome.HELD,
                has_class=bool(record["has_class"]),
                is_in_doubt=bool(record["is_in_doubt"]),
                was_cancelled=bool(record["was_cancelled"]),
            )
            for record in self._database.each(_ROWS, batch=self._batch.id, now=self._batch.started_at)
        ]

    def stretch_before(self) -> Span | None:
        """From the first to the last start of the version before."""
        if self.before is None:
            return None
        return Span.of(_lesson(record, 0) for record in self._database.each(_STARTS, batch=self.before.id))

    def repeats(self) -> bool:
        """Whether a row of the file stands for several classes."""
        return bool(self._database.value(_REPEATS, batch=self._batch.id))

    def invalid_rows(self) -> list[tuple[str, ...]]:
        """The cells of the rows that may stand for a lesson still to come, but for those known to be over."""
        past = {Problem.IN_THE_PAST.code}
        first, before = self._first, self.before.id if self.before else ""
        return [
            tuple(json.loads(record["cells"]))
            for record in self._database.each(_INVALID, batch=self._batch.id, first=first, before=before)
            if not (record["was_known"] and {issue["code"] for issue in json.loads(record["issues"])} == past)
        ]


def newest_versions(batches: Iterable[Batch]) -> dict[str, str]:
    """Of each timetable the newest version that was finished and not stopped: its batch, by the timetable's name.

    Args:
        batches: the newest first.
    """
    newest: dict[str, str] = {}
    for each in batches:
        if (
            each.finished_at is not None
            and each.exit_code not in {None, Exit.CANNOT_RUN}
            and each.undoes is None
        ):
            newest.setdefault(timetable_of(each.file, each.timetable), each.id)
    return newest


def _standing(record: Record, tag: int, *, is_of_before: bool = False) -> StandingClass:
    return StandingClass(
        **_version(record, tag),
        class_id=record["class_id"],
        row=Place(batch=record["batch"], position=record["position"], fingerprint=record["fingerprint"]),
        was_seen=bool(record["was_seen"]),
        is_of_before=is_of_before,
        joint_with=record["joint_with"],
    )


def _version(record: Record, tag: int) -> dict[str, Any]:
    return {
        "lesson": _lesson(record, tag),
        "title": record["title"],
        "presenter": record["presenter"],
        "ends": record["ends"],
        "room_until": record["room_until"],
        "zone": record["zone"] or "GMT",
        "number": record["number"],
        "parameters": json.loads(record["parameters"]),
    }


def _lesson(record: Record, tag: int) -> Lesson:
    month, day, year = map(int, record["begins"].split(" ")[0].split("/"))
    return Lesson(
        tag=tag,
        key=record["lesson_id"] or "",
        fingerprint=record["fingerprint"],
        title=folded(record["title"]),
        presenter=record["presenter"].casefold(),
        starts=record["starts"],
        day=date(year, month, day).toordinal(),
    )


def folded(title: str) -> str:
    """A title as it is compared between versions."""
    return " ".join(title.split()).casefold()
