"""The batch as JSON for programs (`--json`): the same facts, in DESIGN.md's form.

Written row by row; every text is valid Unicode even where the file's was not.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from batch.atomic_file import written_whole
from batch.core.tally import Exit, Tally
from batch.errors import CannotRun, Unfinished
from batch.report.facts import BatchFacts, ResultRow
from batch.report.wording.messages import hint_of, message_of

# JSON has no way to write one half of a pair; strict readers refuse the whole file.
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def write_json(
    out: Path | TextIO, *, facts: BatchFacts, tally: Tally, exit_code: Exit, rows: Iterable[ResultRow]
) -> None:
    """Write the batch; a path is written whole or not at all, a stream row by row.

    Raises:
        NotWritten: a path that cannot be written.
    """
    if isinstance(out, Path):
        with written_whole(out) as whole, whole.part.open("w", encoding="utf-8") as part:
            write_json(part, facts=facts, tally=tally, exit_code=exit_code, rows=rows)
        return
    head = {
        "batch": facts.batch,
        "file": facts.file,
        "sheet": facts.sheet,
        "counts": dict(tally.counts()),
        "exit_code": int(exit_code),
    }
    out.write(_json(head)[:-1] + ', "rows": [')
    before = "\n"
    for row in rows:
        out.write(before + _json(_row(row)))
        before = ",\n"
    out.write("\n]}\n")


def write_json_error(out: Path | TextIO, error: CannotRun | Unfinished) -> None:
    """Write what stopped everything before the first row.

    Of a run that lost the lock (Unfinished) give a stream only: it touches no file,
    and at a path there may by now be what the other run has written.
    """
    if isinstance(out, Path):
        with written_whole(out) as whole, whole.part.open("w", encoding="utf-8") as part:
            write_json_error(part, error)
        return
    exit_code = Exit.UNFINISHED if isinstance(error, Unfinished) else Exit.CANNOT_RUN
    said = {
        "error": {"says": message_of(error), "fix": hint_of(error)},
        "exit_code": int(exit_code),
        "counts": dict(Tally().counts()),
        "rows": [],
    }
    out.write(_json(said) + "\n")


def _row(row: ResultRow) -> dict[str, object]:
    return {
        "row": row.number,
        **({"sheet": row.sheet} if row.among_sheets else {}),
        "outcome": row.outcome.value,
        "call_id": row.call_id,
        "class_id": row.class_id,
        "error_code": row.error_code,
        "message": row.message,
        "attempts": row.attempts,
        "problems": [
            {
                "column": issue.column,
                "value": issue.value,
                "code": issue.code,
                "says": issue.message,
                "fix": issue.hint,
                "foretells": issue.expected_api_code,
            }
            for issue in row.problems
        ],
    }


def _json(value: object) -> str:
    # Surrogates are looked for before anything is escaped: after it, the two
    # halves of an honest emoji look the same.
    text = _LONE_SURROGATE.sub("\ufffd", json.dumps(value, ensure_ascii=False))
    # Escaped, so that it can be written to a terminal of any encoding.
    return text if text.isascii() else json.dumps(json.loads(text))
