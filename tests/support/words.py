"""What a person at the terminal reads of a message or an issue."""

from batch.core.rows.problems import Issue
from batch.report.wording.problems import worded


def issue_message(issue: Issue) -> str:
    return worded([issue])[0].message


def issue_hint(issue: Issue) -> str:
    return worded([issue])[0].hint


def issue_words(issue: Issue) -> str:
    return str(worded([issue])[0])
