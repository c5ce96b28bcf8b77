"""The invariants of the promise, against the service's own ledger."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from batch.core.outcome import HeldReason, Outcome
from batch.core.service.on_unknown import OnUnknown
from batch.core.service.witnesses import LISTED_WITHIN
from batch.core.tally import Exit
from batch.report.facts import ResultRow
from tests.simulation.nature import Booking, Listing
from tests.simulation.scenario import Line, keys_of
from tests.simulation.world import ATTEMPTS, CUT_SHORT, SETTLE_S, Report, World

#: A class that was proved absent is sent once more, and passes are few.
_MOST_SENDINGS = 3 * ATTEMPTS

_HOUR_S = 3600
_THERE = frozenset({Outcome.SCHEDULED, Outcome.ALREADY})
_CAREFUL = frozenset({Outcome.UNKNOWN})
#: Where the list cannot tell whose it is.
_ALIKE = frozenset({Outcome.HELD})
#: Where another computer has made it, as long as nothing is sent.
_UNAWARE = frozenset({Outcome.HELD, Outcome.NOT_SENT})

Ledger = Mapping[str, Sequence[Booking]]


def violations(world: World) -> list[str]:
    """Everything that must never happen and did."""
    ledger: dict[str, list[Booking]] = defaultdict(list)
    for booking in world.service.classes:
        ledger[booking.key].append(booking)
    found = list(world.violations)
    # Any class of equal rows may be taken for any of them, once a list is looked at or a journal lost.
    traits = world.scenario.traits
    unsure = bool(traits.lost_before) or _is_list_odd(world)
    equal_rows_are_one = bool(world.scenario.nature.lists or traits.lost_before or traits.elsewhere)
    alike = _alike(world)
    found += _told_twice(world)
    of_one = _group_without_presenter if _is_nameless(world) else _group
    found += _doubled(world, ledger, of_one if equal_rows_are_one else str)
    for told in world.reports:
        report = _by_their_own(world, told)
        known = _dealt_out(world, report, ledger, alike) if equal_rows_are_one else ledger
        careful = _CAREFUL | (_UNAWARE if traits.elsewhere else _ALIKE if unsure else frozenset())
        if traits.elsewhere and (_is_list_odd(world) or not world.scenario.nature.lists):
            # Nobody knows yet how the list is written, or how late it is; or somebody says that it is the first time.
            careful |= {Outcome.REFUSED}
        found += [f"{report.how}: {says}" for says in _of_report(world, report, known, careful)]
    last = _by_their_own(world, world.reports[-1]) if world.reports else None
    known = _dealt_out(world, last, ledger, alike) if equal_rows_are_one and last else ledger
    found += [f"at the end: {says}" for says in _of_last(world, known)]
    found += [f"at the end: {says}" for says in _of_exchanged(world)]
    return found


def _alike(world: World) -> Callable[[str], str]:
    """What rows have in common that are each other's by all that can be known.

    A file that was sent from elsewhere, or by a journal that is lost, is recognised by what the list tells: row and class
    may be of two presenters then. So may they where a row was told the number of another's class, and that was as
    believable as any (R11.2): its own is left over, and a list that names no presenters shows it as that of the other.
    And where pages that shift hid a class in each reading that proved it absent: once shown, it is as much another row's.
    """
    if world.scenario.nature.tells_presenter:
        return _group
    if _is_nameless(world):
        return _group_without_presenter
    mixed = {_group_without_presenter(key) for key, _ in world.service.unknowable}
    if world.scenario.traits.shifts:
        mixed |= {
            _group_without_presenter(each.key) for each in world.service.classes if _was_left_out(world, each)
        }

    def alike(key: str) -> str:
        nameless = _group_without_presenter(key)
        return nameless if nameless in mixed else _group(key)

    return alike


def _is_nameless(world: World) -> bool:
    """Whether another journal has sent classes of which the list does not say whose they are."""
    traits = world.scenario.traits
    return bool(traits.lost_before or traits.elsewhere) and not world.scenario.nature.tells_presenter


def _was_left_out(world: World, made: Booking) -> bool:
    lists = world.service.lists
    return any(made.listed_at <= each.at and made.class_id not in each.shown for each in lists)


def _by_their_own(world: World, report: Report) -> Report:
    """The report, each row with its own class: that two answers changed places is told apart; see `_of_exchanged`."""
    exchanged = world.service.exchanged
    own = {each.class_id: _group(each.key) for each in world.service.classes}

    def by_its_own(key: str, row: ResultRow) -> ResultRow:
        if own.get(row.class_id) == _group(key) or (key, row.class_id) in world.service.unknowable:
            return row
        class_id = exchanged.get(row.class_id or "", row.class_id)
        if class_id is not None and own.get(class_id) != _group(key):
            # Not by an answer to it: by a list that names no presenters it is the class that it looks like (R9.1, as
            # where another computer's answers were exchanged).
            return row
        return replace(row, class_id=class_id, call_id=exchanged.get(row.call_id or "", row.call_id))

    keys = keys_of(report.life.file)
    rows = [by_its_own(key, row) for key, row in zip(keys, report.rows, strict=False)]
    return replace(report, rows=rows)


def _of_exchanged(world: World) -> Iterator[str]:
    """A row with the number of another's class: the audit says so, where the list shows the two apart."""
    if not world.reports or not world.scenario.nature.lists or _is_list_odd(world):
        return
    tells = world.scenario.nature.tells_presenter
    shown = {
        each.class_id: (each.title, each.starts, each.minutes, each.presenter if tells else "")
        for each in world.service.classes
    }
    last = world.reports[-1]
    pairs = zip(last.rows, _by_their_own(world, last).rows, strict=True)
    rows = [(told, own) for told, own in pairs if told.outcome in _THERE and told.class_id]
    wrong = [told.class_id for told, own in rows if shown.get(told.class_id) != shown.get(own.class_id)]
    if _is_mostly_exchanged(world):
        return
    yield from (
        f"I2: nobody says that {class_id} is another row's"
        for class_id in wrong
        if class_id not in world.mistaken
    )


