"""`classbatch nightly`."""

import click


@click.command()
def nightly() -> None:
    """Import what has arrived since last night."""
