"""What became of a row.

A row ends in exactly one Outcome. The values are stored in journals and in
results workbooks that people keep, so a released value is never renamed.
"""

from enum import StrEnum, unique


@unique
class Outcome(StrEnum):
    """How a row of a batch ended; in the order in which a summary lists them."""

    SCHEDULED = "scheduled"  #: the service confirmed the class
    ALREADY = "already"  #: an earlier run scheduled this very row, or a look-up found it
    CHANGED = "changed"  #: the service confirmed that the existing class is now as the row says
    CANCELLED = (
        "cancelled"  #: the row is gone from the file, and the service confirmed that its class is cancelled
    )
    INVALID = "invalid"  #: a row rule failed; never sent
    HELD = "held"  #: nothing was done, and room or a person is needed: see HeldReason
    REFUSED = "refused"  #: the service said no
    UNKNOWN = "unknown"  #: sent, never answered, not found: the class may exist
    NOT_SENT = "not_sent"  #: the batch stopped before its turn
    READY = "ready"  #: only `check` says this: the row would be sent


@unique
class HeldReason(StrEnum):
    """Why a row is held. Stands in the machine's view: a released value is never renamed."""

    FULL = "full"  #: there is no room for one more class at that time
    CLASH = "clash"  #: the presenter has another class at that time
    ALIKE = "alike"  #: a class of the account may be the row's own already
    #: Other rows of the file are in the account, sent from elsewhere, and this one is not listed.
    UNLISTED = "unlisted"
    MOVED = "moved"  #: the class of its earlier version exists, and is not to be made a second time
    EDITED = "edited"  #: somebody changed or cancelled its class in WizIQ, or nobody can know
    LEFT = "left"  #: an undo leaves its class: another batch changed it since, it has begun, or was never its own
    ORDER = "order"  #: its class cannot be changed without being in another's way


#: How a row can end once a batch was submitted. `check` has READY besides.
ENDINGS = tuple(outcome for outcome in Outcome if outcome is not Outcome.READY)

#: Outcomes after which the class is there and nobody has to do anything.
DONE = frozenset({Outcome.SCHEDULED, Outcome.ALREADY, Outcome.CHANGED, Outcome.CANCELLED})

#: Outcomes after which a person has to mend a row, or look in WizIQ.
NEEDS_A_PERSON = frozenset({Outcome.INVALID, Outcome.HELD, Outcome.REFUSED, Outcome.UNKNOWN})
