"""What became of a class whose row changed, or went away."""

from collections.abc import Mapping
from dataclasses import replace

from batch.core.message import ChangeNote, SyncNote
from batch.core.rows.columns import BY_NAME
from batch.core.service.api_codes import BY_CODE, CODES_OF_A_CLASS
from batch.report.wording.language import translated
from batch.report.wording.phrases import KEEPER, Words
from batch.report.wording.runs import some

_BY = {
    "key": "the same lesson_id",
    "title and presenter": "{when:period}; same title and presenter",
    "start and title": "{presenter}; same start and title",
    "start and presenter": "{title:title}; same start and presenter",
    "": "",
}
#: Why no change would be accepted, by `Why` of core/changes/account.py.
WHY = {
    "no room": "there would be no room in the account at that time",
    "presenter": "its presenter would have two classes at once",
    "nowhere to park": "another class stands where it is to go, and there is nowhere to move one of them meanwhile",
    "another": "a change that has to come first could not be made",
    "": "",
}
#: Why nothing of a file was sent that would have changed classes.
_WHY_STOPPED = {
    SyncNote.TOO_MUCH_CHANGED: "more would change at once than the limits allow",
    SyncNote.ANOTHER_VERSION: "the file looks like another timetable than the one before under its name",
    SyncNote.NOBODY_TO_ASK: "nobody could be asked",
    SyncNote.CHANGE_DECLINED: "somebody was asked, and said no",
}
_LOOK = "Look at the class in WizIQ."
_OVERWRITE = "To have it as the file says all the same: sync with --overwrite-edits."
_CANCEL = "To cancel it all the same: sync with --overwrite-edits."


def words_of(what: ChangeNote, facts: Mapping[str, object]) -> Words:
    match what:
        case ChangeNote.CHANGED:
            return Words("{changes:sentences}")
        case ChangeNote.CHANGED_START:
            return Words("Start: {before:period} -> {after:period}.")
        case ChangeNote.CHANGED_VALUE:
            was = "{before}" if facts["before"] else "empty"
            column = str(facts.get("column", ""))
            name = "{name}" if facts["name"] or column not in BY_NAME else BY_NAME[column].called
            return Words(f"{name}: {was} -> {{after}}.")
        case ChangeNote.BACK_IN_PLACE:
            return Words("Set to what the row says.")
        case ChangeNote.OVERWRITTEN:
            return Words("Overwrites what somebody made of it in WizIQ: {listed}.")
        case ChangeNote.CHANGED_BY_HAND:
            return Words("Class {class_id} was changed to this in WizIQ already; nothing was sent.")
        case ChangeNote.CANCELLED:
            return Words("No longer in the file: the class was cancelled.")
        case ChangeNote.BEYOND:
            where = "after the last" if facts["is_after"] else "before the first"
            return Words(
                f"Left alone: it lies {where} lesson of the file.",
                "If it is gone, sync the file with --whole.",
                page_hint="If it is gone, say so where the check asks about the classes that exist.",
            )
        case ChangeNote.KEPT_FOR:
            return Words(
                "Left as it is: class {class_id} stands for a row of {file}, too.",
                "If it is gone, take the row out of that file, too, and sync that file.",
                page_hint="If it is gone, take the row out of that file, too.",
            )
        case ChangeNote.EARLIER_CLASS:
            return Words(
                f"Was scheduled as class {{class_id}} ({_BY[str(facts['by'])]}), and that class still exists as it was.",
                "If this row takes its place, `classbatch sync` changes that class; if it is another lesson, "
                "submit with --as-new.",
                page_hint="If this row takes its place, let the check change that class; if it is another lesson, give it another title.",
            )
        case ChangeNote.EARLIER_CLASSES:
            return Words(
                "May be a lesson that moved: several classes with its title and presenter no longer have a row, "
                "and nobody can say which it was.",
                "If it is another lesson, run the same command with --as-new; a title of its own tells a lesson apart.",
                page_hint="Give each lesson a title of its own.",
            )
        case ChangeNote.ASKED_FOR_ELSEWHERE:
            return Words(
                "Class {class_id} stands for a row of {file}, too, and was left as it is.",
                "Change both files in the same way.",
            )
        case ChangeNote.EDITED_BY_HAND:
            return Words(
                "Class {class_id} was changed in WizIQ: {left} -> {listed}. It was left as it is.",
                _CANCEL if facts.get("is_gone") else _OVERWRITE,
                page_hint=_LOOK,
            )
        case ChangeNote.CLASS_AS:
            return Words("{title:title}, {when:period}")
        case ChangeNote.CANCELLED_BY_HAND:
            return Words(
                "Class {class_id} is no longer in the account: somebody cancelled it in WizIQ.",
                "To schedule the row as a new class: sync with --recreate.",
                page_hint=_LOOK,
            )
        case ChangeNote.EDITS_NOT_KNOWN:
            return Words(
                "The account does not list class {class_id}: nobody knows whether it was changed in WizIQ. "
                "It was left as it is.",
                _CANCEL if facts.get("is_gone") else _OVERWRITE,
                page_hint=_LOOK,
            )
        case ChangeNote.WAS_THERE_BEFORE:
            return Words(
                "Class {class_id} was in the account before this journal knew of it, and was left as it is.",
                _CANCEL,
                page_hint=_LOOK,
            )
        case ChangeNote.COLUMN_LOST:
            gets = "{default} minutes" if facts["name"] == "duration" else "{default}"
            return Words(
                f"The file has no column {{header}} any more, and without it class {{class_id}} would get {gets}. It was left "
                "as it is.",
                "Name that column as it was; or, if {default} is right, sync with --replaces.",
                page_hint="Name that column as it was, and send the file in again.",
            )
        case ChangeNote.NO_ORDER:
            return Words(
                f"Its class was not changed: {WHY[str(facts['why'])]}.",
                "Sync the file again once there is room, or give the row another time.",
                page_hint="Send the file in again once there is room, or give the row another time.",
            )
        case ChangeNote.TURNED_DOWN:
            own = " That may speak of the class's own old time." if facts["code"] == "1032" else ""
            return Words(
                f"Class {{class_id}} is as it was. The service said {{code}}: {{text}}{own}",
                "Change it in WizIQ, or give the row another time.",
            )
        case ChangeNote.CHANGE_REFUSED:
            known = BY_CODE.get(str(facts["code"]))
            meaning = " {meaning}" if known else ""
            touched = (
                "What was sent first for class {class_id} was never answered, and may be done; what was sent last was not."
                if facts.get("is_unsure")
                else "Class {class_id} was not touched."
            )
            return Words(
                f"{touched}{meaning} The service said {{code}}: {{text}}",
                known.advice if known is not None and known.code in CODES_OF_A_CLASS else _LOOK,
                more={"meaning": translated(known.meaning) if known else ""},
            )
        case ChangeNote.UNANSWERED_CHANGE:
            return Words(
                "What was sent for class {class_id} was never answered: it may be as before, or as the row says.",
                "Run the same undo again: the class is looked at first."
                if facts.get("again") == "undo"
                else "Sync the file again: it is looked at first.",
                page_hint="Finish it: the class is looked at first.",
            )
        case ChangeNote.IS_PARKED:
            return Words(
                "Class {class_id} was moved aside for a moment, to {when:period}, and a run ended before it moved on.",
                "`classbatch sync` of its timetable moves it to where it belongs.",
                page_hint="The next import that changes classes moves it to where it belongs.",
            )
        case ChangeNote.NOT_CHANGED_YET if facts.get("stopped_by"):
            why = _WHY_STOPPED[SyncNote(str(facts["stopped_by"]))]
            return _stopped(Words(f"Its class was not changed: {why}."), facts)
        case ChangeNote.NOT_CHANGED_YET:
            return Words(
                "The run ended before its class was changed.",
                "Sync the same file again.",
                page_hint='Press "Finish it".',
            )
        case ChangeNote.NOT_CANCELLED_YET if facts.get("stopped_by"):
            why = _WHY_STOPPED[SyncNote(str(facts["stopped_by"]))]
            return _stopped(Words(f"The class was not cancelled: {why}."), facts)
        case ChangeNote.NOT_CANCELLED_YET:
            return Words(
                "The run ended before the class was cancelled.",
                "Sync the same file again.",
                page_hint='Press "Finish it".',
            )
        case ChangeNote.STILL_ASKED_FOR:
            return Words(
                "A row of the file is class {class_id} as it stands: it was not cancelled.",
                "Look for a row that is in the file twice.",
            )
        case ChangeNote.PLACE_IS_TAKEN:
            return Words(
                "Class {class_id} was not changed: class {other} is this lesson already, or is to become it. "
                "It is as it was.",
                "Cancel one of them in WizIQ, or give the row another time or title.",
            )
        case ChangeNote.NOT_AS_PLANNED:
            return Words(
                "Class {class_id} was not changed: another run has changed it since this one began.",
                "Run the same undo again: the class is looked at first."
                if facts.get("again") == "undo"
                else "Sync the file again: the class is looked at first.",
                page_hint="Send the file in again: the class is looked at first.",
            )


