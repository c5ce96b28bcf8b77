"""What stops a run: facts, which the entry point puts in words for whoever reads them (`report/wording`)."""

from collections.abc import Iterable, Mapping
from typing import Self

from batch.core.message import Message, What


class Stopped(Exception):  # noqa: N818 - reads as what it is where it is raised and caught
    """A message, or several; `message` and `hint` are its words once the library has put it in them."""

    def __init__(self, what: What | Message, /, **facts: object) -> None:
        super().__init__(what)
        message = what if isinstance(what, Message) else Message(what, facts)
        self.messages: tuple[Message, ...] = (message,)
        self.message = self.hint = ""

    @classmethod
    def of(cls, messages: Iterable[Message]) -> Self:
        """Several at once: nobody mends a file one fault at a time."""
        first, *more = messages
        stopped = cls(first)
        stopped.messages = (first, *more)
        return stopped

    @property
    def facts(self) -> Mapping[str, object]:
        """Of its first message."""
        return self.messages[0].facts

    def __str__(self) -> str:
        return self.message or "; ".join(map(str, self.messages))


class CannotRun(Stopped):
    """Something a person can mend; the command ends with exit code 2."""


class FileProblem(CannotRun):
    """The file cannot be read as it is. May come as late as its last row: send nothing before.

    A fault of one row is data (`rows/problems.py`).
    """


class Unfinished(Stopped):
    """The run cannot go on now, and the same command may later; exit code 75."""
