"""Rows by what mends them: whoever mends one kind of fault in one go is soon done.

Terminal, workbook and page group by it. Takes any number of rows and keeps one
entry for each kind.
"""

from dataclasses import dataclass

from batch.core.outcome import NEEDS_A_PERSON, Outcome
from batch.core.rows.problems import THE_ROW
from batch.core.service.api_codes import BY_CODE
from batch.report.facts import ResultRow
from batch.report.wording.outcomes import WORDS, Words
from batch.report.wording.phrases import Reader


@dataclass(slots=True)
class Group:
    """All faults of one kind."""

    code: str  #: of our problem, or the outcome and the service's code
    message: str  #: what is wrong
    hint: str
    first: str  #: where it was met first, such as "row 3 start_time"
    example: str  #: what stands there
    sentence: str  #: what is wrong, where it stands alone
    times: int = 0
    last: str = ""

    @property
    def where(self) -> str:
        return self.first if self.times == 1 else f"from {self.first} to {self.last}"


class Groups:
    """The groups of a file's rows, fed row by row."""

    def __init__(self, reader: Reader = Reader.TERMINAL) -> None:
        self._reader = reader
        self._groups: dict[str, Group] = {}

    def add(self, row: ResultRow) -> None:
        for issue in row.problems:
            of_row = (
                issue.header in {THE_ROW, "row"} and not issue.column
            )  # "row": in journals of earlier versions
            place = row.place if of_row else f"{row.place} {issue.header}"
            of = THE_ROW if of_row else "The cell"
            sentence = f"{of} {issue.message}."
            self._count(Group(issue.code, issue.message, issue.hint, place, issue.value, sentence), place)
        if row.outcome in NEEDS_A_PERSON and not row.faults:
            place = row.place
            self._count(_of_the_outcome(row, place, self._reader), place)

    def all(self) -> list[Group]:
        """The largest first; of equals, the one that was met first."""
        return sorted(self._groups.values(), key=lambda group: -group.times)

    def _count(self, new: Group, place: str) -> None:
        group = self._groups.setdefault(new.code, new)
        group.times += 1
        group.last = place


def group_of(row: ResultRow) -> str:
    """The code of the group that a row is mended with."""
    return row.faults[0].code if row.faults else _code(row)


def _code(row: ResultRow) -> str:
    return " ".join(part for part in (row.outcome.value, row.error_code) if part)


def _of_the_outcome(row: ResultRow, place: str, reader: Reader) -> Group:
    known = BY_CODE.get(row.error_code or "")
    if row.outcome is Outcome.UNKNOWN:
        # Whatever code came with it: what counts is that the class may exist.
        message, step = (
            "was sent, but never answered; the class may exist",
            _step(WORDS[Outcome.UNKNOWN], reader),
        )
        return Group(_code(row), message, step, place, "", f"The row {message}.")
    if known is None:
        message = row.message or WORDS[row.outcome].means
        return Group(_code(row), message.rstrip("."), "", place, "", message)
    advice = known.page_advice if reader is Reader.PAGE and known.page_advice else known.advice
    return Group(_code(row), known.meaning.rstrip("."), advice, place, "", known.meaning)


def _step(words: Words, reader: Reader) -> str:
    return words.page_step if reader is Reader.PAGE else words.next_step
