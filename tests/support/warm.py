"""The command in a process of its own, forked from one that has imported it already; readers of workbooks, too.

Imports are most of what a short run costs: half a second of the processor each, for
hundreds of runs. A forked command is a process like any other: it has its own pid, takes
signals, and can be killed.
"""

import atexit
import functools
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, Self

from batch.readers import subprocess_parent

#: The command line, as the place of a function.
COMMAND = "batch.cli.main:run"
#: What parses a workbook.
_READER = "batch.readers.subprocess_child:main"
#: What the commands import when they begin to work, and while they do.
_IMPORTED = (
    *(
        f"batch.cli.{name}"
        for name in ("main", "timetable", "maintenance", "nightly", "sandbox", "serve", "invite", "terminal")
    ),
    *("batch.library", "batch.nightly.run", "batch.run", "batch.sandbox.server", "batch.maintenance"),
    *("batch.report.ical", "batch.sending.passes", "batch.sending.renewed_key", "batch.settings.resolve"),
    *(f"batch.report.workbook.{name}" for name in ("marked_copy", "results", "template")),
    *("batch.web.server.app", "batch.web.worker.main", "batch.web.worker.tasks", "batch.wiziq.client"),
    *("rich.console", "rich.emoji", "rich.markup", "rich.pager", "rich.screen", "rich.text"),
    *("_strptime", "encodings.ascii", "encodings.idna", "importlib.readers", "tzdata.zoneinfo.Europe"),
    *("tzlocal.unix", "tests.trials.edges", "uvloop"),
)
_READERS_IMPORT = ("batch.readers.subprocess_child", "batch.readers.workbook")
_MOST_BYTES = 1 << 20
_PATIENCE_S = 120.0
_SCRIPT = """
import json, os, socket, sys
order = {"entry": ENTRY, "words": sys.argv[1:], "environment": dict(os.environ), "folder": os.getcwd()}
with socket.socket(socket.AF_UNIX) as forked:
    forked.connect(ADDRESS)
    socket.send_fds(forked, [json.dumps(order).encode() + b"\\n"], [0, 1, 2])
    with forked.makefile("rb") as answers:
        _, code = answers.readline(), int(answers.readline())
sys.exit(code if code >= 0 else 128 - code)
"""


class Warm:
    """A running process that forks on demand; it ends with its parent."""

    def __init__(
        self, root: Path, *, readers: str = "", environment: Mapping[str, str] | None = None
    ) -> None:
        """Start it.

        Args:
            root: of the project.
            readers: the address of the one that forks readers of workbooks; "": it is that one itself.
            environment: while it imports; None: as here.
        """
        self._folder = tempfile.TemporaryDirectory(prefix="warm-")
        self.address = str(Path(self._folder.name) / "socket")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self.address)
            listener.listen(64)
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.warm", str(listener.fileno()), readers],
                cwd=root,
                stdin=subprocess.PIPE,
                pass_fds=[listener.fileno()],
                env=environment,
            )

    def begin(
        self,
        words: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        *,
        stdin: int | None = None,
        out: int,
        err: int,
        entry: str = COMMAND,
    ) -> "Forked":
        """Begin a command; it is killed when nobody is left who could wait for it.

        Args:
            words: behind its name.
            environment: all of it.
            folder: in which it begins.
            stdin: a descriptor that it gets a copy of, as of the next two; None: nothing is to be read.
            out: standard output.
            err: standard error.
            entry: module:function.
        """
        return _begun(self.address, entry, words, environment, folder, stdin, out, err)

    def program(self, entry: str = COMMAND) -> Path:
        """One that does as the entry does in a new interpreter. Of signals it passes on SIGKILL alone."""
        path = Path(self._folder.name) / entry
        if not path.exists():
            names = f"ADDRESS, ENTRY = {self.address!r}, {entry!r}"
            path.write_text(f"#!{sys.executable} -IS\n{names}\n{_SCRIPT}")
            path.chmod(0o755)
        return path

    def end(self) -> None:
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()
        self._folder.cleanup()


def _begun(
    address: str,
    entry: str,
    words: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
    stdin: int | None,
    out: int,
    err: int,
) -> "Forked":
    """What `Warm.begin` begins, in whichever process knows the address."""
    order = {"entry": entry, "words": [*words], "environment": {**environment}, "folder": str(folder)}
    forked = socket.socket(socket.AF_UNIX)
    nothing = os.open(os.devnull, os.O_RDONLY)
    try:
        forked.connect(address)
        descriptors = [nothing if stdin is None else stdin, out, err]
        socket.send_fds(forked, [json.dumps(order).encode() + b"\n"], descriptors)
        return Forked(forked)
    except BaseException:
        forked.close()
        raise
    finally:
        os.close(nothing)


