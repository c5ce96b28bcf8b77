"""What is wrong with a file as a whole; a fault of one row is data (core/problems.py)."""

from batch.errors import CannotRun


class FileProblem(CannotRun):
    """The file cannot be read as it is. May come as late as its last row: send nothing before."""


def other_header(where: str, header_row: int) -> FileProblem:
    """A second table below the first one: its cells would be taken for what they are not."""
    return FileProblem(
        f"{where} is a header again, with other columns than the one in row {header_row}",
        "Put each table on a sheet or in a file of its own, or bring their columns into one order.",
    )
