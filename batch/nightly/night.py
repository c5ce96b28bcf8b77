"""What is to be done in a night, and what became of every file of it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import field
from pathlib import Path
from typing import TextIO

from batch.core.errors import CannotRun, FileProblem, Unfinished
from batch.core.message import Message
from batch.core.outcome import ENDINGS
from batch.core.quick_dataclass import dataclass
from batch.core.service.first_send import AlikeClasses
from batch.core.tally import Exit, Tally
from batch.intake import STDIN, Source
from batch.nightly.filing import Moved
from batch.nightly.inbox import Arrival, stamp_of
from batch.report.ending import Ending
from batch.settings.table import Settings

#: So many paths of a kind are named one by one.
MOST_LISTED = 10
_WORST_FIRST = (Exit.CANNOT_RUN, Exit.UNFINISHED, Exit.UNKNOWN, Exit.NEEDS_A_PERSON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be done tonight."""

    source: (
        str | Source
    )  #: a folder, a file, or "-" for CSV on standard input; or what has another name than its path
    settings: Settings
    accounts: Mapping[str, Callable[[], Settings]] = field(
        default_factory=dict
    )  #: by the name of their folder, and of folders with settings of their own
    sandbox: bool = False
    results: Path | None = None  #: of a single file; None: beside it
    workbook: bool = True  #: of a single file: False: no results workbook is written
    json: Path | TextIO | None = None  #: of a single file
    profiles: Collection[
        str
    ] = ()  #: those of them that are accounts; the others are folders of the inbox's own
    options: str = ""  #: what the command was given that the next one has to be given, too
    again: str = ""  #: what it was given that the same command for one of its files has to be given
    is_accepted: bool = False  #: a single file that somebody has looked at: no guard stops it
    alike: AlikeClasses = (
        AlikeClasses.HOLD
    )  #: what is said of its rows whose class may be in the account already

    @property
    def inbox(self) -> Path | None:
        """The folder; None for a single file."""
        path = Path(self.source) if isinstance(self.source, str) else None
        return path if path and path.is_dir() else None

    @property
    def is_nowhere(self) -> bool:
        """Whether nothing is there of what was named, which may have been meant for a folder."""
        source = self.source if isinstance(self.source, str) and self.source != STDIN else None
        return source is not None and not self.is_accepted and not Path(source).exists()

    def options_for(self, account: str | None) -> str:
        """What a command has to be given to go on with a file of that folder as the night did."""
        own = () if account is None else ("--profile" if account in self.profiles else "--folder", account)
        return " ".join(filter(None, (*own, self.options)))

    @property
    def failed(self) -> Arrival | None:
        """The single file, where it lies in an inbox's `failed` and was accepted: it is filed again."""
        if not isinstance(self.source, str):
            return None
        path = Path(self.source).absolute()
        if not self.is_accepted or path.parent.name != "failed" or not path.is_file():
            return None
        folder = path.parent.parent
        is_inbox = self.settings.inbox is not None and folder.resolve() == self.settings.inbox.resolve()
        account = folder.name if folder.name in self.accounts and not is_inbox else None
        return Arrival(path=path, account=account, stamp=stamp_of(path))


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of one file, or of a folder that could not be taken from."""

    name: str
    exit_code: Exit
    ending: Ending | None = None  #: None: it did not come to that
    trouble: CannotRun | Unfinished | None = None
    moved: Moved | None = None
    is_known: bool = False  #: the same content was imported before

    @property
    def is_well(self) -> bool:
        """Whether there is nothing that somebody should look at."""
        ending = self.ending
        return self.exit_code is Exit.DONE and (
            ending is None
            or not (
                ending.unwritten or ending.problems.lines() or any(note.is_warning for note in ending.notes)
            )
        )


@dataclass(slots=True)
class Night:
    """What became of everything."""

    taken: list[Taken] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)  #: files that were not begun, for the next night
    notes: list[Message] = field(default_factory=list)  #: on what was left alone
    why_stopped: Message | None = None  #: nothing more was begun

    @property
    def files(self) -> list[Taken]:
        """Those that were read, or would not be read."""
        return [each for each in self.taken if each.ending or isinstance(each.trouble, FileProblem)]

    @property
    def failed(self) -> list[Taken]:
        """What could not be imported."""
        return [each for each in self.taken if each.exit_code is Exit.CANNOT_RUN]

    @property
    def tally(self) -> Tally:
        tally = Tally()
        for each in self.taken:
            for outcome in ENDINGS if each.ending else ():
                tally.add(outcome, each.ending.tally[outcome] if each.ending else 0)
        return tally

    @property
    def exit_code(self) -> Exit:
        codes = {each.exit_code for each in self.taken}
        if self.why_stopped and self.waiting:
            codes.add(Exit.UNFINISHED)
        return worst(codes)


def worst(codes: Collection[Exit]) -> Exit:
    """The one that stands for several."""
    return next((code for code in _WORST_FIRST if code in codes), Exit.DONE)
