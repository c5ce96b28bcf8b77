"""Checks and runs of the page, each in a process of its own."""
