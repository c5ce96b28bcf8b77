"""start_time as the service reads it, and dates as it writes them.

Month first, without complaint: 05/06/2030 is the 6th of May. The live parser
also took ISO dates, missing zeros and AM/PM, even behind a 24-hour time.
"""

import re
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from batch.sandbox.refusals import Refused

_TIME = r"\s+(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(:(?P<second>[0-9]{2}))?(\s*(?P<half>[AaPp])[Mm])?"
_FORMS = (
    re.compile(r"(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2})/(?P<year>[0-9]{4})" + _TIME),
    re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})" + _TIME),
)


@cache
def known_zones() -> frozenset[str]:
    """Names that do not give 1003. The service's own list is not public."""
    return frozenset(available_timezones())


def wall_clock(text: str) -> datetime:
    """A start_time as typed, without a zone.

    Raises:
        Refused: 1022 for what does not look like a date and time, 1005 for
            what does but names no day or hour there is.
    """
    for form in _FORMS:
        if found := form.fullmatch(text.strip()):
            break
    else:
        raise Refused("1022")
    year, month, day, hour, minute, second = (
        int(found[part] or 0) for part in ("year", "month", "day", "hour", "minute", "second")
    )
    half = (found["half"] or "").upper()
    if half == "P" and hour < 12:
        hour += 12
    elif half == "A" and hour >= 12:
        hour = 0 if hour == 12 else 24  # 13 AM is no hour; 24 is refused below
    try:
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - the zone comes apart
    except ValueError:
        raise Refused("1005") from None


def moment(wall: datetime, zone: str) -> int:
    """Seconds since the epoch when clocks in `zone` show `wall`: daylight saving is the service's work."""
    try:
        return int(wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).timestamp())
    except OverflowError:  # the first and last day of all dates
        raise Refused("1005") from None


def local(seconds: int, zone: str) -> datetime:
    """What clocks in `zone` show at that moment."""
    return datetime.fromtimestamp(seconds, ZoneInfo(zone))


def us_12_hour(when: datetime) -> str:
    """12/13/2030 01:30:00 PM, whatever the locale of this process."""
    half = "AM" if when.hour < 12 else "PM"
    return f"{when:%m/%d}/{when.year:04} {when.hour % 12 or 12:02}:{when:%M:%S} {half}"
