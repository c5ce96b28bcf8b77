"""The service as the simulation has it: a ledger of classes, and faults on their way there and back.

A commit is laid down the moment a request is made, so that it happens whatever
becomes of whoever asked. The rules (1032, 1012) are those at the time of the commit.
"""

import asyncio
import heapq
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from itertools import count
from random import Random
from zoneinfo import ZoneInfo

from batch.core.service.stamps import PARAMETER
from batch.wiziq.errors import (
    ListingFailed,
    LockedOut,
    NoAnswer,
    PresenterBusy,
    Refused,
    SlotFull,
    Throttled,
    Unavailable,
    WiziqError,
)
from batch.wiziq.replies import Created, ListedClass
from tests.simulation import answers
from tests.simulation.clock import pause
from tests.simulation.listing import shown
from tests.simulation.nature import KEY, Booking, Fault, Listing, Nature, Traits

_PAGE = 3

_WEIGHTS: Mapping[Fault, int] = {
    Fault.UNREACHABLE: 4,
    Fault.THROTTLED: 3,
    Fault.REFUSED: 2,
    Fault.LOCKED_OUT: 1,
    Fault.RESET: 6,
    Fault.TIMEOUT: 6,
    Fault.BROKEN: 3,
    Fault.OVERLOADED: 2,
    Fault.STUMBLED: 3,
}


@dataclass(slots=True)
class Service:
    """The account's classes, and every request that was ever made."""

    nature: Nature
    traits: Traits
    random: Random
    trait_random: Random
    clock: Callable[[], float]
    timeout_s: float
    calm: bool = False  #: faults have stopped; what the service is like has not
    classes: list[Booking] = field(default_factory=list)
    creates: Counter[str] = field(default_factory=Counter)
    unanswered: Counter[str] = field(default_factory=Counter)  #: creates whose answer the client never saw
    busy: Counter[str] = field(default_factory=Counter)  #: 1032s
    listings: int = 0
    lists: list[Listing] = field(default_factory=list)  #: those that were shown as a whole
    violations: list[str] = field(default_factory=list)
    exchanged: dict[str, str] = field(
        default_factory=dict
    )  #: the class, or call, that a row was told of instead of its own
    #: rows, each with the number of another's class, which neither a list nor the journal knew
    unknowable: set[tuple[str, str]] = field(default_factory=set)
    answered: dict[str, Created] = field(default_factory=dict)  #: the last yes to each row, in their order
    _exchange: "tuple[Created, asyncio.Future[Created]] | None" = None
    _pending: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def connect(
        self, journal: object, confirmed: Callable[[], frozenset[str]], known: Callable[[], frozenset[str]]
    ) -> "Connection":
        return Connection(self, journal, confirmed, known)

    def add_foreign(self, booking: Booking) -> None:
        """A class that somebody else made."""
        booking.class_id = self.number()
        self.classes.append(booking)

    def number(self) -> str:
        return str(next(self._numbers))

    def lay_down(self, booking: Booking) -> None:
        self.at(booking.commit_at, partial(self._commit, booking))

    def at(self, moment: float, act: Callable[[], None]) -> None:
        """What is to happen then, whatever becomes of whoever asked."""
        heapq.heappush(self._pending, (moment, next(self._order), act))

    def advance(self, now: float) -> None:
        """Commit what is due."""
        while self._pending and self._pending[0][0] <= now:
            _, _, act = heapq.heappop(self._pending)
            act()

    def _commit(self, booking: Booking) -> None:
        booking.refusal = self.refusal(booking)
        if booking.refusal is None:
            booking.class_id = self.number()
            booking.listed_at = booking.commit_at + self._lag_s()
            self.classes.append(booking)

    def listed(self, filters: Mapping[str, str], now: float) -> list[ListedClass]:
        """What the account's list shows."""
        due = [booking for booking in self.classes if booking.listed_at <= now]
        return shown(due, self.nature, self.traits, filters, now)

    def carrying(self, stamp: str, now: float) -> list[ListedClass]:
        """What is listed of the classes that carry a stamp, or of all."""
        due = [booking for booking in self.classes if booking.listed_at <= now]
        if self.traits.stamps:
            due = [booking for booking in due if booking.stamp == stamp]
        return shown(due, self.nature, self.traits, {}, now)

    def _lag_s(self) -> float:
        """How late a class is listed; a list that lags by minutes lags by about as many each time."""
        lag_s, chance = self.nature.lag_s, self.random.random()
        return lag_s * (chance if lag_s < self.timeout_s else 0.8 + 0.2 * chance)

    def refusal(self, booking: Booking) -> str | None:
        """Why there is no room for a class, new or changed, beside the others."""
        during = [
            each
            for each in self.classes
            if each.status == "upcoming"
            and each.class_id != booking.class_id
            and each.starts < booking.ends
            and booking.starts < each.ends
        ]
        if self.nature.rule_1032 and any(each.presenter == booking.presenter for each in during):
            return "1032"
        if self.nature.limit is not None and len(during) >= self.nature.limit:
            return "1012"
        return None

    def has(self, share: float) -> bool:
        """Whether this time it happens, at such a share of times; nothing is drawn for what never does."""
        return share > 0 and not self.calm and self.trait_random.random() < share

    async def swapped(self, own: Created) -> Created:
        """The answer to the next create that is to be swapped; `own` where none comes for a while."""
        if self._exchange is not None:
            others, gives_back = self._exchange
            self._exchange = None
            for told, own_one in ((others, own), (own, others)):
                self.exchanged[told.class_id] = own_one.class_id
                self.exchanged[told.call_id or ""] = own_one.call_id or ""
            gives_back.set_result(own)
            return others
        future: asyncio.Future[Created] = asyncio.get_running_loop().create_future()
        self._exchange = own, future
        try:
            return await asyncio.wait_for(future, 2.0)
        except TimeoutError:
            return own
        finally:
            if self._exchange is not None and self._exchange[1] is future:
                self._exchange = None

    def draw(self) -> Fault | None:
        if self.calm or self.random.random() >= self.nature.trouble:
            return None
        return self.nature.only or self.random.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]


