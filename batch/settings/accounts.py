"""The tables [accounts.NAME] of classbatch.toml, settings of one account of several, and [folders.NAME], of one folder of an inbox.

An account takes its keys from nowhere else: classes of one school must never end
up in the account of another because a variable was set, or a line forgotten.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from batch.core.message import Message, SettingFault
from batch.settings.setting import Group
from batch.settings.table import SETTINGS, TABLES

KEYS = frozenset({"access_key", "secret_key", "secret_key_file"})
#: Folders of an inbox that the nightly import keeps for itself.
OWN_FOLDERS = ("done", "failed", "unfinished")

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
#: One night, one place for these; the guard's figures may differ from account to account.
_SAME_FOR_ALL = frozenset(
    each.name
    for each in SETTINGS
    if each.group in {Group.NIGHTLY, Group.OUTPUT} and not each.name.startswith("guard_")
)
#: A folder says how its files are read, and whose next versions they are; where they go, its account does.
_OF_FOLDERS = frozenset({each.name for each in SETTINGS if each.group is Group.FILE} | set(TABLES))


def accounts_in(keys: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The tables of a settings file, by the name of the account."""
    return _tables(keys, "accounts")


def folders_in(keys: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The tables of a settings file, by the name of the folder."""
    return _tables(keys, "folders")


def _tables(keys: Mapping[str, Any], family: str) -> dict[str, dict[str, Any]]:
    tables = keys.get(family, {})
    if not isinstance(tables, dict):
        return {}
    return {str(name): table for name, table in tables.items() if isinstance(table, dict)}


def wrong_accounts(keys: Mapping[str, Any], file: Path) -> Iterator[Message]:
    """What is wrong with the tables of both kinds, those settings aside that are wrong anywhere."""
    for family, taken in (("accounts", OWN_FOLDERS), ("folders", (*OWN_FOLDERS, *accounts_in(keys)))):
        yield from _wrong_tables(keys, family, taken, file)
    for name, table in accounts_in(keys).items():
        for setting in sorted(_SAME_FOR_ALL & table.keys()):
            facts = {"where": f"[accounts.{name}] in {file}", "name": setting}
            yield Message(SettingFault.SAME_FOR_ALL, facts)
    others = {each.name for each in SETTINGS} - _OF_FOLDERS
    for name, table in folders_in(keys).items():
        for setting in sorted(others & table.keys()):
            facts = {"where": f"[folders.{name}] in {file}", "name": setting}
            yield Message(SettingFault.NOT_OF_A_FOLDER, facts)


def _wrong_tables(
    keys: Mapping[str, Any], family: str, taken: Collection[str], file: Path
) -> Iterator[Message]:
    tables = keys.get(family, {})
    if not isinstance(tables, dict):
        where = f"the setting {family} in {file}"
        yield Message(SettingFault.NOT_A_TABLE, {"where": where, "name": f"{family}.NAME"})
        return
    for name, table in tables.items():
        where = f"[{family}.{name}] in {file}"
        if not isinstance(table, dict):
            yield Message(SettingFault.NOT_A_TABLE, {"where": where, "name": f"{family}.{name}"})
        elif not _NAME.fullmatch(name) or name in taken:
            yield Message(SettingFault.BAD_ACCOUNT_NAME, {"where": where, "taken": list(taken)})


def missing_keys(name: str, table: Mapping[str, Any]) -> Message | None:
    """What to tell of an account that has not both its keys."""
    missing = []
    if not table.get("access_key"):
        missing.append("access_key")
    if not (table.get("secret_key") or table.get("secret_key_file")):
        missing.append("secret_key_file")
    if not missing:
        return None
    return Message(SettingFault.NO_KEYS_OF_ACCOUNT, {"name": name, "missing": missing})
