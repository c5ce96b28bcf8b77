"""A class of which nobody knows whether an undo has cancelled it is never called there already, in any file."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from batch.sandbox import Call, Fault, fault, no_faults
from tests.support.command import lessons, timetable
from tests.support.sending import sandbox, send, sync, take_back

pytestmark = pytest.mark.thorough

#: What became of the cancel; the file with the same row that comes next; what a sync says of it once it has looked.
CASES = {
    "cancelled, the same file": ("reset-after", "term.csv", "scheduled"),
    "cancelled, a file of another name": ("reset-after", "another.csv", "scheduled"),
    "never done, the same file": ("reset-before", "term.csv", "changed"),
    "never done, a file of another name": ("reset-before", "another.csv", "held"),
}


def never_settled(lost: str) -> Callable[[Call], Fault | None]:
    """The first cancel meets `lost`; after that the service cannot be reached."""
    asked = False

    def plan(call: Call) -> Fault | None:
        nonlocal asked
        if asked:
            return fault("http-503-before")
        asked = call.method == "cancel"
        return fault(lost) if asked else None

    return plan


@pytest.mark.parametrize(("lost", "name", "looked_up"), CASES.values(), ids=CASES)
async def test_a_class_whose_cancel_was_never_answered_is_unknown_until_it_is_looked_up(
    lost: str, name: str, looked_up: str, tmp_path: Path
) -> None:
    async with sandbox() as service:
        await send(timetable(tmp_path / "term.csv", lessons(1)), service.url, first_time=True)
        service.settings = replace(service.settings, faults=never_settled(lost))
        undone = await take_back(tmp_path, service.url, timeout_s=1, attempts=1)
        assert undone.outcomes == ["unknown"]
        service.settings = replace(service.settings, faults=no_faults)
        file = timetable(tmp_path / name, lessons(2))
        for other in ("scheduled", "already"):
            sent = await send(file, service.url)
            assert sent.outcomes == ["unknown", other]
            assert sent.rows[0]["class_id"] == "2492040"
        assert (await sync(file, service.url)).outcomes == [looked_up, "already"]
        assert [each.title for each in service.classes if not each.cancelled].count("Lesson 1") == 1
