"""The account's list as the simulation has it: bent by the sandbox's own bends, read by the client's own code."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from batch.sandbox import checks, classes
from batch.sandbox.dates import local, us_12_hour
from batch.wiziq.replies import ListedClass, Reply, listed
from tests.simulation.nature import Booking, Nature, Traits

_UPCOMING = "upcoming"  #: as every class stands: a history is over before its first one begins


def shown(
    bookings: Iterable[Booking], nature: Nature, traits: Traits, filters: Mapping[str, str], now: float
) -> list[ListedClass]:
    """What the account lists of its classes, as the client understands it."""
    if not traits.bends:
        return _as_it_is(bookings, nature, filters)
    kinds = [bend.kind for bend in traits.bends]
    if filters and any(kind.filters == "show nothing" for kind in kinds):
        return []
    wanted = filters.get("class_id")
    if wanted is not None and not all(kind.finds_ids for kind in kinds):
        return []
    found: Sequence[classes.ScheduledClass] = [_as_class(each) for each in bookings]
    if not any(kind.filters == "ignored" for kind in kinds):
        found = [each for each in found if wanted in {None, str(each.class_id)}]
        status = filters.get("status", "")
        found = [each for each in found if not status or _standing(each, traits, now) == status]
    for bend in traits.bends:
        if bend.kind.shows is not None:
            found = bend.kind.shows(found, now, bend.number)
    return _read([_record(each, nature, traits, now) for each in found])


def _as_it_is(bookings: Iterable[Booking], nature: Nature, filters: Mapping[str, str]) -> list[ListedClass]:
    """The same where nothing is bent: how a class is shown follows from the class alone, and is read once."""
    if filters.get("status", _UPCOMING) not in {"", _UPCOMING}:
        return []
    wanted = filters.get("class_id")
    return [
        _plain(
            each.class_id or "0",
            each.title,
            each.presenter if nature.tells_presenter else None,
            each.starts,
            each.minutes,
            each.time_zone,
            tells_zone=nature.tells_zone,
        )
        for each in bookings
        if wanted in {None, each.class_id}
    ]


@lru_cache(20_000)
def _plain(
    class_id: str,
    title: str,
    presenter: str | None,
    starts: int,
    minutes: int,
    time_zone: str,
    *,
    tells_zone: bool,
) -> ListedClass:
    told = {
        "class_id": class_id,
        "title": title,
        "start_time": us_12_hour(local(starts, time_zone)),
        "time_zone": time_zone if tells_zone else None,
        "duration": str(minutes),
        "presenter_id": presenter,
        "status": _UPCOMING,
    }
    return _read([told])[0]


def _as_class(booking: Booking) -> classes.ScheduledClass:
    return classes.ScheduledClass(
        class_id=int(booking.class_id or 0),
        call_id="",
        created_at=booking.commit_at,
        booking=checks.Booking(
            presenter=booking.presenter,
            start=booking.starts,
            minutes=booking.minutes,
            extend_minutes=0,
            time_zone=booking.time_zone,
        ),
        parameters={"title": booking.title},
    )


def _standing(each: classes.ScheduledClass, traits: Traits, now: float) -> str:
    status = _UPCOMING
    for bend in traits.bends:
        if bend.kind.standing is not None:
            status = bend.kind.standing(status, now - each.created_at, bend.number)
    return status


def _record(
    each: classes.ScheduledClass, nature: Nature, traits: Traits, now: float
) -> Mapping[str, str | None]:
    told: dict[str, str | None] = {
        "class_id": str(each.class_id),
        "title": each.title,
        "start_time": each.start_time,
        "time_zone": each.booking.time_zone if nature.tells_zone else None,
        "duration": str(each.booking.minutes),
        "presenter_id": each.booking.presenter if nature.tells_presenter else None,
        "status": _standing(each, traits, now),
    }
    for bend in traits.bends:
        for column, rewrite in bend.kind.columns.items():
            told[column] = rewrite(told.get(column), each, bend.number)
    return told


def _read(told: Sequence[Mapping[str, str | None]]) -> list[ListedClass]:
    # As the client gets it: text without white space around it, and nothing where nothing is told.
    records = tuple(
        {column: text.strip() for column, text in each.items() if text is not None} for each in told
    )
    return listed(Reply(ok=True, call_id=None, fields={"record_list": ""}, records=records))
