"""Past batches, from the journals: also those that were begun on the command line.

Counts are the tally's. What was counted is kept while nothing can have changed it:
a page must not count 10,000 rows again each time it is looked at.
"""

import asyncio
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from batch.atomic_file import write_whole
from batch.core.outcome import Outcome
from batch.core.plan.admission import LIMIT
from batch.core.quick_dataclass import dataclass
from batch.core.tally import Tally
from batch.journal.journals import Journals
from batch.journal.records import Batch
from batch.journal.store import Journal
from batch.report.projection import tally_of
from batch.web.state.layout import OWNER_FILE, RESULT_FILE, batch_folder
from batch.web.state.uploads import read_json

#: How long the counts of a batch are shown without counting again while a run is at work.
_STALE_AFTER_S = 2.0
_BATCH = re.compile(r"\d{8}-\d{6}-[0-9a-f]{4,8}")


@dataclass(frozen=True, slots=True)
class PastRun:
    """A batch as it stands."""

    batch: Batch
    account: str  #: whose journal has it
    tally: Tally
    lock_holder: bool  #: a run that is not ours is sending it
    upload: str  #: the id of its upload; "" where it was not begun on the page
    owner: str | None
    is_of_page: bool = False  #: it was begun on the page
    #: Each class that it made is cancelled, each that it changed is as it was; only of one looked for by its name.
    is_taken_back: bool = False
    operations: int = (
        0  #: so many came to anything in its account; only of one that was looked for by its name
    )

    @property
    def has_open_rows(self) -> bool:
        return _is_open(self.tally)


@dataclass(frozen=True, slots=True)
class _Counted:
    """The counts of a batch, and when they were taken."""

    commits: bytes  #: the journal's revision
    operations: int  #: so many had come to anything
    at: float
    tally: Tally


