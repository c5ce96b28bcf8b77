"""What was said about the cells of weekly grids, kept for the next grid that is written in the same way.

It stands beside the journals, in a file that a person can read and throw away. Who gives all lessons of
a grid is not kept: the next one is another teacher's.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from batch.atomic_file import write_whole
from batch.core.errors import CannotRun
from batch.core.grid.grid_text import GridTerms, read_grid
from batch.core.message import FileFault
from batch.core.rows.value_maps import folded

FILE_NAME = "grids.json"


def recall_grids(state: Path, periods: Mapping[str, str]) -> Mapping[str, GridTerms]:
    """How grids are read, by their likeness.

    Args:
        state: where it stands.
        periods: the hours of periods that the settings have, by their folded names; they go before.

    Raises:
        CannotRun: the file is damaged; what it said is not made up.
    """
    file = state / FILE_NAME
    try:
        kept = json.loads(file.read_bytes())
        found = {str(likeness): _terms(said, periods) for likeness, said in kept.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, KeyError, TypeError) as error:
        raise CannotRun(FileFault.NOT_RECALLED, file=file) from error
    return {likeness: terms for likeness, terms in found.items() if terms is not None}


def _terms(said: Mapping[str, Any], periods: Mapping[str, str]) -> GridTerms | None:
    known = {folded(name): str(hours) for name, hours in said["periods"].items()}
    return read_grid({"cell": said["cell"], "without": said["without"]}, {**known, **periods})[0]


def remember_grid(
    state: Path, likenesses: list[str], *, cell: str, without: list[str], periods: Mapping[str, str]
) -> None:
    """Keep what was said about grids.

    Raises:
        CannotRun: the file cannot be read or written.
    """
    file = state / FILE_NAME
    recall_grids(state, {})  # a damaged one is not written over
    try:
        kept = json.loads(file.read_bytes()) if file.exists() else {}
        said = {"cell": cell, "without": without, "periods": dict(periods)}
        state.mkdir(parents=True, exist_ok=True)
        write_whole(
            file, json.dumps({**kept, **dict.fromkeys(likenesses, said)}, ensure_ascii=False, indent=1)
        )
    except OSError as error:
        raise CannotRun(FileFault.NOT_REMEMBERED, file=file, why=error.strerror) from error
