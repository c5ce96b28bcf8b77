"""The journal's statements as PostgreSQL reads them. They are written for SQLite; only what differs is replaced.

What SQLite has as functions is made of PostgreSQL's in `functions.sql`. Every table is seen
through a view of one account's records, so a statement names no account; only where a
conflict names the columns of a key, the account is one of them.
"""

import re
from functools import lru_cache

_RULES = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        (r"%", "%%"),
        (r"(?<![:\w]):(\w+)", r"%(\1)s"),
        (r"\bINTEGER\b", "BIGINT"),
        (r"\bREAL\b", "DOUBLE PRECISION"),
        (r"\bCROSS JOIN\b", "JOIN"),  # SQLite's way to say in which order
        (r"\b(GROUP|ORDER) BY \+", r"\1 BY "),  # and not by which index
        (r"\bIS NOT (?!NULL\b)", "IS DISTINCT FROM "),
        (r"\btemp\.", "pg_temp."),
        (r"\bjson_object\(", "json_build_object("),
        (r"\bON CONFLICT \(", "ON CONFLICT (owner, "),
    )
)


@lru_cache(maxsize=1024)
def in_postgresql(statement: str) -> str:
    """A statement of ours, for psycopg."""
    for pattern, instead in _RULES:
        statement = pattern.sub(instead, statement)
    return statement
