"""A run that a worker does, on whichever computer: both its ends, over the database.

The page's child puts the file there with all that was said about it, and from then on passes on what
the worker says of the run, and what the page wants of it. It is no part of the run: when it ends with
the page's server, the run goes on, and the next server's child follows it.
"""

import asyncio
import json
import os
import select
import time
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from batch import run
from batch.connection import account_of
from batch.core.errors import CannotRun, Unfinished
from batch.core.message import JournalFault, Message
from batch.core.tally import Exit
from batch.journal.postgresql.deposits import Deposit, Deposits
from batch.journal.postgresql.journals import PostgresJournals
from batch.journal.postgresql.page_runs import STOP, PageRuns, Stands
from batch.journal.records import Batch
from batch.nightly.cluster.job_queue import AskedByPage, enqueue, is_in_hand, make_queue
from batch.report.ending import Ending
from batch.report.wording.language import speaking
from batch.report.wording.messages import message_of
from batch.report.wording.phrases import Reader, tr
from batch.sending.environment import Environment
from batch.settings.table import Settings
from batch.web.state.orders import Event, WorkerRequest
from batch.web.worker.crashes import ended_badly
from batch.web.worker.reading import learn, learned_in, reading_of, with_reading
from batch.web.worker.run_control import Teller
from batch.web.worker.submitting import (
    Tell,
    ended_event,
    job_of,
    leave_result_of,
    note_begun,
    problem_event,
    sentences_of,
    source_of,
)

#: How a run ended that no worker has come back to.
_CALLED_OFF = "called-off"
#: So often either end looks what the other has said.
_LOOKS_S = 0.5


def hand_over(order: WorkerRequest, settings: Settings, tell: Tell) -> None:
    """Have a worker send an upload, and follow it.

    Raises:
        CannotRun: the database cannot be reached; nothing was handed over.
    """
    journals = _journals_of(settings)
    deposits = Deposits(journals)
    make_queue(deposits)
    if PageRuns(journals).find(order.nonce) is None:
        account = account_of(settings, sandbox=False)
        # What is of this computer alone stays here.
        asked = replace(order, flags={}, out="", file="", upload="", owner=None)
        request = {"order": asdict(asked), "account": account, "reading": reading_of(settings, account)}
        profile = order.flags.get("profile")
        deposit = Deposit(name=order.name, content=Path(order.file).read_bytes(), profile=profile)
        enqueue(deposits, deposit, time.time(), AskedByPage(order.nonce, json.dumps(request)))
    follow(order, settings, tell)


def follow(order: WorkerRequest, settings: Settings, tell: Tell) -> None:
    """Follow what was handed over, until it is over, or nobody is there any more."""
    following = _Following(order, settings, tell)
    asked = b""
    while not following.is_over():
        ready, _, _ = select.select([0], [], [], _LOOKS_S)
        if not ready:
            continue
        said = os.read(0, 4096)
        if not said:
            tell({"event": "left"})
            return
        *lines, asked = (asked + said).split(b"\n")
        for line in lines:
            with suppress(ValueError):
                following.ask(str(json.loads(line)))


class _Following:
    """The page's end."""

    def __init__(self, order: WorkerRequest, settings: Settings, tell: Tell) -> None:
        self._order = order
        self._settings = settings
        self._tell = tell
        journals = _journals_of(settings)
        self._runs, self._deposits = PageRuns(journals), Deposits(journals)
        self._told: Event = {}
        self._is_left = False  #: by the worker that had taken it
        self._begun = 0  #: so many of its batches are known here

    def is_over(self) -> bool:
        """Tell what is new, and whether that was the last of it."""
        try:
            stands = self._runs.find(self._order.nonce)
            self._is_left = stands is not None and stands.is_taken and not self._is_in_hand(stands)
        except CannotRun as trouble:  # the run meets it as well; it may be over soon
            self._tell_once(_state("waiting", waits_for=message_of(trouble, Reader.PAGE)))
            return False
        if stands is None:
            self._tell({"event": "lost"})
            return True
        for batch in stands.batches[self._begun :]:
            note_begun(self._order, self._settings, self._tell, batch)
        self._begun = len(stands.batches)
        if stands.ending is not None:
            self._end(json.loads(stands.ending))
        elif stands.is_over:
            self._tell(ended_badly())
        else:
            self._tell_once(_left(stands) if self._is_left else _news_of(stands))
            return False
        return True

    def _is_in_hand(self, stands: Stands) -> bool:
        return is_in_hand(self._deposits, stands.number, self._settings.takeover_s)

    def ask(self, wanted: str) -> None:
        """Pass on what the page wants; one that no worker has is called off."""
        with suppress(CannotRun):  # it is asked again
            if wanted != STOP or not self._called_off():
                self._runs.want(self._order.nonce, wanted)

    def _called_off(self) -> bool:
        return self._runs.call_off(
            self._order.nonce,
            even_taken=self._is_left,
            ending=json.dumps({"event": _CALLED_OFF}),
            exit_code=int(Exit.UNFINISHED),
            now=time.time(),
        )

    def _end(self, event: Event) -> None:
        if event["event"] == _CALLED_OFF:
            self._tell(_called_off(has_begun=self._begun > 0))
            return
        learned = event.pop("learned", {})
        with suppress(CannotRun, OSError):  # of a later file it is asked again
            learn(self._settings.state, account_of(self._settings, sandbox=False), learned)
        if event["event"] == "ended":
            told = {name: event[name] for name in ("sentences", "recognised")}
            with suppress(CannotRun):  # it can be made again at any time
                leave_result_of(self._order, self._settings, event["batch"], told)
        self._tell(event)

    def _tell_once(self, event: Event) -> None:
        if event != self._told:
            self._told = event
            self._tell(event)


