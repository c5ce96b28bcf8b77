"""Makes the tables of docs/ and templates/classbatch.toml, which follow from the program; run it after changing a catalogue.

    python docs/make_docs.py

Tests compare what is committed with fresh ones.
"""

import re
import textwrap
from collections.abc import Iterable
from pathlib import Path

from batch.core.grid.grid_text import KEYS as GRID_KEYS
from batch.core.outcome import Outcome
from batch.core.rows.columns import BY_NAME, COLUMNS
from batch.core.rows.problems import Problem
from batch.core.service.api_codes import CODES, Aftermath
from batch.core.term.term_text import KEYS
from batch.logs import EVENTS
from batch.report.wording.outcomes import WORDS
from batch.report.wording.problems import words_of
from batch.settings.kinds import ON_OFF
from batch.settings.setting import CONFIG_NAME, PREFIX, Group, Setting, negated, plain
from batch.settings.table import DEFAULTABLE, SETTINGS

DOCS = Path(__file__).parent
TEMPLATE = DOCS.parent / "templates" / "classbatch.toml"

_COLUMNS_AND_VALUES = (
    "",
    '# Which header of your files is which column, where the words in it do not tell; "" ignores the column.',
    "# [columns]",
    '# "Lehrkraft (Kürzel)" = "presenter_email"',
    '# "Room" = ""',
    "",
    "# What a cell stands for, written once and not in every row; capitals do not matter.",
    "# [values.presenter_email]",
    '# "Dr. Rao" = "rao@school.example"',
    "# [values.start_time]",
    '# "P3" = "10:15-11:00"',
    "# [values.time_zone]",
    '# "(GMT-4:00) Eastern Time (US and Canada)" = "America/New_York"',
)
_TERM = (
    "",
    "# When the school's term is, for lessons that repeat; docs/term.md tells all of it.",
    "# [term]",
    "# starts = 2031-09-01",
    "# ends = 2031-12-19",
    '# holidays = ["2031-10-27..2031-10-31 Half-term", "2031-11-11 Staff day"]   # or the path of a .csv or .ics',
    "# week_a = 2031-09-01   # a day of an A week",
    '# day_order = ["mon", "tue", "wed", "thu", "fri"]',
    "# count_holidays = true   # a week without a school day has its number, and its letter, all the same",
)
_GRID = (
    "",
    "# What stands in the cells of weekly grids, part by part; docs/term.md tells all of it.",
    "# [grid]",
    '# cell = "{title}\\n{presenter_email}\\n{}"   # {} leaves a part aside',
    '# without = ["Lunch", "Break"]',
)
_DEFAULTS_SHOWN = ("time_zone", "duration", "attendee_limit", "create_recording")
_HEAD = ("name", "what it sets", "takes", "default", "flag")

_LEFT_BEHIND = {
    Aftermath.NOTHING: "nothing",
    Aftermath.MAYBE_A_CLASS: "perhaps what was asked for: it is looked up",
    Aftermath.EVERYONES_TROUBLE: "nothing; the run stops",
    Aftermath.SLOT_FULL: "nothing; held",
    Aftermath.PRESENTER_BUSY: "nothing; after a lost answer it is looked up",
}


def outcomes_table() -> str:
    rows = [
        (f"`{each.value}`", WORDS[each].explained or WORDS[each].name, WORDS[each].next_step)
        for each in Outcome
    ]
    return _table(("outcome", "means", "what to do"), rows)


def problems_table() -> str:
    found = {each: words_of(each, {}) for each in Problem}
    rows = [
        (each.code, f"... {_blanks(words.message)}", _blanks(words.hint)) for each, words in found.items()
    ]
    return _table(("code", "the cell", "what to do"), rows)


def codes_table() -> str:
    rows = [(each.code, each.meaning, each.advice, _LEFT_BEHIND[each.aftermath]) for each in CODES]
    return _table(("code", "means", "what to do", "leaves behind"), rows)


def events_table() -> str:
    rows = [(f"`{each.name}`", each.means, ", ".join(f"`{name}`" for name in each.fields)) for each in EVENTS]
    return _table(("event", "means", "fields"), rows)


