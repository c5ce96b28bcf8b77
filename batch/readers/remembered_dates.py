"""In which order the files of a feed have proved to write dates, and that their clock counts to 24.

Kept for each account, folder and header, beside the account's journal. What a file
proved counts, and what was said of one; where these differ, none does. The order
with which a file was read is kept, too, for its results when they are handed in again.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from batch.atomic_file import write_whole
from batch.core.quick_dataclass import dataclass
from batch.core.rows.column_names import header_fingerprint
from batch.core.rows.date_order import NOTHING_BEFORE, Before, DateOrder

FILE_NAME = "dates.json"


@dataclass(frozen=True, slots=True)
class Feed:
    """Files that are of one kind: handed in from one folder, with one header."""

    kept_in: Path | None  #: the account's folder; None where nothing is kept
    folder: str
    header: str  #: its fingerprint

    @classmethod
    def of(cls, kept_in: Path | None, folder: str, names: Sequence[str]) -> "Feed":
        return cls(kept_in, folder, header_fingerprint(names))

    @property
    def key(self) -> str:
        return hashlib.sha256(json.dumps([self.folder, self.header]).encode("ascii")).hexdigest()


@dataclass(frozen=True, slots=True)
class Recalled:
    """What earlier files of a feed showed, and what was said of one."""

    dates: Before = NOTHING_BEFORE
    counts_to_24: bool = False


def recall_dates(feed: Feed, *, of_results: bool) -> Recalled:
    """What is known of a feed. A results workbook is of any folder: it goes by its header alone."""
    if of_results:
        entries = [entry for entry in _entries(feed.kept_in) if entry.get("header") == feed.header]
        read = {entry["read"] for entry in entries if entry.get("read")}
        order = DateOrder(read.pop()) if len(read) == 1 else None
        proof = next((entry["file"] for entry in entries if entry.get("read") == order), "")
        return Recalled(Before(order, proof), any(entry.get("clock") == 24 for entry in entries))
    entry = _kept(feed.kept_in).get(feed.key, {})
    proved, stated = entry.get("proved", {}), entry.get("said", {})
    orders = {*proved, *stated}
    if len(orders) != 1:
        return Recalled(counts_to_24=entry.get("clock") == 24)
    (order,) = orders
    before = Before(DateOrder(order), proved.get(order, ""), "" if proved else stated[order])
    return Recalled(before, entry.get("clock") == 24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a file showed, and what was said of it."""

    proved: DateOrder | None
    proof: str
    stated: DateOrder | None
    read: DateOrder | None  #: the order in which it was read
    counts_to_24: bool


def keep_dates(feed: Feed, file: str, shown: Shown) -> None:
    """Keep what a file showed. That it cannot be kept stops nobody: the next file is asked about."""
    if feed.kept_in is None or not (shown.proved or shown.read or shown.counts_to_24):
        return
    kept = dict(_kept(feed.kept_in))
    before = kept.get(feed.key, {})
    now = {**before, "folder": feed.folder, "header": feed.header, "file": file}
    if shown.proved:
        now["proved"] = {shown.proved.value: f"{shown.proof} of {file}", **before.get("proved", {})}
    if shown.stated:  # what was said last holds
        now["said"] = {shown.stated.value: file}
    if shown.read:
        now["read"] = shown.read.value
    if shown.counts_to_24:
        now["clock"] = 24
    if now != before:
        with suppress(OSError):
            feed.kept_in.mkdir(parents=True, exist_ok=True)
            write_whole(feed.kept_in / FILE_NAME, json.dumps({**kept, feed.key: now}, indent=1))


def _entries(folder: Path | None) -> Iterator[Mapping[str, Any]]:
    yield from _kept(folder).values()


def _kept(folder: Path | None) -> Mapping[str, Mapping[str, Any]]:
    """What is kept; nothing of a file that is damaged, or by somebody else: then it is asked again."""
    if folder is None:
        return {}
    try:
        kept = json.loads((folder / FILE_NAME).read_bytes())
    except (OSError, ValueError):
        return {}
    if not isinstance(kept, dict):
        return {}
    return {key: entry for key, entry in kept.items() if isinstance(entry, dict) and _is_sound(entry)}


def _is_sound(entry: Mapping[str, Any]) -> bool:
    orders = {order.value for order in DateOrder}
    both = entry.get("proved", {}), entry.get("said", {})
    return (
        all(isinstance(each, dict) and each.keys() <= orders for each in both)
        and entry.get("read", "dmy") in orders
    )
