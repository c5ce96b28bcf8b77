"""What of a class lies outside its fingerprint, and differs from what was sent for it."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

#: What makes a class the same class; written another way it is still the same.
_IN_THE_FINGERPRINT = frozenset(
    {"title", "start_time", "time_zone", "duration", "presenter_email", "presenter_id"}
)


class Difference(NamedTuple):
    """One parameter of `create`; "" where nothing was or is sent for it."""

    name: str
    sent: str
    now: str


def differences(sent: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Difference]:
    """The parameters of a class that a row gives other values than those it was scheduled with."""
    for name in sorted({*sent, *now} - _IN_THE_FINGERPRINT):
        before, after = sent.get(name, ""), now.get(name, "")
        if before != after:
            yield Difference(name, before, after)
