"""Why a row ended as it did."""

from collections.abc import Mapping

from batch.core.message import RowNote
from batch.core.service.api_codes import BY_CODE
from batch.report.wording.phrases import Words

_LOOK_FIRST = "Look at the presenter's classes in WizIQ before anything else."
_AS_SET = "as the setting on_unknown says: look in WizIQ, and"
_RESEND = "submit the file again with --on-unknown resend-after-settle."
_ASK_KEEPER = "then ask whoever looks after classbatch."
_PRESUMED = "The journal was started over, and"
_LATER = "Submit the same file again later."
_TRIED_AGAIN = "the row is tried again."
_SAY_FIRST = "Say first whether the classes that other rows name are theirs. "
_OTHERS_INVALID = "Not sent: other rows of the file are invalid, and"
_NOT_TWICE = "nothing is sent twice."
_FINISH_LATER = 'Press "Finish it" later.'


_WHOSE_NOW = (
    "If it is this lesson now, leave the row that it was out of the file; if not, put it back in WizIQ."
)
_ALIKE = {
    "no presenter": "same start, length and title; the list does not say whose it is",
    "differs": "it begins at the same time, with the same title or the same presenter",
    "status": "same start, length and title; the list does not say that it is still to come",
    "indistinct": "several rows of the file could be it",
    "bent": "all of these rows differ in one and the same way from what is listed",
    "titles": "same start and length, and nothing shows yet how this list writes titles",
    "moved": "most of the file is in the account already, and this lesson stands there at another time",
    "": "",
}


