"""The rows of a batch counted in the ways people ask for: by error code, by day, by presenter.

Fed row by row; each table adds up to the number of rows it is about.
"""

from collections import Counter, defaultdict
from dataclasses import field
from datetime import date
from functools import partial

from batch.core.message import answered
from batch.core.outcome import Outcome
from batch.core.quick_dataclass import dataclass
from batch.report.facts import ResultRow
from batch.report.groups import Groups
from batch.report.local_time import local_day
from batch.report.wording.messages import both_of

Counts = Counter[Outcome]

#: Unlisted codes, which mean what the service said, are remembered up to here.
_MOST_SENTENCES = 500


@dataclass(slots=True)
class Breakdown:
    """`None` as day or presenter: the row is invalid and has none."""

    by_day: defaultdict[date | None, Counts] = field(default_factory=partial(defaultdict, Counter))
    by_presenter: defaultdict[str | None, Counts] = field(default_factory=partial(defaultdict, Counter))
    by_code: Counter[str] = field(default_factory=Counter)
    groups: Groups = field(default_factory=Groups)
    _answers: dict[str, str] = field(default_factory=dict)

    def add(self, row: ResultRow) -> None:
        day = local_day(row.starts, row.zone) if row.starts and row.zone else None
        self.by_day[day][row.outcome] += 1
        self.by_presenter[row.presenter][row.outcome] += 1
        if row.error_code and row.outcome is not Outcome.INVALID:  # of those it is only foretold
            self.by_code[row.error_code] += 1
            if row.error_code not in self._answers and len(self._answers) < _MOST_SENTENCES:
                self._answers[row.error_code] = row.message or ""
        self.groups.add(row)

    def days(self) -> list[tuple[date, Counts]]:
        """The days in their order, those without a class left out."""
        return sorted((day, counts) for day, counts in self.by_day.items() if day is not None)

    def presenters(self) -> list[tuple[str, Counts]]:
        """The busiest first."""
        named = [(name, counts) for name, counts in self.by_presenter.items() if name is not None]
        return sorted(named, key=lambda each: (-each[1].total(), each[0]))

    def codes(self) -> list[tuple[str, int, str]]:
        """Each error code, its rows, and what it means and asks for; an unlisted one as it came."""
        return [
            (code, rows, both_of(answered(code, self._answers.get(code, ""))))
            for code, rows in self.by_code.most_common()
        ]
