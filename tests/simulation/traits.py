"""What else may go wrong in a history, kind by kind: answers, lists, locks, journals.

Drawn apart from everything else, so that the history of a seed stays what it was
when a kind is added.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from enum import Enum, unique
from random import Random
from typing import Any

from batch.core.service.on_unknown import OnUnknown
from batch.sandbox import BENDS, bends
from tests.simulation.scenario import Life, Scenario


@unique
class Kind(Enum):
    """A kind of trouble that a history may have besides its own."""

    STATUSES = "any HTTP status, before the commit and after it"
    ODD_ANSWERS = "answers that contradict themselves"
    REPEATED = "the answer to another create of ours, once more"
    FOREIGN = "an answer with the class_id of somebody else's class"
    SWAPPED = "two answers change places"
    BENT = "listed columns rewritten"
    LATE = "a list that lags by minutes"
    HIDDEN = "a list that leaves classes out, or has none"
    PAGES = "pages that shift while they are read"
    LOST_LOCK = "two runs at once on one journal"
    SECOND_JOURNAL = "the same file from another computer"
    START_OVER = "the journal is lost and started over"


_Add = Callable[[Scenario, Random], Scenario]

_COLUMNS = [
    name
    for name, kind in BENDS.items()
    if kind.group in {"Titles", "Starts", "Lengths", "Presenters"} and kind.columns
]
#: One that happens to show all that is known to be there, and not what is looked for, cannot be seen through: see
#: `checks._nobody_could_know`. All classes begin within a day, a week after the histories do.
_HIDING = (
    "empty",
    *("cap:3", "cap-newest:3", "gaps:3", "gaps:5"),
    *("ahead:6", "ahead:7", "ahead:8"),
    *("status-new", "filters-empty", "ids-not-found"),
)


_HIDING_PRESENTERS = frozenset({"presenter-alias", "presenter-one", "presenter-untold"})


def extended(scenario: Scenario, kinds: Collection[Kind]) -> Scenario:
    """The history with trouble of these kinds, each as the seed has it."""
    for kind in kinds:
        scenario = _ADDED[kind](scenario, Random(f"{scenario.seed} {kind.name}"))
    if any(bend.name in _HIDING_PRESENTERS for bend in scenario.traits.bends):
        # Then a class is known by title, start and length alone, as docs/reliability.md says: whosesoever it is.
        return replace(scenario, foreign=())
    return scenario


def kinds_of(seed: int) -> list[Kind]:
    """Which kinds a seed's history is given."""
    random = Random(f"{seed} kinds")
    return random.sample([*Kind], random.choice((0, 1, 1, 2, 3)))


def _share(name: str, *, shares: tuple[float, ...] = (0.1, 0.3, 0.7)) -> _Add:
    def add(scenario: Scenario, random: Random) -> Scenario:
        drawn: dict[str, Any] = {name: random.choice(shares)}
        return replace(scenario, traits=replace(scenario.traits, **drawn))

    return add


def _bent(scenario: Scenario, random: Random) -> Scenario:
    names = random.sample(_COLUMNS, random.choice((1, 1, 1, 2)))
    return _with_bends(scenario, names)


def _hidden(scenario: Scenario, random: Random) -> Scenario:
    return _with_bends(scenario, [random.choice(_HIDING)])


def _with_bends(scenario: Scenario, names: Collection[str]) -> Scenario:
    traits = replace(scenario.traits, bends=(*scenario.traits.bends, *bends(names)))
    return _listing(replace(scenario, traits=traits))


def _late(scenario: Scenario, random: Random) -> Scenario:
    return _listing(scenario, lag_s=random.choice((60.0, 180.0, 900.0)))


def _shifting(scenario: Scenario, random: Random) -> Scenario:
    return _listing(_share("shifts", shares=(0.3, 0.7, 1.0))(scenario, random))


def _foreign(scenario: Scenario, random: Random) -> Scenario:
    # Where nothing can be listed, nobody knows whose classes there are.
    return _listing(_share("foreign")(scenario, random))


def _listing(scenario: Scenario, **nature: Any) -> Scenario:
    """An account that lists; and nobody who has chosen to send again whatever it says."""
    policy = scenario.policy
    if policy is OnUnknown.RESEND_TRUST_1032:
        policy = OnUnknown.AUTO
    return replace(scenario, policy=policy, nature=replace(scenario.nature, lists=True, **nature))


def _lost_lock(scenario: Scenario, random: Random) -> Scenario:
    def at_once(life: Life) -> Life:
        after_s = random.random() * random.choice((0.1, 3.0, 200.0))
        return replace(life, second_run_s=after_s)

    lives = tuple(at_once(life) for life in scenario.lives)
    return replace(scenario, lives=lives, traits=replace(scenario.traits, no_lock=True))


def _second_journal(scenario: Scenario, random: Random) -> Scenario:
    count = len(scenario.lives)
    elsewhere = frozenset(each for each in range(count) if random.random() < 0.6) or frozenset({count - 1})
    # One after the other: what another computer has sent within the last minutes is not listed yet.
    lives = tuple(replace(life, rest_s=life.rest_s + 300) for life in scenario.lives)
    # Where an account cannot list, a person has said that it is the first time: rightly, here.
    return _listing(replace(scenario, lives=lives, traits=replace(scenario.traits, elsewhere=elsewhere)))


def _start_over(scenario: Scenario, random: Random) -> Scenario:
    # Counted on past the lives with faults: the journal may be lost before the last ones, too.
    lost = frozenset({random.randint(1, len(scenario.lives))})
    return replace(scenario, traits=replace(scenario.traits, lost_before=lost))


_ADDED: Mapping[Kind, _Add] = {
    Kind.STATUSES: _share("statuses"),
    Kind.ODD_ANSWERS: _share("odd_answers"),
    Kind.REPEATED: _share("repeated"),
    Kind.FOREIGN: _foreign,
    Kind.SWAPPED: _share("swapped"),
    Kind.BENT: _bent,
    Kind.LATE: _late,
    Kind.HIDDEN: _hidden,
    Kind.PAGES: _shifting,
    Kind.LOST_LOCK: _lost_lock,
    Kind.SECOND_JOURNAL: _second_journal,
    Kind.START_OVER: _start_over,
}
