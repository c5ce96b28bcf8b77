"""Why a journal cannot be used, or not now."""

from collections.abc import Mapping

from batch.core.message import JournalFault
from batch.report.wording.phrases import Words

_LATER = "Run the same command again later."
_IN_A_WHILE = "Try again in a while."


def words_of(what: JournalFault, facts: Mapping[str, object]) -> Words:
    match what:
        case JournalFault.LOCKED:
            since = ": {holder}" if facts["holder"] else ""
            return Words(f"Another run is at work on {{name}}{since}.", _LATER, page_hint=_IN_A_WHILE)
        case JournalFault.UPLOADS_LOCKED:
            since = " ({holder})" if facts["holder"] else ""
            return Words(
                f"Another `classbatch serve` has the uploads in {{state}}{since}.",
                "Use that one, or stop it first.",
            )
