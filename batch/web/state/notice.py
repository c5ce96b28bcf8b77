"""A sentence that the page shows once, above everything else."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Tone: TypeAlias = Literal["good", "wait", "bad", "plain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    says: str
    fix: str = ""
    tone: Tone = "plain"
