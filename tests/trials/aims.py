"""What a sync or an undo is after, and its claims held against the account."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from batch.core.outcome import ENDINGS, Outcome
from batch.sandbox.classes import ScheduledClass
from tests.trials.case import Scene
from tests.trials.invariants import Verdict
from tests.trials.running import Ran
from tests.trials.versions import Facts, Lesson, facts_of

#: What says that a class is as it is to be.
_DONE = frozenset({Outcome.SCHEDULED, Outcome.ALREADY, Outcome.CHANGED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What the account is to be, and may be on the way."""

    was: Mapping[str, Facts]  #: the classes that are there at first, by number
    meant: Mapping[str, Facts | None]  #: what each of them is to be; None: cancelled
    new: Sequence[Facts] = ()  #: lessons that have no class yet

    @property
    def asked(self) -> list[Facts]:
        return [*(each for each in self.meant.values() if each is not None), *self.new]


def of_sync(there: Mapping[str, Facts], before: Sequence[Lesson], after: Sequence[Lesson]) -> Aim:
    """From one version of a file to the next: a lesson is known by its title, or by its start and teacher."""
    number_of = {facts: number for number, facts in there.items()}
    meant: dict[str, Facts | None] = {}
    left = {each.title: each for each in after}
    for lesson in before:
        now = left.pop(lesson.title, None) or _renamed(lesson, left)
        meant[number_of[lesson.facts]] = now.facts if now else None
    return Aim(was=there, meant=meant, new=[each.facts for each in left.values()])


def _renamed(lesson: Lesson, left: dict[str, Lesson]) -> Lesson | None:
    found = next((each for each in left.values() if each.title.startswith(f"{lesson.title} in ")), None)
    return left.pop(found.title) if found else None


def of_undo(there: Mapping[str, Facts], aim: Aim) -> Aim:
    """Back to what was before a sync."""
    return Aim(was=there, meant={number: aim.was.get(number) for number in there})


def upcoming(scene: Scene) -> dict[str, ScheduledClass]:
    """Our classes that are there, by number."""
    ours = (each for each in scene.sandbox.classes if str(each.class_id) not in scene.foreign)
    return {str(each.class_id): each for each in ours if not each.cancelled}


def account(scene: Scene) -> dict[str, Facts]:
    return {number: facts_of(each) for number, each in upcoming(scene).items()}


# -- what must never be ------------------------------------------------------------------------


def judge(
    scene: Scene, ran: Ran, aim: Aim, *, file: Sequence[Lesson] | None, at_rest: bool, refused: bool = False
) -> Verdict:
    """Hold a run against the account.

    Args:
        scene: has the account.
        ran: the run.
        aim: what it was after.
        file: its rows; None: it was an undo.
        at_rest: nothing goes wrong any more: all of it must be done.
        refused: the service may have said no.
    """
    there = account(scene)
    verdict = Verdict(rows=len(aim.asked))
    for kind, says in (
        *_classes(there, aim, at_rest=at_rest),
        *_claims(ran, there, aim, refused=refused),
        *(_rows(ran, file, there) if file is not None else ()),
    ):
        setattr(verdict, kind, getattr(verdict, kind) + 1)
        verdict.broken.append(says)
    entries = _entries(ran)
    verdict.unknown = sum(each["outcome"] == Outcome.UNKNOWN for each in entries)
    verdict.left = sum(each["outcome"] in {Outcome.NOT_SENT, Outcome.HELD} for each in entries)
    if at_rest and ran.exit_code:
        verdict.broken.append(f"exit {ran.exit_code}: {ran.said.decode()[-600:]} {entries}")
    if ran.rows and ran.answer["exit_code"] != ran.exit_code:
        verdict.broken.append(f"exit {ran.exit_code}, and {ran.answer['exit_code']} in the JSON")
    codes = {each.code for each in scene.sandbox.calls if each.method in {"modify", "cancel"}}
    if codes & {"1012", "1032"}:
        verdict.broken.append(f"a step was refused for want of a place: {codes}")
    return verdict


def _entries(ran: Ran) -> list[Mapping[str, Any]]:
    return [*ran.rows, *ran.answer.get("removed", [])]


def _classes(there: Mapping[str, Facts], aim: Aim, *, at_rest: bool) -> Iterator[tuple[str, str]]:
    """Each class is as it was or as it is to be, or parked on its way; there is none too many."""
    for number, was in aim.was.items():
        now, meant = there.get(number), aim.meant[number]
        if at_rest and now != meant:
            yield ("lost" if now is None else "wrong"), f"class {number} is {now}; it was to be {meant}"
        elif now is None and meant is not None:
            yield "lost", f"class {number} ({was}) is cancelled; it was to be {meant}"
        elif now is not None and now not in {was, meant} and not _is_parked(now, was, meant):
            yield "wrong", f"class {number} is {now}; it was {was}, and was to be {meant}"
    made = Counter(facts for number, facts in there.items() if number not in aim.was)
    wanted = Counter(aim.new)
    for facts, often in (made - wanted).items():
        yield "duplicated", f"{often} classes too many: {facts}"
    if at_rest:
        yield from (("lost", f"no class for {facts}") for facts in wanted - made)


def _is_parked(now: Facts, was: Facts, meant: Facts | None) -> bool:
    """Moved, and nothing else of it changed, though it is to move to elsewhere."""
    is_moved = meant is not None and meant[1] != was[1]
    return (
        is_moved and now[1] not in {was[1], meant and meant[1]} and (now[0], *now[2:]) == (was[0], *was[2:])
    )


def _claims(ran: Ran, there: Mapping[str, Facts], aim: Aim, *, refused: bool) -> Iterator[tuple[str, str]]:
    """Whatever is said of a class is so."""
    for each in _entries(ran):
        number, outcome = each["class_id"], each["outcome"]
        if outcome not in ENDINGS:
            if "row" in each:
                yield "wrong", f"no outcome: {each}"
        elif outcome is not None and outcome == Outcome.CANCELLED:
            if number in there or aim.meant.get(number, "") is not None:
                yield "wrong", f"it is there, or was to be: {each}"
        elif outcome in _DONE:
            if number in aim.was and there.get(number) != aim.meant[number]:
                yield "wrong", f"class {number} is {there.get(number)}: {each}"
        elif not each["message"]:
            yield "wrong", f"gives no reason: {each}"
        elif outcome == Outcome.REFUSED and not refused:
            yield "wrong", f"nobody refused it: {each}"


def _rows(ran: Ran, file: Sequence[Lesson], there: Mapping[str, Facts]) -> Iterator[tuple[str, str]]:
    """Of each row of the file something is said; one whose class is there has that one, and no other row has it."""
    if ran.rows and [each["row"] for each in ran.rows] != list(range(2, len(file) + 2)):
        yield "wrong", f"rows {[each['row'] for each in ran.rows]}"
    claimed = Counter(each["class_id"] for each in ran.rows if each["outcome"] in _DONE)
    yield from (("wrong", f"class {each} is {often} rows'") for each, often in claimed.items() if often > 1)
    for lesson, each in zip(file, ran.rows, strict=False):
        if each["outcome"] in _DONE and there.get(each["class_id"]) != lesson.facts:
            yield "wrong", f"{lesson.facts} is {there.get(each['class_id'])}: {each}"