def _is_mostly_exchanged(world: World) -> bool:
    """Whether most numbers are other rows': nothing tells that from a list that is written otherwise."""
    confirmed = world.service.lists[-1].confirmed if world.service.lists else frozenset()
    return 2 * len(confirmed & world.service.exchanged.keys()) > len(confirmed)


def _doubled(world: World, ledger: Ledger, alike: Callable[[str], str]) -> Iterator[str]:
    """I4: more classes than rows that are each other's by all that can be known."""
    lives = (*world.scenario.lives, world.scenario.last)
    rows: dict[str, set[str]] = defaultdict(set)
    classes: dict[str, list[Booking]] = defaultdict(list)
    for key in {key for life in lives for key in keys_of(life.file)}:
        group = alike(key)
        rows[group].add(key)
        classes[group] += ledger.get(key, ())
    for group, made in classes.items():
        too_many = len(made) - len(rows[group])
        if too_many > sum(_nobody_could_know(world, each, made) for each in made):
            yield f"I4: {len(made)} classes for {group}"


def _told_twice(world: World) -> Iterator[str]:
    """What the audit calls doubled is, and could not be known.

    Of two lessons that only their presenters tell apart, one of which another journal alone knew, a list without
    presenters shows the very same: that is said with the word to look at the teachers. Where a row got the number of a
    class that the last list does not show, its own class is one more than the numbers that are known.
    """
    made = {each.class_id: each for each in world.service.classes}
    shown = world.service.lists[-1].shown if world.service.lists else frozenset()
    unnumbered = {own for told, own in world.service.exchanged.items() if told not in shown}
    mistaken = {key for key, told in world.service.unknowable if told not in shown}
    unnumbered |= {each.class_id or "" for each in world.service.classes if each.key in mistaken}
    for one, other in sorted(world.doubled):
        both = [made[one], made[other]]
        if _is_nameless(world) and made[one].presenter != made[other].presenter:
            continue
        if one not in unnumbered and not any(_nobody_could_know(world, each, both) for each in both):
            yield f"the audit says that {one} is {other} once more"


