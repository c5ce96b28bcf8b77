"""Every row of a checked file on disk with all its cells, so that any of them can be opened and mended.

One line of JSON for each row, and for a row of several classes one more for each class that has
something to say; a row is found by reading the lines' beginnings.
"""

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from batch.core.outcome import Outcome
from batch.core.text import one_line, visible
from batch.report.facts import ResultRow
from batch.report.text import shortened
from batch.report.wording.outcomes import words_for
from batch.report.wording.phrases import LONG_MOMENT, dated, tr
from batch.web.views.mending import (
    LONGEST,
    cells_when_free,
    field_name,
    leave_out_name,
    use_name,
    when_free,
)
from batch.web.views.model import MendField, RowProblem, RowView
from batch.web.views.wording import tone_of

FILE_NAME = "cells.jsonl"
_MOST_SAID = 10
_LONGEST_SENTENCE = 1_000
_LONGEST_HEADER = 80


class RowStore:
    """Takes rows in file order, one at a time, and keeps which they were."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, int]] = set()
        self._lines = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `write`

    def add(self, row: ResultRow) -> None:
        place = row.sheet, row.number
        is_first = place not in self._seen
        if row.cell or not (is_first or row.problems or row.message):
            return
        self._seen.add(place)
        line = json.dumps([*place, _kept(row, cells=row.cells if is_first else ())])
        self._lines.write(line.encode("ascii") + b"\n")

    def write(self, folder: Path) -> None:
        with (folder / FILE_NAME).open("wb") as out, self._lines:
            self._lines.seek(0)
            for line in self._lines:
                out.write(line)


def _kept(row: ResultRow, cells: Sequence[str]) -> dict[str, Any]:
    return {
        "cells": list(cells),
        "place": tr("{sheet}, row {number}", sheet=row.sheet, number=row.number)
        if row.among_sheets
        else tr("row {number}", number=row.number),
        "outcome": row.outcome.value,
        "tone": tone_of(row.outcome),
        "title": shortened(one_line(row.title or ""), _LONGEST_HEADER),
        "says": [shortened(visible(sentence), _LONGEST_SENTENCE) for sentence in row.sentences()],
        "lessons": row.lessons,
        "read": _read(row),
        "free": when_free(row),
    }


def _read(row: ResultRow) -> list[tuple[str, str]]:
    """The class as it was understood; empty where it was not."""
    if row.starts is None or row.zone is None or row.minutes is None:
        return []
    begins = row.starts.astimezone(ZoneInfo(row.zone))
    when = tr(
        "{when}, {minutes} minutes, by the clock of {zone}",
        when=dated(begins, LONG_MOMENT),
        minutes=row.minutes,
        zone=row.zone,
    )
    lines = [(tr("Class"), row.title or ""), (tr("When"), when), (tr("Teacher"), row.presenter or "")]
    return [(what, shortened(one_line(which), _LONGEST_HEADER)) for what, which in lines]


def read_row(
    folder: Path, header: Sequence[str], columns: Mapping[str, int], sheet: str, number: int
) -> tuple[RowProblem, Mapping[str, Any]] | None:
    """A row with a field for each of its cells, and what is kept of it; None: there is none.

    Args:
        folder: where `write` put it.
        header: of the file.
        columns: API name -> where it stands.
        sheet: of the row.
        number: as Excel shows it.
    """
    found = _found(folder, sheet, number)
    if not found:
        return None
    kept, says = found[0], [sentence for each in found for sentence in each["says"]]
    free = kept["free"]
    cells = cells_when_free(free, columns) if free else {}
    fields = tuple(
        MendField(name=field_name(sheet, number, position), header=_called(header, position), value=value)
        for position, value in enumerate(kept["cells"])
        if len(value) <= LONGEST
    )
    row = RowProblem(
        place=kept["place"],
        outcome=words_for(Outcome(kept["outcome"])).name,
        tone=kept["tone"],
        title=kept["title"],
        says=tuple(dict.fromkeys(says))[:_MOST_SAID],
        fields=fields,
        leave_out=leave_out_name(sheet, number),
        use=free["label"] if cells else "",
        use_name=use_name(sheet, number),
        use_cells=tuple(cells.items()),
    )
    return row, kept


def view_of(file: str, row: RowProblem, kept: Mapping[str, Any], action: str, back_href: str) -> RowView:
    lessons = kept["lessons"]
    return RowView(
        file=file,
        place=row.place,
        read=tuple((what, which) for what, which in kept["read"]),
        classes=tr(
            "This row stands for {lessons:count class|classes}; what is mended here holds for all of them.",
            lessons=lessons,
        )
        if lessons > 1
        else "",
        row=row,
        action=action,
        back_href=back_href,
    )


def _found(folder: Path, sheet: str, number: int) -> list[dict[str, Any]]:
    begins = json.dumps([sheet, number])[:-1].encode("ascii") + b", "
    try:
        with (folder / FILE_NAME).open("rb") as lines:
            return [json.loads(line)[2] for line in lines if line.startswith(begins)]
    except FileNotFoundError:  # by an earlier version, which kept none
        return []


def _called(header: Sequence[str], position: int) -> str:
    text = header[position] if position < len(header) else ""
    return shortened(one_line(text), _LONGEST_HEADER) or tr("column {number}", number=position + 1)
