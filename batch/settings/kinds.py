"""What a setting takes: its type as click reads it, and the words for it.

Imported by `classbatch --help`, so it imports nothing heavier than click.
"""

import re
from collections.abc import Callable
from enum import StrEnum
from math import isfinite
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from batch.core.plan.free_slots import days_of, hours_of
from batch.core.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a setting takes."""

    type: "click.ParamType[Any]"  # quoted: generic in click's newer releases only
    takes: str  #: what a value may be, to follow "takes"
    metavar: str
    explains: bool = False  #: its error is a sentence that says what is wrong


def count(least: int, most: int) -> Kind:
    return Kind(
        type=click.IntRange(least, most), takes=f"a whole number from {least} to {most:,}", metavar="N"
    )


def seconds(most: int, *, above_0: bool = False) -> Kind:
    return Kind(
        type=_Seconds(0, most, min_open=above_0),
        takes=f"a number of seconds above 0, up to {most}"
        if above_0
        else f"a number of seconds from 0 to {most}",
        metavar="SECONDS",
    )


def choice(kinds: type[StrEnum]) -> Kind:
    """One of an enum's values; the setting's value is the member."""
    *others, last = values = [each.value for each in kinds]
    takes = f"{', '.join(others)} or {last}" if others else last
    return Kind(type=_OneOf(kinds), takes=takes, metavar="|".join(values))


def text(
    takes: str, metavar: str, read: Callable[[str], Any] | None = None, *, explains: bool = False
) -> Kind:
    """Text, checked by `read` where that is given: it raises ValueError, or gives what is meant."""
    kind = _Checked(read) if read else click.STRING
    return Kind(type=kind, takes=takes, metavar=metavar, explains=explains)


def path(takes: str, metavar: str, *, exists: bool = False) -> Kind:
    return Kind(
        type=click.Path(exists=exists, dir_okay=not exists, path_type=Path), takes=takes, metavar=metavar
    )


ON_OFF = Kind(type=click.BOOL, takes="true or false", metavar="")


class _OneOf(click.Choice[str]):
    def __init__(self, kinds: type[StrEnum]) -> None:
        super().__init__([each.value for each in kinds], case_sensitive=False)
        self._kinds = kinds

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> StrEnum:
        return self._kinds(super().convert(value, param, ctx))


class _Seconds(click.FloatRange):
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = float(super().convert(value, param, ctx))
        if not isfinite(number):  # nan is neither below nor above any bound
            self.fail(f"{value!r} is not a number.", param, ctx)
        return number


class _Checked(click.ParamType[Any]):
    name = "text"

    def __init__(self, read: Callable[[str], Any]) -> None:
        self._read = read

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return self._read(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


def proxy_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
        raise ValueError("no proxy's address")  # what was written may hold a password
    return text


#: As libpq reads one, but for the parts of a password that it would take for a host or a database, and then show.
_DATABASE_URL = re.compile(r"postgres(ql)?://([^@/?\s]*@)?[^@/?\s]*/[^@/?:\s]+(\?\S*)?")
_BAD_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})|%00")


def database_url(text: str) -> str:
    if not _DATABASE_URL.fullmatch(text) or _BAD_PERCENT.search(text):
        raise ValueError("no database's address")  # what was written may hold a password
    return text


def one_character(text: str) -> str:
    character = "\t" if text == "tab" else text
    if len(character) != 1:
        raise ValueError(f"{text!r} is not one character.")
    return character


def a_known_encoding(text: str) -> str:
    try:
        "a".encode(text)
    except (LookupError, ValueError) as error:
        raise ValueError(f"{text!r} is not a text encoding that is known here.") from error
    return text


def days_as_written(text: str) -> str:
    """Checks, and gives back as written: `days_of` reads it."""
    days_of(text)
    return text.casefold()


def hours_as_written(text: str) -> str:
    """The same for `hours_of`."""
    hours_of(text)
    return text
