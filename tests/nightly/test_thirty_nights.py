"""Thirty nights in one: whatever arrives and whatever breaks, the service has what the files asked for, once."""

import asyncio
import io
import os
import random
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from batch.connection import account_of
from batch.core.tally import Exit
from tests.support.command import KEYS, PATIENCE_S, ROOT
from tests.support.nights import Nights, Row, Told, nights, rows

pytestmark = pytest.mark.thorough

#: They begin so soon that they have passed before the nights are over.
SOON = 4
#: Of the last nights, which are drawn by lot.
SEED = 20310901


def workbook(table: Sequence[Row]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(table[0]))
    for row in table:
        sheet.append(list(row.values()))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


class Term:
    """The school's own timetable, as it changes, and what its nights bring."""

    def __init__(self, school: Nights) -> None:
        self.school = school
        self.table: list[dict[str, str]] = [*self._soon(), *rows(1, 12)]

    def _soon(self) -> list[dict[str, str]]:
        """Classes of the next days: they pass while the nights go on."""
        begins = datetime.fromtimestamp(self.school.now(), UTC) + timedelta(days=3)
        return [
            {
                **row,
                "title": f"Soon {day}",
                "start_time": f"{begins + timedelta(days=day):%Y-%m-%d} 09:00",
                "presenter_email": f"soon{day}@school.example",
            }
            for day, row in enumerate(rows(1, SOON))
        ]

    def export(self, *, asked: bool = True, name: str = "", age_s: float = 3600) -> Path:
        """Tonight's export arrives."""
        if asked:
            self.school.ask(self.table)
        return self.school.arrive(name or f"export-2026-09-{self.school.nth:02}.csv", self.table, age_s=age_s)


async def pass_night(school: Nights, **flags: Any) -> Told:
    """A night, and then the next day."""
    told = await school.night(**flags)
    school.nth += 1
    return told


async def crash(school: Nights) -> None:
    """The real command, killed while it sends."""
    sandbox = school.sandbox
    assert sandbox is not None
    before = len(sandbox.classes)
    sandbox.settings = replace(sandbox.settings, latency_s=0.03)
    process = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-m",
            "batch",
            "nightly",
            str(school.inbox),
            "--settled-s",
            "0",
            "--in-flight",
            "2",
        ),
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(school.folder),
            "CLASSBATCH_BASE_URL": sandbox.url,
            "CLASSBATCH_STATE": str(school.folder / "state"),
            "CLASSBATCH_TIMEOUT_S": "2",
            **KEYS,
        },
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    async with asyncio.timeout(PATIENCE_S):
        while len(sandbox.classes) < before + 5:
            assert process.returncode is None, "it ended before it could be killed"
            await asyncio.sleep(0.001)
        process.kill()
        await process.wait()
    assert len(sandbox.classes) < before + 20, "it was done before it could be killed"
    sandbox.settings = replace(sandbox.settings, latency_s=0)


