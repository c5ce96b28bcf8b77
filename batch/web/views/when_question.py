"""When lessons are whose file names a period or a day of the week alone: asked once for the file, like the teachers' addresses."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from batch.core.quick_dataclass import dataclass
from batch.core.rows.cells import Fault, read_start
from batch.core.rows.problems import Problem
from batch.core.term.repeats import Repeat, read_repeat
from batch.core.term.weekdays import read_weekdays
from batch.report.facts import ResultRow
from batch.report.wording.language import tr_later, translated
from batch.report.wording.phrases import tr
from batch.settings.table import Settings
from batch.web.state.notice import Notice
from batch.web.state.uploads import Upload
from batch.web.views.model import MendField, Question

_LONGEST = 60
_MOST_NAMES = 30  #: of one kind
#: A period as timetables name it: 3, P3, Period 3, 3rd; anything else is a slip in an hour.
_PERIOD = re.compile(r"(?:[^\W\d_]{1,12}\.? ?)?[0-9]{1,2}(?:\.|st|nd|rd|th)?")
_WORDS = re.compile(r"[^@]{1,40}")
_DAYS = {
    "starts": tr_later("First day, such as 2031-09-01"),
    "ends": tr_later("Last day, such as 2031-12-19"),
}


@dataclass(frozen=True, slots=True)
class _Kind:
    """Names that only the school can explain, in cells of one column."""

    column: str
    problems: frozenset[str]  #: codes
    form: re.Pattern[str]
    asks: str
    why: str
    example: str
    button: str
    is_answer: Callable[[str], bool]


#: By what it is called in findings, in the form and in what was said.
KINDS: Mapping[str, _Kind] = {
    "periods": _Kind(
        column="start_time",
        problems=frozenset({Problem.NOT_A_TIME.code, Problem.BARE_NUMBER.code}),
        form=_PERIOD,
        asks="When are these periods?",
        why="The file has their names, and not their hours.",
        example="08:30-09:20",
        button="These are their hours",
        is_answer=lambda text: not isinstance(read_start(text), Fault),
    ),
    "days": _Kind(
        column="weekday",
        problems=frozenset({Problem.NOT_WEEKDAYS.code}),
        form=_WORDS,
        asks="Which days of the week are these?",
        why="The file calls them so, and the school knows which they are.",
        example="Mon, Wed",
        button="These are the days",
        is_answer=lambda text: isinstance(read_weekdays(text), frozenset),
    ),
    "meets": _Kind(
        column="repeat",
        problems=frozenset({Problem.NOT_A_REPEAT.code}),
        form=_WORDS,
        asks="On which days do these classes meet?",
        why="The file says that they repeat, and not how.",
        example="Mon, Wed",
        button="These are the days",
        is_answer=lambda text: isinstance(read_repeat(text), Repeat),
    ),
}


class Unexplained:
    """What stands in cells where only the school knows what is meant: periods by name, days of a cycle, kinds of classes."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, int]] = {kind: {} for kind in KINDS}

    def add(self, row: ResultRow) -> None:
        for issue in row.faults:
            for name, kind in KINDS.items():
                cell, rows = issue.value.strip(), self._rows[name]
                if (
                    issue.column == kind.column
                    and issue.code in kind.problems
                    and kind.form.fullmatch(cell)
                    and (cell in rows or len(rows) < _MOST_NAMES)
                ):
                    rows[cell] = rows.get(cell, 0) + 1

    def all(self) -> dict[str, list[tuple[str, int]]]:
        """(cell, rows) of each kind, in the order of the file."""
        return {kind: list(rows.items()) for kind, rows in self._rows.items()}


def when_questions(upload: Upload, found: Mapping[str, Any], settings: Settings) -> Iterator[Question]:
    """What is to be asked of a file whose lessons repeat."""
    if not _names_weekdays(found):
        return
    unexplained = found.get("unexplained", {})
    for name, kind in KINDS.items():
        if cells := unexplained.get(name):
            meanings = upload.said.when.get(name, {})
            yield Question(
                asks=translated(kind.asks),
                why=translated(kind.why),
                fields=tuple(
                    MendField(
                        name=f"{name}.{cell}",
                        header=tr(
                            "{cell}, such as {example} ({rows:count row})",
                            cell=cell,
                            example=translated(kind.example),
                            rows=rows,
                        ),
                        value=str(meanings.get(cell, "")),
                    )
                    for cell, rows in cells
                ),
                button=translated(kind.button),
            )
    # A row whose hour or day is not known is not told that its first and last days are not either.
    is_open = any(unexplained.values()) and not {*_DAYS} <= {*settings.term, *upload.said.when}
    if is_open or Problem.NO_BOUNDS.code in found.get("codes", ()):
        yield Question(
            asks=tr("From when until when do these lessons repeat?"),
            why=tr(
                "The file names days of the week, and no dates. Both days are included; a sheet Term in a workbook goes "
                "before."
            ),
            fields=tuple(
                MendField(
                    name=name,
                    header=translated(label),
                    value=str(upload.said.when.get(name) or settings.term.get(name) or ""),
                )
                for name, label in _DAYS.items()
            ),
            button=tr("These are the days"),
        )


def _names_weekdays(found: Mapping[str, Any]) -> bool:
    columns = found.get("mapping", {}).get("columns", ())
    return any(column["chosen"] in {"weekday", "repeat"} for column in columns)


def when_in(
    form: Mapping[str, str], found: Mapping[str, Any], before: Mapping[str, Any]
) -> tuple[dict[str, Any], Notice | None]:
    """What holds from now on of when the lessons are, and what of the form cannot be taken; the rest of it is.

    Args:
        form: as it was sent.
        found: by the check that asked.
        before: what was said until now.
    """
    wrong: list[Notice] = []
    when = dict(before)
    for name, kind in KINDS.items():
        answers = dict(before.get(name, {}))
        for cell, _ in found.get("unexplained", {}).get(name, ()):
            typed = form.get(f"{name}.{cell}", "").strip()[:_LONGEST]
            if typed and kind.is_answer(typed):
                answers[cell] = typed
            elif typed:
                fix = tr(
                    "Write it as {example}. Everything else that you answered here is kept.",
                    example=translated(kind.example),
                )
                says = tr("{typed!r} does not say when {cell!r} is.", typed=typed, cell=cell)
                wrong.append(Notice(says=says, fix=fix, tone="bad"))
        if answers:
            when[name] = answers
    days = {name: form[name].strip()[:_LONGEST] for name in _DAYS if form.get(name, "").strip()}
    if (notice := wrong_days({**before, **days})) is not None:
        wrong.append(notice)
        days = {}
    return {**when, **days}, wrong[0] if wrong else None


def wrong_days(when: Mapping[str, Any]) -> Notice | None:
    """What is wrong with the first and the last day of a term, as they were typed."""
    typed = [str(when[name]) for name in _DAYS if when.get(name)]
    days = [_day(each) for each in typed]
    if None in days:
        says, fix = tr("The first or the last day of the term cannot be read."), tr("Write it as 2031-09-01.")
        return Notice(says=says, fix=fix, tone="bad")
    if len(typed) > 1 and typed[0] > typed[1]:
        return Notice(
            says=tr("The term ends before it begins."), fix=tr("Mend one of the two days."), tone="bad"
        )
    return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
