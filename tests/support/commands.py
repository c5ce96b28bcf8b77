"""Every command of the command line, by its name."""

from click import Command, Context

from batch.cli.main import main


def _commands() -> dict[str, Command]:
    context = Context(main)
    return {name: found for name in main.list_commands(context) if (found := main.get_command(context, name))}


COMMANDS = _commands()
