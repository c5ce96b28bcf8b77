"""What is worth knowing of a night."""

from collections.abc import Mapping, Sequence
from typing import cast

from batch.core.guard import Vanished
from batch.core.message import NightNote
from batch.report.wording.phrases import Words, counted

#: So many classes are named one by one.
_MOST_LISTED = 10


def words_of(what: NightNote, facts: Mapping[str, object]) -> Words:
    match what:
        case NightNote.SETTLING:
            return Words("A file has only just arrived; looking again in {seconds:g} s, when it is whole.")
        case NightNote.MORE_STRANGERS:
            return Words("There are no settings for the accounts of {number:,} more folders.")
        case NightNote.STILL_WRITTEN:
            return Words("Still being written, for the next night: {path}")
        case NightNote.LEFT_ALONE:
            return Words("Left alone, because it is no .xlsx or CSV file of its own: {path}")
        case NightNote.INBOX_NOT_LOCKED:
            return Words(
                "The inbox cannot be locked: {inbox}. Let no other computer import from it at the same time."
            )
        case NightNote.FILE_WAITS:
            return Words("The file waits for the next night: {path}")
        case NightNote.SAME_CONTENT:
            return Words("The same content as {file} of {at:utc}: only what is still open was tried again.")
        case NightNote.VANISHED:
            return _vanished(cast("Sequence[Vanished]", facts["vanished"]))
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
        case NightNote.TO_GO_ON:
            if facts["account"] is None:
                return Words(
                    "If it is right all the same, raise the setting, or run: classbatch submit {file}"
                )
            return Words(
                "If it is right all the same, raise the setting under [accounts.{account}], or run: "
                "classbatch submit {file} --profile {account}"
            )
        case NightNote.ASKED_TO_STOP:
            return Words("The run was asked to stop.")
        case NightNote.TIME_WAS_OVER:
            return Words("The time for this night was over.")
        case NightNote.NOT_DELIVERED:
            return Words("The notification could not be delivered.")
        case NightNote.NO_METRICS:
            return Words("The metrics could not be written to {file}.")


def _vanished(vanished: Sequence[Vanished]) -> Words:
    number = len(vanished)
    are = "is" if number == 1 else "are"
    count = counted(number, "scheduled class", "scheduled classes")
    lines = [f"{count} {are} no longer in the file. What is not wanted has to be cancelled in WizIQ:"]
    lines += [_line(place, each) for place, each in enumerate(vanished[:_MOST_LISTED])]
    if number > _MOST_LISTED:
        lines.append(f"- and {number - _MOST_LISTED} more")
    return Words("\n".join(lines))


def _line(place: int, gone: Vanished) -> str:
    lesson = f"vanished[{place}].lesson"
    row = f"vanished[{place}].replaced_by.number"
    seems = f"; row {{{row}}} seems to replace it" if gone.replaced_by else ""
    return f"- class {{{lesson}.class_id}} ({{{lesson}.title:title}}, {{{lesson}.starts:utc}}){seems}"
