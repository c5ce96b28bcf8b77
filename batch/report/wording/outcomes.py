"""Each outcome in words for the person who typed the file: what it means, what to do next.

Terminal, workbook and page take them from here, so that all say the same.
"""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from batch.core.outcome import HeldReason, Outcome
from batch.core.rows.columns import TO_DO_SHEET
from batch.core.tally import Exit, Tally
from batch.report.wording.phrases import counted

SANDBOX = "SANDBOX: nothing real was scheduled."


#: How a run ended, in a word or two.
ENDINGS: Mapping[int, str] = {
    Exit.DONE: "done",
    Exit.NEEDS_A_PERSON: "needs you",
    Exit.CANNOT_RUN: "stopped",
    Exit.UNKNOWN: "in doubt: run it again",
    Exit.UNFINISHED: "not finished: run it again",
    Exit.LEFT_AT_ONCE: "left at once: run it again",
}


@dataclass(frozen=True, slots=True)
class Words:
    """`means` follows a number, one or many: '2 invalid: to be mended; nothing was sent'."""

    name: str
    explained: str = ""  #: "" where the name says it all
    next_step: str = ""  #: "" where nobody has to do anything
    page_step: str = ""  #: where it is another on the upload page

    @property
    def means(self) -> str:
        return f"{self.name}: {self.explained}" if self.explained else self.name


WORDS: dict[Outcome, Words] = {
    Outcome.SCHEDULED: Words("scheduled"),
    Outcome.ALREADY: Words("already there", "scheduled by an earlier run, left alone"),
    Outcome.CHANGED: Words("changed", "its class was changed as its message says"),
    Outcome.CANCELLED: Words("cancelled", "its class is cancelled"),
    Outcome.INVALID: Words(
        "invalid",
        "to be mended; nothing was sent",
        "Mend the invalid rows in your file and submit it again: classes that exist are not scheduled twice.",
    ),
    Outcome.HELD: Words(
        "held",
        "no room at that time, the presenter is booked twice, or a class is in the way as it was; nothing was done",
        "Give the held rows another time and submit the file again; their messages say what is in the way.",
    ),
    Outcome.REFUSED: Words(
        "refused",
        "the service said no; nothing was created",
        "Read the messages of the refused rows. A changed row is sent again;"
        " an unchanged one only with --retry-refused.",
        "Read the messages of the refused rows. A changed row is sent again;"
        ' an unchanged one only by "Send them again".',
    ),
    Outcome.UNKNOWN: Words(
        "unknown",
        "sent, but never answered; the class may exist",
        "Do not schedule the unknown rows by hand. Submit the file again:"
        " each is looked up first and never sent blindly.",
        "Do not schedule the unknown rows by hand. Finish it: each is looked up first and never sent blindly.",
    ),
    Outcome.NOT_SENT: Words(
        "not sent",
        "the batch stopped first",
        "Submit the same file again: the rest is sent, nothing twice.",
    ),
    Outcome.READY: Words("ready", "would be sent"),
}


#: Why rows are held, in words that fit one and many.
_HELD: Mapping[HeldReason, str] = {
    HeldReason.FULL: "no room at that time",
    HeldReason.CLASH: "the presenter has another class at that time",
    HeldReason.ALIKE: "a class in the account may be this one",
    HeldReason.UNLISTED: "others of the file are in the account, and this one is not listed",
    HeldReason.MOVED: "the class of its earlier version is there as it was",
    HeldReason.EDITED: "its class was edited in WizIQ, or nobody can know",
    HeldReason.LEFT: "its class was changed since, or has begun",
    HeldReason.ORDER: "its class would be in the way of another",
}


def counts_in_words(tally: Tally) -> Iterator[tuple[Outcome, int, str]]:
    """Every outcome that occurred, its rows and what it means, in the order of Outcome."""
    for outcome in Outcome:
        if tally[outcome]:
            words = WORDS[outcome]
            yield outcome, tally[outcome], replace(words, explained=explained(outcome, tally)).means


def explained(outcome: Outcome, tally: Tally) -> str:
    """What an outcome means here: rows that are held for one thing and for another are counted apart."""
    reasons = tally.held_for() if outcome is Outcome.HELD else {}
    if not reasons:
        return WORDS[outcome].explained
    several = len(reasons) > 1
    each = (f"{_HELD[why]} ({reasons[why]:,})" if several else _HELD[why] for why in _HELD if why in reasons)
    return f"{'; '.join(each)}; nothing was done"


def rows_and_classes(tally: Tally) -> str:
    """How many rows the file has, and how many classes they are where that is another number."""
    rows = counted(tally.file_rows, "row")
    return rows if tally.rows == tally.file_rows else f"{rows}, {counted(tally.rows, 'class', 'classes')}"


def next_steps(
    tally: Tally,
    *,
    file: str = "",
    results: str = "",
    options: str = "",
    stopped: bool = False,
    sends: str = "submit",
    cancels: bool = False,
) -> list[str]:
    """What is left for a person to do, three steps at most; empty when nothing is.

    Args:
        tally: how the rows ended.
        file: the timetable as a command names it; "" where none can.
        results: the results workbook as a command names it; "" where there is none.
        options: what the command was given besides, and has to be given again.
        stopped: nothing of the file is sent before somebody has looked.
        sends: the command that sends the file.
        cancels: a check found classes that it would cancel.
    """

    def command(name: str, of: str) -> str:
        return f": {' '.join(filter(None, ('classbatch', name, shlex.quote(of), options)))}" if of else "."

    steps = []
    mend = tally.rows_to_mend
    if mend and results:
        steps.append(
            f'Mend {_rows(mend)} on the sheet "{TO_DO_SHEET}" of {results}, save it, and submit it as before'
            + command(sends, results)
        )
    elif mend:
        steps.append(
            f"Mend {_rows(mend)} in your file as described above, then check it again"
            + command("check", file)
        )
    if tally[Outcome.UNKNOWN]:
        steps.append(WORDS[Outcome.UNKNOWN].next_step)
    if tally[Outcome.NOT_SENT] and sends == "sync":
        steps.append(
            "Nothing of it was done: sync the file, with --yes where nobody can be asked"
            + command(sends, file)
        )
    elif tally[Outcome.NOT_SENT]:
        steps.append(WORDS[Outcome.NOT_SENT].next_step)
    if (tally[Outcome.READY] or cancels) and not stopped:
        to_submit = "Submit the file to schedule the rows that are ready"
        steps.append(
            ("Sync the file to do all this" if sends == "sync" else to_submit) + command(sends, file)
        )
    return steps


def next_steps_of_undo(tally: Tally, *, undoes: str, options: str = "") -> list[str]:
    """The same after an undo: none of its rows is mended and sent.

    Args:
        tally: how the rows ended.
        undoes: the batch that it took back.
        options: as above.
    """
    steps = []
    if left := tally.rows_to_mend:
        steps.append(f"{counted(left, 'row says', 'rows say')} why nothing was done, and what can be.")
    if tally[Outcome.UNKNOWN] or tally[Outcome.NOT_SENT]:
        command = " ".join(filter(None, ("classbatch undo", undoes, options)))
        steps.append(f"Take the rest back; each class is looked at first: {command}")
    return steps


def in_words(seconds: float) -> str:
    """How long that is, as people say it.

    >>> in_words(200), in_words(7000), in_words(12)
    ('3 min', '1 h 57 min', '12 s')
    """
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _rows(number: int) -> str:
    return "the row" if number == 1 else f"the {number} rows"
