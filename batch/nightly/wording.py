"""What the mailer, the notification and the person at the terminal are told of a night: the same words everywhere."""

from pathlib import Path

from batch.core.errors import CannotRun, Unfinished
from batch.core.tally import Exit
from batch.core.text import one_line, visible
from batch.nightly.night import MOST_LISTED, Night, Taken
from batch.report.styled import plain
from batch.report.summary import summary
from batch.report.wording.messages import both_of, hint_of, message_of
from batch.report.wording.phrases import counted

_HOW = {
    Exit.DONE: "all is well",
    Exit.NEEDS_A_PERSON: "some rows need a person",
    Exit.CANNOT_RUN: "something could not be imported",
    Exit.UNKNOWN: "some classes are unknown",
    Exit.UNFINISHED: "not finished; the next night goes on",
}


def title(night: Night) -> str:
    """The notification's subject."""
    if night.exit_code is Exit.DONE and not night.files:
        return "classbatch nightly: nothing arrived"
    return f"classbatch nightly: {_HOW[night.exit_code]}"


def summary_line(night: Night) -> str:
    """The night in one line.

    Such as "classbatch nightly: 2 files, 118 scheduled, 2 held; exit 1; results in inbox/done".
    """
    files = night.files
    parts = [
        counted(len(files), "file") if files else "nothing arrived" if not night.taken else "nothing imported"
    ]
    known = sum(each.is_known for each in files)
    if known:
        parts[0] += f" ({known} with the same content as before)"
    parts += [f"{rows} {outcome}" for outcome, rows in night.tally.counts().items() if rows]
    if night.failed:
        parts.append(
            f"failed: {_named([visible(Path(each.name).name or each.name) for each in night.failed])}"
        )
    if night.waiting:
        parts.append(f"{counted(len(night.waiting), 'file')} waiting for the next night")
    places = dict.fromkeys(_place(each) for each in files)
    where = f"; results in {' and '.join(filter(None, places))}" if any(places) else ""
    return one_line(f"classbatch nightly: {', '.join(parts)}; exit {int(night.exit_code)}{where}")


def body(night: Night) -> str:
    """The notification's text: the line, then each file as the terminal shows it, without its rows."""
    parts = [summary_line(night), *map(file_in_words, night.taken)]
    if night.why_stopped:
        parts.append(f"Stopped: {both_of(night.why_stopped)}")
    parts += [f"Waiting for the next night: {name}" for name in night.waiting[:MOST_LISTED]]
    if len(night.waiting) > MOST_LISTED:
        parts.append(f"Waiting for the next night: and {len(night.waiting) - MOST_LISTED:,} more")
    return visible("\n\n".join([*parts, *map(both_of, night.notes)]))


def in_words(trouble: CannotRun | Unfinished, name: str) -> str:
    """What stopped a file, and what to do."""
    message = message_of(trouble)
    sentence = message if _names(trouble, name) else f"{name}: {message}"
    return f"{one_line(sentence)}\n            {one_line(hint_of(trouble))}"


def why_failed(night: Night) -> tuple[tuple[str, str], ...]:
    """The files that could not be imported, each with why; the file is "" where the words name it."""
    return tuple(
        ("" if _names(each.trouble, each.name) else visible(each.name), message_of(each.trouble))
        for each in night.failed
        if each.trouble is not None
    )


def _names(trouble: CannotRun | Unfinished, name: str) -> bool:
    """Whether what stopped a file names it: among the facts is the file, or its name."""
    file = Path(name).name
    return any(
        isinstance(fact, str | Path) and Path(fact).name == file
        for message in trouble.messages
        for fact in message.facts.values()
    )


def file_in_words(taken: Taken) -> str:
    """One file of a night, without its rows."""
    lines = []
    if taken.trouble is not None:
        lines.append(in_words(taken.trouble, taken.name))
    if taken.ending is not None:
        ending = taken.ending
        results = str(ending.results or "")
        shown = summary(
            facts=ending.facts,
            tally=ending.tally,
            written=ending.written,
            goes_on=ending.goes_on,
            results=results,
            is_answered=ending.is_answered,
        )
        lines.append(plain(shown))
    if taken.moved is not None:
        lines.append(f"The file: {taken.moved.file}")
    return "\n".join(lines)


def _named(names: list[str]) -> str:
    more = len(names) - MOST_LISTED
    return ", ".join([*names[:MOST_LISTED], *([f"and {more:,} more"] if more > 0 else [])])


def _place(taken: Taken) -> str:
    if taken.moved is not None:
        return str(taken.moved.file.parent)
    return str(taken.ending.results or "") if taken.ending else ""
