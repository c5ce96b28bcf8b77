"""How a file is read, as one computer has it, for another one that reads the file again.

What was checked is what is sent: of these settings the other computer's own do not count. Whom the
classes are sent to, and what fits into that account, is said where the keys are.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from batch.atomic_file import write_whole
from batch.readers import remembered_columns, remembered_dates, remembered_grids
from batch.settings.setting import Group, plain
from batch.settings.table import SETTING, SETTINGS, TABLES, Settings

_READING = tuple(each.name for each in SETTINGS if each.group is Group.FILE)
#: What was learned of earlier files, beside the journals: of headers, of grids, and of the account's dates.
_LEARNED = (remembered_columns.FILE_NAME, remembered_grids.FILE_NAME, remembered_dates.FILE_NAME)


def reading_of(settings: Settings, account: str) -> dict[str, Any]:
    """All that says how a file of the account is read, as JSON can have it."""
    values = {name: getattr(settings, name) for name in _READING}
    holidays = settings.term.get("holidays")
    return {
        "settings": {name: None if value is None else plain(value) for name, value in values.items()},
        "tables": {name: _with_days_as_text(getattr(settings, name)) for name in TABLES},
        "holidays": _encoded(Path(holidays)) if isinstance(holidays, str) else None,
        "learned": learned_in(settings.remembered, account),
    }


def with_reading(settings: Settings, reading: Mapping[str, Any], account: str, folder: Path) -> Settings:
    """Settings of another computer by which a file of the account is read as `reading` has it.

    Args:
        settings: they say where the classes go.
        reading: what `reading_of` has made.
        account: whose file it is.
        folder: an empty one, for what was learned of earlier files; `learned_in` has what this one adds.
    """
    texts = reading["settings"]
    values: dict[str, Any] = {
        name: None if texts[name] is None else SETTING[name].read(texts[name])
        for name in _READING
        if name in texts
    }
    tables: dict[str, Any] = {name: reading["tables"].get(name, {}) for name in TABLES}
    if reading["holidays"] is not None:
        holidays = folder / Path(tables["term"]["holidays"]).name
        holidays.write_bytes(b64decode(reading["holidays"]))
        tables["term"] = {**tables["term"], "holidays": str(holidays)}
    (folder / account).mkdir()
    for name in _LEARNED:
        if text := reading["learned"].get(name):
            _place_of(name, folder, account).write_text(text, "utf-8")
    return replace(settings, **values, **tables, remembered_in=folder)


def learned_in(folder: Path, account: str) -> dict[str, str]:
    """What was learned of earlier files."""
    places = {name: _place_of(name, folder, account) for name in _LEARNED}
    return {name: place.read_text("utf-8") for name, place in places.items() if place.exists()}


def learn(folder: Path, account: str, learned: Mapping[str, str]) -> None:
    """Keep what another computer has learned of a file; what it said goes before what was known here."""
    before = learned_in(folder, account)
    for name in _LEARNED:
        text = learned.get(name)
        if text is None or text == before.get(name):
            continue
        place = _place_of(name, folder, account)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(ValueError):  # one that is damaged is not written over
            known = {**json.loads(before.get(name, "{}")), **json.loads(text)}
            write_whole(place, json.dumps(known, ensure_ascii=False, indent=1))


def _with_days_as_text(value: object) -> Any:
    """A table of the settings, as it would be with its days quoted: TOML has days of its own."""
    if isinstance(value, Mapping):
        return {key: _with_days_as_text(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_days_as_text(each) for each in value]
    return f"{value:%Y-%m-%d}" if isinstance(value, date) else value


def _place_of(name: str, folder: Path, account: str) -> Path:
    return folder / account / name if name == remembered_dates.FILE_NAME else folder / name


def _encoded(file: Path) -> str | None:
    try:
        return b64encode(file.read_bytes()).decode("ascii")
    except OSError:
        return None  # whoever reads the file says so
