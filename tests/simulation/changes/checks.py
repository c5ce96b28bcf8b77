"""The promise about changes, against the service's own ledger."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from batch.core.outcome import HeldReason, Outcome
from batch.core.service.listed import DAY_S
from batch.core.tally import Exit
from batch.report.facts import ResultRow
from tests.simulation.changes.history import Command, Kind, Lesson, Step
from tests.simulation.changes.service import Kept, Look, look_of
from tests.simulation.changes.world import ChangingWorld, Told
from tests.simulation.scenario import Line, keys_of
from tests.simulation.world import CUT_SHORT, SETTLE_S

_THERE = frozenset({Outcome.SCHEDULED, Outcome.ALREADY, Outcome.CHANGED})
#: For want of which the next run may have something to do.
_CAREFUL = frozenset({Outcome.HELD, Outcome.UNKNOWN, Outcome.NOT_SENT})
#: A class that is cancelled cannot be changed.
_CANCELLED = "1018"
#: Another class is where the row is to be.
_NO_PLACE = frozenset({"1032", "1012"})


def violations(world: ChangingWorld) -> list[str]:
    """Everything that must never happen and did."""
    found = [*world.violations, *_touched_others(world)]
    for told in world.told:
        found += [f"run {told.batch}: {says}" for says in _of_report(world, told)]
    if len(world.told) < 2:
        return [*found, "no run at the end"]
    if Kind.SECOND_JOURNAL in world.history.kinds:
        return [*found, *_doubled(world), *_of_two_journals(world)]
    if world.history.undoes:
        return [*found, *_of_undo(world)]
    return [*found, *_of_end(world), *_doubled(world)]


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
    if told.batch == "other":
        return
    if told.step.command is Command.UNDO:
        yield from _of_undo_report(world, told)
        return
    if len(told.rows) != len(told.step.file):
        yield f"{len(told.rows)} rows for {len(told.step.file)}"
    claimed = Counter(row.class_id for row in told.rows if row.class_id and row.outcome in _THERE)
    yield from (f"class {each} is {often} rows'" for each, often in claimed.items() if often > 1)
    for lesson, row in zip(told.step.file, told.rows, strict=False):
        if row.outcome in _THERE and isinstance(lesson, Lesson):
            yield from _of_row(world, told, lesson, row)


def _of_row(world: ChangingWorld, told: Told, lesson: Lesson, row: ResultRow) -> Iterator[str]:
    """What it said of a row, of which a class was said to be there."""
    kept = world.account.kept(row.class_id or "")
    if kept is None:
        if row.class_id is not None:
            yield f"{lesson.key} is {row.outcome} as class {row.class_id}, which is not there"
        return
    # What somebody did to it is left alone, and what another journal did may not be shown yet.
    if (
        kept.hand is not None
        or kept.was_raced
        or kept.is_of_others(told.by)
        or _is_lost_cancel(world, told, kept)
    ):
        return
    was = kept.as_of(told.ended_at)
    if was is None or was.status != "upcoming":
        yield f"{lesson.key} is {row.outcome}, and class {row.class_id} is not there"
    elif was.look not in {look_of(lesson), kept.helped_to}:
        yield f"{lesson.key} is {row.outcome}, and class {row.class_id} is {was.look}"


def _is_lost_cancel(world: ChangingWorld, told: Told, kept: Kept) -> bool:
    """Whether nobody was told that a class was cancelled, and the list that the run planned by did not show it yet."""
    if kept.status == "upcoming" or not kept.is_in_doubt:
        return False
    if told.step.command is Command.SUBMIT or told.planned_at is None or Kind.PAGES in world.history.kinds:
        return True  # a submit asks of no class what became of it
    shown = kept.as_of(told.planned_at - world.account.lag_of(kept))
    return shown is None or shown.status == "upcoming"


def _of_undo_report(world: ChangingWorld, told: Told) -> Iterator[str]:
    for row in told.rows:
        kept = world.account.kept(row.class_id or "")
        was = None if kept is None else kept.as_of(told.ended_at)
        if row.outcome is Outcome.CANCELLED and was is not None and was.status == "upcoming":
            yield f"row {row.number} is cancelled, and class {row.class_id} is there"


def _of_end(world: ChangingWorld) -> Iterator[str]:
    """Faults have stopped, and the file was synced: the account is as file and hands ask for."""
    again = world.told[-1]
    if Kind.PAGES in world.history.kinds and again.how == CUT_SHORT:
        return  # its lists contradict themselves, and nothing is done by them
    own, hands = _own(world), _hands(world)
    rows = list(zip(again.step.file, again.rows, strict=True))
    claimed = {row.class_id for _, row in rows if row.outcome in _THERE and row.class_id in own}
    left = [(lesson, row) for lesson, row in rows if row.class_id not in claimed]
    # What somebody did as a former version said, before any run knew of it, is a hand edit by now.
    hands |= {number for number, each in own.items() if each.helped_to == each.look} - claimed
    for lesson, row in rows:
        if row.class_id in claimed and row.class_id not in hands and isinstance(lesson, Lesson):
            yield from _as_row(lesson, own[row.class_id or ""], str(lesson.places))
    edited = [own[number] for number in hands]
    for lesson, row in left:
        if not _may_be_left(world, lesson, row, edited, left):
            yield f"at the end: {keys_of([lesson])[0]} is {row.outcome}: {row.message}"
    yield from _unclaimed(world, claimed | hands | {_class_of(row) for _, row in left}, left)
    # What has gone from the file is held where nobody can see whether somebody changed it.
    is_held = _must_be_asked(world) and any(each.outcome is Outcome.HELD for each in again.gone)
    if not (left or hands or is_held) and Kind.PAGES not in world.history.kinds:
        yield from _at_rest(world)


Left = tuple[Line, ResultRow]


def _class_of(row: ResultRow) -> str | None:
    """The class that a row tells of."""
    return row.class_id if row.now is None else row.now.class_id


def _may_be_left(
    world: ChangingWorld, line: Line, row: ResultRow, edited: Sequence[Kept], left: Sequence[Left]
) -> bool:
    """Whether a row may be left alone at the end, for all that anybody can know."""
    if row.outcome is Outcome.UNKNOWN:
        is_blind = Kind.PAGES in world.history.kinds or not world.history.nature.lists
        return is_blind or _may_be_unknown(world, line, row) or any(_may_be(each, line) for each in edited)
    if row.outcome is Outcome.HELD and row.reason is HeldReason.EDITED:
        own = _own(world).get(_class_of(row) or "")
        is_edited = _class_of(row) in {each.class_id for each in edited} or _is_taken(world, line, edited)
        return is_edited or _must_be_asked(world) or (own is not None and _may_seem_edited(world, own))
    if row.outcome is Outcome.NOT_SENT:  # nothing is sent by lists that contradict themselves
        return Kind.PAGES in world.history.kinds
    is_alike = row.reason is HeldReason.ALIKE
    if is_alike or row.error_code == _CANCELLED:
        # Somebody has edited it before it was found, or no list had shown it: the service itself said so.
        # Or nobody was told that we had cancelled it: the service says so now, and the next run sends the row anew.
        # Or pages that shift had hidden a class, and what had asked for it was said not to be there.
        hides = is_alike and Kind.PAGES in world.history.kinds
        lost = (each for each in _own(world).values() if (hides if is_alike else each.is_in_doubt))
        return any(
            _may_be(each, line) and (each.status == "upcoming") is is_alike for each in (*edited, *lost)
        )
    if row.reason is HeldReason.ORDER or row.error_code in _NO_PLACE:
        # What somebody left somewhere else, and what is in doubt, keeps others where they are, or from being made.
        others = [each for each in left if each[0] is not line]
        classes = _own(world)
        # A row that is left leaves its class where that was, too.
        standing = [classes[number] for _, told in others if (number := _class_of(told)) in classes]
        return (
            any(_meets(each, line) for each in (*edited, *standing))
            or any(each.hour == line.hour for each, _ in others)
            or _is_any_lost(world)
        )
    return False


def _is_taken(world: ChangingWorld, line: Line, edited: Sequence[Kept]) -> bool:
    """Whether a class that somebody has edited is listed just as the row says."""
    look = (line.title, int(line.start.timestamp()), line.minutes)
    is_nameless = not world.history.nature.tells_presenter
    alike = (each for each in edited if each.look == look and each.status == "upcoming")
    return any(is_nameless or each.presenter == line.presenter for each in alike)


def _may_seem_edited(world: ChangingWorld, kept: Kept) -> bool:
    """Whether a list that is late, or leaves classes out, may not show yet what was asked for."""
    planned_at, lag_s = world.told[-1].planned_at, world.history.nature.lag_s
    is_recent = planned_at is not None and kept.looks[-1][0] + lag_s + SETTLE_S > planned_at
    return is_recent or (Kind.PAGES in world.history.kinds and kept.status != "upcoming")


def _must_be_asked(world: ChangingWorld) -> bool:
    """Whether all that changed waits for somebody to say so, as nobody can see a hand edit."""
    last = world.history.last
    return not (world.history.nature.lists or (isinstance(last, Step) and last.overwrites))


def _may_be(kept: Kept, line: Line) -> bool:
    """Whether a class that somebody has edited may be that of a row in doubt."""
    return kept.title.startswith(line.title) or abs(kept.starts - line.start.timestamp()) < DAY_S


def _meets(kept: Kept, line: Line) -> bool:
    starts = line.start.timestamp()
    return kept.status == "upcoming" and kept.starts < starts + 60 * line.minutes and starts < kept.ends


def _overlaps(kept: Kept, look: Look) -> bool:
    _, starts, minutes = look
    return kept.status == "upcoming" and kept.starts < starts + 60 * minutes and starts < kept.ends


def _is_any_lost(world: ChangingWorld) -> bool:
    """Whether a row was left in doubt, by the last that was said of it: its class may be there, in the way of others."""
    return Outcome.UNKNOWN in _last_outcomes(world.told).values()


def _last_outcomes(runs: Iterable[Told]) -> dict[str, Outcome]:
    last: dict[str, Outcome] = {}
    for told in runs:
        if told.step.command is not Command.UNDO:
            last |= dict(zip(keys_of(told.step.file), (row.outcome for row in told.rows), strict=False))
    return last


def _hands(world: ChangingWorld) -> set[str]:
    """The classes that somebody has touched."""
    return {number for number, each in _own(world).items() if each.hand is not None or each.is_raced}


def _unclaimed(
    world: ChangingWorld, claimed: Collection[str | None], left: Collection[Left]
) -> Iterator[str]:
    """Classes of the timetable that no row asks for."""
    file, last = world.history.last.file, _last_outcomes(world.told)
    starts = [int(each.start.timestamp()) for each in file]
    # One whose answer was lost may be nobody's while its row is in doubt; so may what that row has come from.
    # Or while a row waits for a word about a class, as pages that shift had hidden one.
    doubts = {HeldReason.ALIKE, HeldReason.CLASH} if Kind.PAGES in world.history.kinds else set()
    in_doubt = [line for line, row in left if row.outcome is Outcome.UNKNOWN or row.reason in doubts]
    # One that pages hid twice after its answer was lost was called absent; if its row goes then, nobody knows whose it is.
    unanswered = world.service.unanswered if Kind.PAGES in world.history.kinds else {}
    hidden = unanswered.keys() - keys_of(file)
    own = _own(world)
    for number, kept in own.items():
        if kept.status != "upcoming":
            continue
        is_inside = min(starts) <= kept.starts <= max(starts)
        may_be = (
            last.get(kept.key) is Outcome.UNKNOWN
            or any(_is_like(kept, each) for each in in_doubt)
            # The row was in doubt, and has been taken for another class's next version since.
            or kept.key in {keys_of([line])[0] for line, _ in left}
            or kept.key in hidden
            # Its row was sent once more, as pages that shift had hidden it.
            or any(_is_unseen(world, each, [kept]) for each in own.values() if each.key == kept.key)
        )
        if number not in claimed and is_inside and not (may_be or _must_be_asked(world)):
            yield f"at the end: class {number} ({kept.key}) is nobody's"
        # One stays parked, and is held, where what is in doubt may stand where it belongs.
        is_held = number in {_class_of(row) for _, row in left if row.outcome is Outcome.HELD}
        if kept.is_parked and not (is_held and _is_any_lost(world)):
            yield f"at the end: class {number} is parked"


def _is_like(kept: Kept, line: Line) -> bool:
    """Whether the row may be the class's next version: of title, start and presenter at most one differs."""
    same = (kept.title == line.title, kept.starts == line.start.timestamp(), kept.presenter == line.presenter)
    return sum(same) > 1


