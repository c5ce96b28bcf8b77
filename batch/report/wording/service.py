"""How asking the service failed."""

from collections.abc import Mapping, Sequence
from typing import cast

from batch.core.message import NoWay, ServiceFault, Unread
from batch.report.wording.phrases import Words, tr


def words_of(what: ServiceFault, facts: Mapping[str, object]) -> Words:
    match what:
        case ServiceFault.ITS_WORDS:
            return Words("{text}")
        case ServiceFault.REDIRECTED:
            place = " to {place}" if facts["place"] else ""
            return Words(
                f"{{host}} redirects{place} ({{status}}), which is not followed.", "Check the base URL."
            )
        case ServiceFault.TURNED_AWAY:
            return Words(
                "{host} turns requests away ({status}).", "Check the base URL and the account's keys."
            )
        case ServiceFault.TOO_MANY_REQUESTS:
            if facts["may_have_acted"]:
                return Words(
                    "{host} wants fewer requests ({status}); what was asked for may have been done all the same."
                )
            return Words("{host} wants fewer requests ({status}); nothing was done.")
        case ServiceFault.ERROR_PAGE:
            return Words(
                "{host} gave no answer but an error page ({status}); what was asked for may have been done all "
                "the same."
            )
        case ServiceFault.TOO_LATE:
            return Words("No whole answer from {place} within {timeout_s:g} s.")
        case ServiceFault.BROKE_OFF:
            return Words("The connection to {place} broke before the whole answer came.")
        case ServiceFault.BAD_CERTIFICATE:
            return Words(
                "The certificate of {place} does not hold: {why}. Nothing was sent.",
                "Check the base URL and this computer's date; where the school has an authority of its own, "
                "set ca_file to it.",
            )
        case ServiceFault.NOT_HTTPS:
            return Words("{place} does not speak https. Nothing was sent.", "Check the base URL.")
        case ServiceFault.NO_CONNECTION:
            return Words(
                f"No connection to {{place}}: {_reason(NoWay(str(facts['reason'])))}. Nothing was sent.{{unused}}",
                more={"unused": f" {unused}" if (unused := _unused(facts)) else ""},
            )
        case ServiceFault.PROXIES_NOT_USED:
            return Words("{not_used}", more={"not_used": _unused(facts)})
        case ServiceFault.HELD_UP:
            return Words("This computer was held up. Nothing was sent.")
        case ServiceFault.UNREADABLE:
            return Words(f"The service's answer {_unread(Unread(str(facts['fault'])))}.")
        case ServiceFault.NO_LIST_NOW:
            return Words("The account's classes cannot be listed now: {why}")
        case ServiceFault.PAGE_LEFT_OUT:
            return Words("The service leaves out page {page} of its list.")
        case ServiceFault.ENDLESS_LIST:
            return Words("The service's list does not end after {pages} pages.")
        case ServiceFault.UNSTEADY_LIST:
            return Words("The account's list shows other classes each time it is asked for.")
        case ServiceFault.ANOTHER_ROWS_CLASS:
            return Words(
                "The service answered with the number of another row's class, {class_id}. Which class it made is "
                "not known."
            )
        case ServiceFault.OLDER_CLASS:
            return Words(
                "The service answered with the number of a class that was there before, {class_id}. Which class it "
                "made is not known."
            )


def _unused(facts: Mapping[str, object]) -> str:
    names = list(cast("Sequence[str]", facts.get("unused", ())))
    if not names:
        return ""
    return tr(
        "Not used: {names:list and}. Where WizIQ is reached through a web proxy, set proxy to its address.",
        names=names,
    )


def _reason(reason: NoWay) -> str:
    match reason:
        case NoWay.TOO_LONG:
            return "it took too long"
        case NoWay.NO_NAME:
            return "its name could not be looked up"
        case NoWay.NO_TLS:
            return "the secure connection failed"
        case NoWay.REFUSED:
            return "it was refused"
        case NoWay.BROKEN:
            return "it broke off"


def _unread(fault: Unread) -> str:
    match fault:
        case Unread.NO_RSP:
            return "is XML, but no <rsp> that says ok or fail"
        case Unread.OF_ANOTHER_REQUEST:
            return "is that to another request"
        case Unread.OK_OF_NOTHING:
            return "says ok, and does not say of what"
        case Unread.OK_NOT_DONE:
            return "says ok, and that it was not done"
        case Unread.SEVERAL_CLASSES:
            return "names several classes"
        case Unread.FAIL_WITHOUT_WHY:
            return "says fail, and does not say why"
        case Unread.FAIL_WITH_A_CLASS:
            return "says fail, and names a class"
        case Unread.FAIL_AND_DONE:
            return "says fail, and that it was done"
        case Unread.NO_CLASS_ID:
            return "says ok without a class_id that there can be"
        case Unread.NO_RECORD_LIST:
            return "says ok without a record_list"
        case Unread.LISTED_WITHOUT_ID:
            return "lists a class without a class_id that there can be"
        case Unread.TOO_LARGE:
            return "is larger than 1 MiB"
        case Unread.EMPTY:
            return "is empty"
        case Unread.DOCUMENT_TYPE:
            return "declares a document type, which the service never does"
        case Unread.NO_XML:
            return "is not whole XML"
