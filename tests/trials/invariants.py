"""The invariants I1 to I10: what a run says, held against what the service has."""

import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree

from batch.core.outcome import ENDINGS, Outcome
from batch.core.service.protocol import sign
from batch.core.tally import Tally
from batch.journal.journals import Journals, journals_of
from batch.report.from_journal import make_again
from batch.sandbox.classes import ScheduledClass
from batch.settings.resolve import load_settings
from tests.trials.case import KEYS, THERE, Case, Expected, Scene
from tests.trials.running import Ran
from tests.trials.timetable import Key, key_of

#: In every log-in link of the sandbox: stored, and shown in the workbook as text; nowhere else.
LOGIN_LINK = "SessionCode="
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

_IDS = ("row", "outcome", "call_id", "class_id", "error_code")


@dataclass(slots=True)
class Verdict:
    """What one run did to its rows, and what it broke."""

    rows: int = 0
    lost: int = 0
    duplicated: int = 0
    wrong: int = 0
    unknown: int = 0
    left: int = 0  #: for the next run: not sent
    broken: list[str] = field(default_factory=list)

    def add(self, other: "Verdict") -> None:
        self.rows += other.rows
        self.lost += other.lost
        self.duplicated += other.duplicated
        self.wrong += other.wrong
        self.unknown += other.unknown
        self.left += other.left
        self.broken += other.broken


def ledger(scene: Scene) -> Mapping[Key, list[ScheduledClass]]:
    """Our classes at the service."""
    found = defaultdict(list)
    for each in scene.sandbox.classes:
        if str(each.class_id) not in scene.foreign and not each.cancelled:
            found[key_of(each)].append(each)
    return found


def judge(case: Case, scene: Scene, ran: Ran, expected: Expected) -> Verdict:
    """Hold a run against the ledger. No row of it is trusted to say what it was."""
    verdict = Verdict(rows=len(scene.lessons))
    classes = ledger(scene)
    _count_doubles(case, scene, classes, verdict)
    if ran.exit_code not in expected.exits:
        verdict.broken.append(f"exit {ran.exit_code}: {ran.said.decode()[-600:]}")
    if not ran.rows:
        if Outcome.NOT_SENT not in expected.outcomes:
            verdict.broken.append(f"no rows: {ran.said.decode()[-600:]}")
        return verdict
    by_number = {each["row"]: each for each in ran.rows}
    if sorted(by_number) != list(range(2, len(scene.lessons) + 2)):
        verdict.broken.append(f"I1 rows {sorted(by_number)}")
    for number, lesson in enumerate(scene.lessons, start=2):
        row = by_number.get(number, {})
        for kind, says in _row_faults(row, classes.get(lesson.key, []), expected):
            setattr(verdict, kind, getattr(verdict, kind) + 1)
            verdict.broken.append(f"row {number} {dict(row)}: {says}")
        verdict.unknown += row.get("outcome") == Outcome.UNKNOWN
        verdict.left += row.get("outcome") == Outcome.NOT_SENT
    strangers = set(classes) - {lesson.key for lesson in scene.lessons}
    if strangers:
        verdict.broken.append(f"I5 classes that no row asked for: {strangers}")
    verdict.broken += _run_faults(scene, ran, expected)
    verdict.broken += _workbook_faults(scene, ran)
    return verdict


def _count_doubles(
    case: Case, scene: Scene, classes: Mapping[Key, list[ScheduledClass]], verdict: Verdict
) -> None:
    allowed = 2 if case.doubled_by_service else 1
    for key, made in classes.items():
        if len(made) > allowed:
            verdict.duplicated += len(made) - allowed
            verdict.broken.append(f"I4 {key} exists {len(made)} times")
    if scene.sandbox.row_inflight_peak > 1:
        verdict.broken.append("I7 two requests for one row at once")
    limit = case.account.max_concurrent_classes
    if limit is not None and scene.sandbox.peak_concurrent > limit:
        verdict.broken.append(f"I7 {scene.sandbox.peak_concurrent} classes at once of {limit}")


def _row_faults(
    row: Mapping[str, Any], made: list[ScheduledClass], expected: Expected
) -> Iterator[tuple[str, str]]:
    outcome = row.get("outcome")
    if outcome not in ENDINGS:
        yield "wrong", "I1 has no outcome"
        return
    if outcome not in expected.outcomes:
        yield "wrong", f"I6 may only be {', '.join(expected.outcomes)}"
    if outcome in THERE:
        yield from _claim_faults(row, made, expected)
        return
    if expected.code is not None and row["error_code"] != expected.code:
        yield "wrong", f"its code is not {expected.code}"
    if not row["message"]:
        yield "wrong", "I1 gives no reason"
    if made and outcome != Outcome.UNKNOWN:
        yield "wrong", "I3 has a class all the same"


