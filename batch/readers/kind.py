"""What a file is, by its first bytes; its name is asked only about what cannot be read anyway."""

from enum import StrEnum
from pathlib import PurePath

from batch.core.message import FileFault
from batch.readers.problem import FileProblem

HEAD_BYTES = 4096


class FileKind(StrEnum):
    XLSX = "xlsx"
    CSV = "csv"
    MEMORY = "memory"  #: no file: a table of a program's


_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")  # of UTF-8 and UTF-16
_UNREADABLE_NAMES = {
    ".xls": "an old Excel workbook (.xls)",
    ".xlsb": "a binary Excel workbook (.xlsb)",
    ".ods": "an OpenDocument spreadsheet (.ods)",
    ".numbers": "a Numbers spreadsheet",
}
_FOREIGN = {
    b"%PDF": "a PDF",
    b"{\\rtf": "a Rich Text document",
    b"\x1f\x8b": "a gzip archive",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
}


def kind_of(head: bytes, name: str) -> FileKind:
    """Workbook or text.

    Args:
        head: the file's first HEAD_BYTES, or all of it.
        name: what the person calls the file.

    Raises:
        FileProblem: it is neither.
    """
    path = PurePath(name)
    if not head:
        raise FileProblem(FileFault.EMPTY, name=name)
    if path.name.startswith(("~$", ".~lock.")):
        raise FileProblem(FileFault.LOCK_FILE, name=name)
    if path.suffix.lower() in _UNREADABLE_NAMES:
        what = _UNREADABLE_NAMES[path.suffix.lower()]
        raise FileProblem(FileFault.OTHER_FORMAT, name=name, what=what)
    if head.startswith(_OLE):
        raise FileProblem(FileFault.PROTECTED_OR_OLD, name=name)
    for signature, what in _FOREIGN.items():
        if head.startswith(signature):
            raise FileProblem(FileFault.NOT_A_SPREADSHEET, name=name, what=what)
    if head.startswith(_ZIP):
        return FileKind.XLSX
    if _begins_with_markup(head):
        raise FileProblem(FileFault.MARKUP, name=name)
    return FileKind.CSV


def _begins_with_markup(head: bytes) -> bool:
    for mark in _MARKS:
        head = head.removeprefix(mark)
    return head.replace(b"\0", b"").lstrip().startswith(b"<")
