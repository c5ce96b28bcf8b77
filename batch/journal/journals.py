"""The journals of all accounts, wherever they stand: each in a folder of this computer, or all in one database."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Protocol

from batch.core.errors import CannotRun
from batch.core.message import JournalFault
from batch.core.service.listed import Seen
from batch.core.service.titles import plain
from batch.journal import accounts, files
from batch.journal.database import Database
from batch.journal.lock import HeldLock, Holder, Lock, locked
from batch.journal.lock_holder import lock_holder
from batch.journal.records import Batch
from batch.journal.store import Journal

#: So many classes that another journal has confirmed, and the account lists, make it the same account.
LEAST_CLASSES = 3


class Journals(Protocol):
    """What may be asked of them. Every account is named as `accounts.account_id` has it.

    What is raised is what `files` raises: CannotRun, Unfinished.
    """

    def accounts(self) -> list[str]:
        """Those that have a journal."""

    def accounts_with(self, batch: str | None, most: int) -> list[str]:
        """Those that may have a batch, or, where none is named, one of so many that are the newest."""

    def has(self, account: str) -> bool:
        """Whether the account has a journal, whatever is in it."""

    def where(self, account: str) -> Path | str:
        """Where its journal is, for people; no secret is in it."""

    def first_name_of(self, account: str) -> str:
        """The name under which the journal of an account stands: its own, or that of an earlier key."""

    def make_alias(self, account: str, of: str, now: float) -> bool:
        """As `accounts.make_alias`."""

    def locked(self, account: str, now: float) -> AbstractContextManager[HeldLock]:
        """Hold an account for the length of a run."""

    def holder(self, account: str) -> Holder | None:
        """The run that is at work on the account, as far as can be told; None where none is."""

    def open(self, account: str, now: float, lock: HeldLock | None = None) -> AbstractContextManager[Journal]:
        """The account's journal, for writing; made where there never was one."""

    def reading(self, account: str) -> AbstractContextManager[Journal]:
        """It, for reading: somebody else may be writing it at this moment."""

    def scratch(self, folder: Path, account: str) -> AbstractContextManager[Journal]:
        """A journal in `folder` that is thrown away: files are taken in as the account's own would take them in.

        Args:
            folder: where it is.
            account: "": nobody's.
        """

    def scratch_for_look(self, folder: Path, account: str) -> AbstractContextManager[Journal]:
        """The same for a check that asks the account, whose list stands beside it."""

    def start_over(self, account: str, now: float, backup: Path | None, *, timeout_s: float) -> Path | str:
        """As `files.start_over`."""

    def revision(self, account: str) -> bytes:
        """What changes with each commit; b"": not known."""

    def forget_deposits(self, before: float) -> int:
        """Delete what is known of files that workers were done with by then (UTC seconds); return how many."""

    # For a move from one to another: see `moving`. The account is locked.

    def is_in_use(self, account: str) -> bool:
        """Whether it has a journal here that is not sealed."""

    def whole(self, account: str) -> AbstractContextManager[Database]:
        """All records of its journal, as of one moment."""

    def take(self, account: str, records: Database) -> None:
        """Put these records in the place of its journal here, or of none; it is not sealed afterwards."""

    def seal(self, account: str, moved_to: str) -> None:
        """Nothing is sent by its journal here any more: whoever opens it hears where it is now."""


