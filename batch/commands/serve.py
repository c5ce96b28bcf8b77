"""`classbatch serve`."""

import click


@click.command()
def serve() -> None:
    """Show the upload page in a browser."""
