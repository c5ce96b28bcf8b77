"""What a person at the terminal reads of an issue, or of what stops a run."""

import re
from types import TracebackType
from typing import Generic, TypeVar

import pytest

from batch.core.errors import Stopped
from batch.core.rows.problems import Issue
from batch.report.wording.messages import both_of
from batch.report.wording.problems import worded

S = TypeVar("S", bound=Stopped)


def issue_message(issue: Issue) -> str:
    return worded([issue])[0].message


def issue_hint(issue: Issue) -> str:
    return worded([issue])[0].hint


def issue_words(issue: Issue) -> str:
    return str(worded([issue])[0])


class stops(Generic[S]):  # noqa: N801 - read where it is used: `with stops(CannotRun, match="..."):`
    """As `pytest.raises`; `match` is looked for in the words."""

    def __init__(self, kind: type[S], match: str = "") -> None:
        self._raises = pytest.raises(kind)
        self._match = match

    def __enter__(self) -> pytest.ExceptionInfo[S]:
        self._caught = self._raises.__enter__()
        return self._caught

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        expected = self._raises.__exit__(kind, error, trace)
        if expected:
            assert re.search(self._match, both_of(self._caught.value)), both_of(self._caught.value)
        return bool(expected)
