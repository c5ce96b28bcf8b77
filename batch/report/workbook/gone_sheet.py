"""The results workbook's sheet `Gone`: the classes that are no longer in the file, and what became of them."""

from collections.abc import Callable, Sequence
from typing import Any

from batch.core.rows.own_sheets import GONE_SHEET
from batch.report.facts import GoneClass
from batch.report.local_time import start_local
from batch.report.text import cell_text
from batch.report.workbook.styles import FILLS, HEADER

_WIDTHS = {
    "title": 40,
    "start": 36,
    "presenter": 32,
    "class_id": 12,
    "outcome": 12,
    "row_then": 10,
    "message": 80,
}


def gone_sheet(classes: Sequence[GoneClass]) -> Callable[[Any], None]:
    """What adds the sheet to an XlsxWriter workbook; nothing where no class is gone."""

    def add(book: Any) -> None:
        if not classes:
            return
        sheet = book.add_worksheet(GONE_SHEET)
        head = book.add_format({"bold": True, "font_color": "#FFFFFF", "bg_color": HEADER})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        fills = {outcome: book.add_format({"bg_color": colour}) for outcome, colour in FILLS.items()}
        for column, (name, width) in enumerate(_WIDTHS.items()):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, name, head)
        for line, each in enumerate(classes, start=1):
            texts = (
                each.title,
                start_local(each.starts, each.zone),
                each.presenter,
                each.class_id,
                each.outcome.value if each.outcome else "",
                str(each.row_then),
                each.message or "Nothing was done: its class is as it was.",
            )
            for column, text in enumerate(texts):
                is_outcome = column == list(_WIDTHS).index("outcome") and each.outcome is not None
                look = fills[each.outcome] if is_outcome and each.outcome else wrapped
                sheet.write_string(line, column, cell_text(text), look)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(classes), len(_WIDTHS) - 1)

    return add
