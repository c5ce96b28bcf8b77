"""A workbook is parsed by a process that it may take down; whoever asked for it stays up."""

import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from batch.core.errors import FileProblem
from batch.core.rows.columns import AccountKind
from batch.readers import LoadOptions, TimetableFile, open_timetable, subprocess_parent
from tests.support.warm import STARTED_ANEW
from tests.support.words import stops
from tests.support.workbooks import HEADER, ROW, SHEET_1, one_sheet, with_part, with_shared_strings

MIB = 1024 * 1024


@pytest.fixture(autouse=True)
def started_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """As without tests: most others have their workbooks read by a process that was forked."""
    monkeypatch.setattr(subprocess_parent, "start", STARTED_ANEW)


@contextmanager
def opened(data: bytes, options: LoadOptions | None = None) -> Iterator[TimetableFile]:
    with open_timetable(
        io.BytesIO(data), options=options or LoadOptions(), account=AccountKind.TEACHER, name="term.xlsx"
    ) as timetable:
        yield timetable


def many(rows: int) -> bytes:
    """So many classes, more than a pipe holds."""
    line = (
        '<row r="{0}"><c r="A{0}" t="inlineStr"><is><t>Lesson {0}</t></is></c><c r="D{0}"><v>60</v></c></row>'
    )
    lines = "".join(line.format(row) for row in range(3, rows + 2)).encode()
    return with_part(
        one_sheet(HEADER, ROW), SHEET_1, lambda xml: xml.replace(b"</sheetData>", lines + b"</sheetData>")
    )


def children() -> list[int]:
    """The readers of workbooks among the children of this process."""
    me = os.getpid()
    pids = Path(f"/proc/{me}/task/{me}/children").read_text().split()
    return [
        int(pid)
        for pid in pids
        if b"batch.readers.subprocess_child" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]


def test_rows_and_notes_are_the_same_as_in_one_process() -> None:
    data = one_sheet(("Autumn term",), HEADER, ROW, ("Week 2",), (), ROW)
    told = []
    for isolated in (True, False):
        with open_timetable(
            io.BytesIO(data), options=LoadOptions(), account=AccountKind.TEACHER, isolated=isolated
        ) as timetable:
            told.append((list(timetable), timetable.notes, timetable.header, timetable.sheet))
    assert told[0] == told[1]
    assert children() == []


#: What may stand in <is>, and the text that a spreadsheet shows.
INLINE = {
    "plain": ("<t>Algebra &amp; Sets</t>", "Algebra & Sets"),
    "with white space": ('<t xml:space="preserve"> Algebra </t>', " Algebra "),
    "with an escape of Excel's": ("<t>Alg_x0065_bra</t>", "Algebra"),
    "empty": ("<t/>", None),
    "nothing at all": ("", None),
    "in two colours": ("<r><t>Alg</t></r><r><rPr><b/></rPr><t>ebra</t></r>", "Algebra"),
    "plain, then in bold": ("<t>Alg</t><r><t>ebra</t></r>", "Algebra"),
    "with a reading aid": ('<t>Algebra</t><rPh sb="0" eb="1"><t>aid</t></rPh>', "Algebra"),
}


@pytest.mark.parametrize(("xml", "shows"), INLINE.values(), ids=INLINE)
def test_a_text_in_the_cell_itself_is_read_as_openpyxl_reads_it(xml: str, shows: str | None) -> None:
    who = "<is><t>ana@school.example</t></is>"
    line = f'<row r="2"><c r="A2" t="inlineStr"><is>{xml}</is></c><c r="C2" t="inlineStr">{who}</c></row>'
    data = with_part(
        one_sheet(HEADER),
        SHEET_1,
        lambda old: old.replace(b"</sheetData>", line.encode() + b"</sheetData>"),
    )
    for isolated in (True, False):
        with open_timetable(
            io.BytesIO(data), options=LoadOptions(), account=AccountKind.TEACHER, isolated=isolated
        ) as timetable:
            (row,) = timetable
        assert (row.cells[0] or None) == shows


def test_it_knows_no_key_and_no_home() -> None:
    with opened(many(20_000)):
        (child,) = children()
        variables = Path(f"/proc/{child}/environ").read_bytes()
    assert variables.strip(b"\0") == b"OPENPYXL_DEFUSEDXML=False"


def test_whoever_has_seen_enough_leaves_no_process_behind() -> None:
    with opened(many(20_000)) as timetable:
        assert next(iter(timetable)).number == 2
        assert len(children()) == 1
    assert children() == []


CRASHES = {
    "a crash": (signal.SIGABRT, "the reader of workbooks failed on it"),
    "too much memory for the machine": (signal.SIGKILL, "more memory to read than this machine has left"),
    "too much time": (signal.SIGXCPU, "takes longer than 30 seconds to read"),
}


@pytest.mark.parametrize(("killed_by", "says"), CRASHES.values(), ids=CRASHES)
def test_its_end_is_one_sentence(
    killed_by: signal.Signals, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        sys.modules, "python_calamine_plus", None
    )  # with it, a crash is followed by another try
    with opened(many(20_000)) as timetable:
        rows = iter(timetable)
        assert next(rows).number == 2
        os.kill(children()[0], killed_by)
        with stops(FileProblem, match=says):
            list(rows)
    assert children() == []


@pytest.mark.thorough
def test_a_bound_on_time_is_kept() -> None:
    with (
        stops(FileProblem, match="takes longer than 1 seconds"),
        opened(many(120_000), LoadOptions(most_cpu_s=1)) as timetable,
    ):
        list(timetable)


@pytest.mark.thorough
def test_a_bound_on_memory_is_kept() -> None:
    strings = b"".join(b"<si><t>%d%s</t></si>" % (number, b"x" * 100) for number in range(200_000))
    data = with_shared_strings(one_sheet(HEADER, ROW), strings)
    options = LoadOptions(most_memory_bytes=72 * MIB)
    with stops(FileProblem, match="takes more than 72 MiB of memory"), opened(data, options):
        pass
    with opened(data) as timetable:
        assert len(list(timetable)) == 1
