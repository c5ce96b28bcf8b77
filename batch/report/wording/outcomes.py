"""Each outcome in words for the person who typed the file: what it means, what to do next.

Terminal, workbook and page take them from here, so that all say the same.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from batch.core.outcome import HeldReason, Outcome
from batch.core.quick_dataclass import dataclass
from batch.core.rows.own_sheets import TO_DO_SHEET
from batch.core.tally import Exit, Tally
from batch.report.wording.language import tr_later, translated
from batch.report.wording.phrases import form_of, tr
from batch.report.wording.typed import shell_word

SANDBOX = tr_later("SANDBOX: nothing real was scheduled.")


#: How a run ended, in a word or two.
ENDINGS: Mapping[int, str] = {
    Exit.DONE: tr_later("done"),
    Exit.NEEDS_A_PERSON: tr_later("needs you"),
    Exit.CANNOT_RUN: tr_later("stopped"),
    Exit.UNKNOWN: tr_later("in doubt: run it again"),
    Exit.UNFINISHED: tr_later("not finished: run it again"),
    Exit.LEFT_AT_ONCE: tr_later("left at once: run it again"),
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
        "the service said no; nothing was created, changed or cancelled",
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
    HeldReason.FULL: tr_later("no room at that time"),
    HeldReason.CLASH: tr_later("the presenter has another class at that time"),
    HeldReason.ALIKE: tr_later("a class in the account may be this one"),
    HeldReason.UNLISTED: tr_later("others of the file are in the account, and this one is not listed"),
    HeldReason.MOVED: tr_later("the class of its earlier version is there as it was"),
    HeldReason.EDITED: tr_later("its class was edited in WizIQ, or nobody can know"),
    HeldReason.LEFT: tr_later("its class was changed since, has begun, or is that of another file, too"),
    HeldReason.ORDER: tr_later("its class would be in the way of another"),
}


def words_for(outcome: Outcome, rows: int = 1) -> Words:
    """The words for an outcome in the language that is spoken, and its name for so many rows."""
    words = WORDS[outcome]
    return replace(
        words,
        name=_for_rows(rows, words.name),
        explained=translated(words.explained),
        next_step=translated(words.next_step),
        page_step=translated(words.page_step),
    )


#: As a row's outcome is shown where there is no room for more.
_LABELS = {Outcome.ALREADY: tr_later("already"), Outcome.NOT_SENT: tr_later("not_sent")}


def label_of(outcome: Outcome, rows: int = 1) -> str:
    return _for_rows(rows, _LABELS.get(outcome, WORDS[outcome].name))


def _for_rows(rows: int, name: str) -> str:
    """A name that a language may have in several forms, with a bar between them, as English has not."""
    forms = translated(name).split("|")
    return form_of(rows, *forms) if len(forms) > 1 else forms[0]


def counts_in_words(tally: Tally) -> Iterator[tuple[Outcome, int, str]]:
    """Every outcome that occurred, its rows and what it means, in the order of Outcome."""
    for outcome in Outcome:
        if tally[outcome]:
            words = words_for(outcome, tally[outcome])
            yield outcome, tally[outcome], replace(words, explained=explained(outcome, tally)).means


def explained(outcome: Outcome, tally: Tally) -> str:
    """What an outcome means here: rows that are held for one thing and for another are counted apart."""
    reasons = tally.held_for() if outcome is Outcome.HELD else {}
    if not reasons:
        return words_for(outcome).explained
    several = len(reasons) > 1
    each = (
        f"{tr(_HELD[why])} ({reasons[why]:,})" if several else tr(_HELD[why])
        for why in _HELD
        if why in reasons
    )
    return tr("{reasons}; nothing was done", reasons="; ".join(each))


def rows_and_classes(tally: Tally) -> str:
    """How many rows the file has, and how many classes they are where that is another number."""
    if tally.rows == tally.file_rows:
        return tr("{rows:count row}", rows=tally.file_rows)
    return tr("{rows:count row}, {classes:count class|classes}", rows=tally.file_rows, classes=tally.rows)


def next_steps(
    tally: Tally,
    *,
    file: str = "",
    results: str = "",
    options: str = "",
    of_file: str = "",
    stopped: bool = False,
    is_answered: bool = False,
    sends: str = "submit",
    cancels: bool = False,
) -> list[str]:
    """What is left for a person to do, three steps at most; empty when nothing is.

    Args:
        tally: how the rows ended.
        file: the timetable as a command names it; "" where none can.
        results: the results workbook as a command names it; "" where there is none.
        options: what the command was given besides, and has to be given again.
        of_file: what of it holds for the timetable alone, and not for its results.
        stopped: nothing of the file is sent before somebody has looked.
        is_answered: and what helps against that is said already.
        sends: the command that sends the file.
        cancels: a check found classes that it would cancel.
    """

    def command(name: str, of: str, *more: str) -> str:
        own = of_file if of == file else ""
        words = filter(None, ("classbatch", name, shell_word(of), *more, own, options))
        return f": {' '.join(words)}" if of else "."

    steps = []
    moved = tally.held_for().get(HeldReason.MOVED, 0) if sends == "submit" else 0
    if moved:
        steps.append(
            tr(
                "{rows:count row seems to be a lesson that moved|rows seem to be lessons that moved}; to see what a sync "
                "would change",
                rows=moved,
            )
            + command("check", file, "--sync")
        )
    alike, unlisted = (tally.held_for().get(why, 0) for why in (HeldReason.ALIKE, HeldReason.UNLISTED))
    if alike:
        steps.append(
            tr(
                "{rows:count row|rows} may be in the account already; if the class that is named there is the row's own",
                rows=alike,
            )
            + command(sends, results or file, "--take-over")
        )
    elif unlisted:
        steps.append(
            tr(
                "{rows:count row|rows} may be new; if {rows:form it is|they are} not in WizIQ and should be",
                rows=unlisted,
            )
            + command(sends, results or file, "--as-new")
        )
    edited = tally.held_for().get(HeldReason.EDITED, 0) if sends == "sync" else 0
    if edited:
        steps.append(
            tr(
                "{rows:count row's class was|rows' classes were} changed in WizIQ, or nobody can know: leave "
                "{rows:form it|them} so, or do what {rows:form its message says|their messages say}.",
                rows=edited,
            )
        )
    mend = max(0, tally.rows_to_mend - moved - alike - unlisted - edited)
    if mend and results:
        steps.append(
            tr(
                'Mend {mend:form the row|the {mend} rows} on the sheet "{sheet}" of {results}, save it, and submit it as '
                "before",
                mend=mend,
                sheet=TO_DO_SHEET,
                results=results,
            )
            + command(sends, results)
        )
    elif mend:
        steps.append(
            tr(
                "Mend {mend:form the row|the {mend} rows} in your file as described above, then check it again",
                mend=mend,
            )
            + command("check", file, *(["--sync"] if sends == "sync" else []))
        )
    if tally[Outcome.UNKNOWN]:
        steps.append(words_for(Outcome.UNKNOWN).next_step)
    not_sent = tally[Outcome.NOT_SENT] if not is_answered else 0
    if not_sent and sends == "sync":
        steps.append(
            tr("Nothing of it was done: sync the file, with --yes where nobody can be asked")
            + command(sends, file)
        )
    elif not_sent:
        steps.append(words_for(Outcome.NOT_SENT).next_step)
    if (tally[Outcome.READY] or cancels) and not stopped:
        to_submit = tr("Submit the file to schedule the rows that are ready")
        steps.append(
            (tr("Sync the file to do all this") if sends == "sync" else to_submit) + command(sends, file)
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
        steps.append(tr("{rows:count row says|rows say} why nothing was done, and what can be.", rows=left))
    if tally[Outcome.UNKNOWN] or tally[Outcome.NOT_SENT]:
        command = " ".join(filter(None, ("classbatch undo", undoes, options)))
        steps.append(tr("Take the rest back; each class is looked at first: {command}", command=command))
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
