"""A class that the sandbox holds, and the file it may be kept in."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, TextIO

from batch.core.quick_dataclass import dataclass
from batch.sandbox.checks import Booking
from batch.sandbox.dates import local, us_12_hour

FIRST_CLASS_ID = 2_492_040
_MASTER_IDS_BELOW = 1_720_837


class Status(StrEnum):
    UPCOMING = "upcoming"  #: under way too: live says so
    COMPLETED = "completed"
    EXPIRED = "expired"  #: over, and never held
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledClass:
    """One class, cancelled ones included."""

    class_id: int
    call_id: str  #: of the create that made it
    created_at: float
    booking: Booking
    parameters: Mapping[str, str]  #: as create or modify was sent them
    cancelled: bool = False
    series: int | None = None  #: the class_master_id that create_recurring gave all its classes

    @property
    def title(self) -> str:
        return self.parameters["title"]

    @property
    def class_master_id(self) -> int:
        return self.series or self.master_id_of(self.class_id)

    @staticmethod
    def master_id_of(class_id: int) -> int:
        """The class_master_id of a class that belongs to no series, or begins one."""
        return class_id - _MASTER_IDS_BELOW

    @property
    def start(self) -> datetime:
        return datetime.fromtimestamp(self.booking.start, UTC)

    @property
    def start_time(self) -> str:
        """As get_data writes it: US 12-hour, on the wall clock of the class's time_zone."""
        return us_12_hour(local(self.booking.start, self.booking.time_zone))

    def as_json(self) -> dict[str, Any]:
        """What /ledger shows and the ledger file keeps."""
        return {
            **asdict(self),
            "title": self.title,
            "presenter": self.booking.presenter,
            "start": self.start.isoformat(),
            "duration": self.booking.minutes,
        }


class Ledger:
    """Every class, newest last, in a file of JSON lines; the last line of a class_id holds.

    A half-written last line, left by a kill, is cut off once the others have been read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        whole = path.read_bytes() if path.exists() else b""
        self._kept = whole[: whole.rfind(b"\n") + 1]
        self._file: TextIO = path.open("a", encoding="utf-8")

    def read(self) -> Iterator[ScheduledClass]:
        """Every state of every class, oldest first.

        Raises:
            ValueError: a line that no sandbox wrote.
        """
        for number, line in enumerate(self._kept.splitlines(), 1):
            try:
                facts = json.loads(line)
                booking = Booking(**facts["booking"])
                names = ("class_id", "call_id", "created_at", "parameters", "cancelled")
                kept = ScheduledClass(
                    booking=booking, series=facts.get("series"), **{name: facts[name] for name in names}
                )
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(
                    f"{self._path}, line {number}, was not written by a sandbox. "
                    "Name another ledger file, or delete this one to begin with no classes."
                ) from error
            yield kept
        self._file.truncate(len(self._kept))  # not before: a file of something else is left as it is
        self._kept = b""

    def append(self, scheduled: ScheduledClass) -> None:
        self._file.write(json.dumps(scheduled.as_json()) + "\n")
        self._file.flush()

    def close(self) -> None:
        self._file.close()
