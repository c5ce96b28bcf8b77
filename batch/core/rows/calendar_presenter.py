"""Who of an event in a calendar gives the class."""

from enum import StrEnum, unique


@unique
class CalendarPresenter(StrEnum):
    """A setting's values."""

    ATTENDEE = "attendee"  #: the one who was invited; where nobody was, who called it
    ORGANIZER = "organizer"