def _stopped(words: Words, facts: Mapping[str, object]) -> Words:
    """With what helps against that for which nothing of the file was sent."""
    why = sync_words(SyncNote(str(facts["stopped_by"])), facts)
    return replace(words, hint=why.hint or "Sync the same file again.", page_hint=why.page_hint)


def sync_words(what: SyncNote, facts: Mapping[str, object]) -> Words:
    match what:
        case SyncNote.TOO_MUCH_CHANGED:
            return Words(
                "Nothing was sent: of {classes:count class|classes} to come, {touched} would be touched, {changed} changed "
                "and {cancelled} cancelled; more than {most_changed} % touched, or {most_cancelled} % cancelled, should "
                "be looked at first.",
                "If that is right, sync the file with --most-changed 100 --most-cancelled 100.",
                page_hint=f"If that is right, the limits can be raised for once. {KEEPER}",
            )
        case SyncNote.CHANGE_DECLINED:
            return Words("Nothing was sent, as you said.")
        case SyncNote.NOBODY_TO_ASK:
            return Words(
                "Nothing was sent: there is no terminal to ask on.",
                "In a script, say --yes.",
                page_hint=f"Nothing was sent. {KEEPER}",
            )
        case SyncNote.ANOTHER_VERSION:
            return Words(
                "Nothing was sent: {file} looks like another timetable than the one before under its name. Of "
                "{lessons} lessons to come, {found} are in it.",
                "If it replaces that one, run the same command with --replaces; if it is another, name it with "
                "--timetable NAME.",
                page_hint=f"Give the file another name if it is another timetable. {KEEPER}",
            )
        case SyncNote.STILL_PARKED:
            return Words(
                "Moved aside for a moment, and not yet where they belong: {shown}.",
                "Run `classbatch sync` with the newest file: it moves them first.",
                page_hint="The next import that changes classes moves them to where they belong.",
                more={"shown": some(facts["classes"], lambda each: f"{each[0]} ({each[1]})")},
            )
