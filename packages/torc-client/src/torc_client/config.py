"""The client's settings and where each of them comes from.

Strongest first: command line, environment, ./torc.toml, ~/.config/torc/config.toml, /etc/torc/config.toml, default.
"""

import os
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torc_client.address import DEFAULT_URL, parse_address
from torc_client.errors import TorcError

FORMATS = ("table", "json", "csv")
LOG_LEVELS = ("error", "warn", "info", "debug", "trace")


class ConfigError(TorcError):
    """A setting, or a file of settings, that cannot be understood."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """A setting: its key in [client], default, further environment variables, and what its value must be."""

    key: str
    default: str
    help: str
    variables: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    check: Callable[[str], object] | None = None


DECLARATIONS = (
    Declaration("api_url", DEFAULT_URL, "URL of the server", ("TORC_API_URL",), check=parse_address),
    Declaration("format", "table", "how results are shown", choices=FORMATS),
    Declaration("log_level", "warn", "how much is told on stderr", ("RUST_LOG",), choices=LOG_LEVELS),
)


@dataclass(frozen=True, slots=True)
class Setting:
    """A value and the place that it comes from, such as `TORC_API_URL` or `/etc/torc/config.toml`."""

    value: str
    source: str


def files(environment: Mapping[str, str] = os.environ) -> list[Path]:
    """Return the places of configuration files, strongest first."""
    home = Path(environment.get("XDG_CONFIG_HOME") or Path(environment.get("HOME", "~")).expanduser() / ".config")
    return [Path("torc.toml"), home / "torc/config.toml", Path("/etc/torc/config.toml")]


def load(
    flags: Mapping[str, str | None],
    environment: Mapping[str, str] = os.environ,
    paths: Iterable[Path] | None = None,
) -> dict[str, Setting]:
    """Find every setting; `flags` are the values of the command line by key. Raises ConfigError."""
    tables = [(str(path), table) for path in (paths or files(environment)) if (table := table_in(path, "client"))]
    return {declaration.key: _find(declaration, flags, environment, tables) for declaration in DECLARATIONS}


def _find(
    declaration: Declaration,
    flags: Mapping[str, str | None],
    environment: Mapping[str, str],
    tables: Iterable[tuple[str, Mapping[str, Any]]],
) -> Setting:
    key = declaration.key
    given = flags.get(key)
    if given is not None:
        return checked(declaration, given, "the command line")
    for variable in (*declaration.variables, f"TORC_CLIENT__{key.upper()}"):
        if environment.get(variable):
            return checked(declaration, environment[variable], variable)
    for path, table in tables:
        if key in table:
            return checked(declaration, table[key], path)
    return Setting(declaration.default, "default")


def checked(declaration: Declaration, value: object, source: str) -> Setting:
    """Return a setting if its value is one that it may have; `source` is where it was found. Raises ConfigError."""
    if not isinstance(value, str):
        raise ConfigError(f"{source}: {declaration.key} must be a text, not {value!r}.")
    if declaration.choices and value not in declaration.choices:
        if source == "RUST_LOG":
            # Other programs read this variable too, and give it forms that are not ours.
            return Setting(declaration.default, "default")
        raise ConfigError(f"{source}: {declaration.key} is {value!r}, not one of {', '.join(declaration.choices)}.")
    if declaration.check is not None:
        try:
            declaration.check(value)
        except TorcError as error:
            raise ConfigError(f"{source}: {error.message}", error.hint) from error
    return Setting(value, source)


def table_in(path: Path, name: str) -> Mapping[str, Any]:
    """Return a table of a configuration file such as [client]; empty where there is none. Raises ConfigError."""
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    try:
        table = tomllib.loads(content.decode("utf-8")).get(name, {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is no TOML: {error}") from error
    if not isinstance(table, dict):
        raise ConfigError(f"{path}: [{name}] must be a table.")
    return table
