"""The table of settings -> the command line's options. A secret has none: others can read a command line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from batch.settings.setting import CONFIG_NAME, Setting, negated
from batch.settings.table import SETTING

#: What commands that read a file, send, or talk have in common.
READING = (
    *("sheet", "all_sheets", "columns", "remember", "dates"),
    *("max_rows", "max_columns", "read_cpu_s", "read_memory_mib"),
    *("encoding", "delimiter", "account", "max_minutes", "max_attendees", "past_margin_minutes"),
    *("state", "base_url", "max_concurrent_classes", "fit", "limit_policy", "extend_counts"),
    *("opening_days", "opening_hours"),
)
SENDING = (
    "foreign",
    "in_flight",
    "attempts",
    "timeout_s",
    "settle_s",
    "on_unknown",
    "audit",
    "ca_file",
    "secret_key_file",
)
TELLING = ("quiet", "log")

Command = TypeVar("Command", bound=Callable[..., Any])


def setting_options(*names: str) -> Callable[[Command], Command]:
    """Options for the settings of these names, `--config` and `--profile`; what is not given arrives as None."""
    config = click.option(
        "--config",
        type=click.Path(path_type=Path),
        metavar="PATH",
        help=f"The settings file. Default: {CONFIG_NAME} here, else ~/.config/classbatch/{CONFIG_NAME}.",
    )
    profile = click.option(
        "--profile",
        metavar="NAME",
        help="Which of several accounts: its settings under [accounts.NAME] go before variables and the file's others.",
    )
    options = [config, profile, *(_option_of(name) for name in reversed(names))]

    def add(command: Command) -> Command:
        for option in options:
            command = option(command)
        return command

    return add


def _option_of(name: str) -> Callable[[Command], Command]:
    if name != "columns":
        return _option(SETTING[name])
    return click.option(
        "--map",
        "columns",
        multiple=True,
        callback=_columns_said,
        metavar='"HEADER=COLUMN"',
        help='Read the column under HEADER as COLUMN, such as "Teacher=presenter_email"; '
        "nothing after the = leaves it aside. May be given several times. In the settings file: [columns].",
    )


def _columns_said(
    _context: click.Context, _option: click.Parameter, pairs: tuple[str, ...]
) -> dict[str, str] | None:
    said = {}
    for pair in pairs:
        header, equals, column = pair.rpartition("=")
        if not equals or not header.strip():
            raise click.BadParameter(f'{pair!r} is not HEADER=COLUMN, such as "Teacher=presenter_email".')
        said[header.strip()] = column.strip()
    return said or None


def _option(setting: Setting) -> Callable[[Command], Command]:
    if setting.flag is None:
        raise ValueError(f"{setting.name} is a secret and can have no flag")
    if setting.type is click.BOOL:
        both = f"{setting.flag}/{negated(setting.flag)}"
        return click.option(both, setting.name, default=None, help=setting.help_line)
    return click.option(
        setting.flag, setting.name, type=setting.type, metavar=setting.metavar, help=setting.help_line
    )
