"""The dashboard's settings: flags, then the environment, then [dash] of torc.toml and similar files, then defaults."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torc_client.address import DEFAULT_URL
from torc_client.settings_files import ConfigError, files, table_in

LOG_LEVELS = ("error", "warn", "info", "debug", "trace")


@dataclass(frozen=True)
class Settings:
    """All settings. `socket` replaces `host` and `port`. The `server_*` members apply only with `standalone`."""

    host: str
    port: int
    socket: Path | None
    allowed_hosts: tuple[str, ...]
    api_url: str
    standalone: bool
    torc_server_bin: str | None
    server_host: str
    server_port: int
    database: Path
    log_level: str
    read_only: bool


@dataclass(frozen=True)
class _Declared:
    key: str
    default: object
    read: Callable[[object], object]
    variables: tuple[str, ...] = ()


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("must be a nonempty text")
    return value


def _port(value: object) -> int:
    number = int(value) if isinstance(value, int | str) and not isinstance(value, bool) else -1
    if not 0 <= number <= 65535:
        raise ValueError("must be a port: 0 to 65535")
    return number


def _flag(value: object) -> bool:
    words: dict[object, bool] = {"true": True, "1": True, "false": False, "0": False}
    known = value if isinstance(value, bool) else words.get(str(value).lower())
    if known is None:
        raise ValueError("must be true or false")
    return known


def _path(value: object) -> Path:
    return Path(_text(value)).expanduser()


def _database(value: object) -> Path:
    """Return a path, also from a URL as in DATABASE_URL."""
    return _path(_text(value).removeprefix("sqlite://").removeprefix("sqlite:"))


def _level(value: object) -> str:
    word = _text(value)
    if word not in LOG_LEVELS:
        raise ValueError(f"must be one of {', '.join(LOG_LEVELS)}")
    return word


def _names(value: object) -> tuple[str, ...]:
    names = value.split(",") if isinstance(value, str) else value
    if not isinstance(names, list | tuple):
        raise ValueError("must be a list of host names")  # noqa: TRY004 - every parser raises ValueError
    return tuple(_text(name).strip().lower() for name in names)


_DECLARED = (
    _Declared("host", "127.0.0.1", _text),
    _Declared("port", 8090, _port),
    _Declared("socket", None, _path),
    _Declared("allowed_hosts", (), _names),
    _Declared("api_url", DEFAULT_URL, _text, ("TORC_API_URL",)),
    _Declared("standalone", default=False, read=_flag),
    _Declared("torc_server_bin", None, _text, ("TORC_SERVER_BIN",)),
    _Declared("server_host", "0.0.0.0", _text),  # noqa: S104 - runners on other machines reach it, with a credential
    _Declared("server_port", 0, _port),
    _Declared("database", Path("torc.db"), _database, ("DATABASE_URL",)),
    _Declared("log_level", "warn", _level),
    _Declared("read_only", default=False, read=_flag),
)


def load(
    flags: Mapping[str, Any], environment: Mapping[str, str] = os.environ, paths: Iterable[Path] | None = None
) -> Settings:
    """Return all settings. `flags` has the values of the command line by key, None for absent ones.

    Raises ConfigError that names the source of an invalid value.
    """
    tables = [(str(path), table_in(path, "dash")) for path in (files(environment) if paths is None else paths)]
    return Settings(**{one.key: _find(one, flags, environment, tables) for one in _DECLARED})


def _find(
    declared: _Declared,
    flags: Mapping[str, Any],
    environment: Mapping[str, str],
    tables: Iterable[tuple[str, Mapping[str, Any]]],
) -> Any:
    places: list[tuple[str, object]] = [("the command line", flags.get(declared.key) or None)]
    if isinstance(flags.get(declared.key), int):
        places[0] = ("the command line", flags[declared.key])
    variables = (*declared.variables, f"TORC_DASH__{declared.key.upper()}")
    places += [(variable, environment.get(variable) or None) for variable in variables]
    places += [(path, table.get(declared.key)) for path, table in tables]
    for place, value in places:
        if value is not None:
            try:
                return declared.read(value)
            except ValueError as error:
                raise ConfigError(f"{place}: {declared.key} {error}, not {value!r}.") from error
    return declared.default
