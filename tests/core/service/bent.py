"""Lists as pure values: what an account with a bent list would show of classes that were sent."""

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from batch.core.service.listed import Seen, Wanted
from batch.sandbox.bends import bend
from batch.sandbox.checks import Booking
from batch.sandbox.classes import ScheduledClass
from batch.time_zones import zone_named

#: 2031-09-01 07:00 UTC, a Monday: nine o'clock in Paris, half past twelve in Kolkata.
NINE = int(datetime(2031, 9, 1, 7, tzinfo=UTC).timestamp())
HOUR, DAY = 3600, 86_400


def wanted(
    key: object, title: str = "Algebra", *, at: int = NINE, zone: str = "Europe/Paris", **facts: object
) -> Wanted:
    """A class as it is sent."""
    offset = datetime.fromtimestamp(at, ZoneInfo(zone)).utcoffset()
    values: dict[str, object] = {
        "presenter": "ann@s.example",
        "starts": at,
        "local_starts": at + int(offset.total_seconds() if offset else 0),
        "minutes": 60,
        "others": {"time_zone": zone},
        **facts,
    }
    return Wanted(fingerprint=str(key), title=title, **values)  # type: ignore[arg-type] # as the cases have it


def shown(sent: Wanted, class_id: object, bends: Iterable[str] = (), **told: object) -> Seen:
    """The class as an account lists it whose list is bent in these ways; by default no presenter is told."""
    zone = str(sent.others["time_zone"])
    scheduled = ScheduledClass(
        class_id=int(str(class_id)),
        call_id="call",
        created_at=0,
        booking=Booking(
            presenter=sent.presenter,
            start=sent.starts,
            minutes=sent.minutes,
            extend_minutes=sent.extend_minutes,
            time_zone=zone,
        ),
        parameters={"title": sent.title},
    )
    columns: dict[str, str | None] = {
        "title": sent.title,
        "start_time": scheduled.start_time,
        "time_zone": zone,
        "duration": str(sent.minutes),
        "presenter_id": None,
        "status": "upcoming",
    }
    for each in map(bend, bends):
        for name, rewrite in each.kind.columns.items():
            columns[name] = rewrite(columns.get(name), scheduled, each.number)
    columns.update({name: None if value is None else str(value) for name, value in told.items()})
    return Seen(
        class_id=str(class_id),
        title=columns["title"] or "",
        presenter=columns["presenter_id"],
        starts=sent.starts,
        local_starts=sent.local_starts,
        minutes=sent.minutes,
        start_text=columns["start_time"] or "",
        zone=zone_named(columns["time_zone"] or ""),
        length_text=columns["duration"] or "",
        status=columns["status"] or "",
    )
