"""What the nights of an inbox left behind for the next one, for `status` and the upload page: kept beside its lock, with the journals."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from batch.atomic_file import write_whole
from batch.core.quick_dataclass import dataclass

_NAME = "last-night.json"
_ALL_NAME = "nights.json"
_MOST_KEPT = 100  #: nights of an inbox


@dataclass(frozen=True, slots=True, kw_only=True)
class LastNight:
    """How it ended."""

    inbox: str
    ended_at: float  #: UTC seconds
    exit_code: int
    arrived_at: float  #: when files last came; of an inbox that never had any, when that was first seen
    failed: tuple[str, ...]  #: the files that could not be imported, in it or in the one that failed before
    failed_at: float = 0.0  #: when the night ended that failed, where nothing has arrived since; 0: none did
    failed_with: int = 0  #: the exit code of that one


@dataclass(frozen=True, slots=True, kw_only=True)
class PastNight:
    """A night, with what became of each file of it."""

    inbox: str
    began_at: float  #: UTC seconds
    ended_at: float
    exit_code: int
    batches: tuple[str, ...] = ()  #: by their ids, as the journal has them
    failed: tuple[tuple[str, str], ...] = ()  #: (file; "" where the words name it, why in words)


def folder_of(state: Path, inbox: Path) -> Path:
    """Where what is kept of an inbox stands in the directory of the journals."""
    return state / f"inbox-{sha256(os.fsencode(inbox.resolve())).hexdigest()[:16]}"


def write_last_night(folder: Path, night: LastNight) -> None:
    """Keep it; nobody's night fails for it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(folder / _NAME, json.dumps(asdict(night)))


def last_night(folder: Path) -> LastNight | None:
    """None where there was none, or nobody can read it any more."""
    try:
        kept = json.loads((folder / _NAME).read_text("utf-8"))
        return LastNight(**{**kept, "failed": tuple(kept["failed"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def last_nights(state: Path) -> Iterator[LastNight]:
    """Of every inbox, by its path."""
    found = (last_night(path.parent) for path in state.glob(f"inbox-*/{_NAME}"))
    yield from sorted((each for each in found if each is not None), key=lambda each: each.inbox)


def keep_night(folder: Path, night: PastNight) -> None:
    """Keep it with those before, the newest first."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept = [night, *_nights_in(folder / _ALL_NAME)][:_MOST_KEPT]
    write_whole(folder / _ALL_NAME, json.dumps([asdict(each) for each in kept]))


def past_nights(state: Path) -> list[PastNight]:
    """Of every inbox, the newest first."""
    found = (night for path in state.glob(f"inbox-*/{_ALL_NAME}") for night in _nights_in(path))
    return sorted(found, key=lambda night: -night.began_at)


def _nights_in(path: Path) -> list[PastNight]:
    try:
        return [
            PastNight(
                **{
                    **each,
                    "batches": tuple(each["batches"]),
                    "failed": tuple((name, why) for name, why in each["failed"]),
                }
            )
            for each in json.loads(path.read_text("utf-8"))
        ]
    except (OSError, ValueError, TypeError, KeyError):
        return []
