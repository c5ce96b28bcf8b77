"""What a history of changes is made of; everything follows from the seed.

A file has versions: lessons move, swap, get other teachers, titles, lengths and places,
vanish and come back. Runs go from one version to the next, or take one back, while
answers are lost, machines crash, and people edit classes in WizIQ.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, unique
from itertools import count
from random import Random

from batch.core.rows.row import CheckedRow
from batch.core.service.on_unknown import OnUnknown
from tests.simulation import scenario
from tests.simulation.nature import Nature
from tests.simulation.scenario import Life, Line, Scenario, keys_of

_PRESENTERS = ("ann@school.example", "bob@school.example", "cid@school.example")
_LENGTHS = (60, 60, 90)
_DAYS = 10
_A_DAY = 3  #: starts, so far apart that a class moved by a hand meets none of the next
#: A hand moves a class by this; no row ever does.
HAND_S = 15 * 60
BY_HAND = " (moved upstairs)"


@dataclass(frozen=True, slots=True)
class Lesson(Line):
    """A row of the file."""

    places: int = 10

    @property
    def key(self) -> str:
        """What the ledger knows the row by; no two rows of a file are equal."""
        return keys_of([self])[0]


def slot(number: int) -> int:
    """Hours after the first class at which the nth start of the term lies."""
    return 24 * (number // _A_DAY) + 4 * (number % _A_DAY)


@unique
class Command(Enum):
    SUBMIT = "submit"
    SYNC = "sync"
    UNDO = "undo"


@unique
class Deed(Enum):
    """What somebody does to a class in WizIQ."""

    MOVE = "move"
    RETITLE = "retitle"
    CANCEL = "cancel"
    AS_ROW = "as row"  #: what the next version of the file says, too


@dataclass(frozen=True, slots=True)
class Hand:
    """Somebody at work in WizIQ, some seconds after a run began; before it where that is 0."""

    at_s: float
    deed: Deed
    lesson: Lesson  #: of whose class; nothing is done where it is not there as this row says
    to: Lesson | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Life):
    """One run."""

    command: Command = Command.SYNC
    hands: tuple[Hand, ...] = ()
    overwrites: bool = False
    recreates: bool = False
    back: int = 0  #: what an undo takes back: the newest import, or one before it


@dataclass(frozen=True, slots=True, kw_only=True)
class History(Scenario):
    """One history of changes; `last` is the file at the end, synced in peace."""

    other: tuple[Lesson, ...]  #: another timetable of the same account
    undoes: bool  #: at the end the last run of `lives` is taken back, and not put right
    kinds: frozenset["Kind"] = field(default_factory=frozenset)


@unique
class Kind(Enum):
    """Trouble that a history may have besides its own."""

    STATUSES = "any HTTP status, before the commit and after it"
    LATE = "a list that lags by minutes"
    PAGES = "pages that shift while they are read"
    LOST_LOCK = "two runs at once on one journal"
    SECOND_JOURNAL = "the same file from another computer"


def history_of(seed: int) -> History:
    random = Random(f"{seed} changes")
    nature = _nature(random)
    term = Term(random, nature.limit)
    quiet = random.random() < 0.5
    first = Step(file=term.file, command=Command.SUBMIT)
    steps = [first if quiet else replace(_step(random, first), command=Command.SUBMIT)]
    has_hands = random.random() < 0.5
    # Where nobody can see a hand edit, nothing is changed before somebody has said so.
    overwrites = not nature.lists and random.random() < 0.8
    for _ in range(random.choice((1, 2, 3, 4))):
        before = term.file
        if random.random() < 0.8:
            term.change()
        file = term.file if random.random() < 0.8 else term.beginning
        step = replace(_step(random, Step(file=file)), overwrites=overwrites)
        if has_hands and nature.lists:
            step = replace(step, hands=term.hands(before, random), recreates=random.random() < 0.2)
        steps.append(step)
    if random.random() < 0.3:
        term.change()
    undoes = random.random() < 0.2
    if undoes:
        steps[-1] = replace(steps[-1], command=Command.SYNC, file=term.file, second_run_s=None)
    return History(
        seed=seed,
        nature=nature,
        policy=OnUnknown.AUTO,
        in_flight=random.choice((1, 2, 4, 32)),
        foreign=(),
        lives=tuple(steps),
        last=Step(file=term.file, retry_refused=True, overwrites=overwrites),
        other=term.other,
        undoes=undoes,
    )


def extended(history: History, kinds: Sequence[Kind]) -> History:
    """The history with trouble of these kinds, each as the seed has it."""
    for kind in kinds:
        random = Random(f"{history.seed} changes {kind.name}")
        history = _ADDED[kind](history, random)
    return replace(history, kinds=frozenset(kinds))


def kinds_of(seed: int) -> list[Kind]:
    """Which kinds a seed's history is given."""
    random = Random(f"{seed} kinds of changes")
    return random.sample([*Kind], random.choice((0, 0, 1, 1, 2)))


