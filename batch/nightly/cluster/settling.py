"""What became of a file that a worker has tried: whether it is done with, or waits, and why it failed."""

from dataclasses import replace

from batch.core.errors import FileProblem
from batch.core.message import JournalFault, NightFault, NightNote, RunNote, SettingFault
from batch.core.outcome import Outcome
from batch.core.tally import Exit
from batch.journal.postgresql.deposits import FAILED
from batch.nightly.night import Taken
from batch.nightly.wording import file_in_words

#: Whose rows may be tried again: what kept them may be over.
_WAITING = (Outcome.HELD, Outcome.UNKNOWN, Outcome.NOT_SENT)

#: Said of a run whose account is another one's.
ANOTHERS = {
    *(JournalFault.LOCKED, JournalFault.SUPERSEDED, JournalFault.DATABASE_FAILED),
    RunNote.STOPPED_LOCK_LOST,
}


def faults_of(taken: Taken) -> set[object]:
    """What kept a file from being imported, as codes."""
    return {
        each.what
        for each in (taken.trouble.messages if taken.trouble else taken.ending.notes if taken.ending else ())
    }


def is_settled(taken: Taken) -> bool:
    """Whether a file is done with, for good or ill; else its account or the service is not to be had, and it waits."""
    if taken.exit_code is not Exit.CANNOT_RUN:
        return taken.exit_code is not Exit.UNFINISHED
    if taken.ending is None:
        is_ours = taken.trouble is not None and taken.trouble.messages[0].what is NightFault.BUG
        return is_ours or isinstance(taken.trouble, FileProblem)
    return any(note.what is NightNote.TO_GO_ON for note in taken.ending.notes)


def is_over_for_page(taken: Taken, *, is_stopped: bool) -> bool:
    """The same of what a page has asked for: another worker may have the keys, or the database; what else stops it is for the person there."""
    if taken.exit_code is Exit.UNFINISHED:
        return is_stopped
    is_ours = any(
        isinstance(each, SettingFault | JournalFault) or each in ANOTHERS for each in faults_of(taken)
    )
    return not (taken.exit_code is Exit.CANNOT_RUN and is_ours)


def is_to_try_again(taken: Taken) -> bool:
    """Whether rows of a file that was imported wait for room, or for somebody: they are tried again until they begin."""
    if taken.ending is None or taken.exit_code is Exit.CANNOT_RUN:
        return False
    return any(taken.ending.tally[each] for each in _WAITING)


def why_failed(taken: Taken) -> str:
    """For whoever handed the file over. How to go on is said there, where its name is known."""
    if taken.exit_code not in FAILED:
        return ""
    if taken.ending is not None:
        notes = tuple(each for each in taken.ending.notes if each.what is not NightNote.TO_GO_ON)
        taken = replace(taken, ending=replace(taken.ending, notes=notes))
    return file_in_words(taken)
