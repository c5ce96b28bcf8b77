"""What an undo did to a class, or why it left it as it is."""

from collections.abc import Iterator, Mapping, Sequence

from batch.core.message import Message, UndoNote
from batch.report.wording.changes import WHY
from batch.report.wording.phrases import Words, tr

#: So many classes of a kind are named to whoever is asked.
MOST_NAMED = 10


def in_words(
    off: Sequence[Message], back: Sequence[Message], left: Sequence[Message], lost: int
) -> Iterator[tuple[str, Sequence[Message]]]:
    """What a plan comes to, under headings.

    Args:
        off: classes that are cancelled.
        back: those that are changed back.
        left: those that are left as they are.
        lost: so many were cancelled by the batch itself.
    """
    if off:
        yield tr("{classes:count class|classes} that it made will be cancelled:", classes=len(off)), off
    if back:
        yield (
            tr("{classes:count class|classes} that it changed will be changed back:", classes=len(back)),
            back,
        )
    if left:
        yield tr("{classes:count class|classes} will be left as they are:", classes=len(left)), left
    if lost:
        yield (
            tr(
                "{classes:count class that it cancelled does|classes that it cancelled do} not come back: submit the file "
                "of before again, and it makes new ones.",
                classes=lost,
            ),
            (),
        )
    if not off and not back:
        yield tr("Nothing will be sent."), ()


_LOOK = "Look at the class in WizIQ."
_OVERWRITE = "To take it back all the same: undo with --overwrite-edits."
_AGAIN = Words(
    "The run ended before its turn.", "Run the same undo again.", page_hint='Press "Take this back" again.'
)


def words_of(what: UndoNote, facts: Mapping[str, object]) -> Words:
    match what:
        case UndoNote.TAKEN_BACK:
            return Words("The class was cancelled.")
        case UndoNote.BACK_BY_HAND:
            return Words("Class {class_id} was changed back in WizIQ already; nothing was sent.")
        case UndoNote.NOTHING_LEFT:
            return Words("Nothing was left to take back: class {class_id} is as it was before, or cancelled.")
        case UndoNote.NOT_TAKEN_BACK_YET:
            return _AGAIN
        case UndoNote.LATER_CHANGE:
            return Words("Left as it is: a later run changed class {class_id}.", "Undo that run first.")
        case UndoNote.EDITED_SINCE:
            return Words(
                "Left as it is: class {class_id} was changed in WizIQ, {left} -> {listed}.",
                _OVERWRITE,
                page_hint=_LOOK,
            )
        case UndoNote.GONE_BY_HAND:
            return Words(
                "Class {class_id} is no longer in the account: somebody cancelled it in WizIQ.",
                "Submit the file of before again, if the class is wanted: it makes a new one.",
                page_hint="Upload the file of before again, if the class is wanted: it makes a new one.",
            )
        case UndoNote.EDITS_UNKNOWN:
            return Words(
                "Left as it is: the account does not list class {class_id}, and nobody knows whether it was changed "
                "in WizIQ.",
                _OVERWRITE,
                page_hint=_LOOK,
            )
        case UndoNote.IN_DOUBT:
            return Words("An answer was lost, and nobody knows yet what became of the class.", _LOOK)
        case UndoNote.BEGUN_OR_OVER:
            return Words("Left as it is: class {class_id} has begun, or is over.")
        case UndoNote.TIME_HAS_PASSED:
            return Words(
                "Left as it is: the time that class {class_id} had before has passed.", "Move it in WizIQ."
            )
        case UndoNote.PLACE_TAKEN:
            return Words(
                "Left as it is: another class stands where class {class_id} stood before.",
                "Cancel that one first, or move this one in WizIQ.",
            )
        case UndoNote.ROW_FORGOTTEN:
            return Words("Left as it is: it is no longer known what class {class_id} was before.", _LOOK)
        case UndoNote.NUMBER_UNKNOWN:
            return Words("Left as it is: the service never said which class it made for this row.", _LOOK)
        case UndoNote.OF_ANOTHER_JOURNAL:
            return Words(
                "Left as it is: class {class_id} was in the account before this journal knew of it.", _LOOK
            )
        case UndoNote.ASKED_FOR_BY:
            return Words(
                "Left as it is: class {class_id} stands for a row of {file}, too.",
                "Take the row out of that file first.",
            )
        case UndoNote.NO_WAY_BACK:
            return Words(
                f"Class {{class_id}} was not changed back: {WHY[str(facts['why'])]}.",
                "Undo it again once there is room, or move it in WizIQ.",
            )
        case UndoNote.NOT_BROUGHT_BACK:
            return Words(
                "Class {class_id} was cancelled, and no class comes back under its number.",
                "Submit the file of before again: it makes a new one.",
                page_hint="Upload the file of before again: it makes a new one.",
            )
