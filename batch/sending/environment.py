"""What a run takes from outside, and a test or a simulation gives it otherwise."""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime

from batch.core.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Environment:
    """What a run takes from outside: time, chance, waiting."""

    clock: Callable[[], float]  #: UTC seconds, and never set back
    chance: Callable[[], float] = random.random

    def batch_id(self, now: float) -> str:
        """Of a batch that begins at `now`, which few others do."""
        return f"{datetime.fromtimestamp(now, UTC):%Y%m%d-%H%M%S}-{int(self.chance() * 0x10000):04x}"


def real_environment() -> Environment:
    """The machine's clock, as it stood at the start: setting it back or forth moves no deadline."""
    began, then = time.time(), _since_boot()
    return Environment(clock=lambda: began + (_since_boot() - then))


def _since_boot() -> float:
    """Seconds that go on while the machine sleeps, where it can tell: a lid was closed on many a run."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()
