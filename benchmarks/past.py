"""`python -m benchmarks.past FOLDER COUNT`: a journal as years of terms leave it, for the account of the benchmarks.

So many classes that are over: their batches, rows, attempts, and what lists have shown
of them. Made by SQL alone, through the journal's own schema: a million take a minute.
"""

import json
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

from batch.core.identity import fingerprint
from batch.journal.accounts import account_id
from batch.journal.files import open_journal
from batch.journal.migration import create
from batch.settings.resolve import settings_of_process
from benchmarks.measure import HEADER, KEYS

_ROWS_OF_A_BATCH = 5_000
_OVER_S = 30 * 86_400  #: the newest of them was held so long ago
_CELLS = json.dumps(
    [
        "Lesson",
        "2025-09-01 08:00",
        "GMT",
        "teacher@school.example",
        "50",
        "",
        "20",
        "en-US",
        "yes",
        "",
        "",
        "7",
        "R1",
    ]
)
_PARAMETERS = json.dumps(
    {
        "title": "Lesson",
        "start_time": "09/01/2025 08:00:00",
        "time_zone": "Etc/UTC",
        "presenter_email": "teacher@school.example",
        "duration": "50",
        "attendee_limit": "20",
        "language_culture_name": "en-US",
        "create_recording": "true",
    }
)

_NUMBERS = "WITH RECURSIVE n (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n LIMIT :count)"
_BATCHES = f"""
INSERT INTO batch (id, file, sha256, sheet, header, account, sent_to, sandbox, started_at, finished_at, exit_code)
{_NUMBERS}
SELECT printf('past-%06d', n), 'term.csv', '', '', :header, 'teacher', :sent_to, 0, started, started + 60, 0
FROM (SELECT n, :last - 3600.0 * n AS started FROM n WHERE n % {_ROWS_OF_A_BATCH} = 0)
"""
_ROWS = f"""
INSERT INTO row (batch, position, sheet, number, cells, issues, parameters, title, presenter, starts, ends, room_until,
  identity, fingerprint, outcome)
{_NUMBERS}
SELECT printf('past-%06d', n - n % {_ROWS_OF_A_BATCH}), n % {_ROWS_OF_A_BATCH}, '', n % {_ROWS_OF_A_BATCH} + 2, :cells,
  '[]', :parameters, 'Lesson ' || n, printf('teacher%d@school.example', n % 500), starts, starts + 3000, starts + 3000,
  printf('%064x', n), fingerprint_of(printf('%064x', n), 1), 'scheduled'
FROM (SELECT n, CAST(:last AS INTEGER) - 60 * n AS starts FROM n)
"""
_ATTEMPTS = """
INSERT INTO attempt (fingerprint, number, batch, position, sent_at, deadline, ending, ended_at, class_id, call_id,
  presenter_url, kind, room_until)
SELECT fingerprint, 1, batch, position, starts - 86400.0, starts - 86370.0, 'created', starts - 86399.0,
  'past' || batch || position, 'call', 'https://class.example/p/' || batch || '/' || position, 'sent',
  room_until
FROM row ORDER BY fingerprint
"""
_SIGHTINGS = """
INSERT INTO sighting (class_id, starts, first_at, last_at, missed_at, gone_at, listed)
SELECT attempt.class_id, row.starts, sent_at, sent_at, NULL, NULL, json_array(row.title, row.presenter, row.starts, 50)
FROM attempt JOIN row ON row.batch = attempt.batch AND row.position = attempt.position ORDER BY attempt.class_id
"""


def make_past(path: Path, account: str, count: int, *, now: float) -> None:
    """A journal of `account` at `path` that knows of so many classes that are over."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.create_function("fingerprint_of", 2, fingerprint, deterministic=True)
        connection.execute("PRAGMA synchronous = OFF")
        create(connection, account, now)
        connection.execute("BEGIN")
        values = {
            "count": count,
            "last": now - _OVER_S,
            "header": json.dumps(HEADER),
            "sent_to": "http://127.0.0.1/",
            "cells": _CELLS,
            "parameters": _PARAMETERS,
        }
        for statement in (_BATCHES, _ROWS, _ATTEMPTS, _SIGHTINGS):
            connection.execute(statement, values if ":" in statement else {})
        connection.execute("COMMIT")
    with open_journal(path.parent, account, now):
        pass  # as a run leaves it, which has read all of it once


def main() -> None:
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    account = account_id(KEYS["CLASSBATCH_ACCESS_KEY"], "loopback")
    state = settings_of_process({}).state
    if not state.is_relative_to(folder):
        raise SystemExit(f"The journals are kept in {state}, which is not in {folder}.")
    if count:
        make_past(state / account / "journal.sqlite3", account, count, now=time.time())


if __name__ == "__main__":
    main()
