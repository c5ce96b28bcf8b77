"""Faults on demand: which there are, and which call meets one.

A kind may carry `-before-create` or `-after-create`: whether the request had
its effect before things went wrong. That is the difference that decides
whether sending again makes a second class. For other methods than create the
words mean the same: before or after the request was carried out.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A signed request as a fault plan sees it."""

    method: str
    title: str
    attempt: int  #: 1 for the first request with this title, start_time and presenter
    sequence: int  #: 1 for the first request of this method


@dataclass(frozen=True, slots=True)
class Kind:
    says: str
    carried_out: bool  #: unless the name says before or after
    seconds: float = 0


@dataclass(frozen=True, slots=True)
class Fault:
    kind: str  #: a name in KINDS
    carried_out: bool  #: whether the request has its effect all the same
    seconds: float  #: of the hang, the delay or the Retry-After

    @property
    def name(self) -> str:
        return f"{self.kind}-{'after' if self.carried_out else 'before'}-create"


FaultPlan = Callable[[Call], Fault | None]

KINDS = {
    "reset": Kind("the connection is reset, no answer", carried_out=True),
    "reset-mid-response": Kind("the connection is reset in the middle of the answer", carried_out=True),
    "hang": Kind("no answer, then a reset", carried_out=True, seconds=120),
    "slow-body": Kind("one byte of the answer each 0.2 seconds", carried_out=True),
    "late-commit": Kind("reset, and the class appears later", carried_out=True, seconds=3),
    "duplicate": Kind("the class is made twice", carried_out=True),
    "truncated-xml": Kind("half of the XML, with the right length", carried_out=True),
    "empty-body": Kind("200 without a body", carried_out=True),
    "wrong-content-type": Kind("the right body as application/octet-stream", carried_out=True),
    "html-200": Kind("an HTML page with 200", carried_out=True),
    "dtd": Kind("XML that asks for a file by an external entity", carried_out=True),
    "entity-bomb": Kind("XML whose entities multiply", carried_out=True),
    "huge-body": Kind("12 MB of XML", carried_out=True),
    "deep-nesting": Kind("XML 3,000 elements deep", carried_out=True),
    "ok-without-class-id": Kind("ok, but no class_id", carried_out=True),
    "ok-without-call-id": Kind("ok, but no call_id", carried_out=True),
    "fail-without-code": Kind("fail, but no code", carried_out=False),
    "unknown-code": Kind("fail with 1999, which no table lists", carried_out=False),
    "1000": Kind("fail with 1000", carried_out=False),
    **{
        f"http-{status}": Kind(f"HTTP {status}", carried_out=False)
        for status in (401, 403, 500, 502, 503, 504)
    },
    **{f"redirect-{status}": Kind(f"HTTP {status}", carried_out=False) for status in (301, 302, 307, 308)},
    "429-seconds": Kind("HTTP 429, Retry-After in seconds", carried_out=False, seconds=2),
    "429-date": Kind("HTTP 429, Retry-After as a date", carried_out=False, seconds=2),
    "429-absent": Kind("HTTP 429 without Retry-After", carried_out=False),
    "429-negative": Kind("HTTP 429, Retry-After: -5", carried_out=False),
    "429-absurd": Kind("HTTP 429, Retry-After: 1000000000", carried_out=False),
}


def no_faults(_: Call) -> Fault | None:
    return None


def fault(name: str, seconds: float | None = None) -> Fault:
    """The fault of that name: a name in KINDS, or one with -before-create or -after-create behind it.

    Raises:
        ValueError: no such kind; the text lists those there are.
    """
    base, _, when = name.removesuffix("-create").rpartition("-")
    kind = base if name.endswith("-create") and when in {"before", "after"} else name
    known = KINDS.get(kind)
    if known is None:
        raise ValueError(f"There is no fault {name!r}. Choose one of: {', '.join(KINDS)}.")
    carried_out = known.carried_out if kind == name else when == "after"
    return Fault(kind, carried_out, known.seconds if seconds is None else seconds)


def plan_of(texts: Iterable[str]) -> FaultPlan:
    """The plan that `--fault` options spell: KIND[:SECONDS][@every N|@title TEXT|@first N], for create only.

    Raises:
        ValueError: with a sentence that says what is wrong with which text.
    """
    plans = [_one(text) for text in texts]

    def plan(call: Call) -> Fault | None:
        if call.method != "create":
            return None
        return next((found for each in plans if (found := each(call))), None)

    return plan


def _one(text: str) -> FaultPlan:
    name, _, condition = text.partition("@")
    kind, _, seconds = name.partition(":")
    try:
        made = fault(kind.strip(), float(seconds) if seconds else None)
        meets = _condition(condition)
    except ValueError as error:
        raise ValueError(f"--fault {text!r}: {error}") from None
    return lambda call: made if meets(call) else None


def _condition(text: str) -> Callable[[Call], bool]:
    word, _, value = text.strip().partition(" ")
    if not word:
        return lambda _: True
    if word == "title" and value:
        return lambda call: value in call.title
    if word in {"every", "first"} and value.strip().isdecimal() and (number := int(value)):
        if word == "every":
            return lambda call: call.sequence % number == 0
        return lambda call: call.sequence <= number
    raise ValueError("After @ comes `every N`, `first N` or `title TEXT`; N is 1 or more.")
