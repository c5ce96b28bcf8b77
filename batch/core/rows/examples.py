"""The example rows of the blank template: how they are written, and known again.

They are left out for as long as their title and their presenter are the template's
own. Whoever writes a class over one of them writes another title first; a row that
is half theirs and half the example is a problem, never left out unsaid.
"""

from collections.abc import Mapping

from batch.core.rows.columns import COLUMNS
from batch.core.rows.row import Header, RawRow, shown
from batch.core.rows.value_maps import folded

#: API name -> cell, for each of the two rows; what is not named stays empty. Starts are texts here.
EXAMPLES: tuple[Mapping[str, str], ...] = (
    {column.name: column.example for column in COLUMNS if column.is_sent and not column.part_of}
    | {"title": "EXAMPLE Algebra I (not sent)"},
    {
        "title": "EXAMPLE Biology (not sent)",
        "start_time": "2031-09-02 09:30",
        "presenter_email": "ben.okafor@school.example",
        "presenter_id": "T-18",
        "presenter_name": "Ben Okafor",
        "time_zone": "Europe/London",
        "duration": "45",
    },
)
EXAMPLE_TITLES = frozenset(folded(example["title"]) for example in EXAMPLES)
_PRESENTERS = ("presenter_email", "presenter_id", "presenter_name")


def is_example(raw: RawRow, header: Header) -> bool:
    """Whether a row is an example that nobody has touched."""
    position = header.columns.get("title")
    if position is None or folded(shown(raw.cells[position])) not in EXAMPLE_TITLES:
        return False  # nearly every row
    cells = {
        name: folded(shown(raw.cells[header.columns[name]]))
        for name in ("title", *_PRESENTERS)
        if name in header.columns
    }
    return any(
        all(cells[name] in {"", folded(example[name])} for name in cells if name != "title")
        for example in EXAMPLES
        if cells.get("title") == folded(example["title"])
    )
