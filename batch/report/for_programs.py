"""What became of a timetable, for the program that handed it in."""

from collections.abc import Iterable, Mapping

from batch.core.message import Message
from batch.core.outcome import Outcome
from batch.core.quick_dataclass import dataclass
from batch.core.tally import Exit
from batch.report.ending import Ending
from batch.report.facts import BatchFacts, GoneClass, ResultRow
from batch.report.wording.messages import both_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What became of a timetable."""

    facts: BatchFacts
    header: tuple[str, ...]  #: every input column as typed
    rows: tuple[ResultRow, ...]  #: every row, in file order
    counts: Mapping[str, int]  #: rows by outcome, zeros too
    exit_code: Exit  #: what the command would have ended with
    notes: tuple[str, ...]  #: what else a person should know
    removed: tuple[GoneClass, ...] = ()  #: classes of earlier versions that it no longer asks for

    def __repr__(self) -> str:
        """One line: the file and its counts; thousands of rows would be no answer."""
        counts = ", ".join(f"{number} {outcome}" for outcome, number in self.counts.items() if number)
        return f"<Report of {self.facts.file}: {counts or 'no rows'}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: the counts, and the first rows that need a person."""
        from batch.report.notebook import in_html  # noqa: PLC0415 - only notebooks ask for it

        return in_html(self.facts, self.counts, self.rows, self.notes)

    def rows_that_are(self, *outcomes: Outcome) -> tuple[ResultRow, ...]:
        """The rows that ended so, such as `report.rows_that_are(Outcome.HELD)`."""
        return tuple(row for row in self.rows if row.outcome in outcomes)

    @classmethod
    def of(cls, ending: Ending, rows: Iterable[ResultRow], notes: Iterable[Message]) -> "Report":
        """How a run ended, its rows, and what was said while it went on."""
        return cls(
            facts=ending.facts,
            header=ending.header,
            rows=tuple(rows),
            counts=ending.tally.counts(),
            exit_code=ending.exit_code,
            notes=tuple(map(both_of, (*notes, *ending.notes))),
            removed=ending.gone,
        )
