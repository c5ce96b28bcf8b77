"""What kind of account the sandbox plays.

Where nobody knows what the live service does, each answer is a setting here,
and the default is the best-attested one.
"""

import base64
from collections.abc import Callable
from dataclasses import field
from pathlib import Path
from typing import Literal

from batch.core.quick_dataclass import dataclass
from batch.sandbox.bends import Bend
from batch.sandbox.faults import FaultPlan, no_faults


@dataclass(frozen=True, slots=True)
class KeyPair:
    """What requests are signed with. Its repr shows neither half."""

    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)


def made_up_pair(random_bytes: Callable[[int], bytes]) -> KeyPair:
    """A pair of the real shape: 8 and 16 bytes in base64."""
    key, secret = (base64.b64encode(random_bytes(size)).decode("ascii") for size in (8, 16))
    return KeyPair(key, secret)


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxSettings:
    """The account, its licence, how it answers and how it misbehaves."""

    account: Literal["teacher", "room"] = "teacher"
    credentials: KeyPair | None = None  #: None: a pair is made up
    teachers: frozenset[str] | None = None  #: None: any well-formed e-mail is a teacher's
    wrong_presenter: Literal["missing", "package"] = "missing"  #: 1030 or 1001; or 1047 and 1046

    max_concurrent_classes: int | None = None  #: None: no limit
    #: A class counts while it overlaps in time; until it is over; while its create is under way.
    limit_policy: Literal["overlap", "outstanding", "inflight"] = "overlap"
    extend_counts: bool = True  #: whether extend_duration counts for 1012
    conflict: Literal["presenter", "account", "off"] = "presenter"  #: whose classes may not overlap (1032)
    own_interval_counts: bool = False  #: whether a class is in its own way (1032) when it is moved
    max_minutes: int = 300
    max_attendees: int = 50
    past_grace_minutes: float = 8  #: how late a start may be sent before it is 1004; live it was 8 to 10
    max_teachers: int | None = None  #: None: no limit (1063)

    latency_s: float | tuple[float, float] = 0  #: fixed, or (low, high)
    seed: int | None = None  #: of latencies and call_ids; None: other ones each time
    clock_offset_s: float = 0  #: how far the service's clock is ahead of ours
    timestamp_window_s: float | None = None  #: older or newer timestamps are refused with 403

    xml_style: Literal["live", "doc"] = "live"
    give_call_id: bool = True  #: room-based and older accounts answered without
    give_class_master_id: bool = False  #: 2017 and later
    classes_are_held: bool = True  #: a class that is over was `completed`; else `expired`

    list_without_id: bool = True  #: else get_data without an id is 1020
    listing_lag_s: float = 0  #: how old a class, or a change to one, must be to be listed
    failing_listings: int = 0  #: that many calls of get_data are answered with HTTP 503 first
    missing_page: int | None = None  #: this page of any listing says 1013
    lists_presenter_email: bool = False
    lists_teacher_id: bool = False  #: as presenter_id; get_teacher_details has the same numbers
    lists_status_ping_url: bool = True
    finds_course_id: bool = True  #: else get_data passes that filter over
    bends: tuple[Bend, ...] = ()  #: how else the list differs from what was sent

    ledger: Path | None = None  #: JSON lines; a sandbox given the same file remembers its classes
    faults: FaultPlan = no_faults