def words_of(what: RowNote, facts: Mapping[str, object]) -> Words:  # noqa: PLR0915 - a catalogue, one entry after the other
    match what:
        case RowNote.EARLIER_RUN | RowNote.CHANGED_SINCE | RowNote.CANCELLED_SINCE:
            return _of_another_run(what, is_undo=bool(facts.get("is_undo")))
        case RowNote.NOT_YET:
            return Words(
                "The run ended before its turn.",
                f"Submit the same file again: {_NOT_TWICE}",
                page_hint=f'Press "Finish it": {_NOT_TWICE}',
            )
        case RowNote.CLASH:
            return Words("The presenter has another class at that time.")
        case RowNote.NO_ROOM:
            return Words("At that time there is no room for one more class in the account.")
        case RowNote.HELD:
            return Words("{reason}", "{proposal}")
        case RowNote.PRESENTER_BUSY:
            return Words("{presenter} has {clashing} on {when:period}.")
        case RowNote.ONCE_MORE:
            return Words(
                "This is {other} once more: same class, presenter and time.",
                "Delete one of the two rows; or, if there are two classes, give one of them another presenter.",
            )
        case RowNote.FULL:
            return Words("{when:period}: {taken} of {limit} taken, by {names:list and}.")
        case RowNote.OUTSTANDING:
            return Words(
                "Classes that are not over yet: {taken} of {limit} taken, by {names:list and}. "
                "There is room again at {when:period}."
            )
        case RowNote.FULL_OF_OTHERS:
            are = "is" if facts["known"] == 1 else "are"
            return Words(
                "{when:period}: the service says that all {limit} are taken (1012), "
                f"and {{known}} {are} known here.",
                "The others were made elsewhere: look in WizIQ.",
            )
        case RowNote.LIMIT_UNKNOWN:
            return Words("The service says that it lets no more classes be scheduled at once (1012).")
        case RowNote.FREE_AGAIN:
            return Words(
                "What was in its way is not there any more.",
                f"Submit the file again: {_TRIED_AGAIN}",
                page_hint=f'Press "Send them again": {_TRIED_AGAIN}',
            )
        case RowNote.FREE_AT:
            return Words("Nearest free time: {when:period}.")
        case RowNote.NOTHING_FREE:
            return Words("No time within two weeks is free for presenter and account.")
        case RowNote.TRIED_AGAIN:
            return Words(
                "The row is tried again when the file is submitted then.",
                page="The row is tried again when the file is sent in again then.",
            )
        case RowNote.LOOK_AT_THAT_TIME:
            return Words("Look in WizIQ at what runs at that time.")
        case RowNote.ROW_CALLED:
            return Words("row {number} ({title})")
        case RowNote.CLASS_CALLED:
            return _called(facts)
        case RowNote.AND_MORE:
            return Words("{number} more")
        case RowNote.MOST_ROWS:
            return Words(
                "Not sent: --limit {most} was reached.",
                page="Not sent: the run was to send {most} rows at most.",
            )
        case RowNote.OTHERS_INVALID:
            return Words(
                f"{_OTHERS_INVALID} --only-if-all-valid was given.",
                page=f"{_OTHERS_INVALID} the run was to send all of them or none.",
            )
        case RowNote.ANSWERED:
            known = BY_CODE.get(str(facts["code"]))
            if known is None:
                return Words("{text}")
            return Words(known.meaning, known.advice, page_hint=known.page_advice or known.advice)
        case RowNote.CLASHING_CLASS:
            return Words(
                "{presenter} already has class {class_id} ({title}) at that time.",
                "Cancel that class in WizIQ, move one of the two, or give one another presenter.",
            )
        case RowNote.EARLIER_IN_THE_WAY:
            again, page_again = "submit the file again", 'press "Send them again"'
            if facts["is_refused"]:
                again = f"{again} with --retry-refused"
            cancel = "Cancel that class in WizIQ, then"
            return Words(
                "Its own earlier version is in the way: class {class_id} ({title:title}), {when:period}.",
                f"{cancel} {again}.",
                page_hint=f"{cancel} {page_again}.",
            )
        case RowNote.UNANSWERED:
            return Words(
                "An earlier run sent this class and got no answer; it is looked up before it is sent again."
            )
        case RowNote.IN_DOUBT_SINCE:
            return Words("An earlier answer was lost, and the class may exist. Since then: {since}")
        case RowNote.FOUND_LATER:
            return Words(
                "Its answer was lost; a look-up found the class.",
                "The call_id of a lost answer cannot be had.",
            )
        case RowNote.TRUSTED_1032:
            return Words(
                "Its answer was lost, and the presenter's time is taken: the class exists. "
                "Its number is not known."
            )
        case RowNote.MET_1032:
            return Words(
                "Its answer was lost. Sent again, the service said that the presenter's time is taken: "
                "most likely the class exists.",
                _LOOK_FIRST,
            )
        case RowNote.CANNOT_TELL:
            return Words(
                "Sent, but never answered, and several classes of the account could be it.", _LOOK_FIRST
            )
        case RowNote.CANNOT_LIST:
            return Words(
                "Sent, but never answered, and the account's classes cannot be listed.",
                "Look in WizIQ whether the class exists before anything else.",
            )
        case RowNote.UNPROVED:
            return Words(
                "Sent, but never answered. No such class is listed, but the account's list does not show "
                "everything that is known to be there, or it may be late.",
                "Look in WizIQ whether the class exists before anything else.",
            )
        case RowNote.UNWITNESSED:
            return Words(
                "Sent, but never answered. No such class is listed; but no class that begins as late is known to be there, "
                "so nobody knows whether the account's list shows that far.",
                _LATER,
                page_hint=_FINISH_LATER,
            )
        case RowNote.NOT_THERE:
            return Words(
                "Scheduled by an earlier run as class {class_id}, which is no longer in the account: somebody cancelled it in "
                "WizIQ, for all that is known. Nothing was sent.",
                "If the lesson takes place: sync the file once without this row, and then with it.",
                page_hint="If the lesson takes place, schedule it in WizIQ.",
            )
        case RowNote.STANDS_OTHERWISE:
            return Words(
                "Scheduled by an earlier run as class {class_id}, which was changed in WizIQ since; it was left as it is."
            )
        case RowNote.IN_ACCOUNT:
            return Words(
                "In the account already, as class {class_id}, though not by this journal; nothing was sent."
            )
        case RowNote.ALIKE:
            return Words(
                f"Nothing was sent: class {{class_id}} of the account may be this one already ({_ALIKE[str(facts['why'])]}).",
                "If it is, run the same command with --take-over; if it is another class, with --as-new.",
                page_hint='Look at that class in WizIQ, then press "They are the same classes" or "They are other classes".',
            )
        case RowNote.STANDS_THERE:
            return Words(
                "Nothing was sent: class {class_id} stands there already, as somebody changed it in WizIQ; it was another lesson's.",
                f"{_WHOSE_NOW} If both are to be, run the same command with --as-new.",
                page_hint=f"{_WHOSE_NOW} Then check the file again.",
            )
        case RowNote.ALIKE_UNLISTED:
            look = f"{_SAY_FIRST if facts['alike'] else ''}Look in WizIQ; if there is no such class and there should be,"
            return Words(
                "Nothing was sent: other rows of this file are in the account already, sent from another computer, "
                "and this one is not listed. It may be new, or cancelled there, or the list leaves it out.",
                f"{look} run the same command with --as-new.",
                page_hint=f'{look} press "Send them as new classes".',
            )
        case RowNote.ASK:
            asked = f"Sent, but never answered, and no such class is listed. It was not sent again, {_AS_SET}"
            return Words(f"{asked} {_RESEND}", page=f"{asked} {_ASK_KEEPER}")
        case RowNote.GIVEN_UP:
            return Words(
                "Sent more than once, never answered, and each time no class was created.",
                _LATER,
                page_hint=_FINISH_LATER,
            )
        case RowNote.PRESUMED:
            told = f"{_PRESUMED} a look-up could not tell whether this class exists. Nothing was sent:"
            return Words(
                f"{told} submit the same file later, or look in WizIQ; if it is not there, submit with --as-new.",
                page=f'{told} press "Finish it" later, or look in WizIQ; if it is not there, press "Send them as new classes".',
            )
        case RowNote.PRESUMED_ALIKE:
            return Words(
                f"{_PRESUMED} several classes of the account could be this one. Nothing was sent: "
                "look at the presenter's classes in WizIQ before anything else."
            )
        case RowNote.PRESUMED_ASK:
            asked = f"{_PRESUMED} no such class is listed. It was not sent, {_AS_SET}"
            return Words(f"{asked} {_RESEND}", page=f"{asked} {_ASK_KEEPER}")


def _of_another_run(what: RowNote, *, is_undo: bool) -> Words:
    """What a run before this one, or since, did with the class."""
    if what is RowNote.EARLIER_RUN:
        return Words("Scheduled by an earlier run; nothing was sent.")
    if what is RowNote.CHANGED_SINCE:
        return Words(
            "Taken back since: class {class_id} is again {title:title}, {when:period} (run {by})."
            if is_undo
            else "Changed since: class {class_id} is now {title:title}, {when:period} (run {by})."
        )
    return Words(
        "Taken back since: class {class_id} was cancelled (run {by})."
        if is_undo
        else "Class {class_id} was cancelled since (run {by})."
    )


def _called(facts: Mapping[str, object]) -> Words:
    if facts["foreign"]:
        return Words(
            "class {class_id} ({title}), made elsewhere"
            if facts["class_id"]
            else "class ({title}), made elsewhere"
        )
    return Words(
        "class {class_id} ({title}), sent with another file"
        if facts["class_id"]
        else "class ({title}), sent with another file"
    )
