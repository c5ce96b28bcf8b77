"""A setting: one thing that a person may set, by a flag, a variable or a line of classbatch.toml.

Imported by `classbatch --help`, so it imports nothing heavier than click. A secret
never has a flag: other people's processes can read a command line.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

PREFIX = "CLASSBATCH_"
CONFIG_NAME = "classbatch.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting. Its name is the field, the key in classbatch.toml and, in capitals, the variable."""

    name: str
    type: "click.ParamType[Any]"  # quoted: generic in click's newer releases only
    help: str  #: what it sets, in one line for a school administrator
    takes: str  #: what a value may be, to follow "takes"
    metavar: str
    source: str = "our choice"  #: who chose the default
    default: object = None
    default_text: str = ""  #: what happens by default, where the default is no value to write down
    example: str = ""  #: what classbatch.toml shows, where there is no default
    secret: bool = False

    @property
    def flag(self) -> str | None:
        return None if self.secret else "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        return PREFIX + self.name.upper()

    @property
    def default_shown(self) -> str:
        return self.default_text or f"{plain(self.default)} ({self.source})"

    @property
    def help_line(self) -> str:
        return f"{self.help} Takes {self.takes}. Default: {self.default_shown}."

    def read(self, value: object) -> object:
        """A value as the type means it, whichever way it came; the same again for its own result.

        Everything goes through its text, as a variable does: `8.5` and `true` in
        classbatch.toml are then no whole numbers, where int() would make 8 and 1 of them.

        Raises:
            ValueError: the value is not what the setting takes.
        """
        if not isinstance(value, str | int | float | Path):
            raise ValueError(f"not {self.takes}")  # noqa: TRY004 - pydantic hears ValueErrors only
        text = plain(value)
        try:
            return self.type.convert(text, None, None)
        except click.BadParameter as error:
            raise ValueError(f"not {self.takes}") from error


def plain(value: object) -> str:
    """A value as a variable or classbatch.toml would have it."""
    if isinstance(value, bool):
        return str(value).lower()
    # Whole seconds are written without a fraction, as people write them.
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def count(least: int, most: int) -> dict[str, Any]:
    return {
        "type": click.IntRange(least, most),
        "takes": f"a whole number from {least} to {most:,}",
        "metavar": "N",
    }


def choice(*values: str) -> dict[str, Any]:
    *others, last = values
    takes = f"{', '.join(others)} or {last}"
    return {"type": click.Choice(values, case_sensitive=False), "takes": takes, "metavar": "|".join(values)}


ON_OFF: dict[str, Any] = {"type": click.BOOL, "takes": "true or false", "metavar": ""}


def negated(flag: str) -> str:
    return flag.replace("--", "--no-", 1)
