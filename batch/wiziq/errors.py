"""How asking the WizIQ API can fail, and what each failure leaves behind.

    ApiError                one row's trouble
    ├── Refused             it said no (1003, 1031, ...), and would say no again
    │   └── PresenterBusy   1032; after an unanswered attempt it speaks of our own class
    ├── SlotFull            1012: no room at that time; another time, or room freed, may do
    ├── Unavailable         not now, and nothing was created: the request never left
    │   └── Throttled       429: it was asked too often, and created nothing
    ├── NoAnswer            sent, never answered: the class may exist
    └── ListingFailed       get_data: the account's classes cannot be listed now
    LockedOut               everyone's trouble (400, 401, 403, 404, a redirect): stops the batch

None of them ever carries a key, a secret or a signature.
"""

# ruff: noqa: N818 -- the design's names: they say what happened to the row, not that it is an error

from batch.core.service.api_codes import BY_CODE, Aftermath, aftermath_of, limit_in


class WiziqError(Exception):
    """What both branches have: words for a person, and what the service gave to cite."""

    def __init__(self, says: str, *, code: str | None = None, call_id: str | None = None) -> None:
        super().__init__(says)
        self.says = says
        self.code = code  #: the service's own, or "HTTP 502", "timeout" and the like
        self.call_id = call_id


class ApiError(WiziqError):
    """One row's trouble."""


class Refused(ApiError):
    """The service said no, created nothing, and would say no again."""


class PresenterBusy(Refused):
    """1032: the presenter has an overlapping class; on a resend, probably our own."""


class SlotFull(ApiError):
    """1012: as many classes as the licence allows overlap that time."""

    def __init__(
        self, says: str, *, limit: int | None, code: str = "1012", call_id: str | None = None
    ) -> None:
        super().__init__(says, code=code, call_id=call_id)
        self.limit = limit  #: the number in the text, if it had one


class Unavailable(ApiError):
    """Nothing was created: the request never left, or was turned away unread."""

    def __init__(self, says: str, *, code: str, retry_after_s: float | None = None) -> None:
        super().__init__(says, code=code)
        self.retry_after_s = retry_after_s  #: what the service asks for; None: nothing


class Throttled(Unavailable):
    """429: too many requests. The service is there, and wants to be asked less often."""


class NoAnswer(ApiError):
    """Sent, never answered in a way that tells: the class may exist. Look before sending again."""

    def __init__(
        self, says: str, *, code: str, call_id: str | None = None, is_overload: bool = False
    ) -> None:
        super().__init__(says, code=code, call_id=call_id)
        self.is_overload = is_overload  #: a timeout or 503: fewer requests at once may help


class ListingFailed(ApiError):
    """The account's classes cannot be listed now; nothing follows about any class."""


class LockedOut(WiziqError):
    """Everyone's trouble: no other row would fare better, so the batch stops."""


def failure_of_code(code: str, message: str, call_id: str | None) -> ApiError | LockedOut:
    """What a `fail` reply with this code means for the row, as the catalogue has it."""
    entry = BY_CODE.get(code)
    says = message or (entry.message if entry else f"The service gave code {code} and no reason.")
    match aftermath_of(code):
        case Aftermath.NOTHING:
            return Refused(says, code=code, call_id=call_id)
        case Aftermath.PRESENTER_BUSY:
            return PresenterBusy(says, code=code, call_id=call_id)
        case Aftermath.SLOT_FULL:
            return SlotFull(says, code=code, call_id=call_id, limit=limit_in(message))
        case Aftermath.MAYBE_A_CLASS:
            return NoAnswer(says, code=code, call_id=call_id, is_overload=code == "503")
        case Aftermath.EVERYONES_TROUBLE:
            return LockedOut(says, code=code, call_id=call_id)
