"""What [grid] says, and cells taken apart by it."""

from collections.abc import Mapping

import pytest

from batch.core.grid.cell_template import CellTemplate, likely_separator
from batch.core.grid.grid_text import read_grid
from batch.core.rows.columns import BY_NAME

LINES = "{title}\n{presenter_email}\n{}"
CELLS: dict[str, tuple[str, str, Mapping[str, str], str, int]] = {
    "line by line": (
        LINES,
        "Maths\nA. Diaz\nR10",
        {"title": "Maths", "presenter_email": "A. Diaz"},
        "R10",
        3,
    ),
    "blank lines and spaces are nothing": (
        LINES,
        " Maths \r\n\r\nA. Diaz\r\n R10",
        {"title": "Maths", "presenter_email": "A. Diaz"},
        "R10",
        3,
    ),
    "less than usual": (LINES, "Lunch", {"title": "Lunch"}, "", 1),
    "more than usual": (
        LINES,
        "Maths\nA. Diaz\nR10\nArt",
        {"title": "Maths", "presenter_email": "A. Diaz"},
        "R10\nArt",
        4,
    ),
    "with slashes": (
        "{title} / {presenter_email}",
        "Maths / A. Diaz",
        {"title": "Maths", "presenter_email": "A. Diaz"},
        "",
        2,
    ),
    "two lessons with slashes": (
        "{title} / {presenter_email}",
        "Maths / A. Diaz / Art / B",
        {"title": "Maths", "presenter_email": "A. Diaz / Art / B"},
        "",
        4,
    ),
    "two separators": (
        "{title} ({}): {presenter_email}",
        "Maths (8B): A. Diaz",
        {"title": "Maths", "presenter_email": "A. Diaz"},
        "8B",
        3,
    ),
    "one part that is both": (
        "{title+presenter_email}",
        "Maths",
        {"title": "Maths", "presenter_email": "Maths"},
        "",
        1,
    ),
    "one part, and two lines": ("{title}", "Maths\nArt", {"title": "Maths\nArt"}, "", 2),
}


@pytest.mark.parametrize(("template", "cell", "values", "aside", "parts"), CELLS.values(), ids=CELLS)
def test_a_cell_is_taken_apart(
    template: str, cell: str, values: Mapping[str, str], aside: str, parts: int
) -> None:
    read = CellTemplate.read(template, BY_NAME)
    assert read is not None
    found = read.split(cell)
    assert (found.values, found.aside, found.found) == (values, aside, parts)


NONE = (
    "",
    "title",
    "{}",
    "{titel}",
    "{title}{presenter_email}",
    "{title}\n{title}",
    "x{title}",
    "{title} x",
    "{start_time}",
    "{title",
)


@pytest.mark.parametrize("text", NONE)
def test_what_names_no_parts_is_no_template(text: str) -> None:
    assert CellTemplate.read(text, BY_NAME) is None


@pytest.mark.parametrize(
    ("cells", "separator"),
    [
        (["a\nb", "c\nd", "e"], "\n"),
        (["a / b", "c / d"], " / "),
        (["a", "b"], ""),
        (["a-b", "c"], ""),
        (["a, b"], ", "),
    ],
)
def test_what_parts_most_cells_is_their_separator(cells: list[str], separator: str) -> None:
    assert likely_separator(cells) == separator


FAULTS = {
    "no cell": ({"without": ["Lunch"]}, ["cell"]),
    "a key that there is not": ({"cell": "{title}", "zelle": "x"}, ["zelle"]),
    "twice": (
        {"cell": "{title}\n{presenter_email}", "presenter_email": "ana@school.example"},
        ["presenter_email"],
    ),
    "no list": ({"cell": "{title}", "without": 5}, ["without"]),
    "neither true nor false": ({"cell": "{title}", "until_next": "perhaps"}, ["until_next"]),
}


@pytest.mark.parametrize(("keys", "faulty"), FAULTS.values(), ids=FAULTS)
def test_a_line_of_the_settings_that_cannot_be_read_is_named(
    keys: Mapping[str, object], faulty: list[str]
) -> None:
    found, faults = read_grid(keys)
    assert found is None
    assert [fault.key for fault in faults] == faulty


def test_nothing_said_is_no_fault() -> None:
    assert read_grid({}) == (None, [])
