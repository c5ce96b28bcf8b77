"""The API's methods: parameters in, the elements of a successful reply out."""

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import quote

from lxml import etree

from batch.core.quick_dataclass import dataclass
from batch.sandbox.account import Account, Attendee
from batch.sandbox.classes import ScheduledClass, Status
from batch.sandbox.listing import LINKS, links, records, report_status, series
from batch.sandbox.refusals import Refused
from batch.sandbox.replies import Cdata, Element
from batch.sandbox.teachers import Teacher


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One signed call, and what the server knows about it."""

    parameters: Mapping[str, str]
    call_id: str
    admitted: bool = True  #: False where the `inflight` policy found no room


def answer(account: Account, method: str, request: Request) -> Sequence[Element]:
    """Carry a call out.

    Raises:
        Refused: what the method refuses; 404 for a method that does not exist.
    """
    carry_out = _METHODS.get(method)
    if carry_out is None:
        raise Refused("404")
    return carry_out(account, request)


def _create(account: Account, request: Request) -> Sequence[Element]:
    made = account.create(request.parameters, call_id=request.call_id, admitted=request.admitted)
    presenter_url, recording_url = links(made)
    given = account.settings.give_class_master_id
    master = [Element("class_master_id", made.class_master_id)] if given else []
    details = [
        Element("class_id", made.class_id),
        *master,
        Element("recording_url", Cdata(recording_url)),
        Element("presenter_list", [Element("presenter", [*_presenter(account, made, presenter_url)])]),
    ]
    return [Element("class_details", details)]


def _presenter(account: Account, made: ScheduledClass, url: str) -> Sequence[Element]:
    kind = "presenter_email" if account.settings.account == "teacher" else "presenter_id"
    return [Element(kind, Cdata(made.parameters[kind])), Element("presenter_url", Cdata(url))]


def _get_data(account: Account, request: Request) -> Sequence[Element]:
    return records(account, request.parameters)


def _cancel(account: Account, request: Request) -> Sequence[Element]:
    account.cancel(request.parameters.get("class_id", ""))
    return []


def _modify(account: Account, request: Request) -> Sequence[Element]:
    account.modify(request.parameters.get("class_id", ""), request.parameters)
    return []


def _get_account_info(_: Account, __: Request) -> Sequence[Element]:
    return []


def _create_recurring(account: Account, request: Request) -> Sequence[Element]:
    first = account.create_recurring(request.parameters, call_id=request.call_id)[0]
    presenter_url, recording_url = links(first)
    details = [
        Element("class_master_id", first.class_master_id),
        Element("class_id", first.class_id),
        Element("recording_url", Cdata(recording_url)),
        Element("presenter_list", [Element("presenter", [*_presenter(account, first, presenter_url)])]),
    ]
    return [Element("recurring_class_details", details)]


def _view_schedule(account: Account, request: Request) -> Sequence[Element]:
    details = []
    for each in series(account, request.parameters):
        presenter_url, recording_url = links(each)
        details.append(
            Element(
                "class_details",
                [
                    Element("class_id", each.class_id),
                    Element("class_title", Cdata(each.title)),
                    Element("start_time", Cdata(each.start_time)),
                    Element("duration", each.booking.minutes),
                    Element("class_status", account.status(each).value),
                    Element("recording_url", Cdata(recording_url)),
                    Element("attendance_report_status", report_status(account, each)),
                    Element(
                        "presenter_list", [Element("presenter", [*_presenter(account, each, presenter_url)])]
                    ),
                ],
            )
        )
    return [Element("recurring_list", details)]


def _add_attendees(account: Account, request: Request) -> Sequence[Element]:
    scheduled = account.wanted(request.parameters.get("class_id", ""))
    status = account.status(scheduled)
    if status is not Status.UPCOMING:
        raise Refused("1008" if status is Status.CANCELLED else "1007")
    added = _attendees(request.parameters.get("attendee_list", ""), scheduled)
    account.add_attendees(scheduled.class_id, added)
    links_out = [
        Element(
            "attendee",
            [
                Element("attendee_id", Cdata(each.attendee_id)),
                Element("attendee_url", Cdata(each.url)),
                # Clients were seen to read either.
                Element("language", Cdata(each.language)),
                Element("language_culture_name", Cdata(each.language)),
            ],
        )
        for each in added
    ]
    return [Element("class_id", scheduled.class_id), Element("attendee_list", links_out)]


def _attendees(xml: str, scheduled: ScheduledClass) -> Sequence[Attendee]:
    """The people in an attendee_list; one that cannot be read counts as missing."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        given = etree.fromstring(xml.encode(), parser).findall("attendee")
    except etree.XMLSyntaxError:
        raise Refused("1021") from None
    if not given:
        raise Refused("1021")
    added = []
    for each in given:
        attendee_id, screen_name = each.findtext("attendee_id"), each.findtext("screen_name")
        if not attendee_id:
            raise Refused("1024")
        if not screen_name:
            raise Refused("1023")
        language = each.findtext("language_culture_name") or "en-us"
        code = f"{scheduled.class_id:x}-{quote(attendee_id, safe='')}%3d"
        url = f"{LINKS}/LoginToSession.aspx?SessionCode={code}"
        added.append(Attendee(attendee_id, screen_name, language, url))
    return added


def _add_teacher(account: Account, request: Request) -> Sequence[Element]:
    return _fields_of(account.teachers.add(request.parameters))


def _edit_teacher(account: Account, request: Request) -> Sequence[Element]:
    return _fields_of(account.teachers.edit(request.parameters))


def _fields_of(teacher: Teacher) -> Sequence[Element]:
    return [Element("teacher_id", teacher.teacher_id), Element("teacher_email", Cdata(teacher.email))]


def _get_teacher_details(account: Account, request: Request) -> Sequence[Element]:
    asked = request.parameters
    found = account.teachers.found(teacher_id=asked.get("teacher_id", ""), email=asked.get("email", ""))
    if not found:
        raise Refused("1013")
    # Passwords too: the live method returns them, and a client must be seen not to log them.
    names = ("name", "password", "phone_number", "mobile_number", "about_the_teacher", "image", "time_zone")
    flags = {"can_schedule_class": "True", "is_active": "True"}
    details = [
        Element(
            "teacher_details",
            [
                Element("teacher_id", teacher.teacher_id),
                Element("email", Cdata(teacher.email)),
                *(Element(name, Cdata(teacher.parameters.get(name, ""))) for name in names),
                *(Element(name, teacher.parameters.get(name, usual)) for name, usual in flags.items()),
            ],
        )
        for teacher in found
    ]
    return [Element("teacher_details_list", details)]


_METHODS: Mapping[str, Callable[[Account, Request], Sequence[Element]]] = {
    "create": _create,
    "get_data": _get_data,
    "cancel": _cancel,
    "modify": _modify,
    "get_account_info": _get_account_info,
    "create_recurring": _create_recurring,
    "view_schedule": _view_schedule,
    "add_attendees": _add_attendees,
    "add_teacher": _add_teacher,
    "edit_teacher": _edit_teacher,
    "get_teacher_details": _get_teacher_details,
}
