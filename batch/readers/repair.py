"""Rewrites a workbook that openpyxl cannot read, or takes half a minute for.

Strict Open XML has the same parts under other namespaces. A sheet that somebody formatted
to its bottom has up to a million rows with nothing in them (15 to 60 s, 500 to 900 MB).
"""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

from batch.readers.container import STRICT, is_strict
from batch.readers.options import MIB

_SHEETS = "xl/worksheets/"
_MOST_EMPTY_ROWS = (
    10_000  #: nobody leaves so many between classes; fewer cost little, and may have a look to keep
)
_ROW = b"<row "
_NUMBERED_ROW = re.compile(rb'<row [^<>]*\br="')
_EMPTY_CELL = re.compile(rb"<c [^<>]*(?:/>|>(?:<v/>|<v></v>)?</c>)")
_EMPTY_ROW = re.compile(rb"<row [^<>]*(?:/>|></row>)")
#: Strict namespace -> the usual one; the rest of each name is the same but for the year.
_NAMESPACES = (
    (b"spreadsheetml/main", b"spreadsheetml/2006/main"),
    (b"drawingml/main", b"drawingml/2006/main"),
    (b"officeDocument/", b"officeDocument/2006/"),
)
_USUAL = b"http://schemas.openxmlformats.org/"


def repaired(file: BinaryIO) -> BinaryIO:
    """The workbook as openpyxl reads it well; the same file where nothing is to be done."""
    with zipfile.ZipFile(file) as container:
        strict = is_strict(container)
        padded = {
            part.filename
            for part in container.infolist()
            if part.filename.startswith(_SHEETS) and _is_padded(container, part)
        }
        if not strict and not padded:
            return file
        new = io.BytesIO()
        with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
            for part in container.infolist():
                with copy.open(part.filename, "w", force_zip64=True) as target:
                    for piece in _pieces(container, part):
                        mended_piece = _without_empty_rows(piece) if part.filename in padded else piece
                        target.write(_usual(mended_piece) if strict else mended_piece)
        return new


def _is_padded(container: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Whether a sheet has very many rows without a value, and all its rows are numbered: no other can be taken out."""
    # Whatever is empty ends in one of these: most sheets need no closer look.
    if (
        sum(piece.count(b"/>") + piece.count(b'"></') for piece in _pieces(container, part))
        <= _MOST_EMPTY_ROWS
    ):
        return False
    empty = 0
    for piece in _pieces(container, part):
        if piece.count(_ROW) != len(_NUMBERED_ROW.findall(piece)):
            return False
        empty += len(_EMPTY_ROW.findall(_EMPTY_CELL.sub(b"", piece)))
    return empty > _MOST_EMPTY_ROWS


def _pieces(container: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """A part in pieces of about a mebibyte, cut before a row or at least before a tag."""
    with container.open(part) as stream:
        rest = b""
        while block := stream.read(MIB):
            rest += block
            cut = max(rest.rfind(_ROW), 0) or max(rest.rfind(b"<"), 0)
            if cut:
                yield rest[:cut]
                rest = rest[cut:]
        yield rest


def _without_empty_rows(piece: bytes) -> bytes:
    return _EMPTY_ROW.sub(b"", _EMPTY_CELL.sub(b"", piece))


def _usual(piece: bytes) -> bytes:
    for strict, usual in _NAMESPACES:
        piece = piece.replace(STRICT + strict, _USUAL + usual)
    return piece
