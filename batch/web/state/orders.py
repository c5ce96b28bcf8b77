"""What the page asks of a child process, and what is said about a file on the page; both travel and rest as JSON."""

import json
from dataclasses import asdict, field, replace
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Any

from batch.core.language import Language
from batch.core.quick_dataclass import dataclass

if TYPE_CHECKING:
    from batch.settings.table import Settings


@unique
class Task(StrEnum):
    """What a child is started for."""

    CHECK = "check"  #: read the upload, say what would be sent
    SUBMIT = "submit"  #: send it
    HAND_OVER = "hand-over"  #: have a worker send it, wherever that is, and follow it
    FOLLOW = "follow"  #: follow what was handed over by a server before us
    MARKED = "marked"  #: the person's own file again, the problems marked
    SHOW = "show"  #: what became of a batch, from the journal
    WORKBOOK = "workbook"  #: its results workbook, from the journal
    CALENDAR = "calendar"  #: its classes for a calendar, from the journal
    UNDO_PLAN = "undo-plan"  #: what would be taken back of a batch
    UNDO = "undo"  #: take it back
    TEMPLATE = "template"  #: a blank timetable


#: What sends: it comes to a stop by itself when the server ends, or goes on elsewhere.
RUNS = frozenset({Task.SUBMIT, Task.HAND_OVER, Task.FOLLOW, Task.UNDO})
#: What makes a file to keep: those are in English.
FILES = frozenset({Task.MARKED, Task.WORKBOOK, Task.CALENDAR, Task.TEMPLATE})


@unique
class Answer(StrEnum):
    """What a person says by pressing a button of the page that shows what became of the rows."""

    GO_ON = ""  #: send what is still open
    RETRY = "retry"  #: and what was refused
    TAKE_OVER = "take-over"  #: the classes that held rows look like are theirs
    AS_NEW = "as-new"  #: they are other classes
    REPLACES = (
        "replaces"  #: it is the next version, though most of it is otherwise than the classes that exist
    )
    OVERWRITE = "overwrite"  #: what somebody changed in WizIQ becomes what the file says
    FIRST_TIME = "first-time"  #: nobody sent this file before, from any computer


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOverrides:
    """What a person set for their file on the mapping page."""

    columns: dict[str, str] = field(default_factory=dict)  #: header -> API name, "" to leave it aside
    remember: bool = False
    sheet: str = ""  #: "" where nothing was said
    all_sheets: bool = False
    dates: str = ""  #: "dmy" or "mdy"; "" for what the file shows
    clock: str = ""  #: "24" where its clock counts to 24; "" for what the file shows
    time_zone: str = ""  #: where the file names none; "" for what the settings have
    format: str = ""  #: the program whose export it is; "" for what its headers show
    changes: str = (
        ""  #: of classes that exist: "change" those that its rows changed, "all": cancel what is gone, too;
        # "whole": and what lies before the first or after the last lesson of the file
    )
    grid: dict[str, Any] = field(
        default_factory=dict
    )  #: of a weekly grid: what the parts of a cell are, and which cells are no class
    when: dict[str, Any] = field(
        default_factory=dict
    )  #: the hours of periods, the minutes of a lesson, the first and the last day of the term
    addresses: dict[str, str] = field(default_factory=dict)  #: a presenter's name -> their address

    def flags(self) -> dict[str, Any]:
        """The same, as flags of the command line."""
        flags: dict[str, Any] = {}
        if self.columns:
            flags["columns"] = self.columns
        if self.remember:
            flags["remember"] = True
        if self.all_sheets:
            flags["all_sheets"] = True
        elif self.sheet:
            flags["sheet"] = self.sheet
        if self.dates:
            flags["dates"] = self.dates
        if self.clock:
            flags["clock"] = self.clock
        if self.format:
            flags["format"] = self.format
        return flags


