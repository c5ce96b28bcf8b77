"""Exports of other programs, as data: what their columns are, what stands in them, and the header of those that have none.

What a person says of a header or a cell goes before what stands here. What a school alone
knows, the addresses of its teachers and the hours of its periods, it says under [values].
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from enum import StrEnum, unique

from batch.core.quick_dataclass import dataclass
from batch.core.rows.columns import fold
from batch.core.rows.row import CellValue


@unique
class Format(StrEnum):
    """The programs, and the file of each."""

    UNTIS = "untis-gpu001"
    ASC = "asc"
    GOOGLE = "google-calendar"
    OUTLOOK = "outlook"
    MOODLE = "moodle"
    ONEROSTER = "oneroster"
    POWERSCHOOL = "powerschool"


@dataclass(frozen=True, slots=True)
class CellParts:
    """A column whose cells say several things, each of which becomes a column of its own."""

    header: str
    pattern: re.Pattern[str]  #: its groups are API names
    names: Mapping[str, str]  #: API name -> header of the column that the part becomes

    def split(self, cell: CellValue) -> list[CellValue]:
        """The parts of a cell, in the order of `names`; one that is not of this form is the first of them as it stands."""
        found = self.pattern.fullmatch(cell.strip()) if isinstance(cell, str) else None
        if found is None:
            return [cell, *([None] * (len(self.names) - 1))]
        return [found[name] for name in self.names]


@dataclass(frozen=True, slots=True)
class KnownFormat:
    """One export."""

    columns: Mapping[str, str]  #: header -> API name, "" for a column that is left aside
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  #: API name -> cell -> its meaning
    header: tuple[str, ...] = ()  #: of a file that has none
    sign: frozenset[str] = frozenset()  #: folded headers that stand together in no other program's file
    parts: CellParts | None = None


def _folded(*names: str) -> frozenset[str]:
    return frozenset(map(fold, names))


_EVENT = {
    "Subject": "title",
    "Start Date": "date",
    "Start Time": "start_time",
    "End Date": "end_date",
    "End Time": "end_time",
    "Priority": "",  # of the event among others, not of the class
}
_EVERY_WEEKS = {"0": "never", "1": "weekly", **{str(weeks): f"every {weeks} weeks" for weeks in range(2, 9)}}

FORMATS: Mapping[Format, KnownFormat] = {
    # Lesson, class, teacher, subject, room, day (Monday is 1), period; then what statistics need.
    Format.UNTIS: KnownFormat(
        columns={
            "Lesson": "",
            "Class": "",
            "Teacher": "presenter_email",
            "Subject": "title",
            "Room": "",
            "Day number": "weekday",
            "Period": "start_time",
        },
        header=(
            "Lesson",
            "Class",
            "Teacher",
            "Subject",
            "Room",
            "Day number",
            "Period",
            "Length",
            "Statistics",
        ),
    ),
    Format.ASC: KnownFormat(
        columns={
            "TeacherName": "presenter_email",
            "Day": "weekday",
            "Period": "start_time",
            "Subject": "title",
            "Class": "",
            "WeekType": "weeks",
        },
        sign=_folded("TeacherName", "Day", "Period", "Subject", "WeekType"),
    ),
    Format.GOOGLE: KnownFormat(columns=_EVENT),
    Format.OUTLOOK: KnownFormat(columns=_EVENT),
    # The sessions of an attendance activity.
    Format.MOODLE: KnownFormat(
        columns={
            "course": "title",
            "groups": "",
            "description": "",
            "sessiondate": "date",
            "from": "start_time",
            "to": "end_time",
            "repeaton": "weekday",
            "repeatevery": "repeat",
            "repeatuntil": "last_date",
        },
        values={"repeat": _EVERY_WEEKS},
        sign=_folded("sessiondate", "from", "to", "repeaton", "repeatevery", "repeatuntil"),
    ),
    # classes.csv: the teacher stands in files of their own, and on which days a class meets in none.
    Format.ONEROSTER: KnownFormat(
        columns={
            "sourcedId": "presenter_email",
            "title": "title",
            "periods": "start_time",
            "classType": "repeat",
            "status": "",
            "grades": "",
            "classCode": "",
            "location": "",
            "subjects": "",
        },
        sign=_folded("sourcedId", "courseSourcedId", "classType", "termSourcedIds", "periods"),
    ),
    # Sections; an expression is a period and the days of its cycle, such as 3(A-E).
    Format.POWERSCHOOL: KnownFormat(
        columns={
            "Course_Name": "title",
            "Section_Number": "",
            "Expression": "start_time",
            "Term": "",
            "Teacher": "",
            "Teacher_Email": "presenter_email",
            "Room": "",
        },
        sign=_folded("Course_Name", "Section_Number", "Expression"),
        parts=CellParts(
            "Expression",
            re.compile(r"(?P<start_time>[^()\s]{1,20}) ?\((?P<weekday>[^()]{1,40})\)"),
            {"start_time": "Expression, period", "weekday": "Expression, days"},
        ),
    ),
}
#: OneRoster's export is a folder of files; the classes are in one of them. What tells each of the others.
_OTHER_FILES: Mapping[str, frozenset[str]] = {
    "enrollments.csv": _folded("sourcedId", "classSourcedId", "userSourcedId", "role"),
    "users.csv": _folded("sourcedId", "enabledUser", "givenName", "familyName"),
    "courses.csv": _folded("sourcedId", "courseCode", "orgSourcedId", "title"),
    "academicSessions.csv": _folded("sourcedId", "title", "type", "startDate", "endDate"),
    "orgs.csv": _folded("sourcedId", "name", "type", "parentSourcedId"),
    "manifest.csv": _folded("propertyName", "value"),
}
_LEAST_SIGN = min(len(known.sign) for known in FORMATS.values() if known.sign)


def recognised(names: Sequence[str]) -> Format | None:
    """The program whose export has these headers, where no other's has."""
    if len(names) < _LEAST_SIGN:
        return None
    folded = {fold(name) for name in names}
    return next((form for form, known in FORMATS.items() if known.sign and known.sign <= folded), None)


