"""The night for Prometheus, as a file of the node exporter's textfile collector.

A night counts as a success when every file was dealt with, exit code 0 or 1; the time
of the last one outlives nights that fail, since it is read from the file before.
"""

import logging
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile
from prometheus_client.parser import text_string_to_metric_families

from batch.core.tally import Exit
from batch.core.text import visible
from batch.nightly.night import MOST_LISTED, Night

log = logging.getLogger(__name__)

_SUCCESS = "classbatch_nightly_last_success_timestamp_seconds"
_SUCCEEDED = frozenset({Exit.DONE, Exit.NEEDS_A_PERSON})


def write_metrics(path: Path, night: Night, *, exit_code: Exit, began: float, ended: float) -> bool:
    """Write the file whole; whether that could be done."""
    registry = CollectorRegistry()

    def gauge(name: str, help_line: str, value: float) -> None:
        Gauge(f"classbatch_nightly_{name}", help_line, registry=registry).set(value)

    rows = Gauge("classbatch_nightly_rows", "Rows by outcome.", ["outcome"], registry=registry)
    for outcome, count in night.tally.counts().items():
        rows.labels(outcome).set(count)
    gauge("files", "Files that were imported or failed.", len(night.files))
    gauge("files_failed", "Files that could not be imported.", len(night.failed))
    failed = Gauge(
        "classbatch_nightly_file_failed", "A file that could not be imported.", ["file"], registry=registry
    )
    for each in night.failed[:MOST_LISTED]:
        failed.labels(visible(each.name)).set(1)
    gauge("files_waiting", "Files left for the next night.", len(night.waiting))
    gauge("duration_seconds", "How long the night took.", ended - began)
    gauge("exit_code", "Exit code of the night.", int(exit_code))
    gauge("last_run_timestamp_seconds", "When the last night ended.", ended)
    success = ended if exit_code in _SUCCEEDED else _last_success(path)
    if success is not None:
        Gauge(_SUCCESS, "When the last night ended with exit code 0 or 1.", registry=registry).set(success)
    try:
        write_to_textfile(str(path), registry)
    except OSError as error:
        log.error("nightly.metrics_failed", extra={"detail": error.strerror})  # noqa: TRY400 - no bug of ours
        return False
    return True


def write_queue_metrics(path: Path, *, waiting: int, oldest_s: float, silent_s: float) -> None:
    """The same of the files that wait for workers.

    Args:
        path: of the file.
        waiting: so many wait, or are at work.
        oldest_s: how long the oldest has waited.
        silent_s: how long the quietest of the runs that hold an account has not been heard of.
    """
    registry = CollectorRegistry()
    for name, help_line, value in (
        ("queue_files", "Files that wait for a worker, or are at work.", waiting),
        ("queue_oldest_seconds", "How long the oldest of them has waited.", oldest_s),
        (
            "lease_silent_seconds",
            "How long the quietest run that holds an account was not heard of.",
            silent_s,
        ),
    ):
        Gauge(f"classbatch_{name}", help_line, registry=registry).set(value)
    try:
        write_to_textfile(str(path), registry)
    except OSError as error:
        log.error("nightly.metrics_failed", extra={"detail": error.strerror})  # noqa: TRY400 - no bug of ours


def _last_success(path: Path) -> float | None:
    try:
        families = list(text_string_to_metric_families(path.read_text("utf-8")))
    except (OSError, ValueError):  # the first night, or not a file of ours
        return None
    return next(
        (sample.value for family in families for sample in family.samples if sample.name == _SUCCESS), None
    )
