"""What a file is, by its first bytes; its name is asked only about what cannot be read anyway."""

import re
from enum import StrEnum
from pathlib import PurePath
from typing import BinaryIO

from batch.core.errors import FileProblem
from batch.core.message import FileFault, FileFormat
from batch.readers.options import MIB

_HEAD_BYTES = 4096
_MOST_OLE_BYTES = 32 * MIB  #: of a container of old, whose directory may stand anywhere in it


class FileKind(StrEnum):
    XLSX = "xlsx"
    CSV = "csv"
    CALENDAR = "ics"
    MEMORY = "memory"  #: no file: a table of a program's


_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UNREADABLE_NAMES = {
    **dict.fromkeys((".xls", ".xlt"), FileFormat.OLD_EXCEL),
    ".xlsb": FileFormat.BINARY_EXCEL,
    **dict.fromkeys((".ods", ".ots", ".fods"), FileFormat.OPEN_DOCUMENT),
    ".numbers": FileFormat.NUMBERS,
    ".gsheet": FileFormat.GOOGLE_LINK,
    **dict.fromkeys((".url", ".webloc", ".lnk"), FileFormat.LINK),
}
_FOREIGN = {
    b"%PDF": FileFormat.PDF,
    b"{\\rtf": FileFormat.RICH_TEXT,
    b"\x1f\x8b": FileFormat.GZIP,
    b"Rar!": FileFormat.RAR,
    b"7z\xbc\xaf": FileFormat.SEVEN_ZIP,
    b"\x89PNG": FileFormat.PICTURE,
    b"\xff\xd8\xff": FileFormat.PICTURE,
    b"GIF8": FileFormat.PICTURE,
    b"L\0\0\0\x01\x14\x02\0": FileFormat.LINK,
}
_CALENDAR = re.compile(rb"BEGIN:VCALENDAR", re.IGNORECASE)
#: What a text begins with that is no table, white space aside.
_FOREIGN_TEXTS = (
    (re.compile(rb"BEGIN:VEVENT", re.IGNORECASE), FileFormat.CALENDAR),
    (re.compile(rb"\[InternetShortcut\]", re.IGNORECASE), FileFormat.LINK),
    (re.compile(rb"\{[^{}]*\"(?:doc_id|resource_key)\""), FileFormat.GOOGLE_LINK),
    (re.compile(rb"\{\s*\"|\[\s*[{\[]\s*\""), FileFormat.JSON),
    (
        re.compile(rb"(?s)<.*urn:schemas-microsoft-com:office:spreadsheet"),
        FileFormat.EXCEL_XML,
    ),
    (re.compile(rb"<"), FileFormat.MARKUP),
)
#: Names in the directory of a container of old, which tell what is in it; the first that is there counts.
_OLE_NAMES: tuple[tuple[str, FileFault | FileFormat], ...] = (
    ("DRMEncrypted", FileFault.RIGHTS_MANAGED),
    ("DRMContent", FileFault.RIGHTS_MANAGED),
    ("EncryptedPackage", FileFault.PROTECTED),
    ("Workbook", FileFormat.OLD_EXCEL),
    ("WordDocument", FileFormat.WORD),
    ("PowerPoint Document", FileFormat.POWERPOINT),
    ("__substg1.0_", FileFormat.OUTLOOK),
)


def kind_of(file: BinaryIO, name: str) -> FileKind:  # noqa: C901 - one line for each kind
    """Workbook, calendar or table of text.

    Args:
        file: is read from its beginning.
        name: what the person calls it.

    Raises:
        FileProblem: it is neither.
    """
    file.seek(0)
    head, path = file.read(_HEAD_BYTES), PurePath(name)
    if not head:
        raise FileProblem(FileFault.EMPTY, name=name)
    if path.name.startswith(("~$", ".~lock.")):
        raise FileProblem(FileFault.LOCK_FILE, name=name)
    if head.startswith(_OLE):
        found = _in_old_container(head + file.read(_MOST_OLE_BYTES), path)
        raise other_format(name, found) if isinstance(found, FileFormat) else FileProblem(found, name=name)
    if path.suffix.lower() in _UNREADABLE_NAMES:
        raise other_format(name, _UNREADABLE_NAMES[path.suffix.lower()])
    for signature, form in _FOREIGN.items():
        if head.startswith(signature):
            raise other_format(name, form)
    if head.startswith(_ZIP):
        return FileKind.XLSX
    text = (
        head.replace(b"\0", b"")
        .removeprefix(b"\xef\xbb\xbf")
        .removeprefix(b"\xff\xfe")
        .removeprefix(b"\xfe\xff")
    )
    if _CALENDAR.match(text.lstrip()):
        return FileKind.CALENDAR
    for pattern, form in _FOREIGN_TEXTS:
        if pattern.match(text.lstrip()):
            raise other_format(name, form)
    return FileKind.CSV


def other_format(name: str, form: FileFormat, **facts: object) -> FileProblem:
    return FileProblem(FileFault.OTHER_FORMAT, name=name, format=form, **facts)


def _in_old_container(content: bytes, path: PurePath) -> FileFault | FileFormat:
    """What stands in a container of Office before 2007, or of an encrypted file of today."""
    for name, found in _OLE_NAMES:
        if name.encode("utf-16-le") in content:
            return found
    return _UNREADABLE_NAMES.get(path.suffix.lower(), FileFault.PROTECTED_OR_OLD)
