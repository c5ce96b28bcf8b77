"""What a file would change of classes that exist, and what the person wants done about them."""

from collections.abc import Mapping
from typing import Any

from batch.report.wording.phrases import counted, listed
from batch.web.state.uploads import Upload
from batch.web.views.model import Question


def sends(found: Mapping[str, Any]) -> bool:
    """Whether there is anything that a confirmation would send."""
    return bool(found.get("counts", {}).get("ready") or found.get("cancelling"))


def question(upload: Upload, found: Mapping[str, Any]) -> Question | None:
    """The question about the classes that exist, or the answer that was given; None where there is nothing to ask."""
    said = upload.said.changes
    moved, differing = found.get("moved", 0), found.get("differing", 0)
    touched = found.get("changing", 0) if said else moved + differing
    gone, beyond = found.get("gone", 0) + found.get("cancelling", 0), found.get("beyond", 0)
    if not (said or touched or gone or beyond):
        return None
    change = f"Change the {_classes(touched)} of these rows"
    cancel = f"cancel the {_classes(gone)} that {'is' if gone == 1 else 'are'} gone"
    both = f"{change}, and {cancel}" if touched else f"C{cancel[1:]}"
    every = (
        f"cancel {'all ' if gone + beyond > 1 else ''}{_classes(gone + beyond)} that the file does not have"
    )
    offered = {
        "change": change if touched else "",
        "all": both if gone and said != "whole" else "",
        "whole": (f"{change}, and {every}" if touched else f"C{every[1:]}") if beyond else "",
        "": "Leave the classes as they are" if said else "",
    }
    return Question(
        asks=_answered(found) if said else "What becomes of the classes that exist?",
        why=" ".join(_facts(0 if said else moved, 0 if said else differing, gone, beyond)),
        buttons=tuple(
            (label, "changes", wanted) for wanted, label in offered.items() if label and wanted != said
        ),
    )


def is_to_be_done(ready: int, found: Mapping[str, Any]) -> str:
    """What a confirmation does, as its button says it: "Schedule 3 classes, change 1 class and cancel 2 classes".

    Args:
        ready: rows to be sent; those that change a class are among them.
        found: by the check.
    """
    changing = found.get("changing", 0)
    numbers = {"schedule": ready - changing, "change": changing, "cancel": found.get("cancelling", 0)}
    done = listed([f"{what} {_classes(number)}" for what, number in numbers.items() if number])
    return f"{done[:1].upper()}{done[1:]}"


def will_change(found: Mapping[str, Any]) -> list[str]:
    """What a confirmation changes of classes that exist, in sentences."""
    told = []
    if changing := found.get("changing", 0):
        told.append(f"{counted(changing, 'row changes', 'rows change')} a class that exists.")
    if cancelling := found.get("cancelling", 0):
        were = counted(cancelling, "class is", "classes are")
        told.append(f"{were} no longer in the file, and will be cancelled.")
    if told:
        told.append("What somebody changed in WizIQ meanwhile is left as it is, and named afterwards.")
    return told


def edited_says(found: Mapping[str, Any], upload: Upload) -> str:
    """That classes were changed in WizIQ, and so left as they are; "" where nothing can be said to it."""
    edited = found.get("edited", 0)
    if not edited or not upload.said.changes:
        return ""
    were = counted(edited, "class was", "classes were")
    return f"{were} changed in WizIQ since, and left as {'it is' if edited == 1 else 'they are'}."


def _answered(found: Mapping[str, Any]) -> str:
    changing, cancelling = found.get("changing", 0), found.get("cancelling", 0)
    parts = [f"{_classes(changing)} will be changed"] if changing else []
    parts += [f"{_classes(cancelling)} will be cancelled"] if cancelling else []
    return f"{' and '.join(parts) or 'No class that exists will be touched'}."


def _facts(moved: int, differing: int, gone: int, beyond: int) -> list[str]:
    facts = []
    if moved:
        facts.append(
            f"{counted(moved, 'row seems', 'rows seem')} to be a lesson that was scheduled otherwise before; as long as "
            "nothing else is said, they are held."
        )
    if differing:
        facts.append(
            f"{counted(differing, 'row has', 'rows have')} other settings than the class that exists."
        )
    if gone:
        were = counted(gone, "class that was scheduled before is", "classes that were scheduled before are")
        facts.append(f"{were} no longer in the file.")
    if beyond:
        lies = counted(beyond, "class lies", "classes lie")
        facts.append(
            f"{lies} before the first or after the last lesson of the file, and {'is' if beyond == 1 else 'are'} left "
            "alone unless you say otherwise."
        )
    facts.append("A class that is changed keeps its number and its links.")
    return facts


def _classes(number: int) -> str:
    return counted(number, "class", "classes")
