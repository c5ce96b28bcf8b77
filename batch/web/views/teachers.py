"""Whose classes were scheduled, each with their own weeks and their own calendar."""

from collections.abc import Mapping
from typing import Any

from batch.core.quick_dataclass import dataclass
from batch.report.wording.phrases import tr
from batch.web.views.model import Teacher


@dataclass(frozen=True, slots=True)
class Teachers:
    """Of a batch."""

    all: tuple[Teacher, ...]
    calendar_href: str  #: everybody's; "" where there is none
    only: str  #: whose lessons alone are shown; "" for everybody's


def teachers_of(batch: str, found: Mapping[str, Any], only: str) -> Teachers:
    """What a child found of a batch, by teacher.

    Args:
        batch: its id.
        found: by the child; an earlier version kept no teachers.
        only: whose lessons alone are shown.
    """
    here = f"/batches/{batch}"
    teachers = tuple(
        Teacher(
            who=who,
            says=tr("{classes:count class|classes}", classes=classes),
            week_href=f"?teacher={place}#week",
            calendar_href=f"{here}/calendar.ics?teacher={place}",
        )
        for place, (who, classes) in enumerate(found.get("teachers", ()), start=1)
    )
    return Teachers(teachers, f"{here}/calendar.ics" if teachers else "", only)
