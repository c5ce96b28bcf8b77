r"""Standard output and error that no write can fail on: a full disk or a closed pipe must not end a run that sends.

What a terminal's encoding does not have is written as \u2026 or the like. Done first thing:
were a descriptor from 0 to 2 free, the journal would be opened on it, and a stray line would go into it.
"""

import errno
import io
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from typing_extensions import Buffer


class _Steady(io.FileIO):
    """A descriptor; the first error is kept, and nothing more is written."""

    error: OSError | None = None

    def write(self, data: "Buffer", /) -> int:
        if self.error is None:
            try:
                return super().write(data) or 0
            except OSError as error:
                self.error = error
        return memoryview(data).nbytes


def steady_streams() -> None:
    """Put streams of that kind in place of `sys.stdout` and `sys.stderr`."""
    for number, flags in ((0, os.O_RDONLY), (1, os.O_WRONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, flags)  # the lowest number that is free, which is this one
    if sys.stdin is None:
        sys.stdin = open(0, closefd=False)  # noqa: SIM115 - a descriptor, for as long as the process lives
    sys.stdout, sys.stderr = _steady(1, sys.stdout), _steady(2, sys.stderr)


def _steady(number: int, stream: TextIO | None) -> TextIO:
    if stream is not None:
        with suppress(OSError):
            stream.flush()
    raw = _Steady(number, "w", closefd=False)
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=stream.encoding if stream is not None else "utf-8",
        errors="backslashreplace",
        line_buffering=number == 2 or raw.isatty(),
    )


def end_streams() -> None:
    """Write what is left; what could not be written is said on the other stream, if that still can."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    error = raw.error if isinstance(raw, _Steady) else None
    if error is None or error.errno == errno.EPIPE:  # whoever reads may stop reading, as head does
        return
    from batch.logs import log, writes_json  # noqa: PLC0415 - seldom needed, and each command starts here

    if writes_json():
        log.error("output.lost", extra={"detail": error.strerror})
    else:
        sys.stderr.write(
            f"classbatch: not all could be written to standard output: {error.strerror}. "
            "The exit code holds, and the journal keeps every row.\n"
        )
