"""What the terminal says at the end: counts in words, where the results are, what to do next.

Built as `rich.text.Text`, whose words are never read as markup: a title such as
"[red]" is shown as typed. `.plain` is the same without colour.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from rich.text import Text

from batch.core.outcome import DONE, Outcome
from batch.core.tally import Tally
from batch.report.facts import BatchFacts, ResultRow
from batch.report.text import one_line
from batch.report.words import SANDBOX, counts_in_words, next_steps

_STYLES = {
    Outcome.SCHEDULED: "green",
    Outcome.READY: "green",
    Outcome.ALREADY: "cyan",
    Outcome.NOT_SENT: "bold",
    Outcome.UNKNOWN: "bold magenta",
}
_NEEDS_A_PERSON = "yellow"
_LONGEST = 400  #: of one sentence on the screen; the workbook has it whole


def summary(*, facts: BatchFacts, tally: Tally, written: Iterable[str] = ()) -> Text:
    """The end of a batch or of a check.

    Args:
        facts: Which file.
        tally: How its rows ended.
        written: Sentences on where the results are, such as "Results: term-results.xlsx".
    """
    where = f"{facts.file}, sheet {facts.sheet}" if facts.sheet else facts.file
    text = Text(one_line(f"{where}: {_count(tally.rows, 'row')}"), style="bold")
    lines = [text]
    width = len(str(tally.rows))
    for outcome, rows, means in counts_in_words(tally):
        lines.append(Text(f"  {rows:>{width}} {means}", style=_STYLES.get(outcome, _NEEDS_A_PERSON)))
    lines.extend(Text(one_line(sentence)) for sentence in written)
    lines.extend(Text(f"Next: {step}") for step in next_steps(tally))
    if facts.sandbox:
        lines.append(Text(SANDBOX, style="bold reverse"))
    return Text("\n").join(lines)


@dataclass(slots=True)
class _Group:
    """All faults of one kind, so that a person can mend them in one go."""

    headline: str  #: "" where every row has its own
    first: str
    example: str
    fix: str
    cells: int = 0
    last: str = ""


class ProblemList:
    """What is wrong with the rows: by what mends it, then row by row.

    Takes any number of rows and keeps only what it shows.
    """

    def __init__(self, *, most: int = 30, where_else: str = "") -> None:
        self._most = most
        self._where_else = where_else  #: a sentence: where the rows stand that are not shown
        self._groups: dict[str, _Group] = {}
        self._lines: list[Text] = []
        self._more = 0

    def add(self, row: ResultRow) -> None:
        """Take a row of the file; one that is well is passed over."""
        for issue in row.problems:
            place = f"row {row.number} {issue.header}"
            self._count_in(issue.code, place, _Group(issue.says, place, issue.value, issue.fix))
        if row.outcome is not Outcome.READY and row.outcome not in DONE and not row.problems:
            code = " ".join(part for part in (row.outcome.value, row.error_code) if part)
            place = f"row {row.number}"
            self._count_in(code, place, _Group("", place, "", row.message or ""))
        elif not row.problems:
            return
        for sentence in row.sentences() or [row.outcome.value]:
            self._show(row, sentence)

    def _count_in(self, code: str, place: str, new: _Group) -> None:
        group = self._groups.setdefault(code, new)
        group.cells += 1
        group.last = place

    def _show(self, row: ResultRow, sentence: str) -> None:
        if len(self._lines) == self._most:
            self._more += 1
            return
        line = Text(f"  row {row.number}", style="bold")
        line.append(" " + _shortened(one_line(sentence)), style="not bold")
        self._lines.append(line)

    def text(self) -> Text:
        """The list as shown; empty when nothing is wrong."""
        if not self._groups:
            return Text()
        lines = [Text("What is wrong, by what mends it:", style="bold")]
        lines.extend(_group_line(code, group) for code, group in self._groups.items())
        lines += [Text("Row by row:", style="bold"), *self._lines]
        if self._more:
            lines.append(Text("  " + one_line(f"and {self._more} more. {self._where_else}")))
        return Text("\n").join(lines)


def _group_line(code: str, group: _Group) -> Text:
    where = group.first if group.cells == 1 else f"from {group.first} to {group.last}"
    example = f", such as {group.example[:80]!r}" if group.example and group.cells > 1 else ""
    line = Text(f"  {code}", style=_NEEDS_A_PERSON)
    rest = f"{group.headline}: {_count(group.cells, 'time')}, {where}{example}. {group.fix}"
    line.append((" " if group.headline else "") + _shortened(one_line(rest)), style="not bold")
    return line


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
