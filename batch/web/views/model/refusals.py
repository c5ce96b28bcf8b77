"""Who is not let in yet, and what does not work."""

from batch.core.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterView:
    """enter.html: no cookie, or a token that is used up (status 403); or POST action: invitation."""

    says: str
    fix: str
    ask: str = ""  #: whom
    action: str = ""  #: "" where nothing of it lets in
    secret: str = ""
    button: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorView:
    """error.html: 400, 403, 404, 408, 413, ..."""

    status: int
    says: str
    fix: str
    home: bool = True  #: whether a link to the start page helps
    on_href: str = ""  #: where to go on, besides the start; "" for nowhere
    on_says: str = ""  #: what that is called, where `on_href`
