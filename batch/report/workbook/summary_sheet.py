"""The sheet `Summary`: what came of the batch, on a page that can be printed and pinned to a wall."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from batch.core.outcome import NEEDS_A_PERSON, Outcome
from batch.core.rows.own_sheets import SUMMARY_SHEET
from batch.core.tally import Tally
from batch.core.text import one_line
from batch.report.facts import BatchFacts
from batch.report.wording.outcomes import (
    SANDBOX,
    counts_in_words,
    explained,
    in_words,
    next_steps,
    next_steps_of_undo,
)
from batch.report.workbook.breakdown import Breakdown, Counts
from batch.report.workbook.styles import (
    FILLS,
    SANDBOX_RED,
    Styles,
    for_paper,
    lines_of,
    put_text,
    set_height,
)

_LABEL, _NUMBER, _COLUMNS = 30, 11, 8  # widths in characters, and how many columns there are
_MOST_PRESENTERS = 200
_CHART_LINES = 16
_FEW = 10

#: The columns of the tables by day and by presenter: header, outcomes, colour in the chart.
_SERIES: tuple[tuple[str, frozenset[Outcome], str], ...] = (
    ("scheduled", frozenset({Outcome.SCHEDULED}), "#5B9E6B"),
    ("already", frozenset({Outcome.ALREADY}), "#8FB4D9"),
    ("changed", frozenset({Outcome.CHANGED}), "#6FB3A5"),
    ("to do", NEEDS_A_PERSON, "#E08E45"),
    ("not sent", frozenset({Outcome.NOT_SENT}), "#B5B5B5"),
)


class SummarySheet:
    """Written once, from the top down, when every row is known."""

    def __init__(self, book: Any, sheet: Any, styles: Styles) -> None:
        self._book = book
        self._sheet = sheet
        self._styles = styles
        self._line = 0
        self._series = _SERIES
        sheet.set_column(0, 0, _LABEL)
        sheet.set_column(1, _COLUMNS - 1, _NUMBER)
        sheet.hide_gridlines(2)

    def write(self, facts: BatchFacts, tally: Tally, breakdown: Breakdown, *, results: str) -> None:
        self._series = tuple(each for each in _SERIES if any(tally[outcome] for outcome in each[1]))
        self._title(facts)
        self._counts(tally)
        steps = (
            next_steps_of_undo(tally, undoes=facts.undoes, options=facts.options)
            if facts.undoes
            else next_steps(tally, results=results, options=facts.options, sends=facts.command)
        )
        if steps:
            self._section("What to do next")
            for number, step in enumerate(steps, start=1):
                self._merged(f"{number}. {one_line(step)}", self._styles.text("", wrap=True), first=0)
                self._line += 1
        if facts.notes:
            self._section("How the file was read, and what was taken for granted")
            for note in facts.notes:
                self._merged(note, self._styles.text(note, wrap=True), first=0)
                self._line += 1
        self._wrong(breakdown)
        self._by_day(breakdown)
        self._by_presenter(breakdown)
        self._section("This run")
        for label, text in facts_in_words(facts):
            self._wide(label, text)
        for_paper(self._sheet, landscape=False)

    def _title(self, facts: BatchFacts) -> None:
        where = f"{facts.file}, sheet {facts.sheet}" if facts.sheet else facts.file
        self._sheet.set_row(0, 26)
        put_text(self._sheet, 0, 0, one_line(where), self._styles.title)
        self._line = 1
        if facts.sandbox:
            self._sheet.set_tab_color(SANDBOX_RED)
            self._sheet.set_row(1, 26)
            self._sheet.merge_range(1, 0, 1, _COLUMNS - 1, SANDBOX, self._styles.loud)
            self._line = 2

    def _counts(self, tally: Tally) -> None:
        self._line += 1
        for outcome, rows, _ in counts_in_words(tally):
            fill = FILLS[outcome]
            self._put(0, outcome.value, self._styles.text("", fill, bold=True))
            self._sheet.write_number(self._line, 1, rows, self._styles.number(fill, bold=True))
            self._merged(explained(outcome, tally), self._styles.text("", fill, wrap=True))
            self._line += 1
        same = tally.rows == tally.file_rows
        for what, number in (
            ("rows in all", tally.file_rows),
            *(() if same else (("classes in all", tally.rows),)),
        ):
            self._put(0, what, self._styles.text("", bold=True))
            self._sheet.write_number(self._line, 1, number, self._styles.number(bold=True))
            self._line += 1

    def _wrong(self, breakdown: Breakdown) -> None:
        groups = breakdown.groups.all()
        if groups:
            self._section("What is wrong, by what mends it")
            for group in groups:
                self._counted(group.code, group.times, group.explained)
        codes = breakdown.codes()
        if codes:
            self._section("Rows by error code of the service")
            for code, rows, means in codes:
                self._counted(code, rows, means)

    def _by_day(self, breakdown: Breakdown) -> None:
        days = breakdown.days()
        if not days or not self._series:
            return
        self._section("Classes by day")
        chart_at = self._line
        self._line += _CHART_LINES
        first = self._line + 1
        self._table("day", [(f"{day:%Y-%m-%d %a}", counts) for day, counts in days])
        missing = breakdown.by_day.get(None)
        if missing:
            self._table_line("no day (invalid)", missing)
        self._chart(chart_at, first, [counts for _, counts in days])

    def _by_presenter(self, breakdown: Breakdown) -> None:
        presenters = breakdown.presenters()
        if not presenters:
            return
        self._section("Classes by presenter")
        self._table("presenter", presenters[:_MOST_PRESENTERS])
        rest = presenters[_MOST_PRESENTERS:]
        if rest:
            self._table_line(f"{len(rest)} more presenters", _sum(counts for _, counts in rest))
        missing = breakdown.by_presenter.get(None)
        if missing:
            self._table_line("no presenter (invalid)", missing)

    def _table(self, name: str, lines: Sequence[tuple[str, Counts]]) -> None:
        for position, head in enumerate((name, "rows", *(name for name, _, _ in self._series))):
            style = self._styles.number_header if position else self._styles.input_header
            self._put(position, head, style)
        self._line += 1
        for label, counts in lines:
            self._table_line(label, counts)

    def _table_line(self, label: str, counts: Counts) -> None:
        self._put(0, one_line(label), self._styles.text(label))
        self._sheet.write_number(self._line, 1, counts.total(), self._styles.number(bold=True))
        for position, (_, outcomes, _) in enumerate(self._series, start=2):
            rows = sum(counts[outcome] for outcome in outcomes)
            if rows:
                self._sheet.write_number(self._line, position, rows, self._styles.number())
        self._line += 1

    def _chart(self, line: int, first: int, days: Sequence[Counts]) -> None:
        last = first + len(days) - 1
        chart = self._book.add_chart({"type": "column", "subtype": "stacked"})
        for position, (name, outcomes, colour) in enumerate(self._series, start=2):
            if not any(counts[outcome] for counts in days for outcome in outcomes):
                continue
            chart.add_series(
                {
                    "name": name,
                    "categories": [SUMMARY_SHEET, first, 0, last, 0],
                    "values": [SUMMARY_SHEET, first, position, last, position],
                    "fill": {"color": colour},
                    "gap": 40,
                }
            )
        chart.set_legend({"position": "top"})
        axis = {"major_gridlines": {"visible": True, "line": {"color": "#E3E3E3"}}, "min": 0}
        # Left alone, a low axis counts halves of classes.
        chart.set_y_axis(axis | ({"major_unit": 1} if max(map(Counts.total, days)) <= _FEW else {}))
        chart.set_x_axis({"num_font": {"rotation": -45, "size": 8}})
        # As wide as the page, and a little lower than the lines kept free for it.
        chart.set_size({"width": 765, "height": _CHART_LINES * 20 - 12})
        self._sheet.insert_chart(line, 0, chart, {"y_offset": 4})

    def _section(self, title: str) -> None:
        self._line += 1
        for position in range(_COLUMNS):
            self._put(position, title if position == 0 else "", self._styles.section)
        self._line += 1

    def _counted(self, label: str, number: int, text: str) -> None:
        self._put(0, label, self._styles.text(label, bold=True))
        self._sheet.write_number(self._line, 1, number, self._styles.number())
        self._merged(one_line(text), self._styles.text(text, wrap=True))
        self._line += 1

    def _wide(self, label: str, text: str) -> None:
        """A text over all columns but the first."""
        self._put(0, label, self._styles.text(label, bold=True))
        self._merged(one_line(text), self._styles.text(text, wrap=True), first=1)
        self._line += 1

    def _merged(self, text: str, style: Any, first: int = 2) -> None:
        width = (_COLUMNS - first) * _NUMBER + (_LABEL - _NUMBER if first == 0 else 0)
        set_height(self._sheet, self._line, lines_of(text, width))
        # Merged by hand: `merge_range` would take a text that begins with = for a formula.
        self._sheet.merge_range(self._line, first, self._line, _COLUMNS - 1, "", style)
        self._put(first, text, style)

    def _put(self, position: int, text: str, style: Any) -> None:
        put_text(self._sheet, self._line, position, text, style)


def facts_in_words(facts: BatchFacts) -> list[tuple[str, str]]:
    """What is known of the run, label and text; what is not known is left out."""
    took = facts.finished - facts.started if facts.started and facts.finished else None
    lines = [
        ("File", facts.file),
        ("Sheet", facts.sheet),
        ("SHA-256 of the file", facts.sha256),
        ("Batch", facts.batch or ""),
        ("Account", facts.account),
        ("Sent to", facts.sent_to),
        ("Started", _clock(facts.started)),
        ("Finished", _clock(facts.finished)),
        ("Took", "" if took is None else in_words(took.total_seconds())),
        ("Requests to schedule", "" if facts.calls is None else f"{facts.calls}"),
        ("of these, repeated", "" if facts.retries is None else f"{facts.retries}"),
        ("Classes at once", facts.limit),
        ("classbatch", facts.version),
        ("Column start_local", "When the class starts on its own clock; summer time is marked."),
        ("Column start_utc", "The same moment by the clock of UTC."),
        ("Column presenter_url", "Logs the presenter in without a password: give it to nobody else."),
    ]
    return [(label, text) for label, text in lines if text]


def _clock(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def _sum(all_counts: Iterable[Counts]) -> Counts:
    total = Counts()
    for counts in all_counts:
        total.update(counts)
    return total