def other_file_in(names: Sequence[str]) -> str | None:
    """Which file of OneRoster's export has these headers, where that is one without classes; else None."""
    folded = {fold(name) for name in names}
    return next((file for file, sign in _OTHER_FILES.items() if sign <= folded), None)


def with_format(
    written: Mapping[str, Mapping[str, str]], form: Format | None
) -> Mapping[str, Mapping[str, str]]:
    """The value maps that somebody said, over those of a format."""
    if form is None:
        return written
    known = FORMATS[form].values
    return {column: {**known.get(column, {}), **written.get(column, {})} for column in {**known, **written}}


def columns_in(form: Format | None, names: Sequence[str]) -> Mapping[str, str]:
    """What headers are of an export: of the one that was said, else of the one that they are known by."""
    form = form or recognised(names)
    if form is None:
        return {}
    known = FORMATS[form]
    if known.parts is None or not {*known.parts.names.values()} <= {*names}:
        return known.columns
    # Its results, handed in again: the parts have columns of their own.
    parts = {header: name for name, header in known.parts.names.items()}
    return {**known.columns, known.parts.header: "", **parts}


def parts_of(form: Format | None, names: Sequence[str]) -> CellParts | None:
    """The column of a file whose cells are to be taken apart."""
    form = form or recognised(names)
    parts = FORMATS[form].parts if form else None
    return parts if parts and {*parts.names.values()}.isdisjoint(names) and parts.header in names else None


def header_of(form: Format | None) -> tuple[str, ...]:
    """The header of files that have none, and are not searched for one; () for all others."""
    return () if form is None else FORMATS[form].header
