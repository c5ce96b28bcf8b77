"""Exports of other programs, as data: what their columns are, what stands in them, and the header of those that have none.

What a person says of a header or a cell goes before what stands here. What a school alone
knows, the addresses of its teachers and the hours of its periods, it says under [values].
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique


@unique
class Format(StrEnum):
    """The programs, and the file of each."""

    UNTIS = "untis-gpu001"
    ASC = "asc"
    GOOGLE = "google-calendar"
    OUTLOOK = "outlook"
    MOODLE = "moodle"


@dataclass(frozen=True, slots=True)
class KnownFormat:
    """One export."""

    columns: Mapping[str, str]  #: header -> API name, "" for a column that is left aside
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  #: API name -> cell -> its meaning
    header: tuple[str, ...] = ()  #: of a file that has none


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
        }
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
    ),
}


def with_format(
    said: Mapping[str, Mapping[str, str]], form: Format | None
) -> Mapping[str, Mapping[str, str]]:
    """The value maps that somebody said, over those of a format."""
    if form is None:
        return said
    known = FORMATS[form].values
    return {column: {**known.get(column, {}), **said.get(column, {})} for column in {**known, **said}}


def columns_of(form: Format | None) -> Mapping[str, str]:
    """What its headers are."""
    return {} if form is None else FORMATS[form].columns


def header_of(form: Format | None) -> tuple[str, ...]:
    """The header of files that have none, and are not searched for one; () for all others."""
    return () if form is None else FORMATS[form].header