def settings_table() -> str:
    """The tables of docs/settings.md, in Markdown: one for each group."""
    parts = []
    for group in Group:
        rows = [
            (f"`{each.name}`", each.help, each.takes, each.default_shown, _flag_cell(each))
            for each in SETTINGS
            if each.group is group
        ]
        parts.append(f"## {group.value}\n\n{_table(_HEAD, rows)}")
    columns = ", ".join(f"`{name}`" for name in DEFAULTABLE)
    tables = [
        (
            "`[defaults]`",
            f"What a class takes for a column that is absent or empty: {columns}.",
            "what the column takes",
            f"`{PREFIX}DEFAULTS__TIME_ZONE` and the like",
        ),
        (
            '`[columns]`; flag `--map "HEADER=COLUMN"`',
            "Which header is which column of the timetable, where its words do not tell; an empty one ignores it.",
            "a column",
            f"`{PREFIX}COLUMNS` (JSON)",
        ),
        (
            "`[values.COLUMN]`",
            "What a cell of a column stands for: a teacher's name for an address, a period for its hours.",
            "what the column takes",
            f"`{PREFIX}VALUES` (JSON)",
        ),
        (
            "`[term]`",
            "When the school's term is, for lessons that repeat (see [Lessons that repeat](term.md)): "
            + "; ".join(f"`{name}`" for name in KEYS)
            + ".",
            "; ".join(f"`{name}` takes {takes}" for name, takes in KEYS.items()),
            f"`{PREFIX}TERM__STARTS` and the like",
        ),
        (
            "`[grid]`",
            "What stands in the cells of weekly grids (see [Weekly grids](term.md#weekly-grids)): "
            + "; ".join(f"`{name}`" for name in GRID_KEYS)
            + ".",
            "; ".join(f"`{name}` takes {takes}" for name, takes in GRID_KEYS.items()),
            f"`{PREFIX}GRID__CELL` and the like",
        ),
        (
            "`[accounts.NAME]`",
            "Settings of one account of several, by its name; its keys are taken from there and from nowhere else.",
            "lines as above",
            "none",
        ),
        (
            "`[folders.NAME]`",
            "How the files of one folder of the inbox are read: `timetable`, `dates`, `sheet` and their like; their account is the inbox's.",
            "lines as above",
            "none",
        ),
    ]
    parts.append(
        f"## Tables of {CONFIG_NAME}\n\n{_table(('table', 'what it sets', 'takes', 'variable'), tables)}"
    )
    return "\n".join(parts)


def _flag_cell(setting: Setting) -> str:
    if setting.flag is None:
        return "none: a secret" if setting.secret else ""
    if setting.kind is ON_OFF:
        return f"`{setting.flag}`, `{negated(setting.flag)}`"
    return f"`{setting.flag} {setting.kind.metavar}`"


def settings_toml() -> str:
    """templates/classbatch.toml: every setting with its default, commented out."""
    lines = [
        f"# Settings of classbatch. Save this as {CONFIG_NAME} in the directory you run classbatch in, or as",
        f"# ~/.config/classbatch/{CONFIG_NAME}, and take the # away before each line you want to change.",
        "# A flag on the command line, then a variable of the environment, goes before a line here.",
        f"# The variable is the name in capitals after {PREFIX}, such as {PREFIX}SHEET.",
        "# A path is taken from the directory of this file.",
    ]
    for group in Group:
        lines += ["", f"# --- {group.value} ---"]
        for setting in SETTINGS:
            if setting.group is group:
                lines += ["", *_toml_lines(setting)]
    lines += [
        "",
        "# --- Tables ---",
        "",
        "# What a class takes for a column that is absent or empty. Any column of the timetable may stand",
        "# here but those that tell one class from another: title, start_time and the presenter's.",
        f"# Variables: {PREFIX}DEFAULTS__TIME_ZONE and the like.",
        "# [defaults]",
    ]
    lines += [f"# {name} = {_toml(BY_NAME[name].example)}" for name in _DEFAULTS_SHOWN]
    lines += [*_COLUMNS_AND_VALUES, *_TERM, *_GRID]
    return "\n".join(lines) + "\n"


def _toml_lines(setting: Setting) -> list[str]:
    lines = textwrap.wrap(
        setting.help_line, 100, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False
    )
    if setting.secret:
        lines.append(f"# Written here, only you may be able to read this file: chmod 600 {CONFIG_NAME}")
    return [*lines, f"# {setting.name} = {_toml(setting.example or setting.default)}"]


def _toml(value: object) -> str:
    text = plain(value)
    return text if isinstance(value, bool) or text.isdecimal() else f'"{text}"'


def columns_table() -> str:
    """The table of columns in docs/prepare.md."""
    lines = ["| column | what it is | kind | example | accounts | if empty |", "| --- " * 6 + "|"]
    for column in COLUMNS:
        accounts = " and ".join(sorted(kind.value for kind in column.used_by))
        required = " and ".join(sorted(kind.value for kind in column.required_by))
        default = column.default or column.service_default
        empty = [f"required ({required})"] if required else []
        if default and column.required_by != column.used_by:
            empty.append(default)
        cells = (
            f"`{column.name}`",
            column.help,
            column.kind.value,
            column.example,
            accounts,
            "; ".join(empty) or "not sent",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


#: Between `<!-- name -->` and `<!-- /name -->` stands what the function of that name makes.
TABLES = {
    "codes": codes_table,
    "columns": columns_table,
    "events": events_table,
    "outcomes": outcomes_table,
    "problems": problems_table,
    "settings": settings_table,
}


def fresh(page: str) -> str:
    """A page with every table as the program has it now."""

    def made(match: re.Match[str]) -> str:
        name = match[1]
        if name not in TABLES:  # another part's table, made and compared by its own tests
            return match[0]
        return f"<!-- {name} -->\n\n{TABLES[name]().strip()}\n\n<!-- /{name} -->"

    return re.sub(r"<!-- (\w+) -->.*?<!-- /\1 -->", made, page, flags=re.DOTALL)


def _blanks(text: str) -> str:
    """The facts that a sentence is filled with, as blanks."""
    return re.sub(r"{(\w+)[^}]*}", r"*\1*", text)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


if __name__ == "__main__":
    for file in sorted(DOCS.glob("*.md")):
        file.write_text(fresh(file.read_text("utf-8")), "utf-8")
    TEMPLATE.write_text(settings_toml(), "utf-8")
