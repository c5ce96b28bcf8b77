"""The sandbox's faults break what they say, and nothing else."""

import asyncio
import re

import aiohttp
import pytest

from batch.sandbox import KINDS, Call, Fault, SandboxSettings, fault, plan_of
from batch.sandbox.server import running_sandbox
from tests.support.sandboxes import GOOD, Api, Clock, running, seen, until

#: kind -> how the answer looks from outside
BROKEN = {
    "reset": "disconnected",
    "reset-mid-response": "payload cut",
    "hang": "disconnected",
    "late-commit": "disconnected",
    "truncated-xml": "no XML",
    "empty-body": "no XML",
    "html-200": "no rsp",
    "slow-body": "ok",
    "duplicate": "ok",
    "wrong-content-type": "ok",
    "dtd": "DOCTYPE",
    "entity-bomb": "DOCTYPE",
    "huge-body": "huge",
    "deep-nesting": "no XML",
    "ok-without-class-id": "ok",
    "ok-without-call-id": "ok",
    "ok-without-method": "ok",
    "ok-of-another": "ok",
    "ok-not-done": "ok",
    "ok-with-error": "1032",
    "fail-with-class": "1031",
    **{f"class-id-{how}": "ok" for how in ("zero", "negative", "word", "twice")},
    "foreign": "ok",
    "made-up": "ok",
    "repeated": "ok",
    "swapped": "ok",
    "fail-without-code": "",
    "fail-of-another": "1009",
    "unknown-code": "1999",
    "1000": "1000",
    **{f"fail-{code}": code for code in ("1009", "1011", "1016", "1036", "400")},
    **{f"http-{status}": f"HTTP {status}" for status in (302, 400, 404, 409, 425, 499, 503, 599)},
    **{f"redirect-{status}": f"HTTP {status}" for status in (301, 302, 307, 308)},
    **{kind: "HTTP 429" for kind in KINDS if kind.startswith("429-")},
}


@pytest.mark.parametrize("when", ["", "-before-create", "-after-create"])
@pytest.mark.parametrize("kind", BROKEN)
async def test_a_fault_breaks_the_answer_and_nothing_else(kind: str, when: str) -> None:
    made = fault(kind + when)
    async with running(faults=lambda call: made if call.method == "create" else None) as api:
        look = await seen(api)
        # Where the answer would have been that of a class, but nothing was done.
        spoils_a_class = BROKEN[kind] in {"ok", "1031", "1032"} and not made.carried_out
        assert look == BROKEN[kind] or (look == "1000" and spoils_a_class)
        classes = len(api.sandbox.classes)
        if kind == "late-commit":
            assert classes in {0, 1}
        elif kind == "duplicate":
            assert classes == 2 * made.carried_out
        else:
            assert classes == made.carried_out
        assert api.sandbox.calls[0].fault == made.name
        assert (await api("get_account_info")).code == "ok"  # the sandbox itself is well


#: kind -> how the answer to a modify or cancel looks; where it differs from create's.
BROKEN_CHANGES: dict[str, str | dict[str, str]] = {
    **BROKEN,
    "ok-with-error": "1032",
    "fail-with-class": "1031",
    "hand-edit": "ok",
    "hand-cancel": {"modify": "1018", "cancel": "1033"},
}


@pytest.mark.parametrize("when", ["", "-before", "-after"])
@pytest.mark.parametrize("kind", BROKEN_CHANGES)
@pytest.mark.parametrize("method", ["modify", "cancel"])
async def test_a_fault_spoils_a_change_as_it_spoils_a_create(method: str, kind: str, when: str) -> None:
    made = fault(kind + when)
    async with running(faults=lambda call: made if call.method == method else None) as api:
        await api()
        before = api.sandbox.classes[0]
        look = await seen(api, method, class_id="2492040", title="Latin")
        expected = BROKEN_CHANGES[kind]
        expected = expected if isinstance(expected, str) else expected[method]
        if not made.carried_out and expected in {"ok", "1018", "1031", "1032", "1033"}:
            # Where the answer would have been that to a change, but nothing was done.
            assert look == "1000" or kind in {"foreign", "made-up", "repeated"}
        else:
            assert look == expected
        after = api.sandbox.classes[0]
        by_hand = kind.startswith("hand-")
        if kind != "late-commit":
            assert (after != before) == (made.carried_out or by_hand)
        if made.carried_out and method == "modify" and kind not in {"late-commit", "hand-cancel"}:
            assert after.title == "Latin"
        assert api.sandbox.calls[1].fault == made.name
        assert len(api.sandbox.classes) == 1


async def test_somebody_edits_the_class_just_before_it_is_changed() -> None:
    async with running(faults=plan_of(["hand-edit@modify first 1"])) as api:
        await api()
        answer = await api("modify", class_id="2492040", attendee_limit="30")
        edited = api.sandbox.classes[0]
        assert answer.code == "ok"
        assert (edited.title, edited.parameters["attendee_limit"]) == ("English (edited)", "30")
        assert edited.start_time == "09/01/2030 10:15:00 AM"


