"""Between a run and the page: tells how far it is, some times a second, and hears pause, resume and stop.

When nobody is left to tell, because the server has died, the run lets nothing more
begin and comes to its end; the journal has the rest.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from batch.core.message import Message
from batch.core.outcome import Outcome
from batch.core.tally import Tally
from batch.core.text import one_line
from batch.journal.records import Batch, RowOutcome
from batch.report.wording.messages import both_of, message_of
from batch.report.wording.outcomes import in_words
from batch.report.wording.phrases import Reader, tr
from batch.sending.listener import Listener

if TYPE_CHECKING:
    from batch.sending.control import Control

T = TypeVar("T")

EVERY_S = 0.25
_MOST_SENTENCES = 20


class Teller(Listener):
    """Listens to a run for the page, and steers it."""

    def __init__(
        self,
        tell: Callable[[dict[str, Any]], None],
        on_batch: Callable[[Batch], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`on_batch` is called once the upload is a batch in the journal."""
        self._tell = tell
        self._on_batch = on_batch
        self._clock = clock
        self._run: Control | None = None
        self._begun = False
        self._rows = 0
        self._began = clock()
        self._outcomes: dict[int, Outcome] = {}
        self._sentences: list[str] = []
        self._wanted: list[str] = []  #: what was asked before there was a run to ask it of
        self._paused_at: float | None = None
        self._stopping = False
        self.is_asked_to_stop = False  #: by somebody, not by the end of whoever runs it
        self._told: dict[str, Any] = {}

    def taken_in(self, batch: Batch) -> None:
        self._on_batch(batch)

    def begin(self, rows: int) -> None:
        self._begun = True
        self._rows = rows
        self._began = self._clock()

    def ended(self, outcome: RowOutcome) -> None:
        if outcome.outcome is None:  # it waits for its turn again
            self._outcomes.pop(outcome.position, None)
        else:
            self._outcomes[outcome.position] = outcome.outcome

    def says(self, note: Message) -> None:
        self._sentences = [*self._sentences, one_line(both_of(note, Reader.PAGE))][-_MOST_SENTENCES:]

    def control(self, run: "Control") -> None:
        self._run = run
        for wanted in self._wanted:
            self.hear(wanted)

    def hear(self, wanted: str) -> None:
        """Do what the page asks: pause, resume, stop, or leave (nobody is there any more)."""
        if self._run is None:
            self._wanted.append(wanted)
        elif wanted == "pause" and self._paused_at is None:
            self._paused_at = self._clock()
            self._run.pause()
        elif wanted == "resume" and self._paused_at is not None:
            self._began += self._clock() - self._paused_at  # no rate was kept meanwhile
            self._paused_at = None
            self._run.resume()
        elif wanted in {"stop", "leave"}:
            self.is_asked_to_stop |= wanted == "stop"
            if not self._stopping:
                self._stopping = True
                self._run.drain()

    async def told_all_along(
        self,
        submitting: Coroutine[Any, Any, T],
        listening: Callable[["Teller"], Coroutine[Any, Any, None]] | None = None,
    ) -> T:
        """Do the run, telling of it and listening meanwhile: to standard input, where nothing else is said."""
        listens = listening(self) if listening else self._listen()
        others = [asyncio.ensure_future(self._keep_telling()), asyncio.ensure_future(listens)]
        try:
            return await submitting
        finally:
            for other in others:
                other.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            self._tell_now()

    async def _keep_telling(self) -> None:
        while True:
            self._tell_now()
            await asyncio.sleep(EVERY_S)

    async def _listen(self) -> None:
        reader = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer
        )
        try:
            while line := await reader.readline():
                with suppress(ValueError):
                    self.hear(str(json.loads(line)))
            self.hear("leave")
        finally:
            transport.close()

    def _tell_now(self) -> None:
        facts = self._facts()
        if facts != self._told:
            self._told = facts
            self._tell(facts)

    def _facts(self) -> dict[str, Any]:
        pace = self._run.pace() if self._run else None
        waits_for = message_of(pace.waits_for, Reader.PAGE) if pace and pace.waits_for else ""
        state = "running"
        if self._stopping:
            state, waits_for = "stopping", ""
        elif self._paused_at is not None:
            state, waits_for = "paused", ""
        elif waits_for:
            state = "waiting"
        done = len(self._outcomes)
        speed, left = self._speed(done) if state == "running" else ("", "")
        return {
            "event": "state",
            "state": state,
            "begun": self._begun,
            "done": done,
            # A class whose answer an earlier run lost may be sent besides.
            "total": max(self._rows, done),
            "counts": dict(Tally(self._outcomes.values()).counts()),
            "speed": speed,
            "time_left": left,
            "waits_for": waits_for,
            "sentences": self._sentences,
        }

    def _speed(self, done: int) -> tuple[str, str]:
        took = self._clock() - self._began
        if not done or took < 1:
            return "", ""
        rate = done / took
        left = max(0, self._rows - done) / rate
        speed = tr("{rate:.1f} rows a second", rate=rate)
        return speed, tr("about {left} left", left=in_words(left)) if left >= 1 else ""
