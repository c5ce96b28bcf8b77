"""How long to wait, how many to ask at once, and when to give up.

Chance and time come in from outside.
"""

#: Attempts for one row in one run, the first included.
MOST_ATTEMPTS = 5
#: The longest wait between two attempts of our own choosing, and the longest that a
#: service may ask for: it is never asked earlier, so the run ends unfinished instead.
LONGEST_BACKOFF_S = 30.0
LONGEST_ASKED_WAIT_S = 300.0
#: At most so many requests at once, and so many before anything is known of the service.
MOST_IN_FLIGHT = 32
FIRST_IN_FLIGHT = 4


def wait_s(failures: int, chance: float, asked_s: float | None = None) -> float:
    """How long to wait after so many failures of a row (1 or more), in seconds.

    Full jitter, so that rows that failed together do not come back together; never
    less than the service asked for.

    Args:
        chance: evenly spread over [0, 1).
        asked_s: the service's Retry-After, if it gave one.
    """
    jittered = chance * min(LONGEST_BACKOFF_S, 0.5 * 2.0**failures)
    return max(jittered, asked_s or 0.0)


def asks_too_much(asked_s: float | None) -> bool:
    """Whether a Retry-After is longer than a run waits."""
    return asked_s is not None and asked_s > LONGEST_ASKED_WAIT_S


class RetryBudget:
    """Retries may be so many more than successes, over the whole run.

    It holds as many tokens as requests can be in flight: one hiccup of the network
    fails all of those at once, and each deserves its retry.
    """

    def __init__(self, capacity: float = MOST_IN_FLIGHT, earned: float = 0.1) -> None:
        self._capacity = self._tokens = capacity
        self._earned = earned

    def earn(self) -> None:
        """A request succeeded."""
        self._tokens = min(self._capacity, self._tokens + self._earned)

    def spend(self) -> bool:
        """Whether one more retry may be made; if so, it is paid for."""
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class Window:
    """How many requests may be under way at once: slow start, then AIMD, as TCP has them.

    It doubles with each round of answers until the first overload; from then on it grows by one.
    Only overload moves it down (429, 503, timeouts). 1012 is no overload: it speaks
    of the timetable, and waiting does not cure it.
    """

    def __init__(
        self, most: int = MOST_IN_FLIGHT, first: int = FIRST_IN_FLIGHT, *, doubles: bool = True
    ) -> None:
        self._most = max(1, most)
        self.size = min(self._most, max(1, first))
        self._doubles = doubles
        self._successes = 0
        self._spared = 0

    def succeeded(self) -> None:
        self._spared = max(0, self._spared - 1)
        self._successes += 1
        if self._doubles or self._successes >= self.size:
            self._successes = 0
            self.size = min(self._most, self.size + 1)

    def overloaded(self) -> None:
        """Halve, once for all the requests that were under way together."""
        self._doubles = False
        self._successes = 0
        if self._spared:
            self._spared -= 1
            return
        self._spared = self.size - 1
        self.size = max(1, self.size // 2)
