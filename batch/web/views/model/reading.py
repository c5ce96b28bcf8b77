"""How a file is read: while it is, why it cannot be, and what is asked about it."""

from batch.core.quick_dataclass import dataclass
from batch.web.state.notice import Notice
from batch.web.views.model.rows import ClassGroup, MendField


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
    periods: tuple[MendField, ...] = ()  #: of which the hours are not known
    asks_minutes: bool = False
    minutes: str = ""
    asks_term: bool = False
    starts: str = ""
    ends: str = ""
    zones: tuple[str, ...] = ()  #: for <input name="time_zone">; none where the settings have it
    zone: str = ""
    remembers: bool = False  #: remember=on: for the next grid that is written like this one
    action: str
    again_href: str  #: POST: csrf, file
    notice: Notice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What only the person can tell of the whole file: answered by a button, or by fields, of the page's one form."""

    asks: str
    why: str
    buttons: tuple[tuple[str, str, str], ...] = ()  #: (label, name, value)
    fields: tuple[MendField, ...] = ()  #: `header` is the label
    choices: tuple[str, ...] = ()  #: for the fields to choose from
    button: str = ""  #: below the fields
    classes: tuple[ClassGroup, ...] = ()  #: that exist, and that are to be changed or cancelled
