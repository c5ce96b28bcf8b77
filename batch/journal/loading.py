"""What is done when all rows of a file are in the journal: each statement is given the batch.

They run in the transaction that took the rows in, and in this order.
"""

#: The ordinal of the row among such rows of its file: identical rows stay legal, and tomorrow's file
#: gives each of them the same fingerprint again.
_FINGERPRINTS = """
UPDATE row SET fingerprint = fingerprint_of(row.identity, numbered.ordinal) FROM
  (SELECT position, row_number() OVER (PARTITION BY identity ORDER BY position) AS ordinal
   FROM row WHERE batch = :batch AND identity IS NOT NULL) AS numbered
WHERE row.batch = :batch AND row.position = numbered.position
"""

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
INSERT INTO attempt (fingerprint, number, batch, position, sent_at, deadline, kind)
SELECT fingerprint, (SELECT count(*) FROM attempt AS past WHERE past.fingerprint = row.fingerprint) + 1,
       batch, position, started_over_at, started_over_at, 'presumed'
FROM row, account
WHERE batch = :batch AND fingerprint = fingerprint_of(identity, 1) AND started_over_at IS NOT NULL
  AND NOT EXISTS (
    SELECT 1 FROM attempt AS past WHERE past.fingerprint = row.fingerprint AND (
      past.ending IN ('created', 'found')
      OR past.kind = 'presumed' AND past.sent_at = started_over_at))
"""

WHEN_ALL_ARE_IN = (_FINGERPRINTS, _KNOWN_ALREADY, _NEVER_HELD, _PRESUMED)
