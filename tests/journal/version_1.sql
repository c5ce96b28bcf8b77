-- A journal as version 1 left it: two batches with a start-over between them, and two rows with one class.
BEGIN TRANSACTION;
CREATE TABLE account (
    id         TEXT NOT NULL PRIMARY KEY,
    created_at REAL NOT NULL,
    commits    INTEGER NOT NULL DEFAULT 0, -- compared with the watermark beside the journal
    -- An older journal was lost: each class is looked up before it is first sent, and what that
    -- journal sent may have been waited for until then. NULL: never.
    started_over_at REAL
) STRICT;
INSERT INTO "account" VALUES('0123456789abcdef',1900000000.0,10,1900000160.0);
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
    PRIMARY KEY (fingerprint, number)
) STRICT, WITHOUT ROWID;
INSERT INTO "attempt" VALUES('0218d0f2ae4107716f71c50d5c1247ac4ee00fce3a512cd7b1b59ee31ab55700',1,'monday',3,1900000000.0,1900000060.0,'created',1900000000.0,NULL,NULL,'101',NULL,NULL);
INSERT INTO "attempt" VALUES('7b5634f219fa7da4797e2c1360bd08a87d0da9f36ae6074478948eb18608af12',1,'monday',0,1900000000.0,1900000060.0,'created',1900000000.0,NULL,NULL,'101',NULL,NULL);
INSERT INTO "attempt" VALUES('89895a8cc2aa49411d30dd1694b360aaa90bc7eb6b30a9a8c9d42639026b199c',1,'monday',1,1900000000.0,1900000060.0,'refused',1900000000.0,'1032',NULL,NULL,NULL,NULL);
INSERT INTO "attempt" VALUES('9147214ab42e3c56587ea1975ccab3199cb70531c9cab5d9fe1022163fb29012',1,'monday',2,1900000000.0,1900000060.0,'no_answer',1900000000.0,'timeout',NULL,NULL,NULL,NULL);
INSERT INTO "attempt" VALUES('9147214ab42e3c56587ea1975ccab3199cb70531c9cab5d9fe1022163fb29012',2,'tuesday',1,1900000160.0,1900000160.0,NULL,NULL,'presumed',NULL,NULL,NULL,NULL);
INSERT INTO "attempt" VALUES('9ddf9e1cd1d8b84945aaffa552970be3e54736db2fb60319833ca93162b4ec6d',1,'tuesday',2,1900000160.0,1900000160.0,NULL,NULL,'presumed',NULL,NULL,NULL,NULL);
INSERT INTO "attempt" VALUES('a0e6121a89129e8290d60dd3d642ddc44460d42b2a14c2ae0c91a367bc46e796',1,'monday',5,1900000000.0,1900000060.0,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
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
    exit_code   INTEGER
) STRICT;
INSERT INTO "batch" VALUES('monday','term.csv','','','["Class", "Start"]','teacher','http://127.0.0.1/',0,1900000000.0,1900000060.0,3);
INSERT INTO "batch" VALUES('tuesday','term.csv','','','["Class", "Start"]','teacher','http://127.0.0.1/',0,1900000000.0,NULL,NULL);
CREATE TABLE learned (
    name   TEXT NOT NULL PRIMARY KEY,
    value  TEXT NOT NULL,
    source TEXT NOT NULL,
    at     REAL NOT NULL
) STRICT;
INSERT INTO "learned" VALUES('max_concurrent_classes','5','a refusal',1900000000.0);
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
INSERT INTO "row" VALUES('monday',1,'',3,'["Biology", "2031-09-01 01:00+00:00"]','[]','{"title": "Biology", "start_time": "09/01/2031 01:00:00"}','Biology','ana@school.example',1945990800,1945994400,1945994400,'d20fc0d163e2f652b6168bb6ab76101eaf089ca117f78231bd0c940a2d5a31fc','89895a8cc2aa49411d30dd1694b360aaa90bc7eb6b30a9a8c9d42639026b199c','refused','1032','busy',1);
INSERT INTO "row" VALUES('monday',2,'',4,'["Chemistry", "2031-09-01 02:00+00:00"]','[]','{"title": "Chemistry", "start_time": "09/01/2031 02:00:00"}','Chemistry','ana@school.example',1945994400,1945998000,1945998000,'1828f28c871ae44ab2da272843d9436323834ae49a9a4c93b76cd3fe4edb1eba','9147214ab42e3c56587ea1975ccab3199cb70531c9cab5d9fe1022163fb29012','unknown','timeout','No answer.',1);
INSERT INTO "row" VALUES('monday',3,'',5,'["Drama", "2031-09-01 03:00+00:00"]','[]','{"title": "Drama", "start_time": "09/01/2031 03:00:00"}','Drama','ana@school.example',1945998000,1946001600,1946001600,'310f8ce0daaa0a7505fb736d8b66003176d2debdcab82a5562c4e543ccfd7780','0218d0f2ae4107716f71c50d5c1247ac4ee00fce3a512cd7b1b59ee31ab55700','scheduled',NULL,NULL,1);
INSERT INTO "row" VALUES('monday',4,'',6,'["", "soon"]','[{"column": "start_time", "header": "Start", "value": "soon", "code": "R003", "says": "is not a date and time", "fix": "Write it as 2026-09-01 14:00.", "foretells": "1022"}]',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'invalid','1022',NULL,NULL);
INSERT INTO "row" VALUES('monday',5,'',7,'["Ethics", "2031-09-01 04:00+00:00"]','[]','{"title": "Ethics", "start_time": "09/01/2031 04:00:00"}','Ethics','ana@school.example',1946001600,1946005200,1946005200,'9509a92248fb4241c407595f7b0a2b2b187be2783b1a250264c506af3ed7360a','a0e6121a89129e8290d60dd3d642ddc44460d42b2a14c2ae0c91a367bc46e796',NULL,NULL,NULL,1);
INSERT INTO "row" VALUES('tuesday',0,'',2,'["Algebra", "2031-09-01 00:00+00:00"]','[]','{"title": "Algebra", "start_time": "09/01/2031 00:00:00"}','Algebra','ana@school.example',1945987200,1945990800,1945990800,'d2d0074cf11070299edd0f50099f5a7f52d38002adb441a3167b97dd83a0c4e8','7b5634f219fa7da4797e2c1360bd08a87d0da9f36ae6074478948eb18608af12',NULL,NULL,NULL,1);
INSERT INTO "row" VALUES('tuesday',1,'',3,'["Chemistry", "2031-09-01 02:00+00:00"]','[]','{"title": "Chemistry", "start_time": "09/01/2031 02:00:00"}','Chemistry','ana@school.example',1945994400,1945998000,1945998000,'1828f28c871ae44ab2da272843d9436323834ae49a9a4c93b76cd3fe4edb1eba','9147214ab42e3c56587ea1975ccab3199cb70531c9cab5d9fe1022163fb29012',NULL,NULL,NULL,1);
INSERT INTO "row" VALUES('tuesday',2,'',4,'["French", "2031-09-01 05:00+00:00"]','[]','{"title": "French", "start_time": "09/01/2031 05:00:00"}','French','ana@school.example',1946005200,1946008800,1946008800,'a0544d06e5bfff8728c6dad89f91b6bd6eae87395b2e8260f0a7bb71851abbb6','9ddf9e1cd1d8b84945aaffa552970be3e54736db2fb60319833ca93162b4ec6d',NULL,NULL,NULL,1);
CREATE INDEX row_of_class ON row (fingerprint);
CREATE INDEX row_of_presenter ON row (presenter, starts);
CREATE INDEX attempt_in_doubt ON attempt (fingerprint) WHERE ending IS NULL OR ending = 'no_answer';
COMMIT;
PRAGMA application_id = 1129071188;
PRAGMA user_version = 1;
