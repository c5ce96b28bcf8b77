"""What one class may have at most in the account, where a refusal of the service named it: 1010 minutes, 1011 attendees."""

import re
from collections.abc import Mapping

from batch.core.quick_dataclass import dataclass

#: As the journal keeps them, which are the names of their settings.
MAX_MINUTES, MAX_ATTENDEES = "max_minutes", "max_attendees"
_TAUGHT = {"1010": (MAX_MINUTES, "duration"), "1011": (MAX_ATTENDEES, "attendee_limit")}
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")
_LONGEST = 6  #: digits of a number that anybody would believe


@dataclass(frozen=True, slots=True)
class ClassLimits:
    """What the service has said so far; None: it has not."""

    minutes: int | None = None
    attendees: int | None = None

    def below(self, minutes: int, attendees: int | None, *, usual_minutes: object) -> tuple[int, int | None]:
        """Minutes and attendees that hold: as the settings say, and where they leave it open, as the service said."""
        return (self.minutes if minutes == usual_minutes else None) or minutes, attendees or self.attendees


NOTHING_LEARNED = ClassLimits()


def limit_taught(code: str | None, text: str, sent: Mapping[str, str]) -> tuple[str, int] | None:
    """The name of the limit that a refusal names, and the number.

    The same codes answer a number that is too small: only what was asked for more than is a limit.

    >>> limit_taught("1011", "attendee_limit parameter cannot exceed 50 attendees.", {"attendee_limit": "60"})
    ('max_attendees', 50)
    """
    name, parameter = _TAUGHT.get(code or "", ("", ""))
    numbers = _NUMBER.findall(text)
    asked = sent.get(parameter, "")
    if len(numbers) != 1 or not asked.isdecimal():
        return None
    limit = int(numbers[0].replace(",", "")[:_LONGEST])
    return (name, limit) if 0 < limit < int(asked) else None
