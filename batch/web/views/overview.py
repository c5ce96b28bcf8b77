"""What would be scheduled, in a few lines: when it begins and ends, by which clock, and whose classes they are."""

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

from batch.core.text import one_line
from batch.report.facts import ResultRow
from batch.report.text import shortened
from batch.report.wording.phrases import LONG_MOMENT, dated, listed, more_in_words, tr

_MOST_NAMED = 8  #: presenters
_LONGEST = 80


class Overview:
    """Takes the rows that are ready."""

    def __init__(self) -> None:
        self._first: ResultRow | None = None
        self._last: ResultRow | None = None
        self._zones: Counter[str] = Counter()
        self._presenters: Counter[str] = Counter()
        self._weekend = 0

    def add(self, row: ResultRow) -> None:
        if row.starts is None or row.zone is None:
            return
        self._zones[row.zone] += 1
        self._presenters[shortened(one_line(row.presenter or ""), _LONGEST)] += 1
        self._weekend += _begins(row).weekday() > 4
        if self._first is None or self._first.starts is None or row.starts < self._first.starts:
            self._first = row
        if self._last is None or self._last.starts is None or row.starts > self._last.starts:
            self._last = row

    def in_words(self) -> list[tuple[str, str]]:
        """(what, which), in the order in which they are looked at; empty where nothing is ready."""
        if self._first is None or self._last is None:
            return []
        lines = [
            (tr("First class"), _class_in_words(self._first)),
            (tr("Last class"), _class_in_words(self._last)),
        ]
        clocks = [
            f"{zone} ({rows:,})" if len(self._zones) > 1 else zone for zone, rows in self._zones.most_common()
        ]
        lines.append((tr("Clock") if len(clocks) == 1 else tr("Clocks"), listed(clocks)))
        if self._weekend:
            lines.append(
                (tr("On a Saturday or Sunday"), tr("{classes:count class|classes}", classes=self._weekend))
            )
        by_most = self._presenters.most_common()
        named = [f"{name} ({rows:,})" for name, rows in by_most[:_MOST_NAMED]]
        rest = len(by_most) - len(named)
        teachers = tr("Teacher") if len(by_most) == 1 else tr("Teachers")
        lines.append((teachers, listed([*named, more_in_words(rest)] if rest else named)))
        return lines


def _begins(row: ResultRow) -> datetime:
    if row.starts is None or row.zone is None:
        raise ValueError(f"row {row.number} has no time")
    return row.starts.astimezone(ZoneInfo(row.zone))


def _class_in_words(row: ResultRow) -> str:
    begins = _begins(row)
    title = shortened(one_line(row.title or ""), _LONGEST)
    return tr(
        "{when}: {title}, {minutes} minutes",
        when=dated(begins, LONG_MOMENT),
        title=title,
        minutes=row.minutes,
    )
