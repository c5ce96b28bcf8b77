"""Histories in which a timetable changes: sync, undo, hands in WizIQ; see tests/simulation for those that only add."""
