"""Flags, environment and classbatch.toml -> Settings; a flag goes before a variable, a variable before the file.

Whatever is wrong ends in `CannotRun`, which names the place the value came from
and never the value of a secret. What there is to set stands in `table.py`.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from operator import itemgetter
from pathlib import Path
from typing import Any

import click

from batch.core.errors import CannotRun
from batch.core.message import Message, SettingFault
from batch.core.quick_dataclass import dataclass
from batch.settings.accounts import KEYS, accounts_in, folders_in, missing_keys, wrong_accounts
from batch.settings.column_tables import wrong_tables
from batch.settings.files import ConfigFile, config_file, home_of, xdg
from batch.settings.setting import PREFIX
from batch.settings.table import DEFAULTABLE, SETTING, TABLES, LogFormat, Settings

_SECRET_KEY = frozenset({"secret_key", "secret_key_file"})
#: By these most programs find a web proxy. A stray one would be handed every class, so ours is named by a setting.
_PROXIES = frozenset({"https_proxy", "http_proxy", "all_proxy"})
_MOST_SHOWN = 300  #: letters of a value that cannot be used: the end of a path tells most
#: The tables that variables may speak of, and how many names lead to a line of one.
_DEPTH = {"defaults": 1, "columns": 1, "values": 2, "term": 1, "grid": 1}


def settings_of_process(flags: Mapping[str, object], *, default_state: Path | None = None) -> Settings:
    """The settings of this process: its flags, its environment, its directory.

    Args:
        flags: as for `load_settings`.
        default_state: where the journals are kept when nothing says where.
    """
    return load_settings(flags, environ=os.environ, cwd=Path.cwd(), default_state=default_state)


def asks_for_json_log(flags: Mapping[str, object]) -> bool:
    """Whether flag or variable say that standard error is for programs: known before anything can be wrong with the rest."""
    return (flags.get("log") or os.environ.get(f"{PREFIX}LOG")) == LogFormat.JSON


def has_screen(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Whether who starts this process is likely to sit before a desktop."""
    if environ.get("SSH_CONNECTION"):
        return False
    return platform in {"darwin", "win32"} or bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def accounts_of_process(flags: Mapping[str, object]) -> tuple[str, ...]:
    """The names of the accounts that have settings of their own, under [accounts.NAME]."""
    file = config_file(flags.get("config"), os.environ, Path.cwd())
    return tuple(accounts_in(file.keys)) if file else ()


def folders_of_process(flags: Mapping[str, object]) -> tuple[str, ...]:
    """The names of the folders of an inbox that have settings of their own, under [folders.NAME]."""
    file = config_file(flags.get("config"), os.environ, Path.cwd())
    return tuple(folders_in(file.keys)) if file else ()


@dataclass(frozen=True, slots=True)
class _Layer:
    """The values that came one way; `place` tells a person where one of them stands."""

    values: Mapping[str, Any]
    place: Callable[[str], str]
    named: bool = True  #: False: of a file that happens to lie here

    def without(self, names: frozenset[str]) -> "_Layer":
        return replace(self, values={name: self.values[name] for name in self.values if name not in names})


