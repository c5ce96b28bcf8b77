"""Faults on demand: which there are, and which call meets one.

A kind may carry `-before` or `-after` (`-create`, for the method that has to fear it
most): whether the request had its effect before things went wrong. That is the
difference that decides whether sending again makes a second class.
"""

import re
from collections.abc import Callable, Iterable, Mapping

from batch.core.quick_dataclass import dataclass
from batch.sandbox.refusals import MESSAGES


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A signed request as a fault plan sees it."""

    method: str
    title: str  #: what it sends, else that of the class it is about
    attempt: int  #: 1 for the first request for this class_id, or with this title, start_time and presenter
    sequence: int  #: 1 for the first request of this method


@dataclass(frozen=True, slots=True)
class Kind:
    group: str  #: for whoever reads the help
    means: str
    carried_out: bool  #: unless the name says before or after
    seconds: float = 0


@dataclass(frozen=True, slots=True)
class Fault:
    kind: str  #: a name in KINDS, with the status where one belongs to it
    carried_out: bool  #: whether the request has its effect all the same
    seconds: float  #: of the hang, the delay or the Retry-After

    @property
    def name(self) -> str:
        return f"{self.kind}-{'after' if self.carried_out else 'before'}-create"


FaultPlan = Callable[[Call], Fault | None]
#: The methods that `--fault` can spoil: those that change the account.
FAULTY = ("create", "modify", "cancel")


def _kinds(group: str, *kinds: tuple[str, str], carried_out: bool = True) -> dict[str, Kind]:
    return {name: Kind(group, means, carried_out) for name, means in kinds}


#: A 3xx has a Location: the sandbox itself, under another name.
_STATUS = re.compile("(?P<prefix>http|redirect)-(?P<status>[3-5][0-9]{2})")
_CODE = re.compile("fail-(?P<code>[0-9]{3,4})")
_BY_CODE = Kind(
    "Refusals", "fail with CODE of the service's table, such as 1016, in its words", carried_out=False
)
_BY_STATUS = {
    "http": Kind(
        "HTTP statuses",
        "HTTP STATUS, 300 to 599, and an error page; with SECONDS: Retry-After",
        carried_out=False,
    ),
    "redirect": Kind("HTTP statuses", "HTTP STATUS, 300 to 399, to another host", carried_out=False),
}

#: `http-STATUS`, `redirect-STATUS` and `fail-CODE` stand for a kind each.
KINDS: Mapping[str, Kind] = {
    "reset": Kind("Connections", "the connection is reset, no answer", carried_out=True),
    "reset-mid-response": Kind(
        "Connections", "the connection is reset in the middle of the answer", carried_out=True
    ),
    "hang": Kind("Connections", "no answer, then a reset", carried_out=True, seconds=120),
    "slow-body": Kind("Connections", "one byte of the answer each 0.2 seconds", carried_out=True),
    "late-commit": Kind("Connections", "reset, and it is carried out later", carried_out=True, seconds=3),
    "duplicate": Kind("Connections", "the class is made twice", carried_out=True),
    **{f"{prefix}-STATUS": kind for prefix, kind in _BY_STATUS.items()},
    "429-seconds": Kind("HTTP statuses", "HTTP 429, Retry-After in seconds", carried_out=False, seconds=2),
    "429-date": Kind("HTTP statuses", "HTTP 429, Retry-After as a date", carried_out=False, seconds=2),
    "429-absent": Kind("HTTP statuses", "HTTP 429 without Retry-After", carried_out=False),
    "429-negative": Kind("HTTP statuses", "HTTP 429, Retry-After: -5", carried_out=False),
    "429-absurd": Kind("HTTP statuses", "HTTP 429, Retry-After: 1000000000", carried_out=False),
    **_kinds(
        "Spoiled answers",
        ("truncated-xml", "half of the XML, with the right length"),
        ("empty-body", "200 without a body"),
        ("wrong-content-type", "the right body as application/octet-stream"),
        ("html-200", "an HTML page with 200"),
        ("dtd", "XML that asks for a file by an external entity"),
        ("entity-bomb", "XML whose entities multiply"),
        ("huge-body", "12 MB of XML"),
        ("deep-nesting", "XML 3,000 elements deep"),
    ),
    **_kinds(
        "Odd answers",
        ("ok-without-class-id", "ok, but no class_id"),
        ("ok-without-call-id", "ok, but no call_id"),
        ("ok-without-method", "ok, but not of which method"),
        ("ok-of-another", "ok, but of another method"),
        ("ok-not-done", "ok, and the method's own status is false"),
        ("ok-with-error", "ok, and an error beside it"),
        ("fail-with-class", "fail, and the class beside it"),
        ("class-id-zero", "class_id 0"),
        ("class-id-negative", "class_id -1"),
        ("class-id-word", "a class_id that is a word"),
        ("class-id-twice", "two class_ids"),
    ),
    **_kinds(
        "Answers to others",
        ("foreign", "ok, with the class_id of the account's oldest class"),
        ("made-up", "ok, with a class_id that no class has"),
        ("repeated", "the answer to the create before, once more"),
        ("swapped", "the answers of this create and of the next to meet the fault change places"),
    ),
    **_kinds(
        "Somebody else, just before a modify or cancel",
        ("hand-edit", "the class is called otherwise, and begins 15 minutes later"),
        ("hand-cancel", "the class is cancelled"),
    ),
    **_kinds(
        "Refusals",
        ("fail-without-code", "fail, but no code"),
        ("fail-of-another", "fail, of another method"),
        ("unknown-code", "fail with 1999, which no table lists"),
        ("1000", "fail with 1000"),
        carried_out=False,
    ),
    "fail-CODE": _BY_CODE,
}


def code_of(kind: str) -> str:
    """The code that a fault of this kind fails with; "" for any other kind.

    >>> code_of("fail-1016"), code_of("unknown-code")
    ('1016', '')
    """
    found = _CODE.fullmatch(kind)
    return found["code"] if found and found["code"] in MESSAGES else ""


def no_faults(_: Call) -> Fault | None:
    return None


def fault(name: str, seconds: float | None = None) -> Fault:
    """The fault of that name: a name in KINDS, or one with -before or -after (-create) behind it.

    `http-STATUS` and `redirect-STATUS` are spelt with the status, and `fail-CODE` with the code: http-404, fail-1016.

    Raises:
        ValueError: no such kind; the text lists those there are.
    """
    base, _, when = name.removesuffix("-create").rpartition("-")
    kind = base if when in {"before", "after"} else name
    found = _STATUS.fullmatch(kind)
    known = _BY_STATUS[found["prefix"]] if found else _BY_CODE if code_of(kind) else KINDS.get(kind)
    if known is None or "STATUS" in kind or "CODE" in kind:
        raise ValueError(f"There is no fault {name!r}. Choose one of: {', '.join(KINDS)}.")
    carried_out = known.carried_out if kind == name else when == "after"
    return Fault(kind, carried_out, known.seconds if seconds is None else seconds)


def plan_of(texts: Iterable[str]) -> FaultPlan:
    """The plan that `--fault` options spell: KIND[:SECONDS][@[METHOD] [every N|title TEXT|first N]].

    Without a METHOD a fault is create's.

    Raises:
        ValueError: with a sentence that says what is wrong with which text.
    """
    plans = [_one(text) for text in texts]

    def plan(call: Call) -> Fault | None:
        return next((found for each in plans if (found := each(call))), None)

    return plan


def _one(text: str) -> FaultPlan:
    name, _, condition = text.partition("@")
    kind, _, seconds = name.partition(":")
    word, _, rest = condition.strip().partition(" ")
    method, condition = (word, rest) if word in FAULTY else ("create", condition)
    try:
        made = fault(kind.strip(), float(seconds) if seconds else None)
        meets = _condition(condition)
    except ValueError as error:
        raise ValueError(f"--fault {text!r}: {error}") from None
    return lambda call: made if call.method == method and meets(call) else None


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
    raise ValueError(
        "After @ comes `modify` or `cancel`, if it is not create that is to fail, and then `every N`, `first N` or "
        "`title TEXT`; N is 1 or more."
    )
