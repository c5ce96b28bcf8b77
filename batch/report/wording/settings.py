"""What is wrong with settings."""

from batch.core.message import SettingFault
from batch.report.wording.phrases import Words


def words_of(what: SettingFault) -> Words:
    match what:
        case SettingFault.NO_SUCH_CELL:
            return Words("{where}, {issue.value!r}, {issue.message}.", "{issue.column}: {issue.hint}")
