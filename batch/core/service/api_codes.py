"""The catalogue of the service's codes: what each means for a school, and what it leaves behind.

This is the one place where a code decides what may be done next. A code that is
not listed is a refusal like any other: it is shown as it came.
"""

import re
from enum import Enum, unique

from batch.core.quick_dataclass import dataclass


@unique
class Aftermath(Enum):
    """What is true of the class after the service answered with a code."""

    NOTHING = "nothing"  #: no class; it would say the same again
    MAYBE_A_CLASS = "maybe a class"  #: look before sending again
    EVERYONES_TROUBLE = "everyone's trouble"  #: no class, and no other row would fare better
    SLOT_FULL = "slot full"  #: no class; another time, or room freed, may do
    PRESENTER_BUSY = "presenter busy"  #: no class now; after an unanswered attempt, probably ours


@dataclass(frozen=True, slots=True)
class ApiCode:
    """One code that scheduling, listing, changing or cancelling may meet."""

    code: str
    message: str  #: the service's words; #...# stands for a number of the account
    meaning: str  #: in words for somebody who has never heard of an API
    advice: str
    aftermath: Aftermath = Aftermath.NOTHING
    page_advice: str = ""  #: where it is another on the upload page


_MAYBE = Aftermath.MAYBE_A_CLASS
_EVERYONE = Aftermath.EVERYONES_TROUBLE
_ASK_WIZIQ = "Ask WizIQ support, and give them the code and the call_id."
_WAIT_AND_LOOK = "Run the same file again later: it is first looked up whether the class exists."
_FINISH_LATER = 'Press "Finish it" later: it is first looked up whether the class exists.'
_CHECK_KEYS = (
    "Check the access key and the secret key against those that WizIQ gave you, and the computer's clock."
)

