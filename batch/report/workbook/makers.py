"""What makes each workbook of a batch, once its rows come. The libraries are imported then: many a run needs none."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO

from batch.core.errors import CannotRun
from batch.core.message import FileFault
from batch.core.rows.row import Header, Numbered
from batch.core.tally import Tally
from batch.journal.records import Batch
from batch.journal.store import Journal
from batch.report.ending import Maker, Written
from batch.report.facts import BatchFacts, ResultRow
from batch.report.projection import gone_classes, load_of
from batch.report.workbook.gone_sheet import gone_sheet
from batch.report.workbook.load_sheet import load_sheet


def prepare_results(*, with_input: bool) -> None:
    """Do ahead what each results workbook needs, whatever its rows are."""
    from batch.report.workbook.results import numbers_of_rows  # noqa: PLC0415 - brings xlsxwriter, which a check can do without

    numbers_of_rows(with_input=with_input)


def results_workbook(
    journal: Journal,
    batch: Batch,
    out: Path,
    *,
    presenter_links: bool = False,
    follow: bool = True,
    limit: int | None = None,
) -> Maker:
    """Makes the results workbook."""

    def make(rows: Iterator[ResultRow], facts: BatchFacts, tally: Tally) -> Written:
        from batch.report.workbook.results import write_results  # noqa: PLC0415 - brings xlsxwriter, which a check can do without

        return write_results(
            out,
            header_names=batch.header,
            rows=rows,
            facts=facts,
            tally=tally,
            presenter_links=presenter_links,
            follow=follow,
            more_sheets=[
                gone_sheet([*gone_classes(journal, batch.id)]),
                load_sheet(load_of(journal, batch.id, limit=limit)),
            ],
        )

    return make


def marked_copy(
    header: Header,
    batch: Batch,
    out: Path,
    original: AbstractContextManager[BinaryIO] | None,
    chart: Sequence[Numbered] = (),
) -> Maker:
    """Makes the person's own file again, its problems marked.

    Args:
        header: of the file.
        batch: whose rows are marked.
        out: where the copy goes.
        original: the file as openpyxl reads it; None: there is none, or nothing is left of it.
        chart: the lines of a weekly grid that is CSV.
    """
    if not header.row and not (header.of_grid and (chart or original is not None)):
        raise CannotRun(FileFault.NO_MARKED_COPY, name=batch.file)

    def make(rows: Iterator[ResultRow], _facts: BatchFacts, _tally: Tally) -> Written:
        from batch.report.workbook.marked_copy import write_marked  # noqa: PLC0415 - openpyxl is slow to import

        with original or nullcontext() as content:
            return write_marked(content, out, header=header, sheet=batch.sheet, rows=rows, chart=chart)

    return make
