"""What each page shows: everything already in words or plain numbers.

A template only lays these out. It counts nothing, decides nothing and asks
nobody: whatever it needs is a field here. Every text is plain text and is
escaped where it is shown; none of it is ever HTML.
"""

from typing import TypeAlias

from batch.web.views.model.page import Count, Page
from batch.web.views.model.past import BatchState, NightView, PastBatch, PastView, StartView, WaitingFile
from batch.web.views.model.reading import (
    CheckingView,
    FileProblemView,
    GridCell,
    GridPart,
    GridView,
    HeaderChoice,
    MappingView,
    Question,
)
from batch.web.views.model.refusals import EnterView, ErrorView
from batch.web.views.model.rows import ClassGroup, MendField, ProblemGroup, RowProblem, RowsPage, RowView
from batch.web.views.model.sending import (
    CheckView,
    ConfirmView,
    ResultView,
    RunEvent,
    RunState,
    RunView,
    Teacher,
    UndoView,
)
from batch.web.views.model.timetable import Lesson, LoadCell, LoadPicture, WeekCell, WeekDay, WeekView

__all__ = [
    "BatchState",
    "CheckView",
    "CheckingView",
    "ClassGroup",
    "ConfirmView",
    "Count",
    "EnterView",
    "ErrorView",
    "FileProblemView",
    "GridCell",
    "GridPart",
    "GridView",
    "HeaderChoice",
    "Lesson",
    "LoadCell",
    "LoadPicture",
    "MappingView",
    "MendField",
    "NightView",
    "Page",
    "PastBatch",
    "PastView",
    "ProblemGroup",
    "Question",
    "ResultView",
    "RowProblem",
    "RowView",
    "RowsPage",
    "RunEvent",
    "RunState",
    "RunView",
    "StartView",
    "Teacher",
    "UndoView",
    "View",
    "WaitingFile",
    "WeekCell",
    "WeekDay",
    "WeekView",
]

View: TypeAlias = (
    StartView
    | PastView
    | CheckingView
    | FileProblemView
    | MappingView
    | GridView
    | CheckView
    | ConfirmView
    | RowView
    | UndoView
    | RunView
    | ResultView
    | EnterView
    | ErrorView
)
