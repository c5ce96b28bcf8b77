"""Whether a file looks so unlike the one before it that nothing of it should be sent unseen.

It compares only what can be compared: rows whose start has passed drop out of any
timetable by themselves, and are neither invalid nor missing here.
"""

from batch.core.changes.kinship import Compared, Kinship
from batch.core.message import Message, NightNote
from batch.core.quick_dataclass import dataclass

#: So few rows stop no file, whatever their share: one typing error in a file of two rows is no sign of anything.
LEAST_ROWS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A file beside the version before it; of the first version of a timetable, the figures of the one before are 0."""

    rows: int  #: that have not passed
    invalid: int  #: of these
    rows_before: int = 0  #: of the file before, that have not passed
    scheduled_before: int = 0  #: of these, those whose class exists
    vanished: int = 0  #: of these, those that are not in the file


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """More than so many percent stop the file; 100 never does."""

    invalid_percent: int
    vanished_percent: int
    smaller_percent: int


def why_stopped(figures: Figures, limits: Limits, compared: Compared | None = None) -> Message | None:
    """Why nothing of the file is sent; None: it looks as usual.

    Args:
        figures: what is counted.
        limits: how much is let through.
        compared: what the file is to the version before it.
    """
    reasons = [
        Message(what, {"setting": percent, "number": number, "total": total, "rows": figures.rows})
        for what, percent, number, total in (
            (NightNote.INVALID_SHARE, limits.invalid_percent, figures.invalid, figures.rows),
            (NightNote.VANISHED_SHARE, limits.vanished_percent, figures.vanished, figures.scheduled_before),
            (
                NightNote.SMALLER,
                limits.smaller_percent,
                figures.rows_before - figures.rows,
                figures.rows_before,
            ),
        )
        if number >= LEAST_ROWS and 100 * number > percent * total
    ]
    if compared is not None and compared.kinship is Kinship.SHIFTED and limits.vanished_percent < 100:
        facts = {"number": compared.inferred, "total": compared.lessons, "shift_s": compared.shift_s}
        reasons.append(Message(NightNote.SHIFTED, facts))
    return Message(NightNote.GUARD, {"reasons": reasons}) if reasons else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vanished:
    """A class to come that the file no longer asks for."""

    title: str
    starts: int  #: UTC seconds
    zone: str
    class_id: str
    row: int | None = None  #: the number of the row that seems to have taken its place
