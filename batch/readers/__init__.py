"""Files in: .xlsx and CSV as rows of raw cells; only here are files of timetables opened."""

from batch.readers.in_memory import MemoryTable
from batch.readers.options import LoadOptions
from batch.readers.timetable import TimetableFile, open_timetable

__all__ = ["LoadOptions", "MemoryTable", "TimetableFile", "open_timetable"]
