"""A night in mode `sync`: too much at once is stopped, filed under failed/, and sent once somebody has looked."""

from pathlib import Path

import pytest

from batch.core.tally import Exit
from tests.support.nights import Nights, nights, rows

Row = dict[str, str]


def account(school: Nights) -> list[tuple[str, str]]:
    assert school.sandbox is not None
    there = [each for each in school.sandbox.classes if not each.cancelled]
    return sorted((each.title, f"{each.start:%Y-%m-%d %H:%M}") for each in there)


def asked(table: list[Row]) -> list[tuple[str, str]]:
    return sorted((row["title"], row["start_time"]) for row in table)


def later(row: Row) -> Row:
    return {**row, "start_time": row["start_time"].replace(":00", ":15")}


TOO_MUCH = {
    "most lessons another teacher's": (
        lambda table: [
            {**row, "presenter_email": f"new{at}@school.example"} if at % 2 else row
            for at, row in enumerate(table)
        ]
    ),
    "a third of them gone": lambda table: [row for at, row in enumerate(table) if at % 3 != 2],
}


@pytest.mark.parametrize("change", TOO_MUCH.values(), ids=TOO_MUCH)
async def test_too_much_is_stopped_and_sent_once_it_is_accepted(change: object, tmp_path: Path) -> None:
    assert callable(change)
    async with nights(tmp_path) as school:
        school.flags = {"mode": "sync"}
        before = rows(1, 20)
        school.arrive("term-2026-09-01.csv", before)
        assert (await school.night()).exit_code is Exit.DONE
        table = change(before)
        school.arrive("term-2026-09-02.csv", table)
        told = await school.night()
        assert (told.exit_code, account(school)) == (Exit.CANNOT_RUN, asked(before))
        (failed,) = school.shelved("failed")
        assert "--accept" in told.sentences()
        accepted = await school.accept(failed)
        assert accepted.exit_code is Exit.DONE, accepted.sentences()
        assert account(school) == asked(table)


async def test_a_little_is_changed_and_cancelled_and_counted_in_the_nights_line(tmp_path: Path) -> None:
    async with nights(tmp_path) as school:
        school.flags = {"mode": "sync"}
        table = rows(1, 20)
        school.arrive("term-2026-09-01.csv", table)
        await school.night()
        table = [later(table[0]), *table[1:7], *table[8:]]
        school.arrive("term-2026-09-02.csv", table)
        told = await school.night()
        assert (told.exit_code, account(school)) == (Exit.DONE, asked(table))
        assert "1 changed, 1 cancelled" in told.lines[0]


async def test_mode_add_touches_no_class(tmp_path: Path) -> None:
    async with nights(tmp_path) as school:
        table = rows(1, 20)
        school.arrive("term-2026-09-01.csv", table)
        await school.night()
        school.arrive("term-2026-09-02.csv", [later(table[0]), *table[1:7], *table[8:]])
        told = await school.night()
        assert (told.exit_code, account(school)) == (Exit.NEEDS_A_PERSON, asked(table))
