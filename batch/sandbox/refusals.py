"""The service's refusals, in its own words.

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
    "1057": "Teacher Email ID is required.",
    "1058": "Please pass valid name parameter not more than 50 characters.",
    "1059": "Password with Spaces, with less than 6 characters length and more than 15 characters is not allowed.",
    "1060": "Please pass valid mobile number with country code or leave blank. For example:+44 9999999999.",
    "1061": "Please pass valid work phone with country code or leave blank. For example:+44 9999999999.",
    "1063": "Your account has reached maximum limit of teachers. To add more teachers please contact sales@wiziq.com.",
    "1064": "Teacher Email ID already exists.",
    "1065": "Invalid file format. Only jpg, jpeg, png, gif are allowed.",
    "1066": "Please pass valid teacher id.",
    "1067": "Please pass valid email ID.",
    "1068": "Value to parameter can_schedule_class is not passed or invalid. Please pass either 0 or 1 or leave blank.",
    "1069": "Value to parameter is_active is not passed or invalid. Please pass either 0 or 1 or leave blank.",
    "1081": "class_repeat_type parameter is empty/invalid.",
    "1082": "class_occurrence / class_end_date parameter is empty/invalid.",
    "1083": "specific_week / days_of_week parameter is empty/invalid.",
    "1084": "monthly_date parameter is empty/invalid.",
    "1085": "monthly_day / monthly_week_day parameter is empty/invalid.",
    "1088": "class_master_id parameter is empty/invalid.",
    "1090": "extend_duration parameter is empty or invalid.",
}


class Refused(Exception):  # noqa: N818 - the word that the client's tree uses too
    """The service says no: exactly one code per reply, and nothing was changed."""

    def __init__(self, code: str, *, limit: int | None = None) -> None:
        self.code = code
        self.message = MESSAGES[code].format(limit=limit)
        super().__init__(f"{code} {self.message}")
