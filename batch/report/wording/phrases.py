"""What the catalogue is written in: templates, filled with facts for one kind of reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, unique
from string import Formatter
from typing import Any

#: What only they can do, as it is said to somebody on the page.
KEEPER = "That is for whoever looks after classbatch on this computer."


@unique
class Reader(Enum):
    """Who reads it, and so where a thing is mended: by a command and its flags, or on the upload page."""

    TERMINAL = "terminal"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Words:
    """What is wrong and what to do; on the page in other words where it is done in another place there."""

    message: str
    hint: str = ""
    page: str | None = None  #: the message there
    page_hint: str | None = None

    def message_for(self, reader: Reader) -> str:
        return self.page if self.page is not None and reader is Reader.PAGE else self.message

    def hint_for(self, reader: Reader) -> str:
        return self.page_hint if self.page_hint is not None and reader is Reader.PAGE else self.hint


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun.

    >>> counted(1, "row"), counted(1200, "class", "classes")
    ('1 row', '1,200 classes')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def listed(names: list[str], last: str = "and") -> str:
    """Names in a row.

    >>> listed(["a", "b", "c"], "or")
    'a, b or c'
    """
    *first, end = names or ["none"]
    return f"{', '.join(first)} {last} {end}" if first else end


class _Filler(Formatter):
    """Knows two ways more to write a fact: `{rows:count row}` and `{names:list or}`."""

    def format_field(self, value: Any, format_spec: str) -> str:
        way, _, rest = format_spec.partition(" ")
        if way == "count":
            return counted(value, *rest.split("|"))
        if way == "list":
            return listed([str(each) for each in value], rest)
        return str(super().format_field(value, format_spec))


_FILLER = _Filler()


def filled(template: str, facts: Mapping[str, object]) -> str:
    """A template with its facts.

    >>> filled("{name} has {rows:count row}.", {"name": "t.csv", "rows": 2})
    't.csv has 2 rows.'
    """
    return _FILLER.vformat(template, (), facts)
