"""What is wrong, or worth knowing, as a code with its facts. It becomes words at the entry point (`report/wording`).

Each family of codes lists what one part of the program has to say. How to mend it
follows from the code and from who reads it, so it stands in the catalogue alone.
"""

from batch.core.message.faults import (
    FileFault,
    FileFormat,
    JournalFault,
    NightFault,
    OutputFault,
    ServerFault,
    SettingFault,
)
from batch.core.message.message import Fault, Message, Plain, What, answered, as_written, recalled, stored
from batch.core.message.notes import DoctorNote, NightNote, RunNote, SyncNote
from batch.core.message.sheet_name import SheetName
from batch.core.message.stored_notes import (
    ChangeNote,
    FileNote,
    NoWay,
    RowNote,
    ServiceFault,
    TimetableNote,
    UndoNote,
    Unread,
)

__all__ = [
    "ChangeNote",
    "DoctorNote",
    "Fault",
    "FileFault",
    "FileFormat",
    "FileNote",
    "JournalFault",
    "Message",
    "NightFault",
    "NightNote",
    "NoWay",
    "OutputFault",
    "Plain",
    "RowNote",
    "RunNote",
    "ServerFault",
    "ServiceFault",
    "SettingFault",
    "SheetName",
    "SyncNote",
    "TimetableNote",
    "UndoNote",
    "Unread",
    "What",
    "answered",
    "as_written",
    "recalled",
    "stored",
]
