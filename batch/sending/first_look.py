"""Before a class is first sent, the account has the last word: its list is compared with the rows that were never sent."""

import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import replace
from itertools import chain, groupby

from batch.core.errors import CannotRun
from batch.core.message import Message, RowNote, RunNote, ServiceFault
from batch.core.outcome import Outcome
from batch.core.service.calibration import Calibration
from batch.core.service.first_send import (
    Alike,
    AlikeClasses,
    Answer,
    Compared,
    Held,
    compare,
    tally_of,
)
from batch.core.service.listed import Seen
from batch.core.service.matching import ByMoment, is_its_class
from batch.journal.recorder import Recorder
from batch.journal.records import Entry, JournalRow, LetGo, RowOutcome, wanted_of
from batch.journal.sending import Overtaken
from batch.sending.first_answers import ComparedRow, entries_of, held_row
from batch.sending.first_list import FirstList, TellsAccount
from batch.sending.first_row import FirstRow
from batch.sending.gate import Gate
from batch.sending.list_evidence import ListEvidence
from batch.sending.listing import AccountList
from batch.sending.unexplained import Unexplained

log = logging.getLogger(__name__)

#: So many rows are written at a time.
_BLOCK = 500


class FirstLook:
    """The look before, and the look at the end for rows that the service has turned down."""

    def __init__(
        self,
        *,
        api: TellsAccount,
        account_list: AccountList,
        recorder: Recorder,
        clock: Callable[[], float],
        chance: Callable[[], float],
        lists: bool,
        alike: AlikeClasses,
        is_first_time: bool,
        first_row: FirstRow,
        lessons: Callable[[], Awaitable[AbstractSet[str]]] | None = None,
    ) -> None:
        """The rows that are held are those of which `alike` says nothing.

        Args:
            lists: False: the account is not asked for its list.
            is_first_time: nobody sent this file to the account before, somebody says.
            lessons: tells the rows, by fingerprint, whose class the journal knows from an earlier file.
        """
        self._lessons = lessons
        self._lists = lists
        self._alike = alike
        self._is_first_time = is_first_time
        self._first_row = first_row
        self._list = account_list
        self._unexplained = Unexplained(account_list, recorder, clock)
        self._first_list = FirstList(
            api=api,
            account_list=account_list,
            evidence=ListEvidence(account_list, recorder),
            first_row=first_row,
            is_first_time=is_first_time,
            unexplained=self._unexplained.of_nobody,
            chance=chance,
        )
        self._recorder = recorder
        self._clock = clock
        self.listed_at: float | None = None  #: when the list was asked for that is beside the journal now
        self._compared: set[object] = set()  # the looks of classes that the rows were compared with
        self.unsure: frozenset[int] = (
            frozenset()
        )  #: positions of rows that are not to be the first that is sent
        #: By position: rows that wait until a list shows how titles are written, and what they are held for if none does.
        self.waits: Mapping[int, Held] = {}
        #: Classes that earlier runs saw, as rows waited for them: none of them is a new row's.
        self.held_for: AbstractSet[str] = frozenset()
        self.recognised: tuple[Seen, ...] = ()  #: the file was sent before from elsewhere: these classes

    async def look(self, batch: str, gate: Gate) -> Message | None:
        """Take the list, and settle each row that it has the last word on.

        Returns:
            A note where the account cannot list its classes, and the batch can do without.

        Raises:
            CannotRun, Unfinished: nothing may be sent without the list.
        """
        fault = await self._first_list.take(gate) if self._lists else None
        if fault is not None or not self._lists:
            has_history = await self._recorder.call(self._recorder.journal.sending.has_history)
            is_unsteady = fault is not None and fault.what is ServiceFault.UNSTEADY_LIST
            if is_unsteady or not (has_history or self._is_first_time):
                raise CannotRun(RunNote.NO_LIST, why=fault or "")
            return Message(RunNote.FOREIGN_NOT_COUNTED, {"why": fault}) if fault else None
        await self._first_row.begin(is_first_time=self._is_first_time)
        await self._settle(batch, await self._list.calibration())
        return None

    async def is_to_let_go(self, batch: str) -> bool:
        """Whether somebody says that the classes which were recognised before are others."""
        if self._alike is not AlikeClasses.AS_NEW or not self._lists:
            return False
        return bool(await self._recorder.call(self._recorder.journal.sending.recognised_before, batch))

    async def look_again(self, batch: str) -> None:
        """The list in hand is the first that shows a class of ours, and nobody can have edited it yet."""
        await self._settle(batch, await self._list.calibration(least=1))

    async def compare_again(self, batch: str) -> None:
        """By the list in hand: rows are to be sent now that had a class when it was compared with the others."""
        if self.listed_at is not None:
            await self._settle(batch, await self._list.calibration())

    async def look_at_news(self, batch: str) -> bool:
        """Compare once more where a list since then shows classes that none did before, or not so.

        A list may have left them out, or another computer sends the same file at this moment.
        """
        if self.listed_at in {None, self._list.began_at}:
            return False
        news = {seen.look for seen in await self._unexplained.of_nobody()} - self._compared
        if news:
            await self._settle(batch, await self._list.calibration())
        return bool(news)

    async def _settle(self, batch: str, calibration: Calibration) -> None:
        self.listed_at = self._list.began_at
        self.waits = {}
        taken_over: int | None = None
        lessons: AbstractSet[str] = frozenset()
        if self._first_row.goes_alone:
            taken_over = await self._recorder.call(self._recorder.journal.sending.taken_over, batch)
            lessons = await self._lessons() if self._lessons else lessons
        unexplained = await self._unexplained.of_nobody()
        self._compared |= {seen.look for seen in unexplained}
        held_before = await self._held_before(batch)
        if unexplained or taken_over or held_before:
            rows = await self._rows(self._recorder.journal.sending.never_sent, batch)
            compared = await self._compare(
                rows, unexplained, calibration, taken_over=taken_over, lessons=lessons
            )
            compared = await self._still_held(self._as_answered(compared, held_before), held_before)
            self.recognised = (*self.recognised, *compared.recognised)
            self.unsure = frozenset(row.position for row in rows if row.wanted.fingerprint in compared.unsure)
            self.waits = {
                row.position: compared.waits[row.wanted.fingerprint]
                for row in rows
                if row.wanted.fingerprint in compared.waits
            }
            if self._alike is AlikeClasses.AS_NEW:
                await self._note_others(batch, rows, compared, unexplained, calibration)
            await self._write(batch, rows, compared)
        elif self._alike is AlikeClasses.AS_NEW:
            await self._let_go(batch)

    async def _held_before(self, batch: str) -> Mapping[str, tuple[str, str]]:
        """By fingerprint: the class that a row was held for, and of which nobody says that it is another; and why."""
        journal = self._recorder.journal
        others = await self._recorder.call(journal.listed.others)
        held = await self._recorder.call(journal.sending.held_before, batch)
        self.held_for |= {*others, *(class_id for class_id, _ in held.values())}
        if self._alike is AlikeClasses.AS_NEW:
            return {}
        return {each: found for each, found in held.items() if found[0] not in others}

    def _as_answered(self, compared: Compared, before: Mapping[str, tuple[str, str]]) -> Compared:
        """What somebody has said of classes that may be rows' under another title needs no list to show it."""
        answered: Mapping[str, Answer] = {}
        if self._alike is AlikeClasses.AS_NEW:
            answered = compared.waits
        elif self._alike is AlikeClasses.TAKE_OVER:  # of rows that were asked about, and no others
            answered = {
                each: held
                for each, held in compared.waits.items()
                if before.get(each, ("", ""))[0] == held.class_id
            }
        waits = {each: held for each, held in compared.waits.items() if each not in answered}
        return replace(compared, answers={**compared.answers, **answered}, waits=waits)

    async def hold_waiting(self, batch: str) -> None:
        """Where no row is left that could show how titles are written, a person has to say whose the classes are."""
        after = -1
        undecided = self._recorder.journal.sending.undecided
        while self.waits and (block := await self._recorder.call(undecided, batch, after)):
            if any(row.position not in self.waits for row in block):
                return
            after = block[-1].position
        waits, self.waits = self.waits, {}
        await self._write_all([held_row(batch, position, answer) for position, answer in waits.items()])

    async def _still_held(self, compared: Compared, before: Mapping[str, tuple[str, str]]) -> Compared:
        """A row stays held for a class that is no longer listed, unless it is known to be cancelled: lists leave out."""
        unanswered = {each: held for each, held in before.items() if each not in compared.answers}
        there = await self._list.may_be_there({class_id for class_id, _ in unanswered.values()})
        held: dict[str, Answer] = {
            fingerprint: Held(class_id, Alike(why))
            for fingerprint, (class_id, why) in unanswered.items()
            if class_id in there
        }
        return replace(compared, answers={**compared.answers, **held}) if held else compared

    async def _note_others(
        self,
        batch: str,
        rows: Iterable[ComparedRow],
        compared: Compared,
        unexplained: Sequence[Seen],
        calibration: Calibration,
    ) -> None:
        """The classes that rows were held for are others. Where no row is held: those that were recognised before."""
        held = [row for row in rows if isinstance(compared.answers.get(row.wanted.fingerprint), Held)]
        if not held:
            await self._let_go(batch)
            return
        by_moment = ByMoment(unexplained, calibration)
        others = {compared.answers[row.wanted.fingerprint].class_id for row in held} | {
            seen.class_id
            for row in held
            for seen in by_moment.at(row.wanted)
            if is_its_class(row.wanted, seen, calibration)
        }
        others -= compared.contested  # else that row in doubt would never find its class
        await self._recorder.call(self._recorder.journal.listed.note_others, others, self._clock())

    async def _let_go(self, batch: str) -> None:
        """What the batch before took for its rows' classes are others: said right after it, and of nothing else.

        Later, `--as-new` is the answer to some other question: a whole timetable must not be sent again for it.
        """
        journal = self._recorder.journal
        recognised = await self._recorder.call(journal.sending.recognised_before, batch)
        if recognised:
            await self._recorder.call(journal.listed.note_others, recognised.values(), self._clock())
            await self._write_all([LetGo(fingerprint) for fingerprint in recognised])

    async def hold_for_edited(self, batch: str) -> None:
        """Of the rows that are left to be sent, those wait as which a class stands that was changed so in WizIQ.

        It is another row's, for all that the journal knows, and somebody has said nothing of this one.
        """
        if self.listed_at is None or self._alike is AlikeClasses.AS_NEW:
            return
        calibration = await self._list.calibration()
        edited = await self._unexplained.edited(calibration)
        if not edited:
            return
        by_moment = ByMoment(edited, calibration)
        rows = await self._rows(self._recorder.journal.sending.never_sent, batch)
        held = {
            row.position: Message(RowNote.STANDS_THERE, {"class_id": seen.class_id})
            for row in rows
            for seen in by_moment.at(row.wanted)
            if is_its_class(row.wanted, seen, calibration)
        }
        await self._write_all(
            [RowOutcome(batch, position, Outcome.HELD, None, note) for position, note in held.items()]
        )

    async def look_for_turned_down(self, batch: str) -> bool:
        """After the sending: is what the service has no room for, or calls a clash, a row's own class?

        Returns:
            Whether a new list was taken for it.

        Raises:
            ListingFailed: it could not be had.
        """
        rows = await self._rows(self._recorder.journal.sending.turned_down, batch)
        if not rows or not self._lists:
            return False
        await self._list.take()
        to_come = await self._unexplained.to_come()
        theirs = await self._unexplained.of_rows_in_doubt(to_come)
        compared = await self._compare(rows, to_come, await self._list.calibration())
        refused = {row.wanted.fingerprint for row in rows if row.tries}
        own: dict[str, Answer] = {}
        for fingerprint, answer in compared.answers.items():
            if isinstance(answer, Held) and answer.why is Alike.DIFFERS:
                continue
            if answer.class_id not in theirs:
                own[fingerprint] = answer
            elif (
                fingerprint in refused
            ):  # it may be that of the row in doubt, or what was in the way of this one
                own[fingerprint] = Held(answer.class_id, Alike.INDISTINCT)
        await self._write(batch, rows, replace(compared, answers=own))
        return True

    async def _rows(self, which: Callable[[str], Iterator[JournalRow]], batch: str) -> list[ComparedRow]:
        return await self._recorder.call(
            lambda: [ComparedRow(row.position, len(row.attempts), wanted_of(row)) for row in which(batch)]
        )

    async def _compare(
        self,
        rows: Sequence[ComparedRow],
        unexplained: Sequence[Seen],
        calibration: Calibration,
        *,
        taken_over: int | None = None,
        lessons: AbstractSet[str] = frozenset(),
    ) -> Compared:
        wanted = [row.wanted for row in rows]
        in_doubt = await self._unexplained.may_have_another(calibration) if unexplained else []
        compared = compare(
            wanted, unexplained, calibration, taken_over=taken_over, in_doubt=in_doubt, lessons=lessons
        )
        log.info("plan.compared", extra={"rows": len(rows), **tally_of(compared.answers.values())})
        return compared

    async def _write(self, batch: str, rows: Iterable[ComparedRow], compared: Compared) -> None:
        await self._write_all([*entries_of(batch, rows, compared, alike=self._alike, now=self._clock())])

    async def _write_all(self, entries: Sequence[Entry]) -> None:
        of_rows = [
            [*group] for _, group in groupby(entries, key=lambda each: getattr(each, "position", None))
        ]
        for first in range(0, len(of_rows), _BLOCK):
            block = of_rows[first : first + _BLOCK]
            try:
                await self._recorder.write(*chain.from_iterable(block))
            except Overtaken:
                for of_row in block:
                    # A class that was changed without an answer may have become the row: that is looked at first.
                    with suppress(Overtaken):
                        await self._recorder.write(*of_row)