CODES: tuple[ApiCode, ...] = (
    ApiCode(
        "400",
        "Bad Request: The request is invalid. Error messages are returned for explanation purposes.",
        "The service could not make sense of the request as a whole.",
        "Check the base URL; if it is right, update classbatch.",
        _EVERYONE,
    ),
    ApiCode(
        "401",
        "Not Authorized: The credentials provided are invalid or are needed for the operation.",
        "The service does not accept the account's keys.",
        _CHECK_KEYS,
        _EVERYONE,
    ),
    ApiCode(
        "403",
        "Forbidden: The request is refused by the API.",
        "The service does not accept the account's keys, or the account may not schedule this way.",
        _CHECK_KEYS,
        _EVERYONE,
    ),
    ApiCode(
        "404",
        "Not Found: The resource requested doesn't exist.",
        "The service is not at this address.",
        "Check the base URL against the one that WizIQ gave you.",
        _EVERYONE,
    ),
    ApiCode(
        "500",
        "Internal Server Error: An unrecoverable error has occurred at server side.",
        "The service broke down over this class; it may have been scheduled all the same.",
        _WAIT_AND_LOOK,
        _MAYBE,
        _FINISH_LATER,
    ),
    ApiCode(
        "502",
        "Bad Gateway: The API service is down or being upgraded",
        "The service is down or being upgraded; the class may have been scheduled all the same.",
        _WAIT_AND_LOOK,
        _MAYBE,
        _FINISH_LATER,
    ),
    ApiCode(
        "503",
        "Service Unavailable: The service is overloaded with a lot requests and can't manage the incoming request.",
        "The service has too much to do; the class may have been scheduled all the same.",
        _WAIT_AND_LOOK,
        _MAYBE,
        _FINISH_LATER,
    ),
    ApiCode(
        "1000",
        "There is some error while processing your request.",
        "The service stumbled over this class; it may have been scheduled all the same.",
        _WAIT_AND_LOOK,
        _MAYBE,
        _FINISH_LATER,
    ),
    ApiCode(
        "1001",
        "presenter_id parameter is missing.",
        "No presenter_id was given, and this account needs one.",
        "Fill in presenter_id; 0 counts as empty.",
    ),
    ApiCode(
        "1002",
        "presenter_name parameter is missing.",
        "No presenter_name was given, and this account needs one.",
        "Fill in presenter_name.",
    ),
    ApiCode(
        "1003",
        "Specified time_zone parameter is not available.",
        "The service does not know this time zone.",
        "Write another city of the same zone, such as Asia/Kolkata or America/New_York.",
    ),
    ApiCode(
        "1004",
        "start_time parameter cannot precede current datetime.",
        "The class would have begun already.",
        "Give a start that lies ahead, and check the time zone.",
    ),
    ApiCode(
        "1005",
        "Invalid start_time parameter.",
        "The service cannot use this start time.",
        "Write the start as 2031-09-01 14:00.",
    ),
    ApiCode(
        "1006",
        "time_zone parameter is missing.",
        "No time zone was given, and this account needs one.",
        "Fill in time_zone, such as Europe/London.",
    ),
    ApiCode(
        "1009",
        "class_id is invalid.",
        "There is no class with this number in the account.",
        "Look in WizIQ: the class may have been deleted.",
    ),
    ApiCode(
        "1010",
        "duration parameter cannot exceed  300 minutes.",
        "The class is longer than the account allows.",
        "Shorten the class, or split it in two rows.",
    ),
    ApiCode(
        "1011",
        "attendee_limit parameter cannot exceed #MaxUserPerClass# attendees.",
        "The class has more seats than the account allows.",
        "Lower attendee_limit, or ask WizIQ for a bigger licence.",
    ),
    ApiCode(
        "1012",
        "Only #MaxConcurrentClass# simultaneous classes are allowed.",
        "At that time the account already has as many classes as the licence allows at once.",
        "Move the class to another time, cancel one that runs then, or ask WizIQ for a bigger licence.",
        Aftermath.SLOT_FULL,
    ),
    ApiCode(
        "1013",
        "No record found.",
        "The account has no class that fits the search.",
        "Nothing: the list is empty.",
    ),
    ApiCode(
        "1014",
        "title parameter is missing.",
        "The class has no title.",
        "Fill in title.",
    ),
    ApiCode(
        "1015",
        "Cannot modify an in-progress class.",
        "The class is running now and cannot be changed.",
        "Tell the presenter: while it runs, only they can change anything.",
    ),
    ApiCode(
        "1016",
        "Cannot modify a completed class.",
        "The class is over and cannot be changed.",
        "Nothing is left to do: it has taken place.",
    ),
    ApiCode(
        "1017",
        "Cannot modify an expired class.",
        "The time of the class has passed, so it cannot be changed.",
        "Schedule a new class in its place, if one is wanted.",
    ),
    ApiCode(
        "1018",
        "Cannot modify a deleted class.",
        "The class was cancelled, so it cannot be changed.",
        "Schedule a new class in its place, if one is wanted.",
    ),
    ApiCode(
        "1019",
        "start_time parameter is missing.",
        "The class has no start time.",
        "Fill in start_time.",
    ),
    ApiCode(
        "1020",
        "class_id parameter is missing.",
        "No class number was given.",
        "Say which class is meant.",
    ),
    ApiCode(
        "1022",
        "Datetime is not in valid format.",
        "The service cannot read this start time.",
        "Write the start as 2031-09-01 14:00.",
    ),
    ApiCode(
        "1025",
        "page_size parameter cannot exceed 100.",
        "More classes were asked for at once than the service lists.",
        "Update classbatch: it should never ask for more than 100.",
    ),
    ApiCode(
        "1030",
        "presenter_email parameter is missing.",
        "No presenter_email was given, and this account needs one.",
        "Fill in presenter_email.",
    ),
    ApiCode(
        "1031",
        "presenter_email is not valid.",
        "Nobody with this e-mail address is a teacher in the WizIQ account.",
        "Check the spelling, or add the teacher to the account first.",
    ),
    ApiCode(
        "1032",
        "You have already scheduled a class for the current time.",
        "The presenter already has a class that overlaps this one.",
        "Move one of the two classes, or give this one another presenter.",
        Aftermath.PRESENTER_BUSY,
    ),
    ApiCode(
        "1033",
        "Class is already cancelled.",
        "The class was cancelled before.",
        "Nothing is left to do: it is cancelled.",
    ),
    ApiCode(
        "1034",
        "Cannot cancel inprogress class.",
        "The class is running now and cannot be cancelled.",
        "Let the presenter end it in the classroom.",
    ),
    ApiCode(
        "1035",
        "Cannot cancel completed class.",
        "The class is over and cannot be cancelled.",
        "Nothing is left to do: it has taken place.",
    ),
    ApiCode(
        "1036",
        "Cannot cancel expired class.",
        "The time of the class has passed, so it cannot be cancelled.",
        "Nothing is left to do: it no longer takes place.",
    ),
    ApiCode(
        "1043",
        "The language is invalid or unsupported in the VC",
        "The virtual classroom does not offer this language.",
        "Write a language and country, such as en-US, or leave the cell empty.",
    ),
    ApiCode(
        "1044",
        "Language_culture_name parameter is missing.",
        "No language was given, and the service wants one here.",
        "Fill in language_culture_name, such as en-US.",
    ),
    ApiCode(
        "1046",
        "presenter_email is not valid for this package.",
        "This account names presenters by presenter_id and presenter_name, not by e-mail address.",
        "Set the account kind to room, and fill in presenter_id and presenter_name.",
        _EVERYONE,
    ),
    ApiCode(
        "1047",
        "presenter_id and presenter_name are not valid for this package.",
        "This account names presenters by e-mail address, not by presenter_id and presenter_name.",
        "Set the account kind to teacher, and fill in presenter_email.",
        _EVERYONE,
    ),
    ApiCode(
        "1048",
        "Duplicate presenter_id cant be accepted.",
        "The service already knows this presenter_id under another name.",
        "Give each presenter an id of their own, and write the name the same way in every row.",
    ),
    ApiCode(
        "1062",
        "This option is not available in your account. ...",
        "The account's licence does not include scheduling in this way.",
        _ASK_WIZIQ,
        _EVERYONE,
    ),
    ApiCode(
        "1090",
        "extend_duration parameter is empty or invalid.",
        "The service cannot use this number of extra minutes.",
        "Write whole minutes in extend_duration, or leave the cell empty.",
    ),
)

BY_CODE = {entry.code: entry for entry in CODES}

#: What a change or a cancel is told of a class that stands in another way than was thought.
CODES_OF_A_CLASS = frozenset({"1009", "1015", "1016", "1017", "1018", "1033", "1034", "1035", "1036"})
#: A licence for no class, or for more than anybody sells, is a misread text.
_MOST_CLASSES_AT_ONCE = 10_000
_LIMIT_IN_TEXT = re.compile(r"Only\s+(\d{1,6})\s+simultaneous", re.ASCII)


def aftermath_of(code: str) -> Aftermath:
    """What a code leaves behind; an unlisted one is a refusal."""
    entry = BY_CODE.get(code)
    return Aftermath.NOTHING if entry is None else entry.aftermath


def limit_in(text: str) -> int | None:
    """The number of classes at once that the text of a 1012 names, if it names one.

    >>> limit_in("Only 5 simultaneous classes are allowed.")
    5
    """
    found = _LIMIT_IN_TEXT.search(text)
    limit = int(found[1]) if found else 0
    return limit if 0 < limit <= _MOST_CLASSES_AT_ONCE else None
