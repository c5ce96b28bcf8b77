"""What views say of outcomes, counts and endings: the words of workbook and terminal, and how each is to look."""

from collections.abc import Mapping
from datetime import datetime

from batch.core.errors import Stopped
from batch.core.message import Message
from batch.core.outcome import Outcome
from batch.core.tally import Exit, Tally
from batch.report.wording.language import tr_later, translated
from batch.report.wording.messages import hint_of, message_of
from batch.report.wording.outcomes import words_for
from batch.report.wording.phrases import Reader, dated, tr
from batch.web.state.notice import Tone
from batch.web.views.model import Count

#: The heading of the part of the check page that leads to the form of that name; hints name it.
HOW_READ = tr_later("How the file is read")
SANDBOX = tr_later("Sandbox: this is for trying out. Nothing real is scheduled.")

_TONES: Mapping[Outcome, Tone] = {
    Outcome.SCHEDULED: "good",
    Outcome.ALREADY: "good",
    Outcome.CHANGED: "good",
    Outcome.CANCELLED: "good",
    Outcome.READY: "good",
    Outcome.INVALID: "bad",
    Outcome.REFUSED: "bad",
    Outcome.HELD: "wait",
    Outcome.UNKNOWN: "wait",
    Outcome.NOT_SENT: "wait",
}
_ENDINGS: Mapping[Exit, tuple[str, Tone]] = {
    Exit.DONE: (tr_later("Everything is scheduled."), "good"),
    Exit.NEEDS_A_PERSON: (tr_later("Some rows need you: see what is left to do below."), "bad"),
    Exit.CANNOT_RUN: (tr_later("The run was stopped."), "bad"),
    Exit.UNKNOWN: (
        tr_later("Some rows were sent and never answered. Finish it: each is looked up first."),
        "wait",
    ),
    Exit.UNFINISHED: (tr_later("Not finished: some rows were not sent. Finish it when you like."), "wait"),
}


def page_words(what: Message | Stopped) -> dict[str, str]:
    """A message as it is shown on the page."""
    return {
        "says": message_of(what, Reader.PAGE),
        "fix": hint_of(what, Reader.PAGE),
    }


def tone_of(outcome: Outcome) -> Tone:
    return _TONES[outcome]


def tally_of_counts(counts: Mapping[str, int], *, of_check: bool = False) -> Tally:
    tally = Tally(of_check=of_check)
    for name, rows in counts.items():
        tally.add(Outcome(name), rows)
    return tally


def counts_shown(tally: Tally, first: tuple[Outcome, ...] = ()) -> tuple[Count, ...]:
    """Every outcome that occurred, in the order of a summary; before them, zeros too, the `first` ones."""
    return tuple(
        Count(
            outcome=outcome.value,
            number=tally[outcome],
            tone=tone_of(outcome) if tally[outcome] else "plain",
            name=words_for(outcome, tally[outcome]).name,
            explained=words_for(outcome).explained,
        )
        for outcome in (*first, *(outcome for outcome in Outcome if outcome not in first))
        if tally[outcome] or outcome in first
    )


def ending_shown(exit_code: Exit) -> tuple[str, Tone]:
    says, tone = _ENDINGS[exit_code]
    return translated(says), tone


def steps_on_the_page(tally: Tally, *, alike: int = 0) -> list[str]:
    """What is left for a person to do, as it is done on the page; `report.words.next_steps` says it of commands.

    Args:
        tally: of the rows.
        alike: so many of them are held because a class of the account may be theirs.
    """
    steps = []
    mend = sum(tally[outcome] for outcome in (Outcome.INVALID, Outcome.HELD, Outcome.REFUSED)) - alike
    if mend:
        steps.append(
            tr(
                "Mend {mend:form the row|the {mend:,} rows} in your file as told below, and send it in again: nothing is "
                "scheduled twice.",
                mend=mend,
            )
        )
    if tally[Outcome.UNKNOWN]:
        steps.append(words_for(Outcome.UNKNOWN).page_step)
    if tally[Outcome.NOT_SENT]:
        steps.append(tr("Finish it, or send the same file again: the rest is sent, nothing twice."))
    return steps


def when_shown(at: float) -> str:
    """By the clock of this computer, such as 'Mon 7 Sep 2026, 09:14'."""
    return dated(datetime.fromtimestamp(at).astimezone(), "%a %e %b %Y, %H:%M")
