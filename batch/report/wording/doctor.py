"""What the doctor found."""

from collections.abc import Mapping

from batch.core.message import DoctorNote
from batch.report.wording.phrases import Words

#: A page of the list holds no more.
_PAGE = 100


def words_of(what: DoctorNote, facts: Mapping[str, object]) -> Words:
    match what:
        case DoctorNote.KEYS_ACCEPTED:
            return Words("The service accepts the keys.")
        case DoctorNote.KEYS_READ:
            return Words("The keys were read, but the answer was: {why}")
        case DoctorNote.KEYS_TURNED_AWAY:
            return Words("{why}", "Check both keys and the base URL.")
        case DoctorNote.NO_SERVICE:
            return Words("{why}", "Check the base URL and the network.")
        case DoctorNote.TIME_NOT_GIVEN:
            return Words("The service did not give its time.", "See that this computer's is right.")
        case DoctorNote.LISTS:
            classes = "more than {classes}" if facts["classes"] == _PAGE else "{classes}"
            return Words(
                f"The account lists its classes ({classes} upcoming): lost answers can be looked up "
                "(on_unknown: {policy})."
            )
        case DoctorNote.DOES_NOT_LIST:
            return Words(
                "The account does not list its classes without an id. {why}",
                "A class whose answer is lost stays unknown until you look it up in WizIQ yourself.",
            )
        case DoctorNote.LIST_LATE:
            return Words("The longest that a new class was missing from the list: {lag_s:.0f} s.")
        case DoctorNote.LIST_BENT:
            return Words(
                "Its list writes {columns:list and} otherwise than they were sent, always by the same rule; "
                "that is known and allowed for."
            )
        case DoctorNote.LIST_SILENT:
            return Words(
                "Its list writes {columns:list and} otherwise than they were sent, and by no rule: "
                "they are not compared.",
                "A class whose answer is lost may stay unknown for it; look in WizIQ then.",
            )
        case DoctorNote.LIMITS:
            return _limits(facts)
        case DoctorNote.ZONES:
            return Words("{zones} zones, tzdata {tzdata}.")
        case DoctorNote.DATABASE:
            return Words(
                "{path} can be reached and has {accounts:count journal}. A sandbox has a journal of its own, in a file."
            )
        case DoctorNote.NO_JOURNAL_YET:
            return Words("There is none yet; it will be {path}.")
        case DoctorNote.SOUND_JOURNAL:
            last = "" if facts["last"] is None else ", the last on {last:date}"
            return Words(
                f"{{path}} is sound: {{batches:count batch|batches}}{last}.",
                "{in_doubt:count class was|classes were} sent and never answered: submit their file again."
                if facts["in_doubt"]
                else "",
            )
        case DoctorNote.DAMAGED_JOURNAL:
            return Words("{path} is damaged: {why}.", "See docs/doubt.md.")
        case DoctorNote.SHARED_CLASS:
            return Words(
                "Class {class_id} stands for {rows:list and}: the service gave all of them this number.",
                "See in WizIQ which of them has its class.",
            )


def _limits(facts: Mapping[str, object]) -> Words:
    known = "not known; learnt from the first refusal"
    if facts["most"] is not None:
        known = "{most}, from the settings"
    elif facts["learned"] is not None:
        known = "{learned[0]}, from {learned[1]} on {learned[2]:date}"
    attendees = "{attendees}" if facts["attendees"] else "{usual} (most licences)"
    return Words(
        f"Classes at once: {known}. What is counted (limit_policy): {{counts}}. A class: at most {{minutes}} minutes, "
        f"{attendees} attendees.",
        'Its refusals look like limit_policy = "{suggested}".' if facts["suggested"] else "",
    )
