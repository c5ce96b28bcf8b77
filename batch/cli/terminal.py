"""What a person sees while a run goes on and when it has ended.

Results go to standard output, talk to standard error. What is printed elsewhere
than on a terminal is not wrapped: one line for one sentence. Rich is imported when
the first is printed.
"""

import logging
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

from batch.cli.progress import ProgressLine
from batch.core.message import Message
from batch.core.outcome import Outcome
from batch.core.tally import Exit, Tally
from batch.core.text import one_line, visible
from batch.journal.records import Batch, RowOutcome
from batch.report.load_bars import load_bars
from batch.report.styled import Line, line
from batch.report.summary import summary
from batch.report.wording.messages import both_of, message_of
from batch.report.wording.outcomes import ENDINGS, words_for
from batch.sending.listener import Listener

if TYPE_CHECKING:
    from rich.console import Console

    from batch.doctor import Finding
    from batch.journal.nights import LastNight
    from batch.report.ending import Ending
    from batch.sending.control import Control

log = logging.getLogger(__name__)

_UNWRAPPED = 10_000  #: columns of a table that a program may read: one line for one batch
_HANGING = 4  #: how far a line that goes on is moved in


class Terminal(Listener):
    """Listens to a run and shows it."""

    def __init__(
        self,
        *,
        quiet: bool,
        as_events: bool = False,
        results_on: "Callable[[], Console] | None" = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """What is shown, and where.

        Args:
            quiet: no progress, and nothing of what is well.
            as_events: standard error is for programs: what is said there is logged.
            results_on: where the summary goes; standard output unless that carries JSON.
            clock: seconds, for the progress.
        """
        self._quiet = quiet
        self._as_events = as_events
        self._results_on = results_on
        self._progress = ProgressLine(lambda: self._talk, clock=clock, shown=not quiet and not as_events)

    @cached_property
    def _talk(self) -> "Console":
        from rich.console import Console  # noqa: PLC0415 - see the module's docstring

        return Console(stderr=True, highlight=False, soft_wrap=True)

    @cached_property
    def _out(self) -> "Console":
        from rich.console import Console  # noqa: PLC0415 - see the module's docstring

        return self._results_on() if self._results_on else Console(highlight=False, soft_wrap=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def reading(self, file: str) -> None:
        """Which file is read, at once and for whoever waits in front of the screen: the first answer takes a moment."""
        if file != "-" and not self._quiet and not self._as_events and sys.stderr.isatty():
            sys.stderr.write(f"Reading {one_line(file)}\n")
            sys.stderr.flush()

    def begin(self, rows: int) -> None:
        if rows:
            self._progress.begin(rows)

    def control(self, run: "Control") -> None:
        self._progress.watch(run.pace)

    def ended(self, outcome: RowOutcome) -> None:
        if outcome.outcome is not None:
            self._progress.ended(outcome.outcome)

    def says(self, note: Message) -> None:
        if self._as_events:
            level = logging.WARNING if note.is_warning else logging.INFO
            log.log(level, "note", extra={"reason": note.what.value, "facts": _countable(note)})
        else:
            self.talk(both_of(note), always=note.is_warning)

    def talk(self, sentence: str, *, always: bool = False) -> None:
        """Something to know; `always`: even to who asked to be told nothing else."""
        if self._as_events:
            log.info("talk", extra={"says": sentence})
        elif always or not self._quiet:
            show([line(one_line(sentence))], self._talk)

    def show(self, ending: "Ending") -> None:
        """The end of a run: what is wrong with which rows, the counts, what to do next."""
        self._progress.stop()
        if self._as_events:
            self._log(ending)
            if self._results_on:
                return
        if problems := ending.problems.lines():
            show(problems, self._out)
        if ending.load is not None and not self._quiet and (bars := load_bars(ending.load)):
            show(bars, self._out)
        if not self._quiet:
            results = str(ending.results or "")
            lines = summary(
                facts=ending.facts,
                tally=ending.tally,
                written=ending.written,
                goes_on=ending.goes_on,
                results=results,
                stopped=ending.exit_code is Exit.CANNOT_RUN,
                is_answered=ending.is_answered,
                gone=ending.gone,
            )
            show(lines, self._out)
        elif not self._as_events:
            for note in ending.notes:
                if note.is_warning:
                    show([line(one_line(both_of(note)))], self._talk)
            if ending.unwritten is not None:  # said among the sentences above
                show([line(one_line(both_of(ending.unwritten)))], self._talk)

    def _log(self, ending: "Ending") -> None:
        for note in ending.notes:
            self.says(note)
        facts = {
            "file": ending.facts.file,
            "batch": ending.facts.batch,
            "exit_code": int(ending.exit_code),
            "counts": dict(ending.tally.counts()),
        }
        log.log(logging.INFO if ending.exit_code is Exit.DONE else logging.WARNING, "run", extra=facts)

    def list_batches(self, batches: Sequence[tuple[Batch, Tally]]) -> None:
        """Past batches, the newest first."""
        from rich.table import Column, Table  # noqa: PLC0415 - see the module's docstring
        from rich.text import Text  # noqa: PLC0415 - see the module's docstring

        ids = Column("batch", no_wrap=True)  # whole: it is what `results` is given
        table = Table(ids, "file", "started", "rows", "how they ended", "the run", box=None, pad_edge=False)
        for batch, tally in batches:
            counts = ", ".join(
                f"{rows} {words_for(Outcome(outcome), rows).name}"
                for outcome, rows in tally.counts().items()
                if rows
            )
            ended = _ended(Exit.UNFINISHED if batch.exit_code is None else batch.exit_code)
            file = f"{batch.file} (took back {batch.undoes})" if batch.undoes else batch.file
            file = f"{file} (sandbox)" if batch.sandbox else file
            cells = (batch.id, file, _local(batch.started_at), str(tally.rows), counts, ended)
            table.add_row(*(Text(one_line(cell)) for cell in cells))
        if not self._out.is_terminal:
            self._out.width = _UNWRAPPED
        self._out.print(table if batches else "No batch yet.")

    def list_nights(self, nights: "Sequence[LastNight]") -> None:
        """The last nightly import of each inbox, with the files that it could not import."""
        from rich.text import Text  # noqa: PLC0415 - see the module's docstring

        for night in nights:
            ended = _ended(night.exit_code)
            sentence = f"Last nightly import of {night.inbox}: {_local(night.ended_at)}, {ended}"
            if night.failed_at:
                before = f"{_local(night.failed_at)}, {_ended(night.failed_with)}"
                sentence += f"; nothing arrived since the one of {before}"
            failed = f"; failed: {', '.join(night.failed)}" if night.failed else ""
            self._out.print(Text(one_line(sentence + failed)))

    def list_findings(self, findings: "Sequence[Finding]") -> None:
        from rich.text import Text  # noqa: PLC0415 - see the module's docstring

        from batch.doctor import Health  # noqa: PLC0415 - for this command alone

        for finding in findings:
            sign, style = {
                Health.FINE: ("\u2713", "green"),
                Health.LOOK: ("!", "yellow"),
                Health.BROKEN: ("\u2717", "bold red"),
            }[finding.health]
            if not self._out.encoding.startswith("utf"):
                sign = finding.health.value
            words = message_of if finding.health is Health.FINE else both_of
            shown = Text.assemble(
                *((f"{sign} ", style), (f"{finding.what}: ", "bold")),
                visible(words(finding.message)),
            )
            self._out.print(shown)


def _ended(exit_code: int) -> str:
    return ENDINGS.get(exit_code, f"exit code {exit_code}")


def _local(at: float) -> str:
    """By the clock of this computer."""
    return f"{datetime.fromtimestamp(at, UTC).astimezone():%Y-%m-%d %H:%M}"


def show(lines: Iterable[Line], console: "Console") -> None:
    """Whole lines where a program may read them; on a terminal, wrapped so that each line begins clearly."""
    from rich.text import Text  # noqa: PLC0415 - see the module's docstring

    for pieces in lines:
        text = Text.assemble(*pieces)
        if not console.is_terminal:
            console.print(text)
            continue
        indent = len(text.plain) - len(text.plain.lstrip())
        width = max(20, console.width - indent - _HANGING)
        for nth, each in enumerate(text[indent:].wrap(console, width) or [Text()]):
            each.rstrip()
            console.print(Text(" " * (indent + (_HANGING if nth else 0))) + each)


def _stretches(rows: Sequence[object]) -> list[object]:
    """First and last of each stretch of rows, where that is how they are known; else as they are."""
    match rows:
        case (int(), list(stretches), int()):
            return stretches
        case _:
            return list(rows)


def _countable(note: Message) -> dict[str, object]:
    """The facts that are numbers or rows: no cell or title gets into a log."""
    facts = {name: _stretches(fact) if isinstance(fact, tuple) else fact for name, fact in note.facts.items()}
    return {name: fact for name, fact in facts.items() if name == "rows" or isinstance(fact, int | float)}


def on_stderr() -> "Console":
    """Where the summary goes when standard output carries JSON."""
    from rich.console import Console  # noqa: PLC0415 - see the module's docstring

    return Console(file=sys.stderr, highlight=False, soft_wrap=True)
