"""Which files are versions of one timetable, by what they are called.

Only what is recognisably a date, a time stamp or a copy mark is left out of a name:
year-7.csv and year-8.csv are two timetables, and so are those of two weeks.
"""

import re
from datetime import date, time

_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_YEAR, _TWO = r"(?:19|20|21)\d\d", r"\d\d"
_APART = r"[-_. ]"
_TIME = (
    r"(?:[-_. ]{0,3}(?:T|at )?[-_. ]{0,3}(?P<hour>\d\d)[-_.:h]?(?P<minute>\d\d)(?:[-_.:]?(?P<second>\d\d))?"
    r"(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?(?!\d))?"
)
#: Dates as programs and people put them into names, each with a time of day after it, if there is one.
_STAMPS = tuple(
    re.compile(rf"(?<!\d){day}(?!\d(?!\d{{3}})){_TIME}", re.IGNORECASE)
    for day in (
        rf"(?P<year>{_YEAR})(?P<apart>{_APART}?)(?P<month>{_TWO})(?P=apart)(?P<day>{_TWO})",
        rf"(?P<day>{_TWO})(?P<apart>{_APART})(?P<month>{_TWO})(?P=apart)(?P<year>{_YEAR})",
        rf"(?P<day>\d{{1,2}}){_APART}?(?P<word>{_MONTHS})[a-z]*{_APART}?(?P<year>{_YEAR})",
        rf"(?P<word>{_MONTHS})[a-z]*{_APART}?(?P<day>\d{{1,2}}),?{_APART}?(?P<year>{_YEAR})",
    )
)
#: What the nightly import puts in front of a file that it moves away.
_FILED = re.compile(r"^\d{8}-\d{6}(?:_\d+)?-")
#: What programs add to the name of a second copy, and we to that of a results workbook or a marked copy.
_COPY_MARKS = tuple(
    re.compile(mark, re.IGNORECASE)
    for mark in (
        r"\s*\(\d{1,3}\)\s*$",
        r"\s+-\s+copy(?:\s*\(\d{1,3}\))?\s*$",
        r"\s+copy(?:\s+\d{1,3})?\s*$",
        r"^\s*copy of\s+",
        r"(?:-(?:xlsx|xlsm|csv|tsv|txt))?-results(?:-\d{1,3})?\s*$",
        r"-marked\s*$",
    )
)
#: A results workbook that found its name taken has the id of its batch, which is no date of the timetable.
_OF_A_BATCH = re.compile(r"-results-\d{8}-\d{6}-[0-9a-f]{4}\s*$", re.IGNORECASE)
_ENDING = re.compile(r"\.[A-Za-z]{2,5}$")


def timetable_of(file: str, named: str = "") -> str:
    """What all versions of one timetable have in common.

    Args:
        file: the name or path of one version.
        named: what the setting `timetable` calls it; it comes before the file's own name.

    Returns:
        The name, folded for comparison; "" where a name is nothing but a date.

    >>> timetable_of("in/Year-7_20310901T0600 (2).csv"), timetable_of("year-8.csv")
    ('year 7', 'year 8')
    """
    if named.strip():
        return _folded(named)
    name = file.replace("\\", "/").rpartition("/")[2]
    name = as_it_arrived(_ENDING.sub("", name) or name)
    before = None
    while name != before:
        before = name
        for mark in (_OF_A_BATCH, *_COPY_MARKS):
            name = mark.sub("", name)
        if name == before:  # what ends a name as a batch's id does is no date
            for pattern in _STAMPS:
                name = pattern.sub(lambda found: found[0] if _moment(found) is None else " ", name)
    return _folded(re.sub(r"[-_.\s]+", " ", name))


def as_it_arrived(name: str) -> str:
    """A file's name without what the nightly import has put in front of it.

    >>> as_it_arrived("20310901-021500_2-term.csv")
    'term.csv'
    """
    return _FILED.sub("", name)


def _moment(found: re.Match[str]) -> date | None:
    """The day, where it is one: 20319999 is a number."""
    parts = found.groupdict()
    months = _MONTHS.split("|")
    try:
        if parts.get("hour"):
            time(int(parts["hour"]), int(parts["minute"]), int(parts["second"] or 0))
        month = months.index(parts["word"].lower()) + 1 if parts.get("word") else int(parts["month"])
        return date(int(parts["year"]), month, int(parts["day"]))
    except ValueError:
        return None


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
