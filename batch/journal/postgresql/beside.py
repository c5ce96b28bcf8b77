"""Of a journal in a database, what a check has to know: it is put beside the check's own journal, where a file's would be.

A past may be a hundred times as much as a file. What is asked for here is a little more than
what `loading` takes of it, never less: how it is chosen stands there.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from batch.journal.copying import copy_some
from batch.journal.database import Database

_WANTED = "fingerprint TEXT NOT NULL"
_WANT = "INSERT INTO wanted (fingerprint) VALUES (:fingerprint)"
_CHOSEN = "fingerprint TEXT NOT NULL, batch TEXT NOT NULL, position INTEGER NOT NULL, class_id TEXT"
_CHOOSE = """
INSERT INTO chosen SELECT fingerprint, batch, position, class_id FROM attempt WHERE room_until > :since
  UNION SELECT fingerprint, batch, position, class_id FROM attempt WHERE ending IS NULL OR ending = 'no_answer'
  UNION SELECT fingerprint, batch, position, class_id FROM attempt WHERE fingerprint IN (SELECT fingerprint FROM wanted)
"""
_CLASSES = "class_id IN (SELECT class_id FROM chosen)"
#: Of each table, which records.
_WHERE = {
    "attempt": "fingerprint IN (SELECT fingerprint FROM chosen)",
    "row": (
        "(batch, position) IN (SELECT batch, position FROM chosen"
        " UNION SELECT batch, position FROM row WHERE batch = :newest"
        " UNION SELECT batch, position FROM row WHERE fingerprint IN (SELECT fingerprint FROM chosen)"
        " AND batch IN (SELECT value FROM json_each(:newest_others)))"
    ),
    "operation": _CLASSES,
    "sighting": _CLASSES,
}
_FILE = "SELECT started_at FROM batch WHERE id = :batch"
_STARTS = "SELECT min(starts) FROM row WHERE batch = :batch"
_FINGERPRINTS = "SELECT DISTINCT fingerprint FROM row WHERE batch = :batch AND fingerprint IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Beside:
    """An account's journal beside that of a check."""

    records: Database  #: of the account, as of one moment
    checked: Database  #: the journal of the check, to which an empty one is attached as `past`

    def begin(self) -> None:
        """What is small, and asked for before the file is taken in."""
        with self.checked.all_or_nothing():
            copy_some(self.records, self.checked, {"batch": "TRUE", "learned": "TRUE"}, {}, into="past")

    def choose(self, values: Mapping[str, object]) -> None:
        """The rest, by the rows of the file; `values` are those that the statements of `loading` get. Inside the transaction that takes the file in."""
        batch = values["batch"]
        starts = self.checked.value(_STARTS, batch=batch)
        # A day before the first lesson: what may be in the way of it, wherever its clock is.
        since = min(self.checked.value(_FILE, batch=batch), *([] if starts is None else [starts - 86400]))
        self.records.make_temporary("wanted", _WANTED)
        wanted = self.checked.all(_FINGERPRINTS, batch=batch)
        self.records.run_many(_WANT, ({"fingerprint": each[0]} for each in wanted))
        self.records.make_temporary("chosen", _CHOSEN)
        self.records.run(_CHOOSE, since=since)
        versions = {name: values[name] for name in ("newest", "newest_others")}
        copy_some(self.records, self.checked, _WHERE, versions, into="past")
