"""The rows of a file that have a problem, and the page of one row."""

from batch.core.quick_dataclass import dataclass
from batch.web.state.notice import Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassGroup:
    """Classes that the same is done about."""

    says: str
    first: tuple[str, ...]
    more: int  #: besides those


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
    wrong: str = ""  #: why what was typed there cannot be taken


@dataclass(frozen=True, slots=True, kw_only=True)
class RowProblem:
    place: str  #: "row 14", or "Autumn, row 14"
    outcome: str  #: in people's words
    tone: Tone
    title: str
    says: tuple[str, ...]
    fields: tuple[MendField, ...] = ()
    leave_out: str = ""  #: the name of a checkbox: the row is no class; "" where nothing is to be mended
    use: str = ""  #: the label of a button that moves the class to when it is free
    use_name: str = ""  #: its name, where `use`
    use_cells: tuple[tuple[str, str], ...] = ()  #: what it writes: (position, text)
    href: str = ""  #: GET: the whole row, each cell of it to be mended


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
class RowView:
    """row.html: one row of the file, all its cells to be mended. POST action: csrf, and the fields."""

    file: str
    place: str
    read: tuple[tuple[str, str], ...]  #: (what, as it was understood); empty where it was not
    classes: str  #: that it stands for several classes; "" for one
    row: RowProblem
    action: str
    back_href: str
