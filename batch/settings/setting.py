"""A setting: one thing that a person may set, by a flag, a variable or a line of classbatch.toml.

Imported by `classbatch --help`, so it imports nothing heavier than click. A secret
never has a flag: other people's processes can read a command line.
"""

from dataclasses import field
from datetime import date
from enum import Enum, unique
from pathlib import Path
from typing import Any

import click

from batch.core.quick_dataclass import dataclass
from batch.settings.kinds import Kind

PREFIX = "CLASSBATCH_"
CONFIG_NAME = "classbatch.toml"


class Secret:
    """Text that shows nowhere by accident: not in repr, str, a traceback's locals or `asdict`."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def get_secret_value(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "Secret('**********')"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)


@unique
class Group(Enum):
    """What a setting is about: the headings of the docs and of `--help`, in their order."""

    FILE = "The timetable"
    ROOM = "Room for classes"
    SENDING = "Sending"
    ACCOUNT = "The account"
    PLACE = "Where things are kept"
    OUTPUT = "What is shown"
    NIGHTLY = "The nightly import"
    PAGE = "The upload page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting. Its name is the field, the key in classbatch.toml and, in capitals, the variable."""

    name: str
    group: Group
    kind: Kind
    help: str  #: what it sets, in one line for a school administrator
    brief: str = ""  #: the same in half a line, for `--help`, which shows it
    rare: bool = False  #: some say it for one run: a flag that only `--help-all` shows
    default: object
    default_text: str = ""  #: what happens by default, where the default is no value to write down
    source: str = "our choice"  #: who chose the default
    example: str = ""  #: what classbatch.toml shows, where there is no default
    secret: bool = False

    def __post_init__(self) -> None:
        if self.secret and self.flag:
            raise ValueError(f"{self.name} is a secret and can have no flag")

    @property
    def takes(self) -> str:
        return self.kind.takes

    @property
    def flag(self) -> str | None:
        """None for what nobody would say for one run."""
        return flag_of(self.name) if self.brief or self.rare else None

    @property
    def variable(self) -> str:
        return PREFIX + self.name.upper()

    @property
    def default_shown(self) -> str:
        return self.default_text or f"{plain(self.default)} ({self.source})"

    @property
    def help_line(self) -> str:
        return f"{self.help} Takes {self.takes}. Default: {self.default_shown}."

    def read(self, value: object) -> Any:
        """A value as the type means it, whichever way it came; the same again for its own result.

        Everything goes through its text, as a variable does: `8.5` and `true` in
        classbatch.toml are then no whole numbers, where int() would make 8 and 1 of them.

        Raises:
            ValueError: the value is not what the setting takes; its text may say why.
        """
        if not isinstance(value, str | int | float | Path | date):
            raise ValueError  # noqa: TRY004 - one error for whatever cannot be read
        try:
            read = self.kind.type.convert(plain(value), None, None)
        except click.BadParameter as error:
            raise ValueError(error.message) from error
        return Secret(read) if self.secret else read


def setting(kind: Kind, help: str, *, default: Any = None, **facts: Any) -> Any:  # noqa: A002 - as click calls it
    """A field of `Settings` that holds all that is known of it; `facts` are those of `Setting`."""
    return field(default=default, metadata={"kind": kind, "help": help, **facts})


def plain(value: object) -> str:
    """A value as a variable or classbatch.toml would have it."""
    if isinstance(value, bool):
        return str(value).lower()
    # Whole seconds are written without a fraction, as people write them.
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def flag_of(name: str) -> str:
    return "--" + name.replace("_", "-")


def negated(flag: str) -> str:
    return flag.replace("--", "--no-", 1)