class Archive:
    """The batches of all journals here."""

    def __init__(self, state: Path, journals: Journals, clock: Callable[[], float] = time.monotonic) -> None:
        """`state`: the folder of what the page keeps beside the journals."""
        self._state = state
        self._journals = journals
        self._clock = clock
        self._tallies: dict[str, _Counted] = {}
        self._reading = asyncio.Lock()

    async def recent(
        self, most: int, user: str | None, live: Mapping[str, Tally], *, after: int = 0
    ) -> list[PastRun]:
        """The newest batches that are everybody's or this user's, but for those that were removed from the list.

        Args:
            most: so many at most.
            after: so many newer ones are left out.
            user: None: everybody shares the token.
            live: counts of the batches that we send at this moment.

        Raises:
            CannotRun: a journal is damaged.
        """
        async with self._reading:
            return await asyncio.to_thread(self._recent, most, user, live, after)

    async def find(self, name: str, user: str | None) -> PastRun | None:
        """One batch, unless there is none of this name, or it is another user's."""
        if not _BATCH.fullmatch(name):
            return None
        async with self._reading:
            return await asyncio.to_thread(self._find, name, user)

    async def limit(self, account: str) -> str:
        """How many classes the service has let run at once, as far as it has told; "" while it has not."""
        return await asyncio.to_thread(self._limit, account) if account else ""

    def result(self, run: PastRun) -> dict[str, Any] | None:
        """What a child left of the batch for us to show; None where the batch has moved on since."""
        found = self.kept(run)
        if not found or found.get("operations") != run.operations:
            return None
        return found if found.get("counts") == dict(run.tally.counts()) else None

    def kept(self, run: PastRun) -> dict[str, Any]:
        """The same, however old."""
        return read_json(batch_folder(self._state, run.batch.id) / RESULT_FILE) or {}

    def remove(self, run: PastRun) -> None:
        """Leave a batch out of the list from now on; the journal has it all the same."""
        file = batch_folder(self._state, run.batch.id) / OWNER_FILE
        kept = read_json(file) or {}
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(file, json.dumps({**kept, "removed": True}))

    def _recent(self, most: int, user: str | None, live: Mapping[str, Tally], after: int) -> list[PastRun]:
        """Only those that are shown are counted: of a hundred batches, not all rows."""
        seen: list[tuple[Batch, str]] = []
        for account in self._journals.accounts():
            with self._journals.reading(account) as journal:
                seen += [(each, account) for each in journal.batches.all() if self._is_listed(each, user)]
        seen.sort(key=lambda each: -each[0].started_at)
        found = []
        for batch, account in seen[after : after + most]:
            with self._journals.reading(account) as journal:
                found.append(self._past_run(account, journal, batch, live))
        return found

    def _is_listed(self, batch: Batch, user: str | None) -> bool:
        kept = self._told(batch)
        return not kept.get("removed") and _is_seen_by(kept.get("owner"), user)

    def _told(self, batch: Batch) -> dict[str, Any]:
        """What the page has kept of a batch that was begun there."""
        return read_json(batch_folder(self._state, batch.id) / OWNER_FILE) or {}

    def _find(self, name: str, user: str | None) -> PastRun | None:
        for account in self._journals.accounts_with(name, 1):
            with self._journals.reading(account) as journal:
                batch = journal.batches.find(name)
                if batch is not None:
                    run = self._past_run(account, journal, batch, {})
                    run = replace(
                        run,
                        operations=journal.operations.done(),
                        is_taken_back=_is_taken_back(journal, batch, run.tally),
                    )
                    return run if _is_seen_by(run.owner, user) else None
        return None

    def _past_run(self, account: str, journal: Journal, batch: Batch, live: Mapping[str, Tally]) -> PastRun:
        holder = self._journals.holder(account) if batch.finished_at is None else None
        working = holder is not None and holder.started <= batch.started_at + 1
        tally = live.get(batch.id)
        if tally is None:
            tally = _so_far(journal, batch) if working else self._tally(account, journal, batch)
        kept = self._told(batch)
        return PastRun(
            batch=batch,
            account=account,
            tally=tally,
            lock_holder=working,
            upload=kept.get("upload", ""),
            owner=kept.get("owner"),
            is_of_page="upload" in kept,
        )

    def _tally(self, account: str, journal: Journal, batch: Batch) -> Tally:
        """Counted again only when the journal has moved on, and while a run moves it, not at every look."""
        commits, before = self._journals.revision(account), self._tallies.get(batch.id)
        if before is not None and (
            (commits and before.commits == commits)
            or (self._clock() < before.at + _STALE_AFTER_S and self._journals.holder(account))
        ):
            return before.tally
        operations = journal.operations.done()
        is_over = before is not None and batch.finished_at is not None and not _is_open(before.tally)
        if before is not None and is_over and before.operations == operations:
            tally = before.tally  # only what is done to classes could change it
        else:
            tally = tally_of(journal, batch.id)
        self._tallies[batch.id] = _Counted(commits, operations, self._clock(), tally)
        return tally

    def _limit(self, account: str) -> str:
        if not self._journals.has(account):
            return ""
        with self._journals.reading(account) as journal:
            learned = journal.account.learned(LIMIT)
        return learned[0] if learned else ""


def _is_seen_by(owner: str | None, user: str | None) -> bool:
    """A batch of the command line, or of the token, is everybody's who is let in; who has the token sees all."""
    return user is None or owner is None or owner == user


def _so_far(journal: Journal, batch: Batch) -> Tally:
    """What has ended of a batch that is being sent: its other rows are not `not_sent`, they wait."""
    tally = Tally()
    for outcome, rows in journal.reports.settled_outcomes(batch.id):
        if outcome is not None:
            tally.add(outcome, rows)
    return tally


def _is_taken_back(journal: Journal, batch: Batch, tally: Tally) -> bool:
    """Of one whose classes were created the counts tell; a row that changed one counts as that for good."""
    is_counted = not tally[Outcome.CHANGED] or tally[Outcome.SCHEDULED] or tally[Outcome.UNKNOWN]
    return not is_counted and next(journal.undo.left_of(batch.id), None) is None


def _is_open(tally: Tally) -> bool:
    return bool(tally[Outcome.NOT_SENT] or tally[Outcome.UNKNOWN])
