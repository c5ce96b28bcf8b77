"""Who watches a run, and who may steer it."""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from batch.journal.records import RowOutcome
from batch.sending.gate import Pace


class Listener(Protocol):
    """Who watches a run: the terminal, or nobody."""

    def begin(self, rows: int) -> None:
        """So many rows are to be sent."""

    def ended(self, outcome: RowOutcome) -> None:
        """What became of a row; it is on disk by now."""

    def says(self, sentence: str) -> None:
        """Something the person should know while it runs."""


@runtime_checkable
class Watcher(Protocol):
    """A listener that also shows at which pace the run goes."""

    def watch(self, pace: Callable[[], Pace]) -> None:
        """Ask `pace` whenever it is to be shown."""


class Control(Protocol):
    """What may be asked of a run while it is under way."""

    def pace(self) -> Pace:
        """How the run goes at the moment."""

    def pause(self) -> None:
        """Let nothing more begin until `resume`; what is under way goes on to its end."""

    def resume(self) -> None:
        """Go on after `pause`."""

    def drain(self, why: str) -> None:
        """Let nothing more begin; what is under way goes on to its end, and the run with it."""


@runtime_checkable
class Controller(Protocol):
    """A listener that also steers the run."""

    def control(self, run: Control) -> None:
        """From now on the run can be steered."""
