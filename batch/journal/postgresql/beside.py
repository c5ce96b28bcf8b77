"""Of a journal in a database, what a check has to know: it is put beside the check's own journal, where a file's would be.

A past may be a hundred times as much as a file. What is asked for here is a little more than
what `loading` takes of it, never less: how it is chosen stands there. A check that asks the
account has it in its own journal, with what it knows of the classes that are listed.
"""

import json
from collections.abc import Mapping, Sequence

from batch.core.quick_dataclass import dataclass
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
#: One at least, whichever it is: that anything was ever sent.
_CHOOSE_ANY = (
    "INSERT INTO chosen SELECT fingerprint, batch, position, class_id FROM attempt"
    " WHERE kind <> 'presumed' AND NOT EXISTS (SELECT 1 FROM chosen) LIMIT 1"
)
_LISTED = "(SELECT value FROM json_each(:class_ids))"
_CHOOSE_LISTED = f"""
INSERT INTO chosen SELECT fingerprint, batch, position, class_id FROM attempt WHERE fingerprint IN
  (SELECT fingerprint FROM attempt WHERE class_id IN {_LISTED}
   UNION SELECT fingerprint FROM attempt WHERE former_class_id IN {_LISTED})
"""
_CLASSES = "class_id IN (SELECT class_id FROM chosen)"
_ATTEMPTS = "fingerprint IN (SELECT fingerprint FROM chosen)"
#: What the newest file that had a row came to.
_NEWEST_OF_ROW = (
    " UNION SELECT batch, position FROM (SELECT row.batch, row.position, row_number() OVER"
    "  (PARTITION BY row.fingerprint ORDER BY batch.started_at DESC, batch.id DESC) AS age"
    "  FROM row JOIN batch ON batch.id = row.batch WHERE row.fingerprint IN (SELECT fingerprint FROM wanted)) AS aged"
    " WHERE age = 1"
)
#: Of each table, which records.
_WHERE = {
    "attempt": _ATTEMPTS,
    "row": (
        "(batch, position) IN (SELECT batch, position FROM chosen"
        " UNION SELECT batch, position FROM row WHERE batch = :newest"
        " UNION SELECT batch, position FROM row WHERE fingerprint IN (SELECT fingerprint FROM chosen)"
        " AND batch IN (SELECT value FROM json_each(:newest_others)){more})"
    ),
    "operation": _CLASSES,
    "sighting": _CLASSES,
    "gone": "batch = :newest",
}
_OF_LISTED = {
    "attempt": _ATTEMPTS,
    "row": "(batch, position) IN (SELECT batch, position FROM chosen)",
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
    checked: Database  #: the journal of the check
    into: str  #: `past`, an empty one that is attached to it; or `main`, itself, of a check that asks the account

    def begin(self) -> None:
        """What is small, and asked for before the file is taken in."""
        small = {"batch": "TRUE", "learned": "TRUE"}
        with self.checked.all_or_nothing():
            if self._asks_account:
                self.checked.run("DELETE FROM account")
                small["account"] = "TRUE"
            copy_some(self.records, self.checked, small, {}, into=self.into)

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
        if self._asks_account:
            self.records.run(_CHOOSE_ANY)
        more = _NEWEST_OF_ROW if self._asks_account else ""
        where = {**_WHERE, "row": _WHERE["row"].format(more=more)}
        versions = {name: values[name] for name in ("newest", "newest_others")}
        copy_some(self.records, self.checked, where, versions, into=self.into)

    def choose_listed(self, class_ids: Sequence[str]) -> None:
        """And what is known of classes that the account lists."""
        self.records.make_temporary("chosen", _CHOSEN)
        self.records.run(_CHOOSE_LISTED, class_ids=json.dumps(class_ids))
        with self.checked.all_or_nothing():
            copy_some(self.records, self.checked, _OF_LISTED, {}, into=self.into)

    @property
    def _asks_account(self) -> bool:
        return self.into == "main"
