"""The lessons of one row, as the one line that the person's file has for them: it is mended there."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from batch.core.outcome import NEEDS_A_PERSON
from batch.core.rows.reading import clock_in
from batch.report.facts import ResultRow
from batch.report.wording.problems import WordedIssue
from batch.report.wording.series import FOR_THESE_DAYS, some_lessons


class Folder:
    """Takes the rows of a batch in file order, and gives back those that are complete."""

    def __init__(self) -> None:
        self._lessons: list[ResultRow] = []

    def add(self, row: ResultRow) -> Iterator[ResultRow]:
        if self._lessons and not _is_same(self._lessons[-1], row):
            yield from self.end()
        self._lessons.append(row)

    def end(self) -> Iterator[ResultRow]:
        """The last one."""
        if self._lessons:
            yield _folded(self._lessons)
        self._lessons = []


def folded(rows: Iterable[ResultRow]) -> Iterator[ResultRow]:
    """Rows as the file has them."""
    folder = Folder()
    for row in rows:
        yield from folder.add(row)
    yield from folder.end()


def _is_same(one: ResultRow, other: ResultRow) -> bool:
    """Whether two classes stand for one row."""
    return bool(other.lessons) and one.of_file == other.of_file


def _folded(lessons: Sequence[ResultRow]) -> ResultRow:
    first, *others = lessons
    if not others:
        return replace(first, lessons=0) if first.lessons else first
    urgent = [each for each in lessons if each.outcome in NEEDS_A_PERSON]
    shown = urgent[0] if urgent else first
    problems: dict[tuple[str, str, str, str], WordedIssue] = {}
    for each in lessons:
        for issue in each.problems:
            problems.setdefault((issue.code, issue.column, issue.value, issue.message), issue)
    ids = (first.call_id, first.class_id) if not urgent else (None, None)
    return replace(
        shown,
        lessons=0,
        call_id=ids[0],
        class_id=ids[1],
        message=" ".join(_urgent_in_words(urgent, len(lessons))) or None if urgent else first.message,
        problems=tuple(problems.values()),
    )


def _urgent_in_words(urgent: Sequence[ResultRow], of: int) -> Iterator[str]:
    """What became of those that need a person, alike ones together: how many they are, on which days, and why the first."""
    kinds = sorted(urgent, key=_kind)
    for _, each in groupby(kinds, key=_kind):
        alike = list(each)
        if alike[0].message:
            days = [day for day in map(_day, alike) if day]
            yield f"{some_lessons(days, len(alike), of)}: {alike[0].message}"
    if len(urgent) < of:
        yield FOR_THESE_DAYS


def _kind(row: ResultRow) -> tuple[str, str]:
    return row.outcome.value, row.error_code or ""


def _day(row: ResultRow) -> date | None:
    """By the clock of its row."""
    return row.starts.astimezone(clock_in(row.zone)).date() if row.starts and row.zone else None
