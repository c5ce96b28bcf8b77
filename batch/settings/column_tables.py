"""What is wrong with the tables of classbatch.toml that speak of columns: [defaults], [columns], [values]."""

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from zoneinfo import available_timezones

from batch.core.grid.grid_text import KEYS as GRID_KEYS
from batch.core.grid.grid_text import read_grid
from batch.core.message import Message, SettingFault
from batch.core.rows.cells import Fault, reader
from batch.core.rows.columns import BY_NAME, Kind
from batch.core.rows.problems import Issue
from batch.core.term.term_text import KEYS, read_settings
from batch.settings.table import DEFAULTABLE

#: In words, where a setting of this name stands.
Place = Callable[[str], str]


def _wrong_term(values: Mapping[str, object], place: Place) -> Iterator[Message]:
    table = values.get("term", {})
    if not isinstance(table, dict):
        yield Message(SettingFault.NOT_A_TABLE, {"where": place("term"), "name": "term"})
        return
    _, faults = read_settings(table)
    for fault in faults:
        facts = {"where": place(f"term.{fault.key}"), "value": fault.text, "takes": KEYS.get(fault.key, "")}
        yield Message(SettingFault.NOT_OF_TERM, {**facts, "known": list(KEYS)})


def _wrong_grid(values: Mapping[str, object], place: Place) -> Iterator[Message]:
    table = values.get("grid", {})
    if not isinstance(table, dict):
        yield Message(SettingFault.NOT_A_TABLE, {"where": place("grid"), "name": "grid"})
        return
    _, faults = read_grid(table)
    for fault in faults:
        facts = {"where": place(f"grid.{fault.key}"), "name": fault.key, "value": fault.text}
        takes = GRID_KEYS.get(fault.key, "")
        yield Message(SettingFault.NOT_OF_GRID, {**facts, "takes": takes, "known": list(GRID_KEYS)})


def wrong_tables(values: Mapping[str, object], place: Place) -> Iterator[Message]:
    """Everything that is wrong in the tables of one layer of settings."""
    yield from _wrong_term(values, place)
    yield from _wrong_grid(values, place)
    for name, wrong_in in (("defaults", _wrong_default), ("columns", _wrong_column), ("values", _wrong_map)):
        table = values.get(name, {})
        if isinstance(table, dict):
            for key, value in table.items():
                yield from wrong_in(str(key), value, place)
        else:
            below = "values.COLUMN" if name == "values" else name
            yield Message(SettingFault.NOT_A_TABLE, {"where": place(name), "name": below})


def _wrong_default(name: str, value: object, place: Place) -> Iterator[Message]:
    where = place(f"defaults.{name}")
    if name not in BY_NAME:
        yield Message(SettingFault.NO_SUCH_COLUMN, {"where": where, **_meant(name, DEFAULTABLE)})
    elif name not in DEFAULTABLE:
        yield Message(SettingFault.OF_EACH_CLASS, {"where": where, "name": name})
    else:
        yield from _wrong_cell(name, value, where)


def _wrong_column(header: str, name: object, place: Place) -> Iterator[Message]:
    if name != "" and name not in BY_NAME:
        facts = {
            "where": place("columns"),
            "header": header,
            "name": name,
            **_meant(str(name), tuple(BY_NAME)),
        }
        yield Message(SettingFault.NO_COLUMN_FOR_HEADER, facts)


def _wrong_map(name: str, table: object, place: Place) -> Iterator[Message]:
    where = place(f"values.{name}")
    if name not in BY_NAME:
        yield Message(SettingFault.NO_SUCH_COLUMN, {"where": where, **_meant(name, tuple(BY_NAME))})
    elif not isinstance(table, dict):
        yield Message(SettingFault.NO_VALUE_MAP, {"where": where, "name": name})
    else:
        for cell, text in table.items():
            yield from _wrong_cell(name, text, f"{where}, {cell!r}")


def _meant(name: str, names: tuple[str, ...]) -> dict[str, object]:
    return {"near": get_close_matches(name.casefold(), names, n=1), "names": names}


def _wrong_cell(name: str, value: object, where: str) -> Iterator[Message]:
    """What is wrong with a value as the cell of a column."""
    column = BY_NAME[name]
    if not isinstance(value, str):
        yield Message(SettingFault.NOT_TEXT, {"where": where, "example": column.example})
        return
    zones = frozenset(available_timezones()) if column.kind is Kind.ZONE else frozenset[str]()
    fault = reader(column, zones)(value)
    if isinstance(fault, Fault):
        facts = {"example": column.example, **fault.facts}
        issue = Issue(problem=fault.problem, column=name, header=name, value=value, facts=facts)
        yield Message(SettingFault.NO_SUCH_CELL, {"where": where, "issue": issue})
