"""The promise about changes, against the service's own ledger."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator

from batch.core.outcome import HeldReason, Outcome
from batch.core.service.listed import DAY_S
from batch.core.tally import Exit
from batch.report.facts import ResultRow
from tests.simulation.changes.history import Command, Kind, Lesson
from tests.simulation.changes.service import Kept, look_of
from tests.simulation.changes.world import ChangingWorld, Told
from tests.simulation.scenario import Line, keys_of
from tests.simulation.world import CUT_SHORT

_THERE = frozenset({Outcome.SCHEDULED, Outcome.ALREADY, Outcome.CHANGED})
#: What nobody can settle where two journals, a list with gaps, or one that nobody may see are involved.
_CAREFUL = frozenset({Outcome.HELD, Outcome.UNKNOWN, Outcome.NOT_SENT})

#: Another class is where the row is to be.
_NO_PLACE = frozenset({"1032", "1012"})


def violations(world: ChangingWorld) -> list[str]:
    """Everything that must never happen and did."""
    found = [*world.violations, *_touched_others(world)]
    for told in world.told:
        found += [f"run {told.batch}: {says}" for says in _of_report(world, told)]
    if Kind.SECOND_JOURNAL in world.history.kinds:
        return [*found, *_doubled(world)]
    if world.history.undoes:
        return [*found, *_of_undo(world)]
    return [*found, *_of_end(world)]


def _kept(world: ChangingWorld) -> list[Kept]:
    return [each for each in world.account.classes if isinstance(each, Kept)]


def _own(world: ChangingWorld) -> dict[str, Kept]:
    """The classes of the timetable, by number."""
    return {
        each.class_id or "": each for each in _kept(world) if each.key != "foreign" and each.batch != "other"
    }


def _touched_others(world: ChangingWorld) -> Iterator[str]:
    """Nothing of anybody else is changed, whoever asked for it."""
    for each in _kept(world):
        if (each.key == "foreign" or each.batch == "other") and len(each.looks) != 1:
            yield f"class {each.class_id} of {each.key} was touched"


def _of_report(world: ChangingWorld, told: Told) -> Iterator[str]:
    """What a run said was so when it ended."""
    if told.step.command is Command.UNDO or told.batch == "other":
        return
    if len(told.rows) != len(told.step.file):
        yield f"{len(told.rows)} rows for {len(told.step.file)}"
    claimed = Counter(row.class_id for row in told.rows if row.class_id and row.outcome in _THERE)
    yield from (f"class {each} is {often} rows'" for each, often in claimed.items() if often > 1)
    for lesson, row in zip(told.step.file, told.rows, strict=False):
        if row.outcome not in _THERE or not isinstance(lesson, Lesson):
            continue
        kept = world.account.kept(row.class_id or "")
        if kept is None:
            if row.class_id is not None:
                yield f"{lesson.key} is {row.outcome} as class {row.class_id}, which is not there"
            continue
        was = kept.as_of(told.ended_at)
        is_hands = kept.hand is not None or kept.was_raced or Kind.SECOND_JOURNAL in world.history.kinds
        if kept.status != "upcoming" and kept.last_wish is not None and not kept.last_wish.answered:
            continue  # nobody was told that it was cancelled, and no list has shown it yet
        if not is_hands and (was is None or was.status != "upcoming"):
            yield f"{lesson.key} is {row.outcome}, and class {row.class_id} is not there"
        elif not is_hands and was is not None and was.look not in {look_of(lesson), kept.helped_to}:
            yield f"{lesson.key} is {row.outcome}, and class {row.class_id} is {was.look}"


def _of_end(world: ChangingWorld) -> Iterator[str]:
    """Faults have stopped, and the file was synced: the account is as file and hands ask for."""
    if len(world.told) < 2:
        return
    again = world.told[-1]
    own, hands = _own(world), _hands(world)
    rows = list(zip(again.step.file, again.rows, strict=True))
    claimed = {row.class_id for _, row in rows if row.outcome in _THERE and row.class_id in own}
    left = [(lesson, row) for lesson, row in rows if row.class_id not in claimed]
    # What somebody did as a former version said, before any run knew of it, is a hand edit by now.
    hands |= {number for number, each in own.items() if each.helped_to == each.look} - claimed
    for lesson, row in rows:
        if row.class_id in claimed and row.class_id not in hands and isinstance(lesson, Lesson):
            yield from _as_row(lesson, own[row.class_id or ""])
    is_unsure = _is_any_lost(world)
    unseen = [(lesson, row) for lesson, row in left if not _may_be_unknown(world, lesson, row)]
    # What somebody left somewhere else keeps others where they are, or from being made.
    kept_back = {row.number for _, row in unseen if _is_kept_back(row) and hands - claimed}
    for lesson, row in unseen:
        # One that is unknown, too, may be in the way of another's.
        are_few = len(unseen) - len(kept_back) <= len(hands - claimed)
        of_hands = are_few or len(unseen) < len(left) or is_unsure
        is_careful = row.outcome in _CAREFUL or row.error_code in _NO_PLACE
        if not (is_careful and (of_hands or _may_be_left(world))):
            yield f"at the end: {keys_of([lesson])[0]} is {row.outcome}: {row.message}"
    if _may_be_left(world):
        yield from _doubled(world)
        return
    yield from _unclaimed(
        world, again, claimed | hands, is_unsure=is_unsure or bool(kept_back) or len(left) != len(unseen)
    )
    if not left and not hands:
        yield from _at_rest(world)


def _is_kept_back(row: ResultRow) -> bool:
    return row.reason is HeldReason.ORDER or row.error_code in _NO_PLACE


def _is_any_lost(world: ChangingWorld) -> bool:
    """Whether a row that no version has any more was left in doubt: its class may be there, in the way of others."""
    last: dict[str, Outcome] = {}
    for told in world.told:
        if told.step.command is not Command.UNDO:
            last |= dict(zip(keys_of(told.step.file), (row.outcome for row in told.rows), strict=False))
    return Outcome.UNKNOWN in last.values()


def _hands(world: ChangingWorld) -> set[str]:
    """The classes that somebody has touched."""
    return {number for number, each in _own(world).items() if each.hand is not None or each.is_raced}


def _unclaimed(
    world: ChangingWorld, again: Told, claimed: Collection[str | None], *, is_unsure: bool
) -> Iterator[str]:
    """Classes of the timetable that no row asks for. One whose answer was lost may be nobody's, where a row is unknown."""
    starts = [int(each.start.timestamp()) for each in again.step.file]
    for number, kept in _own(world).items():
        if kept.status != "upcoming":
            continue
        if number not in claimed and not is_unsure and min(starts) <= kept.starts <= max(starts):
            yield f"at the end: class {number} ({kept.key}) is nobody's"
        if kept.is_parked:
            yield f"at the end: class {number} is parked"


