"""Why a journal cannot be used, or not now."""

from collections.abc import Mapping

from batch.core.message import JournalFault
from batch.report.wording.phrases import Words

_LATER = "Run the same command again later."
_NOTHING = "Nothing was sent."
_IN_A_WHILE = "Try again in a while."


def words_of(what: JournalFault, facts: Mapping[str, object]) -> Words:
    match what:
        case JournalFault.LOCKED:
            since = ": {holder}" if facts["holder"] else ""
            return Words(f"Another run is at work on {{name}}{since}.", _LATER, page_hint=_IN_A_WHILE)
        case JournalFault.SUPERSEDED:
            return Words(
                "Another run has taken over this account, and goes on where this one was.",
                _LATER,
                page_hint=_IN_A_WHILE,
            )
        case JournalFault.UPLOADS_LOCKED:
            since = " ({holder})" if facts["holder"] else ""
            return Words(
                f"Another `classbatch serve` has the uploads in {{state}}{since}.",
                "Use that one, or stop it first.",
            )
        case JournalFault.CANNOT_LOCK:
            return Words(
                "This disk cannot lock: {path}: {why}.",
                "Move the state folder, with all that is in it, to a local disk, and set `state` to its new "
                f"place. {_NOTHING}",
            )
        case JournalFault.GONE:
            return _untrusted("is gone", facts)
        case JournalFault.NOT_A_FILE:
            return _untrusted("is not a file", facts)
        case JournalFault.NOT_OURS:
            return _untrusted("is empty or not a journal of classbatch", facts)
        case JournalFault.NO_VERSION:
            return _untrusted("is of a version that never was ({version})", facts)
        case JournalFault.DAMAGED:
            return _untrusted("is damaged ({why})", facts)
        case JournalFault.NEWEST_LOST:
            return _untrusted("has lost its newest entries ({lost} of {commits} commits)", facts)
        case JournalFault.BAD_WATERMARK:
            return _untrusted("has a watermark beside it that is no number", facts)
        case JournalFault.GONE_AFTER_USE:
            return _untrusted("is gone, although classes were scheduled by it", facts)
        case JournalFault.NEWER:
            return Words(
                "The journal {path} is of version {version}, and this classbatch knows versions up to {known}.",
                f"Run the classbatch that wrote it, or a newer one. {_NOTHING}",
            )
        case JournalFault.OF_ANOTHER_ACCOUNT:
            return Words(
                "The journal {path} belongs to another account ({owner}).",
                f"Use the access key it was made with, or put the folder back where it was. {_NOTHING}",
            )
        case JournalFault.CANNOT_OPEN:
            return Words(
                "{path} cannot be opened: {why}.",
                f"Let the user who runs classbatch read and write this folder. {_NOTHING}",
            )
        case JournalFault.CANNOT_WRITE:
            return Words(
                "The journal {path} cannot be written: {why}.",
                "Free space on its disk and see that the folder can be written, then run the same command "
                "again: what was already sent is in the journal.",
            )
        case JournalFault.ELSEWHERE:
            return Words(
                "Batch {batch} is another account's.",
                f"Use the keys it was sent with, or --profile. {_NOTHING}",
                page_hint=_NOTHING,
            )
        case JournalFault.OF_A_SANDBOX:
            return Words(
                "Batch {batch} ({file}) was sent to a sandbox: no class of it is in WizIQ.",
                "Take it back there: classbatch undo {batch} --sandbox{options:besides}",
                page_hint=_NOTHING,
            )
        case JournalFault.IS_AN_UNDO:
            return Words(
                "Batch {batch} took back what batch {undone} did.",
                f"To have those classes again, submit the file again. {_NOTHING}",
            )
        case JournalFault.NO_SUCH_ROWS:
            return Words(
                "Batch {batch} made and changed no class for row {rows:list or}.",
                f"`classbatch results {{batch}} --out FILE.xlsx` shows what it did. {_NOTHING}",
                page_hint=_NOTHING,
            )
        case JournalFault.TAKEN_BACK_ALREADY:
            of = "Row {rows:list and} of batch" if facts["rows"] else "Batch"
            lists = "`classbatch status` lists what was done."
            earlier = (
                "To take back what came before, {earlier_file}: classbatch undo {earlier}{options:besides}"
            )
            return Words(
                f"{of} {{batch}} ({{file}}): taken back already. A class that it made is cancelled, one that it changed "
                "is as it was.",
                f"{_NOTHING} {earlier if facts['earlier'] else lists}",
                page_hint=_NOTHING,
            )
        case JournalFault.NOTHING_DONE:
            gone = " What it cancelled does not come back." if facts["cancelled"] else ""
            return Words(
                f"Batch {{batch}} made and changed no class: there is nothing to take back.{gone}",
                f"{_NOTHING} To take back an earlier one, name it: classbatch status lists them.",
            )
        case JournalFault.NO_BATCH:
            if facts["batch"]:
                return Words("The journals in {state} know of no batch {batch}.", "See: classbatch status.")
            return Words(
                "The journals in {state} know of no batch yet.",
                "Submit a timetable first; what --sandbox did is not kept.",
            )
        case JournalFault.DISK_FULL:
            return Words(
                "The disk that holds {folder} has only {free} MiB free.",
                f"Free at least {{least}} MiB. {_NOTHING}",
            )
        case JournalFault.MOVED:
            return Words(
                "The journal {path} was moved, and is sealed: it is now {to}.",
                f"Set `journal` so that it is found there: nothing is sent by the old one. {_NOTHING}",
            )
        case JournalFault.STILL_A_FILE:
            return Words(
                "This account's journal is not in the database yet: it is the file {path}.",
                f"Move it there: classbatch doctor --move-journal database. {_NOTHING}",
            )
        case JournalFault.NOTHING_TO_MOVE:
            return Words("There is no journal to move: {path}.", _NOTHING)
        case JournalFault.IN_USE:
            return Words(
                "This account has another journal already where it is to be moved: {path}.",
                "Two journals cannot become one. Go on with the one that knows of the newer batches "
                f"(classbatch status), and leave the other alone. {_NOTHING}",
            )
        case JournalFault.NOT_MOVED:
            return Words(
                "The journal {path} is not what it was before it was moved.",
                f"Go on with the old one, and tell whoever looks after classbatch. {_NOTHING}",
            )
        case JournalFault.NO_DATABASE:
            return Words(
                "Nothing says which database the journal is moved into, or out of.",
                "Set `journal` in classbatch.toml, or the variable CLASSBATCH_JOURNAL, and leave it set until it is "
                f"moved. {_NOTHING}",
            )
        case JournalFault.OTHER_ACCOUNT:
            return Words(
                "The keys on the computer that took this are another account's than those of the upload page.",
                "Give both computers the same keys, under the same name; docs/cluster.md says where.",
            )
        case JournalFault.NO_QUEUE:
            return Words(
                "Nothing says in which database the files wait for workers.",
                f"Set `journal` in classbatch.toml, or the variable CLASSBATCH_JOURNAL; docs/cluster.md says how. {_NOTHING}",
            )
        case JournalFault.NO_PSYCOPG:
            return Words(
                "The journals are in a PostgreSQL database, and what it takes to reach one is not installed.",
                f"Install it: pip install '.[cluster]' in its folder. {_NOTHING}",
            )
        case JournalFault.NOT_REACHED:
            return Words(
                "The database {path} cannot be reached: {why}.",
                "See that it runs, and that `journal` (or the variable CLASSBATCH_JOURNAL) has its address; a "
                f"password belongs into ~/.pgpass. {_NOTHING}",
            )
        case JournalFault.DATABASE_FAILED:
            return Words(
                "The journal in {path} cannot be written: {why}.",
                "See that the database runs and has room on its disk, then run the same command again: what was "
                "already sent is in the journal.",
            )
        case JournalFault.NO_FILE_BACKUP:
            return Words(
                "A journal in PostgreSQL takes its history from no file.",
                "Put the database back by its own tools (pg_restore), then run classbatch doctor --start-over "
                f"without --backup. {_NOTHING}",
            )
        case JournalFault.BAD_ALIAS:
            return Words(
                "{path} does not name an account.",
                "Put back the file from a copy, or delete it: the account is then recognised anew by its "
                f"classes. {_NOTHING}",
            )


def _untrusted(fault: str, facts: Mapping[str, object]) -> Words:
    sent = "Nothing more is sent" if facts["sent"] else "Nothing was sent"
    return Words(
        f"The journal {{path}} {fault}.",
        f"{sent}. Leave the folder {{folder}} as it is, and run: classbatch doctor --start-over "
        "(with --backup FILE, if there is a copy of journal.sqlite3 from an earlier day). Every class is then "
        "looked up before it is sent; see docs/doubt.md.",
    )
