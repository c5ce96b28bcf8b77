"""What is said to whoever is not let in yet, and whom they are to ask."""

from batch.core.errors import CannotRun
from batch.web.state.notice import Notice
from batch.web.views.model import EnterView
from batch.web.views.wording import page_words

_KEEPER = "whoever looks after classbatch here"


def unknown(contact: str | None, *, behind: str = "") -> EnterView:
    """A browser that nobody let in.

    Args:
        contact: whom to ask.
        behind: the address of the proxy that lets people in; "" where there is none.
    """
    if behind:
        return EnterView(
            says="Nobody has said who you are.", fix=f"Open {behind}, and sign in there.", ask=_ask(contact)
        )
    return EnterView(
        says="This browser has not been let in yet.",
        fix="Open the address that you were given for signing in. Who has started the page opens the one that "
        "`classbatch serve` has printed last.",
        ask=_ask(contact),
    )


def token_used(contact: str | None) -> EnterView:
    return EnterView(
        says="This address has been used already, or was never right.",
        fix="Open the address that `classbatch serve` has printed last.",
        ask=_ask(contact),
    )


def invitation_over(contact: str | None) -> EnterView:
    return EnterView(
        says="This address lets nobody in any more, or was never right.",
        fix="It may have been replaced by a newer one, or its time may be over.",
        ask=_ask(contact),
    )


def invited(name: str, secret: str) -> EnterView:
    return EnterView(
        says=f"You were invited as {name}.",
        fix="This browser stays signed in until your invitation ends, or you sign out.",
        action="/enter",
        secret=secret,
        button=f"Sign in as {name}",
    )


def keys_missing(why: CannotRun, contact: str | None) -> Notice:
    """That nothing can be scheduled from here, and whose business that is."""
    words = page_words(why)
    turn_to = f" Turn to {contact}." if contact else ""
    return Notice(
        says="Timetables can be checked here, and not scheduled yet.",
        fix=f"{words['says']} {words['fix']}{turn_to}",
        tone="wait",
    )


def _ask(contact: str | None) -> str:
    return f"No address? Ask {contact or _KEEPER}: `classbatch invite` makes one for you on the computer that runs this page."
