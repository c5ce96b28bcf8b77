"""The table of settings as people read it: in the README, and as templates/classbatch.toml."""

import textwrap

import click

from batch.core.rows.columns import BY_NAME
from batch.settings.setting import CONFIG_NAME, PREFIX, Setting, negated, plain
from batch.settings.table import DEFAULTABLE, SETTINGS

_COLUMNS_AND_VALUES = (
    "",
    '# Which header of your files is which column, where the words in it do not tell; "" leaves a column aside.',
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
_DEFAULTS_SHOWN = ("time_zone", "duration", "attendee_limit", "create_recording")


def settings_table() -> str:
    """The README's table of settings, in Markdown."""
    rows = [("flag", "variable", "what it sets", "takes", "default"), ("---",) * 5]
    rows += [
        (_flag_cell(each), f"`{each.variable}`", each.help, each.takes, each.default_shown)
        for each in SETTINGS
    ]
    columns = ", ".join(f"`{name}`" for name in DEFAULTABLE)
    says = f"What a class takes for a column that is absent or empty: {columns}."
    variable = f"`{PREFIX}DEFAULTS__TIME_ZONE` and the like"
    rows += [
        ("none: table `[defaults]`", variable, says, "what the column takes", "the column's own"),
        (
            '`--map "HEADER=COLUMN"`, table `[columns]`',
            f"`{PREFIX}COLUMNS` (JSON)",
            "Which header of the file is which column of the timetable; an empty one leaves it aside.",
            "a column",
            "found out from the words people use",
        ),
        (
            "none: tables `[values.COLUMN]`",
            f"`{PREFIX}VALUES` (JSON)",
            "What a cell of a column stands for: a teacher's name for an address, a period for its hours.",
            "what the column takes",
            "none",
        ),
        (
            "none: tables `[accounts.NAME]`",
            "none",
            "Settings of one account of several, by its name; its keys are taken from there and from nowhere else.",
            "lines as above",
            "none",
        ),
    ]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |\n" for row in rows)


def _flag_cell(setting: Setting) -> str:
    if setting.flag is None:
        return "none: a secret"
    if setting.type is click.BOOL:
        return f"`{setting.flag}`, `{negated(setting.flag)}`"
    return f"`{setting.flag} {setting.metavar}`"


def settings_toml() -> str:
    """templates/classbatch.toml: every setting with its default, commented out."""
    lines = [
        f"# Settings of classbatch. Save this as {CONFIG_NAME} in the directory you run classbatch in, or as",
        f"# ~/.config/classbatch/{CONFIG_NAME}, and take the # away before each line you want to change.",
        "# A flag on the command line, then a variable of the environment, goes before a line here.",
        "# A path is taken from the directory of this file.",
    ]
    for setting in SETTINGS:
        told = f"{setting.help_line} Variable: {setting.variable}."
        lines += [
            "",
            *textwrap.wrap(told, 100, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False),
        ]
        if setting.secret:
            lines.append(f"# Written here, only you may be able to read this file: chmod 600 {CONFIG_NAME}")
        lines.append(f"# {setting.name} = {_toml(setting.example or setting.default)}")
    lines += [
        "",
        "# What a class takes for a column that is absent or empty. Any column of the timetable may stand",
        "# here but those that tell one class from another: title, start_time and the presenter's.",
        f"# Variables: {PREFIX}DEFAULTS__TIME_ZONE and the like.",
        "# [defaults]",
    ]
    lines += [f"# {name} = {_toml(BY_NAME[name].example)}" for name in _DEFAULTS_SHOWN]
    lines += _COLUMNS_AND_VALUES
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    text = plain(value)
    return text if isinstance(value, bool) or text.isdecimal() else f'"{text}"'
