"""How far apart the service's clock and this computer's may be.

Requests are signed over the time, and a class of the near future is one of the past
on another clock: too far apart, and nothing is sent.
"""

from enum import Enum

#: A clock that is off by more makes classes of the near future look past, or past ones to come.
OFFSET_TO_WARN_S = 30
#: Off by more, signed requests may be refused for their time.
OFFSET_TO_REFUSE_S = 300


class Skew(Enum):
    """What an offset means for a run."""

    FINE = "fine"
    NOTABLE = "notable"  #: a person should know
    TOO_FAR = "too far"  #: nothing may be sent


def skew_of(offset_s: float) -> Skew:
    """Judge the service's clock less ours."""
    if abs(offset_s) > OFFSET_TO_REFUSE_S:
        return Skew.TOO_FAR
    return Skew.NOTABLE if abs(offset_s) > OFFSET_TO_WARN_S else Skew.FINE
