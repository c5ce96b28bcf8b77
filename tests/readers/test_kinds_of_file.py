"""Any file: told apart by its first bytes, and the same timetable in either format."""

import io
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batch.core.rows.columns import AccountKind
from batch.core.rows.row import RawRow
from batch.errors import CannotRun
from batch.readers import FileProblem, LoadOptions, open_timetable
from batch.report.wording.messages import hint_of, message_of
from tests.support.words import stops

HEADER = ["title", "start_time", "presenter_email"]
CSV = b"title,start_time,presenter_email\nAlgebra,2031-09-01 10:00,ana@school.example\n"

REFUSED = {
    "an old workbook by its content": (
        "term.xlsx",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest",
        "password-protected",
    ),
    "an old workbook by its name": ("term.xls", CSV, ".xls"),
    "a binary workbook by its name": ("term.XLSB", b"PK\x03\x04", ".xlsb"),
    "OpenDocument by its name": ("term.ods", b"PK\x03\x04", ".ods"),
    "a web page named .xlsx": ("term.xlsx", b"\xef\xbb\xbf \r\n<html>", "web page"),
    "a web page in UTF-16": ("term.xls.xlsx", "<html>".encode("utf-16"), "web page"),
    "a PDF": ("term.xlsx", b"%PDF-1.7", "a PDF"),
    "a zip archive": ("term.xlsx", b"PK\x05\x06" + b"\0" * 18, "not a workbook"),
    "Excel's lock file": ("~$term.xlsx", b"\x05Ana Diaz", "lock file"),
    "LibreOffice's lock file": (".~lock.term.xlsx#", b",ana,", "lock file"),
    "an empty file": ("term.xlsx", b"", "is empty"),
}


@pytest.mark.parametrize(("name", "data", "says"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_timetable_gets_one_sentence(tmp_path: Path, name: str, data: bytes, says: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(FileProblem) as caught:
        rows_of(path)
    assert message_of(caught.value).startswith(str(path))
    assert says in message_of(caught.value)


def test_a_file_that_is_not_there_or_no_file_is_told(tmp_path: Path) -> None:
    with stops(CannotRun, match="does not exist"):
        rows_of(tmp_path / "term.xlsx")
    with stops(CannotRun, match="is a directory"):
        rows_of(tmp_path)


def test_csv_named_as_a_workbook_is_read_as_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "term.xlsx"
    path.write_bytes(CSV)
    assert [row.number for row in rows_of(path)] == [2]


def test_a_header_alone_is_a_timetable_without_rows() -> None:
    with open_timetable(
        io.BytesIO(CSV.splitlines()[0]), options=LoadOptions(sheet="Autumn"), account=AccountKind.TEACHER
    ) as timetable:
        assert list(timetable) == []
        assert timetable.header.names == tuple(HEADER)
        assert timetable.notes == (
            "CSV has no sheets: --sheet and --all-sheets are left aside.",
            "There is no row below the header.",
        )


def test_a_stream_without_a_name_is_standard_input() -> None:
    with (
        stops(FileProblem, match=r"^standard input is empty"),
        open_timetable(io.BytesIO(), options=LoadOptions(), account=AccountKind.TEACHER),
    ):
        pass


def test_a_file_larger_than_any_timetable_is_refused() -> None:
    with stops(FileProblem, match="larger than 0 MiB"):
        rows_of(io.BytesIO(CSV), most_unpacked_bytes=len(CSV) - 1)


texts = st.text(
    st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="_"), min_size=1, max_size=8
)
rows = st.lists(st.lists(st.one_of(texts, st.none()), min_size=4, max_size=4), max_size=6)


@settings(deadline=None)  # the machine may be busy
@given(rows, st.sampled_from(",;\t|"), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_the_same_rows_under_the_same_numbers_in_either_format(
    table: list[list[str | None]], delimiter: str, encoding: str
) -> None:
    lines: list[list[str | None]] = [[*HEADER, "notes"], *table]
    quoted = [[f'"{(cell or "").replace(chr(34), chr(34) * 2)}"' for cell in line] for line in lines]
    as_csv = "\r\n".join(delimiter.join(line) for line in quoted).encode(encoding)
    assert rows_or_problem(as_csv) == rows_or_problem(workbook_of(lines))


def rows_or_problem(content: bytes) -> list[tuple[object, ...]] | str:
    """What is in a file, or what to do about it: three words that are headers look like one in either format."""
    try:
        return [key(row) for row in rows_of(io.BytesIO(content))]
    except FileProblem as problem:
        return hint_of(problem)


def workbook_of(lines: Sequence[Sequence[str | None]]) -> bytes:
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    for number, line in enumerate(lines, start=1):
        for column, cell in enumerate(line, start=1):
            sheet.cell(number, column, cell).data_type = "s"
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def key(row: RawRow) -> tuple[object, ...]:
    return row.number, row.cells, row.issues


def rows_of(source: Path | io.BytesIO, **options: int) -> list[RawRow]:
    with open_timetable(
        source,
        options=LoadOptions(**options),  # type: ignore[arg-type] # bounds only
        account=AccountKind.TEACHER,
        isolated=False,
    ) as timetable:
        return list(timetable)
