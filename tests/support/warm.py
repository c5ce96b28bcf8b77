"""The command in a process of its own, forked from one that has imported it already.

Imports are most of what a short run costs: half a second of the processor each, for
hundreds of runs. `tests/support/command.py` falls back on a new interpreter where this
cannot serve: input on a pipe, a process that has to be signalled.
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
import traceback
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import NoReturn

#: What the commands import when they begin to work.
_IMPORTED = (
    *(
        "batch.cli.main",
        "batch.library",
        "batch.nightly.run",
        "batch.run",
        "batch.sandbox",
        "batch.cli.terminal",
    ),
    *(
        "batch.report.ical",
        "batch.report.workbook.marked_copy",
        "batch.report.workbook.results",
        "batch.report.workbook.template",
    ),
    *("batch.settings.resolve", "batch.maintenance", "batch.wiziq.client", "uvloop"),
)
_MOST_BYTES = 1 << 20


class Warm:
    """A running process that forks on demand; it ends with its parent."""

    def __init__(self, root: Path) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="warm-")
        self._address = str(Path(self._folder.name) / "socket")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self._address)
            listener.listen(64)
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.warm", str(listener.fileno())],
                cwd=root,
                stdin=subprocess.PIPE,
                pass_fds=[listener.fileno()],
            )

    def begin(
        self, words: Sequence[str], environment: Mapping[str, str], folder: Path, *, out: int, err: int
    ) -> "Forked":
        """Begin a command; `out` and `err` are descriptors that it gets a copy of."""
        order = json.dumps({"words": list(words), "environment": dict(environment), "folder": str(folder)})
        forked = socket.socket(socket.AF_UNIX)
        nothing = os.open(os.devnull, os.O_RDONLY)
        try:
            forked.connect(self._address)
            socket.send_fds(forked, [order.encode()], [nothing, out, err])
            forked.shutdown(socket.SHUT_WR)
            return Forked(forked)
        except BaseException:
            forked.close()
            raise
        finally:
            os.close(nothing)

    def end(self) -> None:
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()
        self._folder.cleanup()


class Forked:
    """A command that runs."""

    def __init__(self, told: socket.socket) -> None:
        self._socket = told
        self._told = told.makefile("rb")
        self.pid = int(self._told.readline())

    def wait(self, timeout_s: float) -> int:
        """Its exit code, negative for a signal's. It is killed when it takes longer."""
        self._socket.settimeout(timeout_s)
        try:
            return int(self._told.readline())
        except TimeoutError:
            self.kill()
            raise
        finally:
            self._told.close()
            self._socket.close()

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)


@functools.cache
def warm(root: Path) -> Warm:
    """The one of this process; started by the first test that needs it."""
    running = Warm(root)
    atexit.register(running.end)
    return running


def main() -> None:
    for name in _IMPORTED:
        import_module(name)
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
    while more := asked.recv(_MOST_BYTES):
        message += more
    pid = os.fork()
    if pid == 0:
        asked.close()
        _be_the_command(json.loads(message), descriptors)
    asked.sendall(f"{pid}\n".encode())
    _, status = os.waitpid(pid, 0)
    asked.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _be_the_command(order: Mapping[str, object], descriptors: Sequence[int]) -> NoReturn:
    for standard, descriptor in enumerate(descriptors):
        os.dup2(descriptor, standard)
        os.close(descriptor)
    environment = order["environment"]
    assert isinstance(environment, dict)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(str(order["folder"]))
    words = order["words"]
    assert isinstance(words, list)
    code = 1
    streams = import_module("batch.cli.streams")
    streams.steady_streams()
    try:
        code = import_module("batch.cli.main").main.main(
            words, prog_name="python -m batch", standalone_mode=True
        )
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else int(left.code is not None)
    except BaseException:  # noqa: BLE001 - as the interpreter does
        traceback.print_exc()
    streams.end_streams()
    os._exit(code)  # to take all modules down in order takes longer than most commands


if __name__ == "__main__":
    main()
