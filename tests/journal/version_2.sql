-- A journal as version 2 left it: a class that was made, one without room, one in doubt, one that was taken over.
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
INSERT INTO "account" VALUES('0123456789abcdef',1900000000.0,9,NULL,1,'9e18d2a5bfaa192c');
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
    -- class before this journal ever sent it
    kind          TEXT NOT NULL DEFAULT 'sent',
    room_until    INTEGER,          -- that of the row: what is over is not looked at
    PRIMARY KEY (fingerprint, number)
) STRICT, WITHOUT ROWID;
INSERT INTO "attempt" VALUES('0218d0f2ae4107716f71c50d5c1247ac4ee00fce3a512cd7b1b59ee31ab55700',1,'monday',3,1900000000.0,1900000000.0,'found',1900000000.0,NULL,NULL,'102',NULL,NULL,'taken_over',1946001600);
INSERT INTO "attempt" VALUES('7b5634f219fa7da4797e2c1360bd08a87d0da9f36ae6074478948eb18608af12',1,'monday',0,1900000000.0,1900000060.0,'created',1900000000.0,NULL,NULL,'101',NULL,NULL,'sent',1945990800);
INSERT INTO "attempt" VALUES('89895a8cc2aa49411d30dd1694b360aaa90bc7eb6b30a9a8c9d42639026b199c',1,'monday',1,1900000000.0,1900000060.0,'refused',1900000000.0,'1012',NULL,NULL,NULL,NULL,'sent',1945994400);
INSERT INTO "attempt" VALUES('9147214ab42e3c56587ea1975ccab3199cb70531c9cab5d9fe1022163fb29012',1,'monday',2,1900000000.0,1900000060.0,'no_answer',1900000000.0,'timeout',NULL,NULL,NULL,NULL,'sent',1945998000);
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
    notes       TEXT NOT NULL DEFAULT '[]' -- JSON: how the file was read, and what was taken for granted
) STRICT;
INSERT INTO "batch" VALUES('monday','term.csv','','','["Class", "Start"]','teacher','http://127.0.0.1/',0,1900000000.0,1900000100.0,3,'','[]');
CREATE TABLE learned (
    name   TEXT NOT NULL PRIMARY KEY,
    value  TEXT NOT NULL,
    source TEXT NOT NULL,
    at     REAL NOT NULL
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
    PRIMARY KEY (batch, position)
) STRICT, WITHOUT ROWID;
INSERT INTO "row" VALUES('monday',0,'',2,'["Algebra", "2031-09-01 00:00+00:00"]','[]','{"title": "Algebra", "start_time": "09/01/2031 00:00:00"}','Algebra','ana@school.example',1945987200,1945990800,1945990800,'d2d0074cf11070299edd0f50099f5a7f52d38002adb441a3167b97dd83a0c4e8','7b5634f219fa7da4797e2c1360bd08a87d0da9f36ae6074478948eb18608af12','scheduled',NULL,NULL,1);
INSERT INTO "row" VALUES('monday',1,'',3,'["Biology", "2031-09-01 01:00+00:00"]','[]','{"title": "Biology", "start_time": "09/01/2031 01:00:00"}','Biology','ana@school.example',1945990800,1945994400,1945994400,'d20fc0d163e2f652b6168bb6ab76101eaf089ca117f78231bd0c940a2d5a31fc','89895a8cc2aa49411d30dd1694b360aaa90bc7eb6b30a9a8c9d42639026b199c','held','1012',NULL,1);
INSERT INTO "row" VALUES('monday',2,'',4,'["Chemistry", "2031-09-01 02:00+00:00"]','[]','{"title": "Chemistry", "start_time": "09/01/2031 02:00:00"}','Chemistry','ana@school.example',1945994400,1945998000,1945998000,'1828f28c871ae44ab2da272843d9436323834ae49a9a4c93b76cd3fe4edb1eba','9147214ab42e3c56587ea1975ccab3199cb70531c9cab5d9fe1022163fb29012','unknown',NULL,NULL,1);
INSERT INTO "row" VALUES('monday',3,'',5,'["Drama", "2031-09-01 03:00+00:00"]','[]','{"title": "Drama", "start_time": "09/01/2031 03:00:00"}','Drama','ana@school.example',1945998000,1946001600,1946001600,'310f8ce0daaa0a7505fb736d8b66003176d2debdcab82a5562c4e543ccfd7780','0218d0f2ae4107716f71c50d5c1247ac4ee00fce3a512cd7b1b59ee31ab55700','already',NULL,NULL,1);
CREATE TABLE sighting (
    class_id  TEXT NOT NULL PRIMARY KEY,
    starts    INTEGER NOT NULL, -- of the row, UTC seconds
    first_at  REAL NOT NULL,    -- when the first list that showed it was begun
    last_at   REAL NOT NULL,    -- and the last
    missed_at REAL,             -- when the first list after that was begun that did not; NULL: none
    gone_at   REAL,             -- when it was found cancelled, or gone for good; NULL: it is there
    listed    TEXT NOT NULL     -- JSON: title, presenter, starts, minutes as that first list had them
) STRICT, WITHOUT ROWID;
INSERT INTO "sighting" VALUES('101',1945987200,1900000060.0,1900000060.0,NULL,NULL,'{"title":"Algebra","presenter":null,"starts":1945987200,"minutes":60}');
CREATE INDEX row_of_class ON row (fingerprint);
CREATE INDEX row_of_presenter ON row (presenter, starts);
CREATE INDEX attempt_in_doubt ON attempt (fingerprint) WHERE ending IS NULL OR ending = 'no_answer';
CREATE INDEX attempt_ahead ON attempt (room_until);
CREATE INDEX attempt_of_class ON attempt (class_id) WHERE class_id IS NOT NULL;
CREATE TRIGGER one_row_for_a_class BEFORE UPDATE OF class_id ON attempt
WHEN EXISTS (SELECT 1 FROM attempt WHERE class_id = NEW.class_id AND fingerprint <> NEW.fingerprint)
BEGIN SELECT RAISE(ABORT, 'another row stands for this class'); END;
CREATE TRIGGER one_row_for_a_class_taken_over BEFORE INSERT ON attempt
WHEN NEW.kind = 'taken_over'
  AND EXISTS (SELECT 1 FROM attempt WHERE class_id = NEW.class_id AND fingerprint <> NEW.fingerprint)
BEGIN SELECT RAISE(ABORT, 'another row stands for this class'); END;
CREATE INDEX sighting_ahead ON sighting (starts);
COMMIT;
PRAGMA application_id = 1129071188;
PRAGMA user_version = 2;
