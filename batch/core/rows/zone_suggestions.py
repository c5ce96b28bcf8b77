"""Names of time zones that no clock here goes by, and the zone each probably means.

Only a suggestion: "(GMT-4:00) Eastern Time" may be New York, Detroit or Toronto, and
only the person knows.
"""

import re
from collections.abc import Mapping

_OFFSET = re.compile(r"^\s*\((?:GMT|UTC)[^)]*\)\s*", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*\([^)]*\)")
#: What an abbreviation most often stands for; none of them is a place, and several are of many.
_ABBREVIATIONS: Mapping[str, str] = {
    abbreviation: zone
    for zone, abbreviations in (
        ("America/New_York", "et est edt est5edt eastern"),
        ("America/Chicago", "ct cst cdt cst6cdt central"),
        ("America/Denver", "mt mst mdt mst7mdt mountain"),
        ("America/Los_Angeles", "pt pst pdt pst8pdt pacific"),
        ("America/Anchorage", "akst akdt"),
        ("Pacific/Honolulu", "hst hdt"),
        ("America/Halifax", "ast adt"),
        ("America/St_Johns", "nst ndt"),
        ("America/Sao_Paulo", "brt brst"),
        ("America/Argentina/Buenos_Aires", "art"),
        ("America/Bogota", "cot"),
        ("America/Lima", "pet"),
        ("Europe/London", "bst uk"),
        ("Europe/Lisbon", "wet west"),
        ("Europe/Berlin", "cet cest met mest mez mesz"),
        ("Europe/Athens", "eet eest oez oesz"),
        ("Europe/Moscow", "msk msd"),
        ("Europe/Istanbul", "trt"),
        ("Africa/Johannesburg", "sast"),
        ("Africa/Nairobi", "eat"),
        ("Africa/Lagos", "wat"),
        ("Africa/Maputo", "cat"),
        ("Asia/Dubai", "gst uae"),
        ("Asia/Riyadh", "ksa"),
        ("Asia/Karachi", "pkt"),
        ("Asia/Kolkata", "ist"),
        ("Asia/Dhaka", "bdt"),
        ("Asia/Bangkok", "ict"),
        ("Asia/Jakarta", "wib"),
        ("Asia/Singapore", "sgt"),
        ("Asia/Hong_Kong", "hkt"),
        ("Asia/Manila", "pht"),
        ("Asia/Tokyo", "jst"),
        ("Asia/Seoul", "kst"),
        ("Australia/Sydney", "aest aedt"),
        ("Australia/Adelaide", "acst acdt"),
        ("Australia/Perth", "awst"),
        ("Pacific/Auckland", "nzst nzdt"),
    )
    for abbreviation in abbreviations.split()
}


def zone_meant(text: str, names: Mapping[str, str]) -> str | None:
    """The zone that a text most likely means, where one suggests itself.

    Args:
        text: such as "(GMT-4:00) Eastern Time (US and Canada)".
        names: folded name, such as "eastern standard time" -> the zone.
    """
    plain = _BRACKETS.sub("", _OFFSET.sub("", text)).strip().casefold()
    plain = plain.replace("daylight time", "standard time")
    if zone := _ABBREVIATIONS.get(plain.removesuffix(" time")):
        return zone
    named = plain
    for name in (named, re.sub(r"\btime$", "standard time", named), f"{named} standard time"):
        if name in names:
            return names[name]
    return None
