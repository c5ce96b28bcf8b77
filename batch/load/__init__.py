"""Files in: .xlsx and CSV as rows of raw cells; only here are files of timetables opened."""

from batch.load.options import LoadOptions
from batch.load.problem import FileProblem
from batch.load.timetable import Timetable, open_timetable

__all__ = ["FileProblem", "LoadOptions", "Timetable", "open_timetable"]