def _at_rest(world: ChangingWorld) -> Iterator[str]:
    final, again = world.told[-2:]
    if again.exit_code != Exit.DONE or CUT_SHORT in {again.how, final.how}:
        yield f"at the end: exit code {again.exit_code}, {final.how}, {again.how}"
    # What was unknown until a moment ago may have been in the way of what a class is to be, or its next version, too.
    before = {*_last_outcomes(world.told[:-2]).values(), *(row.outcome for row in final.rows)}
    may_send = (_CAREFUL | {Outcome.REFUSED}) & {
        row.outcome for row in final.rows
    } or Outcome.UNKNOWN in before
    if (again.operations or again.creates) and not may_send:
        yield f"{again.operations} operations and {again.creates} creates the day after"


def _may_be_unknown(world: ChangingWorld, line: Line, row: ResultRow) -> bool:
    """Where nobody knows whether the list shows the days of a class that was lost."""
    if row.outcome is not Outcome.UNKNOWN or not row.attempts:
        return False
    look = (line.title, int(line.start.timestamp()), line.minutes)
    # In the file, or in one before it, of which a class was lost, too.
    alike = {
        key
        for step in (world.history.last, *(told.step for told in world.told))
        for key, each in zip(keys_of(step.file), step.file, strict=True)
        if (each.title, int(each.start.timestamp()), each.minutes) == look
    }
    is_nameless = not world.history.nature.tells_presenter and len(alike) > 1
    if is_nameless and any(each.look == look and each.status == "upcoming" for each in _own(world).values()):
        return True  # whose it is, only its presenter would tell
    # Not what the service said to a run that was killed before it heard it.
    confirmed = world.service.lists[-1].confirmed if world.service.lists else frozenset()
    if not world.history.nature.tells_presenter and any(
        _meets(each, line) and each.presenter == line.presenter and number not in confirmed
        for number, each in _own(world).items()
    ):
        return True  # it was turned away for one whose answer was lost, too, and nobody knows whose that is
    # Nor what the last run has moved: its list was read before that.
    planned_at = world.told[-1].planned_at
    known = [
        each
        for number, each in _own(world).items()
        if number in confirmed and (planned_at is None or each.looks[-1][0] <= planned_at)
    ]
    as_sent = [
        each for each in known if each.status == "upcoming" and each.hand is None and not each.is_raced
    ]
    # Where most that is known was edited since, nobody can tell how this list is written either.
    is_blind = Kind.LATE in world.history.kinds or 2 * len(as_sent) <= len(known)
    return is_blind or not any(each.starts >= line.start.timestamp() - DAY_S for each in as_sent)