def _claim_faults(
    row: Mapping[str, Any], made: list[ScheduledClass], expected: Expected
) -> Iterator[tuple[str, str]]:
    """I2: of a row that says that its class is there."""
    found = "look-up found" in (row["message"] or "") or row["outcome"] == Outcome.ALREADY
    if not made:
        yield "lost", "I2 has no class"
    elif not any(str(each.class_id) == row["class_id"] for each in made):
        yield "wrong", f"I2 the class is {made[0].class_id}"
    elif row["call_id"] is None and expected.call_ids and not found:
        yield "wrong", "I2 has no call_id, and does not say why"
    elif row["call_id"] is not None and not any(each.call_id == row["call_id"] for each in made):
        yield "wrong", f"I2 the call_id is {made[0].call_id}"


def _run_faults(scene: Scene, ran: Ran, expected: Expected) -> Iterator[str]:
    tally = Tally(Outcome(row["outcome"]) for row in ran.rows)
    if dict(tally.counts()) != ran.answer["counts"]:
        yield f"counts {ran.answer['counts']} of {tally.counts()}"
    if ran.answer["exit_code"] != ran.exit_code:
        yield f"exit {ran.exit_code}, and {ran.answer['exit_code']} in the JSON"
    creates = sum(n for name, n in scene.sandbox.call_counts.items() if name.startswith("create"))
    most = expected.creates(len(scene.lessons))
    if creates > most:
        yield f"I10 {creates} creates for {len(scene.lessons)} rows, at most {most}"
    if scene.given_away:
        yield f"told to a stranger: {scene.given_away!r}"


def _workbook_faults(scene: Scene, ran: Ran) -> Iterator[str]:
    """I8: it opens, says what the JSON says, holds no formula, and can be made again."""
    shown = cells(ran.results)
    told = [tuple(str(row[name] or "") for name in _IDS) for row in ran.rows]
    if [row[: len(_IDS)] for row in shown[1:]] != told:
        yield f"I8 workbook {shown[1:]} differs from {told}"
    again = ran.results.with_name("again.xlsx")
    make_again(_journals_of(scene), ran.answer["batch"], again)
    if cells(again) != shown:
        yield "I8 the workbook made again differs"
    again.unlink()


def _journals_of(scene: Scene) -> Journals:
    environment = {"CLASSBATCH_STATE": str(scene.state), **scene.environment}
    return journals_of(load_settings({}, environ=environment, cwd=scene.folder))


def cells(workbook: Path) -> list[tuple[str, ...]]:
    """The sheet Results as text."""
    # Not by openpyxl, which takes ten times as long; tests/report opens workbooks with it.
    with zipfile.ZipFile(workbook) as parts:
        sheet = etree.fromstring(parts.read("xl/worksheets/sheet1.xml"))
    assert sheet.find(f".//{{{_SHEET}}}f") is None, "I8 a formula"
    rows = [
        {str(cell.get("r")).rstrip("0123456789"): "".join(map(str, cell.itertext())) for cell in row}
        for row in sheet.iterfind(f".//{{{_SHEET}}}row")
    ]
    return [tuple(row.get(column, "") for column in rows[0]) for row in rows]


def leaks(scene: Scene, *texts: bytes, began: float, ended: float) -> Iterator[str]:
    """I9: keys and signatures nowhere, log-in links only in the journal and the workbooks."""
    times = range(int(began) - 1, int(ended) + 2)
    signatures = [
        sign(KEYS.secret_key, KEYS.access_key, at, method)
        for at in times
        for method in ("create", "modify", "cancel", "get_data")
    ]
    secrets = [text.encode() for text in (KEYS.access_key, KEYS.secret_key, *signatures)]
    link = LOGIN_LINK.encode()
    for text in texts:
        yield from (f"I9 {secret!r} was told" for secret in (*secrets, link) if secret in text)
    for path in scene.folder.rglob("*"):
        if not path.is_file() or path.suffix == ".pem":
            continue
        written = path.read_bytes()
        if path.suffix == ".xlsx" and zipfile.is_zipfile(path):  # a scratch one may be cut short
            with zipfile.ZipFile(path) as book:
                written = b"".join(map(book.read, book.namelist()))
        yield from (f"I9 {secret!r} stands in {path}" for secret in secrets if secret in written)
        # A workbook that a kill cut short, or its scratch files, are a workbook too.
        is_workbook = path.suffix in {".xlsx", ".part"} or ".classbatch-" in path.parent.name
        if link in written and not is_workbook and "journal.sqlite3" not in path.name:
            yield f"I9 a log-in link stands in {path}"
