"""What is worth knowing while a run goes on, and at its end."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from batch.core.message import RunNote
from batch.report.wording.phrases import KEEPER, Words, tr

#: So many classes are named in one sentence; the rest is a number.
_MOST_NAMED = 5


def words_of(what: RunNote, facts: Mapping[str, object]) -> Words:
    match what:
        case RunNote.PAUSED:
            return Words("Paused.")
        case RunNote.PAUSE_ASKED_FOR:
            return Words("The service asked for a pause.")
        case RunNote.STOPPING:
            return Words("Stopping: what is under way is finished first.", "Once more to leave at once.")
        case RunNote.TIME_IS_OVER:
            return Words("Stopping: the time for this run is over. What is under way is finished first.")
        case RunNote.CLOCKS_APART:
            offset = cast("float", facts["offset_s"])
            return Words(
                "The service's clock is {seconds:.0f} s ahead of this computer's."
                if offset > 0
                else "The service's clock is {seconds:.0f} s behind this computer's.",
                "Set this computer's clock right.",
                more={"seconds": abs(offset)},
            ).for_keeper()
        case RunNote.FOREIGN_NOT_COUNTED:
            return Words("Classes that were made elsewhere are not counted. {why}")
        case RunNote.LIMIT_LEARNED:
            return Words(
                "The service lets {limit} classes be scheduled at once; the rest of the file is planned by that."
            )
        case RunNote.COUNTS_CALLS:
            return Words("The service counts open requests, not classes; at most {most} are made at once.")
        case RunNote.JOURNAL_STARTED_OVER:
            return Words(
                "The journal was started over: {number:count class|classes} looked up in the account, "
                "in {seconds:.0f} s."
            )
        case RunNote.ANSWERS_LOOKED_UP:
            return Words("{number:count lost answer} to be looked up, in {seconds:.0f} s.")
        case RunNote.LISTED_AGAIN:
            return Words(
                "{number:count scheduled class is|scheduled classes are} not in the account's list; it is read once more in "
                "{seconds:.0f} s."
            )
        case RunNote.STOPPED_LOCK_LOST:
            return Words(
                "Stopped: the file `lock` beside the journal was deleted, and another run may be at work "
                "on this account."
            )
        case RunNote.STOPPED_ANSWERS_LOST:
            return Words("Stopped: too many answers were lost.")
        case RunNote.STOPPED_NEVER_ANSWERED:
            return Words("Stopped: {classes} classes were sent and never answered.")
        case RunNote.STOPPED_UNAVAILABLE:
            return Words("Stopped: {why}")
        case RunNote.LOCKED_OUT:
            return Words("The service rejects our requests: {why}")
        case RunNote.DOUBLED:
            return Words(
                "Twice in the account: {shown}.",
                "Look at both in WizIQ and cancel the one too many."
                if facts["are_presenters_named"]
                else "The account's list does not name teachers: look at both in WizIQ, and cancel one only if both are "
                "the same teacher's.",
                more={
                    "shown": some(
                        facts["pairs"],
                        lambda pair: tr(
                            "class {one} like {other} ({row})", one=pair[0], other=pair[1], row=_row(pair[2])
                        ),
                    )
                },
            )
        case RunNote.MISTAKEN:
            return Words(
                "The service gave rows the number of another class: {shown}.",
                "Look at these classes in WizIQ before you give out their links.",
                more={
                    "shown": some(
                        facts["rows"],
                        lambda row: tr(
                            "{row}: class {given} is another one, {like} looks like it",
                            row=_row(row[0]),
                            given=row[1],
                            like=row[2],
                        ),
                    )
                },
            )
        case RunNote.GONE:
            return Words(
                "Scheduled, but no longer in the account: {shown}.",
                "If nobody cancelled them on purpose, ask WizIQ.",
                more=_classes_with_rows(facts),
            )
        case RunNote.EDITED:
            return Words(
                "Changed in WizIQ since they were scheduled: {shown}.", more=_classes_with_rows(facts)
            )
        case RunNote.RECOGNISED:
            another = "If these are another group's classes,"
            told, pressed = (
                "submit the file with --as-new next: later, they are taken for this file's.",
                'press "They are other classes" next: later, they are taken for this file\'s.',
            )
            return Words(
                "{rows} rows are in the account already, by start, length and title: from class {first[0]} "
                "({first[1]}, {first[2]:moment}) to class {last[0]} ({last[1]}, {last[2]:moment}). The list names no "
                "presenters.",
                # Of rows that are held, what is answered next is what those ask.
                f"{another} name the group in the titles and submit the file again."
                if facts["held"]
                else f"{another} {told}",
                page_hint=f"{another} name the group in the titles of the file."
                if facts["held"]
                else f"{another} {pressed}",
            )
        case RunNote.NO_LIST:
            return Words(
                "The classes of this account cannot be listed, and this journal has never sent anything to it: "
                "nobody can see whether the file was sent before, from another computer. {why}",
                "Nothing was sent. If it is the first time, say so: --first-time, or first_time with today's date "
                "in the settings.",
                page_hint='Nothing was sent. If nobody did, press "This is the first time".',
            )
        case RunNote.NOT_LISTED:
            return Words(
                'The account\'s list does not show "{title}" (class {class_id}), which was scheduled first to see '
                "whether it would: nobody can see whether the file was sent before, from another computer.",
                "Nothing else was sent. If it is the first time, say so: --first-time, or first_time with today's "
                "date in the settings.",
                page_hint='Nothing else was sent. If nobody did, press "This is the first time".',
            )
        case RunNote.LIST_IS_LATE:
            return Words(
                "This account's list shows new classes minutes late. {seconds:.0f} s are waited, this once, so that it "
                "shows what another computer may have sent."
            )
        case RunNote.SHIFTED:
            return Words(
                "{number} of {total} classes that exist would be {shift_s:shift} in this file: "
                "perhaps its zone or a column was corrected, or is wrong now.",
                "Nothing is sent. If it is right, run the command again with --replaces; if this is another timetable, "
                "give it a name of its own with --timetable NAME.",
                page_hint='Nothing is sent. If it is right, press "It replaces the classes that exist"; if this is another '
                "timetable, give its file a name of its own.",
            )
        case RunNote.ANOTHER_TIMETABLE:
            return Words(
                "Hardly any class of {file}, sent at {at:utc}, is in this file: it counts as another timetable of that "
                "name, and nothing is said of the classes of the other.",
                "If it is the next version, run the command with --replaces; else name each timetable with "
                "--timetable NAME.",
                page_hint="Give each timetable a file name of its own.",
            )
        case RunNote.LOOKED:
            return Words("The account was looked at: it lists {classes:count class|classes} still to come.")
        case RunNote.LIST_LATER:
            return Words(
                "Nothing is sent before the account's classes were listed. {why}",
                "Nothing was sent. Run the same command again later.",
                page_hint='Nothing was sent. Press "Finish it" later.',
            )
        case RunNote.TURNED_AWAY:
            return Words(
                "The service turns requests away: {why}",
                "Nothing was sent. Check both keys and the base URL, for example with `classbatch doctor`.",
                page_hint=f"Nothing was sent. {KEEPER}",
            )
        case RunNote.RENEWED_KEY:
            return Words(
                "This access key is new here, and its account is known: it lists classes that were scheduled "
                "under another key. Its journal goes on."
            )
        case RunNote.RESULTS:
            return Words("Results: {path}")
        case RunNote.RESULTS_ELSEWHERE:
            why = (
                "was not written by classbatch, or was changed since, and is left as it is"
                if facts["kept"]
                else "could not be replaced, perhaps because it is open in another program"
            )
            return Words(f"{{wanted}} {why}; the results are in {{path}} instead.")
        case RunNote.MARKED_COPY:
            return Words("Marked copy ({rows:count row} marked): {path}")
        case RunNote.CALENDAR:
            return Words("Calendar of {classes:count class|classes}: {path}")
        case RunNote.TAKES_BACK:
            return Words("The last run that changed anything in WizIQ: {batch}, {file}, at {at:utc}.")
        case RunNote.TOOK_BACK:
            return Words("This run is an undo of batch {batch} ({file}).")
        case RunNote.MADE_AGAIN:
            return Words(f"While {{file}} has these rows, {_again(facts)}.")
        case RunNote.UNDO_GOES_ON:
            return Words("Going on with an undo of batch {batch} that was cut short.")


def _again(facts: Mapping[str, object]) -> str:
    """What comes of rows that were taken back, while the file has them."""
    made, changed = facts.get("made", 1), facts.get("changed", 0)
    if not changed:
        return "the next run of it makes their classes again"
    again = "the next sync of it changes them again"
    return f"{again}, and makes again the classes that were cancelled" if made else again


def _classes_with_rows(facts: Mapping[str, object]) -> Mapping[str, object]:
    return {
        "shown": some(
            facts["classes"], lambda each: tr("{class_id} ({row})", class_id=each[0], row=_row(each[1]))
        )
    }


def _row(which: int | str) -> str:
    """A row by its number; one that is not in this file, by its title."""
    if isinstance(which, int):
        return tr("row {row}", row=which)
    return tr("{title}, not in this file", title=which)


def some(several: object, in_words: Callable[[Any], str]) -> str:
    """The first of several in words, and how many more there are."""
    found = cast("Sequence[object]", several)
    shown, more = ", ".join(map(in_words, found[:_MOST_NAMED])), len(found) - _MOST_NAMED
    return tr("{shown} and {more} more", shown=shown, more=more) if more > 0 else shown