def _as_row(lesson: Lesson, kept: Kept, places: str) -> Iterator[str]:
    is_there = kept.status == "upcoming"
    # Of a row that did not change, what somebody did to its class is left alone, by a former version, too.
    looks = {look_of(lesson), kept.helped_to}
    if not is_there or kept.look not in looks or kept.presenter != lesson.presenter:
        yield f"at the end: {lesson.key} is class {kept.class_id}: {kept.look} {kept.presenter} {kept.status}"
    # Somebody who has moved it as the file says left its places: no list tells them.
    if kept.places != places and kept.helped_to != kept.look:
        yield f"at the end: {lesson.key} has {kept.places} places, not {places}"


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
        unseen = sum(_is_unseen(world, each, classes) for each in classes)
        if len(classes) - unseen > asked[key]:
            yield f"{len(classes)} classes for {key}"


def _of_two_journals(world: ChangingWorld) -> Iterator[str]:
    """What this computer has made or changed last is as its last run says, and nothing of it is parked.

    What another one has parked is for that to move on.
    """
    again, hands = world.told[-1], _hands(world)
    own = {number: each for number, each in _own(world).items() if each.last_by is world.here}
    for lesson, row in zip(again.step.file, again.rows, strict=True):
        kept = own.get(row.class_id or "")
        if (
            row.outcome in _THERE
            and kept is not None
            and row.class_id not in hands
            and isinstance(lesson, Lesson)
        ):
            # No list tells the places that another computer has asked for.
            is_known = kept.journal is world.here and not kept.is_of_others(world.here)
            places = str(lesson.places) if is_known else kept.places
            yield from _as_row(lesson, kept, places)
    # Where another computer's class stands as the row says it stays parked, and is named.
    held = {_class_of(row) for row in again.rows if row.outcome is Outcome.HELD}
    held |= {each.class_id for each in again.gone if each.outcome in {Outcome.HELD, Outcome.UNKNOWN}}
    for number, kept in own.items():
        if kept.is_parked and kept.status == "upcoming" and number not in held:
            yield f"at the end: class {number} is parked"


