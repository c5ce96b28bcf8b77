-- A journal as version 3 left it: four classes that were made, one of them changed and one cancelled by a sync.
BEGIN TRANSACTION;
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
INSERT INTO "account" VALUES('0123456789abcdef',1.79581374444196891783e+09,22,NULL,2,'c27d5cd259576272');
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
INSERT INTO "attempt" VALUES('3133c547c034f2a0390ba644120e88c4636f96ae9b961ff2243008d70a188926',1,'tuesday',1,1.79581374586552071576e+09,1.79581380586552071575e+09,'created',1.79581374586911535259e+09,NULL,NULL,'2492041','e844aa9bc2ff','http://sandbox.invalid/aliveext/LoginToSession.aspx?SessionCode=260689%3d','changed',1946124000,NULL);
INSERT INTO "attempt" VALUES('32950a1dc512edb6f303e092e2b897e407909297d3bd0ab8e3a650f054883cbe',1,'monday',2,1.79581374586606526376e+09,1.79581380586606526375e+09,'cancelled',1.79581374587159943575e+09,NULL,NULL,NULL,'2c6ccddf94a2','http://sandbox.invalid/aliveext/LoginToSession.aspx?SessionCode=26068a%3d','sent',1946196000,'2492042');
INSERT INTO "attempt" VALUES('76c1bec541debc7044acc00a8ecae2eeb76611376efbb7e9a83e7087a6be4cf2',1,'monday',1,1.79581374586552071576e+09,1.79581380586552071575e+09,'changed',1.79581374586911535259e+09,NULL,NULL,NULL,'e844aa9bc2ff','http://sandbox.invalid/aliveext/LoginToSession.aspx?SessionCode=260689%3d','sent',1946109600,'2492041');
INSERT INTO "attempt" VALUES('aada66191549a332c8f98184dc41dec48e217ae982dc91b80944b6102e17c311',1,'monday',3,1.79581374586613440507e+09,1.79581380586613440514e+09,'created',1.79581374587170553209e+09,NULL,NULL,'2492043','2ff57d626ff0','http://sandbox.invalid/aliveext/LoginToSession.aspx?SessionCode=26068b%3d','sent',1946282400,NULL);
INSERT INTO "attempt" VALUES('d3355805f11e9b366a0ef8aed087bcb1ce9a82964e56190f79f4fc49668412dd',1,'monday',0,1.7958137458653116226e+09,1.79581380586531162259e+09,'created',1.79581374586896538739e+09,NULL,NULL,'2492040','2967699bb071','http://sandbox.invalid/aliveext/LoginToSession.aspx?SessionCode=260688%3d','sent',1946023200,NULL);
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
INSERT INTO "batch" VALUES('monday','term.csv','278ed35e5ead4174c18bf8fcadce6abc4d2840c92fef1d0e89413035981ea337','','["lesson_id", "title", "start_time", "time_zone", "presenter_email", "duration", "attendee_limit", "create_recording"]','teacher','a sandbox in this process',1,1.79581374483701896671e+09,1.79581374588815450665e+09,0,'','["{\"note\": \"not_read\", \"header\": \"lesson_id\", \"column\": \"date\"}", "{\"note\": \"not_read\", \"header\": \"lesson_id\", \"column\": \"weekday\"}"]',NULL);
INSERT INTO "batch" VALUES('tuesday','term.csv','5e6eef17f892d913d5735441a1b1ef34814e2802edfa991fa4e814fd9d053c50','','["lesson_id", "title", "start_time", "time_zone", "presenter_email", "duration", "attendee_limit", "create_recording"]','teacher','a sandbox in this process',1,1.79581374597082281114e+09,1.79581374607826089852e+09,0,'','["{\"note\": \"not_read\", \"header\": \"lesson_id\", \"column\": \"date\"}", "{\"note\": \"not_read\", \"header\": \"lesson_id\", \"column\": \"weekday\"}"]',NULL);
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
INSERT INTO "gone" VALUES('tuesday','2492042','Lesson 3','ana@school.example',1946192400,1946196000,'GMT',4,'cancelled',NULL,'{"note": "cancelled"}');
CREATE TABLE learned (
    name   TEXT NOT NULL PRIMARY KEY,
    value  TEXT NOT NULL,
    source TEXT NOT NULL,
    at     REAL NOT NULL
) STRICT;
INSERT INTO "learned" VALUES('listing_lag_at_most_s','0.007564067840576172','the account''s list',1.79581374587369847293e+09);
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
INSERT INTO "operation" VALUES('2492041',1,'change','tuesday','monday',1,'76c1bec541debc7044acc00a8ecae2eeb76611376efbb7e9a83e7087a6be4cf2','tuesday',1,'3133c547c034f2a0390ba644120e88c4636f96ae9b961ff2243008d70a188926','{"start_time": "09/02/2031 13:00:00", "time_zone": "GMT"}',1946120400,1946124000,1.79581374605062055582e+09,1.79581380605062055589e+09,'done',1.79581374605259370806e+09,NULL,NULL);
INSERT INTO "operation" VALUES('2492042',1,'cancel','tuesday','monday',2,'32950a1dc512edb6f303e092e2b897e407909297d3bd0ab8e3a650f054883cbe',NULL,NULL,NULL,'{}',NULL,1946196000,1.79581374605553293222e+09,1.7958138060555329323e+09,'done',1.79581374606382703773e+09,NULL,NULL);
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
    PRIMARY KEY (batch, position)
) STRICT, WITHOUT ROWID;
INSERT INTO "row" VALUES('monday',0,'',2,'["K1", "Lesson 1", "2031-09-01 09:00", "GMT", "ana@school.example", "60", "10", "no"]','[]','{"title": "Lesson 1", "start_time": "09/01/2031 09:00:00", "time_zone": "GMT", "presenter_email": "ana@school.example", "duration": "60", "attendee_limit": "10", "create_recording": "false"}','Lesson 1','ana@school.example',1946019600,1946023200,1946023200,'4e965430b8271d415295ed904cfcf1d7cafa4f42e32908a9b814e56fc1399215','d3355805f11e9b366a0ef8aed087bcb1ce9a82964e56190f79f4fc49668412dd','scheduled',NULL,NULL,1,NULL);
INSERT INTO "row" VALUES('monday',1,'',3,'["K2", "Lesson 2", "2031-09-02 09:00", "GMT", "ana@school.example", "60", "10", "no"]','[]','{"title": "Lesson 2", "start_time": "09/02/2031 09:00:00", "time_zone": "GMT", "presenter_email": "ana@school.example", "duration": "60", "attendee_limit": "10", "create_recording": "false"}','Lesson 2','ana@school.example',1946106000,1946109600,1946109600,'061d9ef2419e01bcbb09c838e9840724578fa3bd1c4450cc6d1e0b07a0ef7504','76c1bec541debc7044acc00a8ecae2eeb76611376efbb7e9a83e7087a6be4cf2','scheduled',NULL,NULL,1,NULL);
INSERT INTO "row" VALUES('monday',2,'',4,'["K3", "Lesson 3", "2031-09-03 09:00", "GMT", "ana@school.example", "60", "10", "no"]','[]','{"title": "Lesson 3", "start_time": "09/03/2031 09:00:00", "time_zone": "GMT", "presenter_email": "ana@school.example", "duration": "60", "attendee_limit": "10", "create_recording": "false"}','Lesson 3','ana@school.example',1946192400,1946196000,1946196000,'e5c2a90caf5fa42adad9cc7cd3bc69820caad70fbc379e1c794f3b2bb01b1ef9','32950a1dc512edb6f303e092e2b897e407909297d3bd0ab8e3a650f054883cbe','scheduled',NULL,NULL,1,NULL);
INSERT INTO "row" VALUES('monday',3,'',5,'["K4", "Lesson 4", "2031-09-04 09:00", "GMT", "ana@school.example", "60", "10", "no"]','[]','{"title": "Lesson 4", "start_time": "09/04/2031 09:00:00", "time_zone": "GMT", "presenter_email": "ana@school.example", "duration": "60", "attendee_limit": "10", "create_recording": "false"}','Lesson 4','ana@school.example',1946278800,1946282400,1946282400,'7b96419e1c3e9e7b21efa8fd454ebad1fe6768f2cba3e35f27ec48e18b5ffec0','aada66191549a332c8f98184dc41dec48e217ae982dc91b80944b6102e17c311','scheduled',NULL,NULL,1,NULL);
INSERT INTO "row" VALUES('tuesday',0,'',2,'["K1", "Lesson 1", "2031-09-01 09:00", "GMT", "ana@school.example", "60", "10", "no"]','[]','{"title": "Lesson 1", "start_time": "09/01/2031 09:00:00", "time_zone": "GMT", "presenter_email": "ana@school.example", "duration": "60", "attendee_limit": "10", "create_recording": "false"}','Lesson 1','ana@school.example',1946019600,1946023200,1946023200,'4e965430b8271d415295ed904cfcf1d7cafa4f42e32908a9b814e56fc1399215','d3355805f11e9b366a0ef8aed087bcb1ce9a82964e56190f79f4fc49668412dd','already',NULL,NULL,1,NULL);
INSERT INTO "row" VALUES('tuesday',1,'',3,'["K2", "Lesson 2", "2031-09-02 13:00", "GMT", "ana@school.example", "60", "10", "no"]','[]','{"title": "Lesson 2", "start_time": "09/02/2031 13:00:00", "time_zone": "GMT", "presenter_email": "ana@school.example", "duration": "60", "attendee_limit": "10", "create_recording": "false"}','Lesson 2','ana@school.example',1946120400,1946124000,1946124000,'8d8e1bce61399439f7212dc191199262aa21e2c0177b9800df4b5f96910e6bb1','3133c547c034f2a0390ba644120e88c4636f96ae9b961ff2243008d70a188926','changed',NULL,'{"note": "changed", "changes": [{"note": "changed_start", "before": [1946106000, null, "GMT"], "after": [1946120400, null, "GMT"]}]}',1,NULL);
INSERT INTO "row" VALUES('tuesday',2,'',4,'["K4", "Lesson 4", "2031-09-04 09:00", "GMT", "ana@school.example", "60", "10", "no"]','[]','{"title": "Lesson 4", "start_time": "09/04/2031 09:00:00", "time_zone": "GMT", "presenter_email": "ana@school.example", "duration": "60", "attendee_limit": "10", "create_recording": "false"}','Lesson 4','ana@school.example',1946278800,1946282400,1946282400,'7b96419e1c3e9e7b21efa8fd454ebad1fe6768f2cba3e35f27ec48e18b5ffec0','aada66191549a332c8f98184dc41dec48e217ae982dc91b80944b6102e17c311','already',NULL,NULL,1,NULL);
CREATE TABLE sighting (
    class_id  TEXT NOT NULL PRIMARY KEY,
    starts    INTEGER NOT NULL, -- of the row, UTC seconds
    first_at  REAL NOT NULL,    -- when the first list that showed it was begun
    last_at   REAL NOT NULL,    -- and the last
    missed_at REAL,             -- when the first list after that was begun that did not; NULL: none
    gone_at   REAL,             -- when it was found cancelled, or gone for good; NULL: it is there
    listed    TEXT NOT NULL     -- JSON: title, presenter, starts, minutes as that first list had them
) STRICT, WITHOUT ROWID;
INSERT INTO "sighting" VALUES('2492040',1946019600,1.79581374587369847293e+09,1.79581374606752610205e+09,NULL,NULL,'{"title":"Lesson 1","presenter":null,"starts":1946019600,"minutes":60}');
INSERT INTO "sighting" VALUES('2492041',1946120400,1.79581374587369847293e+09,1.79581374606752610205e+09,NULL,NULL,'{"title":"Lesson 2","presenter":null,"starts":1946106000,"minutes":60}');
INSERT INTO "sighting" VALUES('2492042',1946192400,1.79581374587369847293e+09,1.79581374587369847293e+09,1.79581374606752610205e+09,1.79581374606382703773e+09,'{"title":"Lesson 3","presenter":null,"starts":1946192400,"minutes":60}');
INSERT INTO "sighting" VALUES('2492043',1946278800,1.79581374587369847293e+09,1.79581374606752610205e+09,NULL,NULL,'{"title":"Lesson 4","presenter":null,"starts":1946278800,"minutes":60}');
CREATE INDEX row_of_class ON row (fingerprint);
CREATE INDEX row_of_presenter ON row (presenter, starts);
CREATE INDEX attempt_in_doubt ON attempt (fingerprint) WHERE ending IS NULL OR ending = 'no_answer';
CREATE INDEX attempt_ahead ON attempt (room_until);
CREATE INDEX attempt_of_class ON attempt (class_id) WHERE class_id IS NOT NULL;
CREATE INDEX attempt_of_former_class ON attempt (former_class_id) WHERE former_class_id IS NOT NULL;
CREATE TRIGGER one_row_for_a_class BEFORE UPDATE OF class_id ON attempt
WHEN EXISTS (SELECT 1 FROM attempt WHERE class_id = NEW.class_id AND fingerprint <> NEW.fingerprint)
BEGIN SELECT RAISE(ABORT, 'another row stands for this class'); END;
CREATE TRIGGER one_row_for_a_class_taken_over BEFORE INSERT ON attempt
WHEN NEW.kind = 'taken_over'
  AND EXISTS (SELECT 1 FROM attempt WHERE class_id = NEW.class_id AND fingerprint <> NEW.fingerprint)
BEGIN SELECT RAISE(ABORT, 'another row stands for this class'); END;
CREATE INDEX sighting_ahead ON sighting (starts);
CREATE INDEX operation_in_doubt ON operation (class_id) WHERE ending IS NULL OR ending = 'no_answer';
CREATE INDEX operation_of_batch ON operation (batch);
CREATE INDEX operation_meant ON operation (meant_fingerprint) WHERE meant_fingerprint IS NOT NULL;
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
COMMIT;
PRAGMA application_id = 1129071188;
PRAGMA user_version = 3;
