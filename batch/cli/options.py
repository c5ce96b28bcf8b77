"""The table of settings -> the command line's options, in groups; `--help` shows those that people use.

A secret has no option: others can read a command line. Nor has a setting that
nobody would say for one run; who tries is told which variable and line there are.
"""

import shlex
from collections.abc import Callable, Collection, Mapping
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from batch.settings.setting import CONFIG_NAME, Group, Setting, flag_of, negated
from batch.settings.table import SETTING, names_in

#: What commands that read a file, send, or talk have in common.
READING = names_in(Group.FILE, Group.ROOM, Group.ACCOUNT, Group.PLACE)
SENDING = names_in(Group.SENDING)
TELLING = names_in(Group.OUTPUT)

HELP_ALL = "classbatch.help_all"  #: in the context's meta: every option is shown

Callback = TypeVar("Callback", bound=Callable[..., Any])


class GroupedOption(click.Option):
    """An option under a heading of `--help`, where its help may be shorter, and which may leave it out."""

    def __init__(
        self, *arguments: Any, group: Group, brief: str = "", rare: bool = False, **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        self.group, self.brief, self.rare = group, brief, rare

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        record = super().get_help_record(ctx)
        if ctx.meta.get(HELP_ALL) or record is None:
            return record
        return None if self.rare else (record[0].partition(" / ")[0], self.brief or record[1])


_grouped = partial(click.option, cls=GroupedOption)


class SettingsCommand(click.Command):
    """A command whose settings stand in groups in `--help`."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        def heading(option: click.Option) -> str:
            return option.group.value if isinstance(option, GroupedOption) else "Options"

        order = ["Options", *(group.value for group in Group)]
        given = (each for each in self.get_params(ctx) if isinstance(each, click.Option))
        shown = sorted(given, key=lambda option: order.index(heading(option)))
        for title, options in groupby(shown, heading):
            records = [record for option in options if (record := option.get_help_record(ctx))]
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            setting = _setting_of(error.option_name)
            if setting is None or setting.flag:
                raise
            why = ": others can read a command line" if setting.secret else ""
            raise click.UsageError(
                f"{error.option_name} is not an option{why}. Set the variable {setting.variable}, "
                f"or write {setting.name} = ... in {CONFIG_NAME}.",
                ctx,
            ) from error


def _setting_of(option: str) -> Setting | None:
    return next(
        (each for each in SETTING.values() if option in {flag_of(each.name), negated(flag_of(each.name))}),
        None,
    )


def setting_options(*names: str) -> Callable[[Callback], Callback]:
    """Options for the settings of these names, `--config` and `--profile`; what is not given arrives as None."""
    options = [
        help_all("Show all options, in full."),
        _grouped(
            "--config",
            group=Group.PLACE,
            type=click.Path(path_type=Path),
            metavar="PATH",
            brief="The settings file.",
            help=f"The settings file. Default: {CONFIG_NAME} here, else ~/.config/classbatch/{CONFIG_NAME}.",
        ),
        _grouped(
            "--profile",
            group=Group.PLACE,
            metavar="NAME",
            brief="Which of several accounts.",
            help="Which of several accounts: its settings under [accounts.NAME] go before variables and the file's "
            "others.",
        ),
        *(_option_of(name) for name in reversed(names)),
    ]

    def add(command: Callback) -> Callback:
        for option in options:
            command = option(command)
        return command

    return add


def options_given(*, without: Collection[str] = (), only: Collection[str] = ()) -> str:
    """The options that this command was given, as they can be typed again."""
    context = click.get_current_context()
    words: list[str] = []
    for option in context.command.params:
        name = option.name or ""
        given = context.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if given and name not in without and (not only or name in only) and isinstance(option, click.Option):
            words += _typed(option, context.params[name])
    return shlex.join(words)


def _typed(option: click.Option, value: object) -> list[str]:
    if isinstance(value, bool):
        return [option.opts[0] if value else option.secondary_opts[0]]
    if option.is_flag:  # one of several that answer the same question
        return [option.opts[0]] if value == option.flag_value else []
    if isinstance(value, frozenset):  # --rows
        return [option.opts[0], ",".join(map(str, sorted(value)))]
    if isinstance(value, Mapping):  # --map
        return [word for pair in value.items() for word in (option.opts[0], "=".join(pair))]
    return [option.opts[0], str(value)]


def help_all(text: str) -> Callable[[Callback], Callback]:
    """The option --help-all."""
    return click.option(
        "--help-all", is_flag=True, is_eager=True, expose_value=False, callback=_show_all, help=text
    )


def _show_all(ctx: click.Context, _option: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        ctx.meta[HELP_ALL] = True
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()


def _option_of(name: str) -> Callable[[Callback], Callback]:
    if name == "folder":
        return _grouped(
            "--folder",
            group=Group.FILE,
            rare=True,
            metavar="NAME",
            help="Read the file as those of this folder of the inbox: as [folders.NAME] says.",
        )
    if name != "columns":
        return _option(SETTING[name])
    return _grouped(
        "--map",
        "columns",
        group=Group.FILE,
        multiple=True,
        callback=_as_columns,
        metavar='"HEADER=COLUMN"',
        brief='As "Teacher=presenter_email".',
        help='Read the column under HEADER as COLUMN, such as "Teacher=presenter_email"; '
        "nothing after the = ignores it. May be given several times. In the settings file: [columns].",
    )


def _as_columns(
    _context: click.Context, _option: click.Parameter, pairs: tuple[str, ...]
) -> dict[str, str] | None:
    columns = {}
    for pair in pairs:
        header, equals, column = pair.rpartition("=")
        if not equals or not header.strip():
            raise click.BadParameter(f'{pair!r} is not HEADER=COLUMN, such as "Teacher=presenter_email".')
        columns[header.strip()] = column.strip()
    return columns or None


def _option(setting: Setting) -> Callable[[Callback], Callback]:
    if setting.flag is None:
        raise ValueError(f"{setting.name} has no flag")
    is_on_off = setting.kind.type is click.BOOL
    return _grouped(
        f"{setting.flag}/{negated(setting.flag)}" if is_on_off else setting.flag,
        setting.name,
        group=setting.group,
        rare=setting.rare,
        brief=setting.brief,
        help=setting.help_line,
        **({"default": None} if is_on_off else {"type": setting.kind.type, "metavar": setting.kind.metavar}),
    )
