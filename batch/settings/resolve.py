"""Flags, environment and classbatch.toml -> Settings; a flag goes before a variable, a variable before the file.

Whatever is wrong ends in `CannotRun`, which names the place the value came from
and never the value of a secret. Slow to import (pydantic): the command line
imports it when a command runs. What there is to set stands in `options.py`.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

import click
from pydantic import FiniteFloat, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from batch.core.message import Message, as_written
from batch.core.rows.columns import AccountKind
from batch.errors import CannotRun
from batch.settings.accounts import KEYS, accounts_in, missing_keys, wrong_accounts
from batch.settings.column_tables import Wrong, wrong_tables
from batch.settings.files import keys_in, secret_in
from batch.settings.setting import CONFIG_NAME, PREFIX
from batch.settings.table import DEFAULTABLE, SETTING
from batch.wiziq.base_url import DEFAULT_BASE_URL, check_base_url
from batch.wiziq.signature import Credentials

_SECRET_KEY = frozenset({"secret_key", "secret_key_file"})

OnUnknown = Literal["auto", "ask", "resend-after-settle", "resend-trust-1032"]


class Settings(BaseSettings):
    """What one run is told. Made by `load_settings`; paths are absolute, secrets hide in repr and str."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        validate_default=False,  # None is a default that no value may be
    )

    base_url: str = DEFAULT_BASE_URL
    access_key: SecretStr | None = None
    secret_key: SecretStr | None = None
    secret_key_file: Path | None = None
    state: Path
    account: AccountKind = AccountKind.TEACHER
    max_concurrent_classes: int | None = None  #: None: not known until the first 1012 tells
    fit: Literal["first", "most"] = "first"
    foreign: bool = True
    limit_policy: Literal["overlap", "outstanding", "inflight"] | None = None  #: None: learnt, else overlap
    extend_counts: bool = True
    opening_days: str = "mon-fri"  #: read by `slots.days_of`
    opening_hours: str = "08:00-20:00"  #: read by `slots.hours_of`
    in_flight: int = 32
    attempts: int = 5
    timeout_s: FiniteFloat = 60.0
    settle_s: FiniteFloat = 60.0
    on_unknown: OnUnknown = "auto"
    audit: bool = True
    max_minutes: int = 300
    max_attendees: int = 50
    past_margin_minutes: int = 0
    sheet: str | None = None
    all_sheets: bool = False
    max_rows: int = 200_000
    max_columns: int = 200
    read_cpu_s: int = 30
    read_memory_mib: int = 256
    encoding: str | None = None
    delimiter: str | None = None  #: the character itself: a real tab for `tab`
    dates: Literal["dmy", "mdy"] | None = None
    remember: bool = False
    quiet: bool = False
    log: Literal["text", "json"] = "text"
    ca_file: Path | None = None
    # The upload page (`classbatch serve`).
    bind: str = "127.0.0.1"
    port: int = 8780
    public_url: str | None = None
    user_header: str | None = None
    trusted_proxy: str | None = None
    upload_mib: int = 25
    upload_days: int = 30
    defaults: dict[str, str] = {}  #: API name of a column -> text for an absent or empty cell
    columns: dict[str, str] = {}  #: header of a file -> API name, "" to leave the column aside
    values: dict[str, dict[str, str]] = {}  #: API name of a column -> cell -> the text it stands for
    # The nightly import.
    inbox: Path | None = None
    settled_s: FiniteFloat = 10.0
    deadline_minutes: int | None = None
    guard_invalid_percent: int = 30
    guard_vanished_percent: int = 30
    guard_smaller_percent: int = 50
    notify: SecretStr | None = None  #: addresses of apprise, with a space between them
    notify_success: bool = False
    metrics_file: Path | None = None

    @field_validator("*", mode="before")
    @classmethod
    def _as_the_table_reads_it(cls, value: object, info: ValidationInfo) -> object:
        setting = SETTING.get(info.field_name or "")
        return setting.read(value) if setting else value

    @field_validator("base_url")
    @classmethod
    def _protected(cls, url: str) -> str:
        return check_base_url(url)

    def credentials(self) -> Credentials:
        """The pair that requests are signed with; asked for only when something is to be sent.

        Raises:
            CannotRun: one of the two is missing, or the file of the secret key is
                unreadable, or open to others, or holds something else.
        """
        access_key = self.access_key.get_secret_value().strip() if self.access_key else ""
        secret_key = self.secret_key.get_secret_value().strip() if self.secret_key else ""
        if self.secret_key_file is not None:
            secret_key = secret_in(self.secret_key_file)
        missing = []
        if not access_key:
            missing.append(("access key", SETTING["access_key"].variable))
        if not secret_key:
            in_file = f"{SETTING['secret_key_file'].variable} (a file that holds it)"
            missing.append(("secret key", f"{SETTING['secret_key'].variable} or {in_file}"))
        if missing:
            raise CannotRun(
                f"There is no {' and no '.join(name for name, _ in missing)} to sign in to WizIQ with.",
                f"Set the variables {' and '.join(variables for _, variables in missing)}; "
                "WizIQ shows your keys on the API settings page of your account.",
            )
        return Credentials(access_key=access_key, secret_key=secret_key)


