"""`classbatch worker`: takes files that others have enqueued, on as many computers as there are."""

import click

from batch.cli.boundary import report_errors, settings_for
from batch.cli.options import READING, SENDING, TELLING, SettingsCommand, setting_options
from batch.core.errors import CannotRun
from batch.core.message import JournalFault
from batch.event_loop import run_async
from batch.settings.setting import Group
from batch.settings.table import names_in


@click.command(cls=SettingsCommand)
@click.option(
    "--concurrency",
    type=click.IntRange(1, 64),
    default=4,
    show_default=True,
    help="So many accounts at once.",
)
@click.option("--until-empty", is_flag=True, help="End when nothing waits any more.")
@setting_options(*READING, *SENDING, *names_in(Group.NIGHTLY), *TELLING)
def worker(*, concurrency: int, until_empty: bool, **flags: object) -> None:
    """Import what other computers have enqueued.

    Takes the files that `classbatch nightly --enqueue` has put into the database.
    Any number of workers share the work; no account is worked on by two at once. What becomes of each file is in
    the journal: `classbatch status`, `classbatch results`. Needs the extra cluster.
    """
    with report_errors(), settings_for(flags) as settings:
        if settings.journal is None:
            raise CannotRun(JournalFault.NO_QUEUE)
        try:
            from batch.nightly.cluster.worker import Worker  # noqa: PLC0415 - of the extra
            from batch.web.worker.handed_over import PageRun  # noqa: PLC0415 - of the extra
        except ImportError as error:
            raise CannotRun(JournalFault.NO_PSYCOPG) from error
        from batch.sending.environment import real_environment  # noqa: PLC0415 - see `main`
        from batch.settings.resolve import settings_of_process  # noqa: PLC0415 - see `main`
        from batch.settings.table import Settings  # noqa: PLC0415 - see `main`

        def settings_of(profile: str | None, folder: str | None) -> Settings:
            named = {name: value for name, value in (("profile", profile), ("folder", folder)) if value}
            return settings_of_process({**flags, **named}, default_state=settings.state)

        url = settings.journal.get_secret_value()
        run_async(
            Worker(
                settings,
                url,
                settings_of,
                PageRun,
                real_environment(),
                concurrency=concurrency,
                until_empty=until_empty,
            ).run()
        )
