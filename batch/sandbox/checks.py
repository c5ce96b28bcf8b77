"""What create looks at in its own parameters, one fault at a time, in the service's order.

The order is section 6.4's: title and start_time missing, time_zone, the
date's form, presenter missing, presenter not valid, duration; then the ones
whose place nobody knows. What depends on other classes or on the clock
(1032, 1004, 1012, in this order) is for account.py.
"""

import re
from collections.abc import Callable, Mapping

from batch.core.quick_dataclass import dataclass
from batch.sandbox.dates import known_zones, moment, wall_clock
from batch.sandbox.refusals import Refused
from batch.sandbox.settings import SandboxSettings
from batch.sandbox.static_lists import LANGUAGES

#: What create takes; anything else is ignored and forgotten.
CREATE_PARAMETERS = (
    "title",
    "start_time",
    "presenter_email",
    "presenter_id",
    "presenter_name",
    "duration",
    "extend_duration",
    "time_zone",
    "attendee_limit",
    "language_culture_name",
    "presenter_default_controls",
    "attendee_default_controls",
    "create_recording",
    "return_url",
    "status_ping_url",
    "course_id",
    "description",
)

_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;.]+(\.[^@\s<>,;.]+)+")
_NUMBER = re.compile(r"[0-9]{1,9}")
_LANGUAGE = re.compile(f"({'|'.join(culture[:2] for culture in LANGUAGES)})-[a-z]{{2}}", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """The time that a class takes, and whose."""

    presenter: str  #: e-mail or presenter_id, case-folded
    start: int  #: seconds since the epoch
    minutes: int
    extend_minutes: int
    time_zone: str

    @property
    def end(self) -> int:
        return self.start + self.minutes * 60


def is_email(text: str) -> bool:
    return _EMAIL.fullmatch(text) is not None


def booking(
    given: Mapping[str, str], settings: SandboxSettings, *, is_teacher: Callable[[str], bool]
) -> Booking:
    """The booking that these parameters ask for.

    Raises:
        Refused: 1014, 1019, 1006, 1003, 1022, 1005, 1030, 1001, 1002, 1046,
            1047, 1031, 1010, 1011, 1043 or 1090.
    """
    for name, code in (("title", "1014"), ("start_time", "1019")):
        if name not in given:
            raise Refused(code)
    time_zone = _time_zone(given, settings)
    start = moment(wall_clock(given["start_time"]), time_zone)
    presenter = _presenter(given, settings)
    if settings.account == "teacher" and not (is_email(presenter) and is_teacher(presenter)):
        raise Refused("1031")
    # What live says to a duration or a limit that is no number is unknown; the code of the field is the safe guess.
    minutes = _number(given, "duration", 60, lowest=1, highest=settings.max_minutes, code="1010")
    _number(given, "attendee_limit", 2, lowest=1, highest=settings.max_attendees, code="1011")
    language = given.get("language_culture_name")
    if language is not None and not _LANGUAGE.fullmatch(language):
        raise Refused("1043")
    extend_minutes = _number(given, "extend_duration", 0, lowest=0, highest=settings.max_minutes, code="1090")
    return Booking(
        presenter=presenter,
        start=start,
        minutes=minutes,
        extend_minutes=extend_minutes,
        time_zone=time_zone,
    )


def _time_zone(given: Mapping[str, str], settings: SandboxSettings) -> str:
    zone = given.get("time_zone")
    if zone is None:
        if settings.account == "room":
            raise Refused("1006")
        return "GMT"
    if zone not in known_zones():  # numeric ids too
        raise Refused("1003")
    return zone


def _presenter(given: Mapping[str, str], settings: SandboxSettings) -> str:
    email = given.get("presenter_email")
    presenter_id = given.get("presenter_id", "0")
    has_id = presenter_id != "0"  # seen live: "0" counts as missing
    package = settings.wrong_presenter == "package"
    if settings.account == "teacher":
        if email is None:
            raise Refused("1047" if package and has_id else "1030")
        return email.casefold()
    if not has_id:
        raise Refused("1046" if package and email is not None else "1001")
    if "presenter_name" not in given:
        raise Refused("1002")
    return presenter_id.casefold()


def _number(
    given: Mapping[str, str], name: str, default: int, *, lowest: int, highest: int, code: str
) -> int:
    text = given.get(name)
    if text is None:
        return default
    if not _NUMBER.fullmatch(text) or not lowest <= int(text) <= highest:
        raise Refused(code, limit=highest)
    return int(text)
