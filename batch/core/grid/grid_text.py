"""What the settings say of weekly grids, under [grid]."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from batch.core.grid.cell_template import CellTemplate
from batch.core.quick_dataclass import dataclass
from batch.core.rows.columns import BY_NAME
from batch.core.rows.value_maps import folded

#: What a line of [grid] takes, for whoever wrote something else.
KEYS: Mapping[str, str] = {
    "cell": r'what stands in a cell, part by part, such as "{title}\n{presenter_email}\n{}"; {} leaves a part aside, '
    "{title+presenter_email} is both",
    "without": 'a list of cells that are no class, such as ["Lunch", "Break"]',
    "until_next": "true, where a lesson of which only the start is known lasts until the next one begins; else false",
    "title": "the title of every class of the grid",
    "presenter_email": "the address, or the name, of who gives every class of the grid",
    "presenter_id": "the id of who gives every class of the grid",
    "presenter_name": "the name of who gives every class of the grid",
}
_OF_ALL = ("title", "presenter_email", "presenter_id", "presenter_name")


@dataclass(frozen=True, slots=True, kw_only=True)
class GridTerms:
    """How grids are read."""

    template: CellTemplate
    without: frozenset[str] = frozenset()  #: folded cells that are no class
    until_next: bool = False
    of_all: Mapping[str, str] = field(default_factory=dict)  #: API name -> what stands for every cell
    periods: Mapping[str, str] = field(default_factory=dict)  #: folded name of a period -> its hours


@dataclass(frozen=True, slots=True)
class GridFault:
    """A line of [grid] that cannot be read."""

    key: str
    text: str


def read_grid(
    keys: Mapping[str, object], periods: Mapping[str, str] | None = None
) -> tuple[GridTerms | None, list[GridFault]]:
    """How grids are read, None where nothing says it; and what of it cannot be read.

    Args:
        keys: the lines of [grid].
        periods: the hours of periods, by their folded names.
    """
    found: dict[str, Any] = {}
    of_all: dict[str, str] = {}
    faults: list[GridFault] = []
    for key, value in keys.items():
        read = _setting(key, value)
        if read is None:
            faults.append(GridFault(key, str(value)))
        elif key in _OF_ALL:
            of_all[key] = str(read)
        else:
            found["template" if key == "cell" else key] = read
    if keys and "cell" not in keys:
        faults.append(GridFault("cell", ""))
    twice = {*of_all} & {*(found["template"].names if "template" in found else ())}
    faults += [GridFault(key, of_all[key]) for key in of_all if key in twice]
    if not keys or faults:
        return None, faults
    return GridTerms(**found, of_all=of_all, periods=periods or {}), []


def _setting(key: str, value: object) -> object | None:
    match key:
        case "cell":
            return CellTemplate.read(value, BY_NAME) if isinstance(value, str) else None
        case "without" if isinstance(value, str):
            return frozenset({folded(each) for each in value.split(",") if each.strip()})
        case "without":
            is_list = isinstance(value, list) and all(isinstance(each, str) for each in value)
            return frozenset(map(folded, value)) if is_list else None  # type: ignore[call-overload]  # a list of texts
        case "until_next":
            known = {"true": True, "yes": True, "false": False, "no": False}
            return value if isinstance(value, bool) else known.get(str(value).casefold())
        case _ if key in _OF_ALL:
            return value.strip() or None if isinstance(value, str) else None
        case _:
            return None