class FileJournals:
    """A journal for each folder of `state`."""

    def __init__(self, state: Path) -> None:
        self._state = state

    def accounts(self) -> list[str]:
        return [path.parent.name for path in sorted(self._state.glob("*/journal.sqlite3"))]

    def accounts_with(self, batch: str | None, most: int) -> list[str]:  # noqa: ARG002 - only their journals know
        return self.accounts()

    def has(self, account: str) -> bool:
        return self.where(account).exists()

    def where(self, account: str) -> Path:
        return self._state / account / "journal.sqlite3"

    def first_name_of(self, account: str) -> str:
        return accounts.first_name_of(self._state, account)

    def make_alias(self, account: str, of: str, now: float) -> bool:
        return accounts.make_alias(self._state, account, of, now)

    def locked(self, account: str, now: float) -> AbstractContextManager[Lock]:
        return locked(self._state / account, now)

    def holder(self, account: str) -> Holder | None:
        return lock_holder(self._state / account)

    def open(self, account: str, now: float, lock: HeldLock | None = None) -> AbstractContextManager[Journal]:
        return files.open_journal(self._state / account, account, now, lock)

    def reading(self, account: str) -> AbstractContextManager[Journal]:
        return files.reading(self.where(account))

    def scratch(self, folder: Path, account: str) -> AbstractContextManager[Journal]:
        return files.scratch_journal(folder, self.where(account) if account else None)

    def scratch_for_look(self, folder: Path, account: str) -> AbstractContextManager[Journal]:
        return files.scratch_copy(folder, self.where(account))

    def start_over(self, account: str, now: float, backup: Path | None, *, timeout_s: float) -> Path:
        return files.start_over(self._state / account, account, now, backup, timeout_s=timeout_s)

    def revision(self, account: str) -> bytes:
        try:
            return (self._state / account / "watermark").read_bytes()
        except OSError:
            return b""

    def forget_deposits(self, before: float) -> int:  # noqa: ARG002 - there are none
        return 0

    def is_in_use(self, account: str) -> bool:
        return self.has(account)

    def whole(self, account: str) -> AbstractContextManager[Database]:
        return files.whole(self.where(account))

    def take(self, account: str, records: Database) -> None:
        files.take(self._state / account, records)

    def seal(self, account: str, moved_to: str) -> None:
        files.seal(self._state / account, moved_to)


class _Address(Protocol):
    """Where a database is, kept from logs."""

    def get_secret_value(self) -> str: ...


class JournalSettings(Protocol):
    """What of the settings says where journals are."""

    @property
    def state(self) -> Path: ...

    @property
    def journal(self) -> _Address | None: ...

    @property
    def takeover_s(self) -> float: ...


def journals_of(settings: JournalSettings, *, sandbox: bool = False) -> Journals:
    """Where the settings have them; those of a sandbox in this process are always in `state`, and thrown away."""
    if settings.journal is None or sandbox:
        return FileJournals(settings.state)
    from batch.journal.postgresql.journals import PostgresJournals  # noqa: PLC0415 - of the extra `cluster`

    return PostgresJournals(
        settings.state, settings.journal.get_secret_value(), takeover_s=settings.takeover_s
    )


@contextmanager
def find_batch(journals: Journals, batch: str | None) -> Iterator[tuple[Journal, Batch]]:
    """The journal that has a batch, opened for reading, and the batch.

    Args:
        journals: all of them.
        batch: None: the newest of all.

    Raises:
        CannotRun: no journal here has it.
    """
    newest: tuple[float, str, Batch] | None = None
    for account in journals.accounts_with(batch, 1):
        with journals.reading(account) as journal:
            for known in journal.batches.all():
                if batch in {None, known.id} and (newest is None or known.started_at > newest[0]):
                    newest = known.started_at, account, known
    if newest is None:
        raise CannotRun(JournalFault.NO_BATCH, state=journals.where(""), batch=batch)
    _, account, found = newest
    with journals.reading(account) as journal:
        yield journal, found


def recognise(
    journals: Journals, account: str, listed: Iterable[Seen], *, sent_to: str, sandbox: bool
) -> str | None:
    """The account that lists these classes, as another journal here knows it; None where none does.

    Args:
        journals: all of them.
        account: the one that listed them, whose own journal is left out.
        listed: its classes.
        sent_to: base URL of who listed them.
        sandbox: whether they are a sandbox's. A sandbox is never taken for an account, nor the other way round.
    """
    titles = {each.class_id: (plain(each.title), each.starts) for each in listed}
    if len(titles) < LEAST_CLASSES:
        return None
    found: dict[str, int] = {}
    for other in journals.accounts():
        if other == account:
            continue
        known: list[tuple[str, str, int]] = []
        with (
            suppress(CannotRun),
            journals.reading(other) as journal,
        ):  # another account's journal that cannot be read
            known = journal.sending.confirmed(titles, sent_to=sent_to, sandbox=sandbox)
        agreeing = sum(titles[class_id] == (plain(title), starts) for class_id, title, starts in known)
        if agreeing >= LEAST_CLASSES:
            found[other] = agreeing
    return max(found, key=found.__getitem__, default=None)
