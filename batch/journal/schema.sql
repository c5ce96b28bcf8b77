-- The journal of one account. Version 4; how an older one gets here stands in migration.py.
--
-- `attempt` and `operation` are the truth about the service: an intent is committed
-- before the first byte leaves, its ending before anyone is told. What became of a
-- class is always read off them, never stored a second time.

CREATE TABLE account (
    id         TEXT NOT NULL PRIMARY KEY,
    created_at REAL NOT NULL,
    commits    INTEGER NOT NULL DEFAULT 0, -- compared with the watermark beside the journal
    -- An older journal was lost: each class is looked up before it is first sent, and what that
    -- journal sent may have been waited for until then. NULL: never.
    started_over_at REAL,
    epoch      INTEGER NOT NULL DEFAULT 0, -- raised by every run; an older run's transactions fail
    stamp      TEXT NOT NULL DEFAULT ''    -- the journal's own name, for classes that carry it
) STRICT;

CREATE TABLE batch (
    id          TEXT NOT NULL PRIMARY KEY,
    file        TEXT NOT NULL,
    sha256      TEXT NOT NULL,
    sheet       TEXT NOT NULL,
    header      TEXT NOT NULL, -- JSON: every input column as typed
    account     TEXT NOT NULL, -- its kind: teacher or room
    sent_to     TEXT NOT NULL, -- base URL
    sandbox     INTEGER NOT NULL,
    started_at  REAL NOT NULL,
    finished_at REAL,
    exit_code   INTEGER,
    timetable   TEXT NOT NULL DEFAULT '', -- as the setting calls it; '': the file's own name does
    notes       TEXT NOT NULL DEFAULT '[]', -- JSON: how the file was read, and what was taken for granted
    undoes      TEXT           -- the batch that this one takes back; NULL: it is a file
) STRICT;

