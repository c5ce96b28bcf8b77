"""Schedules a term timetable, one class per row, through the WizIQ virtual classroom API."""

__version__ = "0.1.0"
