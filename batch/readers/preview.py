"""The first lines of a file whose header is not known: what a person is asked about."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from batch.core.rows.header import Line, is_blank
from batch.readers.container import check_container
from batch.readers.encoding import encoding_of
from batch.readers.kind import HEAD_BYTES, FileKind, kind_of
from batch.readers.options import LoadOptions

_SAMPLE_CHARACTERS = 64 * 1024


_DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True)
class SheetHead:
    """The first lines of one sheet; `title` is "" for CSV."""

    title: str
    lines: Sequence[Line]


def heads_of(path: Path, options: LoadOptions) -> list[SheetHead]:
    """The visible sheets that hold anything.

    Raises:
        FileProblem: it cannot be read at all.
    """
    with path.open("rb") as file:
        if kind_of(file.read(HEAD_BYTES), path.name) is FileKind.CSV:
            lines = _first_records(file, options)
            return [SheetHead("", lines)] if lines else []
        check_container(file, path.name, options)
        from batch.readers.sheet import Sheet, first_lines, loaded  # noqa: PLC0415 - openpyxl is slow to import

        with loaded(file, path.name, data_only=True) as workbook:
            heads = []
            for sheet in cast("list[Sheet]", workbook.worksheets):
                if sheet.sheet_state == "visible":
                    sheet.reset_dimensions()
                    heads.append(SheetHead(sheet.title, first_lines(sheet, path.name, options)))
            return [head for head in heads if head.lines]


def _first_records(file: BinaryIO, options: LoadOptions) -> list[Line]:
    encoding = encoding_of(file, "", options.encoding)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="", errors="replace")
    sample = text.read(_SAMPLE_CHARACTERS).removeprefix("\ufeff")
    text.detach()
    delimiter = options.delimiter or max(_DELIMITERS, key=sample.partition("\n")[0].count)
    lines: list[Line] = []
    try:
        for number, fields in enumerate(
            csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter), start=1
        ):
            if not is_blank(fields):
                lines.append((number, fields[: options.most_columns]))
            if len(lines) == 10:
                break
    except csv.Error:
        pass  # as far as it can be read
    return lines