def _is_unseen(world: ChangingWorld, kept: Kept, classes: Collection[Kept]) -> bool:
    """Whether it had been asked for before, and no list that this run took had shown that yet.

    By another computer; or by this one, where pages that shift had hidden it each time.
    """
    hides = Kind.PAGES in world.history.kinds
    return kept.knew is not None and any(
        (hides or each.asked_by is not kept.asked_by)
        and each is not kept
        and each.asked_at <= kept.asked_at
        and (each.class_id, each.look) not in kept.knew
        for each in classes
    )


def _before(world: ChangingWorld, kept: Kept) -> tuple[Look, str, str] | None:
    """As a class was before the run that is taken back; one that was parked then goes back to where it was before that."""
    before = world.before_last.get(kept.class_id or "")
    rows = {look_of(each) for told in world.told for each in told.step.file if isinstance(each, Lesson)}
    if before is None or before[0] in rows:
        return before
    looks = [look for _, look, _ in kept.looks]
    return looks[max(0, looks.index(before[0]) - 1)], before[1], before[2]


def _of_undo(world: ChangingWorld) -> Iterator[str]:
    """The last run was taken back: what was there before it is there again, and nothing else."""
    hands, last = _hands(world), world.told[-1]
    if _must_be_asked(world):
        return
    in_doubt = {row.title for row in last.rows if row.outcome is Outcome.UNKNOWN}
    # What the service said no to is said, and asked for once in an undo, however often that is gone on with.
    refused = {row.class_id for row in last.rows if row.outcome is Outcome.REFUSED}
    # Where a class was there may be one by now whose row is in doubt, or that somebody has left there.
    held = {_class_of(row) for row in last.rows if row.outcome is Outcome.HELD}
    own = _own(world)
    undos = {told.batch for told in world.told if told.step.command is Command.UNDO}
    for number, kept in own.items():
        if number in hands or kept.is_helped or kept.last_batch not in {world.undone, *undos}:
            continue
        before = _before(world, kept)
        if before is None:
            if kept.status == "upcoming" and kept.title not in in_doubt and number not in refused:
                yield f"after the undo: class {number} ({kept.key}) is there"
        elif kept.status == "upcoming" and (kept.look, kept.places, kept.status) != before:
            # As what it stood after a change without an answer, no account tells that lists nothing.
            is_known = world.history.nature.lists or kept.look not in [look for _, look, _ in kept.looks[:-1]]
            # No list tells places.
            is_known = is_known and not (kept.look == before[0] and number in world.in_doubt_before)
            is_in_the_way = any(_overlaps(each, before[0]) for each in own.values() if each is not kept)
            may_be_held = number in held and (is_in_the_way or _is_any_lost(world))
            if is_known and not may_be_held and number not in refused:
                yield f"after the undo: class {number} is {kept.look}, {kept.places} places; it was {before}"
        elif kept.status != before[2] and kept.last_batch == last.batch:
            yield f"after the undo: class {number} is {kept.status}; it was {before}"
        if kept.is_parked and kept.status == "upcoming" and number not in refused:
            yield f"after the undo: class {number} is parked"