class Connection:
    """What one run of the client sees of the service. Dead once the client has crashed."""

    clock_offset_s: float | None = None

    def __init__(
        self,
        service: Service,
        journal: object,
        confirmed: Callable[[], frozenset[str]],
        known: Callable[[], frozenset[str]],
    ) -> None:
        """`confirmed`: the classes that the service has confirmed to this run's journal; `known`: all that it knows."""
        self._service = service
        self._journal = journal
        self._confirmed = confirmed
        self._known = known
        self._under_way: set[str] = set()
        self.creates = self.listings = 0  #: so many this run has asked for
        self.dead = False

    async def create(self, parameters: Mapping[str, str]) -> Created:
        if self.dead:
            raise asyncio.CancelledError
        service, key = self._service, parameters[KEY]
        if key in self._under_way:
            service.violations.append(f"two requests at once for {key}")
        service.creates[key] += 1
        self.creates += 1
        self._under_way.add(key)
        answered = False
        try:
            created = await self._answer(parameters)
            answered = True
        except NoAnswer:
            raise
        except WiziqError as error:
            answered = True
            service.busy[key] += isinstance(error, PresenterBusy)
            raise
        else:
            return created
        finally:
            service.unanswered[key] += not answered
            self._under_way.discard(key)

    async def _answer(self, parameters: Mapping[str, str]) -> Created:
        service, traits = self._service, self._service.traits
        if service.has(traits.statuses):
            error = answers.by_status(service.trait_random)
            await self._lose(parameters)
            raise error
        fault = service.draw()
        if fault in TURNED_AWAY:
            await pause(service.random.random() * 2)
            raise turned_away(fault, service.random)
        if fault is not None:
            await self._lose(parameters, fault)
            raise lost(fault)
        if service.has(traits.repeated) and (others := self._others_answer(parameters[KEY])):
            await self._lose(parameters)
            service.unanswered[parameters[KEY]] += 1
            self._is_news(parameters[KEY], others.class_id)
            return others
        return await self._truly(parameters)

    async def _truly(self, parameters: Mapping[str, str]) -> Created:
        """The answer that the service has for this request; bent on its way back, as the traits have it."""
        service, traits = self._service, self._service.traits
        booking = self._book(parameters, service.random.random() * 2)
        service.lay_down(booking)
        await pause(booking.commit_at - service.clock())
        service.advance(max(service.clock(), booking.commit_at))
        booking.call_id = f"call-{service.number()}"
        await pause(service.random.random() * 2)
        match booking.refusal:
            case "1032":
                raise PresenterBusy(
                    "You have already scheduled a class.", code="1032", call_id=booking.call_id
                )
            case "1012":
                says = f"Only {service.nature.limit} simultaneous classes are allowed."
                raise SlotFull(says, limit=service.nature.limit, call_id=booking.call_id)
        created = Created(class_id=booking.class_id or "?", call_id=booking.call_id)
        if service.has(traits.odd_answers):
            return answers.odd(service.trait_random, created.class_id)
        if service.has(traits.foreign):
            foreign = next(each for each in service.classes if each.key == "foreign")
            if self._is_news(booking.key, foreign.class_id or ""):
                service.exchanged.setdefault(foreign.class_id or "", created.class_id)
            return Created(class_id=foreign.class_id or "?", call_id=booking.call_id)
        if service.has(traits.swapped):
            return await service.swapped(created)
        service.answered[booking.key] = created
        return created

    def _is_news(self, key: str, class_id: str) -> bool:
        """Whether nobody could know that the class was there before this row was sent."""
        shown = any(class_id in each.shown for each in self._service.lists if each.by is self)
        is_news = not shown and class_id not in self._known()
        if is_news:
            self._service.unknowable.add((key, class_id))
        return is_news

    def _others_answer(self, key: str) -> Created | None:
        """The latest yes that another row got."""
        others = [created for row, created in self._service.answered.items() if row != key]
        return others[-1] if others else None

    async def _lose(self, parameters: Mapping[str, str], fault: Fault | None = None) -> None:
        """Commit or not, now or later, and never say so."""
        service = self._service
        if service.random.random() < 0.6:
            # Most commits are prompt; some come long after the client has given up.
            is_late = service.random.random() < 0.4
            latest = service.timeout_s + service.nature.late_s if is_late else 2.0
            service.lay_down(self._book(parameters, service.random.random() * latest))
        wait_s = service.timeout_s if fault is Fault.TIMEOUT else service.random.random() * 3
        await pause(wait_s)

    def _book(self, parameters: Mapping[str, str], delay_s: float) -> Booking:
        now = self._service.clock()
        return Booking(
            key=parameters[KEY],
            title=parameters["title"],
            presenter=parameters["presenter_email"],
            starts=moment_of(parameters["start_time"], parameters["time_zone"]),
            minutes=int(parameters["duration"]),
            sent_at=now,
            commit_at=now + delay_s,
            by=self,
            journal=self._journal,
            stamp=parameters[PARAMETER],
        )

    async def teachers(self) -> Mapping[str, str]:
        return {}

    async def account_info(self) -> object:
        return None

    async def list_classes(
        self, filters: Mapping[str, str], *, page_size: int = _PAGE
    ) -> AsyncIterator[ListedClass]:
        if self.dead:
            raise asyncio.CancelledError
        service, nature = self._service, self._service.nature
        service.listings += 1
        self.listings += 1
        now = service.clock()
        service.advance(now)
        if (
            PARAMETER in filters
        ):  # asked for at once, so that what else happens in a history stays what it was
            for each in service.carrying(filters[PARAMETER], now):
                yield each
            return
        seen = service.listed(filters, now)
        if seen and service.traits.shifts and service.trait_random.random() < service.traits.shifts:
            seen.pop(service.trait_random.randrange(len(seen)))
        await pause(service.random.random())
        if not nature.lists:
            raise ListingFailed("class_id is missing.", code="1020") from Refused("class_id", code="1020")
        for first in range(0, len(seen) + 1, page_size):
            if not service.calm and service.random.random() < nature.listing_trouble:
                raise ListingFailed("A page is left out.", code="HTTP 502")
            for listed in seen[first : first + page_size]:
                yield listed
            await pause(service.random.random())
        shown_ids = frozenset(each.class_id for each in seen)
        service.lists.append(
            Listing(by=self, journal=self._journal, at=now, shown=shown_ids, confirmed=self._confirmed())
        )


