"""What is said of a child that did not say itself how it ended."""

from batch.report.wording.phrases import tr
from batch.web.state.orders import Event


def too_long() -> Event:
    says = tr("Reading the file takes too long.")
    fix = tr("Copy the timetable's cells alone to a new workbook, save it, and send that.")
    return {"event": "problem", "says": says, "fix": fix, "unfinished": False}


def ended_badly() -> Event:
    says = tr("The work crashed, by a fault of ours.")
    fix = tr("Try again. What was sent is in the journal, and nothing is sent twice.")
    return {"event": "problem", "says": says, "fix": fix, "unfinished": False}
