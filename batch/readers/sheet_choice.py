"""Which sheets of a workbook hold the timetable. Never chosen between two: they are listed, and asked for."""

import operator
from collections.abc import Sequence
from typing import NamedTuple

from batch.core.errors import FileProblem
from batch.core.message import FileFault, SheetName
from batch.core.rows.header import Found, HeaderFault
from batch.core.rows.own_sheets import GONE_SHEET, HOW_TO_SHEET, LOAD_SHEET, SUMMARY_SHEET, TO_DO_SHEET
from batch.readers.options import LoadOptions

_SHOWN = 20  #: sheets in one sentence
_OURS = frozenset({SUMMARY_SHEET, LOAD_SHEET, HOW_TO_SHEET})


class Candidate(NamedTuple):
    """A sheet, and what stands in its first lines."""

    title: str
    hidden: bool
    blank: bool
    header: Found | HeaderFault

    @property
    def fits(self) -> bool:
        """A sheet with one column misnamed is a candidate too: one of five weekdays must not go missing."""
        return isinstance(self.header, Found) or self.header.almost

    def __str__(self) -> str:
        return repr(self.title) + (" (hidden)" if self.hidden else "")


class Chosen(NamedTuple):
    """The sheets to read, each with its header, and those not to, for a note."""

    sheets: dict[str, Found]
    others: list[str]
    to_do: tuple[str, Found] | None = None  #: of a results workbook: the sheet on which rows are mended


def choose(candidates: Sequence[Candidate], name: str, options: LoadOptions) -> Chosen:
    """The one sheet that is meant, or all that fit where that was asked for.

    Raises:
        FileProblem: none or several will do, or the header of one that is meant will not.
    """
    if options.sheet is not None:
        return _read([_named(candidates, name, options.sheet)], [], name)
    to_do = _to_do(candidates)
    first = _results(candidates)
    once_each = [
        each
        for each in candidates
        if first is None or each is first or each.title not in {TO_DO_SHEET, GONE_SHEET}
    ]
    visible = [candidate for candidate in once_each if not candidate.hidden]
    # A single sheet with anything in it is meant, whatever is wrong with it.
    fitting = [candidate for candidate in visible if candidate.fits] or [
        candidate for candidate in visible if not candidate.blank
    ]
    if len(fitting) == 1 or (options.all_sheets and any(candidate.fits for candidate in fitting)):
        return _read(fitting, once_each, name, to_do)
    if all(candidate.blank for candidate in candidates):
        raise FileProblem(FileFault.NOTHING_IN_IT, name=name)
    if any(candidate.fits for candidate in fitting):
        raise FileProblem(FileFault.SEVERAL_SHEETS, name=name, sheets=_named_few(fitting))
    for each in fitting:
        if isinstance(each.header, HeaderFault) and each.header.is_grid:
            raise FileProblem.of(each.header.messages(SheetName(name, each.title)))
    raise FileProblem(FileFault.NO_TIMETABLE, name=name, sheets=_named_few(candidates))


def _results(candidates: Sequence[Candidate]) -> Candidate | None:
    """The first sheet that has our own columns, as every row of a results workbook has."""
    return next((each for each in candidates if isinstance(each.header, Found) and each.header.first), None)


def _to_do(candidates: Sequence[Candidate]) -> tuple[str, Found] | None:
    """A results workbook has every row on its first sheet, and those that need a person again on `To do`."""
    results = [each for each in candidates if isinstance(each.header, Found) and each.header.first]
    for each in results[1:]:
        if each.title == TO_DO_SHEET and isinstance(each.header, Found):
            return each.title, each.header
    return None


def _read(
    meant: Sequence[Candidate],
    candidates: Sequence[Candidate],
    name: str,
    to_do: tuple[str, Found] | None = None,
) -> Chosen:
    sheets: dict[str, Found] = {}
    for candidate in meant:
        if isinstance(candidate.header, HeaderFault):
            raise FileProblem.of(candidate.header.messages(SheetName(name, candidate.title)))
        sheets[candidate.title] = candidate.header
    # Hidden sheets are a template's lists, a program's notes; only a timetable among them is worth a word.
    others = [
        str(other)
        for other in candidates
        if other.title not in sheets
        and (other.fits if other.hidden or other.title in _OURS else not other.blank)
    ]
    return Chosen(sheets, others, to_do)


def is_called(title: str, wanted: str) -> bool:
    """Whether a sheet of this title may be meant by a name as somebody typed it."""
    return title.strip().casefold() == wanted.strip().casefold()


def _named(candidates: Sequence[Candidate], name: str, wanted: str) -> Candidate:
    for same in (operator.eq, is_called):
        found = [candidate for candidate in candidates if same(candidate.title, wanted)]
        if len(found) == 1:
            return found[0]
    raise FileProblem(FileFault.NO_SUCH_SHEET, name=name, sheet=wanted, sheets=_named_few(candidates))


def _named_few(candidates: Sequence[Candidate]) -> list[str]:
    names = [str(candidate) for candidate in candidates[:_SHOWN]]
    if len(candidates) > _SHOWN:
        names.append(f"{len(candidates) - _SHOWN:,} more")
    return names