async def _class_ids(api: Api) -> list[list[str]]:
    """Of three creates in a row, as answered; they count from 1."""
    answers = [await api(title=f"Class {number}") for number in range(3)]
    return [[str(int(found) - 2_492_039) for found in each.all("class_id")] for each in answers]


ANSWERS_TO_OTHERS = {
    "foreign-after-create": ([["1"], ["1"], ["1"]], 3),
    "foreign-before-create": ([["1"], ["1"], ["1"]], 1),
    "made-up-after-create": ([["1"], ["1000002"], ["1000003"]], 3),
    "repeated-after-create": ([["1"], ["1"], ["2"]], 3),
    "class-id-twice": ([["1"], ["2", "3"], ["3", "4"]], 3),
}


@pytest.mark.parametrize("name", ANSWERS_TO_OTHERS)
async def test_an_answer_may_be_that_to_another_request(name: str) -> None:
    expected, classes = ANSWERS_TO_OTHERS[name]
    plan = fault(name)
    async with running(faults=lambda call: plan if call.sequence > 1 else None, conflict="off") as api:
        assert await _class_ids(api) == expected
        assert len(api.sandbox.classes) == classes


async def test_two_answers_change_places() -> None:
    settings = SandboxSettings(faults=plan_of(["swapped"]), conflict="off")
    async with (
        running_sandbox(settings, clock=Clock()) as sandbox,
        aiohttp.ClientSession() as session,
    ):
        api = Api(sandbox, session)
        answers = await asyncio.gather(*(api(title=f"Class {number}") for number in range(2)))
        told = [answer.all("class_id") for answer in answers]
        made = {each.title: [str(each.class_id)] for each in sandbox.classes}
        assert told == [made["Class 1"], made["Class 0"]]


async def test_a_status_comes_with_retry_after_where_seconds_are_given() -> None:
    async with running(faults=plan_of(["http-503:7"])) as api:
        answer = await api()
        assert (answer.status, answer.headers["Retry-After"]) == (503, "7")


def test_every_kind_is_tried_here() -> None:
    named = {kind for kind in KINDS if not kind.endswith(("-STATUS", "-CODE"))}
    assert named | {f"http-{status}" for status in (302, 400, 404, 409, 425, 499, 503, 599)} <= {
        *BROKEN_CHANGES
    }


MISSING = {"ok-without-class-id": b"class_id", "ok-without-call-id": b"call_id"}


@pytest.mark.parametrize(("kind", "missing"), MISSING.items(), ids=MISSING)
@pytest.mark.parametrize("style", ["live", "doc"])
async def test_an_ok_can_lack_an_id(kind: str, missing: bytes, style: str) -> None:
    async with running(faults=plan_of([kind]), xml_style=style) as api:
        answer = await api()
        assert answer.code == "ok"
        assert missing not in answer.body
        assert b"presenter_url" in answer.body


async def test_a_slow_body_comes_byte_by_byte() -> None:
    clock = Clock()
    async with running(clock, faults=plan_of(["slow-body"])) as api:
        answer = await api()
        assert clock.slept == [0.2] * len(answer.body)


async def test_a_late_commit_appears_only_later() -> None:
    later = asyncio.Event()
    waits: list[float] = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)
        await later.wait()

    settings = SandboxSettings(faults=plan_of(["late-commit:30@first 1"]))
    async with (
        running_sandbox(settings, clock=Clock(), sleep=wait) as sandbox,
        aiohttp.ClientSession() as session,
    ):
        api = Api(sandbox, session)
        assert await seen(api) == "disconnected"
        assert (await api("get_data")).code == "1013"
        later.set()
        await until(lambda: sandbox.classes)
        assert (await api("get_data")).all("title") == ["English"]
        assert waits == [30]


async def test_a_hang_ends_with_its_client() -> None:
    async def forever(_: float) -> None:
        await asyncio.Event().wait()

    settings = SandboxSettings(faults=plan_of(["hang-after-create"]))
    async with (
        running_sandbox(settings, clock=Clock(), sleep=forever) as sandbox,
        aiohttp.ClientSession() as session,
    ):
        call = asyncio.create_task(Api(sandbox, session)())
        await until(lambda: sandbox.classes)
        call.cancel()
        await until(lambda: sandbox.call_counts)  # counted once the server has let go of it
        assert dict(sandbox.call_counts) == {"create ok": 1}


async def test_a_client_that_leaves_early_makes_no_class() -> None:
    entered = asyncio.Event()

    async def forever(_: float) -> None:
        entered.set()
        await asyncio.Event().wait()

    async with (
        running_sandbox(SandboxSettings(latency_s=1), clock=Clock(), sleep=forever) as sandbox,
        aiohttp.ClientSession() as session,
    ):
        call = asyncio.create_task(Api(sandbox, session)())
        await entered.wait()
        call.cancel()
        await until(lambda: sandbox.call_counts)
        assert dict(sandbox.call_counts) == {"create": 1}
        assert not sandbox.classes


RETRY_AFTER = {
    "429-seconds": "7",
    "429-date": "Tue, 01 Jan 2030 08:00:07 GMT",
    "429-absent": None,
    "429-negative": "-5",
    "429-absurd": "1000000000",
}


