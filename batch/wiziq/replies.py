"""XML from the service -> typed replies.

The trap: only one whole, well-formed `<rsp>` that agrees with itself and with what was
asked is an answer. Anything else (an error page, half a reply, an `ok` of another
method or without a believable class_id) is NoAnswer, never a refusal: the class may exist.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lxml import etree

from batch.core.message import Message, ServiceFault, Unread
from batch.core.quick_dataclass import dataclass
from batch.wiziq.errors import ApiError, LockedOut, NoAnswer, failure_of_code

#: A hundred listed classes take some 60 KB; whatever passes this is no answer of the service.
MOST_BYTES = 1024 * 1024

# Made once (a quarter of the cost of a reply otherwise). Hardened as it is, it
# would still accept a document with a DTD and drop the entities, hence _declares.
_PARSER = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    huge_tree=False,
    collect_ids=False,
    remove_comments=True,
    remove_pis=True,
)
#: What changes the account.
_CHANGES = frozenset({"create", "modify", "cancel"})
#: What the members of a list are called, where it is not `record`.
_RECORDS = {"get_teacher_details": "teacher_details"}
_BOM = b"\xef\xbb\xbf"
# .NET labels text written through a string as UTF-16, whatever the bytes are.
_FALSE_UTF16 = re.compile(rb"""^<\?xml[^>]{0,100}encoding=["']utf-16["'][^>]{0,100}\?>\s*""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reply:
    """One whole `<rsp>`. Its texts stay out of repr: some are log-in links or passwords."""

    ok: bool
    call_id: str | None  #: absent from some replies, refusals and successes alike
    code: str = ""  #: of the `<error>`, where it is a refusal; opaque
    msg: str = ""
    #: first text of each element, by its name; empty elements are there with "". Of a list of classes only that it is one
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)
    #: the same for each class of a listing, or each teacher
    records: tuple[Mapping[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """A class that the service confirmed. The links log in whoever opens them."""

    class_id: str
    call_id: str | None
    presenter_url: str | None = field(default=None, repr=False)
    recording_url: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedClass:
    """A class of the account as `get_data` tells it; None is what it did not tell."""

    class_id: str
    title: str
    start_text: str  #: as it came
    local_start: datetime | None  #: naive: the wall clock of time_zone; None: unreadable
    time_zone: str | None
    start: datetime | None  #: UTC; None unless the zone came along and is known here
    minutes: int | None
    presenter_id: str | None
    presenter_email: str | None
    status: str  #: upcoming (also while it runs), completed, expired, cancelled, deleted; "" for some deleted
    presenter_url: str | None = field(default=None, repr=False)
    duration_text: str = ""  #: as it came; `minutes` only where it is a whole number
    others: Mapping[str, str] = field(
        default_factory=dict
    )  #: what else is told, by the name `create` has for it
    page: int = 1  #: on which it stood


def parse_reply(body: bytes, method: str) -> Reply:
    """The reply to `method` in a response's body, whatever content type it came under.

    Raises:
        NoAnswer: it is not one whole well-formed `<rsp>` that says ok of this method, or
            fail with one code.
    """
    if method == "create" and (usual := _CONFIRMS.fullmatch(body.decode("latin-1"))):
        return _confirmation(usual)
    root = _root(body)
    status = (root.get("status") or "").strip().lower()
    call_id = (root.get("call_id") or "").strip() or None
    if root.tag != "rsp" or status not in {"ok", "fail"}:
        raise _unreadable(Unread.NO_RSP, call_id)
    # Children and `iter`: a search by path (`findall`) costs more than the parsing.
    children = list(root)
    methods = {(each.text or "").strip() for each in children if each.tag == "method"}
    if methods - {method}:
        raise _unreadable(Unread.OF_ANOTHER_REQUEST, call_id)
    errors = list(root.iter("error"))
    if status == "fail":
        return _refusal(root, errors, method, call_id)
    answers = [each for each in children if each.tag == method]
    if errors or not methods or len(answers) != 1:
        raise _unreadable(Unread.OK_OF_NOTHING, call_id)
    if (answers[0].get("status") or "").strip().lower() != "true":
        raise _unreadable(Unread.OK_NOT_DONE, call_id)
    if method == "create" and len({(each.text or "").strip() for each in root.iter("class_id")}) > 1:
        raise _unreadable(Unread.SEVERAL_CLASSES, call_id)
    records = list(root.iter(_RECORDS.get(method, "record")))
    # Of a list of classes only that it is one: each of its records is read by itself.
    within = answers[0].iter("record_list" if method == "get_data" and records else "*")
    return Reply(ok=True, call_id=call_id, fields=_texts(within), records=tuple(map(_texts_in, records)))


def _confirmation(usual: re.Match[str]) -> Reply:
    _, _, call_id, class_id, *texts = usual.groups("")
    cdata_link, link, cdata_email, email, cdata_presenter_link, presenter_link = texts
    return Reply(
        ok=True,
        call_id=call_id or None,
        fields={
            "create": "",
            "class_details": "",
            "class_id": class_id,
            "recording_url": link or cdata_link,
            "presenter_list": "",
            "presenter": "",
            "presenter_email": email or cdata_email,
            "presenter_url": presenter_link or cdata_presenter_link,
        },
    )


def _refusal(
    root: etree._Element, errors: Sequence[etree._Element], method: str, call_id: str | None
) -> Reply:
    codes = {(error.get("code") or "").strip() for error in errors}
    if len(codes) != 1 or "" in codes:
        raise _unreadable(Unread.FAIL_WITHOUT_WHY, call_id)
    shows_a_class = "class_id" if method == "create" else _RECORDS.get(method, "record")
    if root.find(f".//{shows_a_class}") is not None:
        raise _unreadable(Unread.FAIL_WITH_A_CLASS, call_id)
    done = {(each.get("status") or "").strip().lower() for each in root.findall(method)}
    if method in _CHANGES and "true" in done:
        raise _unreadable(Unread.FAIL_AND_DONE, call_id)
    return Reply(ok=False, call_id=call_id, code=codes.pop(), msg=(errors[0].get("msg") or "").strip())


def failure_of(reply: Reply) -> ApiError | LockedOut:
    """What a `fail` reply means."""
    return failure_of_code(reply.code, reply.msg, reply.call_id)


def created(reply: Reply) -> Created:
    """The class that a reply to `create` confirms.

    Raises:
        NoAnswer: it says ok and names no class, several, or one that there cannot be.
        Refused, PresenterBusy, SlotFull, NoAnswer, LockedOut: as its code has it.
    """
    if not reply.ok:
        raise failure_of(reply)
    class_id = reply.fields.get("class_id", "")
    if not _CLASS_ID.fullmatch(class_id):
        raise _unreadable(Unread.NO_CLASS_ID, reply.call_id)
    return Created(
        class_id=class_id,
        call_id=reply.call_id,
        presenter_url=reply.fields.get("presenter_url") or None,
        recording_url=reply.fields.get("recording_url") or None,
    )


def changed(reply: Reply, class_id: str) -> str | None:
    """The call_id of a reply to `modify` or `cancel` that confirms the change.

    Raises:
        NoAnswer: it names another class than the one that was to be changed.
        Refused, PresenterBusy, SlotFull, NoAnswer, LockedOut: as its code has it.
    """
    if not reply.ok:
        raise failure_of(reply)
    if reply.fields.get("class_id", class_id) != class_id:
        raise _unreadable(Unread.OF_ANOTHER_REQUEST, reply.call_id)
    return reply.call_id


def listed(reply: Reply, page: int = 1) -> list[ListedClass]:
    """The classes that a reply to `get_data` lists, on a page; code 1013 is an empty list.

    Raises:
        NoAnswer: no list in it, or a class without a class_id that there can be: nothing can
            be proved absent by half a list.
        ApiError, LockedOut: as its code has it.
    """
    if reply.code == "1013" and not reply.ok:
        return []
    if not reply.ok:
        raise failure_of(reply)
    if "record_list" not in reply.fields:
        raise _unreadable(Unread.NO_RECORD_LIST, reply.call_id)
    if not all(_CLASS_ID.fullmatch(record.get("class_id", "")) for record in reply.records):
        raise _unreadable(Unread.LISTED_WITHOUT_ID, reply.call_id)
    return [_listed_class(record, page) for record in reply.records]


def teachers(reply: Reply) -> Mapping[str, str]:
    """The e-mail address of each teacher, by their number; a reply has their passwords besides, which go nowhere.

    Raises:
        ApiError, LockedOut: as its code has it.
    """
    if not reply.ok and reply.code != "1013":
        raise failure_of(reply)
    pairs = {(each.get("teacher_id", ""), each.get("email", "")) for each in reply.records}
    numbers = Counter(number for number, _ in pairs)
    return {number: email for number, email in pairs if number and email and numbers[number] == 1}


@lru_cache(4096)  # many classes begin at once
def parse_listed_start(text: str) -> datetime | None:
    """The wall-clock time of a listed class: US order with AM/PM, and looser forms.

    >>> parse_listed_start("12/13/2030 01:30:00 PM")
    datetime.datetime(2030, 12, 13, 13, 30)
    """
    found = _START.fullmatch(text.strip())
    if found is None:
        return None
    part = found.groupdict()
    hour = int(part["hour"])
    if part["half"] and part["half"] in "pP" and hour < 12:
        hour += 12
    elif part["half"] and part["half"] in "aA" and hour >= 12:
        # 12 AM is midnight; 13 AM is nothing, and must not become 1.
        hour = 0 if hour == 12 else 24
    try:
        return datetime(  # noqa: DTZ001 -- a wall clock: its zone comes in a field of its own
            int(part["year"] or part["iso_year"]),
            int(part["month"] or part["iso_month"]),
            int(part["day"] or part["iso_day"]),
            hour,
            int(part["minute"]),
            int(part["second"] or 0),
        )
    except ValueError:
        return None


# \s also takes the narrow no-break space that newer .NET puts before AM and PM.
_START = re.compile(
    r"(?:(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})|(?P<iso_year>\d{4})-(?P<iso_month>\d{1,2})-(?P<iso_day>\d{1,2}))"
    r"(?:\s+|T)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
    r"(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?"
)


def _usual_confirmation() -> re.Pattern[str]:
    """A class that is confirmed as nearly all are: in ASCII, nothing besides, and nothing that XML could mean otherwise.

    Among other work lxml takes five times as long for it as alone: eighty microseconds beside ten. What differs in a
    single character is left to it; `tests/wiziq/test_usual_replies.py` holds that both read the same.
    """
    text = r"(?:<!\[CDATA\[([!-;=-\\^-~]{0,999})\]\]>|([!-%'-;=?-\\^-~]{0,999}))"
    parts = (
        r"<rsp status=(['\"])ok\1(?: call_id=(['\"])([0-9A-Za-z-]{0,99})\2)?>",
        r"<method>create</method>",
        r"<create status=(?:'true'|\"true\")>",
        r"<class_details>",
        r"<class_id>([0-9]{1,18})</class_id>",
        rf"<recording_url>{text}</recording_url>",
        r"<presenter_list>",
        r"<presenter>",
        rf"<presenter_email>{text}</presenter_email>",
        rf"<presenter_url>{text}</presenter_url>",
        *("</presenter>", "</presenter_list>", "</class_details>", "</create>", "</rsp>"),
    )
    blanks = r"[ \t\r\n]{0,99}"
    return re.compile("".join([*(blanks + part for part in parts), blanks]))


_CONFIRMS = _usual_confirmation()

#: As the live service gives them: rising whole numbers. More digits than a database's largest integer are none.
_CLASS_ID = re.compile(r"[1-9][0-9]{0,17}")
#: What a list may tell of a class besides.
_OTHERS = ("attendee_limit", "create_recording", "language_culture_name")

_WHOLE = re.compile(r"[0-9]{1,9}")


def _root(body: bytes) -> etree._Element:
    if len(body) > MOST_BYTES:
        raise _unreadable(Unread.TOO_LARGE)
    text = body.lstrip().removeprefix(_BOM).lstrip()
    if not text:
        raise _unreadable(Unread.EMPTY)
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise _unreadable(Unread.DOCUMENT_TYPE)
    try:
        root = etree.fromstring(_FALSE_UTF16.sub(b"", text), _PARSER)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise _unreadable(Unread.NO_XML) from error
    # The same in UTF-16, where the search among the bytes does not see it.
    if root.getroottree().docinfo.internalDTD is not None:
        raise _unreadable(Unread.DOCUMENT_TYPE)
    return root


def _unreadable(fault: Unread, call_id: str | None = None) -> NoAnswer:
    return NoAnswer(Message(ServiceFault.UNREADABLE, {"fault": fault}), code="unreadable", call_id=call_id)


def _texts_in(element: etree._Element) -> dict[str, str]:
    return _texts(element.iter("*"))


def _texts(elements: Iterable[etree._Element]) -> dict[str, str]:
    """First text of each element, by name: one pass, a third of the cost of searching."""
    texts: dict[str, str] = {}
    for each in elements:
        texts.setdefault(each.tag, (each.text or "").strip())
    return texts


def _listed_class(record: Mapping[str, str], page: int) -> ListedClass:
    start_text = record.get("start_time", "")
    local_start = parse_listed_start(start_text)
    duration = record.get("duration", "")
    return ListedClass(
        class_id=record["class_id"],
        title=record.get("title", ""),
        start_text=start_text,
        local_start=local_start,
        time_zone=record.get("time_zone") or None,
        start=_utc(local_start, record.get("time_zone", "")),
        minutes=int(duration) if _WHOLE.fullmatch(duration) else None,
        presenter_id=record.get("presenter_id") or None,
        presenter_email=record.get("presenter_email") or None,
        status=record.get("status", ""),
        presenter_url=record.get("presenter_url") or None,
        duration_text=duration,
        others={name: record[name] for name in _OTHERS if record.get(name)},
        page=page,
    )


@lru_cache(4096)
def _utc(local: datetime | None, zone: str) -> datetime | None:
    if local is None or not zone:
        return None
    try:
        return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    # OSError: "America" is a folder. OverflowError: the first or last day of the calendar.
    except (ZoneInfoNotFoundError, ValueError, OSError, OverflowError):
        return None