CREATE TABLE row (
    batch       TEXT NOT NULL REFERENCES batch (id) ON DELETE CASCADE,
    position    INTEGER NOT NULL, -- 0, 1, 2, ... in file order
    sheet       TEXT NOT NULL,
    number      INTEGER NOT NULL, -- as Excel shows it
    cells       TEXT NOT NULL,    -- JSON: every cell as shown, under batch.header
    issues      TEXT NOT NULL,    -- JSON: problems, and warnings of rows that are sent all the same
    -- NULL from here to fingerprint where the row is invalid
    parameters  TEXT,             -- JSON: what `create` is sent
    title       TEXT,
    presenter   TEXT,
    starts      INTEGER,          -- UTC seconds
    ends        INTEGER,          -- the class itself
    room_until  INTEGER,          -- with extend_duration: until when it takes up room
    identity    TEXT,
    fingerprint TEXT,
    outcome     TEXT,             -- NULL while it waits for its turn
    code        TEXT,
    message     TEXT,
    priority    INTEGER,          -- what the class is worth when not all can be sent
    class_id    TEXT,             -- of a row that is undone: it stands for no class, and has no fingerprint
    lesson_id   TEXT,             -- by what the lesson is known in the next version, with the day of a row that repeats
    PRIMARY KEY (batch, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX row_of_class ON row (fingerprint);
CREATE INDEX row_of_presenter ON row (presenter, starts);

CREATE TABLE attempt (
    fingerprint   TEXT NOT NULL,
    number        INTEGER NOT NULL, -- 1, 2, ... over all batches
    batch         TEXT NOT NULL,
    position      INTEGER NOT NULL,
    sent_at       REAL NOT NULL,
    deadline      REAL NOT NULL,    -- after it no answer was waited for
    ending        TEXT,             -- NULL: cut short before its ending was known
    ended_at      REAL,
    code          TEXT,
    message       TEXT,
    class_id      TEXT,
    call_id       TEXT,
    presenter_url TEXT,
    -- sent; presumed: a journal that was lost may have sent it; taken_over: the account listed the
    -- class before this journal ever sent it; changed: the class stood for another row before
    kind          TEXT NOT NULL DEFAULT 'sent',
    room_until    INTEGER,          -- that of the row: what is over is not looked at
    former_class_id TEXT,           -- of a class that stands for another row since, or was cancelled
    PRIMARY KEY (fingerprint, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX attempt_in_doubt ON attempt (fingerprint) WHERE ending IS NULL OR ending = 'no_answer';
CREATE INDEX attempt_ahead ON attempt (room_until);
CREATE INDEX attempt_of_class ON attempt (class_id) WHERE class_id IS NOT NULL;
CREATE INDEX attempt_of_former_class ON attempt (former_class_id) WHERE former_class_id IS NOT NULL;

-- Two rows never end with one class, from version 2 on; pairs of version 1 stay as they are.
CREATE TRIGGER one_row_for_a_class BEFORE UPDATE OF class_id ON attempt
WHEN EXISTS (SELECT 1 FROM attempt WHERE class_id = NEW.class_id AND fingerprint <> NEW.fingerprint)
BEGIN SELECT RAISE(ABORT, 'another row stands for this class'); END;

CREATE TRIGGER one_row_for_a_class_taken_over BEFORE INSERT ON attempt
WHEN NEW.kind = 'taken_over'
  AND EXISTS (SELECT 1 FROM attempt WHERE class_id = NEW.class_id AND fingerprint <> NEW.fingerprint)
BEGIN SELECT RAISE(ABORT, 'another row stands for this class'); END;

-- What the account's complete lists have shown of the classes that rows stand for. One that was
-- never seen is listed late, not gone.
CREATE TABLE sighting (
    class_id  TEXT NOT NULL PRIMARY KEY,
    starts    INTEGER NOT NULL, -- of the row, UTC seconds
    first_at  REAL NOT NULL,    -- when the first list that showed it was begun
    last_at   REAL NOT NULL,    -- and the last
    missed_at REAL,             -- when the first list after that was begun that did not; NULL: none
    gone_at   REAL,             -- when it was found cancelled, or gone for good; NULL: it is there
    listed    TEXT NOT NULL     -- JSON: title, presenter, starts, minutes, start_text, length_text as that first list had them
) STRICT, WITHOUT ROWID;

CREATE INDEX sighting_ahead ON sighting (starts);

-- What is known of the account itself: its concurrent-class limit, where that came from, and when.
CREATE TABLE learned (
    name   TEXT NOT NULL PRIMARY KEY,
    value  TEXT NOT NULL,
    source TEXT NOT NULL,
    at     REAL NOT NULL
) STRICT;

-- What was done to classes that exist: a change, parking one for a moment, a cancelling.
CREATE TABLE operation (
    class_id         TEXT NOT NULL,
    number           INTEGER NOT NULL, -- 1, 2, ... over all batches
    kind             TEXT NOT NULL,    -- change, park, cancel
    batch            TEXT NOT NULL,    -- that asked for it
    was_batch        TEXT NOT NULL,    -- the row that the class stood for
    was_position     INTEGER NOT NULL,
    was_fingerprint  TEXT NOT NULL,
    meant_batch      TEXT,             -- the row that it is to stand for; NULL: it is to be cancelled
    meant_position   INTEGER,
    meant_fingerprint TEXT,
    parameters       TEXT NOT NULL,    -- JSON: what is sent besides the class_id
    starts           INTEGER,          -- where the class begins afterwards, UTC seconds
    room_until       INTEGER,
    sent_at          REAL NOT NULL,
    deadline         REAL NOT NULL,    -- after it no answer was waited for
    ending           TEXT,             -- NULL: cut short before its ending was known
    ended_at         REAL,
    code             TEXT,
    message          TEXT,
    PRIMARY KEY (class_id, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX operation_in_doubt ON operation (class_id) WHERE ending IS NULL OR ending = 'no_answer';
CREATE INDEX operation_of_batch ON operation (batch);
CREATE INDEX operation_meant ON operation (meant_fingerprint) WHERE meant_fingerprint IS NOT NULL;

-- After a confirmed change the class stands for the new row, and the old row is no longer there.
-- The new row's attempt keeps when the class was made: that is what a list can be late with.
CREATE TRIGGER class_changed AFTER UPDATE OF ending ON operation
WHEN NEW.ending IN ('done', 'found') AND NEW.kind = 'change'
BEGIN
  INSERT INTO attempt (fingerprint, number, batch, position, sent_at, deadline, ending, ended_at, call_id,
    presenter_url, kind, room_until, class_id)
  SELECT NEW.meant_fingerprint,
    (SELECT coalesce(max(number), 0) + 1 FROM attempt WHERE fingerprint = NEW.meant_fingerprint),
    NEW.meant_batch, NEW.meant_position, sent_at, deadline, ending, ended_at, call_id, presenter_url, 'changed',
    NEW.room_until, class_id
  FROM attempt WHERE class_id = NEW.class_id AND fingerprint = NEW.was_fingerprint
  ORDER BY ending = 'created' DESC, number LIMIT 1;
  UPDATE attempt SET former_class_id = class_id, class_id = NULL, ending = 'changed'
  WHERE class_id = NEW.class_id AND NOT (fingerprint = NEW.meant_fingerprint
    AND number = (SELECT max(number) FROM attempt WHERE fingerprint = NEW.meant_fingerprint));
  UPDATE sighting SET starts = NEW.starts WHERE class_id = NEW.class_id;
END;

CREATE TRIGGER class_parked AFTER UPDATE OF ending ON operation
WHEN NEW.ending IN ('done', 'found') AND NEW.kind = 'park'
BEGIN
  UPDATE attempt SET room_until = max(room_until, NEW.room_until) WHERE class_id = NEW.class_id;
  UPDATE sighting SET starts = NEW.starts WHERE class_id = NEW.class_id;
END;

CREATE TRIGGER class_cancelled AFTER UPDATE OF ending ON operation
WHEN NEW.ending IN ('done', 'found') AND NEW.kind = 'cancel'
BEGIN
  UPDATE attempt SET former_class_id = class_id, class_id = NULL, ending = 'cancelled' WHERE class_id = NEW.class_id;
  UPDATE sighting SET gone_at = NEW.ended_at WHERE class_id = NEW.class_id;
END;

-- Classes of earlier versions that a file no longer asks for, and what became of them in its batch.
CREATE TABLE gone (
    batch     TEXT NOT NULL REFERENCES batch (id) ON DELETE CASCADE,
    class_id  TEXT NOT NULL,
    title     TEXT NOT NULL,
    presenter TEXT NOT NULL,
    starts    INTEGER NOT NULL, -- UTC seconds
    ends      INTEGER NOT NULL,
    zone      TEXT NOT NULL,
    row_then  INTEGER NOT NULL, -- as Excel showed it
    outcome   TEXT,             -- NULL: nothing was to be done about it
    code      TEXT,
    message   TEXT,
    PRIMARY KEY (batch, class_id)
) STRICT, WITHOUT ROWID;