def _at_rest(world: ChangingWorld) -> Iterator[str]:
    final, again = world.told[-2:]
    if again.exit_code != Exit.DONE or CUT_SHORT in {again.how, final.how}:
        yield f"at the end: exit code {again.exit_code}, {final.how}, {again.how}"
    # What was unknown until a moment ago may have been in the way of what a class is to be, too.
    before = {row.outcome for told in world.told[-3:-1] for row in told.rows}
    may_send = (_CAREFUL | {Outcome.REFUSED}) & {
        row.outcome for row in final.rows
    } or Outcome.UNKNOWN in before
    if (again.operations or again.creates) and not may_send:
        yield f"{again.operations} operations and {again.creates} creates the day after"


def _may_be_unknown(world: ChangingWorld, line: Line, row: ResultRow) -> bool:
    """Where nobody knows whether the list shows the days of a class that was lost."""
    if row.outcome is not Outcome.UNKNOWN or not row.attempts:
        return False
    confirmed = {each.class_id for each in world.service.answered.values()}
    known = [each for number, each in _own(world).items() if number in confirmed]
    as_sent = [
        each for each in known if each.status == "upcoming" and each.hand is None and not each.is_raced
    ]
    # Where most that is known was edited since, nobody can tell how this list is written either.
    is_blind = Kind.LATE in world.history.kinds or 2 * len(as_sent) <= len(known)
    return is_blind or not any(each.starts >= line.start.timestamp() - DAY_S for each in as_sent)


def _may_be_left(world: ChangingWorld) -> bool:
    """Whether rows may be left alone at the end, for all that anybody can know."""
    nature, history = world.history.nature, world.history
    return not nature.lists or Kind.PAGES in history.kinds


def _as_row(lesson: Lesson, kept: Kept) -> Iterator[str]:
    is_there = kept.status == "upcoming"
    # Of a row that did not change, what somebody did to its class is left alone, by a former version, too.
    looks = {look_of(lesson), kept.helped_to}
    if not is_there or kept.look not in looks or kept.presenter != lesson.presenter:
        yield f"at the end: {lesson.key} is class {kept.class_id}: {kept.look} {kept.presenter} {kept.status}"
    if kept.places != str(lesson.places):
        yield f"at the end: {lesson.key} has {kept.places} places, not {lesson.places}"


def _doubled(world: ChangingWorld) -> Iterator[str]:
    """A lesson that is there more often than any version of the file has it."""
    asked: Counter[str] = Counter()
    for told in world.told:
        asked |= Counter(keys_of(told.step.file))
    by_hand = _hands(world) | {each.class_id for each in _kept(world) if each.is_helped}
    there: dict[str, list[Kept]] = defaultdict(list)
    for each in _kept(world):
        if each.status == "upcoming" and each.class_id not in by_hand and each.key != "foreign":
            there[each.key].append(each)
    for key, classes in there.items():
        unseen = sum(_is_unseen(each, classes) for each in classes)
        if len(classes) - unseen > asked[key]:
            yield f"{len(classes)} classes for {key}"


def _is_unseen(kept: Kept, classes: Collection[Kept]) -> bool:
    """Whether another computer had asked for it before, and no list that this one's run took had shown that yet."""
    return kept.knew is not None and any(
        each.asked_by is not kept.asked_by
        and each.asked_at <= kept.asked_at
        and (each.class_id, each.look) not in kept.knew
        for each in classes
    )


def _of_undo(world: ChangingWorld) -> Iterator[str]:
    """The last run was taken back: what was there before it is there again, and nothing else."""
    hands = _hands(world)
    is_unsure = any(row.outcome is Outcome.UNKNOWN for row in world.told[-1].rows)
    if _may_be_left(world) or is_unsure:
        return
    for number, kept in _own(world).items():
        if number in hands or kept.is_helped:
            continue
        before = world.before_last.get(number)
        if before is None:
            if kept.status == "upcoming":
                yield f"after the undo: class {number} ({kept.key}) is there"
        elif kept.status == "upcoming" and (kept.look, kept.places, kept.status) != before:
            yield f"after the undo: class {number} is {kept.look}, {kept.places} places; it was {before}"
        if kept.is_parked and kept.status == "upcoming":
            yield f"after the undo: class {number} is parked"
