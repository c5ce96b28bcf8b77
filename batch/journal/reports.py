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
#: Rows that nobody has to look at: their ending says it all, or nothing became of them.
#: Its negation is asked for, too, so that nothing in it may be NULL.
_WELL = (
    "(issues = '[]' AND (coalesce(outcome, '') IN ('scheduled', 'already', 'changed', 'cancelled') OR outcome IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM attempt WHERE attempt.fingerprint = row.fingerprint)))"
)
_WELL_OUTCOMES = (
    f"SELECT outcome, count(*) AS rows FROM row WHERE batch = :batch AND {_WELL} GROUP BY outcome"
)
#: The classes of one row stand together, though an undo may have left out some between them.
_HAS_SERIES = (
    "SELECT EXISTS (SELECT 1 FROM (SELECT sheet, number, lag(sheet) OVER (ORDER BY position) AS sheet_before,"
    " lag(number) OVER (ORDER BY position) AS number_before FROM row WHERE batch = :batch) AS beside"
    " WHERE sheet = sheet_before AND number = number_before)"
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

    def has_series(self, batch: str) -> bool:
        """Whether some row of a file stands for several classes, or may."""
        return bool(self._database.value(_HAS_SERIES, batch=batch))

    def well_outcomes(self, batch: str) -> list[tuple[Outcome | None, int]]:
        """How many rows of a batch nobody has to look at, by how they ended; None: nothing became of them."""
        found = self._database.each(_WELL_OUTCOMES, batch=batch)
        return [(Outcome(outcome) if outcome else None, rows) for outcome, rows in found]

    def not_well(self, batch: str) -> Iterator[JournalRow]:
        """The other rows of a batch, in file order."""
        return self._rows.blocks(batch, f"NOT {_WELL}")

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
