"""A message, or what stops a run, in words for one kind of reader."""

from collections.abc import Callable, Mapping
from typing import assert_never

from batch.core.errors import Stopped
from batch.core.message import (
    ChangeNote,
    DoctorNote,
    FileFault,
    FileNote,
    JournalFault,
    Message,
    NightFault,
    NightNote,
    OutputFault,
    Plain,
    RowNote,
    RunNote,
    ServerFault,
    ServiceFault,
    SettingFault,
    SheetName,
    SyncNote,
    TimetableNote,
    UndoNote,
)
from batch.core.rows.problems import Issue
from batch.report.wording import (
    changes,
    doctor,
    file_notes,
    files,
    journal,
    nights,
    outputs,
    rows,
    runs,
    servers,
    service,
    settings,
    timetable,
    undo,
)
from batch.report.wording.phrases import Reader, Words, filled, tr
from batch.report.wording.problems import worded


def message_of(what: Message | Stopped, reader: Reader = Reader.TERMINAL) -> str:
    """What is wrong, or worth knowing, in whole sentences."""
    return " ".join(_filled(each, reader, Words.message_for) for each in _messages(what))


def hint_of(what: Message | Stopped, reader: Reader = Reader.TERMINAL) -> str:
    """What can be done about it; "" where nothing needs to be."""
    return " ".join(filter(None, (_filled(each, reader, Words.hint_for) for each in _messages(what))))


def both_of(what: Message | Stopped, reader: Reader = Reader.TERMINAL) -> str:
    """What is wrong and what to do about it, for where there is one place for both."""
    return f"{message_of(what, reader)} {hint_of(what, reader)}".strip()


def named(note: Message, reader: Reader = Reader.TERMINAL) -> str:
    """What is said of one class among others, after the class that it is said `of`, where it names one."""
    of = note.facts.get("of")
    says = message_of(note, reader)
    return f"{message_of(of, reader)}: {says}" if isinstance(of, Message) else says


def _filled(message: Message, reader: Reader, part: Callable[[Words, Reader], str]) -> str:
    words = _words(message)
    return filled(part(words, reader), {**_facts(message, reader), **words.more})


def _messages(what: Message | Stopped) -> tuple[Message, ...]:
    return what.messages if isinstance(what, Stopped) else (what,)


def _facts(message: Message, reader: Reader) -> Mapping[str, object]:
    """The facts, those among them in words that are messages themselves."""
    facts: dict[str, object] = {}
    for name, fact in message.facts.items():
        if isinstance(fact, Message):
            facts[name] = both_of(fact, reader)
        elif isinstance(fact, list) and fact and isinstance(fact[0], Message):
            facts[name] = [both_of(each, reader) for each in fact]
        elif isinstance(fact, SheetName):
            facts[name] = _sheet_in_words(fact)
        elif isinstance(fact, Issue):
            (facts[name],) = worded([fact], reader)
        else:
            facts[name] = fact
    return facts


def _sheet_in_words(name: SheetName) -> str:
    if name.row is None:
        return tr("{file}, sheet {sheet!r},", file=name.file, sheet=name.sheet)
    return tr("{file}, sheet {sheet!r}, row {row:,}", file=name.file, sheet=name.sheet, row=name.row)


def _words(message: Message) -> Words:
    match message.what:
        case Plain.AS_WRITTEN:
            return Words("{text}")
        case FileFault():
            return files.fault_words(message.what, message.facts)
        case OutputFault():
            return outputs.words_of(message.what, message.facts).for_keeper()
        case JournalFault():
            return journal.words_of(message.what, message.facts).for_keeper()
        case SettingFault():
            return settings.words_of(message.what, message.facts).for_keeper()
        case NightFault():
            return nights.fault_words(message.what).for_keeper()
        case ServerFault():
            return servers.words_of(message.what).for_keeper()
        case ServiceFault():
            return service.words_of(message.what, message.facts)
        case FileNote():
            return file_notes.note_words(message.what, message.facts)
        case TimetableNote():
            return timetable.words_of(message.what, message.facts)
        case RunNote():
            return runs.words_of(message.what, message.facts)
        case NightNote():
            return nights.words_of(message.what, message.facts)
        case DoctorNote():
            return doctor.words_of(message.what, message.facts)
        case ChangeNote():
            return changes.words_of(message.what, message.facts)
        case SyncNote():
            return changes.sync_words(message.what, message.facts)
        case UndoNote():
            return undo.words_of(message.what, message.facts)
        case RowNote():
            return rows.words_of(message.what, message.facts)
        case _:
            assert_never(message.what)