def _news_of(stands: Stands) -> Event:
    if not stands.is_taken and stands.wanted == "pause":  # whoever takes it begins with that
        return _state("paused")
    if stands.news is not None:
        event: Event = json.loads(stands.news)
        return event
    if stands.is_taken:
        return _state("running")
    return _state("waiting", waits_for=tr("No worker has taken it yet."))


def _left(stands: Stands) -> Event:
    """How far it was when its worker was heard of last."""
    says = tr(
        "The worker that was sending it is not heard of any more. The next one that is free goes on with it."
    )
    return {**_news_of(stands), "state": "waiting", "waits_for": says, "speed": "", "time_left": ""}


def _called_off(*, has_begun: bool) -> Event:
    if has_begun:
        says = tr("It was stopped while no worker was sending it.")
        fix = tr("Finish it: what was sent is known, and nothing is sent twice.")
    else:
        says = tr("It was stopped before a worker took it. Nothing was sent.")
        fix = tr("Look at the check once more, and confirm it again.")
    return {"event": "problem", "says": says, "fix": fix, "unfinished": True}


def _state(state: str, *, waits_for: str = "", sentences: list[str] | None = None) -> Event:
    """How a run is that has not begun."""
    return {
        "event": "state",
        "state": state,
        "begun": False,
        "done": 0,
        "total": 0,
        "counts": {},
        "speed": "",
        "time_left": "",
        "waits_for": waits_for,
        "sentences": sentences or [],
    }


def _journals_of(settings: Settings) -> PostgresJournals:
    if settings.journal is None:
        raise CannotRun(JournalFault.NO_QUEUE)
    url = settings.journal.get_secret_value()
    return PostgresJournals(settings.state, url, takeover_s=settings.takeover_s)


class PageRun:
    """The worker's end."""

    def __init__(self, runs: PageRuns, number: int, request: str, content: bytes) -> None:
        """Make it ready.

        Args:
            runs: of the database.
            number: of the deposit.
            request: what the page asks for, as it came.
            content: the file.
        """
        asked = json.loads(request)
        self._order = WorkerRequest.of(json.dumps(asked["order"]).encode())
        self._account = str(asked["account"])
        self._reading = asked["reading"]
        self._runs = runs
        self._number = number
        self._content = content
        self._news: Event = _state("running")
        self._learned: dict[str, str] = {}
        self._teller = Teller(self._hear, self._note_begun)

    @property
    def is_asked_to_stop(self) -> bool:
        """By whoever looks at the page."""
        return self._teller.is_asked_to_stop

    async def carry_out(self, settings: Settings, world: Environment) -> Ending:
        """Send it.

        Raises:
            CannotRun: nothing was sent, or the journal could not be written any more.
            Unfinished: another run is at work on this account.
        """
        with speaking(self._order.language), TemporaryDirectory(prefix="classbatch-") as folder:
            if account_of(settings, sandbox=False) != self._account:
                raise CannotRun(JournalFault.OTHER_ACCOUNT)
            settings = with_reading(settings, self._reading, self._account, Path(folder))
            job = job_of(self._order, settings, source_of(self._order, self._content), handle_signals=False)
            try:
                submitting = run.submit(job, self._teller, world)
                return await self._teller.told_all_along(submitting, self._exchange)
            finally:
                self._learned = learned_in(Path(folder), self._account)

    def stop(self, why: Message) -> None:  # noqa: ARG002 - as of a night: here nobody hears why
        """Nothing more begins; what is under way comes to its next safe place."""
        self._teller.hear("leave")

    def let_go(self, ended: Ending | CannotRun | Unfinished) -> None:
        """It waits, for this worker or another one."""
        with speaking(self._order.language):
            if isinstance(ended, Ending):
                news = _state("waiting", sentences=sentences_of(ended.notes))
            else:
                news = _state("waiting", waits_for=message_of(ended, Reader.PAGE))
        self._runs.let_go(self._number, json.dumps(news))

    def ending_of(self, ended: Ending | CannotRun | Unfinished) -> str:
        """What the page hears of a run that is over."""
        with speaking(self._order.language):
            event = ended_event(ended) if isinstance(ended, Ending) else problem_event(ended)
        return json.dumps({**event, "learned": self._learned})

    def _hear(self, event: Event) -> None:
        self._news = event

    def _note_begun(self, batch: Batch) -> None:
        self._runs.begun(self._number, batch.id)

    async def _exchange(self, teller: Teller) -> None:
        heard = ""
        while True:
            with suppress(CannotRun):  # of the database: the run itself meets it, too
                news = json.dumps(self._news)
                wanted = await asyncio.to_thread(self._runs.exchange, self._number, news)
                if wanted != heard:
                    heard = wanted
                    teller.hear(wanted)
            await asyncio.sleep(_LOOKS_S)
