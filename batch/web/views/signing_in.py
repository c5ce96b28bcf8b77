"""What is said to whoever is not let in yet, and whom they are to ask."""

from batch.core.errors import CannotRun
from batch.report.wording.language import tr_later
from batch.report.wording.phrases import tr
from batch.web.state.notice import Notice
from batch.web.views.model import EnterView
from batch.web.views.wording import page_words

_KEEPER = tr_later("whoever looks after classbatch here")


def unknown(contact: str | None, *, behind: str = "") -> EnterView:
    """A browser that nobody let in.

    Args:
        contact: whom to ask.
        behind: the address of the proxy that lets people in; "" where there is none.
    """
    if behind:
        return EnterView(
            says=tr("Nobody has said who you are."),
            fix=tr("Open {address}, and sign in there.", address=behind),
            ask=_ask(contact),
        )
    return EnterView(
        says=tr("This browser has not been let in yet."),
        fix=tr(
            "Open the address that you were given for signing in. Who has started the page opens the one that "
            "`classbatch serve` has printed last."
        ),
        ask=_ask(contact),
    )


def token_used(contact: str | None) -> EnterView:
    return EnterView(
        says=tr("This address has been used already, or was never right."),
        fix=tr("Open the address that `classbatch serve` has printed last."),
        ask=_ask(contact),
    )


def invitation_over(contact: str | None) -> EnterView:
    return EnterView(
        says=tr("This address lets nobody in any more, or was never right."),
        fix=tr("It may have been replaced by a newer one, or its time may be over."),
        ask=_ask(contact),
    )


def invited(name: str, secret: str) -> EnterView:
    return EnterView(
        says=tr("You were invited as {name}.", name=name),
        fix=tr("This browser stays signed in until your invitation ends, or you sign out."),
        action="/enter",
        secret=secret,
        button=tr("Sign in as {name}", name=name),
    )


def keys_missing(why: CannotRun, contact: str | None) -> Notice:
    """That nothing can be scheduled from here, and whose business that is."""
    words = page_words(why)
    turn_to = f" {tr('Turn to {contact}.', contact=contact)}" if contact else ""
    return Notice(
        says=tr("Timetables can be checked here, and not scheduled yet."),
        fix=f"{words['says']} {words['fix']}{turn_to}",
        tone="wait",
    )


def _ask(contact: str | None) -> str:
    return tr(
        "No address? Ask {whom}: `classbatch invite` makes one for you on the computer that runs this page.",
        whom=contact or tr(_KEEPER),
    )
