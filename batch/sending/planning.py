"""Plans a batch by what the journal knows, as often as something new is learned, and tells held rows why.

Every method that takes a journal reads and writes it, and so runs where its
connection is used.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from itertools import islice

from batch.core.message import Message, RowNote, RunNote
from batch.core.outcome import Outcome
from batch.core.plan.admission import LIMIT, POLICY, ConcurrencyBudget, Counting, LimitPolicy
from batch.core.plan.agenda import OtherClass
from batch.core.plan.explain_held import Explainer
from batch.core.plan.plan import Candidate, Planner
from batch.core.quick_dataclass import dataclass
from batch.journal.records import BLOCK, RowOutcome
from batch.journal.store import Journal
from batch.sending.terms import PlanTerms

#: Names of rows are asked for again and again: those in one full hour are in the way of all its held rows.
_NAMES_REMEMBERED = 4096
#: A class that was made less long ago may not be listed yet.
_LISTED_AFTER_S = 60.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What a planning came to."""

    waiting: int  #: rows to be sent
    news: tuple[Message, ...]  #: what was learned of the account since the last one


class Planning:
    """The plans of one batch. `room` is what the sending asks before each row."""

    def __init__(
        self, batch: str, terms: PlanTerms, clock: Callable[[], float], *, believes: bool = False
    ) -> None:
        """`believes`: nobody asks the service, so the journal says whose presenters are busy."""
        self._batch = batch
        self._believes = believes
        self._terms = terms
        self._clock = clock
        self._begun = False
        self._gone: frozenset[str] = frozenset()
        self.listed_at: float | None = None  #: when the list of the account began that the journal has noted
        self.moved: Mapping[str, int] = {}  #: when classes begin that somebody has edited, by class_id
        self.room = ConcurrencyBudget(LimitPolicy.OVERLAP)
        self.journal = ""  #: its name, as classes carry it

    def may_send(self, journal: Journal) -> bool:
        """Whether a row waits whose class is not known to exist."""
        return journal.planning.has_new(self._batch)

    def plan(self, journal: Journal) -> Plan:
        """Decide on every valid row that was not sent yet, by all that is known of the account."""
        if not self._begun:
            self._begin(journal)
        news = self._learn(journal)
        self._reopen(journal)
        room, classes = self.room, journal.planning
        planner = Planner(
            self.counting(),
            limit=room.limit,
            fit=self._terms.fit,
            nogoods=room.nogoods,
            retry_refused=self._terms.retry_refused,
        )
        candidates = partial(classes.candidates, self._batch, gone=self._gone)
        planner.take_room(candidates(tried=True))
        planner.take_room_elsewhere(self._elsewhere(journal))
        room.begin(planner.taken(), planner.doubtful)
        if planner.chooses:
            planner.choose(candidates())
            planner.take_chosen(candidates())
        return Plan(self._write(journal, planner, candidates()), news)

    def _begin(self, journal: Journal) -> None:
        """Take up what is known of the account: its limit, and what its list leaves out."""
        terms = self._terms
        limit, policy = journal.account.learned(LIMIT), journal.account.learned(POLICY)
        self.room = ConcurrencyBudget(
            terms.limit_policy or (LimitPolicy(policy[0]) if policy else LimitPolicy.OVERLAP),
            terms.max_concurrent_classes or (int(limit[0]) if limit else None),
        )
        self.journal = journal.account.stamp()
        if self.listed_at is not None:
            self._gone = journal.listed.gone(self.listed_at, _LISTED_AFTER_S)
        self._begun = True

    def finish(self, journal: Journal) -> tuple[Message, ...]:
        """At the end: tell each held row what is in its way; return what was learned since the last plan."""
        news = self._learn(journal)
        if next(journal.planning.held(self._batch), None) is not None:
            self._explain(journal)
        return news

    def _explain(self, journal: Journal) -> None:
        """Tell each held row what is in its way, and when else it would fit."""
        classes = journal.planning
        explainer = Explainer(
            self.counting(),
            limit=self.room.limit,
            hours=self._terms.hours,
            earliest=int(self._clock()),
            name_of=lru_cache(_NAMES_REMEMBERED)(partial(classes.name, self._batch)),
            title_of=partial(classes.title, self._batch),
        )
        for row in classes.standing(self._batch, self._gone):
            explainer.book(*row)
        for other in self._elsewhere(journal):
            explainer.book_other(other)
        held = classes.held(self._batch)
        while block := list(islice(held, BLOCK)):
            journal.sending.apply(
                [
                    RowOutcome(self._batch, row.position, Outcome.HELD, row.code, explainer.explain(row))
                    for row in block
                ]
            )

    def _learn(self, journal: Journal) -> tuple[Message, ...]:
        """Keep what a pass has taught about the account; return it."""
        news, self.room.news = self.room.news, []
        for each in news:
            journal.account.learn(each.name, each.value, each.source, self._clock())
        if self.room.policy is LimitPolicy.INFLIGHT:
            calls = Message(RunNote.COUNTS_CALLS, {"most": self.room.most_calls})
            return (calls,) if news else ()
        return tuple(Message(RunNote.LIMIT_LEARNED, {"limit": each.value}) for each in news)

    def counting(self) -> Counting:
        return Counting(
            policy=self.room.policy, now=int(self._clock()), extend_counts=self._terms.extend_counts
        )

    def _elsewhere(self, journal: Journal) -> Iterator[OtherClass]:
        return journal.planning.elsewhere(
            self._batch,
            self._clock(),
            listed=self.listed_at is not None,
            believed=self._believes,
            gone=self._gone,
            moved=self.moved,
        )

    def _reopen(self, journal: Journal) -> None:
        """Rows that an earlier plan of this run held are decided anew."""
        held = journal.planning.held(self._batch)
        while block := list(islice(held, BLOCK)):
            journal.sending.apply([RowOutcome(self._batch, row.position, None) for row in block])

    def _write(self, journal: Journal, planner: Planner, candidates: Iterator[Candidate]) -> int:
        most, because = self._terms.most_rows, Message(RowNote.MOST_ROWS, {"most": self._terms.most_rows})
        if most is not None:
            most = max(0, most - journal.planning.sent(self._batch))
        if self._terms.only_if_all_valid and journal.planning.has_invalid(self._batch):
            most, because = 0, Message(RowNote.OTHERS_INVALID)
        waiting = 0
        decisions = planner.decide(candidates)
        while block := list(islice(decisions, BLOCK)):
            outcomes = []
            for decision in block:
                outcome, message = decision.outcome, decision.message
                if outcome is None and waiting == most:
                    outcome, message = Outcome.NOT_SENT, because
                waiting += outcome is None
                if outcome is not None:
                    outcomes.append(
                        RowOutcome(self._batch, decision.position, outcome, decision.code, message)
                    )
            journal.sending.apply(outcomes)
        return waiting
