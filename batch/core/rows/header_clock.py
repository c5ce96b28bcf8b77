"""The clock that the header of the starts names: "Start (UTC)", "Start (EST)", "Beginn (MEZ)", "Start, Paris time"."""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from batch.core.quick_dataclass import dataclass
from batch.core.rows.row import Header
from batch.core.rows.spelling import plain
from batch.core.rows.zone_suggestions import zone_meant

_WORD_BEFORE = r"(?<![^\W_])"
_UTC = re.compile(rf"{_WORD_BEFORE}(?:utc|gmt|zulu)(?! ?[+-]? ?[0-9]|[^\W_])")
_OFFSET = re.compile(rf"{_WORD_BEFORE}(?:utc|gmt) ?(?P<sign>[+-]) ?(?P<hours>[0-9]{{1,2}})(?!:?[1-9])")
_PLACE = re.compile(r"[a-z_]+(?:/[a-z_+-]+)+")
#: What stands in brackets at the end, or for a clock behind another word: "Start (EST)", "Start ET", "Start, New York time".
_IN_BRACKETS = re.compile(r"[(\[](?P<words>[^()\[\]]{2,30})[)\]]$")
_LETTERS = re.compile(r"[ ,/-](?P<words>[A-Z]{2,5})$")
_SOMEBODYS_TIME = re.compile(
    r"(?:^|[,(\[/-] ?)(?P<words>[^\W\d_]+(?: [^\W\d_]+)? time)[)\]]?$", re.IGNORECASE
)
_COASTS = frozenset({"eastern", "central", "mountain", "pacific"})
#: Zones that are called after a term, a building or a side of it.
_NO_CITIES = frozenset({"easter", "center", "north", "south", "east", "west"})


@dataclass(frozen=True, slots=True)
class HeaderClock:
    """What a header says of the clock that the starts below it are written by."""

    header: str
    zone: str  #: the one that it names, or that may be meant
    is_named: bool  #: else it is letters, which are several places', an offset, or a city's: a question


def clock_of(header: Header, zones: Collection[str]) -> HeaderClock | None:
    """What the headers of the starts say, if they name a clock at all.

    Args:
        header: of the file.
        zones: names of zones that may be sent.
    """
    names = [header.name_of(column) for column in ("start_time", "date") if column in header.columns]
    for name in names:
        if zone := zone_named(name, zones):
            return HeaderClock(name, zone, is_named=True)
    for name in names:
        if zone := zone_hinted(name, zones):
            return HeaderClock(name, zone, is_named=False)
    return None


def zone_named(header: str, zones: Collection[str]) -> str | None:
    """The zone whose clock a header names: UTC, or an area and city.

    >>> zone_named("Start (UTC)", {"UTC"}), zone_named("Start", {"UTC"})
    ('UTC', None)
    """
    spelt = plain(header)
    if match := _PLACE.search(spelt):
        return next((zone for zone in zones if zone.casefold() == match.group().replace(" ", "_")), None)
    return "UTC" if _UTC.search(spelt) and "UTC" in zones else None


def zone_hinted(header: str, zones: Collection[str]) -> str | None:
    """The zone that may be meant where a header names its clock by letters, which are several places', an offset or a city.

    >>> zone_hinted("Start time (EST)", ()), zone_hinted("Start ET", ()), zone_hinted("Start (UTC+1)", ())
    ('America/New_York', 'America/New_York', 'Etc/GMT-1')
    >>> zone_hinted("Start (Paris time)", {"Europe/Paris"}), zone_hinted("Start, UK time", ())
    ('Europe/Paris', 'Europe/London')
    >>> zone_hinted("Start (UTC)", ()), zone_hinted("START TIME", ()), zone_hinted("Start (west)", ())
    (None, None, None)
    """
    cities = _by_city(frozenset(zones))
    for words in _said(" ".join(header.split())):
        name = words.casefold().removesuffix(" time")
        # In small letters "west" and "cat" are words.
        is_clock = words.isupper() or name != words.casefold() or name in _COASTS
        if zone := (zone_meant(words, {}) if is_clock else None) or cities.get(name):
            return zone
    if match := _OFFSET.search(plain(header)):
        east = match["sign"] == "+"
        return f"Etc/GMT{'-' if east else '+'}{int(match['hours'])}"
    return None


def _said(header: str) -> Iterator[str]:
    for pattern in (_IN_BRACKETS, _LETTERS, _SOMEBODYS_TIME):
        if match := pattern.search(header):
            yield match["words"]


@lru_cache(4)
def _by_city(zones: frozenset[str]) -> dict[str, str]:
    """Zones by the city that they are called after, folded; a city of several zones by the first."""
    places = [zone for zone in sorted(zones, reverse=True) if "/" in zone and not zone.startswith("Etc/")]
    cities = {zone.rpartition("/")[2].replace("_", " ").casefold(): zone for zone in places}
    return {city: zone for city, zone in cities.items() if city not in _NO_CITIES}
