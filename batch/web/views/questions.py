"""What only the person can tell of a whole file, each a question of its own with its answers beside it."""

from collections.abc import Iterator, Mapping
from typing import Any

from batch.core.rows.addresses import is_address
from batch.core.rows.problems import Problem
from batch.report.facts import ResultRow
from batch.report.wording.language import tr_later, translated
from batch.report.wording.phrases import filled, tr
from batch.settings.table import Settings
from batch.web.state.uploads import Upload
from batch.web.views.mapping_form import zones_offered
from batch.web.views.model import MendField, Question
from batch.web.views.when_question import when_questions

MOST_NAMES = 100
_LONGEST = 320  #: name or address


class Names:
    """What stands where a presenter's address should, and is a name."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}

    def add(self, row: ResultRow) -> None:
        for issue in row.faults:
            name = issue.value.strip()
            if (
                issue.code == Problem.NOT_AN_EMAIL.code
                and issue.column == "presenter_email"
                and name
                and "@" not in name
                and len(name) <= _LONGEST
                and (name in self._rows or len(self._rows) < MOST_NAMES)
            ):
                self._rows[name] = self._rows.get(name, 0) + 1

    def __contains__(self, name: str) -> bool:
        return name in self._rows

    def all(self) -> list[tuple[str, int]]:
        """(name, rows), in the order of the file."""
        return list(self._rows.items())


def questions(upload: Upload, found: Mapping[str, Any], settings: Settings) -> Iterator[Question]:
    """What is to be asked of a file that was checked."""
    readings = found.get("mapping", {}).get("readings") or {}
    if readings and not upload.said.dates:
        yield Question(
            asks=tr("Which comes first in these dates: the day, or the month?"),
            why=tr("Nothing in the file proves it."),
            buttons=tuple(
                (filled(translated(first), {"days": readings[order]}), "dates", order)
                for order, first in (
                    ("dmy", tr_later("The day: {days}")),
                    ("mdy", tr_later("The month: {days}")),
                )
            ),
        )
    if not upload.said.clock and Problem.AT_NIGHT.value in found.get("codes", ()):
        yield Question(
            asks=tr("Do these lessons begin at night?"),
            why=tr(
                "They have a start before 7:00, and nothing says AM or PM. If the afternoon is meant, mend the rows below."
            ),
            buttons=((tr("Yes: the times are on the 24-hour clock"), "clock", "24"),),
        )
    if _asks_zone(upload, found, settings):
        yield Question(
            asks=tr("By which clock are these times?"),
            why=tr("The file does not say it. Until you do, they are read as GMT."),
            fields=(MendField(name="time_zone", header=tr("Time zone, such as Europe/London"), value=""),),
            choices=zones_offered(),
            button=tr("By this clock"),
        )
    yield from when_questions(upload, found, settings)
    names = found.get("names") or ()
    if names:
        yield Question(
            asks=tr("Which e-mail addresses do these teachers have?"),
            why=tr("The file has their names. What you write here is kept for later files, too."),
            fields=tuple(
                MendField(
                    name=f"name.{name}",
                    header=tr("{name} ({rows:count row})", name=name, rows=rows),
                    value="",
                )
                for name, rows in names
            ),
            button=tr("These are their addresses"),
        )


def _asks_zone(upload: Upload, found: Mapping[str, Any], settings: Settings) -> bool:
    if upload.said.time_zone or settings.defaults.get("time_zone"):
        return False
    return not any(column["chosen"] == "time_zone" for column in found.get("mapping", {}).get("columns", ()))


def addresses_in(form: Mapping[str, str], found: Mapping[str, Any]) -> tuple[dict[str, str], tuple[str, ...]]:
    """(name -> address, the texts that are none), of what was asked.

    Args:
        form: as it was sent.
        found: by the check that asked.
    """
    addresses, wrong = dict[str, str](), list[str]()
    for name, _ in found.get("names") or ():
        address = form.get(f"name.{name}", "").strip()
        if is_address(address):
            addresses[name] = address
        elif address:
            wrong.append(address[:_LONGEST])
    return addresses, tuple(wrong)
