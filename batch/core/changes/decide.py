"""What becomes of a class whose row changed or went away: the one place where that is decided.

Nobody's hand edit is overwritten, and what nobody can know is held. A class that is
parked, or that an unanswered operation may have changed, is set wholly to what its row
says: what it stands as is not known well enough to send a difference.
"""

from collections.abc import Collection, Mapping
from enum import Enum, StrEnum, unique

from batch.core.changes.difference import Difference
from batch.core.quick_dataclass import dataclass

#: What the service takes where nothing is sent, as far as that is known: so a setting is taken back.
_DEFAULTS = {"attendee_limit": "2"}
#: What the account's list shows; a hand edit of anything else cannot be seen.
_LISTED = frozenset({"title", "start_time", "time_zone", "duration"})
#: One means nothing without the other.
_TOGETHER = (
    frozenset({"start_time", "time_zone"}),
    frozenset({"presenter_email"}),
    frozenset({"presenter_id", "presenter_name"}),
)


@unique
class Hand(Enum):
    """What the account's list says of a class, beside what we last left there."""

    AS_LEFT = "as left"
    AS_ROW = "as the row"  #: somebody has changed it to what the row says now
    EDITED = "edited"
    CANCELLED = "cancelled"  #: it is shown as such, or the service has called it that
    MISSING = "missing"  #: it was listed before, and no longer is: cancelled, or left out
    NOT_KNOWN = "not known"  #: this account cannot list its classes, or not this one

    @property
    def is_away(self) -> bool:
        return self in {Hand.CANCELLED, Hand.MISSING}


@unique
class Verdict(Enum):
    """What is done about a row, or about a class whose row went away."""

    NOTHING = "nothing"  #: the class is as the row says; or nobody asked
    CHANGE = "change"
    ADOPT = "adopt"  #: the class is as the row says by somebody's hand: nothing is sent
    ANEW = "anew"  #: its class was cancelled by hand: the row is sent as a new one
    CANCEL = "cancel"
    REFUSED = "refused"  #: the service said no to the very same before
    HELD_MOVED = "moved"  #: it exists as its earlier version, and nobody asked for a change
    HELD_JOINT = "joint"  #: another timetable asks for the class as it is
    HELD_EDITED = "edited"  #: somebody changed the class in WizIQ
    HELD_CANCELLED = "cancelled"  #: somebody cancelled it there
    HELD_NOT_KNOWN = "not known"  #: nobody can say whether somebody changed it
    HELD_ASKED_FOR = "asked for"  #: it is what a row of the file says, which something else was taken for
    HELD_LOST = "column lost"  #: its column has gone from the file, and a default would stand for it
    HELD_TAKEN_OVER = "taken over"  #: it was in the account before this journal knew of it
    BEYOND = "beyond"  #: it lies before the first or after the last lesson of the file
    UNANSWERED = "unanswered"  #: an earlier operation may have changed it

    @property
    def changes(self) -> bool:
        """Whether something is sent for a row by it."""
        return self in {Verdict.CHANGE, Verdict.ANEW, Verdict.ADOPT}

    @property
    def is_held(self) -> bool:
        return self.name.startswith("HELD")


