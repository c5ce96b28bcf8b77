"""Any file: told apart by its first bytes, and the same timetable in either format."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.errors import CannotRun, FileProblem
from batch.core.rows.columns import AccountKind
from batch.core.rows.row import RawRow
from batch.readers import LoadOptions, open_timetable
from batch.report.wording.messages import both_of, hint_of, message_of
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


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1016)


def zipped(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as container:
        for name, content in parts.items():
            container.writestr(name, content)
    return stream.getvalue()


def in_ole(*names: str) -> bytes:
    """A container of old whose directory, far from its head, has these names."""
    return OLE + bytes(9000) + b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in names)


TYPES = b"<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>"
XML_2003 = b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet/></Workbook>'
CALENDAR = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nDTSTART:20310915T090000\r\nSUMMARY:Maths\r\n"
LABELLED = in_ole("\x06DataSpaces", "DRMEncryptedDataSpace", "DRMEncryptedTransform", "EncryptedPackage")
WITH_PASSWORD = in_ole("\x06DataSpaces", "StrongEncryptionDataSpace", "EncryptionInfo", "EncryptedPackage")

#: Files under the name of a timetable -> their name, what they are, what helps.
OTHER_FILES: dict[str, tuple[str, bytes, str, str]] = {
    "a label that encrypts": (
        "term.xlsx",
        LABELLED,
        "protected by a label (rights management)",
        "does not encrypt",
    ),
    "a label of old": (
        "term.xls",
        in_ole("\tDRMContent", "Workbook"),
        "rights management",
        "ask whoever set",
    ),
    "a password": ("term.xlsx", WITH_PASSWORD, "is password-protected.", "Take the password away"),
    "an old workbook": (
        "term.xlsx",
        in_ole("Root Entry", "Workbook"),
        "an old Excel workbook (.xls)",
        "save it as .xlsx",
    ),
    "an old workbook by its own name": (
        "term.xls",
        in_ole("Workbook"),
        "an old Excel workbook (.xls)",
        "save it as .xlsx",
    ),
    "an old letter": ("term.doc", in_ole("WordDocument"), "a Word document", "new Excel workbook"),
    "a message": ("term.msg", in_ole("__substg1.0_0037001F"), "an Outlook message", "attached to it"),
    "XML of Excel 2003": ("term.xlsx", XML_2003, "an old Excel file (XML of 2003)", "save it as .xlsx"),
    "OpenDocument": (
        "term.xlsx",
        zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"),
        "an OpenDocument file (.ods)",
        "save it as .xlsx",
    ),
    "Numbers": (
        "term.xlsx",
        zipped(**{"Index/Document.iwa": b"\0"}),
        "a Numbers document",
        "Export To > Excel",
    ),
    "Numbers of old": ("term.zip", zipped(**{"Index.zip": b"\0"}), "a Numbers document", "Export To > Excel"),
    "Numbers by its name": ("term.numbers", b"PK\x03\x04", "a Numbers document", "Export To > Excel"),
    "a link to a Google sheet": (
        "term.gsheet",
        b'{"": "", "doc_id": "1abc", "email": "office@school.example"}',
        "a link to a Google sheet",
        "Download > Microsoft Excel",
    ),
    "such a link under another name": (
        "term.csv",
        b'{"url":"https://docs.google.com/open?id=1","doc_id":"1abc"}',
        "a link to a Google sheet",
        "Download > Microsoft Excel",
    ),
    "a link to a page": (
        "term.url",
        b"[InternetShortcut]\r\nURL=https://x.example\r\n",
        "is a link",
        "save that as",
    ),
    "a link by its content": (
        "term.csv",
        b"[InternetShortcut]\nURL=https://x.example\n",
        "is a link",
        "save that as",
    ),
    "half a calendar": ("term.csv", CALENDAR, "a calendar (.ics) that cannot be read", "Export it again"),
    "an event alone": (
        "term.csv",
        CALENDAR[CALENDAR.index(b"BEGIN:VEVENT") :],
        "a calendar (.ics)",
        "Export the calendar as CSV",
    ),
    "half a calendar with a mark": (
        "term.ics",
        b"\xef\xbb\xbf\r\n" + CALENDAR,
        "a calendar (.ics) that cannot be read",
        "Export it again",
    ),
    "a zip archive": (
        "term.xlsx",
        zipped(**{"term.xlsx": b"PK", "rooms.csv": b"a,b"}),
        "a zip archive with term.xlsx and rooms.csv in it",
        "Unpack it",
    ),
    "a zip archive of many": (
        "term.xlsx",
        zipped(**{f"{number}.csv": b"" for number in range(9)}),
        "0.csv, 1.csv, 2.csv, 3.csv, 4.csv and 4 more in it",
        "Unpack it",
    ),
    "another archive": ("term.csv", b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "Unpack it"),
    "a letter": (
        "term.xlsx",
        zipped(**{"[Content_Types].xml": TYPES, "word/document.xml": b"<w/>"}),
        "a Word document",
        "new Excel workbook",
    ),
    "slides": (
        "term.xlsx",
        zipped(**{"[Content_Types].xml": TYPES, "ppt/presentation.xml": b"<p/>"}),
        "a PowerPoint presentation",
        "new Excel workbook",
    ),
    "a binary workbook": (
        "term.xlsx",
        zipped(**{"[Content_Types].xml": TYPES, "xl/workbook.bin": b"\0"}),
        "a binary Excel workbook (.xlsb)",
        "save it as .xlsx",
    ),
    "a picture": ("term.csv", b"GIF89a", "a picture", "as .xlsx or .csv"),
    "JSON": ("term.csv", b'[{"title": "Maths"}]', "JSON", "Export the timetable as CSV"),
}


@pytest.mark.parametrize(("name", "data", "is_a", "helps"), OTHER_FILES.values(), ids=OTHER_FILES)
def test_another_file_is_called_what_it_is_with_the_step_that_helps(
    tmp_path: Path, name: str, data: bytes, is_a: str, helps: str
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(FileProblem) as caught:
        rows_of(tmp_path / name)
    assert is_a in message_of(caught.value)
    assert helps in hint_of(caught.value)
    assert "damaged" not in message_of(caught.value)


def test_a_file_that_is_not_there_or_no_file_is_told(tmp_path: Path) -> None:
    with stops(CannotRun, match="does not exist"):
        rows_of(tmp_path / "term.xlsx")
    with stops(CannotRun, match="is a folder"):
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
        assert tuple(map(both_of, timetable.notes)) == (
            "CSV has no sheets: --sheet and --all-sheets are ignored.",
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