def _nobody_could_know(world: World, later: Booking, made: Sequence[Booking]) -> bool:
    """Whether the list before a class was sent hid an earlier one of the same row."""
    lists = [each for each in world.service.lists if each.by is later.by and each.at <= later.sent_at]
    earlier = [each for each in made if each.sent_at < later.sent_at]
    if not lists:
        return False
    if _shows_the_clock(world, lists[-1]) and any(each.journal is not later.journal for each in earlier):
        return True
    shown_before = frozenset().union(*(each.shown for each in lists))
    return any(each.class_id not in shown_before and _is_hidden(world, each, lists[-1]) for each in earlier)


def _shows_the_clock(world: World, listing: Listing) -> bool:
    """Whether the row that is sent next shows how starts are listed: it goes alone, and may be a second one.

    So it is where another computer sent a part of the file, and nothing is known of how this list writes starts.
    """
    bends = world.scenario.traits.bends
    is_open = any("start_time" in bend.kind.columns or "time_zone" in bend.kind.columns for bend in bends)
    return bool(world.scenario.traits.elsewhere) and is_open and not listing.confirmed


def _is_hidden(world: World, made: Booking, listing: Listing) -> bool:
    """Whether a list leaves a class out, and shows all that is known to be there.

    A list of the first three, of the next few days, or with gaps: while it happens to show every class that the
    service has confirmed to this journal, nothing tells it from one that shows all. Of what another computer has
    sent there is no such class at all.
    """
    is_anothers = bool(world.scenario.traits.elsewhere) and made.journal is not listing.journal
    is_due = made.class_id not in listing.shown and (is_anothers or made.listed_at <= listing.at)
    # What was made within the last moments may be late in any account.
    since = listing.at - 1.5 * max(LISTED_WITHIN * SETTLE_S, world.scenario.nature.lag_s)
    late = {each.class_id for each in world.service.classes if each.commit_at > since}
    is_witnessed = bool(listing.confirmed & listing.shown) or is_anothers
    shows_all = is_witnessed and listing.confirmed - late <= listing.shown
    return _is_list_odd(world) and is_due and shows_all


def _group(key: str) -> str:
    """What equal rows have in common."""
    return key.rpartition(" #")[0]


def _group_without_presenter(key: str) -> str:
    return _group(key).partition(" ")[2]


def _dealt_out(world: World, report: Report, ledger: Ledger, alike: Callable[[str], str]) -> Ledger:
    """The classes of equal rows: to the row that names it, then to those that are said to have one, then to the others.

    Among rows of which the same is said its own class goes to each first. What was sent later is nobody's yet. One that
    was made once more, as a list hid the first, stays with its row: to another it is dealt only if that one claims a class.
    """
    once_more = _made_once_more(world, ledger)
    left: dict[str, list[Booking]] = defaultdict(list)
    for key, classes in sorted(ledger.items()):
        left[alike(key)] += [each for each in classes if each.sent_at <= report.ended_at]
    dealt: dict[str, list[Booking]] = {}
    keys = keys_of(report.life.file)
    rows = list(zip(keys, report.rows, strict=False))

    def deal(key: str, row: ResultRow, *, its_own: bool) -> None:
        named = row.class_id
        if (key, named) in world.service.unknowable:  # its own is the one that was told to nobody
            named = world.service.exchanged.get(named or "", named)
        # That of an equal row, which this file has no longer, is no other's, unless it is said to be.
        is_open = row.outcome in _THERE or named is not None
        for each in left[alike(key)]:
            is_free = each.key in keys and each not in once_more
            is_fitting = each.key == key if its_own else is_open or is_free
            if named in {each.class_id, None} and is_fitting:
                dealt[key] = [each]
                left[alike(key)].remove(each)
                return

    for rank in range(5):
        of_rank = [(key, row) for key, row in rows if _rank(world, key, row) == rank]
        for its_own in (True, False):
            for key, row in of_rank:
                if key not in dealt:
                    deal(key, row, its_own=its_own)
    unclaimed = chain.from_iterable(left.values())
    return _with_their_rows(dealt, keys, [each for each in unclaimed if each in once_more])


