"""The service's refusals, in its own words (wiziq-api.md, section 6).

Kept apart from the client's catalogue on purpose: a sandbox that shared it
would agree with its mistakes.
"""

MESSAGES = {
    "400": "Bad Request: The request is invalid. Error messages are returned for explanation purposes.",
    "403": "Forbidden: The request is refused by the API.",
    "404": "Not Found: The resource requested doesn't exist.",
    "1000": "There is some error while processing your request.",
    "1001": "presenter_id parameter is missing.",
    "1002": "presenter_name parameter is missing.",
    "1003": "Specified time_zone parameter is not available.",
    "1004": "start_time parameter cannot precede current datetime.",
    "1005": "Invalid start_time parameter.",
    "1006": "time_zone parameter is missing.",
    "1007": "Attendees can be  added only in an upcoming class.",
    "1008": "This class has been cancelled.",
    "1009": "class_id is invalid.",
    "1010": "duration parameter cannot exceed  {limit} minutes.",
    "1011": "attendee_limit parameter cannot exceed {limit} attendees.",
    "1012": "Only {limit} simultaneous classes are allowed.",
    "1013": "No record found.",
    "1014": "title parameter is missing.",
    "1015": "Cannot modify an in-progress class.",
    "1016": "Cannot modify a completed class.",
    "1017": "Cannot modify an expired class.",
    "1018": "Cannot modify a deleted class.",
    "1019": "start_time parameter is missing.",
    "1020": "class_id parameter is missing.",
    "1021": "attendee_list parameter is missing.",
    "1022": "Datetime is not in valid format.",
    "1023": "screen_name is missing.",
    "1024": "attendee_id is missing.",
    "1025": "page_size parameter cannot exceed 100.",
    "1030": "presenter_email parameter is missing.",
    "1031": "presenter_email is not valid.",
    "1032": "You have already scheduled a class for the current time.",
    "1033": "Class is already cancelled.",
    "1034": "Cannot cancel inprogress class.",
    "1035": "Cannot cancel completed class.",
    "1036": "Cannot cancel expired class.",
    "1043": "The language is invalid or unsupported in the VC",
    "1046": "presenter_email is not valid for this package.",
    "1047": "presenter_id and presenter_name are not valid for this package.",
    "1057": "Teacher email is required.",
    "1058": "Teacher name is required.",
    "1059": "Teacher password is required.",
    "1064": "Teacher Email ID already exists.",
    "1067": "Teacher email is invalid.",
    "1090": "extend_duration parameter is empty or invalid.",
}


class Refused(Exception):  # noqa: N818 - the word that the client's tree uses too
    """The service says no: exactly one code per reply, and nothing was changed."""

    def __init__(self, code: str, *, limit: int | None = None) -> None:
        self.code = code
        self.message = MESSAGES[code].format(limit=limit)
        super().__init__(f"{code} {self.message}")
