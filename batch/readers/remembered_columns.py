"""What was said about headers, kept for the next file that has the same ones.

It stands beside the journals, in a file that a person can read and throw away.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from batch.atomic_file import write_whole
from batch.core.errors import CannotRun
from batch.core.message import FileFault
from batch.core.rows.column_names import header_fingerprint
from batch.core.rows.columns import fold

FILE_NAME = "columns.json"


def recall(state: Path) -> Mapping[str, Mapping[str, str]]:
    """Fingerprint of a header -> header -> API name.

    Raises:
        CannotRun: the file is damaged; what it said is not made up.
    """
    file = state / FILE_NAME
    try:
        kept = json.loads(file.read_bytes())
        return {
            header: {str(name): str(column) for name, column in columns.items()}
            for header, columns in kept.items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError) as error:
        raise CannotRun(FileFault.NOT_RECALLED, file=file) from error


def remember(state: Path, names: Sequence[str], columns: Mapping[str, str]) -> Mapping[str, str]:
    """Keep what was said about a file's headers; gives back what is kept about them now.

    Raises:
        CannotRun: the file cannot be written.
    """
    there, kept, header = {fold(name) for name in names}, dict(recall(state)), header_fingerprint(names)
    now = {
        **kept.get(header, {}),
        **{name: column for name, column in columns.items() if fold(name) in there},
    }
    if not now:
        return {}
    file = state / FILE_NAME
    try:
        state.mkdir(parents=True, exist_ok=True)
        write_whole(file, json.dumps({**kept, header: now}, ensure_ascii=False, indent=1))
    except OSError as error:
        raise CannotRun(FileFault.NOT_REMEMBERED, file=file, why=error.strerror) from error
    return now
