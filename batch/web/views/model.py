"""What each page shows: everything already in words or plain numbers.

A template only lays these out. It counts nothing, decides nothing and asks
nobody: whatever it needs is a field here. Every text is plain text and is
escaped where it is shown; none of it is ever HTML.
"""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from batch.web.state.notice import Notice, Tone

"""How a thing stands: done or sendable, not yet, needs a person, neither. Never shown by colour alone."""

RunState: TypeAlias = Literal["running", "paused", "stopping", "waiting"]
BatchState: TypeAlias = Literal["finished", "open rows", "running"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What every page has: in each template as `page`."""

    title: str  #: of this page: for <title> and the one <h1>
    csrf: str  #: goes into every form as the hidden field `csrf`
    user: str | None = None  #: who it is; None where it is whoever has the token
    leave_href: str = ""  #: POST with csrf: sign out; "" where that is done elsewhere
    sandbox: bool = False
    sandbox_says: str = ""  #: a sentence, wherever `sandbox`
    version: str = ""
    home_href: str = "/"
    past_href: str = "/batches"
    template_href: str = "/template.xlsx"
    upload_mib: int = 0  #: how much a file may have
    accept: str = ".xlsx,.xlsm,.csv,.tsv,.txt,.ics"  #: for the file input


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """One outcome's number."""

    outcome: str
    label: str  #: the outcome's own name, as in the workbook
    number: int
    tone: Tone
    name: str  #: in people's words
    explained: str = ""  #: "" where the name says it all


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


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckingView:
    """checking.html: the file is being read. Looks again after refresh_s."""

    file: str
    says: str
    refresh_s: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FileProblemView:
    """file_problem.html: nothing of the file could be read. POST again_href: csrf, file."""

    file: str
    says: str
    fix: str
    again_href: str
    retry_href: str = ""  #: POST with csrf: check the same file again (another run held the lock)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderChoice:
    """One column of the file: a <select name="column-{position}"> over MappingView.choices."""

    header: str  #: as typed; "" for a column without a header
    position: int  #: as a spreadsheet counts, 1 is A
    letter: str  #: as a spreadsheet names it
    samples: tuple[str, ...]  #: up to three cells
    chosen: str  #: the value of the choice shown as selected
    suggested: str  #: what else it may be, as people call it; "" for nothing
    why: str  #: why it is asked, or why it is suggested; may be ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingView:
    """mapping.html: POST action: csrf, column-{position}..., dates, clock, time_zone, remember=on, sheet where there are several.

    Where only the sheet is in question, `columns` is empty.
    """

    file: str
    sheet: str
    says: str
    columns: tuple[HeaderChoice, ...]
    needed: tuple[str, ...]  #: columns that must come from somewhere, as people call them
    choices: tuple[tuple[str, str], ...]  #: (value, label); "" leaves the column out
    action: str
    again_href: str  #: POST: csrf, file
    sheets: tuple[
        tuple[str, str], ...
    ] = ()  #: (value, label) of <select name="sheet">, where there are several
    sheet_chosen: str = ""
    dates: str = ""  #: the value of <select name="dates"> shown as selected
    dates_choices: tuple[tuple[str, str], ...] = ()  #: (value, label)
    clock: str = ""  #: the value of <select name="clock"> shown as selected
    clock_choices: tuple[tuple[str, str], ...] = ()  #: (value, label)
    format: str = ""  #: the value of <select name="format"> shown as selected
    format_choices: tuple[tuple[str, str], ...] = ()  #: (value, label)
    zones: tuple[str, ...] = ()  #: for <input name="time_zone">; none where a column of the file has it
    zone: str = ""  #: what stands in it
    zone_else: str = ""  #: what holds where it is empty
    notice: Notice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GridPart:
    """A part of a grid's cells: a <select name="part-{position}"> over GridView.choices."""

    position: int
    samples: tuple[str, ...]
    chosen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GridCell:
    """A cell of a grid that may be no class: <input type="checkbox" name="{name}">."""

    name: str
    cell: str
    times: int
    ticked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GridView:
    """grid.html: POST action: csrf, part-{position}..., who, out-{n}=on, period-{n}..., minutes, starts, ends, time_zone, sheet."""

    file: str
    says: str
    sheets: tuple[tuple[str, str], ...] = ()  #: (value, label), where there are several
    sheet_chosen: str = ""
    parts: tuple[GridPart, ...]
    choices: tuple[tuple[str, str], ...]  #: (value, label)
    short: tuple[GridCell, ...] = ()
    who: str = ""
    periods: tuple["MendField", ...] = ()  #: of which the hours are not known
    asks_minutes: bool = False
    minutes: str = ""
    asks_term: bool = False
    starts: str = ""
    ends: str = ""
    zones: tuple[str, ...] = ()  #: for <input name="time_zone">; none where the settings have it
    zone: str = ""
    action: str
    again_href: str  #: POST: csrf, file
    notice: Notice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemGroup:
    """Rows that one sentence mends."""

    count: int
    says: str
    fix: str
    where: str  #: "row 14 Start", "rows 6, 7 and 9 under Start"
    example: str  #: what was typed there; may be ""
    tone: Tone = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class MendField:
    """A cell that can be mended on the page: <input name="{name}" value="{value}">."""

    name: str
    header: str  #: as the file has it
    value: str  #: what stands there now


@dataclass(frozen=True, slots=True, kw_only=True)
class RowProblem:
    place: str  #: "row 14", or "Autumn, row 14"
    outcome: str
    tone: Tone
    title: str
    says: tuple[str, ...]
    fields: tuple[MendField, ...] = ()
    leave_out: str = ""  #: the name of a checkbox: the row is no class; "" where nothing is to be mended
    use: str = ""  #: the label of a button that moves the class to when it is free
    use_name: str = ""  #: its name, where `use`
    use_cells: tuple[tuple[str, str], ...] = ()  #: what it writes: (position, text)
    href: str = ""  #: GET: the whole row, each cell of it to be mended
    #: after a run: what the service gave
    class_id: str = ""
    call_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsPage:
    """One page of rows. Links: `?page=N`."""

    rows: tuple[RowProblem, ...]
    number: int  #: 1 is the first
    pages: int
    total: int  #: rows on all pages together
    previous_href: str = ""  #: "" where there is none
    next_href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadCell:
    """How many classes run at once, at most, within this hour of this day."""

    number: int
    level: int  #: 0 to 4, for the shade
    over: bool  #: more than the licence lets run at once
    says: str  #: "Mon 7 Sep, 09:00: 6 at once, 1 more than the licence lets run"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPicture:
    """The calendar's load: rows are days, columns are hours. A real <table>, with words for every cell."""

    says: str  #: the picture in a sentence or two
    limit_says: str
    hours: tuple[str, ...]
    days: tuple[tuple[str, tuple[LoadCell, ...]], ...]  #: (day, one cell for each hour)
    more_says: str = ""  #: where the picture shows only some of the days


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What only the person can tell of the whole file: answered by a button, or by fields, of the page's one form."""

    asks: str
    why: str
    buttons: tuple[tuple[str, str, str], ...] = ()  #: (label, name, value)
    fields: tuple[MendField, ...] = ()  #: `header` is the label
    choices: tuple[str, ...] = ()  #: for the fields to choose from
    button: str = ""  #: below the fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A row as it was understood."""

    time: str  #: "09:00-10:00", by the clock of its zone
    title: str
    who: str  #: the presenter, as short as it tells them
    presenter: str
    place: str  #: "row 14"
    outcome: str
    tone: Tone
    says: tuple[str, ...]  #: what is wrong, or worth knowing
    class_id: str = ""
    href: str = ""  #: GET: the whole row, to be mended; "" where it cannot be
    teach_href: str = ""  #: GET: leads into the class as its teacher; "" where no link is kept
    undo_href: str = ""  #: GET: what would be taken back of this row


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekCell:
    """The lessons that begin within one hour of one day."""

    day: str
    lessons: tuple[Lesson, ...]
    more: int  #: so many have no room
    more_href: str  #: the day alone, which has them all


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekDay:
    name: str
    short: str
    date: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekView:
    """One week of the timetable, days across and hours down; a real <table>."""

    says: str
    number: int  #: of the weeks in which anything takes place; 1 is the first
    weeks: int
    clock: str  #: by which the times are
    untimed: str  #: how many rows are not shown here; "" where all are
    days: tuple[WeekDay, ...]
    hours: tuple[tuple[str, tuple[WeekCell, ...]], ...]  #: (hour, one cell for each day)
    previous_href: str
    next_href: str
    whole_href: str  #: where only one day is shown: the whole week


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """check.html: what would happen."""

    file: str
    sheet: str
    ready: int
    counts: tuple[Count, ...]  #: every outcome that is not 0
    says: str  #: the summary sentence
    questions: tuple[Question, ...]
    groups: tuple[ProblemGroup, ...]  #: of many rows; few are only listed
    rows: RowsPage  #: rows that have a problem
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
class RowView:
    """row.html: one row of the file, all its cells to be mended. POST action: csrf, and the fields."""

    file: str
    place: str
    read: tuple[tuple[str, str], ...]  #: (what, as it was understood); empty where it was not
    classes: str  #: that it stands for several classes; "" for one
    row: RowProblem
    action: str
    back_href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmView:
    """confirm.html: POST action: csrf, nonce. The button carries the number."""

    file: str
    number: int
    button: str  #: "Schedule 41 classes"
    says: tuple[str, ...]  #: which account, sandbox or real, what will not be sent
    lessons: tuple[tuple[str, str], ...]  #: (what, how many or which): when they are, by which clock, whose
    notes: tuple[str, ...]  #: how the file is read, and what is taken for granted
    nonce: str
    action: str
    back_href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoGroup:
    """Classes that the same is done about."""

    says: str
    first: tuple[str, ...]
    more: int  #: besides those


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoView:
    """undo.html: what would be taken back. POST action: csrf, nonce."""

    file: str
    batch: str
    when: str
    groups: tuple[UndoGroup, ...]
    sends: bool  #: whether there is anything to be taken back
    nonce: str
    action: str
    back_href: str
    notice: Notice | None = None


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
    refresh_s: int = 5  #: without JavaScript; rarer would look dead, oftener takes the focus away


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterView:
    """enter.html: no cookie, or a token that is used up (status 403); or POST action: invitation."""

    says: str
    fix: str
    ask: str = ""  #: whom
    action: str = ""  #: "" where nothing of it lets in
    secret: str = ""
    button: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorView:
    """error.html: 400, 403, 404, 408, 413, ..."""

    status: int
    says: str
    fix: str
    home: bool = True  #: whether a link to the start page helps
    on_href: str = ""  #: where to go on, besides the start; "" for nowhere
    on_says: str = ""  #: what that is called, where `on_href`


View: TypeAlias = (
    StartView
    | PastView
    | CheckingView
    | FileProblemView
    | MappingView
    | GridView
    | CheckView
    | ConfirmView
    | RowView
    | UndoView
    | RunView
    | ResultView
    | EnterView
    | ErrorView
)
