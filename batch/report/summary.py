"""What the terminal says at the end: counts in words, where the results are, what to do next."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from batch.core.outcome import NEEDS_A_PERSON, Outcome
from batch.core.tally import Tally
from batch.core.text import one_line
from batch.report.facts import BatchFacts, GoneClass, ResultRow
from batch.report.folding import Folder
from batch.report.groups import Group, Groups, advice_for, cells_in_words, group_of
from batch.report.styled import Line, line
from batch.report.text import shortened
from batch.report.wording.outcomes import (
    SANDBOX,
    counts_in_words,
    next_steps,
    next_steps_of_undo,
    rows_and_classes,
)
from batch.report.wording.phrases import counted, period_in_words

_STYLES = {
    Outcome.SCHEDULED: "green",
    Outcome.READY: "green",
    Outcome.ALREADY: "cyan",
    Outcome.CHANGED: "green",
    Outcome.CANCELLED: "cyan",
    Outcome.NOT_SENT: "bold",
    Outcome.UNKNOWN: "bold magenta",
}
_NEEDS_A_PERSON = "yellow"
_MOST_ROWS = 20  #: lines that a person reads one by one; beyond them, kinds of fault
_LONG_ADVICE = 60  #: letters; longer advice is said at the first row that needs it
_LONGEST = 400  #: of one sentence on the screen; the workbook has it whole
_LONGEST_TITLE = 60
_MOST_GONE = 10


def summary(
    *,
    facts: BatchFacts,
    tally: Tally,
    written: Iterable[str] = (),
    goes_on: Iterable[str] = (),
    results: str = "",
    stopped: bool = False,
    is_answered: bool = False,
    gone: Sequence[GoneClass] = (),
) -> list[Line]:
    """The end of a batch or of a check.

    Args:
        facts: Which file.
        tally: How its rows ended.
        written: Sentences on where the results are, such as "Results: term-results.xlsx".
        goes_on: Sentences on what goes on with a file that was stopped, each with its command.
        results: The results workbook, as a command names it; "" where there is none.
        stopped: Nothing of the file is sent before somebody has looked.
        is_answered: One of the sentences says what helps against that: the same once more would be stopped, too.
        gone: Classes that the file no longer asks for.
    """
    where = f"{facts.file}, sheet {facts.sheet}" if facts.sheet else facts.file
    lines = [line(one_line(f"{where}: {rows_and_classes(tally)}"), "bold")]
    width = len(str(tally.rows))
    for outcome, rows, means in counts_in_words(tally):
        lines.append(line(f"  {rows:>{width}} {means}", _STYLES.get(outcome, _NEEDS_A_PERSON)))
    lines.extend(_gone_lines(gone, stopped=stopped, kept=facts.command == "sync"))
    lines.extend(line(one_line(sentence)) for sentence in written)
    steps = (
        next_steps_of_undo(tally, undoes=facts.undoes, options=facts.options)
        if facts.undoes
        else next_steps(
            tally,
            file=facts.path,
            results=results,
            options=facts.options,
            of_file=facts.of_file,
            stopped=stopped,
            is_answered=is_answered,
            sends=facts.command,
            cancels=any(each.outcome is Outcome.READY for each in gone),
        )
    )
    lines.extend(line(f"Next: {one_line(step)}") for step in (*goes_on, *steps))
    if facts.sandbox:
        lines.append(line(SANDBOX, "bold reverse"))
    return lines


def _gone_lines(gone: Sequence[GoneClass], *, stopped: bool, kept: bool) -> Iterator[Line]:
    """Classes that are no longer in the file, those aside that are counted as cancelled; `kept`: by a sync that may not."""
    cancels = "`classbatch sync` without --keep-gone cancels it." if kept else "`classbatch sync` cancels it."
    left = [each for each in gone if each.outcome is not Outcome.CANCELLED]
    if stopped:  # why, and what helps, is said once, of the whole file
        left = [
            replace(each, message="not cancelled.") if each.outcome is Outcome.NOT_SENT else each
            for each in left
        ]
    of_others = [each for each in left if each.kept_for]
    beyond = [each for each in left if each.beyond]
    inside = [each for each in left if not each.beyond and not each.kept_for]
    are = "class that is" if len(inside) == 1 else "classes that are"
    yield from _named_gone(f"  {len(inside):,} {are} no longer in the file:", inside, cancels)
    # How they are to be cancelled is the same for all of them, and said of each.
    where = "before the first or after the last lesson of the file"
    yield from _named_gone(f"  {counted(len(beyond), 'class', 'classes')} {where}:", beyond, cancels)
    has = "class that another file has" if len(of_others) == 1 else "classes that another file has"
    yield from _named_gone(f"  {len(of_others):,} {has}, and this one no longer:", of_others, cancels)


def _named_gone(heading: str, left: Sequence[GoneClass], cancels: str) -> Iterator[Line]:
    if not left:
        return
    yield line(heading, _NEEDS_A_PERSON)
    for each in left[:_MOST_GONE]:
        would = "would be cancelled." if each.outcome is Outcome.READY else f"left alone; {cancels}"
        begins = each.starts.timestamp()
        when = period_in_words(begins, begins + 60 * each.minutes, each.zone)
        title = shortened(each.title, _LONGEST_TITLE)
        text = f"{title}, {when}, class {each.class_id}: {each.message or would}"
        yield line(f"    {one_line(text)}")
    if len(left) > _MOST_GONE:
        yield line(f"    and {len(left) - _MOST_GONE:,} more.")


class ProblemList:
    """What is wrong with the rows, said once: row by row while that is short, else by what mends it.

    Takes any number of rows and keeps only what it shows. `where_else` is a sentence:
    where each row stands when they are too many to be listed.
    """

    def __init__(self, *, where_else: str = "") -> None:
        self._where_else = where_else
        self._groups = Groups()
        self._lines: list[Line] = []
        self._of_cells: dict[str, list[str]] = {}  # sentence -> the cells of a weekly grid that it is true of
        self._found = 0
        self._hints: set[tuple[str, str]] = set()
        self._folder = Folder()

    def add(self, row: ResultRow) -> None:
        """Take a class of the file; one that is well is passed over."""
        self._groups.add(row)
        for complete in self._folder.add(row):
            self._add(complete)

    def _add(self, row: ResultRow) -> None:
        sentences = row.sentences(() if row.cell else self._hints)
        self._hints |= {(issue.code, issue.hint) for issue in row.problems if len(issue.hint) > _LONG_ADVICE}
        if row.outcome not in NEEDS_A_PERSON and row.message:
            del sentences[0]  # how it ended is in the counts; only warnings are worth a line
        elif row.outcome in NEEDS_A_PERSON and not row.faults:
            parts = filter(None, (row.message, advice_for(row), f"[{group_of(row)}]"))
            sentences[: 1 if row.message else 0] = [" ".join(parts)]
        if row.cell:
            self._add_cell(row, sentences)
            return
        self._found += len(sentences)
        for sentence in sentences[: _MOST_ROWS - len(self._lines)]:
            self._lines.append(_line_of(row.place, sentence))

    def _add_cell(self, row: ResultRow, sentences: Sequence[str]) -> None:
        """In a grid the same stands in many cells, and is mended in one go: it is said once, with all of them."""
        address = f"{row.sheet}, {row.cell}" if row.among_sheets else row.cell
        for sentence in sentences:
            if sentence in self._of_cells:
                self._of_cells[sentence].append(address)
                continue
            self._found += 1
            if self._found <= _MOST_ROWS:
                self._of_cells[sentence] = [address]

    def lines(self) -> list[Line]:
        """The list as shown; empty when nothing is wrong."""
        for last in self._folder.end():
            self._add(last)
        if not self._found:
            return []
        if self._found <= _MOST_ROWS:
            of_cells = (_line_of(cells_in_words(cells), each) for each, cells in self._of_cells.items())
            return [line("What is wrong:", "bold"), *self._lines, *of_cells]
        lines = [line("What is wrong, by what mends it:", "bold"), *map(_group_line, self._groups.all())]
        if self._where_else:
            lines.append(line("  " + one_line(self._where_else)))
        return lines


def _line_of(place: str, sentence: str) -> Line:
    return (f"  {one_line(place)}", "bold"), (" " + shortened(one_line(sentence), _LONGEST), "")


def _group_line(group: Group) -> Line:
    times = f"{counted(group.times, 'time')}, {group.where}"
    example = f", such as {group.example[:80]!r}" if group.example and group.times > 1 else ""
    if group.differs:
        what = f"{times}. {group.of_first}"
    elif group.is_sentence:
        what = f"{group.message} {times[:1].upper()}{times[1:]}."
    else:
        what = f"{group.message}: {times}{example}."
    rest = f"{what} {group.advice}"
    return (f"  {group.code}", _NEEDS_A_PERSON), (" " + shortened(one_line(rest), _LONGEST), "")
