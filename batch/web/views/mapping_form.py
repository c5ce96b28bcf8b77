"""What a person says on the page about how their file is read: its sheet, columns, dates and time zone."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from batch.core.quick_dataclass import dataclass
from batch.core.rows.cells import Fault, reader
from batch.core.rows.columns import BY_NAME, AccountKind, columns_for, fold
from batch.core.rows.known_formats import Format
from batch.core.rows.problems import Problem
from batch.core.rows.zone_suggestions import zone_meant
from batch.core.text import one_line, visible
from batch.report.wording.language import tr_later
from batch.report.wording.phrases import Reader, tr
from batch.report.wording.problems import worded
from batch.time_zones import pinned_zones, zone_names
from batch.web.state.notice import Notice
from batch.web.state.orders import FileOverrides
from batch.web.views.mapping_question import ALL_SHEETS

_LONGEST_ZONE = 100
#: The value of `dates`, and what it means, in the words of the form.
DATES: Mapping[str, str] = {
    "": tr_later("As the dates of the file show"),
    "dmy": tr_later("Day first: 5 June 2031"),
    "mdy": tr_later("Month first: 6 May 2031"),
    "ymd": tr_later("Year first, where it has two digits"),
}
_DATES_SAID: Mapping[str, str] = {
    "dmy": tr_later("As you said of this file: dates such as 05/06/2031 are written day first."),
    "mdy": tr_later("As you said of this file: dates such as 05/06/2031 are written month first."),
    "ymd": tr_later("As you said of this file: dates such as 05/06/2031 are written year first."),
}
#: The value of `clock`, and what it means.
CLOCKS: Mapping[str, str] = {
    "": tr_later("As the times of the file show"),
    "24": tr_later("On the 24-hour clock: 1:15 is at night"),
}
#: The value of `format`, and whose export that is.
FORMATS: Mapping[str, str] = {
    "": tr_later("No program's, or one that its headers show"),
    Format.UNTIS: tr_later("Untis: GPU001.TXT, which has no header"),
    Format.ASC: tr_later("aSc Timetables"),
    Format.GOOGLE: tr_later("Google Calendar"),
    Format.OUTLOOK: tr_later("Outlook's calendar"),
    Format.MOODLE: tr_later("Moodle: the sessions of an attendance activity"),
    Format.ONEROSTER: tr_later("OneRoster: classes.csv"),
    Format.POWERSCHOOL: tr_later("PowerSchool: sections"),
}


@dataclass(frozen=True, slots=True)
class Form:
    """The form as it was sent. `wrong` is told where it cannot be taken; `said` then holds what was typed."""

    said: FileOverrides
    wrong: Notice | None = None


def read_form(
    before: FileOverrides,
    asked: Mapping[str, Any],
    form: Mapping[str, str],
    account: AccountKind,
    zone_of_page: str,
) -> Form:
    """What was said until now, and what the form says besides; what it cannot say is left aside.

    Args:
        before: until now.
        asked: what the form asked.
        form: its fields.
        account: whose columns there are.
        zone_of_page: the time zone that the settings have.
    """
    sheet, dates = form.get("sheet", ""), form.get("dates", before.dates)
    clock, program = form.get("clock", before.clock), form.get("format", before.format)
    # The page has it as it can be seen.
    sheet = next((name for name in asked["sheets"] if visible(name) == sheet), sheet)
    zone, wrong = zone_typed(form["time_zone"]) if "time_zone" in form else (before.time_zone, None)
    overrides = FileOverrides(
        columns=_columns(before.columns, asked, form, {column.name for column in columns_for(account)}),
        remember=form.get("remember") == "on",
        sheet=sheet if sheet in asked["sheets"] else before.sheet if sheet != ALL_SHEETS else "",
        all_sheets=sheet == ALL_SHEETS or (before.all_sheets and not sheet),
        dates=dates if dates in DATES else before.dates,
        clock=clock if clock in CLOCKS else before.clock,
        format=program if program in FORMATS else before.format,
        time_zone="" if zone == zone_of_page else zone,
        addresses=before.addresses,
        grid=before.grid,
        when=before.when,
    )
    return Form(overrides, wrong)


def _columns(
    before: Mapping[str, str], asked: Mapping[str, Any], form: Mapping[str, str], known: set[str]
) -> dict[str, str]:
    columns = dict(before)
    for column in asked["columns"]:
        chosen, name = form.get(f"column-{column['position']}"), str(column["name"])
        if chosen is None or chosen not in known | {""}:
            continue
        columns = {header: meant for header, meant in columns.items() if fold(header) != fold(name)}
        if chosen != column["chosen"] or name in before:
            columns[name] = chosen
    return columns


def zone_typed(typed: str) -> tuple[str, Notice | None]:
    """The zone's own name; or what was typed, and what is wrong with it."""
    typed = one_line(typed)[:_LONGEST_ZONE]
    column = BY_NAME["time_zone"]
    read = reader(column, known_zones())(typed)
    if not isinstance(read, Fault):
        return str(read or ""), None
    likely = read.facts.get("example") or zone_meant(typed, zone_names()) or column.example
    (wrong,) = worded([Problem.NOT_A_ZONE.at(column.name, typed, header="", example=likely)], Reader.PAGE)
    return typed, Notice(says=f"{typed!r} {wrong.message}.", fix=wrong.hint, tone="bad")


@lru_cache(maxsize=1)
def known_zones() -> frozenset[str]:
    return pinned_zones()


@lru_cache(maxsize=1)
def zones_offered() -> tuple[str, ...]:
    """Names to choose from, places alone; others are taken, too."""
    return tuple(sorted(zone for zone in known_zones() if not zone.startswith(("Etc/", "SystemV/", "US/"))))


def said_in_words(overrides: FileOverrides, known_names: Iterable[str] = ()) -> Iterator[str]:
    """What holds for this file, because it was said of it, or of the teachers whose names (`known_names`) it has."""
    if overrides.dates:
        yield tr(_DATES_SAID[overrides.dates])
    if overrides.clock:
        yield tr("As you said of this file: its times are on the 24-hour clock.")
    if overrides.format:
        yield tr(
            "As you said of this file: it is an export of {program}.", program=tr(FORMATS[overrides.format])
        )
    if overrides.time_zone:
        yield tr(
            "As you said of this file: where it names no time zone, starts are by the clock of {zone}.",
            zone=overrides.time_zone,
        )
    known = [
        tr("{name} is {address}", name=name, address=overrides.addresses[name])
        for name in known_names
        if name in overrides.addresses
    ]
    if known:
        yield tr("As you said: {known:list and}.", known=known)