@dataclass(frozen=True, slots=True, kw_only=True)
class MendedRow:
    """What a person mended of one row on the check page."""

    sheet: str
    number: int
    cell: str = ""  #: the address of a lesson of a weekly grid, of which several stand in one row
    cells: dict[str, str] = field(
        default_factory=dict
    )  #: position, as JSON has its keys -> what is to stand there
    left_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerRequest:
    """The first line that a child reads. It holds no secret: the child has the keys from where we have them."""

    task: Task
    flags: dict[
        str, Any
    ]  #: of `serve`; settings that have none come from the environment, as they came to us
    sandbox: bool
    language: Language = Language.ENGLISH  #: of who asks; what is left for the page is worded in it
    out: str  #: the folder, or the file, that the answer goes into
    file: str = ""  #: where the upload stands
    name: str = ""  #: what people call it
    said: FileOverrides = field(default_factory=FileOverrides)
    mended: tuple[MendedRow, ...] = ()
    upload: str = ""  #: the id of the upload
    owner: str | None = None
    nonce: str = ""  #: of the confirmation
    answer: Answer = Answer.GO_ON
    batch: str = ""
    presenter: str = ""  #: whose calendar; "" for everybody's
    rows: tuple[int, ...] = ()  #: which of a batch are taken back; none for all

    def line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def of(cls, line: bytes) -> "WorkerRequest":
        fields = json.loads(line)
        kinds = {
            "task": Task(fields["task"]),
            "answer": Answer(fields["answer"]),
            "language": Language(fields["language"]),
        }
        mended = tuple(MendedRow(**each) for each in fields["mended"])
        rows = tuple(fields["rows"])
        return cls(
            **{**fields, **kinds, "rows": rows, "said": FileOverrides(**fields["said"]), "mended": mended}
        )

    def settled(self, settings: "Settings") -> "Settings":
        """The settings, with what was said about this file that no flag says."""
        if self.said.time_zone:
            settings = replace(settings, defaults={**settings.defaults, "time_zone": self.said.time_zone})
        if self.said.grid:
            settings = _with_grid(settings, self.said.grid)
        if self.said.when:
            settings = _with_when(settings, self.said.when)
        if self.said.addresses:
            known = {**settings.values.get("presenter_email", {}), **self.said.addresses}
            settings = replace(settings, values={**settings.values, "presenter_email": known})
        return settings

    def all_flags(self) -> dict[str, Any]:
        """`serve`'s flags, with what was said about this file."""
        overrides = self.said.flags()
        if "columns" in overrides:
            overrides["columns"] = {**(self.flags.get("columns") or {}), **overrides["columns"]}
        if "sheet" in overrides or "all_sheets" in overrides:
            overrides = {"sheet": None, "all_sheets": None, **overrides}
        return {**self.flags, **overrides}


def _with_grid(settings: "Settings", overrides: dict[str, Any]) -> "Settings":
    """The settings, with what was said about the cells of a grid."""
    grid: dict[str, object] = {"cell": overrides["cell"], "without": list(overrides["without"])}
    if overrides["who"]:
        room = settings.account.value == "room"
        grid |= dict.fromkeys(
            ("presenter_id", "presenter_name") if room else ("presenter_email",), overrides["who"]
        )
    return replace(settings, grid=grid)


def _with_when(settings: "Settings", overrides: dict[str, Any]) -> "Settings":
    """The settings, with what was said of when the lessons are."""
    term = {name: overrides[name] for name in ("starts", "ends") if overrides.get(name)}
    values = {**settings.values}
    for name, column in (("periods", "start_time"), ("days", "weekday"), ("meets", "repeat")):
        if meant := overrides.get(name):
            values[column] = {**values.get(column, {}), **meant}
    minutes = {"duration": overrides["minutes"]} if overrides.get("minutes") else {}
    return replace(
        settings,
        term={**settings.term, **term},
        values=values,
        defaults={**settings.defaults, **minutes},
    )


Event = dict[str, Any]
