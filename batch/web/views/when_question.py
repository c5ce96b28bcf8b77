"""When lessons are whose file names a period or a day of the week alone: asked once for the file, like the teachers' addresses."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from batch.core.rows.cells import Fault, read_start
from batch.core.rows.problems import Problem
from batch.report.facts import ResultRow
from batch.report.wording.phrases import counted
from batch.settings.table import Settings
from batch.web.state.notice import Notice
from batch.web.state.uploads import Upload
from batch.web.views.model import MendField, Question

_LONGEST = 60
MOST_PERIODS = 30
#: A period as timetables name it: 3, P3, Period 3, 3rd; anything else is a slip in an hour.
_PERIOD = re.compile(r"(?:[^\W\d_]{1,12}\.? ?)?[0-9]{1,2}(?:\.|st|nd|rd|th)?")
_NO_HOURS = frozenset({Problem.NOT_A_TIME.code, Problem.BARE_NUMBER.code})
_DAYS = {"starts": "First day, such as 2031-09-01", "ends": "Last day, such as 2031-12-19"}


class Periods:
    """What stands where an hour should, and is the name of a period."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}

    def add(self, row: ResultRow) -> None:
        for issue in row.faults:
            name = issue.value.strip()
            if (
                issue.code in _NO_HOURS
                and issue.column == "start_time"
                and _PERIOD.fullmatch(name)
                and (name in self._rows or len(self._rows) < MOST_PERIODS)
            ):
                self._rows[name] = self._rows.get(name, 0) + 1

    def all(self) -> list[tuple[str, int]]:
        """(name, rows), in the order of the file."""
        return list(self._rows.items())


def when_questions(upload: Upload, found: Mapping[str, Any], settings: Settings) -> Iterator[Question]:
    """What is to be asked of a file whose lessons repeat."""
    if not _names_weekdays(found):
        return
    if periods := found.get("periods"):
        yield Question(
            asks="When are these periods?",
            why="The file has their names, and not their hours.",
            fields=tuple(
                MendField(
                    name=f"hours.{name}",
                    header=f"{name}, such as 08:30-09:20 ({counted(rows, 'row')})",
                    value=str(upload.said.when.get("periods", {}).get(name, "")),
                )
                for name, rows in periods
            ),
            button="These are their hours",
        )
    # A row whose hour is not known is not told that its days are not either.
    is_open = bool(periods) and not {*_DAYS} <= {*settings.term, *upload.said.when}
    if is_open or Problem.NO_BOUNDS.code in found.get("codes", ()):
        yield Question(
            asks="From when until when do these lessons repeat?",
            why="The file names days of the week, and no dates. Both days are included; a sheet Term in a workbook goes before.",
            fields=tuple(
                MendField(
                    name=name,
                    header=label,
                    value=str(upload.said.when.get(name) or settings.term.get(name) or ""),
                )
                for name, label in _DAYS.items()
            ),
            button="These are the days",
        )


def _names_weekdays(found: Mapping[str, Any]) -> bool:
    columns = found.get("mapping", {}).get("columns", ())
    return any(column["chosen"] in {"weekday", "repeat"} for column in columns)


def when_in(
    form: Mapping[str, str], found: Mapping[str, Any], before: Mapping[str, Any]
) -> tuple[dict[str, Any], Notice | None]:
    """What holds from now on of when the lessons are, and what of the form cannot be taken; the rest of it is.

    Args:
        form: as it was sent.
        found: by the check that asked.
        before: what was said until now.
    """
    wrong: list[Notice] = []
    hours = dict(before.get("periods", {}))
    for name, _ in found.get("periods") or ():
        typed = form.get(f"hours.{name}", "").strip()[:_LONGEST]
        if typed and isinstance(read_start(typed), Fault):
            fix = "Write it as 08:30-09:20. Everything else that you answered here is kept."
            wrong.append(Notice(says=f"{typed!r} is no time of day.", fix=fix, tone="bad"))
        elif typed:
            hours[name] = typed
    days = {name: form[name].strip()[:_LONGEST] for name in _DAYS if form.get(name, "").strip()}
    if (notice := wrong_days({**before, **days})) is not None:
        wrong.append(notice)
        days = {}
    when = {**before, **({"periods": hours} if hours else {}), **days}
    return when, wrong[0] if wrong else None


def wrong_days(when: Mapping[str, Any]) -> Notice | None:
    """What is wrong with the first and the last day of a term, as they were typed."""
    typed = [str(when[name]) for name in _DAYS if when.get(name)]
    days = [_day(each) for each in typed]
    if None in days:
        says, fix = "The first or the last day of the term cannot be read.", "Write it as 2031-09-01."
        return Notice(says=says, fix=fix, tone="bad")
    if len(typed) > 1 and typed[0] > typed[1]:
        return Notice(says="The term ends before it begins.", fix="Mend one of the two days.", tone="bad")
    return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
