"""Files made to do harm, or that are something else under a timetable's name."""

import gzip
import io
import re
import struct
import zipfile
from collections.abc import Callable, Iterator

from tests.support.workbooks import (
    HEADER,
    ROW,
    SHEET_1,
    one_sheet,
    with_cells,
    with_part,
    with_shared_strings,
)

MIB = 1024 * 1024
GOOD = one_sheet(HEADER, ROW)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LAUGHS = b"".join(
    b'<!ENTITY l%d "%s">' % (depth, b"&l%d;" % (depth - 1) * 10 if depth else b"lol") for depth in range(10)
)
BOMB = b"<!DOCTYPE sst [" + LAUGHS + b"]>"
XXE = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname"><!ENTITY f SYSTEM "http://127.0.0.1:9/">]>'


def zipped(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as container:
        for name, content in parts.items():
            container.writestr(name, content)
    return stream.getvalue()


def bottom(lines: Callable[[int], str]) -> bytes:
    """The good sheet, followed by a million lines."""
    filled = "".join(lines(row) for row in range(3, 1_048_577)).encode()
    return with_part(GOOD, SHEET_1, lambda xml: xml.replace(b"</sheetData>", filled + b"</sheetData>"))


def after_rows(data: bytes, xml: bytes) -> bytes:
    return with_part(data, SHEET_1, lambda old: old.replace(b"</sheetData>", b"</sheetData>" + xml))


def hidden_behind(comment: bytes) -> bytes:
    return with_part(
        GOOD, SHEET_1, lambda xml: comment + BOMB + xml.replace(b"Algebra", b"&l9;").split(b"?>")[-1]
    )


def declared_smaller(data: bytes) -> bytes:
    """The directory of the container says that every part has a hundred bytes."""
    spoilt = bytearray(data)
    for match in re.finditer(b"PK\x01\x02", data):
        spoilt[match.start() + 24 : match.start() + 28] = struct.pack("<I", 100)
    return bytes(spoilt)


def marked_encrypted(data: bytes) -> bytes:
    spoilt = bytearray(data)
    for match in re.finditer(b"PK\x01\x02", data):
        spoilt[match.start() + 8] |= 1
    return bytes(spoilt)


def one_part_twice(data: bytes) -> bytes:
    """Two entries of the directory that share one part, as bombs that overlap do."""
    return data.replace(b"docProps/core.xml", b"docProps/cor2.xml", 1)


#: Made when asked for: they are large. Name of the file -> what makes it, and what is said of it.
REFUSED: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "a bomb in one part": (
        "t.xlsx",
        lambda: with_part(GOOD, "xl/media/a.xml", lambda _: b"<a>" + bytes(100 * MIB)),
        "unpacks to",
    ),
    "a bomb in many small parts": (
        "t.xlsx",
        lambda: zipped({f"xl/media/{part}.xml": b"<a>" + b" " * (5 * MIB - 4) for part in range(42)}),
        "unpacks to",
    ),
    "a bomb whose directory says it is small": ("t.xlsx", lambda: declared_smaller(GOOD), "damaged"),
    "ten thousand parts": (
        "t.xlsx",
        lambda: zipped({f"xl/worksheets/{part}.xml": b"<a/>" for part in range(10_000)}),
        "no workbook that",
    ),
    "two names for one part": ("t.xlsx", lambda: one_part_twice(GOOD), "damaged"),
    "a billion laughs in a sheet": (
        "t.xlsx",
        lambda: with_part(GOOD, SHEET_1, lambda xml: BOMB + xml.replace(b"Algebra", b"&l9;")),
        "entities",
    ),
    "a billion laughs in shared strings": (
        "t.xlsx",
        lambda: with_part(
            with_shared_strings(GOOD, b"<si><t>&l9;</t></si>"), "xl/sharedStrings.xml", lambda xml: BOMB + xml
        ),
        "entities",
    ),
    "a billion laughs in the list of parts": (
        "t.xlsx",
        lambda: with_part(GOOD, "[Content_Types].xml", lambda xml: BOMB + xml),
        "entities",
    ),
    "a billion laughs in UTF-16": (
        "t.xlsx",
        lambda: with_part(GOOD, SHEET_1, lambda xml: (BOMB + xml).decode().encode("utf-16")),
        "entities",
    ),
    "a billion laughs behind a long comment": (
        "t.xlsx",
        lambda: hidden_behind(b"<!--" + b"<a> " * 20_000 + b"-->"),
        "damaged",
    ),
    "a billion laughs in an old encoding": (
        "t.xlsx",
        lambda: with_part(
            GOOD,
            SHEET_1,
            lambda xml: (
                b'<?xml version="1.0" encoding="cp037"?>'
                + (b"<!--<a-->" + BOMB + xml).decode().encode("cp037")
            ),
        ),
        "damaged",
    ),
    "an entity that names a file and an address": (
        "t.xlsx",
        lambda: with_part(GOOD, SHEET_1, lambda xml: XXE + xml.replace(b"Algebra", b"&e;&f;")),
        "entities",
    ),
    "a sheet that is a file of the machine": (
        "t.xlsx",
        lambda: with_part(
            GOOD,
            "xl/_rels/workbook.xml.rels",
            lambda xml: xml.replace(b"/xl/worksheets/sheet1.xml", b"../../../../../etc/hostname"),
        ),
        "nothing in it",
    ),
    "merged ranges over one another": (
        "t.xlsx",
        lambda: after_rows(
            GOOD,
            b"<mergeCells>%s</mergeCells>"
            % b"".join(b'<mergeCell ref="A1:D%d"/>' % row for row in range(2, 20_000)),
        ),
        "damaged",
    ),
    "a row that no spreadsheet has": (
        "t.xlsx",
        lambda: with_cells(GOOD, b'<row r="99999999"><c r="A99999999"><v>1</v></c></row>'),
        "past 1,048,576",
    ),
    "a password on the workbook": (
        "t.xlsx",
        lambda: OLE + b"\0" * 500 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 5000,
        "password-protected",
    ),
    "a password on the container": ("t.xlsx", lambda: marked_encrypted(GOOD), "password-protected"),
    "an old workbook": ("t.xls", lambda: OLE + bytes(5000), ".xls"),
    "an old workbook under a new name": ("t.xlsx", lambda: OLE + bytes(5000), "old Excel workbook"),
    "a binary workbook": ("t.xlsb", lambda: zipped({"xl/workbook.bin": b"\x83\x01\x00"}), ".xlsb"),
    "a binary workbook under another name": (
        "t.xlsx",
        lambda: zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.bin": b"\x83\x01\x00"}),
        ".xlsb",
    ),
    "an OpenDocument sheet": ("t.ods", lambda: GOOD, ".ods"),
    "an OpenDocument sheet under another name": (
        "t.xlsx",
        lambda: zipped(
            {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"}
        ),
        ".ods",
    ),
    "a letter under another name": (
        "t.xlsx",
        lambda: zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}),
        "not a workbook",
    ),
    "a web page named .xlsx": (
        "t.xlsx",
        lambda: b"<html><table><tr><td>title</td></tr></table></html>",
        "web page",
    ),
    "XML of 2003 named .xls": ("t.xls", lambda: b'<?xml version="1.0"?><Workbook/>', ".xls"),
    "a compressed file": ("t.xlsx", lambda: gzip.compress(GOOD), "gzip"),
    "a workbook cut short": ("t.xlsx", lambda: GOOD[:-100], "damaged"),
    "half a workbook": ("t.xlsx", lambda: GOOD[: len(GOOD) // 2], "damaged"),
    "the first bytes of a workbook": ("t.xlsx", lambda: GOOD[:30], "damaged"),
    "noise after the first bytes": ("t.xlsx", lambda: GOOD[:4] + bytes(range(256)) * 50, "damaged"),
    "nothing": ("t.xlsx", lambda: b"", "is empty"),
    "a line of ten megabytes": (
        "t.csv",
        lambda: b"title,start_time,presenter_email\n" + b"x" * (10 * MIB),
        "4,000,000 characters",
    ),
    "four million commas": (
        "t.csv",
        lambda: b"title,start_time,presenter_email\n" + b"," * 3_999_990 + b"\n" + b"," * 4_000_001,
        "4,000,000 characters",
    ),
    "a quotation that never ends": (
        "t.csv",
        lambda: b'title,start_time,presenter_email\n"' + b"x\n" * MIB,
        "cannot be read",
    ),
    "NULs": ("t.csv", lambda: b"title,start_time,presenter_email\n" + bytes(MIB), "NUL"),
}

#: What looks hostile and is only careless: read as the rows it has.
READ: dict[str, tuple[str, Callable[[], bytes], int]] = {
    "a cell at the far end": (
        "t.xlsx",
        lambda: with_cells(
            one_sheet(HEADER, ROW, ROW), b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        ),
        1,
    ),
    "a million rows with a height": ("t.xlsx", lambda: bottom(lambda row: f'<row r="{row}" ht="15"/>'), 1),
    "a million rows of formatted cells": (
        "t.xlsx",
        lambda: bottom(lambda row: f'<row r="{row}"><c r="A{row}" s="1"/><c r="B{row}" s="1"/></row>'),
        1,
    ),
    "a dimension that is a lie": (
        "t.xlsx",
        lambda: with_part(GOOD, SHEET_1, lambda xml: xml.replace(b'ref="A1:D2"', b'ref="A1:XFD1048576"')),
        1,
    ),
    "everything merged": (
        "t.xlsx",
        lambda: after_rows(GOOD, b'<mergeCells><mergeCell ref="A3:XFD1048576"/></mergeCells>'),
        1,
    ),
    "a million blank lines": (
        "t.csv",
        lambda: b"title,start_time,presenter_email\n" + b",,\n" * 1_000_000 + b"A,B 1,c@d\n",
        1,
    ),
}


def made() -> Iterator[tuple[str, str, bytes]]:
    for table in (REFUSED, READ):
        for name, (file, make, _) in table.items():
            yield name, file, make()
