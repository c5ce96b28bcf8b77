"""get_data: which classes, and which columns of them.

Filters are loose on purpose: nobody knows how exact the live ones are, so a
client has to compare what comes back.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from batch.sandbox.account import Account
from batch.sandbox.classes import FIRST_CLASS_ID, ScheduledClass, Status
from batch.sandbox.dates import local, wall_clock
from batch.sandbox.refusals import Refused
from batch.sandbox.replies import Cdata, Element

LINKS = "http://sandbox.invalid/aliveext"
_PAGE_SIZE = 100
_SERIES_PAGE_SIZE = 60

_Filter = Callable[[ScheduledClass], bool]
_Content = str | int | Cdata | Sequence[Element] | None


def records(account: Account, parameters: Mapping[str, str]) -> list[Element]:
    """One page of the account's classes, lowest class_id first unless `sort_by` says otherwise.

    Raises:
        Refused: 1020 where the account lists nothing without an id, 1025 for
            a page too large, 1013 for an empty page.
    """
    size, page = _number(parameters, "page_size", _PAGE_SIZE), _number(parameters, "page_number", 1)
    if size > _PAGE_SIZE:
        raise Refused("1025")
    chosen = _chosen(account, parameters)
    keep = list(_filters(account, parameters))
    sorted_by = _SORT_KEYS.get(parameters.get("sort_by", "").lower())
    if account.settings.bends or sorted_by is not None:
        shown = _shown(account, chosen, keep)
        if sorted_by is not None:
            is_falling = parameters.get("sort_direction", "").lower().startswith("desc")
            shown = sorted(shown, key=sorted_by, reverse=is_falling)
        found = shown[_window(account, page, size, len(shown))]
    elif keep:
        matching = (each for each in chosen if all(passes(each) for passes in keep))
        found = list(islice(matching, (page - 1) * size, page * size))
    else:
        found = chosen[(page - 1) * size : page * size]
    if not found or page == account.settings.missing_page:
        raise Refused("1013")
    names = [name.strip() for name in parameters.get("columns", "").split(",") if name.strip()]
    attendee_id = parameters.get("attendee_id", "")
    return [Element("record_list", [_record(account, each, names, attendee_id) for each in found])]


def series(account: Account, parameters: Mapping[str, str]) -> Sequence[ScheduledClass]:
    """One page of the classes that create_recurring made together.

    Raises:
        Refused: 1088 for a series that is not there, 1013 for an empty page.
    """
    master = parameters.get("class_master_id", "")
    size, page = _number(parameters, "page_size", _SERIES_PAGE_SIZE), _number(parameters, "page_number", 1)
    whole = [each for each in account.listed() if str(each.class_master_id) == master]
    if not whole:
        raise Refused("1088")
    found = whole[(page - 1) * size : page * size]
    if not found:
        raise Refused("1013")
    return found


def _number(parameters: Mapping[str, str], name: str, default: int) -> int:
    text = parameters.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 and int(text) else default


def _shown(
    account: Account, chosen: Sequence[ScheduledClass], keep: Sequence[_Filter]
) -> Sequence[ScheduledClass]:
    """The classes that a bent list has on all its pages, in its order."""
    bends = account.settings.bends
    heeds = {bend.kind.filters for bend in bends}
    if keep and "show nothing" in heeds:
        return ()
    if "ignored" not in heeds:
        chosen = [each for each in chosen if all(passes(each) for passes in keep)]
    for bend in bends:
        if bend.kind.shows is not None:
            chosen = bend.kind.shows(chosen, account.now(), bend.number)
    return chosen


def _window(account: Account, page: int, size: int, count: int) -> slice:
    """The part of a bent list that is shown as this page."""
    for bend in account.settings.bends:
        if bend.kind.shortens_pages:
            size = min(size, bend.number)
    for bend in account.settings.bends:
        if bend.kind.window is not None:
            return slice(*bend.kind.window(page, size, bend.number, count))
    return slice((page - 1) * size, page * size)


def _chosen(account: Account, parameters: Mapping[str, str]) -> Sequence[ScheduledClass]:
    listed = account.listed()
    master = parameters.get("class_master_id")
    if master:
        return [each for each in listed if str(each.class_master_id) == master]
    ids = parameters.get("class_id") or parameters.get("multiple_class_id")
    if ids:
        if not all(bend.kind.finds_ids for bend in account.settings.bends):
            return ()
        wanted = (class_id.strip() for class_id in ids.split(","))
        places = sorted({each.class_id - FIRST_CLASS_ID for id_ in wanted if (each := account.find(id_))})
        return [listed[place] for place in places if place < len(listed)]
    if not account.settings.list_without_id:
        raise Refused("1020")
    return listed


def _filters(account: Account, parameters: Mapping[str, str]) -> Iterator[_Filter]:
    for name in ("title", "presenter_name"):
        if part := parameters.get(name):
            yield _contains(name, part.casefold())
    equal = ("presenter_id", "course_id") if account.settings.finds_course_id else ("presenter_id",)
    for name in equal:
        if value := parameters.get(name):
            yield _equals(name, value)
    if attendee_id := parameters.get("attendee_id"):
        yield lambda each: attendee_id in account.attendees(each.class_id)
    if zone := parameters.get("time_zone"):
        yield lambda each: each.booking.time_zone == zone
    if duration := parameters.get("duration"):
        yield lambda each: str(each.booking.minutes) == duration
    if status := parameters.get("status", "").casefold():
        yield lambda each: _standing(account, each) == status
    if start_time := parameters.get("start_time"):
        day = wall_clock(start_time).date()
        yield lambda each: local(each.booking.start, each.booking.time_zone).date() == day


def _contains(name: str, part: str) -> _Filter:
    return lambda each: part in each.parameters.get(name, "").casefold()


def _equals(name: str, value: str) -> _Filter:
    return lambda each: each.parameters.get(name) == value


def _standing(account: Account, each: ScheduledClass) -> str:
    """Its status as it is told, and asked for."""
    status: str = account.status(each)
    for bend in account.settings.bends:
        if bend.kind.standing is not None:
            status = bend.kind.standing(status, account.now() - each.created_at, bend.number)
    return status


def _column(account: Account, each: ScheduledClass, name: str, attendee_id: str) -> _Content:
    """What stands in a column, bent as the settings say."""
    if name == "attendee_url":
        attendee = account.attendees(each.class_id).get(attendee_id)
        return Cdata(attendee.url) if attendee is not None else None
    content = _COLUMNS[name](account, each)
    for bend in account.settings.bends:
        rewrite = bend.kind.columns.get(name)
        if rewrite is not None and (content is None or isinstance(content, str | int | Cdata)):
            text = content.text if isinstance(content, Cdata) else content
            shown = rewrite(None if text is None else str(text), each, bend.number)
            content = None if shown is None else Cdata(shown)
    return content


def _record(account: Account, scheduled: ScheduledClass, names: Sequence[str], attendee_id: str) -> Element:
    settings = account.settings
    known = (
        name for name in names or (*_COLUMNS, "attendee_url") if name in _COLUMNS or name == "attendee_url"
    )
    contents: Iterator[tuple[str, _Content]] = (
        (name, _column(account, scheduled, name, attendee_id)) for name in known
    )
    hidden = {
        name
        for name, shown in (
            ("presenter_email", settings.lists_presenter_email),
            ("status_ping_url", settings.lists_status_ping_url),
            ("class_master_id", settings.give_class_master_id),
        )
        if not shown
    }
    return Element(
        "record",
        [Element(name, content) for name, content in contents if content is not None and name not in hidden],
    )


def links(scheduled: ScheduledClass) -> tuple[str, str]:
    """The presenter's log-in link and the recording's. They lead nowhere."""
    code = f"{scheduled.class_id:x}%3d"
    return f"{LINKS}/LoginToSession.aspx?SessionCode={code}", f"{LINKS}/Recorded.aspx?SessionCode={code}"


def _sent(name: str) -> Callable[[Account, ScheduledClass], _Content]:
    """A column that shows what create was sent."""

    def content(_: Account, each: ScheduledClass) -> _Content:
        value = each.parameters.get(name)
        return None if value is None else Cdata(value)

    return content


def _presenter_id(account: Account, each: ScheduledClass) -> _Content:
    if account.settings.lists_teacher_id and each.booking.presenter in account.teachers:
        return account.teachers[each.booking.presenter].teacher_id
    return _sent("presenter_id")(account, each)


def report_status(account: Account, each: ScheduledClass) -> str:
    """Of the recording and of the attendance report: both are there once a class was held."""
    return "available" if account.status(each) is Status.COMPLETED else "not available"


def _attendee_list(account: Account, each: ScheduledClass) -> _Content:
    added = account.attendees(each.class_id).values()
    return [
        Element(
            "attendee",
            [
                Element("attendee_id", Cdata(one.attendee_id)),
                Element("screen_name", Cdata(one.screen_name)),
                Element("attendee_url", Cdata(one.url)),
            ],
        )
        for one in added
    ] or None


def _time_to_start(account: Account, each: ScheduledClass) -> int | None:
    """Minutes, as far as is known; -1 for a class under way."""
    if account.status(each) is not Status.UPCOMING:
        return None
    return max(int(each.booking.start - account.now()) // 60, -1)


_COLUMNS: Mapping[str, Callable[[Account, ScheduledClass], _Content]] = {
    "class_id": lambda _, each: each.class_id,
    "title": _sent("title"),
    "presenter_id": _presenter_id,
    "presenter_name": _sent("presenter_name"),
    "presenter_email": _sent("presenter_email"),
    "presenter_url": lambda _, each: Cdata(links(each)[0]),
    "start_time": lambda _, each: Cdata(each.start_time),
    "time_zone": lambda _, each: Cdata(each.booking.time_zone),
    "duration": lambda _, each: each.booking.minutes,
    "description": _sent("description"),
    "create_recording": lambda _, each: str(each.parameters.get("create_recording", "").lower() == "true"),
    "status": _standing,
    "time_to_start": _time_to_start,
    "attendee_limit": lambda _, each: each.parameters.get("attendee_limit", "2"),
    "attendee_list": _attendee_list,
    "recording_url": lambda _, each: Cdata(links(each)[1]),
    "recording_status": report_status,
    "language_culture_name": lambda _, each: each.parameters.get("language_culture_name", "en-us"),
    "is_recurring": lambda _, each: str(each.series is not None),
    "class_master_id": lambda _, each: each.class_master_id,
    "attendance_report_status": report_status,
    "status_ping_url": _sent("status_ping_url"),
    "return_url": _sent("return_url"),
}

#: sort_by -> what it compares. A column that is not here leaves the order as it is.
_SORT_KEYS: Mapping[str, Callable[[ScheduledClass], Any]] = {
    "class_id": lambda each: each.class_id,
    "title": lambda each: each.title.casefold(),
    "start_time": lambda each: each.booking.start,
    "duration": lambda each: each.booking.minutes,
    "presenter_id": lambda each: each.parameters.get("presenter_id", ""),
    "presenter_name": lambda each: each.parameters.get("presenter_name", "").casefold(),
}
