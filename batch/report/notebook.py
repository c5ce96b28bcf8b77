"""A report as a notebook shows it."""

from collections.abc import Iterable, Mapping
from html import escape
from itertools import islice

from batch.core.outcome import NEEDS_A_PERSON
from batch.core.text import one_line, visible
from batch.report.facts import BatchFacts, ResultRow
from batch.report.text import shortened
from batch.report.wording.phrases import counted

_MOST_ROWS = 10
_MOST_NOTES = 5
_LONGEST = 300


def in_html(
    facts: BatchFacts, counts: Mapping[str, int], rows: Iterable[ResultRow], notes: Iterable[str]
) -> str:
    """The counts, then the first rows that need a person; whatever a cell holds is shown as text."""
    numbers = ", ".join(f"{number:,} {outcome}" for outcome, number in counts.items() if number)
    lines = [f"<p><b>{_text(facts.file)}</b>: {_text(numbers or 'no rows')}</p>"]
    lines += [f"<p>{_text(note)}</p>" for note in islice(notes, _MOST_NOTES)]
    left = [row for row in rows if row.outcome in NEEDS_A_PERSON]
    if left:
        heads = "".join(f"<th>{head}</th>" for head in ("Row", "Outcome", "Class", "What to know"))
        lines += [
            f"<table><thead><tr>{heads}</tr></thead><tbody>",
            *map(_line, left[:_MOST_ROWS]),
            "</tbody></table>",
        ]
        if len(left) > _MOST_ROWS:
            lines.append(f"<p>and {counted(len(left) - _MOST_ROWS, 'more row')}</p>")
    return "\n".join(lines)


def _line(row: ResultRow) -> str:
    cells = (row.place, row.outcome.value, row.title or "", " ".join(row.sentences()))
    return f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in cells)}</tr>"


def _text(text: str) -> str:
    return escape(shortened(visible(one_line(text)), _LONGEST))