def _with_their_rows(dealt: Ledger, keys: Collection[str], once_more: Iterable[Booking]) -> Ledger:
    result = {key: [*classes] for key, classes in dealt.items()}
    for each in once_more:
        if each.key in keys:
            result.setdefault(each.key, []).append(each)
    return result


def _made_once_more(world: World, ledger: Ledger) -> list[Booking]:
    return [each for made in ledger.values() for each in made if _nobody_could_know(world, each, made)]


def _rank(world: World, key: str, row: ResultRow) -> int:
    """Whose turn it is to be dealt a class."""
    if row.class_id is not None:
        return int((key, row.class_id) in world.service.unknowable)
    return 2 if row.outcome in _THERE else 3 if row.outcome is Outcome.UNKNOWN else 4


def _of_report(world: World, report: Report, ledger: Ledger, careful: frozenset[Outcome]) -> Iterator[str]:
    """I1 to I5 and I10, for what one run said.

    Args:
        careful: what may be said of a class that is there.
    """
    keys = keys_of(report.life.file)
    if len(report.rows) != len(keys):
        yield f"I1: {len(report.rows)} rows for {len(keys)}"
    for key, row in zip(keys, report.rows, strict=False):
        classes = ledger.get(key, ())
        if (key, row.class_id) in world.service.unknowable or _is_anothers_by_its_clock(world, row):
            continue
        if row.outcome in _THERE:
            yield from _there(key, row, classes)
        elif (
            row.outcome not in careful
            and not _says_nothing(world, key, row, careful)
            and any(_is_known(world, each, report) for each in classes)
        ):
            yield f"I3: {key} is {row.outcome}, and there is a class"
    sendings = _MOST_SENDINGS * len(keys)
    if report.creates > sendings:
        yield f"I10: {report.creates} creates for {len(keys)} rows"
    each = 12 if world.scenario.traits.shifts else 6  # a list that is never the same is taken again
    if report.listings > each * (len(keys) + 4):
        yield f"I10: {report.listings} listings for {len(keys)} rows"


def _says_nothing(world: World, key: str, row: ResultRow, careful: frozenset[Outcome]) -> bool:
    """Whether it is not said of a row that there is no class."""
    if row.reason is HeldReason.ALIKE:
        return True  # that is what it says: there may be one
    if row.outcome is Outcome.NOT_SENT:
        # Of equal rows only the first counts as sent by the journal that was lost.
        return bool(world.scenario.traits.lost_before) and not key.endswith(" #1")
    # This computer was told so, and another was not.
    return row.outcome is Outcome.REFUSED and careful >= _UNAWARE and row.error_code not in {"1032", "1012"}


def _is_known(world: World, made: Booking, report: Report) -> bool:
    """Whether a class is there by then, and no list hid it that showed all that is known to be there.

    What another run sends at the same moment, while the lock locks nothing, is told by that run.
    """
    at = report.ended_at
    if made.sent_at > at or made.by in report.beside:
        return False
    # By a row that has the number of an older class, told by nobody before, a list looks prompter than it is.
    if world.service.unknowable and made.listed_at > at:
        return False
    return not any(_is_hidden(world, made, each) for each in world.service.lists if each.at <= at)


def _is_anothers_by_its_clock(world: World, row: ResultRow) -> bool:
    """Whether the row was given another computer's class, which stands where its own would by the usual clock.

    The list names no presenters and writes starts in its own way, which nothing has shown by then.
    """
    bends = world.scenario.traits.bends
    is_open = any("start_time" in bend.kind.columns or "time_zone" in bend.kind.columns for bend in bends)
    if not (world.scenario.traits.elsewhere and is_open and world.service.lists):
        return False
    if world.scenario.nature.tells_presenter:
        return False
    made = next((each for each in world.service.classes if each.class_id == row.class_id), None)
    return made is not None and made.journal is not world.service.lists[-1].journal


