"""The fault matrix: rows 1 to 30 of the table in docs/how-tested.md."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from batch.core.outcome import Outcome
from batch.core.tally import Exit
from batch.sandbox import Call, Fault, FaultPlan, fault
from batch.sandbox.checks import Booking
from tests.trials import doors
from tests.trials.case import ACCOUNT, THERE, Case, Expected, Scene
from tests.trials.timetable import Lesson, apart, at_once
from tests.wiziq.test_transport import EXPIRED, GOOD, OTHER

#: Nothing was sent, or nothing came of it; the same command finishes later.
UNFINISHED = Expected(
    outcomes=frozenset({Outcome.NOT_SENT}), exits=frozenset({Exit.UNFINISHED}), creates=lambda _: 0
)
#: The service rejects our credentials: no more requests than were under way at once. What a status without an
#: answer turned away is looked up before the run ends.
LOCKED_OUT = Expected(
    outcomes=frozenset({Outcome.NOT_SENT}), exits=frozenset({Exit.CANNOT_RUN}), creates=lambda _: 4
)
#: It does, after having made the class.
LOCKED_OUT_AFTER = replace(LOCKED_OUT, outcomes=THERE | {Outcome.NOT_SENT})
TOLD_BEFORE_SENDING = replace(LOCKED_OUT, creates=lambda _: 0)
MAY_BE_UNKNOWN = Expected(
    outcomes=THERE | {Outcome.UNKNOWN}, exits=frozenset({Exit.DONE, Exit.UNKNOWN, Exit.UNFINISHED})
)
HELD = Expected(outcomes=THERE | {Outcome.HELD}, exits=frozenset({Exit.NEEDS_A_PERSON}), code="1012")
#: Where every answer is lost, the run may stop before the last row: it is better finished in better times.
LOST = Expected(outcomes=THERE | {Outcome.NOT_SENT}, exits=frozenset({Exit.DONE, Exit.UNFINISHED}))
#: Where no answer ever came, nothing shows what the account's list is worth; once one has, all is settled.
NO_ANSWER_AT_ALL = Expected(
    outcomes=THERE | {Outcome.UNKNOWN, Outcome.NOT_SENT}, exits=frozenset({Exit.UNKNOWN, Exit.UNFINISHED})
)
#: The audit tells of the second classes.
TOLD = Expected(exits=frozenset({Exit.UNKNOWN}))


def first_attempts(
    name: str, seconds: float | None = None, *, after: int = 1
) -> Callable[[Scene], FaultPlan]:
    """Each row's first create meets the fault.

    Args:
        after: but so many creates, in their order. The first row of a journal goes alone, and its class shows
            what the account's list is worth; without one nobody knows, and rows stay in doubt.
    """
    made = fault(name, seconds)

    def plan(call: Call) -> Fault | None:
        return made if call.method == "create" and call.attempt == 1 and call.sequence > after else None

    return lambda _: plan


def some(name: str, *sequence: int) -> Callable[[Scene], FaultPlan]:
    """The creates of these numbers meet the fault."""
    made = fault(name)
    return lambda _: lambda call: made if call.method == "create" and call.sequence in sequence else None


def always(name: str) -> Callable[[Scene], FaultPlan]:
    made = fault(name)
    return lambda _: lambda call: made if call.method == "create" else None


def late(scene: Scene) -> FaultPlan:
    """Lost answers, and classes that appear up to a second later."""

    def plan(call: Call) -> Fault | None:
        lost = call.method == "create" and call.attempt == 1 and call.sequence > 1
        return fault("late-commit", scene.chance.uniform(0.05, 1.0)) if lost else None

    return plan


def foreign(scene: Scene, lesson: Lesson, *, title: str = "Somebody else's", hours: int = 0) -> None:
    """A class that was there before us, or came from elsewhere."""
    start = lesson.start + timedelta(hours=hours)
    booking = Booking(
        presenter=lesson.teacher,
        start=int(start.timestamp()),
        minutes=lesson.minutes,
        extend_minutes=0,
        time_zone="Etc/UTC",
    )
    parameters = {"title": title, "presenter_email": lesson.teacher}
    made = scene.sandbox.account.add(booking, parameters, "foreign")
    scene.foreign.add(str(made.class_id))


def _limit_falls(scene: Scene) -> FaultPlan:
    def plan(call: Call) -> None:
        if call.method == "create" and call.sequence == 4:
            scene.sandbox.settings = replace(scene.sandbox.settings, max_concurrent_classes=4)

    return plan


def _others_come(scene: Scene) -> FaultPlan:
    def plan(call: Call) -> None:
        if call.method == "create" and call.sequence == 3:
            for each in range(2):
                foreign(scene, replace(scene.lessons[0], teacher=f"other{each}@school.example"))

    return plan


def _forbids_lists(scene: Scene) -> FaultPlan:
    """A lock-out of get_data says nothing of create."""
    lost, forbidden, begun = some("reset-after-create", 2, 5, 9)(scene), fault("http-403"), False

    def plan(call: Call) -> Fault | None:
        nonlocal begun
        begun = begun or (call.method == "create" and call.sequence == 3)
        return forbidden if begun and call.method == "get_data" else lost(call)

    return plan


def _lists_fail(name: str, value: int) -> Callable[[Scene], FaultPlan]:
    """Three answers are lost, and the list fails from the third create on: before that it had to be complete."""

    def plans(scene: Scene) -> FaultPlan:
        lost = some("reset-after-create", 2, 5, 9)(scene)

        def plan(call: Call) -> Fault | None:
            if call.method == "create" and call.sequence == 3:
                broken: dict[str, Any] = {name: value}
                scene.sandbox.settings = replace(scene.sandbox.settings, **broken)
            return lost(call)

        return plan

    return plans


def _busy(scene: Scene) -> None:
    """One presenter has a class at the time of the second row."""
    foreign(scene, scene.lessons[1])


def _many(classes: int) -> Callable[[Scene], None]:
    def prepare(scene: Scene) -> None:
        for each in range(classes):
            foreign(scene, scene.lessons[0], title=f"Before {each}", hours=-1 - each)

    return prepare


def _spoiled(number: int, name: str, first: Expected | None = None) -> Case:
    return Case(number=number, name=name, faults=first_attempts(name), first=first or LOST, response=True)


def _turned_away(number: int, name: str) -> Case:
    # A mere status proves nothing, and in a first batch nothing shows what the list leaves out: until then, nobody knows.
    first = LOCKED_OUT_AFTER if name.endswith("after-create") else LOCKED_OUT
    doubtful = replace(first, outcomes=first.outcomes | {Outcome.UNKNOWN})
    return Case(number=number, name=name, faults=always(name), first=doubtful)


#: Further HTTP statuses of servers, proxies and error pages, each before and after the class was made.
NOBODYS_TROUBLE = (400, 405, 408, 409, 410, 413, 415, 422, 425, 431, 451, 499)

#: Answers that contradict themselves, or name no class that there can be.
ODD_ANSWERS = (
    "fail-of-another",
    "ok-without-method",
    "ok-of-another",
    "ok-not-done",
    "ok-with-error",
    "fail-with-class",
    "class-id-zero",
    "class-id-negative",
    "class-id-word",
    "class-id-twice",
)

_IMPATIENT = {"CLASSBATCH_TIMEOUT_S": "1.5"}
_REFUSED_1032 = Expected(
    outcomes=THERE | {Outcome.REFUSED}, exits=frozenset({Exit.NEEDS_A_PERSON}), code="1032"
)
_UNLISTED = Case(
    number=30,
    name="get_data down, 3 answers lost",
    faults=_lists_fail("failing_listings", 10**6),
    first=replace(MAY_BE_UNKNOWN, exits=frozenset({Exit.UNKNOWN})),
)

_CASES: tuple[Case, ...] = (
    Case(number=1, name="refused, then up", door=doors.refused(until_s=0.1)),
    Case(number=2, name="refused throughout", door=doors.refused(), first=UNFINISHED),
    Case(number=3, name="name look-up fails, then works", door=doors.localhost, failing_names=3),
    Case(
        number=3, name="no name look-up at all", door=doors.localhost, failing_names=10**6, first=UNFINISHED
    ),
    Case(
        number=4,
        name="backlog full",
        door=doors.backlog_full(),
        environment_first={"CLASSBATCH_TIMEOUT_S": "0.3", "CLASSBATCH_ATTEMPTS": "3"},
        first=UNFINISHED,
    ),
    Case(
        number=4,
        name="backlog full, then not",
        door=doors.backlog_full(until_s=0.5),
        environment_first=_IMPATIENT,
    ),
    Case(number=5, name="TLS: expired", door=doors.certificate(EXPIRED), first=TOLD_BEFORE_SENDING),
    Case(number=5, name="TLS: another host", door=doors.certificate(OTHER), first=TOLD_BEFORE_SENDING),
    Case(
        number=5,
        name="TLS: self-signed",
        door=doors.certificate(GOOD, trusted=False),
        first=TOLD_BEFORE_SENDING,
    ),
    Case(number=5, name="TLS: plain port", door=doors.certificate(None), first=TOLD_BEFORE_SENDING),
    Case(
        number=6,
        name="TLS handshake hangs",
        door=doors.tls_hangs(10**6),
        environment_first={"CLASSBATCH_TIMEOUT_S": "0.3", "CLASSBATCH_ATTEMPTS": "3"},
        first=UNFINISHED,
    ),
    Case(
        number=6,
        name="TLS handshake hangs, then not",
        door=doors.tls_hangs(3),
        environment_first=_IMPATIENT,
    ),
    Case(number=7, name="kept connections are dropped", door=doors.drops_kept(), response=True),
    Case(number=7, name="kept connections are dropped, over TLS", door=doors.drops_kept(pem=GOOD)),
    _spoiled(7, "reset-before-create"),
    _spoiled(8, "reset-after-create"),
    _spoiled(9, "reset-mid-response"),
    *(
        Case(
            number=8,
            name=f"{name}, and no answer at all",
            faults=first_attempts(name, after=0),
            first=NO_ANSWER_AT_ALL if "before" in name else LOST,
        )
        for name in ("reset-before-create", "reset-after-create")
    ),
    replace(_spoiled(10, "hang-before-create"), environment_first=_IMPATIENT),
    replace(_spoiled(11, "hang-after-create"), environment_first=_IMPATIENT),
    replace(_spoiled(12, "slow-body"), environment_first=_IMPATIENT),
    Case(
        number=13,
        name="late commit, up to 1 s",
        faults=late,
        first=LOST,
        environment={"CLASSBATCH_TIMEOUT_S": "2", "CLASSBATCH_SETTLE_S": "2"},
        response=True,
    ),
    Case(
        number=14,
        name="doubled by the network",
        faults=first_attempts("duplicate"),
        doubled_by_service=True,
        first=TOLD,
        again=TOLD,
    ),
    Case(number=15, name="body cut off", door=doors.spoils_first(doors.cut_off), first=LOST, response=True),
    Case(
        number=15,
        name="short Content-Length",
        door=doors.spoils_first(doors.short_length),
        first=LOST,
        response=True,
    ),
    _spoiled(16, "truncated-xml"),
    _spoiled(17, "empty-body"),
    _spoiled(18, "wrong-content-type"),
    _spoiled(19, "html-200"),
    _spoiled(20, "dtd"),
    _spoiled(20, "entity-bomb"),
    _spoiled(20, "huge-body"),
    _spoiled(20, "deep-nesting"),
    _spoiled(21, "ok-without-class-id"),
    _spoiled(21, "ok-without-call-id", first=Expected(call_ids=False)),
    _spoiled(21, "fail-without-code"),
    *(replace(_spoiled(21, name), response=False) for name in ODD_ANSWERS),
    Case(
        number=21,
        name="unknown code 1999",
        faults=first_attempts("unknown-code", after=0),
        first=Expected(
            outcomes=frozenset({Outcome.REFUSED}), exits=frozenset({Exit.NEEDS_A_PERSON}), code="1999"
        ),
        again=Expected(
            outcomes=frozenset({Outcome.REFUSED}), exits=frozenset({Exit.NEEDS_A_PERSON}), code="1999"
        ),
        response=True,
    ),
    _spoiled(22, "1000-before-create"),
    _spoiled(22, "1000-after-create"),
    *(
        Case(
            number=21,
            name=f"repeated-{when}-create",
            faults=some(f"repeated-{when}-create", 2, 5, 9),
            first=LOST,
        )
        for when in ("before", "after")
    ),
    *(
        _spoiled(23, f"http-{status}-{when}-create")
        for status in (500, 502, 503, 504)
        for when in ("before", "after")
    ),
    *(
        replace(_spoiled(23, f"http-{status}-{when}-create"), response=False)
        for status in NOBODYS_TROUBLE
        for when in ("before", "after")
    ),
    *(
        Case(
            number=23,
            name=f"code {code} in the answer, the class made",
            door=doors.spoils_first(doors.refusal(code)),
            first=LOST,
        )
        for code in ("500", "502", "503")
    ),
    Case(number=24, name="429-seconds", faults=some("429-seconds", 2, 3, 4, 7), first=LOST, response=True),
    Case(number=24, name="429-date", faults=some("429-date", 2, 3, 4, 7), first=LOST, response=True),
    _spoiled(24, "429-absent"),
    replace(_spoiled(24, "429-absent-after-create"), response=False),
    _spoiled(24, "429-negative"),
    Case(
        number=24, name="503 and Retry-After", faults=first_attempts("http-503-after-create", 1.0), first=LOST
    ),
    Case(
        number=24,
        name="429-absurd",
        faults=always("429-absurd"),
        # Those under way before the first answer was read; nobody looks them up before the service wants it.
        first=replace(
            UNFINISHED, outcomes=frozenset({Outcome.NOT_SENT, Outcome.UNKNOWN}), creates=lambda _: 8
        ),
    ),
    *(_turned_away(25, f"redirect-{status}") for status in (301, 302, 307, 308)),
    _turned_away(25, "redirect-302-after-create"),
    *(
        _turned_away(26, f"http-{status}-{when}-create")
        for status in (401, 403, 404)
        for when in ("before", "after")
    ),
    *(
        Case(
            number=26,
            name=f"code {code} in the answer",
            door=doors.turns_away(code),
            first=replace(LOCKED_OUT, creates=lambda _: 0),  # none came through
        )
        for code in ("400", "401", "403", "404", "1046", "1047", "1062")
    ),
    Case(
        number=26,
        name="wrong secret key",
        environment_first={"CLASSBATCH_SECRET_KEY": "another"},
        first=LOCKED_OUT,
    ),
    Case(
        number=27,
        name="1012 storm, one class at a time",
        account=replace(ACCOUNT, max_concurrent_classes=1),
        lessons=at_once,
        rows=200,
        first=replace(HELD, creates=lambda _: 5),  # those under way before the first refusal was read
        again=replace(HELD, creates=lambda _: 10),
    ),
    Case(
        number=28,
        name="limit falls from 6 to 4 midway",
        account=replace(ACCOUNT, max_concurrent_classes=6),
        lessons=at_once,
        rows=12,
        faults=_limit_falls,
        first=HELD,
        again=HELD,
    ),
    Case(
        number=28,
        name="others' classes appear midway",
        account=replace(ACCOUNT, max_concurrent_classes=6),
        lessons=at_once,
        rows=12,
        faults=_others_come,
        first=HELD,
        again=HELD,
    ),
    Case(
        number=29,
        name="1032 on a first attempt",
        account=replace(ACCOUNT, conflict="presenter"),
        prepare=_busy,
        first=_REFUSED_1032,
        again=_REFUSED_1032,
    ),
    Case(
        number=29,
        name="1032 on a resend (the list lags)",
        account=replace(ACCOUNT, conflict="presenter", listing_lag_s=4.0),
        faults=some("reset-after-create", 2, 5, 9),
        first=MAY_BE_UNKNOWN,
        again=MAY_BE_UNKNOWN,  # the list may lag still
    ),
    Case(
        number=30,
        name="get_data down from the start",
        account=replace(ACCOUNT, failing_listings=10**6),
        first=UNFINISHED,
    ),
    _UNLISTED,
    replace(
        _UNLISTED,
        name="get_data wants an id, 3 answers lost",
        account=replace(ACCOUNT, list_without_id=False),
        faults=some("reset-after-create", 2, 5, 9),
    ),
    replace(
        _UNLISTED,
        name="get_data forbidden (403), 3 answers lost",
        account=ACCOUNT,
        faults=_forbids_lists,
    ),
    Case(
        number=30,
        name="list lags by 1 s",
        account=replace(ACCOUNT, listing_lag_s=1.0),
        faults=first_attempts("reset-after-create"),
        first=LOST,
        environment={"CLASSBATCH_SETTLE_S": "2"},
    ),
    Case(
        number=30,
        name="first page of the list missing",
        prepare=_many(150),
        faults=_lists_fail("missing_page", 1),
        first=replace(MAY_BE_UNKNOWN, exits=frozenset({Exit.UNKNOWN})),
    ),
    Case(
        number=30,
        name="last page of the list missing",
        prepare=_many(100),
        faults=_lists_fail("missing_page", 2),
        first=replace(MAY_BE_UNKNOWN, exits=frozenset({Exit.UNKNOWN})),
    ),
    Case(
        number=30,
        name="only page of the list missing",
        faults=_lists_fail("missing_page", 1),
        first=replace(MAY_BE_UNKNOWN, exits=frozenset({Exit.UNKNOWN})),
    ),
    Case(
        number=30,
        name="101 rows, the last answers lost",
        lessons=apart,
        rows=101,
        faults=some("reset-after-create", 97, 99, 101),
    ),
)

#: One like each of them is tried in a quick run; that the client takes them alike is tried in tests/wiziq.
_LIKE_ANOTHER = frozenset(
    (
        *("entity-bomb", "huge-body", "deep-nesting"),
        *("ok-of-another", "ok-not-done", "ok-without-method", "fail-of-another"),
        *(
            "class-id-zero",
            "class-id-negative",
            "class-id-word",
            "short Content-Length",
            "1000-before-create",
        ),
        *("TLS: another host", "TLS: self-signed", "503 and Retry-After"),
        *(f"http-{status}-{when}-create" for status in (500, 502, 504) for when in ("before", "after")),
        *("429-date", "429-absent", "429-negative", "redirect-301", "redirect-307", "redirect-308"),
        *(f"http-{status}-{when}-create" for status in (401, 404) for when in ("before", "after")),
        *(
            f"http-{status}-{when}-create"
            for status in NOBODYS_TROUBLE
            for when in ("before", "after")
            if status != 409
        ),
        *(f"code {code} in the answer" for code in ("400", "401", "404", "1047", "1062")),
        *(f"code {code} in the answer, the class made" for code in ("500", "502")),
    )
)
CASES = tuple(replace(case, long_runs_only=case.name in _LIKE_ANOTHER) for case in _CASES)
