"""The start page, and the list of what was done before."""

from typing import Literal, TypeAlias

from batch.core.quick_dataclass import dataclass
from batch.web.state.notice import Notice, Tone
from batch.web.views.model.page import Count

BatchState: TypeAlias = Literal["finished", "open rows", "running"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PastBatch:
    id: str
    file: str
    when: str  #: on the clock of the school: "Mon 7 Sep 2026, 09:14"
    counts: tuple[Count, ...]  #: only those that are not 0
    state: BatchState
    href: str
    who: str = ""  #: began it: a person, or the nightly import
    took: str = ""  #: "12 s"; "" while it goes on
    results_href: str = ""  #: its results workbook; "" while it goes on
    can_finish: bool = False
    finish_href: str = ""  #: POST with csrf, where can_finish
    finish_says: str = "Finish it"  #: the label of that button
    remove_href: str = ""  #: POST with csrf: out of the list; "" where something came of it


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingFile:
    """A timetable that was brought and is not sent: whoever closed the page finds it again."""

    file: str
    when: str
    says: str  #: how far it is, or why it cannot be used
    href: str
    remove_href: str = ""  #: POST with csrf


@dataclass(frozen=True, slots=True, kw_only=True)
class NightView:
    """A nightly import, with what became of each file."""

    when: str
    took: str
    inbox: str
    says: str  #: how it ended
    tone: Tone
    batches: tuple[tuple[str, str], ...]  #: (file, address)
    failed: tuple[tuple[str, str], ...]  #: (file, why)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastView:
    """past.html: everything that was done, and tried."""

    waiting: tuple[WaitingFile, ...]
    batches: tuple[PastBatch, ...]
    nights: tuple[NightView, ...]
    previous_href: str = ""
    next_href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartView:
    """start.html: POST /uploads, multipart: csrf, file."""

    limits: tuple[str, ...]  #: what files and sizes it takes; whether the licence's limit is known
    batches: tuple[PastBatch, ...]
    waiting: tuple[WaitingFile, ...] = ()
    notice: Notice | None = None