def leave_locks(school: Nights) -> None:
    """Both locks, as a process leaves them that was killed while it held them."""
    state = school.folder / "state"
    folders = [*state.glob("inbox-*"), state / account_of(school.settings(), sandbox=False)]
    assert len(folders) == 2
    holder = (
        "import sys; from contextlib import ExitStack; from pathlib import Path; from batch.journal.lock import locked\n"
        "with ExitStack() as stack:\n"
        "    for folder in sys.argv[1:]: stack.enter_context(locked(Path(folder), 1.0))\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder, *map(str, folders)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        process.send_signal(signal.SIGKILL)
    assert all((folder / "lock").read_text() for folder in folders)


async def first_ten(school: Nights, term: Term) -> None:
    """Growing, the same again, nothing, shrinking, garbage, a crash, twice, late."""
    term.export()
    assert (await pass_night(school)).exit_code is Exit.DONE  # 1
    term.export()
    told = await pass_night(school)  # 2: the same again
    assert "(1 with the same content as before), 16 already; exit 0" in told.lines[0]
    term.table += rows(13, 18)
    term.export()
    assert "6 scheduled, 16 already" in (await pass_night(school)).lines[0]  # 3: it grew
    told = await pass_night(school)  # 4: nothing
    assert (told.exit_code, told.lines) == (Exit.DONE, ["classbatch nightly: nothing arrived; exit 0"])
    del term.table[-2:]
    term.export()
    told = await pass_night(school)  # 5: it shrank; by now a class has passed
    assert "2 scheduled classes of the file before are not in this one" in told.sentences()
    assert told.exit_code is Exit.DONE  # which was held, and so is well
    term.export()
    school.arrive("garbage.xlsx", random.Random(SEED).randbytes(2000))
    assert (await pass_night(school)).exit_code is Exit.CANNOT_RUN  # 6: garbage beside it
    term.table += rows(21, 40)
    term.export()
    await crash(school)  # 7
    school.nth += 1
    told = await pass_night(school)  # 8: the file of last night still lies there
    assert len(told.taken) == 1
    assert told.exit_code is Exit.DONE
    term.export()
    term.export(name="export-2026-09-09 (2).csv")
    told = await pass_night(school)  # 9: twice
    assert [each.is_known for each in told.taken] == [True, True]
    term.table += rows(41, 44)
    late = term.export(age_s=0)
    whole = late.read_bytes()
    late.write_bytes(whole[: len(whole) // 2])
    school.age(late, 0)

    async def copy_on(seconds: float) -> None:
        school.skipped_s += seconds
        late.write_bytes(whole[: 3 * len(whole) // 4])
        school.age(late, 0)

    told = await school.night(sleep=copy_on)  # 10: half-copied
    assert (told.taken, late.exists()) == ([], True)
    late.write_bytes(whole)
    school.age(late, 0)
    school.nth += 1


async def second_ten(school: Nights, term: Term) -> None:
    """A lock left behind, the guard, a cut workbook, a class that moved, a service that is down."""
    assert "4 scheduled" in (await pass_night(school)).lines[0]  # 11: settled since
    leave_locks(school)
    term.export()
    assert (await pass_night(school)).exit_code is Exit.DONE  # 12
    right = term.table
    term.table = [{**row, "start_time": row["start_time"].replace(":00", ":15")} for row in right]
    term.export(asked=False)
    told = await pass_night(school)  # 13: a quarter of an hour too late, all of it
    assert told.exit_code is Exit.CANNOT_RUN
    assert "guard_vanished_percent" in told.sentences()
    term.export(asked=False)
    assert (await pass_night(school)).exit_code is Exit.CANNOT_RUN  # 14: once more, and it is no better
    term.table = right
    term.export()
    book = workbook(right)
    school.arrive("export-2026-09-15.xlsx", book[: len(book) // 2])
    assert (await pass_night(school)).exit_code is Exit.CANNOT_RUN  # 15: a cut workbook beside the right one
    school.ask(right)
    school.arrive("export-2026-09-16.xlsx", book)
    told = await pass_night(school)  # 16: the same timetable as a workbook
    assert f"{len(right)} already" in told.lines[0]
    moved = {**right[SOON], "start_time": "2031-09-01 10:30"}
    term.table = [*right[:SOON], moved, *right[SOON + 1 :]]
    term.export()
    told = await pass_night(school)  # 17: a class moved
    assert f"row {SOON + 2} seems to replace it" in told.sentences()
    term.table += rows(51, 55)
    left = term.export()
    nobody = "http://127.0.0.1:9/"
    told = await pass_night(school, base_url=nobody, attempts=1)  # 18: the service is down
    assert (told.exit_code, left.exists()) == (Exit.UNFINISHED, True)
    term.table += rows(56, 57)
    term.export()
    told = await pass_night(school)  # 19: the file of last night, then today's
    assert [each.ending.tally.counts()["scheduled"] for each in told.taken if each.ending] == [5, 2]
    wrong = {**rows(60, 60)[0], "duration": "long"}
    school.ask(term.table)
    school.arrive("export-2026-09-20.csv", [*term.table, wrong])
    assert (await pass_night(school)).exit_code is Exit.NEEDS_A_PERSON  # 20: one row is wrong


async def last_ten(school: Nights, term: Term) -> None:
    """Drawn by lot."""
    lot = random.Random(SEED)
    number = 100
    for _ in range(21, 31):
        for what in lot.sample(["grow", "shrink", "nothing", "twice", "garbage"], 2):
            if what == "grow":
                more = lot.randint(1, 6)
                term.table += rows(number, number + more - 1)
                number += more
            elif what == "shrink":
                term.table.pop(lot.randrange(SOON, len(term.table)))
            elif what == "twice":
                term.export(name=f"again {number}.csv")
            elif what == "garbage":
                school.arrive(f"garbage-{number}.csv", lot.randbytes(300))
        if lot.random() < 0.8:
            term.export()
        told = await pass_night(school)
        assert told.exit_code in {Exit.DONE, Exit.NEEDS_A_PERSON, Exit.CANNOT_RUN}


async def test_thirty_nights(tmp_path: Path) -> None:
    async with nights(tmp_path) as school:
        term = Term(school)
        await first_ten(school, term)
        assert school.nth == 11
        await second_ten(school, term)
        assert school.nth == 21
        await last_ten(school, term)
        assert school.faults() == []
        assert len(school.asked) > 50
        assert len(school.shelved("failed")) >= 4
        assert not school.shelved("unfinished")


@pytest.mark.parametrize(
    "spoiled", ["a duplicate", "a stranger", "a lost class", "a file left", "no results"]
)
async def test_the_harness_sees(spoiled: str, tmp_path: Path) -> None:
    """The negative control: what must never happen is noticed when it does."""
    async with nights(tmp_path) as school:
        Term(school).export()
        await school.night()
        assert school.faults() == []
        sandbox = school.sandbox
        assert sandbox is not None
        made = sandbox.classes[0]
        if spoiled == "a duplicate":
            sandbox.account.add(made.booking, made.parameters, "twice")
        elif spoiled == "a stranger":
            sandbox.account.add(replace(made.booking, start=made.booking.start + 60), made.parameters, "new")
        elif spoiled == "a lost class":
            school.ask(rows(99, 99))
        elif spoiled == "a file left":
            school.arrive("left.csv", rows(1, 1))
        else:
            next((school.inbox / "done").glob("*.xlsx")).unlink()
        assert len(school.faults()) == 1
