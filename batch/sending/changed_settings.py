"""Rows whose class exists as it was scheduled, and not as the row says now: told with both values."""

from itertools import islice

from batch.core.changes.decide import is_left_behind
from batch.core.changes.difference import differences
from batch.core.rows.columns import BY_NAME, Kind
from batch.core.rows.problems import Issue, Problem
from batch.core.rows.row import Header
from batch.journal.records import BLOCK, RowIssues, SentOtherwise
from batch.journal.store import Journal


def note_changed_settings(journal: Journal, batch: str, header: Header) -> None:
    """Note on each row of a batch what its class was scheduled with and what it says instead."""
    rows = journal.planning.sent_otherwise(batch)
    while block := list(islice(rows, BLOCK)):
        entries = []
        for row in block:
            found = tuple(_issues(row, header))
            if found:
                entries.append(RowIssues(batch, row.position, (*row.issues, *found)))
        journal.sending.apply(entries)


def as_typed(name: str, value: str) -> str:
    """A parameter as people write it."""
    if name in BY_NAME and BY_NAME[name].kind is Kind.YES_NO:
        return {"true": "yes", "false": "no"}.get(value, value)
    return value


def _issues(row: SentOtherwise, header: Header) -> list[Issue]:
    found = []
    for difference in differences(row.sent, row.now):
        name, sent, now = difference
        position = header.columns.get(name)
        value = row.cells[position] if position is not None and position < len(row.cells) else now
        facts = {"sent": as_typed(name, sent), "now": as_typed(name, now)}
        if is_left_behind(difference, header.columns):
            facts["stays"] = "emptied" if position is not None else "unnamed"
        found.append(Problem.SETTING_DIFFERS.at(name, value, header=header.name_of(name), **facts))
    return found
