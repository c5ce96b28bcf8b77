"""Names of time zones that no clock here goes by, and the zone each probably means.

Only a suggestion: "(GMT-4:00) Eastern Time" may be New York, Detroit or Toronto, and
only the person knows.
"""

import re
from collections.abc import Mapping

_OFFSET = re.compile(r"^\s*\((?:GMT|UTC)[^)]*\)\s*", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*\([^)]*\)")
_ABBREVIATIONS: Mapping[str, str] = {
    "et": "eastern standard time",
    "est": "eastern standard time",
    "edt": "eastern standard time",
    "ct": "central standard time",
    "cst": "central standard time",
    "cdt": "central standard time",
    "mt": "mountain standard time",
    "mst": "mountain standard time",
    "mdt": "mountain standard time",
    "pt": "pacific standard time",
    "pst": "pacific standard time",
    "pdt": "pacific standard time",
    "bst": "gmt standard time",
    "cet": "w. europe standard time",
    "cest": "w. europe standard time",
    "ist": "india standard time",
    "hst": "hawaiian standard time",
    "aest": "aus eastern standard time",
}


def zone_meant(text: str, names: Mapping[str, str]) -> str | None:
    """The zone that a text most likely means, where one suggests itself.

    Args:
        text: such as "(GMT-4:00) Eastern Time (US and Canada)".
        names: folded name, such as "eastern standard time" -> the zone.
    """
    plain = _BRACKETS.sub("", _OFFSET.sub("", text)).strip().casefold()
    plain = plain.replace("daylight time", "standard time")
    named = _ABBREVIATIONS.get(plain, plain)
    for name in (named, re.sub(r"\btime$", "standard time", named), f"{named} standard time"):
        if name in names:
            return names[name]
    return None
