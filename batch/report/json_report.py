"""The batch as JSON for programs (`--json`): the same facts as in the workbook.

Written row by row; every text is valid Unicode even where the file's was not.
"""

import json
import shutil
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from batch.core.errors import CannotRun, Unfinished
from batch.core.message import OutputFault
from batch.core.tally import Exit, Tally
from batch.core.text import well_formed
from batch.report.facts import BatchFacts, GoneClass, ResultRow
from batch.report.output_files import NotWritten, written_whole
from batch.report.wording.messages import hint_of, message_of

# JSON has no way to write one half of a pair; strict readers refuse the whole file.
_MOST_IN_MEMORY = 8 << 20


class JsonRows:
    """The rows, kept until they are all counted, since the counts stand before them; on disk where they are many."""

    def __init__(self) -> None:
        self._spool = tempfile.SpooledTemporaryFile(_MOST_IN_MEMORY, "w+", encoding="utf-8")  # noqa: SIM115 - closed by `__exit__`
        self._before = "\n"
        self._failed: OSError | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._spool.close()

    def add(self, row: ResultRow) -> None:
        """Take a row. A full disk is told by `copy_to`: what else is made of the rows goes on."""
        if self._failed is None:
            try:
                self._spool.write(self._before + _json(_row(row)))
            except OSError as error:
                self._failed = error
        self._before = ",\n"

    def copy_to(self, out: TextIO) -> None:
        if self._failed is not None:
            why = self._failed.strerror
            raise NotWritten(OutputFault.NO_SPOOL, folder=tempfile.gettempdir(), why=why) from self._failed
        self._spool.seek(0)
        shutil.copyfileobj(self._spool, out)


def write_json(
    out: Path | TextIO,
    *,
    facts: BatchFacts,
    tally: Tally,
    exit_code: Exit,
    rows: JsonRows,
    removed: Sequence[GoneClass] = (),
    notices: Sequence[str] = (),
) -> None:
    """Write the batch; a path is written whole or not at all.

    Args:
        out: Where to.
        facts: Of the batch.
        tally: The counts of its rows.
        exit_code: The command's.
        rows: In file order.
        removed: Classes that the file no longer asks for.
        notices: What is to be told of the batch as a whole.

    Raises:
        NotWritten: a path that cannot be written.
    """
    if isinstance(out, Path):
        with written_whole(out) as whole, whole.part.open("w", encoding="utf-8") as part:
            write_json(
                part,
                facts=facts,
                tally=tally,
                exit_code=exit_code,
                rows=rows,
                removed=removed,
                notices=notices,
            )
        return
    head = {
        "batch": facts.batch,
        "file": facts.file,
        "sheet": facts.sheet,
        "counts": dict(tally.counts()),
        "exit_code": int(exit_code),
    }
    out.write(_json(head)[:-1] + ', "rows": [')
    rows.copy_to(out)
    gone = _json([_gone(each) for each in removed])
    out.write(f'\n], "removed": {gone}, "notices": {_json(list(notices))}}}\n')


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
    document = {
        "error": {"says": message_of(error), "fix": hint_of(error)},
        "exit_code": int(exit_code),
        "counts": dict(Tally().counts()),
        "rows": [],
    }
    out.write(_json(document) + "\n")


def _row(row: ResultRow) -> dict[str, object]:
    return {
        "row": row.number,
        **({"sheet": row.sheet} if row.among_sheets else {}),
        **({"cell": row.cell} if row.cell else {}),
        "outcome": row.outcome.value,
        "action": row.action,
        "call_id": row.call_id,
        "class_id": row.class_id,
        "error_code": row.error_code,
        "reason": row.reason,
        "message": row.message,
        "attempts": row.attempts,
        "start_utc": _utc(row.starts),
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


def _gone(each: GoneClass) -> dict[str, object]:
    return {
        "class_id": each.class_id,
        "outcome": each.outcome,
        "action": each.action,
        "error_code": each.error_code,
        "reason": each.reason,
        "message": each.message,
        "title": each.title,
        "presenter": each.presenter,
        "start_utc": _utc(each.starts),
        "row_then": each.row_then,
        "beyond": each.beyond,
        "kept_for": each.kept_for or None,
    }


def _utc(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _json(value: object) -> str:
    # Surrogates are looked for before anything is escaped: after it, the two
    # halves of an honest emoji look the same.
    text = well_formed(json.dumps(value, ensure_ascii=False))
    # Escaped, so that it can be written to a terminal of any encoding.
    return text if text.isascii() else json.dumps(json.loads(text))
