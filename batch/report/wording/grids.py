"""Weekly grids and calendars, in words: what is wrong with their cells and events, and how a grid is read."""

from collections.abc import Mapping, Sequence
from typing import Literal, assert_never, cast

from batch.core.grid.cell_template import in_lines, likely_separator, split_by
from batch.core.message import FileFault, FileNote
from batch.core.rows.problems import Problem
from batch.core.text import one_line
from batch.report.text import shortened
from batch.report.wording.phrases import Words, tr

_LONGEST = 60  #: of a cell that is quoted
_MOST = 5  #: cells that are quoted

GridProblem = Literal[
    Problem.OTHER_PARTS,
    Problem.FEWER_PARTS,
    Problem.NO_LENGTH,
    Problem.UNREAD_EVENT,
    Problem.DAYS_OUT_BY_RULE,
    Problem.NO_END,
    Problem.SHARED_UID,
    Problem.OTHER_HOUR,
]


def problem_words(problem: GridProblem) -> Words:
    match problem:
        case Problem.OTHER_PARTS:
            return Words(
                "has more parts than the {where} that [grid] names, so which is which cannot be told",
                "Give each lesson a cell of its own, or write it so that it has {where}; or say under [grid] what the parts are.",
                page="has more parts than the {where} that were named, so which is which cannot be told",
                page_hint="Give each lesson a cell of its own, or write it so that it has {where}.",
            )
        case Problem.FEWER_PARTS:
            return Words(
                "has fewer parts than the {where} that [grid] names",
                "If it is no class, add it to without under [grid]; else write it as the other cells are written.",
                page="has fewer parts than the {where} that were named",
                page_hint='If it is no class, tick it under "How the file is read"; else write it as the other cells are written.',
            )
        case Problem.NO_LENGTH:
            return Words(
                "is not there: nothing says how long this lesson of the grid lasts",
                "Write start and end beside the lessons, such as 08:30-09:20; or duration under [defaults] in the settings.",
                page_hint="Write start and end beside the lessons, such as 08:30-09:20; or say how long a lesson is.",
            )
        case Problem.UNREAD_EVENT:
            return Words(
                "cannot be read, in line {line} of the calendar; it says when {event!r} takes place",
                "Mend that event in the calendar and export it again; or leave it out.",
            )
        case Problem.DAYS_OUT_BY_RULE:
            return Words(
                "takes days out of {event!r} by a rule, in line {line} of the calendar, and such rules are not followed",
                "Take those days out one by one in the calendar, and export it again.",
            )
        case Problem.NO_END:
            return Words(
                "does not say how long the event lasts",
                "Give it an end in the calendar, and export it again; or write duration under [defaults] in the settings.",
                page_hint="Give it an end in the calendar, and export it again; or write its minutes here.",
            )
        case Problem.SHARED_UID:
            return Words(
                "is the UID of {event!r} in line {line} of the calendar, and of what begins in line {others:list and}; "
                "which of them holds cannot be told",
                "Take out what does not hold, or give each event a UID of its own, and give the calendar again.",
            )
        case Problem.OTHER_HOUR:
            return Words(
                "is not when {event!r} takes place that day, which is at {lesson}; so the line {line} of the calendar "
                "changes no lesson",
                "Take that day out, or move it, in the calendar once more, and export it again.",
            )
        case _:
            assert_never(problem)


def fault_words(
    what: Literal[FileFault.A_GRID, FileFault.GRID_LACKS, FileFault.GRID_UNREAD], facts: Mapping[str, object]
) -> Words:
    match what:
        case FileFault.A_GRID:
            return _a_grid(facts)
        case FileFault.GRID_LACKS:
            return Words(
                "{name} is read as a weekly grid, and neither its cells nor the settings have {missing:list and}.",
                'Name it among the parts of a cell, as in cell = "{{title}}\\n{{presenter_email}}"; or write it for all lessons '
                'under [grid], as in presenter_email = "ana.diaz@school.example".',
                page_hint="Say below which part of a cell it is, or who gives all of its lessons.",
            )
        case FileFault.GRID_UNREAD:
            return _unread(cast("list[tuple[str, str]]", facts["cells"]))
        case _:
            assert_never(what)


