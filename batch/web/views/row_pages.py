"""The rows of a check or a batch on disk, so that any page of them is read without reading the others.

Rows that need a person come first. Each is one line of JSON; where each page
begins is kept beside them.
"""

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from batch.core.outcome import NEEDS_A_PERSON, Outcome
from batch.core.text import one_line, visible
from batch.report.facts import ResultRow
from batch.report.text import shortened
from batch.report.wording.outcomes import words_for
from batch.web.views.mending import (
    LONGEST,
    PlaceOf,
    cells_when_free,
    columns_to_mend,
    field_name,
    leave_out_name,
    use_name,
    when_free,
)
from batch.web.views.model import MendField, RowProblem, RowsPage
from batch.web.views.wording import tone_of

PER_PAGE = 100
FILE_NAME = "rows.jsonl"
_LONGEST = 1_000  #: of one sentence; the workbook has it whole
_LONGEST_TITLE = 200
_MOST_WAITING = 20  #: rows that need no more than an answer, and are named


class Spool:
    """Takes rows in file order, one at a time, and keeps none of them in memory."""

    def __init__(self, *, only_with_something_to_say: bool) -> None:
        self._only_with_something_to_say = only_with_something_to_say
        self._places: set[tuple[str, int | str]] = set()
        self._shared: set[tuple[str, int | str]] = (
            set()
        )  # of several classes: what is mended there would be mended for all
        self._first = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `write`
        self._rest = tempfile.TemporaryFile()  # noqa: SIM115 - as above

    def add(self, row: ResultRow) -> None:
        place = row.sheet, row.cell or row.number
        (self._shared if place in self._places else self._places).add(place)
        urgent = row.outcome in NEEDS_A_PERSON
        if self._only_with_something_to_say and not urgent and not row.problems:
            return
        # Whether the header has a title is known only when all rows were read.
        short = [
            [issue.code, issue.hint, issue.without_hint(), issue.column, issue.value]
            for issue in row.problems
        ]
        mends = columns_to_mend(row) if self._only_with_something_to_say and urgent else []
        free = when_free(row) if mends else {}
        line = json.dumps([_shown(row), row.cells if mends or not row.title else [], short, mends, free])
        (self._first if urgent else self._rest).write(line.encode("ascii") + b"\n")

    def write(
        self,
        folder: Path,
        title_of: Callable[[Sequence[str]], str],
        place_of: PlaceOf,
        columns: Mapping[str, int] = MappingProxyType({}),
        told_above: Mapping[str, str] = MappingProxyType({}),
        asked_above: Callable[[str, str], bool] = lambda _code, _value: False,
    ) -> dict[str, Any]:
        """Write all rows but those that need no more than an answer; return where their pages begin.

        Args:
            folder: where they go.
            title_of: which of a row's cells is its title.
            place_of: where a column stands and what its header is, by its API name and header; None for one that is not there.
            columns: API name -> where it stands.
            told_above: problem -> what mends it, where that need not be told again with every row.
            asked_above: whether a problem, found in such a cell, is gone once a question about the file is answered.
        """
        offsets, total = [], 0
        waiting: list[list[Any]] = []
        with (folder / FILE_NAME).open("wb") as out, self._first, self._rest:
            for spool in (self._first, self._rest):
                spool.seek(0)
                for line in spool:
                    row, cells, short, mends, free = json.loads(line)
                    asked = [each for each in short if asked_above(each[0], each[4])]
                    row["says"] = _without_what_is_said_above(row["says"], short, asked, told_above)
                    if asked and not row["says"]:
                        waiting.append([row["place"], row["sheet"], 0 if row["cell"] else row["number"]])
                        continue
                    mended_there = {each[3] for each in asked} - {
                        each[3] for each in short if each not in asked
                    }
                    mends = [each for each in mends if each[0] not in mended_there]
                    if (row["sheet"], row["cell"] or row["number"]) not in self._shared:
                        row["fields"] = list(_fields(cells, mends, place_of))
                        row["free"] = [free["label"], cells_when_free(free, columns)] if free else []
                    if cells and not row["title"]:
                        row["title"] = shortened(one_line(title_of(cells)), _LONGEST_TITLE)
                    if total % PER_PAGE == 0:
                        offsets.append(out.tell())
                    out.write(json.dumps(row).encode("ascii") + b"\n")
                    total += 1
        return {
            "offsets": offsets,
            "total": total,
            "waiting": len(waiting),
            "first_waiting": waiting[:_MOST_WAITING],
        }