@cache
def moment_of(start_time: str, time_zone: str) -> int:
    """What a client means by it, UTC seconds."""
    local = datetime.strptime(start_time, "%m/%d/%Y %H:%M:%S").replace(tzinfo=ZoneInfo(time_zone))
    return int(local.timestamp())


def lost(fault: Fault) -> NoAnswer:
    overload = fault in {Fault.TIMEOUT, Fault.OVERLOADED}
    return NoAnswer(f"No answer: {fault.value}.", code=fault.value, is_overload=overload)


TURNED_AWAY = frozenset({Fault.UNREACHABLE, Fault.THROTTLED, Fault.REFUSED, Fault.LOCKED_OUT})


def turned_away(fault: Fault | None, random: Random) -> WiziqError:
    """Nothing was created, and the client can tell."""
    if fault is Fault.UNREACHABLE:
        return Unavailable("No connection.", code="unreachable")
    if fault is Fault.THROTTLED:
        asked_s = random.choice([None, 0.0, 2.0, 20.0, 86_400.0])
        return Throttled("Too many requests.", code="HTTP 429", retry_after_s=asked_s)
    if fault is Fault.LOCKED_OUT:
        return LockedOut("Forbidden.", code="403")
    return Refused("Parameter is not valid.", code="1005", call_id="call-refused")
