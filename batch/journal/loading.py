"""What is done when all rows of a file are in the journal: each statement is given the batch.

They run in the transaction that took the rows in, and in this order; rows that are alike
have their fingerprints by then.
"""

#: The ordinal of the row among such rows of its file: identical rows stay legal, and tomorrow's file
#: gives each of them the same fingerprint again. As the first it came in; nearly every row is.
LATER_ALIKE = """
SELECT position, identity, ordinal FROM
  (SELECT position, identity, row_number() OVER (PARTITION BY fingerprint ORDER BY position) AS ordinal
   FROM row WHERE batch = :batch AND fingerprint IN
     (SELECT fingerprint FROM row WHERE batch = :batch AND fingerprint IS NOT NULL GROUP BY +fingerprint HAVING count(*) > 1)
  ) AS numbered
WHERE ordinal > 1
"""
SET_FINGERPRINT = "UPDATE row SET fingerprint = :fingerprint WHERE batch = :batch AND position = :position"

#: Of the rows that are too late, those whose class an earlier run scheduled are well: a term's
#: file is handed in long after its first lessons were held. The others are invalid like any.
_KNOWN_ALREADY = """
UPDATE row SET outcome = 'already', code = NULL, issues = '[]'
WHERE batch = :batch AND outcome = 'invalid'
  AND fingerprint IN (SELECT fingerprint FROM attempt WHERE class_id IS NOT NULL)
"""
_NEVER_HELD = """
UPDATE row SET parameters = NULL, title = NULL, presenter = NULL, starts = NULL, ends = NULL, room_until = NULL,
       identity = NULL, fingerprint = NULL, priority = NULL
WHERE batch = :batch AND outcome = 'invalid' AND fingerprint IS NOT NULL
"""

#: After a start-over, any class may have been sent before: it counts as sent and never
#: answered, once, so that it is looked up before it is sent. So does one in doubt: it may
#: have been sent again since. Of rows that are alike only the first is ever sent while it
#: has a class, and what a look-up finds for it may be any of them.
_PRESUMED = """
INSERT INTO attempt (fingerprint, number, batch, position, sent_at, deadline, kind, room_until)
SELECT fingerprint, (SELECT count(*) FROM attempt AS past WHERE past.fingerprint = row.fingerprint) + 1,
       batch, position, started_over_at, started_over_at, 'presumed', room_until
FROM row, account
WHERE batch = :batch AND fingerprint IS NOT NULL AND started_over_at IS NOT NULL
  AND position NOT IN (SELECT CAST(value AS INTEGER) FROM json_each(:later_alike))
  AND NOT EXISTS (
    SELECT 1 FROM attempt AS past WHERE past.fingerprint = row.fingerprint AND (
      past.ending IN ('created', 'found')
      OR past.kind = 'presumed' AND past.sent_at = started_over_at))
"""

#: What another journal, attached as `past`, knows of the file: the classes of its rows, those that are not
#: over, and, for the days of the file, the others beside them. The past may be a hundred times as much.
_SINCE = """
min((SELECT started_at FROM batch WHERE id = :batch), coalesce((SELECT min(starts) FROM row WHERE batch = :batch
  AND fingerprint IN (SELECT fingerprint FROM past.attempt)) - 86400, 9e15))
"""
_KNOWN_ATTEMPTS = f"""
INSERT INTO attempt SELECT * FROM past.attempt WHERE room_until > {_SINCE}
  UNION SELECT * FROM past.attempt WHERE ending IS NULL OR ending = 'no_answer'
  UNION SELECT * FROM past.attempt WHERE fingerprint IN
    (SELECT fingerprint FROM main.row WHERE batch = :batch AND fingerprint IS NOT NULL)
"""
_THEIR_ROWS = """
INSERT INTO row SELECT * FROM past.row WHERE (batch, position) IN (SELECT batch, position FROM main.attempt)
"""
#: Of the newest version of the file's own timetable every row, for the next one is compared with it.
_VERSION_BEFORE = "INSERT OR IGNORE INTO row SELECT * FROM past.row WHERE batch = :newest"
_GONE_BEFORE = "INSERT INTO gone SELECT * FROM past.gone WHERE batch = :newest"
_OTHER_TIMETABLES = """
INSERT OR IGNORE INTO row SELECT * FROM past.row WHERE fingerprint IN (SELECT fingerprint FROM main.attempt)
  AND batch IN (SELECT value FROM json_each(:newest_others))
"""
_THEIR_OPERATIONS = """
INSERT INTO operation SELECT * FROM past.operation WHERE class_id IN
  (SELECT class_id FROM main.attempt WHERE class_id IS NOT NULL)
"""
_THEIR_SIGHTINGS = """
INSERT INTO sighting SELECT * FROM past.sighting WHERE class_id IN
  (SELECT class_id FROM main.attempt WHERE class_id IS NOT NULL)
"""

#: Before a file is taken in beside another journal: what is small.
BESIDE = (
    "INSERT INTO batch SELECT * FROM past.batch",
    "INSERT INTO learned SELECT * FROM past.learned",
)

WHEN_ALL_ARE_IN = (_KNOWN_ALREADY, _NEVER_HELD, _PRESUMED)
WHEN_ALL_ARE_IN_BESIDE = (
    _KNOWN_ATTEMPTS,
    _THEIR_ROWS,
    _VERSION_BEFORE,
    _GONE_BEFORE,
    _OTHER_TIMETABLES,
    _THEIR_OPERATIONS,
    _THEIR_SIGHTINGS,
    *WHEN_ALL_ARE_IN,
)
