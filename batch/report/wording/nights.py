"""What stops a night or a file of it, and what is worth knowing of one."""

from collections.abc import Mapping

from batch.core.message import NightFault, NightNote
from batch.report.wording.phrases import Words


def fault_words(what: NightFault) -> Words:
    match what:
        case NightFault.WHERE:
            return Words(
                "No folder is named in which the timetables arrive.",
                "Name it: classbatch nightly INBOX. Or set inbox in classbatch.toml.",
            )
        case NightFault.NO_INBOX:
            return Words(
                "The inbox {folder} cannot be read: {why}.",
                "Name a folder that the user who runs classbatch may read and write.",
            )
        case NightFault.NOTHING_THERE:
            return Words(
                "There is no folder and no file called {place}.",
                "Name the folder in which the timetables arrive, or make it: mkdir -p {place:typed}",
            )
        case NightFault.NO_FOLDER:
            return Words(
                "The folder {folder} cannot be made: {why}.",
                "Let the user who runs classbatch write the inbox: what was imported is moved there.",
            )
        case NightFault.CLOSED_FOLDER:
            return Words(
                "The folder {folder} cannot be written.",
                "Let the user who runs classbatch write it: what was imported is moved there.",
            )
        case NightFault.NOT_MOVED:
            return Words(
                "{file} could not be moved to {folder}: {why}.",
                "Let the user who runs classbatch write both folders. The next night takes the file once more: "
                "nothing is scheduled twice.",
            )
        case NightFault.CHANGED:
            return Words(
                "{path} was changed or taken away while it was imported.",
                "The next night takes what lies there then; nothing is scheduled twice.",
            )
        case NightFault.STRANGER:
            return Words(
                "There are no settings for an account called {name}, whose files lie in {folder}.",
                "Write them under [accounts.{name}] in classbatch.toml; or, where the files are of the inbox's own "
                "account, under [folders.{name}], or move them into the inbox itself.",
            )
        case NightFault.NO_APPRISE:
            return Words(
                "The setting notify is set, and apprise, which delivers notifications, is not installed.",
                "In the folder of classbatch: pip install '.[notify]'. Or take notify out.",
            )
        case NightFault.BAD_ADDRESS:
            return Words(
                "In the setting notify, address {nth} of {number} is none that apprise knows.",
                "See github.com/caronc/apprise for how they are written; a space separates one from the next.",
            )
        case NightFault.BUG:
            return Words(
                "This failed by a fault of classbatch ({error}); the log has the details.",
                "Send them to whoever looks after classbatch. What was sent before is in the journal: the same "
                "file, submitted again, schedules nothing twice.",
            )


def words_of(what: NightNote, facts: Mapping[str, object]) -> Words:
    match what:
        case NightNote.SETTLING:
            return Words("A file has only just arrived; looking again in {seconds:g} s, when it is whole.")
        case NightNote.HANDED_OVER:
            return Words("Handed over to the workers: {path}. It lies in {file} now.")
        case NightNote.WAITS_ALREADY:
            return Words("The same file waits for the workers already: {path}. It lies in {file} now.")
        case NightNote.WAS_IMPORTED:
            return Words("A worker has imported {path}. It lies with its results in {file} now.")
        case NightNote.WAS_NOT_IMPORTED:
            return Words(
                "A worker could not import {path}. It lies in {file} now.\n{said}",
                "Mend it and hand it in again; or, if it is right all the same, run: "
                "classbatch nightly --enqueue --accept {file:typed}{options:besides}",
            )
        case NightNote.MORE_STRANGERS:
            return Words("There are no settings for the accounts of {number:,} more folders.")
        case NightNote.STILL_WRITTEN:
            return Words("Still being written, for the next night: {path}")
        case NightNote.LEFT_ALONE:
            return Words("Left alone, because it is no .xlsx or CSV file of its own: {path}")
        case NightNote.INBOX_NOT_LOCKED:
            return Words("The inbox cannot be locked: {inbox}. Each file is claimed by renaming it instead.")
        case NightNote.NOT_CLAIMED:
            return Words(
                "The file cannot be renamed ({why}), so only the journal of this computer keeps its rows from "
                "being sent twice: {path}",
                "Let the user who runs classbatch write the inbox; until then let no other computer import from it.",
            )
        case NightNote.FILE_WAITS:
            return Words("The file waits for the next night: {path}")
        case NightNote.SAME_CONTENT:
            if facts.get("syncs"):
                return Words(
                    "The same content as {file} of {at:utc}; its classes were compared all the same."
                )
            return Words("The same content as {file} of {at:utc}: only what is still open was tried again.")
        case NightNote.VANISHED:
            # The files before that one may have had more; those stand among the classes that are no longer in the file.
            are = (
                "is not in this one as it was" if facts["number"] == 1 else "are not in this one as they were"
            )
            return Words(
                f"{{number:count scheduled class|scheduled classes}} of the file before {are}. "
                "What is not wanted is cancelled by `classbatch sync`, or in WizIQ:"
            )
        case NightNote.VANISHED_CLASS:
            seems = "" if facts["row"] is None else "; row {row} seems to replace it"
            return Words(f"- class {{class_id}} ({{title:title}}, {{starts:utc}}){seems}.")
        case NightNote.MORE_VANISHED:
            return Words("- and {number:,} more.")
        case NightNote.ANOTHER_TIMETABLE:
            return Words(
                "Hardly any class of {file} of {at:utc} is in this file: it counts as another timetable of that "
                "name, and nothing is said of the classes of the other.",
                "Give each timetable a file name of its own, or the setting timetable.",
            )
        case NightNote.GUARD:
            return Words("Nothing of the file was sent: {reasons:list and}.")
        case NightNote.INVALID_SHARE:
            return Words("{number} of its {total} rows are invalid (guard_invalid_percent is {setting})")
        case NightNote.VANISHED_SHARE:
            return Words(
                "{number} of {total} scheduled classes to come are no longer in it "
                "(guard_vanished_percent is {setting})"
            )
        case NightNote.SMALLER:
            return Words(
                "it has {rows} rows to come where the file before had {total} "
                "(guard_smaller_percent is {setting})"
            )
        case NightNote.SHIFTED:
            return Words("{number} of {total} classes that exist would be {shift_s:shift}")
        case NightNote.TO_GO_ON:
            return Words(
                "If it is right all the same, run: classbatch nightly --accept {file:typed}{options:besides}"
            )
        case NightNote.ACCEPT_AGAIN:
            return Words(
                "Not finished; run the same command again later: "
                "classbatch nightly --accept {path:typed}{options:besides}"
            )
        case NightNote.ASKED_TO_STOP:
            return Words("The run was asked to stop.")
        case NightNote.TIME_WAS_OVER:
            return Words("The time for this night was over.")
        case NightNote.NOT_DELIVERED:
            return Words("The notification could not be delivered.")
        case NightNote.NO_METRICS:
            return Words("The metrics could not be written to {file}.")
