"""The first lines of a file whose header is not known: what a person is asked about."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

from batch.core.grid.chart import Unfolded
from batch.core.quick_dataclass import dataclass
from batch.core.rows.columns import AccountKind
from batch.core.rows.row import Numbered
from batch.readers.container import check_container
from batch.readers.delimited import every_record, first_records
from batch.readers.grid import chart_in
from batch.readers.kind import FileKind, kind_of
from batch.readers.options import LoadOptions


@dataclass(frozen=True, slots=True)
class SheetHead:
    """The first lines of one sheet; `title` is "" for CSV."""

    title: str
    lines: Sequence[Numbered]


def grids_of(path: Path, options: LoadOptions, account: AccountKind) -> list[tuple[str, Unfolded]]:
    """The visible sheets that look like weekly grids, each with its title ("" for CSV): all of each.

    Raises:
        FileProblem: it cannot be read at all.
    """
    with path.open("rb") as file:
        kind = kind_of(file, path.name)
        if kind is FileKind.CSV:
            chart = chart_in(every_record(file, path.name, options, account), path.name)
            return [("", chart)] if chart else []
        if kind is not FileKind.XLSX:
            return []
        check_container(file, path.name, options)
        from batch.readers.sheet import Sheet, loaded  # noqa: PLC0415 - openpyxl is slow to import
        from batch.readers.workbook import chart_of  # noqa: PLC0415 - as above

        with loaded(file, path.name, data_only=True) as workbook:
            charts = []
            for sheet in cast("list[Sheet]", workbook.worksheets):
                if sheet.sheet_state == "visible":
                    sheet.reset_dimensions()
                    charts.append((sheet.title, chart_of(sheet, file, path.name, options)))
            return [(title, chart) for title, chart in charts if chart is not None]


def heads_of(path: Path, options: LoadOptions, account: AccountKind) -> list[SheetHead]:
    """The visible sheets that hold anything.

    Raises:
        FileProblem: it cannot be read at all.
    """
    with path.open("rb") as file:
        kind = kind_of(file, path.name)
        if kind is FileKind.CALENDAR:
            return []  # it has no header that somebody could be asked about
        if kind is FileKind.CSV:
            lines = first_records(file, path.name, options, account)
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