def settings_of_process(flags: Mapping[str, object], *, default_state: Path | None = None) -> Settings:
    """The settings of this process: its flags, its environment, its directory.

    Args:
        flags: as for `load_settings`.
        default_state: where the journals are kept when nothing says where.
    """
    return load_settings(flags, environ=os.environ, cwd=Path.cwd(), default_state=default_state)


def accounts_of_process(flags: Mapping[str, object]) -> tuple[str, ...]:
    """The names of the accounts that have settings of their own, under [accounts.NAME]."""
    file = _config_file(flags.get("config"), os.environ, Path.cwd(), _home(os.environ))
    return tuple(accounts_in(keys_in(file))) if file else ()


@dataclass(frozen=True, slots=True)
class _Layer:
    """The values that came one way; `place` tells a person where one of them stands."""

    values: dict[str, Any]
    place: Callable[[str], str]


def load_settings(
    flags: Mapping[str, object],
    *,
    environ: Mapping[str, str],
    cwd: Path,
    default_state: Path | None = None,
) -> Settings:
    """Every setting, from the first place that has it. An empty value counts as none.

    Args:
        flags: What click parsed: settings by name, `config` for `--config`, and `profile` for the
            account whose table goes before variables and file. None is a flag not given; any
            other key is the command's own, and left aside.
        environ: The environment. Paths in flags and variables start from `cwd`.
        cwd: Where classbatch.toml is looked for first. Paths in it start from its directory.

    Raises:
        CannotRun: names every place that has a value which cannot be used.
    """
    home = _home(environ)
    given = {name: flags.get(name) for name, setting in SETTING.items() if setting.flag}
    given["columns"] = flags.get("columns")
    layers = [
        _layer(
            given, lambda name: f"The flag {SETTING[name].flag if name in SETTING else '--map'}", cwd, home
        ),
        _layer(_variables(environ), lambda name: f"The variable {_variable(name)}", cwd, home),
    ]
    file = _config_file(flags.get("config"), environ, cwd, home)
    keys = keys_in(file) if file else {}
    accounts: dict[str, _Layer] = {}
    faults: list[Wrong] = []
    if file is not None:
        faults += wrong_accounts(keys, file)
        accounts = {
            name: _layer(table, _place(file, f" under [accounts.{name}]"), file.parent, home)
            for name, table in accounts_in(keys).items()
        }
        keys.pop("accounts", None)
        layers.append(_layer(keys, _place(file), file.parent, home))
    checks = (_unknown, _wrong_tables, _two_secret_keys)
    faults += [fault for layer in (*layers, *accounts.values()) for check in checks for fault in check(layer)]
    layers = _one_secret_key(_layers_of(flags.get("profile"), accounts, layers))
    state = default_state or _xdg(environ, "XDG_STATE_HOME", home / ".local" / "state") / "classbatch"
    return _checked(layers, state, faults)


def _checked(layers: list[_Layer], state: Path, faults: list[Wrong]) -> Settings:
    """The settings that the layers give; `faults`: what is known to be wrong with them."""
    sources = [
        InitSettingsSource(Settings, layer.values) for layer in (*layers, _Layer({"state": state}, str))
    ]
    settings = None
    try:
        settings = Settings(_build_sources=(tuple(sources), {}))  # type: ignore[call-arg]  # hidden from mypy by the fields
    except ValidationError as error:
        faults = [*faults, *_unusable(error, layers)]
    # Not raised while the ValidationError is handled: it holds the values, and would go along as the context.
    if settings is None or faults:
        raise CannotRun.of(each if isinstance(each, Message) else as_written(*each) for each in faults)
    return settings


def _layers_of(profile: object, accounts: Mapping[str, _Layer], layers: list[_Layer]) -> list[_Layer]:
    """The layers for one account: its own goes before all but the flags, and alone has the keys."""
    if profile is None:
        return layers
    own = accounts.get(str(profile))
    if own is None:
        known = f"There are: {', '.join(accounts)}." if accounts else "There are none yet."
        raise CannotRun(
            f"There are no settings for an account called {profile}.",
            f"Write them under [accounts.{profile}] in {CONFIG_NAME}. {known}",
        )
    missing = missing_keys(str(profile), own.values)
    if missing is not None:
        raise CannotRun(*missing)
    flags, *others = (
        _Layer({name: each.values[name] for name in each.values if name not in KEYS}, each.place)
        for each in layers
    )
    return [flags, own, *others]


