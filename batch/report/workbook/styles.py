"""How the results workbook looks: colours, widths, and cells that never become a formula."""

from collections.abc import Mapping
from itertools import product
from typing import Any

from batch.core.outcome import Outcome
from batch.report.text import cell_text, looks_like_formula

#: Calm fills, told apart by colour-blind readers too; the word stands beside each.
FILLS: Mapping[Outcome, str] = {
    Outcome.SCHEDULED: "#E3F1E3",
    Outcome.ALREADY: "#E8F0F8",
    Outcome.CHANGED: "#DDEFE9",
    Outcome.CANCELLED: "#EDE7DC",
    Outcome.INVALID: "#FBE3D6",
    Outcome.HELD: "#FFF3CC",
    Outcome.REFUSED: "#F8D9D9",
    Outcome.UNKNOWN: "#E9DFF2",
    Outcome.NOT_SENT: "#EDEDED",
    Outcome.READY: "#E3F1E3",
}
HEADER = "#1F3A5F"
INPUT_HEADER = "#5B6B7F"
SANDBOX_RED = "#B3261E"
#: The very cell that has to be mended.
AT_FAULT = "#F6B48F"
_GRID = "#D9D9D9"
_GROUP_LINE = "#7A8797"

LINE_HEIGHT, TALLEST = 15, 405  # points; Excel allows 409


class Styles:
    """The workbook's formats, each made once."""

    def __init__(self, book: Any, *, sandbox: bool) -> None:
        self._book = book
        self._made: dict[Look, Any] = {}
        head = {"bold": True, "font_color": "#FFFFFF", "border": 1, "border_color": "#FFFFFF"}
        head |= {"valign": "vcenter", "bg_color": SANDBOX_RED if sandbox else HEADER}
        self.own_header = book.add_format(head)
        self.input_header = book.add_format(head | {"bg_color": INPUT_HEADER})
        self.number_header = book.add_format(head | {"bg_color": INPUT_HEADER, "align": "center"})
        self.loud = book.add_format(head | {"bg_color": SANDBOX_RED, "font_size": 14})
        self.title = book.add_format({"bold": True, "font_size": 16, "font_color": HEADER})
        self.section = book.add_format(
            {"bold": True, "font_size": 12, "font_color": HEADER, "bottom": 2, "bottom_color": HEADER}
        )

    def number(self, fill: str | None = None, *, bold: bool = False, begins_group: bool = False) -> Any:
        return self._made_once(("center", fill, False, bold, False, begins_group, False))

    def text(
        self,
        text: str,
        fill: str | None = None,
        *,
        wrap: bool = False,
        bold: bool = False,
        begins_group: bool = False,
        link: bool = False,
    ) -> Any:
        return self._made_once(("left", fill, wrap, bold, looks_like_formula(text), begins_group, link))

    def of_rows(self) -> "dict[Look, Any]":
        """Every format that a row may have, by its look."""
        fills = [None, AT_FAULT, *dict.fromkeys(FILLS.values())]
        looks = [number_look(fill, begins_group=group) for fill in fills for group in (False, True)]
        for wrap, quoted, group in product((False, True), repeat=3):
            looks += [text_look(fill, wrap=wrap, quoted=quoted, begins_group=group) for fill in fills]
        looks.append(LINK_LOOK)
        return {look: self._made_once(look) for look in looks}

    def _made_once(self, look: "Look") -> Any:
        found = self._made.get(look)
        if found is None:
            found = self._made[look] = self._book.add_format(_format(*look))
        return found


#: What tells one format from another, in the order of `_format`: asked for in every cell, so a plain tuple.
Look = tuple[str, str | None, bool, bool, bool, bool, bool]
LINK_LOOK: Look = ("left", None, False, False, False, False, True)


def number_look(fill: str | None = None, *, begins_group: bool = False) -> Look:
    return "center", fill, False, False, False, begins_group, False


def text_look(
    fill: str | None = None, *, wrap: bool = False, quoted: bool = False, begins_group: bool = False
) -> Look:
    return "left", fill, wrap, False, quoted, begins_group, False


def _format(
    align: str,
    fill: str | None,
    wrap: bool,
    bold: bool,
    quoted: bool,
    begins_group: bool,
    link: bool,
) -> dict[str, Any]:
    look: dict[str, Any] = {
        "align": align,
        "valign": "top",
        "text_wrap": wrap,
        "bold": bold,
        "quote_prefix": quoted,
    }
    if fill is not None:
        # A fill hides the grid lines; a border gives them back.
        look |= {"bg_color": fill, "border": 1, "border_color": _GRID}
    if begins_group:
        look |= {"top": 2, "top_color": _GROUP_LINE}
    if link:
        look |= {"font_color": "#0B5394", "underline": 1}
    return look


def put_text(sheet: Any, line: int, position: int, text: str, style: Any) -> None:
    """Write a text as text: it becomes no formula, no link, no number."""
    text = cell_text(text)
    if text:
        sheet.write_string(line, position, text, style)
    else:
        sheet.write_blank(line, position, None, style)


def height_of(lines: int) -> float | None:
    """In points, high enough for so many lines of wrapped text, as LibreOffice does not do on its own; None: as usual."""
    return min(lines * LINE_HEIGHT, TALLEST) if lines > 1 else None


def set_height(sheet: Any, line: int, lines: int) -> None:
    """Make a line high enough for its wrapped text."""
    height = height_of(lines)
    if height is not None:
        sheet.set_row(line, height)


def lines_of(text: str, width: int) -> int:
    """How many lines a text takes in a column of this width."""
    # A column's width is counted in digits; letters are narrower on average.
    fits = width * 6 // 5
    return sum(max(1, -(-len(line) // fits)) for line in text.split("\n"))


def for_paper(sheet: Any, *, landscape: bool = True, pages_wide: int = 1) -> None:
    if landscape:
        sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.5)
    sheet.fit_to_pages(pages_wide, 0)
