"""Why a file cannot be written."""

from collections.abc import Mapping

from batch.core.message import OutputFault
from batch.report.wording.phrases import Words


def words_of(what: OutputFault, facts: Mapping[str, object]) -> Words:
    match what:
        case OutputFault.NOT_WRITTEN:
            return Words(
                "{path} could not be written: {why}.",
                "Close it where it is open, free some space or choose another name. The journal keeps every row.",
            )
        case OutputFault.CANNOT_WRITE:
            return Words(
                "{path} cannot be written: {why}.",
                "Close it where it is open, free some space, or choose another place.",
            )
        case OutputFault.IS_INPUT:
            return Words(
                "{path} is the file that is read: writing it would overwrite {source}.",
                "Give what is written another name.",
            )
        case OutputFault.SAME_FILE:
            return Words("{one} and {other} are the same file.", "Give each its own name.")
        case OutputFault.A_FOLDER:
            return Words("{path} is a folder.", "Name a file in it.")
        case OutputFault.NO_FOLDER:
            return Words("The folder {folder} does not exist.", "Create it, or choose another place.")
        case OutputFault.NOT_A_FILE:
            return Words("{path} is no file.", "Name a file, or - for standard output where that is JSON.")
        case OutputFault.OTHER_ENDING:
            return Words(
                "What is written there is a workbook, and {path} does not end in {ending}.",
                "Call it {right}.",
            )
        case OutputFault.ANOTHERS:
            return Words(
                "{path} was not written by classbatch, or was changed since.",
                "Choose another name, or move it away: nobody's file is overwritten.",
            )
        case OutputFault.NO_SPOOL:
            return Words(
                "The rows for the JSON file could not be kept in {folder}: {why}.",
                "Free some space there, and run it again: the journal keeps every row.",
            )
        case OutputFault.NO_EVENT:
            whose = " of {presenter}" if facts["presenter"] else ""
            return Words(
                f"Batch {{batch}} has no scheduled class{whose}.",
                "Write the presenter as in the results workbook, or name another batch: see classbatch status.",
            )