@unique
class ImportMode(StrEnum):
    """What an import that nobody watches does about rows that changed or went away. Stands in settings files."""

    ADD = "add"  #: tells
    SYNC = "sync"  #: changes and cancels their classes


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTerms:
    """What the person wants done about what changed."""

    sync: bool = False  #: False: new rows are scheduled, all else is only told
    keep_gone: bool = False
    whole: bool = False  #: the file is all of the timetable, before its first lesson and after its last, too
    overwrite_edits: bool = False
    recreate: bool = False
    retry_refused: bool = False
    as_new: bool = False  #: rows that seem to have moved are other lessons


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a class beside the row that it is to stand for."""

    hand: Hand
    is_joint: bool = False
    is_taken_over: bool = False
    is_asked_for: bool = False  #: a row of the file is this very class
    may_be_beyond: bool = False  #: what was never answered may have moved it to where the file says nothing
    is_parked: bool = False
    is_in_doubt: bool = False  #: an operation was never answered
    was_refused: bool = False  #: the very same was refused before, and would be again

    @property
    def is_loose(self) -> bool:
        """Whether nobody knows for sure as what it stands."""
        return self.is_parked or self.is_in_doubt


def of_row(
    before: Mapping[str, str], row: Mapping[str, str], known: Known, terms: ChangeTerms, *, is_inferred: bool
) -> Verdict:
    """What is done about a row that a class stands for, or seems to.

    Args:
        before: what was sent for the class as it stands.
        row: what is sent for the row.
        known: of the class.
        terms: what is wanted.
        is_inferred: the row is another by its fingerprint.
    """
    if not terms.sync:
        return _not_asked(known, terms, is_inferred=is_inferred)
    changed = changes(before, row)
    if not (known.is_loose or changed or is_inferred):
        return Verdict.NOTHING
    if known.is_joint:
        return Verdict.HELD_JOINT
    if known.was_refused and not known.hand.is_away and not terms.retry_refused:
        return Verdict.REFUSED
    return _beside_hand_edits(known, terms, is_listed_alone=changed.keys() <= _LISTED)


def _not_asked(known: Known, terms: ChangeTerms, *, is_inferred: bool) -> Verdict:
    """The same where nobody asked for a change."""
    if known.is_loose:
        return Verdict.UNANSWERED
    if not is_inferred:
        return Verdict.NOTHING
    if known.hand is Hand.AS_ROW:
        return Verdict.ADOPT
    return Verdict.NOTHING if terms.as_new else Verdict.HELD_MOVED


def _beside_hand_edits(known: Known, terms: ChangeTerms, *, is_listed_alone: bool) -> Verdict:
    """What is done about a class that is to be changed, by what the account's list shows of it."""
    match known.hand:
        case Hand.CANCELLED:
            return Verdict.ANEW if terms.recreate else Verdict.HELD_CANCELLED
        case Hand.MISSING if terms.recreate:
            return Verdict.ANEW  # once it is proved that it was cancelled
        case Hand.AS_ROW if is_listed_alone and not known.is_loose:
            return Verdict.ADOPT
        case Hand.EDITED if not terms.overwrite_edits:
            return Verdict.HELD_EDITED
        case Hand.NOT_KNOWN | Hand.MISSING if not terms.overwrite_edits:
            return Verdict.HELD_NOT_KNOWN
    return Verdict.CHANGE


def of_gone(known: Known, terms: ChangeTerms) -> Verdict:
    """What is done about a class that the file no longer asks for."""
    if not terms.sync:
        return Verdict.UNANSWERED if known.is_loose else Verdict.NOTHING
    if terms.keep_gone or known.is_joint:
        return Verdict.NOTHING
    if known.is_asked_for:
        return Verdict.HELD_ASKED_FOR
    if known.was_refused and not terms.retry_refused:
        return Verdict.REFUSED
    if known.may_be_beyond:
        return Verdict.UNANSWERED
    return Verdict.CANCEL if terms.overwrite_edits else _gone_beside_hand_edits(known)


def _gone_beside_hand_edits(known: Known) -> Verdict:
    if known.is_taken_over:  # whoever made it may have cancelled it by the same file
        return Verdict.ADOPT if known.hand.is_away else Verdict.HELD_TAKEN_OVER
    if known.hand is Hand.NOT_KNOWN:
        return Verdict.HELD_NOT_KNOWN
    return Verdict.HELD_EDITED if known.hand in {Hand.EDITED, Hand.AS_ROW} else Verdict.CANCEL


def changes(before: Mapping[str, str], row: Mapping[str, str]) -> Mapping[str, str]:
    """The parameters to send so that a class becomes what a row says; only those that differ.

    What the row no longer gives is set back where it is known to what: see `is_left_behind` for the rest.
    """
    values = {**{name: value for name, value in _DEFAULTS.items() if name in before}, **row}
    names = {name for name, value in values.items() if before.get(name, "") != value}
    for together in _TOGETHER:
        if names & together:
            names |= together & row.keys()
    return {name: values[name] for name in sorted(names)}


def with_unnamed(
    before: Mapping[str, str], row: Mapping[str, str], columns: Collection[str]
) -> Mapping[str, str]:
    """The parameters of a row, with those that its file has no column for as they were: a renamed header asks for nothing."""
    unnamed = {name: before[name] for name in _DEFAULTS if name in before and name not in columns}
    return {**unnamed, **row}


def is_left_behind(difference: Difference, columns: Collection[str] | None = None) -> bool:
    """Whether a class keeps this of its earlier version, because the row, or the file's columns, say nothing of it any more."""
    is_unnamed = columns is not None and difference.name not in columns
    return not difference.now and (difference.name not in _DEFAULTS or is_unnamed)