#: (sheet, number) -> the address of a row; "" where it cannot be opened
RowHref = Callable[[str, int], str]


def read_page(
    folder: Path,
    index: dict[str, Any],
    number: int,
    href: Callable[[int], str],
    row_href: RowHref | None = None,
) -> RowsPage:
    """One page of rows; the first or the last one where there is none of this number.

    Args:
        folder: where `write` put them.
        index: what `write` returned.
        number: 1 is the first.
        href: the address of a page.
        row_href: the address of a row; None where none can be opened.
    """
    offsets: list[int] = index["offsets"]
    pages = max(1, len(offsets))
    number = min(max(1, number), pages)
    rows = []
    if offsets:
        with (folder / FILE_NAME).open("rb") as file:
            file.seek(offsets[number - 1])
            for line, _ in zip(file, range(PER_PAGE), strict=False):
                rows.append(_row(json.loads(line), row_href))
    return RowsPage(
        rows=tuple(rows),
        number=number,
        pages=pages,
        total=index["total"],
        previous_href=href(number - 1) if number > 1 else "",
        next_href=href(number + 1) if number < pages else "",
    )


def _fields(
    cells: Sequence[str], mends: Iterable[tuple[str, str]], place_of: PlaceOf
) -> Iterator[tuple[int, str, str]]:
    """(position, header, what stands there) of the cells that the file has, each once."""
    seen: set[int] = set()
    for column, header in mends:
        found = place_of(column, header)
        if found is None or found[0] >= len(cells) or found[0] in seen or len(cells[found[0]]) > LONGEST:
            continue
        seen.add(found[0])
        yield found[0], shortened(one_line(found[1]), _LONGEST_TITLE), cells[found[0]]


def _without_what_is_said_above(
    says: Sequence[str],
    short: Sequence[Sequence[str]],
    asked: Sequence[Sequence[str]],
    told_above: Mapping[str, str],
) -> list[str]:
    """What is said of a row: how it ended, then each of its problems, of which the last sentences are."""
    first = len(says) - len(short)
    shown = [*says[:first]]
    for sentence, each in zip(says[first:], short, strict=True):
        code, hint, without_hint, *_ = each
        if each not in asked:
            shown.append(
                shortened(visible(without_hint), _LONGEST) if told_above.get(code) == hint else sentence
            )
    return shown


def _row(told: dict[str, Any], row_href: RowHref | None) -> RowProblem:
    sheet, cell = told.pop("sheet", ""), told.pop("cell", "")
    number = told.pop("number", 0)
    place = cell or number
    fields = tuple(
        MendField(name=field_name(sheet, place, position), header=header, value=value)
        for position, header, value in told.pop("fields", ())
    )
    use, cells = told.pop("free", None) or ("", {})
    in_grid = bool(told.pop("in_grid", False) or cell)  # the first: as an earlier version left it
    return RowProblem(
        place=told["place"],
        outcome=words_for(Outcome(told["outcome"])).name,
        tone=told["tone"],
        title=told["title"],
        says=tuple(told["says"]),
        fields=fields,
        leave_out=leave_out_name(sheet, place) if fields else "",
        use=use if cells else "",
        use_name=use_name(sheet, place),
        use_cells=tuple(cells.items()),
        href=row_href(sheet, number) if row_href is not None and not in_grid else "",
    )


def _shown(row: ResultRow) -> dict[str, Any]:
    return {
        "place": row.place,
        "outcome": row.outcome.value,
        "tone": tone_of(row.outcome),
        "title": shortened(one_line(row.title or ""), _LONGEST_TITLE),
        "says": [shortened(visible(sentence), _LONGEST) for sentence in _sentences(row)],
        "sheet": row.sheet,
        "number": row.number,
        "cell": row.cell,
    }


def _sentences(row: ResultRow) -> list[str]:
    # That it is ready needs no sentence; the count says it.
    return [str(issue) for issue in row.problems] if row.outcome is Outcome.READY else row.sentences()
