"""Which grids are alike, so that what was said of one holds for the next: the same days, periods and parts of a cell."""

import hashlib
import json
from collections.abc import Iterable

from batch.core.grid.cell_template import usual_parts
from batch.core.grid.chart import Lesson, Unfolded
from batch.core.rows.row import shown
from batch.core.rows.value_maps import folded


def likeness(grid: Unfolded) -> str:
    """The same for every grid that is written in the same way, whatever its lessons are."""
    separator, parts = usual_parts([shown(lesson.cell).strip() for lesson in grid.lessons])
    days = ["dates"] if grid.is_dated else list(map(folded, grid.heads))
    periods = sorted(map(folded, without_hours(grid.lessons)))
    text = json.dumps([days, periods, separator, parts])
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def without_hours(lessons: Iterable[Lesson]) -> list[str]:
    """The periods of which only the name is known."""
    return list(
        dict.fromkeys(
            lesson.label.name
            for lesson in lessons
            if lesson.label.name and lesson.label.start == lesson.label.name
        )
    )
