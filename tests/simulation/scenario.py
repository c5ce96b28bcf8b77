"""What a history is made of; everything follows from the seed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from batch.core.rows.row import CheckedRow, ClassRow, RawRow
from batch.core.service.on_unknown import OnUnknown
from tests.simulation.nature import KEY, Fault, Nature, Traits

#: When the first class may begin; histories begin a week before.
FIRST_CLASS = datetime(2031, 9, 8, 8, tzinfo=UTC)

_PRESENTERS = ("ann@school.example", "bob@school.example", "cid@school.example")
#: Nothing that is done to titles leaves these as they are; the first forty characters are the same.
_TITLES = (
    "Introduction for the evening school, groups A & B: algèbre, with a look at number theory and more",
    "Introduction for the evening school, groups A & B: biologie, with a look at ecology",
)
ZONE = ZoneInfo("Europe/Paris")

#: The policy with the sharpest edges comes up most often.
_POLICIES = (*OnUnknown, OnUnknown.RESEND_TRUST_1032, OnUnknown.RESEND_TRUST_1032)
_ONLY = (
    Fault.UNREACHABLE,
    Fault.UNREACHABLE,
    Fault.THROTTLED,
    Fault.LOCKED_OUT,
    Fault.RESET,
    Fault.TIMEOUT,
    Fault.STUMBLED,
)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file."""

    title: str
    presenter: str
    hour: int
    minutes: int

    @property
    def start(self) -> datetime:
        return FIRST_CLASS + timedelta(hours=self.hour)

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """One run of the command: what it is given, and what befalls it, in seconds from its start."""

    file: tuple[Line, ...]
    retry_refused: bool = False
    disk_s: float = 0.01  #: a commit takes twice so long at most
    stalls: bool = False  #: the machine stands still now and then
    crash_s: float | None = None
    drain_s: float | None = None  #: a first signal
    leave_s: float | None = None  #: a second one
    disk_full_s: float | None = None
    second_run_s: float | None = None  #: somebody submits the same file meanwhile
    rest_s: float = 1.0  #: until the next life


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One history, before it is played."""

    seed: int
    nature: Nature
    policy: OnUnknown
    in_flight: int
    foreign: tuple[Line, ...]  #: classes that somebody else has made
    lives: tuple[Life, ...]  #: while faults last
    last: Life  #: once they have stopped, for ever after
    traits: Traits = field(default_factory=Traits)  #: see traits.py


def keys_of(file: Sequence[Line]) -> list[str]:
    """What makes each row the same row in another file, in the words of the promise."""
    so_far: Counter[Line] = Counter()
    keys = []
    for line in file:
        so_far[line] += 1
        keys.append(f"{line.presenter} {line.hour} {line.minutes} {line.title} #{so_far[line]}")
    return keys


def rows_of(file: Sequence[Line]) -> list[CheckedRow]:
    """The file, as it comes from validation."""
    return [
        CheckedRow(
            RawRow("", number, (line.title,)),
            ClassRow(
                parameters={
                    KEY: key,
                    "title": line.title,
                    "presenter_email": line.presenter,
                    "start_time": f"{line.start.astimezone(ZONE):%m/%d/%Y %H:%M:%S}",
                    "time_zone": ZONE.key,
                    "duration": str(line.minutes),
                },
                title=line.title,
                presenter=line.presenter,
                start=line.start,
                minutes=line.minutes,
            ),
        )
        for number, (line, key) in enumerate(zip(file, keys_of(file), strict=True), start=2)
    ]


def scenario_of(seed: int) -> Scenario:
    random = Random(seed)
    policy = random.choice(_POLICIES)
    nature = _nature(random, policy)
    file = _file(random)
    lives = []
    for _ in range(random.choice((1, 1, 2, 2, 3, 4))):
        lives.append(life_of(random, file))
        if random.random() < 0.3:
            file = _edited(random, file)
    return Scenario(
        seed=seed,
        nature=nature,
        policy=policy,
        in_flight=random.choice((1, 2, 4, 32)),
        foreign=_foreign(random, nature, file),
        lives=tuple(lives),
        last=Life(file=file, retry_refused=random.random() < 0.5),
    )


def _nature(random: Random, policy: OnUnknown) -> Nature:
    if random.random() < 0.1:
        return replace(_some_nature(random, policy), trouble=1.0, only=random.choice(_ONLY))
    return _some_nature(random, policy)


def _some_nature(random: Random, policy: OnUnknown) -> Nature:
    trusts = policy is OnUnknown.RESEND_TRUST_1032  # only where the rule is known to hold
    return Nature(
        rule_1032=trusts or random.random() < 0.4,
        limit=random.choice((None, None, None, 1, 2)),
        lists=random.random() < (0.25 if trusts else 0.85),
        tells_presenter=random.random() < 0.6,
        tells_zone=random.random() < 0.5,
        trouble=random.choice((0.0, 0.1, 0.35, 0.35, 0.7, 1.0)),
        listing_trouble=random.choice((0.0, 0.05, 0.4)),
        late_s=60.0,
        lag_s=random.choice((0.0, 3.0)),
    )


def _line(random: Random, hour: int) -> Line:
    return Line(random.choice(_TITLES), random.choice(_PRESENTERS), hour, random.choice((60, 60, 90)))


def _file(random: Random) -> tuple[Line, ...]:
    lines: list[Line] = []
    for hour in range(random.randint(6, 10)):
        line = _line(random, 2 * hour)
        if lines and random.random() < 0.25:
            other = random.choice(lines)
            # The same again, or one that a list without presenters cannot tell from it.
            line = random.choice((other, replace(other, presenter=random.choice(_PRESENTERS))))
        lines.append(line)
    return tuple(lines)


def _edited(random: Random, file: tuple[Line, ...]) -> tuple[Line, ...]:
    lines = list(file)
    match random.randrange(4):
        case 0:
            lines.pop(random.randrange(len(lines)))
        case 1:
            lines.insert(0, _line(random, random.randrange(20)))
        case 2:
            random.shuffle(lines)
        case _:
            changed = random.randrange(len(lines))
            lines[changed] = replace(lines[changed], title="Chemistry")
    return tuple(lines)


def _foreign(random: Random, nature: Nature, file: tuple[Line, ...]) -> tuple[Line, ...]:
    """Other people's classes. Never one that nobody could tell from a row of the file."""
    if nature.rule_1032 or not nature.tells_presenter or random.random() < 0.6:
        return ()
    return tuple(replace(line, presenter="guest@school.example") for line in random.sample(file, 2))


def life_of(random: Random, file: tuple[Line, ...]) -> Life:
    """A run over a file, and what befalls it."""

    def moment() -> float:
        # While rows are sent, or while what was lost is looked up.
        return random.random() * random.choice((3.0, 10.0, 200.0))

    ends = random.choice(("crash", "crash", "crash", "drain", "leave", "disk", "by itself", "two runs"))
    drain_s = moment()
    return Life(
        file=file,
        retry_refused=random.random() < 0.2,
        disk_s=random.choice((0.0, 0.01, 0.3)),
        stalls=random.random() < 0.15,
        crash_s=moment() if ends == "crash" else None,
        drain_s=drain_s if ends in {"drain", "leave"} else None,
        leave_s=drain_s + random.random() * 5 if ends == "leave" else None,
        disk_full_s=moment() if ends == "disk" else None,
        second_run_s=moment() if ends == "two runs" else None,
        rest_s=random.random() * random.choice((1.0, 30.0, 300.0)),
    )
