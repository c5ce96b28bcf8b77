"""Schedules a term timetable, one class per row, through the WizIQ virtual classroom API.

    import asyncio, batch

    report = asyncio.run(batch.submit("term.xlsx", sandbox=True))
    print(report.counts)

What is exported is imported when it is first used: `import batch` is quick.
"""

# ruff: noqa: TC004 - imported when first used, by `_Package`; named above the line for type checkers
import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from batch.core.outcome import Outcome
    from batch.library import (
        Report,
        Timetable,
        check,
        from_frame,
        load,
        read_settings,
        submit,
        to_frame,
    )
    from batch.problem import CannotRun, Unfinished
    from batch.report.facts import ResultRow
    from batch.settings import Settings

__version__ = "0.1.0"

__all__ = [
    "CannotRun",
    "Outcome",
    "Report",
    "ResultRow",
    "Settings",
    "Timetable",
    "Unfinished",
    "check",
    "from_frame",
    "load",
    "read_settings",
    "submit",
    "to_frame",
]

_HOME = {
    "CannotRun": "batch.problem",
    "Outcome": "batch.core.outcome",
    "ResultRow": "batch.report.facts",
    "Settings": "batch.settings",
    "Unfinished": "batch.problem",
}


class _Package(ModuleType):
    """This package: finds its exports when they are asked for.

    Python puts each submodule that is imported under its name into its package.
    `batch.load` and `batch.submit` are the functions all the same; the modules of
    these names are imported by `from batch.load import ...`.
    """

    def __getattr__(self, name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = getattr(importlib.import_module(_HOME.get(name, "batch.library")), name)
        setattr(self, name, found)
        return found

    def __setattr__(self, name: str, value: object) -> None:
        if name in __all__ and isinstance(value, ModuleType):
            return
        super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *__all__})


sys.modules[__name__].__class__ = _Package
