"""The process in which a workbook is parsed; `subprocess_parent.py` starts it and hears everything.

Whatever a file makes of it, a crash, a gigabyte, a loop, ends this process and no other.
"""

import gc
import io
import os
import pickle
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import islice
from typing import BinaryIO

from batch.core.errors import FileProblem
from batch.core.rows.columns import AccountKind
from batch.event_loop import leave_garbage_to_the_end
from batch.readers.kind import FileKind, kind_of
from batch.readers.options import LoadOptions
from batch.readers.subprocess_parent import Word
from batch.readers.table import Opened

#: Opens one kind of file.
Opener = Callable[[BinaryIO, str, LoadOptions, AccountKind], AbstractContextManager[Opened]]

_BLOCK_LINES = 128
_GRACE_S = 2  #: between the signal that says which limit was passed and the one that cannot be caught


def main() -> None:
    """Read a request and the file from standard input; answer in messages on standard output."""
    # Ctrl-C is for the parent to act on; without it, the next write fails and ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)  # nothing that a library prints may get between the messages
        name, options, account = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own parent
        _limit(options)
        _answer(io.BytesIO(sys.stdin.buffer.read()), name, options, account, answers)
    leave_garbage_to_the_end()


def _answer(file: BinaryIO, name: str, options: LoadOptions, account: AccountKind, answers: BinaryIO) -> None:
    def send(word: Word, content: object) -> None:
        pickle.dump((word, content), answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()

    try:
        _read(file, name, options, account, send)
    except BrokenPipeError:
        pass  # nobody wants to know any more
    except FileProblem as problem:
        cause = problem.__cause__
        detail = "".join(traceback.format_exception(cause)) if cause else ""
        send(Word.PROBLEM, (problem.messages, detail))
    except MemoryError:
        send(Word.NO_MEMORY, None)
    except Exception:  # noqa: BLE001 - whatever a file did to us, the parent tells it in a sentence
        send(Word.BUG, traceback.format_exc())


def _read(
    file: BinaryIO,
    name: str,
    options: LoadOptions,
    account: AccountKind,
    send: Callable[[Word, object], None],
) -> None:
    # openpyxl would import it to know its number types; it takes as long as all the rest.
    sys.modules["numpy"] = None  # type: ignore[assignment] # how an import is made to fail
    gc.disable()  # rows leave no cycles behind, and the search for them takes a tenth of the time
    from batch.readers.openpyxl_patch import patch_openpyxl_inline_text  # noqa: PLC0415 - see above

    patch_openpyxl_inline_text()
    with opener(kind_of(file, name))(file, name, options, account) as (table, lines):
        send(Word.TABLE, table)
        while block := list(islice(lines, _BLOCK_LINES)):
            send(Word.LINES, block)
        send(Word.LINES, [])


def opener(kind: FileKind) -> Opener:
    """What reads a file of this kind; each brings libraries that the other can do without."""
    if kind is FileKind.CALENDAR:
        from batch.readers.calendar import open_calendar  # noqa: PLC0415 - see above

        return open_calendar
    from batch.readers.workbook import open_workbook  # noqa: PLC0415 - see above

    return open_workbook


def _limit(options: LoadOptions) -> None:
    for limit, most, grace in (
        (resource.RLIMIT_AS, options.most_memory_bytes, 0),
        (resource.RLIMIT_CPU, options.most_cpu_s, _GRACE_S),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        try:
            resource.setrlimit(limit, (most, most + grace))
        except (OSError, ValueError):
            continue  # macOS knows no limit on memory; or a stricter one is set already