def rows_of(file: Sequence[Line]) -> list[CheckedRow]:
    """The file, as it comes from validation."""
    rows = scenario.rows_of(file)
    for line, row in zip(file, rows, strict=True):
        assert row.parsed is not None
        if isinstance(line, Lesson):
            row.parsed.parameters["attendee_limit"] = str(line.places)  # type: ignore[index]  # made a moment ago
    return rows


def _nature(random: Random) -> Nature:
    return Nature(
        rule_1032=random.random() < 0.6,
        limit=random.choice((None, None, 2, 3)),
        lists=random.random() < 0.85,
        tells_presenter=random.random() < 0.7,
        tells_zone=random.random() < 0.5,
        trouble=random.choice((0.0, 0.1, 0.1, 0.35, 0.7)),
        listing_trouble=random.choice((0.0, 0.0, 0.05, 0.3)),
        late_s=60.0,
        lag_s=random.choice((0.0, 3.0)),
    )


def _step(random: Random, step: Step) -> Step:
    """The run with whatever befalls it."""
    life = scenario.life_of(random, step.file)
    command = random.choices((Command.SYNC, Command.SUBMIT, Command.UNDO), (75, 10, 15))[0]
    names = ("disk_s", "stalls", "crash_s", "drain_s", "leave_s", "disk_full_s", "second_run_s", "rest_s")
    drawn = {name: getattr(life, name) for name in names}
    if random.random() < 0.35:
        drawn |= dict.fromkeys(("crash_s", "drain_s", "leave_s", "disk_full_s", "second_run_s"))
    elif drawn["crash_s"] is not None:
        drawn["crash_s"] = random.choice((drawn["crash_s"], 2.0 + random.random() * 10))
    back = random.choice((0, 0, 1, 2))
    return replace(step, command=command, back=back, retry_refused=random.random() < 0.3, **drawn)


class Term:
    """A timetable that changes from version to version, and always fits what the account can hold."""

    def __init__(self, random: Random, limit: int | None) -> None:
        self._random = random
        self._limit = limit or 3
        self._numbers = count(1)
        self._gone: list[Lesson] = []
        # Where classes may be that the file has elsewhere by now: a hand has touched them.
        self._ghosts: list[Lesson] = []
        # The ends stand still: what lies between them can be gone.
        ends = [
            Lesson("Assembly", "head@school.example", slot(-1), 60),
            Lesson("Farewell", "head@school.example", slot(_DAYS * _A_DAY), 60),
        ]
        self._lessons = ends
        self.other: tuple[Lesson, ...] = ()
        others = [self._new("Choir"), self._new("Orchestra")]
        self._lessons = ends
        self._ghosts += others
        self.other = tuple(replace(each, presenter="guest@school.example") for each in others)
        for _ in range(random.randint(6, 10)):
            self._grow()

    @property
    def file(self) -> tuple[Lesson, ...]:
        lessons = list(self._lessons)
        self._random.shuffle(lessons)
        return tuple(lessons)

    @property
    def beginning(self) -> tuple[Lesson, ...]:
        """An export of the next days only: of what comes after them it says nothing."""
        until = slot(self._random.randrange(_DAYS, 2 * _DAYS))
        return tuple(each for each in self.file if each.hour <= until)

    def change(self) -> None:
        """Make the next version."""
        ways: list[Callable[[], None]] = [
            *(self._move, self._move, self._swap, self._swap, self._teacher, self._title, self._length),
            *(self._places, self._vanish, self._come_back, self._grow),
        ]
        for _ in range(self._random.randint(1, 4)):
            self._random.choice(ways)()

    def hands(self, before: Sequence[Lesson], random: Random) -> tuple[Hand, ...]:
        """What people do in WizIQ about the time of a run from `before` to the file as it is now."""
        found = []
        often = Counter(each.title for each in before) | Counter(each.title for each in self._lessons)
        inner = [each for each in before if each.presenter in _PRESENTERS and often[each.title] == 1]
        inner = [each for each in inner if not self._is_taken(each)]
        # What has changed since, or gone, is what a hand edit stands in the way of.
        changed = [each for each in inner if each not in self._lessons]
        chosen = random.sample(inner, min(len(inner), random.choice((0, 1, 1, 2))))
        chosen += random.sample(changed, min(len(changed), random.choice((0, 0, 1))))
        for lesson in dict.fromkeys(chosen):
            deed = random.choice([*Deed])
            now = next((each for each in self._lessons if each.title == lesson.title), None)
            to = None
            if deed is Deed.AS_ROW:
                if now is None or now.presenter != lesson.presenter:
                    continue
                to = now
            else:
                self._ghosts += [lesson, now or lesson]
            at_s = random.choice((0.0, 0.0, random.random() * 3.0, random.random() * 200.0))
            found.append(Hand(at_s, deed, lesson, to))
        return tuple(found)

    def _is_taken(self, lesson: Lesson) -> bool:
        """Whether another lesson has its place by now: where its class stays, that one cannot be."""
        others = [each for each in self._lessons if each.title != lesson.title and each.hour == lesson.hour]
        return len(others) >= self._limit or any(each.presenter == lesson.presenter for each in others)

    # -- changes ---------------------------------------------------------------------

    def _new(self, title: str) -> Lesson:
        while True:
            start = slot(self._random.randrange(_DAYS * _A_DAY))
            new = Lesson(
                title,
                self._random.choice(_PRESENTERS),
                start,
                self._random.choice(_LENGTHS),
                self._random.randint(5, 20),
            )
            if self._fits(new, None):
                self._lessons = [*self._lessons, new]
                return new

    def _grow(self) -> None:
        # Some series: their lessons have one title.
        titles = [each.title for each in self._lessons if each.presenter in _PRESENTERS]
        is_series = titles and self._random.random() < 0.15
        self._new(self._random.choice(titles) if is_series else f"Lesson {next(self._numbers)}")

    def _fits(self, new: Lesson, instead_of: Lesson | None) -> bool:
        there = [each for each in self._lessons if each is not instead_of] + self._ghosts
        there = [each for each in there if each.hour == new.hour]
        return len(there) < self._limit and all(each.presenter != new.presenter for each in there)

    def _any(self) -> Lesson:
        return self._random.choice([each for each in self._lessons if each.presenter in _PRESENTERS])

    def _replace(self, lesson: Lesson, new: Lesson) -> None:
        if self._fits(new, lesson):
            self._lessons = [new if each is lesson else each for each in self._lessons]

    def _move(self) -> None:
        lesson = self._any()
        self._replace(lesson, replace(lesson, hour=slot(self._random.randrange(_DAYS * _A_DAY))))

    def _swap(self) -> None:
        one = self._any()
        others = [each for each in self._lessons if each.presenter == one.presenter and each is not one]
        if others:
            other = self._random.choice(others)
            swapped = {id(one): replace(one, hour=other.hour), id(other): replace(other, hour=one.hour)}
            if not {one.title, other.title} & {each.title for each in self._ghosts}:
                self._lessons = [swapped.get(id(each), each) for each in self._lessons]

    def _teacher(self) -> None:
        lesson = self._any()
        self._replace(lesson, replace(lesson, presenter=self._random.choice(_PRESENTERS)))

    def _title(self) -> None:
        lesson = self._any()
        self._lessons = [
            replace(each, title=f"{each.title} in English") if each is lesson else each
            for each in self._lessons
        ]

    def _length(self) -> None:
        lesson = self._any()
        self._lessons = [
            replace(each, minutes=150 - each.minutes) if each is lesson else each for each in self._lessons
        ]

    def _places(self) -> None:
        lesson = self._any()
        self._lessons = [
            replace(each, places=self._random.randint(21, 50)) if each is lesson else each
            for each in self._lessons
        ]

    def _vanish(self) -> None:
        if Counter(each.presenter in _PRESENTERS for each in self._lessons)[True] > 4:
            lesson = self._any()
            self._lessons = [each for each in self._lessons if each is not lesson]
            self._gone.append(lesson)

    def _come_back(self) -> None:
        if self._gone:
            lesson = self._gone.pop()
            if self._fits(lesson, None):
                self._lessons = [*self._lessons, lesson]


