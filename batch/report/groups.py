"""Rows by what mends them: whoever mends one kind of fault in one go is soon done.

Terminal, workbook and page group by it. Takes any number of rows and keeps one
entry for each kind.
"""

from collections.abc import Sequence
from dataclasses import field

from batch.core.outcome import NEEDS_A_PERSON, Outcome
from batch.core.quick_dataclass import dataclass
from batch.core.rows.problems import THE_ROW
from batch.core.rows.row_numbers import RowNumbers
from batch.core.service.api_codes import BY_CODE
from batch.report.facts import ResultRow
from batch.report.text import shortened
from batch.report.wording.language import translated
from batch.report.wording.outcomes import Words, words_for
from batch.report.wording.phrases import Reader, more_in_words, rows_in_words, tr

_MOST_HEADERS = 3  #: that are named
_LONGEST_EXAMPLE = 80
_MOST_CELLS = 12  #: of a grid that are named


@dataclass(slots=True)
class Group:
    """All faults of one kind."""

    code: str  #: of our problem, or the outcome and the service's code
    key: str  #: the same, and apart what is mended otherwise
    message: str  #: what is wrong
    hint: str
    first: str  #: where it was met first, such as "row 3 start_time"
    example: str  #: what stands there
    sentence: str  #: what is wrong, where it stands alone
    times: int = 0
    rows: dict[str, RowNumbers] = field(default_factory=dict)  #: by sheet; "" where there is but one
    cells: dict[str, None] = field(default_factory=dict)  #: of a weekly grid
    headers: dict[str, None] = field(default_factory=dict)  #: the columns, as the file calls them
    differs: bool = False  #: `message` holds for the first row alone
    hint_differs: bool = False
    is_sentence: bool = False  #: `message` is one of its own; else it goes on from what it is said of

    @property
    def where(self) -> str:
        """Every row, such as "rows 6, 7 and 9 under Start"."""
        return self.where_within(None)

    def where_within(self, most: int | None) -> str:
        """The same with so many stretches of rows at most; None: all that are known."""
        if self.times == 1:
            return self.first
        if self.cells:
            return cells_in_words([*self.cells])
        facts = {
            sheet: each.facts if most is None else each.within(most) for sheet, each in self.rows.items()
        }
        rows = "; ".join(
            f"{sheet}, {rows_in_words(*each)}" if sheet else rows_in_words(*each)
            for sheet, each in facts.items()
        )
        if 0 < len(self.headers) <= _MOST_HEADERS:
            return tr("{rows} under {headers:list and}", rows=rows, headers=list(self.headers))
        return rows

    @property
    def of_first(self) -> str:
        """What is wrong with the first row alone, where each row has facts of its own."""
        shown = f" {shortened(self.example, _LONGEST_EXAMPLE)!r}" if self.example else ""
        between = " " if self.headers else ": "
        first = f"{self.first}{shown}{between}{self.message}{'' if self.is_sentence else '.'}"
        return tr("The first: {first}", first=first)

    @property
    def advice(self) -> str:
        """How they are mended, or the first of them."""
        if self.hint_differs and not self.differs:
            return tr("In {first}: {hint}", first=self.first, hint=self.hint)
        return self.hint

    @property
    def explained(self) -> str:
        """All of it, in sentences."""
        where = f"{self.where[:1].upper()}{self.where[1:]}."
        first, then = (where, self.of_first) if self.differs else (self.sentence, where)
        return f"{first} {then} {self.advice}"


def cells_in_words(cells: Sequence[str]) -> str:
    """Cells of a weekly grid, by address; of many the first."""
    if len(cells) == 1:
        return tr("cell {cell}", cell=cells[0])
    more = len(cells) - _MOST_CELLS
    first = [*cells[:_MOST_CELLS]]
    return tr("cells {cells:list and}", cells=[*first, more_in_words(more)] if more > 0 else first)


class Groups:
    """The groups of a file's rows, fed row by row."""

    def __init__(self, reader: Reader = Reader.TERMINAL) -> None:
        self._reader = reader
        self._groups: dict[str, Group] = {}

    def add(self, row: ResultRow) -> None:
        for issue in row.problems:
            of_row = (
                issue.header in {THE_ROW, "row", tr(THE_ROW)} and not issue.column
            )  # "row": in journals of earlier versions
            place = row.place if of_row else f"{row.place} {issue.header}"
            # The message of a problem goes on from what it is said of, in each language.
            sentence = f"{tr(THE_ROW) if of_row else tr('The cell')} {issue.message}."
            group = Group(issue.code, issue.code, issue.message, issue.hint, place, issue.value, sentence)
            self._count(group, row, "" if of_row else issue.header)
        if row.outcome in NEEDS_A_PERSON and not row.faults:
            self._count(_of_the_outcome(row, row.place, self._reader), row)

    def all(self) -> list[Group]:
        """The largest first; of equals, the one that was met first."""
        return sorted(self._groups.values(), key=lambda group: -group.times)

    def _count(self, new: Group, row: ResultRow, header: str = "") -> None:
        group = self._groups.setdefault(new.key, new)
        group.times += 1
        group.rows.setdefault(row.sheet if row.among_sheets else "", RowNumbers()).add(row.number)
        if row.cell:
            group.cells.setdefault(f"{row.sheet}, {row.cell}" if row.among_sheets else row.cell)
        if header and len(group.headers) <= _MOST_HEADERS:
            group.headers.setdefault(header)
        group.differs = group.differs or new.message != group.message
        group.hint_differs = group.hint_differs or new.hint != group.hint


def group_of(row: ResultRow) -> str:
    """The code of the group that a row is mended with."""
    return row.faults[0].code if row.faults else _code(row)


def group_key(row: ResultRow) -> str:
    """The same where it is mended in one way, and apart what is not."""
    return row.faults[0].code if row.faults else _key(row)


def advice_for(row: ResultRow, reader: Reader = Reader.TERMINAL) -> str:
    """What to do about the outcome of a row whose cells are right; "" where its message, or the step that follows, says it."""
    is_worded = row.outcome is Outcome.UNKNOWN or row.own_hint
    return "" if is_worded else _of_the_outcome(row, row.place, reader).hint


def _code(row: ResultRow) -> str:
    return " ".join(part for part in (row.outcome.value, row.error_code) if part)


def _key(row: ResultRow) -> str:
    is_own = row.own_hint and row.outcome is not Outcome.UNKNOWN
    return f"{_code(row)} {row.kind}" if is_own else _code(row)


def _of_the_outcome(row: ResultRow, place: str, reader: Reader) -> Group:
    known = BY_CODE.get(row.error_code or "")
    if row.outcome is Outcome.UNKNOWN:
        # Whatever code came with it: what counts is that the class may exist.
        message, step = (
            tr("was sent, but never answered; the class may exist"),
            _step(words_for(Outcome.UNKNOWN), reader),
        )
        return Group(_code(row), _code(row), message, step, place, "", f"{tr('The row')} {message}.")
    if known is None or row.own_hint:
        message = row.cause or row.message or words_for(row.outcome).means
        return Group(_code(row), _key(row), message, row.own_hint, place, "", message, is_sentence=True)
    advice = known.page_advice if reader is Reader.PAGE and known.page_advice else known.advice
    meaning = translated(known.meaning)
    return Group(_code(row), _key(row), meaning, translated(advice), place, "", meaning, is_sentence=True)


def _step(words: Words, reader: Reader) -> str:
    return words.page_step if reader is Reader.PAGE else words.next_step
