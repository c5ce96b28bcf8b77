"""What makes a row the same row in tomorrow's file.

The values stand in journals that people keep: what goes into them, and in which
order, never changes. The row number is not among it, so rows may be moved.
"""

import hashlib
from json.encoder import encode_basestring_ascii as quoted
from unicodedata import normalize

from batch.core.rows.row import ClassRow


def identity(account: str, row: ClassRow) -> str:
    """SHA-256 (hex) of account, presenter, start, duration and title; equal rows have equal ones."""
    title = " ".join(normalize("NFC", row.title).split())
    presenter = normalize("NFC", row.presenter).casefold()
    # JSON keeps the fields apart: no text in one can look like the border to the next.
    facts = f"[{quoted(account)}, {quoted(presenter)}, {quoted(row.start.isoformat())}, {row.minutes}, {quoted(title)}]"
    return hashlib.sha256(facts.encode("ascii")).hexdigest()


def fingerprint(identity: str, ordinal: int) -> str:
    """The `ordinal`-th row (from 1) of that identity in a file: equal rows of a file stay apart."""
    return hashlib.sha256(f"{identity}:{ordinal}".encode("ascii")).hexdigest()