def _there(key: str, row: ResultRow, classes: Sequence[Booking]) -> Iterator[str]:
    if not classes:
        yield f"I2: {key} is {row.outcome}, and there is no class"
        return
    made = classes[0]
    if row.class_id not in {made.class_id, None}:
        yield f"I2: {key} is class {made.class_id}, not {row.class_id}"
    if row.call_id not in {made.call_id, None}:
        yield f"I2: {key} was call {made.call_id}, not {row.call_id}"


def _of_last(world: World, ledger: Ledger) -> Iterator[str]:
    """Liveness: once faults have stopped, the same command ends with everything final."""
    if len(world.reports) < 2:
        return
    *_, final, again = world.reports
    for report in (final, again):
        if report.exit_code != _exit_code(report):
            yield f"exit code {report.exit_code} for {Counter(row.outcome for row in report.rows)}"
    yield from _of_last_rows(world, final, again, ledger)
    left = {Outcome.HELD, Outcome.UNKNOWN, Outcome.NOT_SENT} & {row.outcome for row in final.rows}
    if again.life.retry_refused or left:
        return  # such rows may be sent again
    if again.creates:
        yield f"{again.creates} creates the day after"


def _of_last_rows(world: World, final: Report, again: Report, ledger: Ledger) -> Iterator[str]:
    file = final.life.file
    for line, key, row, later in zip(file, keys_of(file), final.rows, again.rows, strict=True):
        classes = ledger.get(key, ())
        if row.outcome is Outcome.NOT_SENT and not _is_list_odd(world):
            yield f"liveness: {key} was not sent"
        is_one_of_equals = any(
            other.outcome is Outcome.UNKNOWN and _group(its) == _group(key) and its != key
            for its, other in zip(keys_of(file), again.rows, strict=True)
        )
        if later.outcome is Outcome.UNKNOWN and not (
            # Both were sent, one is listed: which of the two it is nobody can say.
            (is_one_of_equals and _is_any_listed(world, key))
            or _may_be_unknown(world, line, key, later, classes)
        ):
            yield f"I6: {key} is unknown: {later.message}"
        is_there = later.outcome is Outcome.ALREADY or (later.outcome in _THERE and again.how == CUT_SHORT)
        if row.outcome in _THERE and not is_there:
            yield f"{key} was {row.outcome}, and is {later.outcome} the day after"
        tells = world.scenario.nature.lists and not _is_list_odd(world)
        if row.class_id is None and row.outcome is Outcome.SCHEDULED and tells:
            yield f"{key} is scheduled without a class_id"
        if row.outcome is Outcome.REFUSED and not row.error_code:
            yield f"{key} is refused without a code"


def _is_any_listed(world: World, key: str) -> bool:
    """Whether a class of this row, or of one that is equal to it, is there."""
    return any(
        _group(each.key) == _group(key) and each.status == "upcoming" for each in world.service.classes
    )


def _exit_code(report: Report) -> Exit:
    outcomes = {row.outcome for row in report.rows}
    if report.stopped:
        return Exit.CANNOT_RUN
    if Outcome.NOT_SENT in outcomes:
        return Exit.UNFINISHED
    if Outcome.UNKNOWN in outcomes:
        return Exit.UNKNOWN
    return Exit.NEEDS_A_PERSON if outcomes - {Outcome.SCHEDULED, Outcome.ALREADY} else Exit.DONE


