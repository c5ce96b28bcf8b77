"""Who watches a run, and may steer it."""

from typing import TYPE_CHECKING

from batch.core.message import Message
from batch.core.quick_dataclass import dataclass
from batch.journal.records import Batch, RowOutcome

if TYPE_CHECKING:
    from batch.sending.control import Control


@dataclass(frozen=True, slots=True)
class Pace:
    """How a run goes at the moment, for whoever watches it."""

    under_way: int  #: requests
    at_once: int  #: so many may be under way
    waits_for: Message | None = None  #: why nothing begins


class Listener:
    """Hears of a run and does nothing about it; who watches takes up what they want to hear."""

    def taken_in(self, batch: Batch) -> None:
        """The whole file is in the journal as this batch; nothing of it was sent yet."""

    def control(self, run: "Control") -> None:
        """From now on the run can be asked for its pace, and steered."""

    def begin(self, rows: int) -> None:
        """So many rows are to be sent."""

    def ended(self, outcome: RowOutcome) -> None:
        """What became of a row; it is on disk by now."""

    def says(self, note: Message) -> None:
        """Something the person should know while it runs."""
