"""A term's file handed in again when its first lessons are over: what was held is well, what was missed is said."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from batch import run
from batch.core.outcome import Outcome
from batch.core.tally import Exit
from batch.report.facts import ResultRow
from batch.run import Job
from batch.sending.environment import Environment
from batch.settings.resolve import load_settings
from tests.sending.test_steering import Steersman
from tests.support.command import KEYS, Service, lesson, lessons, timetable

#: Of lessons 1, 2, 3, ... that begin at 13:00, 14:00, 15:00, ..., the first two have begun.
MIDWAY = Environment(clock=datetime(2031, 9, 1, 14, 30, tzinfo=UTC).timestamp)


def job(folder: Path, service: Service, rows: Sequence[dict[str, str]], heard: list[ResultRow]) -> Job:
    file = timetable(folder / "term.csv", rows)
    variables = {**KEYS, "CLASSBATCH_BASE_URL": service.url, "CLASSBATCH_SETTLE_S": "0", "HOME": str(folder)}
    settings = load_settings({}, environ=variables, cwd=folder)
    return Job(file=str(file), settings=settings, workbook=False, handle_signals=False, each_row=heard.append)


@pytest.fixture
async def held(tmp_path: Path, service: Service) -> list[ResultRow]:
    """Three lessons, scheduled while they lay ahead."""
    heard: list[ResultRow] = []
    ending = await run.submit(job(tmp_path, service, lessons(3), heard), Steersman())
    assert ending.exit_code == Exit.DONE
    return heard


async def test_a_lesson_that_was_scheduled_and_is_over_is_already_and_keeps_its_ids(
    tmp_path: Path, service: Service, held: list[ResultRow]
) -> None:
    heard: list[ResultRow] = []
    again = job(tmp_path, service, lessons(3), heard)
    assert (await run.submit(again, Steersman(), MIDWAY)).exit_code == Exit.DONE
    assert [row.outcome for row in heard] == [Outcome.ALREADY] * 3
    assert [(row.class_id, row.call_id) for row in heard] == [(row.class_id, row.call_id) for row in held]
    assert not any(row.problems for row in heard)
    assert len(service.titles()) == 3
    heard.clear()
    assert run.check(again, Steersman(), MIDWAY).exit_code == Exit.DONE
    assert {row.outcome for row in heard} == {Outcome.ALREADY}


MISSED = {
    "it was never scheduled": lesson(1, title="Another"),
    "it was moved since": lesson(1, duration="45"),
    "it has another fault, too": lesson(1, attendee_limit="0"),
}


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize("missed", MISSED.values(), ids=MISSED)
async def test_a_lesson_that_is_over_stays_invalid_where(
    missed: dict[str, str], tmp_path: Path, service: Service
) -> None:
    heard: list[ResultRow] = []
    rows = [{"attendee_limit": "", **each} for each in (missed, lesson(2))]
    rows = [dict(sorted(each.items())) for each in rows]
    ending = await run.submit(job(tmp_path, service, rows, heard), Steersman(), MIDWAY)
    assert ending.exit_code == Exit.NEEDS_A_PERSON
    assert [row.outcome for row in heard] == [Outcome.INVALID, Outcome.ALREADY]
    assert "1004" in {issue.expected_api_code for issue in heard[0].problems}
    assert (heard[0].class_id, heard[0].title) == (None, None)


@pytest.mark.usefixtures("held")
async def test_one_of_two_rows_that_are_alike_was_scheduled_once(tmp_path: Path, service: Service) -> None:
    heard: list[ResultRow] = []
    twice = job(tmp_path, service, [lesson(1), lesson(1)], heard)
    await run.submit(replace(twice, only_if_all_valid=True), Steersman(), MIDWAY)
    assert [row.outcome for row in heard] == [Outcome.ALREADY, Outcome.INVALID]