# -- further trouble -----------------------------------------------------------------------

_Add = Callable[[History, Random], History]


def _traits(**drawn: tuple[float, ...]) -> _Add:
    def add(history: History, random: Random) -> History:
        chosen = {name: random.choice(values) for name, values in drawn.items()}
        return replace(history, traits=replace(history.traits, **chosen))  # type: ignore[arg-type]  # shares alone

    return add


def _listing(history: History, **nature: object) -> History:
    lives = tuple(replace(each, overwrites=False) for each in history.lives if isinstance(each, Step))
    assert isinstance(history.last, Step)
    return replace(
        history,
        nature=replace(history.nature, lists=True, **nature),  # type: ignore[arg-type]  # fields of it
        lives=lives,
        last=replace(history.last, overwrites=False),
    )


def _late(history: History, random: Random) -> History:
    return _listing(history, lag_s=random.choice((60.0, 180.0, 900.0)))


def _pages(history: History, random: Random) -> History:
    return _listing(_traits(shifts=(0.3, 0.7))(history, random))


def _lost_lock(history: History, random: Random) -> History:
    lives = list(history.lives)
    at = random.randrange(len(lives))
    lives[at] = replace(lives[at], second_run_s=random.random() * random.choice((1.0, 5.0, 60.0)))
    traits = replace(history.traits, no_lock=True)
    return replace(history, lives=tuple(lives), traits=traits, undoes=False)  # which of the two would it be?


def _second_journal(history: History, random: Random) -> History:
    """Another computer syncs the same file. Where nothing tells who presents, it may recognise nothing."""
    lives = range(1, len(history.lives))
    elsewhere = frozenset(each for each in lives if random.random() < 0.5) or frozenset({lives[0]})
    traits = replace(history.traits, elsewhere=elsewhere)
    return replace(_listing(history, tells_presenter=True), traits=traits, undoes=False)


_ADDED: dict[Kind, _Add] = {
    Kind.STATUSES: _traits(statuses=(0.1, 0.3, 0.7)),
    Kind.LATE: _late,
    Kind.PAGES: _pages,
    Kind.LOST_LOCK: _lost_lock,
    Kind.SECOND_JOURNAL: _second_journal,
}
