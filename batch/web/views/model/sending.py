"""From what would be done to what became of it: check, confirm, run, result, undo."""

from dataclasses import field
from typing import Literal, TypeAlias

from batch.core.quick_dataclass import dataclass
from batch.web.state.notice import Notice, Tone
from batch.web.views.model.page import Count
from batch.web.views.model.reading import Question
from batch.web.views.model.rows import ClassGroup, ProblemGroup, RowsPage
from batch.web.views.model.timetable import LoadPicture, WeekView

RunState: TypeAlias = Literal["running", "paused", "stopping", "waiting"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """check.html: what would happen."""

    file: str
    sheet: str
    ready: int
    touches: bool  #: some of them change classes that exist, or others are cancelled
    counts: tuple[Count, ...]  #: every outcome that is not 0
    says: str  #: the summary sentence
    questions: tuple[Question, ...]
    groups: tuple[ProblemGroup, ...]  #: of many rows; few are only listed
    rows: RowsPage  #: rows that have a problem
    waiting_says: str  #: how many rows need nothing but an answer to the questions; "" where none does
    waiting: tuple[
        tuple[str, str], ...
    ]  #: the first of them: (place, GET: the whole row, to be mended all the same)
    waiting_more: bool  #: there are others
    week: WeekView | None
    load: LoadPicture | None
    notes: tuple[str, ...]
    nonce: str
    can_run: bool
    why_not: str  #: a sentence where not can_run
    mends_first: bool  #: more is to be mended than could be sent: the next step is that
    marked_href: str  #: "" where there is nothing to mark
    mapping_href: str  #: GET: which column of the file is what, to be changed
    confirm_href: str  #: GET: the page with the button
    mend_href: str  #: POST: csrf, with the answers to questions and the fields of the rows; "" where nothing is asked
    mended_says: str  #: what was mended on this page so far; "" for nothing
    unmend_href: str  #: POST: csrf; the file as it came
    again_href: str  #: POST: csrf, file
    batch_href: str = ""  #: of an earlier run of this upload
    notice: Notice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmView:
    """confirm.html: POST action: csrf, nonce. The button carries the number."""

    file: str
    number: int
    button: str  #: "Schedule 41 classes"
    classes: tuple[ClassGroup, ...]  #: that exist, and that are to be changed or cancelled
    says: tuple[str, ...]  #: which account, sandbox or real, what will not be sent
    lessons: tuple[tuple[str, str], ...]  #: (what, how many or which): when they are, by which clock, whose
    notes: tuple[str, ...]  #: how the file is read, and what is taken for granted
    week: WeekView | None
    nonce: str
    action: str
    back_href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEvent:
    """What the browser is told while a batch runs: one server-sent event, `data:` is its JSON."""

    state: RunState
    state_says: str  #: "Sending", "Paused", ...
    done: int
    total: int
    progress_says: str  #: "12 of 41 rows"
    counts: tuple[Count, ...]
    speed: str  #: "3.2 rows a second"; may be ""
    time_left: str  #: "about 2 minutes left"; may be ""
    waits_for: str  #: why it waits; may be ""
    sentences: tuple[str, ...]
    ended: bool = False  #: then the browser loads the page again
    links: dict[str, str] = field(default_factory=dict)  #: pause, resume, stop: "" where it cannot now


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """run.html: live by `events_href`, which sends events like this one, else by a refresh."""

    file: str
    event: RunEvent
    events_href: str
    takes_back: bool = False  #: it is an undo
    refresh_s: int = 5  #: without JavaScript; rarer would look dead, oftener takes the focus away


@dataclass(frozen=True, slots=True, kw_only=True)
class Teacher:
    """Whose classes were scheduled."""

    who: str
    says: str  #: "12 classes"
    week_href: str  #: the weeks with their lessons alone
    calendar_href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultView:
    """result.html: what became of the rows, in the words of the workbook."""

    file: str
    batch: str
    when: str
    counts: tuple[Count, ...]
    total: int
    exit_says: str
    exit_tone: Tone
    sentences: tuple[str, ...]
    todo: tuple[ProblemGroup, ...]  #: what a person has to do
    notes: tuple[str, ...]  #: how the file was read, and what was taken for granted
    rows: RowsPage
    week: WeekView | None
    results_href: str
    teachers: tuple[Teacher, ...] = ()
    calendar_href: str = ""  #: of everybody's classes; "" where there is none
    only: str = ""  #: whose lessons alone the week shows; "" for everybody's
    all_href: str = ""  #: where `only`: everybody's
    marked_href: str = ""
    can_retry: bool = False
    retry_href: str = ""  #: POST: csrf
    retry_says: str = ""  #: what it would send again
    alike_says: str = ""  #: that rows are held because classes of the account may be theirs; "" where none is
    take_over_href: str = ""  #: POST: csrf; where alike_says
    missing_says: tuple[str, ...] = ()  #: why no list can show whether the classes of some rows exist
    recognised_says: str = (
        ""  #: that rows were taken for classes of which the list does not say whose they are
    )
    as_new_href: str = ""  #: POST: csrf; where one of these three says something
    replaces_href: str = (
        ""  #: POST: csrf; where nothing was sent because most of it is otherwise than what exists
    )
    first_time_href: str = ""  #: POST: csrf; where no more was sent because no list shows what was before
    can_finish: bool = False
    finish_href: str = ""  #: POST: csrf
    finish_says: str = "Finish it"
    can_send_mended: bool = False
    can_send_changed: bool = False  #: all is done; a later version of the file may be sent in
    again_href: str = ""  #: POST: csrf, file
    mapping_href: str = ""  #: GET: how the file is read, to be changed; "" where it is not kept
    edited_says: str = ""  #: that classes were changed in WizIQ, and left as they are; "" where none is
    overwrite_href: str = ""  #: POST: csrf; where edited_says
    undo_href: str = ""  #: GET: what would be taken back; "" where nothing can be
    notice: Notice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoView:
    """undo.html: what would be taken back. POST action: csrf, nonce."""

    file: str
    batch: str
    when: str
    groups: tuple[ClassGroup, ...]
    sends: bool  #: whether there is anything to be taken back
    nonce: str
    action: str
    back_href: str
    notice: Notice | None = None
