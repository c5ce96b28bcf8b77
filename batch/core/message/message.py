"""A code with its facts, and how the journal keeps it."""

import json
from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum, auto, unique
from typing import Any

from batch.core.message.faults import (
    FileFault,
    JournalFault,
    NightFault,
    OutputFault,
    ServerFault,
    SettingFault,
)
from batch.core.message.notes import DoctorNote, NightNote, RunNote, SyncNote
from batch.core.message.stored_notes import (
    ChangeNote,
    FileNote,
    RowNote,
    ServiceFault,
    TimetableNote,
    UndoNote,
)
from batch.core.quick_dataclass import dataclass


@unique
class Plain(StrEnum):
    """What came as a sentence already."""

    AS_WRITTEN = auto()  #: by an earlier version, in its journal


Fault = FileFault | OutputFault | SettingFault | JournalFault | NightFault | ServerFault | ServiceFault
What = (
    Plain
    | Fault
    | FileNote
    | TimetableNote
    | RunNote
    | SyncNote
    | RowNote
    | ChangeNote
    | UndoNote
    | NightNote
    | DoctorNote
)


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to tell a person. A fact may be a message, too."""

    what: What
    facts: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        """For a developer; a person is given the words of the catalogue."""
        if self.what is Plain.AS_WRITTEN:
            return f"{self.facts['text']}"
        return " ".join([self.what.name, *(f"{name}={fact!s}" for name, fact in self.facts.items())])

    @property
    def is_warning(self) -> bool:
        """Whether somebody has to look at it; told even to those who want to hear of nothing else."""
        return self.what in _WARNINGS


_WARNINGS: frozenset[What] = frozenset(
    (
        *(TimetableNote.WHICH_ORDER, TimetableNote.ORDERS_MIXED),
        *(TimetableNote.NO_ZONE, TimetableNote.OUTSIDE_HOURS),
        *(NightNote.LEFT_ALONE, NightNote.NOT_CLAIMED, NightNote.MORE_STRANGERS),
        *(NightNote.VANISHED, NightNote.VANISHED_CLASS, NightNote.MORE_VANISHED, NightNote.ANOTHER_TIMETABLE),
        *(NightNote.GUARD, NightNote.TO_GO_ON),
        *(NightNote.FILE_WAITS, NightNote.ACCEPT_AGAIN, NightNote.NOT_DELIVERED, NightNote.NO_METRICS),
        *(RunNote.LOCKED_OUT, RunNote.DOUBLED, RunNote.MISTAKEN, RunNote.GONE, RunNote.EDITED),
        *(RunNote.RECOGNISED, RunNote.SHIFTED, RunNote.ANOTHER_TIMETABLE, SyncNote.ANOTHER_VERSION),
        *(SyncNote.TOO_MUCH_CHANGED, SyncNote.NOBODY_TO_ASK, SyncNote.STILL_PARKED),
    )
)


def stored(message: Message | None) -> str | None:
    """How the journal keeps a note on a row or a file: its code and facts."""
    return None if message is None else json.dumps(_plain(message), ensure_ascii=False)


def _plain(message: Message) -> dict[str, object]:
    return {"note": message.what, **{name: _plain_fact(fact) for name, fact in message.facts.items()}}


def _plain_fact(fact: object) -> object:
    if isinstance(fact, list):
        return [_plain_fact(each) for each in fact]
    return _plain(fact) if isinstance(fact, Message) else fact


def recalled(text: str | None) -> Message | None:
    """A note as the journal has it; earlier versions kept the sentence itself."""
    if text is None or not text.startswith('{"note": "'):
        return None if text is None else as_written(text)
    return _message(json.loads(text))


#: What the journal keeps: no value is in two families.
_STORED: Mapping[str, What] = {
    each.value: each
    for family in (RowNote, ChangeNote, UndoNote, ServiceFault, FileNote, TimetableNote)
    for each in family
}


def _message(plain: Mapping[str, Any]) -> Message:
    return Message(
        _STORED[plain["note"]], {name: _fact(fact) for name, fact in plain.items() if name != "note"}
    )


def _fact(plain: Any) -> object:
    if isinstance(plain, list):
        return [_fact(each) for each in plain]
    return _message(plain) if isinstance(plain, dict) else plain


def answered(code: str | None, text: str) -> Message:
    """What the service answered about a row."""
    return Message(RowNote.ANSWERED, {"code": code, "text": text})


def as_written(text: str) -> Message:
    return Message(Plain.AS_WRITTEN, {"text": text})
