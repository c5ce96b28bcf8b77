"""The process that checks and sends for the page, so that no file and no long run weighs on the server.

    standard input    the order, one line of JSON; then "pause", "resume", "stop", a line each
    standard output   events, a line of JSON each; the last is `ended` or `problem`
    standard error    the log

It outlives a server that dies: nobody hears it then, and it comes to its end by itself.
"""

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from batch.core.errors import CannotRun
from batch.web.state.orders import WorkerRequest

#: How it is started: our own interpreter and our own modules, whatever folder we are in.
BOOT = "import sys; sys.path[:] = sys.argv[1:]; from batch.web.worker.main import main; main()"


def worker_command() -> list[str]:
    return [sys.executable, "-I", "-c", BOOT, *sys.path]


def main() -> None:
    """Perform the one order that comes on standard input."""
    with open(0, "rb", buffering=0, closefd=False) as raw:
        order = WorkerRequest.of(raw.readline())
    tell = _teller(os.dup(1))
    os.dup2(2, 1)  # nothing that a library prints may get between the events
    from batch.logs import log_to_stderr  # noqa: PLC0415 - the order is read first
    from batch.report.wording.language import speaking  # noqa: PLC0415 - the order is read first
    from batch.settings.resolve import settings_of_process  # noqa: PLC0415 - as above
    from batch.settings.table import LogFormat  # noqa: PLC0415 - as above
    from batch.web.worker.tasks import perform  # noqa: PLC0415 - as above

    try:
        settings = order.settled(settings_of_process(order.all_flags()))
    except CannotRun as error:
        from batch.web.views.wording import page_words  # noqa: PLC0415 - as above

        with speaking(order.language):
            tell({"event": "problem", **page_words(error), "unfinished": False})
        return
    log_to_stderr(as_json=settings.log is LogFormat.JSON)
    with speaking(order.language):
        perform(order, settings, tell)


def _teller(descriptor: int) -> Callable[[dict[str, Any]], None]:
    def tell(event: dict[str, Any]) -> None:
        with suppress(OSError):  # nobody listens any more; the run is what counts
            os.write(descriptor, json.dumps(event).encode() + b"\n")

    return tell
