"""`--json`: the documented form, row by row, readable whatever the file held."""

import io
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.changes.operation import Kind
from batch.core.errors import CannotRun
from batch.core.message import FileFault, OutputFault
from batch.core.outcome import Outcome
from batch.core.rows.problems import Problem
from batch.core.tally import Exit, Tally
from batch.journal.lock import Holder, Locked
from batch.report.facts import BatchFacts, GoneClass, ResultRow
from batch.report.json_report import JsonRows, write_json, write_json_error
from batch.report.wording.problems import worded

FACTS = BatchFacts(batch="b-17", file="term.xlsx", sheet="Autumn", account="a", sent_to="https://x.example")
NOTICES = ["There is no column for Zone."]
ZEROS = dict.fromkeys(
    (
        *("scheduled", "already", "changed", "cancelled"),
        *("invalid", "held", "refused", "unknown", "not_sent"),
    ),
    0,
)
GOOD = ResultRow(
    number=2,
    sheet="Autumn",
    outcome=Outcome.SCHEDULED,
    call_id="1b8ad9e6fa71",
    class_id="2492040",
    attempts=1,
    action=Kind.CREATE,
    starts=datetime(2031, 9, 1, 13, tzinfo=UTC),
    presenter_url="https://x.example/launch?key=1",
)
REMOVED = [
    GoneClass(
        class_id="2492041",
        title="Drama",
        presenter="ana@school.example",
        starts=datetime(2031, 9, 2, 8, tzinfo=UTC),
        minutes=60,
        zone="GMT",
        row_then=7,
        outcome=Outcome.CANCELLED,
        action=Kind.CANCEL,
    )
]
BAD = ResultRow(
    number=3,
    sheet="Autumn",
    outcome=Outcome.INVALID,
    error_code="1022",
    problems=worded(
        [
            Problem.NOT_A_TIME.at(
                "start_time",
                "13/31/2031",
                header="Start",
                expected_api_code="1022",
                example="2031-09-01 14:00",
            )
        ]
    ),
)


@contextmanager
def kept(rows: Iterable[ResultRow]) -> Iterator[JsonRows]:
    with JsonRows() as lines:
        for row in rows:
            lines.add(row)
        yield lines


def as_json(*rows: ResultRow) -> str:
    out = io.StringIO()
    tally = Tally(row.outcome for row in rows)
    with kept(rows) as lines:
        write_json(
            out,
            facts=FACTS,
            tally=tally,
            exit_code=tally.exit_code(),
            rows=lines,
            removed=REMOVED,
            notices=NOTICES,
        )
    return out.getvalue()


def test_the_form_is_the_documented_one() -> None:
    assert json.loads(as_json(GOOD, BAD)) == {
        "batch": "b-17",
        "file": "term.xlsx",
        "sheet": "Autumn",
        "counts": ZEROS | {"scheduled": 1, "invalid": 1},
        "exit_code": 1,
        "rows": [
            {
                "row": 2,
                "outcome": "scheduled",
                "action": "create",
                "call_id": "1b8ad9e6fa71",
                "class_id": "2492040",
                "error_code": None,
                "reason": None,
                "message": None,
                "attempts": 1,
                "start_utc": "2031-09-01T13:00:00Z",
                "problems": [],
            },
            {
                "row": 3,
                "outcome": "invalid",
                "action": None,
                "call_id": None,
                "class_id": None,
                "error_code": "1022",
                "reason": None,
                "message": None,
                "attempts": 0,
                "start_utc": None,
                "problems": [
                    {
                        "column": "start_time",
                        "value": "13/31/2031",
                        "code": "R003",
                        "says": "is not a date and time",
                        "fix": "Write it as 2031-09-01 14:00.",
                        "foretells": "1022",
                    }
                ],
            },
        ],
        "removed": [
            {
                "class_id": "2492041",
                "outcome": "cancelled",
                "action": "cancel",
                "error_code": None,
                "reason": None,
                "message": None,
                "title": "Drama",
                "presenter": "ana@school.example",
                "start_utc": "2031-09-02T08:00:00Z",
                "row_then": 7,
                "beyond": False,
                "kept_for": None,
            }
        ],
        "notices": ["There is no column for Zone."],
    }


def test_a_file_without_rows_is_whole_too() -> None:
    assert json.loads(as_json())["rows"] == []


def test_log_in_links_are_left_out() -> None:
    assert "launch" not in as_json(GOOD)


def test_what_stopped_everything_is_told_in_the_same_form() -> None:
    out = io.StringIO()
    write_json_error(out, CannotRun(FileFault.EMPTY, name="term.xlsx"))
    assert json.loads(out.getvalue()) == {
        "error": {"says": "term.xlsx is empty.", "fix": "Give the file that holds the timetable."},
        "exit_code": 2,
        "counts": ZEROS,
        "rows": [],
    }


def test_that_another_run_is_at_work_is_told_in_the_same_form() -> None:
    out = io.StringIO()
    write_json_error(out, Locked("this account", Holder(17, 1899936000.0)))
    assert json.loads(out.getvalue()) == {
        "error": {
            "says": "Another run is at work on this account: started 2030-03-17 00:00:00 UTC, pid 17.",
            "fix": "Run the same command again later.",
        },
        "exit_code": 75,
        "counts": ZEROS,
        "rows": [],
    }


def test_rows_do_not_gather_in_memory_until_they_are_counted() -> None:
    out = io.StringIO()
    with JsonRows() as rows:
        many = 60_000  # more than stay in memory
        for _ in range(many):
            rows.add(GOOD)
        assert rows._spool._rolled  # type: ignore[attr-defined]  # of tempfile's: they are on disk
        write_json(out, facts=FACTS, tally=Tally(), exit_code=Exit.DONE, rows=rows)
    assert len(json.loads(out.getvalue())["rows"]) == many


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    class Broken(JsonRows):
        def copy_to(self, out: TextIO) -> None:
            super().copy_to(out)
            raise ZeroDivisionError

    path = tmp_path / "term.json"
    with kept([GOOD]) as lines:
        write_json(path, facts=FACTS, tally=Tally(), exit_code=Exit.DONE, rows=lines)
    before = path.read_bytes()
    with pytest.raises(ZeroDivisionError), Broken() as broken:
        write_json(path, facts=FACTS, tally=Tally(), exit_code=Exit.DONE, rows=broken)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
    write_json_error(path, CannotRun(OutputFault.A_FOLDER, path="out"))
    assert json.loads(path.read_text())["error"] == {"says": "out is a folder.", "fix": "Name a file in it."}


@given(text=st.text(st.characters(), max_size=60))
def test_any_text_is_ascii_on_its_way_and_unicode_when_read(text: str) -> None:
    row = ResultRow(number=2, sheet="", outcome=Outcome.REFUSED, message=text)
    written = as_json(row)
    assert written.isascii()
    message = json.loads(written)["rows"][0]["message"]
    assert message == "".join("\ufffd" if "\ud800" <= letter <= "\udfff" else letter for letter in text)


def test_an_emoji_stays_whole() -> None:
    row = ResultRow(number=2, sheet="", outcome=Outcome.REFUSED, message="👩‍🏫 \ud83d")
    assert json.loads(as_json(row))["rows"][0]["message"] == "👩‍🏫 \ufffd"
