"""What a file would change of classes that exist, and what the person wants done about them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from batch.core.changes.decide import Verdict
from batch.core.message import Message
from batch.report.wording.language import tr_later, translated
from batch.report.wording.phrases import filled, listed, tr
from batch.report.wording.runs import some
from batch.web.state.uploads import Upload
from batch.web.views.model import ClassGroup, Question


def sends(found: Mapping[str, Any]) -> bool:
    """Whether there is anything that a confirmation would send."""
    return bool(found.get("counts", {}).get("ready") or found.get("cancelling"))


def question(upload: Upload, found: Mapping[str, Any]) -> Question | None:
    """The question about the classes that exist, or the answer that was given; None where there is nothing to ask."""
    chosen = upload.said.changes
    moved, differing = found.get("moved", 0), found.get("differing", 0)
    touched = found.get("changing", 0) if chosen else moved + differing
    gone, beyond = found.get("gone", 0) + found.get("cancelling", 0), found.get("beyond", 0)
    if not (chosen or touched or gone or beyond):
        return None
    both = (
        "Change the {touched:count class|classes} of these rows, and cancel the {gone:count class that is|classes that "
        "are} gone"
        if touched
        else "Cancel the {gone:count class that is|classes that are} gone"
    )
    all_of_them = (
        "Change the {touched:count class|classes} of these rows, and cancel {every:form {every:,} class|all {every:,} "
        "classes} that the file does not have"
        if touched
        else "Cancel {every:form {every:,} class|all {every:,} classes} that the file does not have"
    )
    offered = {
        "change": tr("Change the {touched:count class|classes} of these rows", touched=touched)
        if touched
        else "",
        "all": tr(both, touched=touched, gone=gone) if gone and chosen != "whole" else "",
        "whole": tr(all_of_them, touched=touched, every=gone + beyond) if beyond else "",
        "": tr("Leave the classes as they are") if chosen else "",
    }
    return Question(
        asks=_answered(found) if chosen else tr("What becomes of the classes that exist?"),
        why=" ".join(_facts(0 if chosen else moved, 0 if chosen else differing, gone, beyond)),
        classes=groups_of(found.get("touched", ())),
        buttons=tuple(
            (label, "changes", wanted) for wanted, label in offered.items() if label and wanted != chosen
        ),
    )


def to_be_touched(shown: Mapping[Verdict, Sequence[Message]]) -> list[tuple[str, Sequence[Message]]]:
    """What is to be changed and cancelled, each with its heading; what is left alone is counted elsewhere."""
    headings = (
        (Verdict.CHANGE, tr_later("{classes:count class|classes} to be changed")),
        (Verdict.CANCEL, tr_later("{classes:count class|classes} to be cancelled")),
    )
    return [
        (filled(translated(heading), {"classes": len(shown[verdict])}), shown[verdict])
        for verdict, heading in headings
        if verdict in shown
    ]


def groups_of(found: Iterable[Mapping[str, Any]]) -> tuple[ClassGroup, ...]:
    """Classes that the same is done about, as a child has left them."""
    return tuple(
        ClassGroup(says=each["says"], first=tuple(each["first"]), more=each["number"] - len(each["first"]))
        for each in found
    )


def is_to_be_done(ready: int, found: Mapping[str, Any]) -> str:
    """What a confirmation does, as its button says it: "Schedule 3 classes, change 1 class and cancel 2 classes".

    Args:
        ready: rows to be sent; those that change a class are among them.
        found: by the check.
    """
    changing = found.get("changing", 0)
    done = listed(
        [
            filled(translated(what), {"number": number})
            for what, number in (
                (tr_later("schedule {number:count class|classes}"), ready - changing),
                (tr_later("change {number:count class|classes}"), changing),
                (tr_later("cancel {number:count class|classes}"), found.get("cancelling", 0)),
            )
            if number
        ]
    )
    return f"{done[:1].upper()}{done[1:]}"


def will_change(found: Mapping[str, Any]) -> list[str]:
    """What a confirmation changes of classes that exist, in sentences."""
    sentences = []
    if changing := found.get("changing", 0):
        sentences.append(tr("{rows:count row changes|rows change} a class that exists.", rows=changing))
    if cancelling := found.get("cancelling", 0):
        sentences.append(
            tr(
                "{classes:count class is|classes are} no longer in the file, and will be cancelled.",
                classes=cancelling,
            )
        )
    if sentences:
        sentences.append(
            tr("What somebody changed in WizIQ meanwhile is left as it is, and named afterwards.")
        )
    return sentences


def kept_says(found: Mapping[str, Any]) -> list[str]:
    """Which classes are left as they are because another file asks for them, too; a sentence for each such file."""
    titles: dict[str, list[str]] = {}
    for title, file in found.get("kept", ()):
        titles.setdefault(file, []).append(title)
    return [
        tr(
            "No longer in this file, and left as {number:form it is|they are}, because {file} has "
            "{number:form it|them}, too: {shown}.",
            number=len(each),
            file=file,
            shown=some(each, str),
        )
        for file, each in titles.items()
    ]


def edited_says(found: Mapping[str, Any], upload: Upload) -> str:
    """That classes were changed in WizIQ, and so left as they are; "" where nothing can be said to it."""
    edited = found.get("edited", 0)
    if not edited or not upload.said.changes:
        return ""
    return tr(
        "{classes:count class was|classes were} changed in WizIQ since, and left as {classes:form it is|they are}.",
        classes=edited,
    )


def _answered(found: Mapping[str, Any]) -> str:
    changing, cancelling = found.get("changing", 0), found.get("cancelling", 0)
    parts = [tr("{classes:count class|classes} will be changed", classes=changing)] if changing else []
    parts += [tr("{classes:count class|classes} will be cancelled", classes=cancelling)] if cancelling else []
    return f"{listed(parts) if parts else tr('No class that exists will be touched')}."


def _facts(moved: int, differing: int, gone: int, beyond: int) -> list[str]:
    facts = []
    if moved:
        facts.append(
            tr(
                "{rows:count row seems|rows seem} to be a lesson that was scheduled otherwise before; as long as nothing "
                "else is said, they are held.",
                rows=moved,
            )
        )
    if differing:
        facts.append(
            tr(
                "{rows:count row has|rows have} other settings than the class that exists.",
                rows=differing,
            )
        )
    if gone:
        facts.append(
            tr(
                "{classes:count class that was scheduled before is|classes that were scheduled before are} no longer in "
                "the file.",
                classes=gone,
            )
        )
    if beyond:
        facts.append(
            tr(
                "{classes:count class lies|classes lie} before the first or after the last lesson of the file, and "
                "{classes:form is|are} left alone unless you say otherwise.",
                classes=beyond,
            )
        )
    facts.append(tr("A class that is changed keeps its number and its links."))
    return facts
