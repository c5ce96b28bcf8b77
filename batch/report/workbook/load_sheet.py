"""The results workbook's Load sheet: a heat map of hours by days, and a chart of each day's peak against the limit."""

from collections.abc import Callable
from typing import Any

from batch.core.plan.load import Load
from batch.core.rows.own_sheets import LOAD_SHEET

_TITLE, _HEADER, _FIRST = 0, 2, 3  # lines
_DATE, _PEAK, _LIMIT, _HOURS = 0, 1, 2, 3  # columns
_FULL = (0x7F, 0xA8, 0xD1)  # one hue: how dark it is tells how full, to colour-blind readers too
_BAR = "#7FA8D1"
_OVER = "#C8553D"
_COUNTED_SINGLY = 12  # a chart of no more classes has a line for each
_INK = "#1F3A5F"


def load_sheet(load: Load) -> Callable[[Any], None]:
    """What adds the sheet to an XlsxWriter workbook; nothing where no class is asked for."""

    def add(book: Any) -> None:
        if load.days:
            _LoadSheet(book, load).write()

    return add


class _LoadSheet:
    def __init__(self, book: Any, load: Load) -> None:
        self._book = book
        self._load = load
        self._sheet = book.add_worksheet(LOAD_SHEET)
        self._looks: dict[tuple[int, bool], Any] = {}
        self._last = _FIRST + len(load.days) - 1

    def write(self) -> None:
        self._write_head()
        self._write_days()
        self._draw()
        self._sheet.freeze_panes(_FIRST, _HOURS)
        self._sheet.set_landscape()
        self._sheet.set_paper(9)  # A4
        self._sheet.fit_to_pages(1, 0)
        self._sheet.repeat_rows(_HEADER)
        self._sheet.print_area(0, 0, self._last, _HOURS + len(self._load.hours) - 1)

    def _write_head(self) -> None:
        load, sheet = self._load, self._sheet
        bold = self._book.add_format({"bold": True, "font_size": 14, "font_color": _INK})
        head = self._book.add_format(
            {"bold": True, "bg_color": _INK, "font_color": "#FFFFFF", "align": "center"}
        )
        sheet.write_string(_TITLE, 0, f"Classes at once, by the clock of {load.zone}", bold)
        allowed = "not known yet" if load.limit is None else f"{load.limit}; where more are asked for is red"
        sheet.write_string(_TITLE + 1, 0, f"How many the licence allows: {allowed}.")
        names = ("day", "peak", "limit", *(f"{hour:02}:00" for hour in load.hours))
        for column, name in enumerate(names):
            sheet.write_string(_HEADER, column, name, head)
        sheet.set_column(_DATE, _DATE, 16)
        sheet.set_column(_PEAK, _HOURS + len(load.hours), 6)

    def _write_days(self) -> None:
        day_format = self._book.add_format({"num_format": "ddd d mmm yyyy", "align": "left"})
        middle = self._book.add_format({"align": "center"})
        for line, day in enumerate(self._load.days, start=_FIRST):
            self._sheet.write_datetime(line, _DATE, day.date, day_format)
            self._sheet.write_number(line, _PEAK, day.peak, self._look(day.peak, bold=True))
            if self._load.limit is not None:
                self._sheet.write_number(line, _LIMIT, self._load.limit, middle)
            for column, hour in enumerate(self._load.hours, start=_HOURS):
                if hour in day.peaks:
                    self._sheet.write_number(line, column, day.peaks[hour], self._look(day.peaks[hour]))

    def _look(self, peak: int, *, bold: bool = False) -> Any:
        """How a number looks. Not left to conditional formats: LibreOffice lets a scale paint over the warning."""
        if (peak, bold) not in self._looks:
            look: dict[str, Any] = {"align": "center", "bold": bold}
            if self._load.limit is not None and peak > self._load.limit:
                look |= {"bg_color": _OVER, "font_color": "#FFFFFF", "bold": True}
            elif not bold:
                top = self._load.limit or max(day.peak for day in self._load.days)
                look["bg_color"] = "#" + "".join(f"{255 - (255 - each) * peak // top:02X}" for each in _FULL)
            self._looks[peak, bold] = self._book.add_format(look)
        return self._looks[peak, bold]

    def _draw(self) -> None:
        chart = self._book.add_chart({"type": "column"})
        days = [LOAD_SHEET, _FIRST, _DATE, self._last, _DATE]
        peaks = [LOAD_SHEET, _FIRST, _PEAK, self._last, _PEAK]
        chart.add_series(
            {"name": "Most at once", "categories": days, "values": peaks, "fill": {"color": _BAR}, "gap": 40}
        )
        if self._load.limit is not None:
            line = self._book.add_chart({"type": "line"})
            limits = [LOAD_SHEET, _FIRST, _LIMIT, self._last, _LIMIT]
            line.add_series(
                {
                    "name": "Allowed",
                    "categories": days,
                    "values": limits,
                    "line": {"color": _OVER, "width": 2},
                }
            )
            chart.combine(line)
        chart.set_title({"name": "Most classes at once, day by day"})
        # Days without classes are no gaps: the axis is of texts, not of dates.
        chart.set_x_axis({"text_axis": True, "num_format": "d mmm", "num_font": {"rotation": -90}})
        most = max(day.peak for day in self._load.days)
        whole = {"major_unit": 1} if most <= _COUNTED_SINGLY else {}
        chart.set_y_axis(
            {"min": 0, **whole, "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}}
        )
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": 900, "height": 320})
        self._sheet.insert_chart(_FIRST, _HOURS + len(self._load.hours) + 1, chart)
