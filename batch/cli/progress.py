"""How far a run is: a moving line on a terminal, now and then a plain one elsewhere.

A log or a cron job's mail is not filled by it: runs shorter than half a minute
leave no line there at all.
"""

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from batch.core.outcome import Outcome
from batch.report.wording.messages import message_of
from batch.report.wording.outcomes import in_words
from batch.sending.listener import Pace

if TYPE_CHECKING:
    from rich.console import Console

    from batch.cli.moving_line import MovingLine

#: Seconds between two plain lines.
PLAIN_EVERY_S = 30.0


class ProgressLine:
    """Told of each row that ended; shows counts by outcome, rate, time left, and why a run waits."""

    def __init__(self, console: "Callable[[], Console]", *, clock: Callable[[], float], shown: bool) -> None:
        self._console = console
        self._clock = clock
        self._shown = shown
        self._counts: Counter[Outcome] = Counter()
        self._rows = 0
        self._began = self._shown_at = clock()
        self._pace: Callable[[], Pace] | None = None
        self._line: MovingLine | None = None

    def begin(self, rows: int) -> None:
        self._rows = rows
        self._began = self._shown_at = self._clock()
        if not self._shown or not self._console().is_terminal:
            return
        from batch.cli.moving_line import MovingLine  # noqa: PLC0415 - what draws it is slow to import

        self._line = MovingLine(self._console(), rows, speed=self.speed, counts=self.counts, pace=self.pace)
        self._line.start()

    def watch(self, pace: Callable[[], Pace]) -> None:
        """Show at which pace the run goes."""
        self._pace = pace

    def ended(self, outcome: Outcome) -> None:
        self._counts[outcome] += 1
        if self._line is not None:
            self._line.row_ended()
        elif self._shown and self._clock() - self._shown_at >= PLAIN_EVERY_S:
            self._shown_at = self._clock()
            line = f"{self.done} of {self._rows} rows: {self.counts()}; {self.speed()}"
            self._console().print(line, markup=False, soft_wrap=True)

    def stop(self) -> None:
        if self._line is not None:
            self._line.stop()

    @property
    def done(self) -> int:
        return self._counts.total()

    def counts(self) -> str:
        """Such as '118 scheduled, 2 refused'."""
        return ", ".join(f"{self._counts[each]} {each.value}" for each in Outcome if self._counts[each])

    def speed(self) -> str:
        """Such as '12.5 a second, 3 min left'."""
        took = self._clock() - self._began
        if not self.done or took <= 0:
            return "no answer yet"
        rate = self.done / took
        # A class whose answer was lost ends twice: once unknown, once looked up.
        return f"{rate:.1f} a second, {in_words(max(0, self._rows - self.done) / rate)} left"

    def pace(self) -> str:
        """Such as '4 at once', or why nothing begins."""
        if self._pace is None:
            return ""
        pace = self._pace()
        return message_of(pace.waits_for) if pace.waits_for else f"{pace.at_once} at once"
