"""By which rule a list tells its starts: the order of day and month, the clock, the zone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple

from batch.core.service.listed import HOUR_S, WIDEST_OFFSET_S, ZONE_STEP_S, Reading, Seen, Wanted, readings

#: On the local time that was sent, whatever zone stands beside it.
MISNAMED = "misnamed"


class StartRule(NamedTuple):
    """How a start is written. `offset_s` counts only where the zone is `offset`."""

    order: str
    clock: str
    zone: str  #: told: in the zone beside it; sent: as it was sent; misnamed; utc; winter: without daylight saving; offset
    offset_s: int = 0

    @property
    def name(self) -> str:
        """As journals keep it."""
        return f"{self.order} {self.clock} {self.zone} {self.offset_s}"

    @classmethod
    def named(cls, name: str) -> "StartRule":
        order, clock, zone, offset_s = name.split()
        return cls(order, clock, zone, int(offset_s))


def usual(seen: Seen) -> Iterator[StartRule]:
    """How the live service writes it: on the local time of the zone beside it, else on the one that was sent."""
    zone = "sent" if seen.zone is None else "told"
    yield StartRule("mdy", "24", zone)
    yield StartRule("ymd", "24", zone)


def rules_between(wanted: Wanted, seen: Seen) -> frozenset[StartRule]:
    """Every rule by which the listed start is the one that was sent."""
    return _rules_between(wanted.starts, wanted.local_starts, seen.start_text, seen.zone)


@lru_cache(16384)
def _rules_between(starts: int, local_starts: int, text: str, zone: tzinfo | None) -> frozenset[StartRule]:
    return frozenset(
        rule
        for reading in readings(text)
        if abs(reading.local - starts) <= WIDEST_OFFSET_S
        for rule in _rules(starts, local_starts, zone, reading)
    )


def is_of_a_zone(rule: StartRule) -> bool:
    """Whether somebody's clock is so far off UTC: the same lesson a day later is not on another one."""
    return -12 * HOUR_S <= rule.offset_s <= 14 * HOUR_S


def may_be_start(rule: StartRule, wanted: Wanted, seen: Seen, *, is_same_season: bool) -> bool:
    """Whether the listed start is the one that was sent, by this rule or an hour that daylight saving adds or takes away.

    Args:
        rule: as other classes are listed.
        wanted: what was sent.
        seen: what is listed.
        is_same_season: no clock was changed between that start and those of the other classes.
    """
    between = rules_between(wanted, seen)
    return rule in between or (
        rule.zone == "offset"
        and not is_same_season
        and any(each[:3] == rule[:3] and abs(each.offset_s - rule.offset_s) == HOUR_S for each in between)
    )


def _rules(starts: int, local_starts: int, zone: tzinfo | None, reading: Reading) -> Iterator[StartRule]:
    order, clock, local = reading
    if zone is not None:
        aware = datetime.fromtimestamp(local, UTC).replace(tzinfo=zone)
        if int(aware.timestamp()) == starts:
            yield StartRule(order, clock, "told")
        here = datetime.fromtimestamp(starts, UTC).astimezone(zone)
        standard = (here.utcoffset() or timedelta()) - (here.dst() or timedelta())
        if local == starts + int(standard.total_seconds()):
            yield StartRule(order, clock, "winter")
    if local == local_starts:
        if zone is None or starts + _offset_s(zone, starts) == local:
            yield StartRule(order, clock, "sent")
        if zone is not None:
            yield StartRule(order, clock, MISNAMED)
    if local == starts:
        yield StartRule(order, clock, "utc")
    if (local - starts) % ZONE_STEP_S == 0:
        yield StartRule(order, clock, "offset", local - starts)


def _offset_s(zone: tzinfo, at: int) -> int:
    offset = datetime.fromtimestamp(at, UTC).astimezone(zone).utcoffset()
    return int((offset or timedelta()).total_seconds())


def moments(rule: StartRule | None, seen: Seen) -> Iterator[tuple[str, int]]:
    """Where to look for the class that was sent: by its start in UTC or by its local time. None: the usual rule."""
    rules = {rule} if rule else set(usual(seen))
    for order, clock, local in readings(seen.start_text):
        for each in rules:
            if (order, clock) != each[:2]:
                continue
            if each.zone in {"sent", MISNAMED}:
                yield "local", local
            elif each.zone in {"told", "winter"} and seen.zone is not None:
                aware = datetime.fromtimestamp(local, UTC).replace(tzinfo=seen.zone)
                saved = (aware.dst() or timedelta()) if each.zone == "winter" else timedelta()
                yield "utc", int((aware + saved).timestamp())
            else:
                yield "utc", local - each.offset_s
