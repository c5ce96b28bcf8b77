"""Every code that `create` is documented to answer with: really answered over a socket, and shown in the row.

Most of them our validation keeps from ever being sent. They are had by a service
with stricter limits than ours, by an account of the other kind, or by a proxy that
spoils a parameter on its way.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from batch.core.service.api_codes import BY_CODE
from batch.sandbox import plan_of
from batch.sandbox.refusals import MESSAGES
from tests.support.command import lesson, timetable
from tests.support.sending import Sent, sandbox, send, spoiling


@dataclass(frozen=True)
class Meets:
    """How a row comes to be answered with a code."""

    account: dict[str, Any] = field(default_factory=dict)  #: the service's
    ours: dict[str, Any] = field(default_factory=dict)  #: our settings
    row: dict[str, str] = field(default_factory=dict)
    spoilt: dict[str, str] = field(default_factory=dict)  #: on its way to the service


ROOM_BASED = {"presenter_id": "T-17", "presenter_name": "Ana Diaz"}
ROOM = Meets(account={"account": "room"}, ours={"account": "room"}, row=ROOM_BASED)

REFUSED: dict[str, Meets] = {
    # The presenter, each account kind as the service and as the settings have it.
    "1001": Meets(account={"account": "room"}),
    "1002": Meets(ROOM.account, ROOM.ours, ROOM.row, {"presenter_name": ""}),
    "1030": Meets(ours=ROOM.ours, row=ROOM.row),
    "1031": Meets(account={"teachers": frozenset({"somebody.else@school.example"})}),
    # A service that allows less.
    "1010": Meets(account={"max_minutes": 45}),
    "1011": Meets(account={"max_attendees": 10}, row={"attendee_limit": "11"}),
    # What our own rules would never send.
    "1003": Meets(spoilt={"time_zone": "GMT Standard Time"}),
    "1004": Meets(spoilt={"start_time": "09/01/2020 10:00:00"}),
    "1005": Meets(spoilt={"start_time": "02/30/2031 10:00:00"}),
    "1006": Meets(ROOM.account, ROOM.ours, ROOM.row, {"time_zone": ""}),
    "1014": Meets(spoilt={"title": ""}),
    "1019": Meets(spoilt={"start_time": ""}),
    "1022": Meets(spoilt={"start_time": "next Monday"}),
    "1043": Meets(spoilt={"language_culture_name": "tlh-xx"}),
    "1090": Meets(spoilt={"extend_duration": "a while"}),
    # A code that nobody has listed is carried as it is.
    "1999": Meets(account={"faults": plan_of(["unknown-code"])}),
}
LOCKED_OUT: dict[str, Meets] = {
    "403": Meets(spoilt={"signature": "bm90IG91cnM="}),
    "1046": Meets(account={"account": "room", "wrong_presenter": "package"}),
    "1047": Meets(account={"wrong_presenter": "package"}, ours=ROOM.ours, row=ROOM.row),
}


def test_every_code_of_the_create_page_has_its_case() -> None:
    on_the_page = "1003 1004 1005 1010 1011 1012 1014 1019 1022 1030 1031 1032 1043 1090"  # of the vendor
    assert set(on_the_page.split()) <= REFUSED.keys() | {"1012", "1032"}


async def sent_so(meets: Meets, folder: Path, code: str) -> Sent:
    row = {**lesson(1), "attendee_limit": "", **meets.row}
    file = timetable(folder / "t.csv", [row])
    async with sandbox(**meets.account) as service, spoiling(service.url, meets.spoilt) as spoilt:
        sent = await send(file, spoilt if meets.spoilt else service.url, workbook=True, **meets.ours)
        assert service.call_counts[f"create {code}"] + service.call_counts["create"] == 1
        assert service.classes == []
    return sent


@pytest.mark.parametrize(("code", "meets"), REFUSED.items(), ids=REFUSED)
async def test_a_refusal_is_shown_with_its_code_and_what_to_do(
    code: str, meets: Meets, tmp_path: Path
) -> None:
    sent = await sent_so(meets, tmp_path, code)
    (row,), (line,) = sent.rows, sent.table
    assert (row["outcome"], row["error_code"]) == (line["outcome"], line["error_code"]) == ("refused", code)
    assert row["call_id"] == line["call_id"] != ""
    assert row["class_id"] is line["class_id"] is None
    assert row["message"] in line["message"]
    if code in BY_CODE:
        assert BY_CODE[code].advice in row["message"]
    assert sent.json["exit_code"] == 1


@pytest.mark.parametrize(("code", "meets"), LOCKED_OUT.items(), ids=LOCKED_OUT)
async def test_a_lock_out_stops_the_batch_and_names_its_code(code: str, meets: Meets, tmp_path: Path) -> None:
    sent = await sent_so(meets, tmp_path, code)
    (row,), (line,) = sent.rows, sent.table
    assert (row["outcome"], row["error_code"]) == (line["outcome"], line["error_code"]) == ("not_sent", code)
    assert BY_CODE[code].advice in row["message"]
    assert sent.json["exit_code"] == 2


async def test_1012_holds_the_row_that_found_no_room(tmp_path: Path) -> None:
    file = timetable(tmp_path / "t.csv", [lesson(1), lesson(2, start_time="2031-09-01 13:30"), lesson(9)])
    async with sandbox(max_concurrent_classes=1) as service:
        sent = await send(file, service.url, workbook=True, in_flight=1)
        assert service.call_counts["create 1012"] == 1
        assert len(service.classes) == 2
    held = [(row["row"], row["error_code"]) for row in sent.rows if row["outcome"] == "held"]
    assert held == [(3, "1012")]
    assert [line["outcome"] for line in sent.table] == sent.outcomes
    assert [line["error_code"] for line in sent.table if line["outcome"] == "held"] == ["1012"]
    assert sent.json["exit_code"] == 1


async def test_1032_refuses_the_row_whose_presenter_is_busy(tmp_path: Path) -> None:
    """The class in the way came from another computer: no journal of ours knows it."""
    (tmp_path / "elsewhere").mkdir()
    there = timetable(tmp_path / "elsewhere" / "t.csv", [lesson(1)])
    here = timetable(tmp_path / "t.csv", [lesson(1, title="Another", start_time="2031-09-01 13:30")])
    async with sandbox() as service:
        await send(there, service.url)
        sent = await send(here, service.url, workbook=True)
        assert service.call_counts["create 1032"] == 1
        assert len(service.classes) == 1
    (row,), (line,) = sent.rows, sent.table
    assert (row["outcome"], row["error_code"]) == (line["outcome"], line["error_code"]) == ("refused", "1032")
    assert sent.json["exit_code"] == 1


async def test_1000_leaves_the_row_unknown_where_a_person_is_to_decide(tmp_path: Path) -> None:
    file = timetable(tmp_path / "t.csv", [lesson(1)])
    async with sandbox(faults=plan_of(["1000"])) as service:
        sent = await send(file, service.url, workbook=True, on_unknown="ask", timeout_s=1)
        assert service.call_counts["create"] == 1
    (row,), (line,) = sent.rows, sent.table
    assert (row["outcome"], row["error_code"]) == (line["outcome"], line["error_code"]) == ("unknown", "1000")
    assert sent.json["exit_code"] == 3


async def test_1000_is_looked_up_and_sent_once_more_where_the_class_is_absent(tmp_path: Path) -> None:
    # The other rows' classes are the witnesses: a list that shows them can say that the first's is absent.
    file = timetable(tmp_path / "t.csv", [lesson(number) for number in (1, 2, 3)])
    async with sandbox(faults=plan_of(["1000@first 1"])) as service:
        sent = await send(file, service.url, timeout_s=1)
        assert len(service.classes) == 3
    assert sent.outcomes == ["scheduled"] * 3
    assert sorted(row["attempts"] for row in sent.rows) == [1, 1, 2]


def test_the_sandbox_has_words_for_every_code_that_it_can_give() -> None:
    assert (REFUSED.keys() | LOCKED_OUT.keys()) - MESSAGES.keys() == {"1999"}