@pytest.mark.parametrize(("kind", "expected"), RETRY_AFTER.items(), ids=RETRY_AFTER)
async def test_retry_after_comes_in_every_form(kind: str, expected: str | None) -> None:
    async with running(faults=lambda _: fault(kind, 7)) as api:
        answer = await api()
        assert answer.headers.get("Retry-After") == expected
        assert answer.headers["Date"] == "Tue, 01 Jan 2030 08:00:00 GMT"


async def test_a_redirect_that_is_followed_shows_in_the_ledger() -> None:
    async with running(faults=lambda call: fault("redirect-307") if call.sequence == 1 else None) as api:
        data = {**GOOD, **api.signed("create")}
        async with api.session.post(api.sandbox.url + "?method=create", data=data) as response:
            assert response.url.host == "localhost"
        assert [call.method for call in api.sandbox.calls] == ["create", "create"]


async def test_the_date_header_follows_the_services_clock() -> None:
    async with running(clock_offset_s=-600) as api:
        assert (await api("get_account_info")).headers["Date"] == "Tue, 01 Jan 2030 07:50:00 GMT"


def call(sequence: int = 1, title: str = "English", method: str = "create", attempt: int = 1) -> Call:
    return Call(method=method, title=title, attempt=attempt, sequence=sequence)


PLANS: dict[str, tuple[list[str], Call, Fault | None]] = {
    "always": (["reset"], call(), fault("reset")),
    "the seventh": (["reset-after-create@every 7"], call(14), fault("reset", None)),
    "not the sixth": (["reset-after-create@every 7"], call(6), None),
    "the first two": (["http-502@first 2"], call(2), fault("http-502")),
    "not the third": (["http-502@first 2"], call(3), None),
    "a title": (["1000@title Engl"], call(), fault("1000")),
    "another title": (["1000@title Latin"], call(), None),
    "only create": (["reset"], call(method="get_data"), None),
    "a cancel": (["reset@cancel"], call(method="cancel"), fault("reset")),
    "not of a create": (["reset@cancel"], call(), None),
    "the second modify": (
        ["1000-after@modify every 2"],
        call(2, method="modify"),
        fault("1000-after-create"),
    ),
    "not the first modify": (["1000-after@modify every 2"], call(1, method="modify"), None),
    "a class by its title": (
        ["hang:9@cancel title Engl"],
        call(method="cancel"),
        fault("hang", 9),
    ),
    "create by its name": (["reset@create first 1"], call(), fault("reset")),
    "seconds": (["late-commit:5@first 1"], call(), fault("late-commit", 5)),
    "the first that applies": (
        ["reset@title Latin", "1000-after-create"],
        call(),
        fault("1000-after-create"),
    ),
    "none": ([], call(), None),
}


@pytest.mark.parametrize(("texts", "asked", "expected"), PLANS.values(), ids=PLANS)
def test_faults_as_the_command_line_spells_them(
    texts: list[str], asked: Call, expected: Fault | None
) -> None:
    assert plan_of(texts)(asked) == expected


@pytest.mark.parametrize(
    "text",
    [
        "flood",
        "reset@often",
        "reset@every 0",
        "reset@title",
        "hang:long",
        "reset-create",
        "reset@get_data",
        "reset@modify often",
        "http-STATUS",
        "http-200",
        "http-99",
    ],
)
def test_a_fault_that_does_not_exist_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(repr(text))):
        plan_of([text])


async def test_attempts_at_a_row_are_numbered() -> None:
    asked: list[Call] = []

    def plan(call: Call) -> Fault | None:
        asked.append(call)
        return fault("1000") if call.attempt == 1 else None

    async with running(faults=plan) as api:
        assert [(await api(title=title)).code for title in ("A", "B", "A")] == ["1000", "1000", "ok"]
        assert [(each.attempt, each.sequence) for each in asked] == [(1, 1), (1, 2), (2, 3)]


async def test_attempts_at_a_class_are_numbered_and_known_by_its_title() -> None:
    asked: list[Call] = []

    def plan(call: Call) -> Fault | None:
        asked.append(call)
        return None

    async with running(faults=plan) as api:
        await api()
        await api("modify", class_id="2492040", attendee_limit="30")
        await api("modify", class_id="2492040", title="Latin")
        await api("cancel", class_id="2492040")
        await api("cancel", class_id="nothing")
        assert [(each.method, each.title, each.attempt) for each in asked] == [
            ("create", "English", 1),
            ("modify", "English", 1),
            ("modify", "Latin", 2),
            ("cancel", "Latin", 1),
            ("cancel", "", 1),
        ]


async def test_latency_lies_between_its_bounds_and_repeats_with_its_seed() -> None:
    slept = []
    for _ in range(2):
        clock = Clock()
        async with running(clock, latency_s=(0.5, 2.0)) as api:
            for _ in range(3):
                await api("get_account_info")
        slept.append(clock.slept)
    assert slept[0] == slept[1]
    assert all(0.5 <= seconds <= 2 for seconds in slept[0])
