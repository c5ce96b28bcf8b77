"""Schedules a term timetable, one class per row, through the WizIQ virtual classroom API.

    import asyncio, batch

    report = asyncio.run(batch.submit("term.xlsx", sandbox=True))
    print(report.counts)

What is exported is imported when it is first used: `import batch` is quick.
"""

import importlib
from typing import TYPE_CHECKING, Any

from batch.version import __version__

if TYPE_CHECKING:
    from batch.core.errors import CannotRun, Unfinished
    from batch.core.outcome import Outcome
    from batch.library import (
        Timetable,
        check,
        from_frame,
        load,
        read_settings,
        submit,
        sync,
        to_frame,
        undo,
    )
    from batch.report.facts import GoneClass, ResultRow
    from batch.report.for_programs import Report
    from batch.sending.progress import Progress
    from batch.settings.table import Settings

__all__ = [
    "CannotRun",
    "GoneClass",
    "Outcome",
    "Progress",
    "Report",
    "ResultRow",
    "Settings",
    "Timetable",
    "Unfinished",
    "__version__",
    "check",
    "from_frame",
    "load",
    "read_settings",
    "submit",
    "sync",
    "to_frame",
    "undo",
]

_HOME = {
    "CannotRun": "batch.core.errors",
    "GoneClass": "batch.report.facts",
    "Outcome": "batch.core.outcome",
    "Progress": "batch.sending.progress",
    "Report": "batch.report.for_programs",
    "ResultRow": "batch.report.facts",
    "Settings": "batch.settings.table",
    "Unfinished": "batch.core.errors",
}


# Not for type checkers: they would take every misspelt name for one of ours.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = getattr(importlib.import_module(_HOME.get(name, "batch.library")), name)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
