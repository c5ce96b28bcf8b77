"""The time zones that may be sent, and what Windows and other programs call them.

Zones come from the pinned tzdata, the same on every machine; the names of Windows
from the Unicode CLDR, as tzlocal ships them. Both tables are data, looked up by core.
"""

import zoneinfo
from collections.abc import Mapping
from functools import cache, lru_cache

#: What the service documents and takes beside Area/City names.
_WITHOUT_AREA = frozenset({"GMT", "UTC"})


def pinned_zones() -> frozenset[str]:
    """Every Area/City of the pinned tzdata, GMT and UTC.

    Not EST and its like: they stand for an offset without daylight saving, and whoever
    writes one hardly ever means that.
    """
    zoneinfo.reset_tzpath(to=())
    zones = zoneinfo.available_timezones()
    return frozenset(zone for zone in zones if "/" in zone or zone in _WITHOUT_AREA)


@cache
def zone_names() -> Mapping[str, str]:
    """Folded name of a zone elsewhere -> the zone here: those of Windows, and old ones such as "japan"."""
    from tzlocal.windows_tz import win_tz  # noqa: PLC0415 - a table that only files with such names need

    links = _links()
    old = {alias: zone for alias, zone in links.items() if "/" not in alias}
    return {name.casefold(): links.get(zone, zone) for name, zone in {**old, **win_tz}.items()}


def _links() -> Mapping[str, str]:
    """Old name -> name that tzdata has for the zone now."""
    from importlib import resources  # noqa: PLC0415 - as above

    table = resources.files("tzdata").joinpath("zoneinfo", "tzdata.zi").read_text(encoding="ascii")
    lines = (line.split() for line in table.splitlines() if line.startswith("L "))
    return {alias: zone for _, zone, alias in lines}


def own_zone() -> str:
    """The zone of this computer's clock, as it is called now; "" where it has none of a place."""
    from tzlocal import get_localzone_name  # noqa: PLC0415 - seldom wanted

    try:
        name = get_localzone_name()
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):  # settings that contradict each other, say
        return ""
    name = _links().get(name, name) if name else ""
    return name if name in pinned_zones() and "/" in name and not name.startswith("Etc/") else ""


@lru_cache(512)
def zone_named(name: str) -> zoneinfo.ZoneInfo | None:
    """The zone of this name as a list tells it; None where this computer knows none."""
    try:
        return zoneinfo.ZoneInfo(name) if name else None
    # ValueError: no name of a file. OSError: "America" is a folder.
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None
