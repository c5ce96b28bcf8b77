"""Finds classbatch.toml and reads it."""

import os
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from batch.core.errors import CannotRun
from batch.core.message import SettingFault
from batch.core.quick_dataclass import dataclass
from batch.settings.accounts import accounts_in
from batch.settings.private import Whose, open_to_others, whose
from batch.settings.setting import CONFIG_NAME
from batch.settings.table import SECRETS


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """The settings file that counts."""

    path: Path
    keys: dict[str, Any]
    named: bool  #: by the person, or it lies in their home; else it happens to lie here


def config_file(named: object, environ: Mapping[str, str], cwd: Path) -> ConfigFile | None:
    """The settings file that was named, else the one here, else the one at home, where there is one.

    Raises:
        CannotRun: it cannot be read, or it lies here and somebody else may have put it here.
    """
    if named:
        path = cwd / str(named)
        return ConfigFile(path, keys_in(path), named=True)
    in_home = xdg(environ, "XDG_CONFIG_HOME", home_of(environ) / ".config") / "classbatch" / CONFIG_NAME
    # Not Path.is_file: it raises for a directory that is closed to us, which holds nothing for us.
    if os.path.isfile(here := cwd / CONFIG_NAME):  # noqa: PTH113 - above
        return ConfigFile(here, keys_in(here, named=False), named=False)
    return ConfigFile(in_home, keys_in(in_home), named=True) if os.path.isfile(in_home) else None  # noqa: PTH113


def keys_in(file: Path, *, named: bool = True) -> dict[str, Any]:
    """The keys of a settings file; secrets may stand only in one that is nobody else's to open.

    Args:
        file: where it is.
        named: by the person, or it lies at home. Else it and its folder must be ours.
    """
    import tomllib  # noqa: PLC0415 - most people have no such file

    try:
        with file.open("rb") as opened:
            closed = not open_to_others(opened)
            if not named:
                _refuse_planted(file, opened)
            keys = tomllib.loads(opened.read().decode("utf-8-sig"))
    except FileNotFoundError as error:
        raise CannotRun(SettingFault.NO_FILE, file=file) from error
    except OSError as error:
        raise CannotRun(SettingFault.CLOSED_FILE, file=file, why=error.strerror) from error
    except UnicodeDecodeError:
        raise CannotRun(SettingFault.NOT_UTF8, file=file) from None
    except tomllib.TOMLDecodeError as error:
        raise CannotRun(SettingFault.NOT_TOML, file=file, why=str(error)) from None
    written = sorted({*keys, *chain.from_iterable(accounts_in(keys).values())}.intersection(SECRETS))
    if written and not closed:
        raise CannotRun(SettingFault.OPEN_FILE, file=file, secrets=written)
    return keys


def _refuse_planted(file: Path, opened: BinaryIO) -> None:
    """It says where the keys go: one that somebody else put here would send them to him."""
    for path, found in ((file, whose(opened)), (file.parent, whose(file.parent))):
        if found is not Whose.OURS:
            of = {"is_folder": path is not file, "is_anothers": found is Whose.ANOTHERS}
            raise CannotRun(SettingFault.PLANTED_FILE, file=file, path=path, **of)


def home_of(environ: Mapping[str, str]) -> Path:
    if environ.get("HOME"):
        return Path(environ["HOME"])
    try:
        return Path.home()
    except RuntimeError as error:
        raise CannotRun(SettingFault.NO_HOME) from error


def xdg(environ: Mapping[str, str], name: str, fallback: Path) -> Path:
    # The XDG specification has relative paths ignored.
    directory = Path(environ.get(name, ""))
    return directory if directory.is_absolute() else fallback
