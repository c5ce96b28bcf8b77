"""Parses a workbook in a process of its own, which has little memory, little time and no secrets.

No file takes the program down: a process that ended in any other way than by saying
so is one sentence to the person. Its lines come in blocks, while it reads on.
"""

import logging
import pickle
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from enum import Enum, unique
from functools import partial
from importlib.util import find_spec
from itertools import islice
from typing import Any, BinaryIO, cast

from batch.core.errors import FileProblem
from batch.core.message import FileFault
from batch.core.rows.columns import AccountKind
from batch.readers.options import MIB, LoadOptions
from batch.readers.table import Line, Opened, Table

log = logging.getLogger(__name__)

_BOOT = "import sys; sys.path[:] = sys.argv[1:]; from batch.readers.subprocess_child import main; main()"
#: The keys of the account are none of its business. Without defusedxml the parser is the one
#: written in C, a third faster: `check_container` has let no document type pass, so no entities.
ENVIRONMENT = {"OPENPYXL_DEFUSEDXML": "False"}
_TAIL_BYTES = 4096  #: of what a crash printed, for the log


@unique
class Word(Enum):
    """What a message of the child is about; its content in brackets."""

    TABLE = "table"  #: (Table)
    LINES = "lines"  #: (list of Line; empty after the last)
    PROBLEM = "problem"  #: (messages, detail for the log)
    NO_MEMORY = "no memory"  #: ()
    BUG = "bug"  #: (traceback)


@contextmanager
def open_apart(file: BinaryIO, name: str, options: LoadOptions, account: AccountKind) -> Iterator[Opened]:
    """As `open_workbook`, in another process; by python-calamine-plus where that is installed, unless it fails.

    Raises:
        FileProblem: as `open_workbook`, or the file was too much for the process.
    """
    quick = find_spec("python_calamine_plus") is not None
    with _answers(file, name, replace(options, quick=quick), account) as answers:
        table = answers.table()
        if not quick:
            yield Opened(table, answers.lines())
            return
        with ExitStack() as stack:
            again = partial(stack.enter_context, _answers(file, name, options, account))
            yield Opened(table, _lines(answers, again))


def _lines(quick: "_Answers", again: "Callable[[], _Answers]") -> Iterator[Line]:
    """The lines, whatever becomes of the process that reads them quickly."""
    given = 0
    try:
        for line in quick.lines():
            yield line
            given += 1
    except _Crashed:
        slow = again()
        slow.table()
        yield from islice(slow.lines(), given, None)


@contextmanager
def _answers(file: BinaryIO, name: str, options: LoadOptions, account: AccountKind) -> Iterator["_Answers"]:
    with (
        _request(file, name, options, account) as request,
        tempfile.TemporaryFile() as printed,
        start(request, printed) as process,
    ):
        try:
            yield _Answers(process, printed, name, options)
        finally:
            process.kill()


def start(request: BinaryIO, printed: BinaryIO) -> subprocess.Popen[bytes]:
    """The process: its standard input is the request, what a crash prints goes to `printed`."""
    return subprocess.Popen(  # noqa: S603 - our own interpreter, our own words
        [sys.executable, "-I", "-c", _BOOT, *sys.path],
        stdin=request,
        stdout=subprocess.PIPE,
        stderr=printed,
        env=ENVIRONMENT,
    )


@contextmanager
def _request(file: BinaryIO, name: str, options: LoadOptions, account: AccountKind) -> Iterator[BinaryIO]:
    """What the child reads. A copy: two processes that share an open file share their place in it, too."""
    size = file.seek(0, 2)
    if size > options.most_container_bytes:
        raise FileProblem(FileFault.TOO_LARGE_WORKBOOK, name=name, mib=options.most_container_bytes // MIB)
    with tempfile.TemporaryFile() as request:
        pickle.dump((name, options, account), request)
        file.seek(0)
        shutil.copyfileobj(file, request)
        request.seek(0)
        yield request


class _Crashed(FileProblem):
    """The process ended without a word, and not by a bound."""


class _Answers:
    """The messages of the child, as far as it gets."""

    def __init__(
        self, process: subprocess.Popen[bytes], printed: BinaryIO, name: str, options: LoadOptions
    ) -> None:
        self._process = process
        self._printed = printed
        self._name = name
        self._options = options

    def table(self) -> Table:
        table: Table = self._next(Word.TABLE)
        return table

    def lines(self) -> Iterator[Line]:
        while block := self._next(Word.LINES):
            yield from block

    def _next(self, expected: Word) -> Any:
        """The content of the next message.

        Raises:
            FileProblem: it is a complaint, or there is none because the process came to its end.
        """
        try:
            word, content = pickle.load(cast("BinaryIO", self._process.stdout))  # noqa: S301 - our own child's
        except (EOFError, pickle.UnpicklingError):
            raise self._ended() from None
        if word is Word.PROBLEM:
            messages, detail = content
            log.info("workbook.refused", extra={"file": self._name, "detail": detail})
            raise FileProblem.of(messages)
        if word is Word.NO_MEMORY:
            raise self._too_much_memory()
        if word is Word.BUG:
            log.error("workbook.bug", extra={"file": self._name, "detail": content})
            raise self._failed()
        if word is not expected:
            raise AssertionError(f"the reader says {word}, not {expected}")
        return content

    def _ended(self) -> FileProblem:
        """Why there is nothing more to come."""
        code = self._process.wait()
        if code == -signal.SIGXCPU:
            return FileProblem(FileFault.TOO_SLOW, name=self._name, seconds=self._options.most_cpu_s)
        if code == -signal.SIGKILL:
            return FileProblem(FileFault.OUT_OF_MEMORY, name=self._name)
        end = self._printed.seek(0, 2)
        self._printed.seek(max(end - _TAIL_BYTES, 0))
        detail = self._printed.read().decode(errors="replace")
        log.error("workbook.crash", extra={"file": self._name, "code": code, "detail": detail})
        return _Crashed(FileFault.READER_FAILED, name=self._name)

    def _too_much_memory(self) -> FileProblem:
        mib = self._options.most_memory_bytes // MIB
        return FileProblem(FileFault.TOO_MUCH_MEMORY, name=self._name, mib=mib)

    def _failed(self) -> FileProblem:
        return FileProblem(FileFault.READER_FAILED, name=self._name)
