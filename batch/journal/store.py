"""One account's journal: a part for each of those who need it, over one connection.

Every writing method is one transaction. What stands in the parts knows of no
database but what `Database` offers.
"""

from collections.abc import Callable

from batch.journal.account import AccountStore
from batch.journal.batches import Batches
from batch.journal.database import Database
from batch.journal.listed import ListedClasses
from batch.journal.maintenance import MaintenanceStore
from batch.journal.operations import OperationStore
from batch.journal.planning import PlanningStore
from batch.journal.reports import ReportStore
from batch.journal.rows import Rows
from batch.journal.sending import SendingStore
from batch.journal.sightings import Sightings
from batch.journal.undo import UndoStore


class Journal:
    """The parts.

    Raises:
        Exception: of the database, from every method of them; nothing of that call is then on disk.
    """

    def __init__(self, database: Database, holds_lock: Callable[[], bool] = lambda: True) -> None:
        """`holds_lock` says whether the lock still keeps other runs out; asked before each block of rows."""
        self.holds_lock = holds_lock
        self._database = database
        rows = Rows(database)
        self.batches = Batches(database)  #: files taken in
        self.sending = SendingStore(database, rows)  #: intents, endings, outcomes
        self.operations = OperationStore(database)  #: changes and cancellings of classes
        self.undo = UndoStore(database, self.operations)  #: what a batch did, to be taken back
        self.listed = ListedClasses(database)  #: the account's own list beside the journal
        self.sightings = Sightings(database)  #: what lists have shown of the classes that rows stand for
        self.planning = PlanningStore(database, rows)  #: the classes as planning sees them
        self.reports = ReportStore(database, rows, self.operations)  #: a batch as it stands
        self.account = AccountStore(database)  #: what was learned of the account
        self.maintenance = MaintenanceStore(database)  #: what is kept for years

    def begin_run(self) -> None:
        """From now on no older run can commit: it ends with `Superseded`. Every run that writes begins so."""
        self._database.raise_epoch()
