"""A sentence that the page shows once, above everything else."""

from typing import Literal, TypeAlias

from batch.core.quick_dataclass import dataclass

#: How a thing stands: done or sendable, not yet, needs a person, neither. Never shown by colour alone.
Tone: TypeAlias = Literal["good", "wait", "bad", "plain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    says: str
    fix: str = ""
    tone: Tone = "plain"
