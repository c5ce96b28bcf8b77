"""What a journal costs in a file and in a database: the processor time of this process, and of the server.

    python -m benchmarks.journals [--rows 10000] [--rounds 1] [--database postgresql://classbatch@127.0.0.1/benchmark]

A file is taken in, then each row's intent and ending are written, so many to a commit. Nothing is sent. Without a
database a server is started (Debian's programs); one that is named is emptied of what stands in classbatch's schemas.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median

from batch.core.rows.row import CheckedRow
from batch.core.service.attempt import AttemptEnding
from batch.journal.journals import FileJournals, Journals
from batch.journal.postgresql.journals import PostgresJournals
from batch.journal.records import Ended, Intent
from benchmarks.database import database_at, empty
from tests.support.journals import ACCOUNT, batch_named, row

TO_A_COMMIT = 8


def rows(count: int) -> Iterator[CheckedRow]:
    return (row(f"Lesson {each}", hour=each, number=each + 2) for each in range(count))


def measure(journals: Journals, count: int) -> dict[str, float]:
    """Seconds of this process, by what they went into."""
    now, name = time.time(), f"benchmark-{time.time_ns()}"
    batch = replace(batch_named(name), started_at=now)
    found = {}
    with journals.locked(ACCOUNT, now), journals.open(ACCOUNT, now) as journal:
        began = time.process_time()
        journal.batches.load(ACCOUNT, batch, rows(count))
        found["taking in"] = time.process_time() - began
        marks = [each.fingerprint or "" for each in journal.reports.rows(name)]
        began = time.process_time()
        for first in range(0, count, TO_A_COMMIT):
            part = [*enumerate(marks[first : first + TO_A_COMMIT], first)]
            journal.sending.apply([Intent(mark, 1, name, position, now, now + 60) for position, mark in part])
            journal.sending.apply(
                [
                    Ended(
                        fingerprint=mark,
                        number=1,
                        ending=AttemptEnding.CREATED,
                        ended_at=now,
                        code=None,
                        class_id=f"{position}",
                    )
                    for position, mark in part
                ]
            )
        found["intents and endings"] = time.process_time() - began
    return found


def once(url: str, count: int) -> float:
    """One round of each store, printed; how many times a file's the database's is."""
    empty(url)
    with tempfile.TemporaryDirectory() as folder:
        stores: dict[str, Journals] = {
            "a file": FileJournals(Path(folder) / "files"),
            "a database": PostgresJournals(Path(folder) / "database", url),
        }
        figures = {name: measure(journals, count) for name, journals in stores.items()}
    for name, found in figures.items():
        parts = ", ".join(f"{what} {seconds:.2f}" for what, seconds in found.items())
        print(f"{name}: {parts}, together {sum(found.values()):.2f}", flush=True)
    file, database = (sum(found.values()) for found in figures.values())
    return database / file


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rows", type=int, default=10_000)
    asked.add_argument("--rounds", type=int, default=1)
    asked.add_argument("--database")
    arguments = asked.parse_args()
    print(f"{arguments.rows:,} rows, {TO_A_COMMIT} to a commit; seconds of the processor")
    with database_at(arguments.database) as url:
        times = [once(url, arguments.rows) for _ in range(arguments.rounds)]
    print(f"{median(times):.2f} times ({min(times):.2f} to {max(times):.2f})")


if __name__ == "__main__":
    main()
