"""What is handed over to workers out of an inbox is what lies there: nothing is lost while that changes."""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from batch.core.message import Message, NightFault
from batch.core.tally import Exit
from batch.nightly.night import Order
from batch.sending.environment import real_environment
from batch.sending.listener import Listener
from batch.settings.resolve import load_settings
from tests.support.postgres import Postgres


class Heard(Listener):
    def __init__(self) -> None:
        self.notes: list[Message] = []

    def says(self, note: Message) -> None:
        self.notes.append(note)


#: Whoever hands files over reads the clock before it looks, before each file, and before that goes into the database.
MOMENTS = range(6)


def changing(file: Path, at: int, change: Callable[[Path], object]) -> Callable[[], float]:
    """A clock that, when it is read for that time, lets somebody do something to a file."""
    readings = count()

    def clock() -> float:
        if next(readings) == at and file.exists():
            change(file)
        return time.time()

    return clock


@pytest.mark.parametrize("at", MOMENTS)
async def test_a_file_that_is_written_over_meanwhile_is_handed_over_the_next_time(
    at: int, postgres: Postgres, tmp_path: Path
) -> None:
    from batch.nightly.cluster.enqueueing import Inbox  # noqa: PLC0415 - of the extra

    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for name in ("a.csv", "b.csv"):
        (inbox / name).write_text(f"Title\n{name}\n")
        os.utime(inbox / name, (1e9, 1e9))
    settings = load_settings({"state": str(tmp_path / "state")}, environ={}, cwd=tmp_path)
    order = Order(source=str(inbox), settings=replace(settings, settled_s=0.0))
    heard = Heard()
    clock = changing(inbox / "a.csv", at, lambda file: file.write_text("Title\nnext\n"))
    world = replace(real_environment(), clock=clock)
    first = await Inbox(order, postgres.url, heard, world).enqueue()
    is_left = any(note.what is NightFault.CHANGED for note in heard.notes)
    assert first.exit_code is (Exit.UNFINISHED if is_left else Exit.DONE)
    assert (inbox / "unfinished").is_dir()
    await Inbox(order, postgres.url, heard, real_environment()).enqueue()
    with postgres.connect() as connection:
        found = connection.execute("SELECT content FROM classbatch_data.deposit").fetchall()
    handed_over = {bytes(content).decode() for (content,) in found}
    lie_there = {file.read_text() for file in (inbox / "unfinished").iterdir()}
    assert "Title\nb.csv\n" in handed_over
    assert lie_there <= handed_over, "what was never handed over is not put away"
    assert not [*inbox.glob("*.csv")]


async def test_a_file_that_is_taken_away_meanwhile_keeps_no_other_from_the_workers(
    postgres: Postgres, tmp_path: Path
) -> None:
    from batch.nightly.cluster.enqueueing import Inbox  # noqa: PLC0415 - of the extra

    for at in MOMENTS:
        inbox = tmp_path / str(at)
        inbox.mkdir()
        for name in ("a.csv", "b.csv"):
            (inbox / name).write_text(f"Title\n{name} {at}\n")
            os.utime(inbox / name, (1e9, 1e9))
        settings = load_settings({"state": str(tmp_path / "state")}, environ={}, cwd=tmp_path)
        order = Order(source=str(inbox), settings=replace(settings, settled_s=0.0))
        world = replace(real_environment(), clock=changing(inbox / "a.csv", at, Path.unlink))
        await Inbox(order, postgres.url, Heard(), world).enqueue()
        assert [file.read_text() for file in (inbox / "unfinished").glob("*b.csv")] == [
            f"Title\nb.csv {at}\n"
        ]