def _unread(cells: Sequence[tuple[str, str]]) -> Words:
    """The first cells that could not be placed, and how a grid is written so that each can."""
    named = ", ".join(f"{address} {shortened(one_line(text), _LONGEST)!r}" for address, text in cells[:_MOST])
    more = " and {more} more" if len(cells) > _MOST else ""
    return Words(
        f"{{name}} is read as a weekly grid, and it is not clear to which day these cells belong: {{named}}{more}.",
        "Write each lesson in a column of its day: a day with several columns has one head, merged over all of them. Give "
        "hours between the days the same head as those on the left, such as Time. A second grid begins with a line of "
        "its days, each of them once, behind the same label as in the first. What is no lesson belongs left of the days, or on "
        "another sheet.",
        more={"named": named, "more": len(cells) - _MOST},
    )


def calendar_note_words(
    what: Literal[FileNote.OLDER_EVENTS, FileNote.ZONE_OF_CALENDAR], facts: Mapping[str, object]
) -> Words:
    """Which events of a calendar hold, and by which clock."""
    if what is FileNote.ZONE_OF_CALENDAR:
        return Words(
            "{events:count event} of the calendar {events:form names|name} no time zone: {zone!r} is taken, the "
            "calendar's own (X-WR-TIMEZONE)."
        )
    if facts["events"] == 1:
        return Words(
            "{events:count event} ({first!r}) stands in the calendar in an older state, too: a newer state of it "
            "holds, as SEQUENCE says."
        )
    return Words(
        "{events:count event} (the first: {first!r}) stand in the calendar in an older state, too: newer states of "
        "them hold, as SEQUENCE says."
    )


def note_words(facts: Mapping[str, object], placed: Mapping[str, object]) -> Words:
    """How a grid is read."""
    left = "; left out as no class: {left_out:cells}" if facts["left_out"] else ""
    beside = "; not read, since it belongs to no day: {beside:quoted}" if facts["beside"] else ""
    recalled = tr("How was said of an earlier grid that is written like this one.")
    return Words(
        f"{{place}}{'read' if facts.get('sheet') else 'Read'} as a weekly grid, {{days}} days by {{periods}} periods: "
        f"{{lessons:count cell}} with a lesson{left}{beside}.{{also}}",
        more={**placed, "also": f" {recalled}" if facts.get("recalled") else ""},
    )


def _a_grid(facts: Mapping[str, object]) -> Words:
    """What to say under [grid], by the example of its own cells."""
    cells = [str(cell) for cell in cast("list[str]", facts.get("cells", []))]
    separator = likely_separator(cells)
    example = next((cell for cell in cells if separator in in_lines(cell)), "")
    parts = len(split_by(example, separator)) if separator else 1
    between = separator.replace("\n", r"\n")
    names = ["{title}", "{presenter_email}", *["{}"] * parts][: max(parts, 1)]
    template = between.join(names) if parts > 1 else "{title+presenter_email}"
    shown = shortened(" / ".join(split_by(example, "\n")), _LONGEST)
    holds = " A cell holds {example!r}." if example else ""
    return Words(
        "{name} looks like a weekly grid, with the days side by side ({days:list and}) and one lesson a cell.",
        f'Say what stands in its cells, in classbatch.toml: [grid], and below it cell = "{{template}}".{holds} {{{{}}}} leaves a '
        "part aside; docs/term.md tells the rest. Or write each class in a row of its own: `classbatch template` "
        "writes a blank timetable.",
        page_hint="Say below what stands in its cells.",
        more={"template": template, "example": shown},
    )
