"""Finds classbatch.toml and reads it."""

import os
import tomllib
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from batch.errors import CannotRun
from batch.settings.accounts import accounts_in
from batch.settings.private import open_to_others
from batch.settings.setting import CONFIG_NAME
from batch.settings.table import SECRETS


def config_file(named: object, environ: Mapping[str, str], cwd: Path) -> Path | None:
    """The settings file that counts: the one that was named, else the one here, else the one at home."""
    if named:
        return cwd / str(named)
    in_home = xdg(environ, "XDG_CONFIG_HOME", home_of(environ) / ".config") / "classbatch" / CONFIG_NAME
    # Not Path.is_file: it raises for a directory that is closed to us, which holds nothing for us.
    return next((file for file in (cwd / CONFIG_NAME, in_home) if os.path.isfile(file)), None)  # noqa: PTH113 - above


def keys_in(file: Path) -> dict[str, Any]:
    """The keys of a settings file; secrets may stand only in one that is nobody else's to open."""
    try:
        with file.open("rb") as opened:
            closed = not open_to_others(opened)
            keys = tomllib.loads(opened.read().decode("utf-8-sig"))
    except FileNotFoundError as error:
        raise CannotRun(f"There is no settings file {file}.", "Check the path after --config.") from error
    except OSError as error:
        raise CannotRun(
            f"The settings file {file} cannot be read: {error.strerror}.",
            "Give --config a file that you may read.",
        ) from error
    except UnicodeDecodeError:
        raise CannotRun(f"The settings file {file} is not UTF-8 text.", "Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise CannotRun(
            f"The settings file {file} is not valid TOML: {error}.",
            'Write each setting on a line as name = value, text in double quotes: sheet = "Autumn".',
        ) from None
    written = sorted({*keys, *chain.from_iterable(accounts_in(keys).values())}.intersection(SECRETS))
    if written and not closed:
        raise CannotRun(
            f"The settings file {file} holds {' and '.join(written)}, and other users of this machine may open it.",
            f"Make it yours alone with: chmod 600 {file}",
        )
    return keys


def home_of(environ: Mapping[str, str]) -> Path:
    if environ.get("HOME"):
        return Path(environ["HOME"])
    try:
        return Path.home()
    except RuntimeError as error:
        raise CannotRun(
            "It is not known which directory is your home.", "Set the variable HOME to it."
        ) from error


def xdg(environ: Mapping[str, str], name: str, fallback: Path) -> Path:
    # The XDG specification has relative paths ignored.
    directory = Path(environ.get(name, ""))
    return directory if directory.is_absolute() else fallback
