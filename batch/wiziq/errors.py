"""How asking the WizIQ API can fail, and what each failure leaves behind.

    ApiError                one row's trouble
    ├── Refused             it said no (1003, 1031, ...), and would say no again
    │   └── PresenterBusy   1032; after an unanswered attempt it speaks of our own class
    ├── SlotFull            1012: no room at that time; another time, or room freed, may do
    ├── Unavailable         not now, and nothing was created: the request never left
    │   └── Throttled       429 before the request's body had left
    ├── NoAnswer            sent, and no whole <rsp> came back: the class may exist
    └── ListingFailed       get_data: the account's classes cannot be listed now
    LockedOut               everyone's trouble, and nothing was created: stops the batch

Of `modify` and `cancel` the same holds for the change: "created" reads as "changed", and
"the class may exist" as "the change may have been made".

Only a whole <rsp> proves that nothing was made: a class was seen to be made and then
answered with 302, 404, 429 and most other HTTP statuses. A status that no other row
would escape either is a NoAnswer that `locks_out`.

None of them ever carries a key, a secret or a signature.
"""

# ruff: noqa: N818 -- the design's names: they say what happened to the row, not that it is an error

from enum import Enum, unique

from batch.core.message import Message, ServiceFault
from batch.core.service.api_codes import BY_CODE, Aftermath, aftermath_of, limit_in


class WiziqError(Exception):
    """What both branches have: what is wrong, and what the service gave to cite."""

    def __init__(self, what: str | Message, *, code: str | None = None, call_id: str | None = None) -> None:
        """`what`: the service's own words, or a fault with its facts."""
        message = what if isinstance(what, Message) else Message(ServiceFault.ITS_WORDS, {"text": what})
        super().__init__(message)
        self.message = message
        self.code = code  #: the service's own, or "HTTP 502", "timeout" and the like
        self.call_id = call_id

    @property
    def text(self) -> str:
        """The service's own words, else those for a developer."""
        return str(self.message.facts.get("text", self.message))


class ApiError(WiziqError):
    """One row's trouble."""


class Refused(ApiError):
    """The service said no, created nothing, and would say no again."""


class PresenterBusy(Refused):
    """1032: the presenter has an overlapping class; on a resend, probably our own."""


class SlotFull(ApiError):
    """1012: as many classes as the licence allows overlap that time."""

    def __init__(
        self, what: str | Message, *, limit: int | None, code: str = "1012", call_id: str | None = None
    ) -> None:
        super().__init__(what, code=code, call_id=call_id)
        self.limit = limit  #: the number in the text, if it had one


class Unavailable(ApiError):
    """Nothing was created: the request never left, or was turned away unread."""

    def __init__(self, what: str | Message, *, code: str, retry_after_s: float | None = None) -> None:
        super().__init__(what, code=code)
        self.retry_after_s = retry_after_s  #: what the service asks for; None: nothing


class Throttled(Unavailable):
    """Too many requests, turned away before the body had left: the service wants to be asked less often."""


class NoAnswer(ApiError):
    """Sent, never answered in a way that tells: the class may exist. Look before sending again."""

    def __init__(
        self,
        what: str | Message,
        *,
        code: str,
        call_id: str | None = None,
        is_overload: bool = False,
        locks_out: bool = False,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(what, code=code, call_id=call_id)
        self.is_overload = is_overload  #: a timeout, 429 or 503: fewer requests at once may help
        self.locks_out = locks_out  #: no other row would fare better: the batch stops as well
        self.retry_after_s = (
            retry_after_s  #: how long the service wants to be left alone; None: it did not say
        )


@unique
class NoList(Enum):
    """Why an account's classes cannot be listed."""

    NOT_OFFERED = "not offered"  #: refused in a whole <rsp>: this account cannot list
    LOCKED_OUT = "locked out"  #: the keys, the address or the certificate: nothing else would fare better
    NOT_NOW = "not now"  #: no answer, half a list, too many requests: later it may do


class ListingFailed(ApiError):
    """The account's classes cannot be listed now; nothing follows about any class."""

    @property
    def reason(self) -> NoList:
        match self.__cause__:
            case LockedOut(code="401" | "403"):
                return NoList.LOCKED_OUT
            case Refused() | SlotFull():
                return NoList.NOT_OFFERED
            case LockedOut(is_from_rsp=True):
                return NoList.NOT_OFFERED
            case LockedOut():
                return NoList.LOCKED_OUT
        return NoList.NOT_NOW


class LockedOut(WiziqError):
    """Everyone's trouble: no other row would fare better, so the batch stops. Nothing was created."""

    @property
    def is_from_rsp(self) -> bool:
        """Whether the service said so itself, and not HTTP or TLS."""
        return (self.code or "").isdecimal()


def failure_of_code(code: str, message: str, call_id: str | None) -> ApiError | LockedOut:
    """What a `fail` reply with this code means for the row, as the catalogue has it."""
    entry = BY_CODE.get(code)
    text = message or (entry.message if entry else f"The service gave code {code} and no reason.")
    match aftermath_of(code):
        case Aftermath.NOTHING:
            return Refused(text, code=code, call_id=call_id)
        case Aftermath.PRESENTER_BUSY:
            return PresenterBusy(text, code=code, call_id=call_id)
        case Aftermath.SLOT_FULL:
            return SlotFull(text, code=code, call_id=call_id, limit=limit_in(message))
        case Aftermath.MAYBE_A_CLASS:
            return NoAnswer(text, code=code, call_id=call_id, is_overload=code == "503")
        case Aftermath.EVERYONES_TROUBLE:
            return LockedOut(text, code=code, call_id=call_id)