def _may_be_unknown(world: World, line: Line, key: str, row: ResultRow, classes: Sequence[Booking]) -> bool:
    """I6: where nobody could tell."""
    nature, policy, service = world.scenario.nature, world.scenario.policy, world.service
    forgotten = bool(world.scenario.traits.lost_before)
    if not row.attempts and not forgotten:
        return False
    # Nobody remembers a class by which a list could be believed.
    if _is_list_odd(world) or (forgotten and (not nature.lists or not row.attempts)):
        return True
    if not nature.lists:
        if policy is not OnUnknown.RESEND_TRUST_1032 or row.error_code == "1012":  # no room to send it again
            return True
        doubts = service.unanswered[key] + sum(report.how == CUT_SHORT for report in world.reports)
        return doubts > 1 or _others_clash(world, line)
    looks_alike = not nature.tells_presenter and _others_look_like(world, line)
    looks_alike = looks_alike or _another_computer_has_its_presenter(world, line)
    looks_alike = looks_alike or _is_title_of_an_unexplained_class(world, line)
    # Nothing that was confirmed to this journal is listed where the last run looks: nobody knows how the list is written.
    # Where answers changed places, any class that is listed otherwise than it was sent may be the one.
    confirmed = service.lists[-1].confirmed if service.lists else frozenset()
    looks = next((each for each in service.lists if each.by is service.lists[-1].by), None)
    is_blind = looks is None or not confirmed & looks.shown or bool(confirmed & service.exchanged.keys())
    if looks_alike or is_blind or service.busy[key] or _may_be_an_hour_off(world, line, confirmed):
        return True
    return policy is OnUnknown.ASK and not classes


def _is_list_odd(world: World) -> bool:
    """Whether the list is not simply what was sent, a little later."""
    traits = world.scenario.traits
    return bool(traits.bends or traits.shifts or world.scenario.nature.lag_s > SETTLE_S / 10)


def _may_be_an_hour_off(world: World, line: Line, confirmed: Collection[str]) -> bool:
    """Whether a lesson of this title begins an hour earlier or later, and clocks may have been changed between.

    Not between classes whose starts are known: for them the list's clock was the same.
    """
    known = [each.starts for each in world.service.classes if each.class_id in confirmed]
    lives = (*world.scenario.lives, world.scenario.last)
    lessons = {(each.title, int(each.start.timestamp())) for life in lives for each in life.file}
    lessons |= {(each.title, each.starts) for each in world.service.classes}
    at = int(line.start.timestamp())
    pairs = [(at, start) for title, start in lessons if title == line.title and abs(start - at) == _HOUR_S]
    return any(not known or min(pair) < min(known) or max(pair) > max(known) for pair in pairs)


def _others_clash(world: World, line: Line) -> bool:
    """Whether the same presenter has, in some version of the file, another class at that time."""
    lives = (*world.scenario.lives, world.scenario.last)
    return any(
        each.presenter == line.presenter and each.start < line.end and line.start < each.end
        for life in lives
        for each in life.file
        if each != line
    )


def _another_computer_has_its_presenter(world: World, line: Line) -> bool:
    """Whether a class of another computer begins then and has this presenter: under another title it may be the row's."""
    at = int(line.start.timestamp())
    return any(
        each.journal is not world.here and (each.starts, each.presenter) == (at, line.presenter)
        for each in world.service.classes
        if world.scenario.traits.elsewhere
    )


def _is_title_of_an_unexplained_class(world: World, line: Line) -> bool:
    """Whether a class begins then under this title, and of no row was it ever said that it has that number.

    It keeps the row in doubt, whoever presents it (R10.3): somebody may have given it another teacher. So does that of a
    row whose class is known by 1032 alone, without its number, and which is in the file no longer.
    """
    told = {row.class_id for report in world.reports for row in report.rows}
    at = int(line.start.timestamp())
    return any(
        (each.title, each.starts) == (line.title, at) and each.class_id not in told
        for each in world.service.classes
        if each.presenter != line.presenter
    )


def _others_look_like(world: World, line: Line) -> bool:
    lives = (*world.scenario.lives, world.scenario.last)
    alike = {
        each for life in lives for each in life.file if (each.title, each.start) == (line.title, line.start)
    }
    return len(alike) > 1 or any(life.file.count(line) > 1 for life in lives)