def _place(file: Path, table: str = "") -> Callable[[str], str]:
    return lambda name: f"The setting {name}{table} in {file}"


def _home(environ: Mapping[str, str]) -> Path:
    if environ.get("HOME"):
        return Path(environ["HOME"])
    try:
        return Path.home()
    except RuntimeError as error:
        raise CannotRun(
            "It is not known which directory is your home.", "Set the variable HOME to it."
        ) from error


def _xdg(environ: Mapping[str, str], name: str, fallback: Path) -> Path:
    # The XDG specification has relative paths ignored.
    directory = Path(environ.get(name, ""))
    return directory if directory.is_absolute() else fallback


def _layer(values: Mapping[str, Any], place: Callable[[str], str], folder: Path, home: Path) -> _Layer:
    """The values that are given, paths made absolute, and those of cells as their text."""
    kept = {name: value for name, value in values.items() if value is not None and value != ""}
    for name, value in kept.items():
        if name in SETTING and isinstance(SETTING[name].type, click.Path) and isinstance(value, str | Path):
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
    return _Layer(kept, place)


def _cell(value: object) -> object:
    """60 and true, unquoted in the file, as they would stand in a cell."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, int) else value


def _variables(environ: Mapping[str, str]) -> dict[str, Any]:
    source = EnvSettingsSource(Settings)
    source.env_vars = {name.lower(): value for name, value in environ.items() if value}
    try:
        return source()
    except SettingsError as error:  # only the tables are not plain text
        table = next((name for name in ("columns", "values") if f'"{name}"' in str(error)), "defaults")
        raise CannotRun(
            f"The variable {_variable(table)} cannot be read.",
            f"Give each default its own variable, such as {_variable('defaults.time_zone')}."
            if table == "defaults"
            else f"Write it in JSON, or as the table [{table}] of {CONFIG_NAME}.",
        ) from error


def _variable(name: str) -> str:
    return PREFIX + name.replace(".", "__").upper()


def _config_file(named: object, environ: Mapping[str, str], cwd: Path, home: Path) -> Path | None:
    if named:
        return cwd / str(named)
    in_home = _xdg(environ, "XDG_CONFIG_HOME", home / ".config") / "classbatch" / CONFIG_NAME
    # Not Path.is_file: it raises for a directory that is closed to us, which holds nothing for us.
    return next((file for file in (cwd / CONFIG_NAME, in_home) if os.path.isfile(file)), None)  # noqa: PTH113 - above


def _unknown(layer: _Layer) -> Iterator[tuple[str, str]]:
    """What no setting is called; flags and variables cannot have any."""
    for name in layer.values.keys() - Settings.model_fields.keys():
        near = get_close_matches(name.casefold(), Settings.model_fields, n=1)
        fix = f"Did you mean {near[0]}?" if near else f"Take {name} out; README.md lists the settings."
        if name in DEFAULTABLE:
            fix = f"It is a column: write {name} under [defaults]."
        yield f"{layer.place(name)} is not known.", fix


def _wrong_tables(layer: _Layer) -> Iterator[Wrong]:
    yield from wrong_tables(layer.values, layer.place)


def _two_secret_keys(layer: _Layer) -> Iterator[tuple[str, str]]:
    if layer.values.keys() >= _SECRET_KEY:
        file = layer.place("secret_key_file")
        yield (
            f"{layer.place('secret_key')} is set, and {file[0].lower()}{file[1:]} too.",
            "Leave one of them out.",
        )


def _one_secret_key(layers: list[_Layer]) -> list[_Layer]:
    """The first place that has the secret key, itself or in a file, is the one that counts."""
    first = next((layer for layer in layers if layer.values.keys() & _SECRET_KEY), None)
    return [
        layer
        if layer is first
        else _Layer(
            {name: layer.values[name] for name in layer.values if name not in _SECRET_KEY}, layer.place
        )
        for layer in layers
    ]


def _unusable(error: ValidationError, layers: list[_Layer]) -> Iterator[tuple[str, str]]:
    for fault in error.errors(include_input=False, include_url=False):
        name = str(fault["loc"][0])
        setting = SETTING.get(name)
        if setting is None:  # told by _unknown or _wrong_tables
            continue
        layer = next(layer for layer in layers if name in layer.values)
        shown = "a value that cannot be used" if setting.secret else repr(str(layer.values[name])[:100])
        says = f"{layer.place(name)} is {shown}, but it takes {setting.takes}."
        if name == "base_url" and isinstance(layer.values[name], str):
            says = f"{layer.place(name)}: {fault['ctx']['error']}"
        yield says, f"Set {name} to {setting.takes}, or leave it out. Default: {setting.default_shown}."
