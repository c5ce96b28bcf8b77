"""Which encoding a CSV file is in: by its mark, by the pattern of UTF-16, else strict UTF-8. Never by guess.

Detectors guess short files wrong ("première" loses its accent), and attendees see the title.
"""

import codecs
from typing import BinaryIO

from batch.core.errors import FileProblem
from batch.core.message import FileFault

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_HEAD_BYTES = 4096
_WINDOWS = "cp1252"
_NOT_WINDOWS = b"\x81\x8d\x8f\x90\x9d"  #: bytes that are no letter there
_MOST_OFFERED_BYTES = 1024 * 1024  #: looked at for which encoding to offer
_BLOCK_BYTES = 64 * 1024


def encoding_of(file: BinaryIO, name: str, wanted: str | None) -> str:
    """The name of the encoding to read a file with.

    Raises:
        FileProblem: `wanted` is no encoding, or the file's mark contradicts it.
    """
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    marked = next((encoding for mark, encoding in _MARKS.items() if head.startswith(mark)), None)
    if wanted is None:
        return marked or _utf16_without_mark(head) or "utf-8"
    try:
        "a".encode(wanted)
        family = codecs.lookup(wanted).name
    except (LookupError, ValueError) as error:
        raise FileProblem(FileFault.NO_SUCH_ENCODING, encoding=wanted) from error
    if marked and not family.startswith(marked.removesuffix("-sig")):
        raise FileProblem(FileFault.OTHER_ENCODING, name=name, marked=_shown(marked), encoding=wanted)
    return marked or wanted


def undecodable(file: BinaryIO, name: str, encoding: str) -> FileProblem:
    """Where a file stops being text in its encoding, for the person to look at."""
    at, line = _first_undecodable(file, encoding)
    facts = {"encoding": _shown(encoding), "at": at, "line": line, "offer": _offer(file, encoding)}
    return FileProblem(FileFault.UNDECODABLE, name=name, **facts)


def _shown(encoding: str) -> str:
    return encoding.removesuffix("-sig").upper()


def _offer(file: BinaryIO, failed: str) -> str:
    """The encoding to try next: that of Windows in Western Europe, where it can be, else that of old Macs."""
    file.seek(0)
    head = file.read(_MOST_OFFERED_BYTES)
    is_of_a_mac = b"\r" in head and b"\n" not in head
    if is_of_a_mac or codecs.lookup(failed).name == _WINDOWS or head.translate(None, _NOT_WINDOWS) != head:
        return "mac_roman"
    return _WINDOWS


def _first_undecodable(file: BinaryIO, encoding: str) -> tuple[int, int]:
    """Byte offset (from 0) and line (from 1)."""
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    read = breaks = 0
    while True:
        block = file.read(_BLOCK_BYTES)
        read += len(block)
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            # The decoder works on what it kept of the last block, and this one.
            good = error.object[: error.start]
            breaks += good.count(b"\n") or good.count(b"\r")
            return read - len(error.object) + error.start, breaks + 1
        breaks += text.count("\n") or text.count("\r")
        if not block:
            return read, breaks + 1


def _utf16_without_mark(head: bytes) -> str | None:
    """In UTF-16 every other byte of a Latin header is NUL; which ones tells the byte order."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > len(head) / 5 and odd > 10 * even:
        return "utf-16-le"
    if even > len(head) / 5 and even > 10 * odd:
        return "utf-16-be"
    return None
