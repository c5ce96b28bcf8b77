"""What is wrong with the tables of classbatch.toml that speak of columns: [defaults], [columns], [values]."""

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from zoneinfo import available_timezones

from batch.core.message import Message, SettingFault
from batch.core.rows.cells import Fault, reader
from batch.core.rows.columns import BY_NAME, Kind
from batch.core.rows.problems import Issue
from batch.settings.setting import Wrong
from batch.settings.table import DEFAULTABLE

#: Tells a person where a setting of this name stands.
Place = Callable[[str], str]


def wrong_tables(values: Mapping[str, object], place: Place) -> Iterator[Wrong]:
    """Everything that is wrong in the tables of one layer of settings."""
    for name, wrong_in in (("defaults", _wrong_default), ("columns", _wrong_column), ("values", _wrong_map)):
        table = values.get(name, {})
        if not isinstance(table, dict):
            below = "[values.COLUMN]" if name == "values" else f"[{name}]"
            yield f"{place(name)} is not a table.", f"Write a line {below}, and name = value below it."
            continue
        for key, value in table.items():
            yield from wrong_in(str(key), value, place)


def _wrong_default(name: str, value: object, place: Place) -> Iterator[Wrong]:
    where = place(f"defaults.{name}")
    if name not in BY_NAME:
        yield f"{where} is not a column of the timetable.", _meant(name, DEFAULTABLE)
    elif name not in DEFAULTABLE:
        yield f"{where} cannot be: each class has its own.", f"Take {name} out, and fill in its column."
    else:
        yield from _wrong_cell(name, value, where)


def _wrong_column(header: str, name: object, place: Place) -> Iterator[Wrong]:
    if name != "" and name not in BY_NAME:
        where = place("columns")
        yield (
            f"{where}: {header!r} cannot be {name!r}, which is no column.",
            _meant(str(name), tuple(BY_NAME)),
        )


def _wrong_map(name: str, table: object, place: Place) -> Iterator[Wrong]:
    where = place(f"values.{name}")
    if name not in BY_NAME:
        yield f"{where} is not a column of the timetable.", _meant(name, tuple(BY_NAME))
    elif not isinstance(table, dict):
        yield f"{where} is not a table.", f'Write a line [values.{name}], and "cell" = "meaning" below it.'
    else:
        for cell, text in table.items():
            yield from _wrong_cell(name, text, f"{where}, {cell!r}")


def _meant(name: str, names: tuple[str, ...]) -> str:
    near = get_close_matches(name.casefold(), names, n=1)
    return f"Did you mean {near[0]}?" if near else f"These are: {', '.join(names)}."


def _wrong_cell(name: str, value: object, where: str) -> Iterator[Wrong]:
    """What is wrong with a value as the cell of a column."""
    column = BY_NAME[name]
    if not isinstance(value, str):
        yield f"{where} is not text.", f'Write it as in a cell of the timetable: "{column.example}".'
        return
    zones = frozenset(available_timezones()) if column.kind is Kind.ZONE else frozenset[str]()
    fault = reader(column, zones)(value)
    if isinstance(fault, Fault):
        facts = {"example": column.example, **fault.facts}
        issue = Issue(problem=fault.problem, column=name, header=name, value=value, facts=facts)
        yield Message(SettingFault.NO_SUCH_CELL, {"where": where, "issue": issue})