def load_settings(
    flags: Mapping[str, object], *, environ: Mapping[str, str], cwd: Path, default_state: Path | None = None
) -> Settings:
    """Every setting, from the first place that has it. An empty value counts as none.

    Args:
        flags: What click parsed: settings by name, `config` for `--config`, and `profile` for the
            account, or `folder` for the folder of an inbox, whose table goes before variables and file.
            None is a flag not given; any other key is the command's own, and is ignored.
        environ: The environment. Paths in flags and variables start from `cwd`.
        cwd: Where classbatch.toml is looked for first. Paths in it start from its directory.

    Raises:
        CannotRun: names every place that has a value which cannot be used.
    """
    home = home_of(environ)
    given = {name: flags.get(name) for name, setting in SETTING.items() if not setting.secret}
    given["columns"] = flags.get("columns")
    variables, wrong = _variables(environ)
    layers = [
        _layer(given, _flag_place, cwd, home),
        _layer(variables, lambda name: f"the variable {_variable(name)}", cwd, home),
    ]
    accounts: dict[str, _Layer] = {}
    folders: dict[str, _Layer] = {}
    file = config_file(flags.get("config"), environ, cwd)
    if file is not None:
        wrong += wrong_accounts(file.keys, file.path)
        accounts = {
            name: _file_layer(file, table, home, f" under [accounts.{name}]")
            for name, table in accounts_in(file.keys).items()
        }
        folders = {
            name: _file_layer(file, table, home, f" under [folders.{name}]")
            for name, table in folders_in(file.keys).items()
        }
        layers.append(_file_layer(file, {**file.keys, "accounts": None, "folders": None}, home))
    for layer in (*layers, *accounts.values(), *folders.values()):
        wrong += [*_unknown(layer), *wrong_tables(layer.values, layer.place), *_two_secret_keys(layer)]
    folder = flags.get("folder")
    if folder is not None:
        if folder not in folders:
            raise CannotRun(SettingFault.NO_SETTINGS_OF_FOLDER, name=folder, known=list(folders))
        layers.insert(1, folders[str(folder)])  # what was said for this run goes before it
    layers = _one_secret_key(_layers_of(flags.get("profile"), accounts, layers))
    values, unusable = _read(layers)
    wrong += unusable or _sent_astray(layers, values)
    if wrong:
        raise CannotRun.of(wrong)
    state = default_state or xdg(environ, "XDG_STATE_HOME", home / ".local" / "state") / "classbatch"
    proxies = [each for each in environ if each.lower() in _PROXIES and environ[each]]
    found = {
        "state": state,
        "read_from": file.path if file else None,
        "ignored_proxies": () if values.get("proxy") else tuple(proxies),
    }
    return Settings(**{**found, **values})


def _read(layers: Sequence[_Layer]) -> tuple[dict[str, Any], list[Message]]:
    """Each setting's value by the first layer that has it, and what cannot be used of them."""
    values: dict[str, Any] = {name: _merged([each.values.get(name) for each in layers]) for name in TABLES}
    wrong: list[Message] = []
    for name, setting in SETTING.items():
        layer = next((layer for layer in layers if name in layer.values), None)
        if layer is None:
            continue
        try:
            values[name] = setting.read(layer.values[name])
        except ValueError as error:
            explained = setting.kind.explains and str(error)
            facts = {
                "where": layer.place(name),
                "name": name,
                "takes": setting.takes,
                "default": setting.default_shown,
                "value": None if setting.secret else str(layer.values[name])[:_MOST_SHOWN],
                "why": str(error),
            }
            wrong.append(Message(SettingFault.EXPLAINED if explained else SettingFault.NOT_TAKEN, facts))
    return values, wrong


def _merged(tables: Sequence[object]) -> dict[str, Any]:
    """The tables of several layers as one: what the first of them says goes before the others."""
    merged: dict[str, Any] = {}
    for table in tables:
        for key, value in table.items() if isinstance(table, dict) else ():
            if isinstance(value, dict) and isinstance(merged.get(key, {}), dict):
                merged[key] = {**value, **merged.get(key, {})}
            else:
                merged.setdefault(key, value)
    return merged


def _layers_of(profile: object, accounts: Mapping[str, _Layer], layers: list[_Layer]) -> list[_Layer]:
    """The layers for one account: its own goes before all but the flags, and alone has the keys."""
    if profile is None:
        return layers
    own = accounts.get(str(profile))
    if own is None:
        raise CannotRun(SettingFault.NO_ACCOUNT, name=profile, known=list(accounts))
    missing = missing_keys(str(profile), own.values)
    if missing is not None:
        raise CannotRun(missing)
    flags, *others = (each.without(KEYS) for each in layers)
    return [flags, own, *others]


def _flag_place(name: str) -> str:
    flag = SETTING[name].flag if name in SETTING else "--map"
    return f"the flag {flag}" if flag else f"the value of {name}"  # such as the library is given


def _file_layer(file: ConfigFile, keys: Mapping[str, Any], home: Path, table: str = "") -> _Layer:
    def place(name: str) -> str:
        return f"the setting {name}{table} in {file.path}"

    return replace(_layer(keys, place, file.path.parent, home), named=file.named)


def _variable(name: str) -> str:
    return PREFIX + name.replace(".", "__").upper()


