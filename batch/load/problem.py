"""What is wrong with a file as a whole; a fault of one row is data (core/problems.py)."""

from batch.problem import CannotRun


class FileProblem(CannotRun):
    """The file cannot be read as it is. May come as late as its last row: send nothing before."""
