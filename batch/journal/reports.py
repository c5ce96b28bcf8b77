"""What the reports read of the journal: every row as it stands, and the counts. Only reads."""

from collections.abc import Iterator

from batch.core.outcome import Outcome
from batch.journal.database import Database
from batch.journal.records import JournalRow
from batch.journal.rows import Rows

_SETTLED = (
    "SELECT outcome, count(*) AS rows FROM row WHERE batch = :batch AND outcome IS NOT NULL AND outcome <> 'unknown'"
    " GROUP BY outcome"
)
_CALLS = (
    "SELECT count(*) AS requests, count(DISTINCT attempt.fingerprint) AS classes FROM row"
    " CROSS JOIN attempt ON attempt.fingerprint = row.fingerprint"
    "  AND attempt.batch = row.batch AND attempt.position = row.position"
    " WHERE row.batch = :batch AND attempt.kind = 'sent'"
)


class ReportStore:
    """A batch as it stands now."""

    def __init__(self, database: Database, rows: Rows) -> None:
        self._database = database
        self._rows = rows

    def rows(self, batch: str) -> Iterator[JournalRow]:
        """Every row of a batch in file order."""
        return self._rows.blocks(batch, "true")

    def settled_outcomes(self, batch: str) -> list[tuple[Outcome, int]]:
        """How many rows of a batch ended how, those aside that `unsettled` gives."""
        return [(Outcome(outcome), rows) for outcome, rows in self._database.each(_SETTLED, batch=batch)]

    def unsettled(self, batch: str) -> Iterator[JournalRow]:
        """The rows of a batch whose attempts may have overtaken their ending."""
        return self._rows.blocks(batch, "(outcome IS NULL OR outcome = 'unknown')")

    def calls(self, batch: str) -> tuple[int, int]:
        """How many requests for a class a batch has made, and for how many classes."""
        requests, classes = self._database.all(_CALLS, batch=batch)[0]
        return requests, classes