class Forked:
    """A command that runs."""

    def __init__(self, told: socket.socket) -> None:
        self._socket = told
        self._told = told.makefile("rb")
        self._code: int | None = None
        self.pid = int(self._told.readline())

    def wait(self, timeout_s: float) -> int:
        """Its exit code, negative for a signal's. It is killed when it takes longer."""
        if self._code is None:
            self._socket.settimeout(timeout_s)
            try:
                self._code = int(self._told.readline())
            except TimeoutError:
                self.send_signal(signal.SIGKILL)
                raise
            finally:
                self._told.close()
                self._socket.close()
        return self._code

    def send_signal(self, number: signal.Signals) -> None:
        """Nothing happens when it has ended."""
        if self._code is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class _ForkedReader:
    """A reader of a workbook, as far as `subprocess_parent` uses what it started."""

    def __init__(self, address: str, request: BinaryIO, printed: BinaryIO) -> None:
        reading, writing = os.pipe()
        self.stdout = open(reading, "rb")  # noqa: PTH123, SIM115 - a pipe; closed when the reader is left
        try:
            self._forked = _begun(
                address,
                _READER,
                (),
                subprocess_parent.ENVIRONMENT,
                Path.cwd(),
                request.fileno(),
                writing,
                printed.fileno(),
            )
        except BaseException:
            self.stdout.close()
            raise
        finally:
            os.close(writing)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stdout.close()
        self.wait()

    def wait(self) -> int:
        return self._forked.wait(_PATIENCE_S)

    def kill(self) -> None:
        self._forked.kill()


#: A reader as it starts without tests.
STARTED_ANEW = subprocess_parent.start


def fork_readers(address: Callable[[], str]) -> None:
    """From now on, this process has workbooks read by forks of the process at the address."""
    subprocess_parent.start = lambda request, printed: _ForkedReader(address(), request, printed)  # type: ignore[assignment, return-value] # it does all that is asked of it


@functools.cache
def readers(root: Path) -> Warm:
    """The one of this process that forks readers of workbooks; started by the first test that needs it."""
    compiled = {name: os.environ[name] for name in ("PYTHONPYCACHEPREFIX",) if name in os.environ}
    running = Warm(root, environment={**subprocess_parent.ENVIRONMENT, **compiled})
    atexit.register(running.end)
    return running


@functools.cache
def warm(root: Path) -> Warm:
    """The one of this process that forks commands."""
    running = Warm(root, readers=readers(root).address)
    atexit.register(running.end)
    return running


def main() -> None:
    if address := sys.argv[2]:
        fork_readers(lambda: address)
    else:
        sys.modules["numpy"] = None  # type: ignore[assignment] # as a reader sees to it, before openpyxl is imported
    for name in _IMPORTED if address else _READERS_IMPORT:
        import_module(name)
    if address:
        results = import_module("batch.report.workbook.results")
        results.numbers_of_rows(with_input=True)
    gc.freeze()  # what is never looked at is never copied
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that wait for the commands
    with socket.socket(fileno=int(sys.argv[1])) as listener:
        while True:
            ready, _, _ = select.select([listener, sys.stdin], [], [])
            if sys.stdin in ready:
                return  # the parent is gone
            asked, _ = listener.accept()
            if os.fork() == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                listener.close()
                _serve(asked)
            asked.close()


def _serve(asked: socket.socket) -> None:
    """Run what is asked for in one more process, and tell how it ended. Returns in that process alone."""
    message, descriptors, _, _ = socket.recv_fds(asked, _MOST_BYTES, 3)
    while not message.endswith(b"\n"):
        if not (more := asked.recv(_MOST_BYTES)):
            os._exit(0)  # whoever asked was ended in the middle of it
        message += more
    pid = os.fork()
    if pid == 0:
        asked.close()
        _be_the_command(json.loads(message), descriptors)
    asked.sendall(f"{pid}\n".encode())
    threading.Thread(target=_kill_when_left, args=(asked, pid), daemon=True).start()
    _, status = os.waitpid(pid, 0)
    asked.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _kill_when_left(asked: socket.socket, pid: int) -> None:
    asked.recv(1)  # nothing ever comes but the end
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _be_the_command(order: Mapping[str, Any], descriptors: Sequence[int]) -> NoReturn:
    for standard, descriptor in enumerate(descriptors):
        os.dup2(descriptor, standard)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(order["environment"])
    os.chdir(order["folder"])
    if order["entry"] != _READER:
        sys.modules["__main__"] = import_module("batch.__main__")  # as with `python -m batch`
        sys.argv = [f"{sys.modules['__main__'].__file__}", *order["words"]]
    code = 1
    try:
        module, _, function = order["entry"].partition(":")
        getattr(import_module(module), function)()
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else int(left.code is not None)
    except BaseException:  # noqa: BLE001 - as the interpreter does
        traceback.print_exc()
    else:
        code = 0
    os._exit(code)  # to take all modules down in order takes longer than most commands


if __name__ == "__main__":
    main()
