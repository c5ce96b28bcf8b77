"""Workbooks made for tests, and spoilt for them part by part."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

import openpyxl

HEADER = ("title", "start_time", "presenter_email", "duration")
START = datetime(2031, 9, 1, 10, 0)  # noqa: DTZ001 - a cell has no zone
ROW = ("Algebra", START, "ana@school.example", 60)
SHEET_1 = "xl/worksheets/sheet1.xml"


def workbook(*sheets: tuple[str, list[tuple[Any, ...]]]) -> openpyxl.Workbook:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets:
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return made


def saved(made: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def one_sheet(*rows: tuple[Any, ...]) -> bytes:
    return saved(workbook(("Autumn", list(rows))))


def with_part(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same container with one part changed, or added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
        if part not in old.namelist():
            new.writestr(part, change(b""))
    return stream.getvalue()


def with_cells(data: bytes, xml: bytes) -> bytes:
    """Sheet 1 with these rows of XML instead of its last."""
    return with_part(
        data,
        SHEET_1,
        lambda old: re.sub(rb"(?s)<row r=.\d+.(?:(?!<row ).)*</sheetData>", xml + b"</sheetData>", old),
    )


def with_shared_strings(data: bytes, strings: bytes) -> bytes:
    """The same with a table of shared strings, which openpyxl writes none of."""
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    listed = b'<Override PartName="/xl/sharedStrings.xml" ContentType="%s"/></Types>' % kind
    data = with_part(data, "[Content_Types].xml", lambda xml: xml.replace(b"</Types>", listed))
    namespace = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return with_part(
        data, "xl/sharedStrings.xml", lambda _: b'<sst xmlns="%s">%s</sst>' % (namespace, strings)
    )


def merged(*ranges: str, rows: list[tuple[Any, ...]]) -> bytes:
    made = workbook(("Autumn", rows))
    for each in ranges:
        made["Autumn"].merge_cells(each)
    return saved(made)


STRICT = (
    (
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    ),
    (
        b"http://schemas.openxmlformats.org/officeDocument/2006/",
        b"http://purl.oclc.org/ooxml/officeDocument/",
    ),
    (b"http://schemas.openxmlformats.org/drawingml/2006/main", b"http://purl.oclc.org/ooxml/drawingml/main"),
)


def strict(data: bytes) -> bytes:
    """As Excel saves a Strict Open XML Spreadsheet: other namespaces, and dates in ISO 8601."""
    with zipfile.ZipFile(io.BytesIO(data)) as container:
        names = container.namelist()
    for name in names:
        for usual, other in STRICT:
            data = with_part(data, name, lambda xml, usual=usual, other=other: xml.replace(usual, other))  # type: ignore[misc] # lambda
    return with_part(
        data,
        SHEET_1,
        lambda xml: re.sub(rb' t="n"><v>\d{5}\.\d+</v>', b' t="d"><v>2031-09-01T10:00:00</v>', xml),
    )
