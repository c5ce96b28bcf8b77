"""What is wrong with a file as a whole; a fault of one row is data (core/problems.py)."""

from batch.core.errors import CannotRun
from batch.core.message import FileFault


class FileProblem(CannotRun):
    """The file cannot be read as it is. May come as late as its last row: send nothing before."""


def other_header(where: str, header_row: int) -> FileProblem:
    """A second table below the first one: its cells would be taken for what they are not."""
    return FileProblem(FileFault.SECOND_HEADER, name=where, header_row=header_row)