def _layer(values: Mapping[str, Any], place: Callable[[str], str], folder: Path, home: Path) -> _Layer:
    """The values that are given, paths made absolute, and those of cells as their text."""
    kept = {name: value for name, value in values.items() if value is not None and value != ""}
    for name, value in kept.items():
        if (
            name in SETTING
            and isinstance(SETTING[name].kind.type, click.Path)
            and isinstance(value, str | Path)
        ):
            # Not expanduser: nobody's shell saw a variable of cron's or a line of the file.
            first, *rest = Path(value).parts or ("",)
            kept[name] = folder / (home.joinpath(*rest) if first == "~" else value)
    if isinstance(kept.get("defaults"), dict):
        texts = {column: _cell(value) for column, value in kept["defaults"].items()}
        kept["defaults"] = {column: text for column, text in texts.items() if text != ""}
    if isinstance(kept.get("values"), dict):
        kept["values"] = {
            column: {cell: _cell(text) for cell, text in table.items()} if isinstance(table, dict) else table
            for column, table in kept["values"].items()
        }
    term = kept.get("term")
    if isinstance(term, dict) and isinstance(term.get("holidays"), str):
        kept["term"] = {**term, "holidays": str(folder / term["holidays"])}
    return _Layer(kept, place)


def _cell(value: object) -> object:
    """60 and true, unquoted in the file, as they would stand in a cell."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, int) else value


def _variables(environ: Mapping[str, str]) -> tuple[dict[str, Any], list[Message]]:
    """The settings among the variables, and the tables: whole as JSON, or a line, as CLASSBATCH_DEFAULTS__TIME_ZONE."""
    found: dict[str, Any] = {}
    parts: dict[str, list[tuple[int, object]]] = {}
    wrong = []
    for variable, text in environ.items():
        name = variable.lower().removeprefix(PREFIX.lower())
        table, *_ = name.split("__")
        if not text or name == variable.lower():
            continue
        if name in SETTING:
            found[name] = text
        elif table in _DEPTH:
            _, *keys = name.split("__", _DEPTH[table])
            try:
                value = json.loads(text) if len(keys) < _DEPTH[table] else text
            except ValueError:
                wrong.append(Message(SettingFault.NO_JSON, {"variable": variable, "table": table}))
                continue
            for key in reversed(keys):
                value = {key: value}
            parts.setdefault(table, []).append((len(keys), value))
    for table, values in parts.items():
        # The longer the name, the more of the table it says, and the later it is read.
        tables = [value for _, value in sorted(values, key=itemgetter(0), reverse=True)]
        no_table = [value for value in tables if not isinstance(value, dict)]
        found[table] = no_table[0] if no_table else _merged(tables)
    return found, wrong


def _unknown(layer: _Layer) -> Iterator[Message]:
    """What no setting is called; flags and variables cannot have any."""
    for name in layer.values.keys() - SETTING.keys() - set(TABLES):
        near = get_close_matches(name.casefold(), (*SETTING, *TABLES), n=1)
        facts = {"where": layer.place(name), "name": name, "near": near, "is_column": name in DEFAULTABLE}
        yield Message(SettingFault.UNKNOWN, facts)


def _two_secret_keys(layer: _Layer) -> Iterator[Message]:
    if layer.values.keys() >= _SECRET_KEY:
        facts = {"where": layer.place("secret_key"), "other": layer.place("secret_key_file")}
        yield Message(SettingFault.TWO_SECRET_KEYS, facts)


def _sent_astray(layers: Sequence[_Layer], values: Mapping[str, Any]) -> Iterator[Message]:
    """Keys go only where somebody says who may be trusted as much as whoever gave the keys.

    A file that happens to lie here says where: the folder may have come in an archive, or from a colleague.
    """
    source = next((layer for layer in layers if "base_url" in layer.values), None)
    if source is None or source.named or values["base_url"] == SETTING["base_url"].default:
        return
    for layer in layers:
        for name in sorted(KEYS & layer.values.keys()) if layer.named else ():
            where = source.place("base_url")
            variable = SETTING["base_url"].variable
            facts = {
                "where": where,
                "url": values["base_url"],
                "key": layer.place(name),
                "variable": variable,
            }
            yield Message(SettingFault.SENT_ASTRAY, facts)
            return


def _one_secret_key(layers: list[_Layer]) -> list[_Layer]:
    """The first place that has the secret key, itself or in a file, is the one that counts."""
    first = next((layer for layer in layers if layer.values.keys() & _SECRET_KEY), None)
    return [layer if layer is first else layer.without(_SECRET_KEY) for layer in layers]
