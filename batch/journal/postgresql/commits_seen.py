"""How many commits each account of a database had when this computer last looked: a worker does with every heartbeat.

    <state>/commits_seen    of all accounts, also of those that this computer never worked on

Written after a look, so it may be behind the database, never ahead, unless the database
was put back from a copy.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from batch.atomic_file import write_whole

_NAME = "commits_seen"


def commits_seen(state: Path) -> dict[str, int]:
    """By account; none where no worker ran here.

    Raises:
        ValueError: something else stands there.
        OSError: it cannot be read.
    """
    try:
        written = (state / _NAME).read_text("ascii")
    except FileNotFoundError:
        return {}
    known: object = json.loads(written)
    if not isinstance(known, dict):
        raise ValueError(_NAME)  # noqa: TRY004 - as what is no JSON at all
    return {str(account): int(commits) for account, commits in known.items()}


def note_commits(state: Path, commits: Mapping[str, int]) -> list[str]:
    """Remember the most that each account ever had; return those that have fewer now.

    Raises:
        ValueError, OSError: as `commits_seen`, or it cannot be written.
    """
    before = commits_seen(state)
    most = {**before, **{each: max(commits[each], before.get(each, 0)) for each in commits}}
    if most != before:
        write_whole(state / _NAME, json.dumps(most))
    return sorted(each for each in commits if commits[each] < most[each])


def forget_commits(state: Path) -> None:
    """Of all accounts, as what is written cannot be read; the next look writes it anew."""
    (state / _NAME).unlink(missing_ok=True)
