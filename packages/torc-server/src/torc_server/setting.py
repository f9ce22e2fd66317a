"""One setting: what it is called, what it takes, and how a value from anywhere becomes the right one."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from torc_server.store.locking import DatabaseLocking


class SettingsError(Exception):
    """A setting that cannot be used; the message names its place, what is wrong and what it takes."""


class LogLevel(StrEnum):
    """How much is logged."""

    TRACE = "trace"
    DEBUG = "debug"
    INFO = "info"
    WARN = "warn"
    ERROR = "error"


class Kind(StrEnum):
    """What a setting takes, in the words of the help page."""

    TEXT = "text"
    PATH = "path"
    PORT = "port"
    SWITCH = "switch"
    COUNT = "count"
    SECONDS = "seconds"
    LOG_LEVEL = "level"
    NAMES = "names"
    LOCKING = "locking"
    DURATION = "duration"


@dataclass(frozen=True, slots=True)
class Setting:
    """One row: the name is the field of Settings and the key in the file; `table` is a table below ``[server]``."""

    name: str
    flags: tuple[str, ...]
    kind: Kind
    default: Any
    help: str
    variable: str | None = None
    table: str | None = None
    aliases: tuple[str, ...] = ()
    minimum: float = 0

    @property
    def keys(self) -> tuple[str, ...]:
        """Where the value stands in a file below ``[server]``, aliases included."""
        below = "" if self.table is None else f"{self.table}."
        return tuple(f"{below}{key}" for key in (self.name, *self.aliases))

    @property
    def variables(self) -> tuple[str, ...]:
        """The environment variables that set it, the strongest first."""
        general = tuple(f"TORC_SERVER__{key.replace('.', '__').upper()}" for key in self.keys)
        return general if self.variable is None else (self.variable, *general)


_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)([smhd]?)")
_UNIT_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}

# The kinds that are one word of a few.
WORDS: Mapping[Kind, type[StrEnum]] = {Kind.LOG_LEVEL: LogLevel, Kind.LOCKING: DatabaseLocking}


def convert(setting: Setting, value: Any, place: str) -> Any:
    """Turn a value of a flag, a file or a variable into that of the setting. Raises SettingsError naming the place."""
    fits: Mapping[Kind, Callable[[Any], bool]] = {
        Kind.TEXT: lambda text: isinstance(text, str) and text != "",
        # A URL is no path, though a file could have such a name.
        Kind.PATH: lambda path: isinstance(path, str | Path) and str(path) != "" and "://" not in str(path),
        Kind.SWITCH: lambda switch: isinstance(switch, bool),
        Kind.LOG_LEVEL: lambda word: isinstance(word, str) and word.lower() in set(LogLevel),
        Kind.LOCKING: lambda word: isinstance(word, str) and word.lower() in set(DatabaseLocking),
        Kind.DURATION: lambda duration: setting.minimum <= _seconds(duration) < float("inf"),
        Kind.PORT: lambda number: _is_number(number, int) and 0 <= number <= 65535,
        Kind.COUNT: lambda number: _is_number(number, int) and number >= setting.minimum,
        Kind.SECONDS: lambda number: _is_number(number, int | float) and setting.minimum <= number < float("inf"),
        Kind.NAMES: lambda names: (
            isinstance(names, list | tuple) and all(isinstance(name, str) and name.strip() for name in names)
        ),
    }
    if not fits[setting.kind](value):
        raise SettingsError(f"{place} is {value!r}, but must be {_demand(setting)}")
    if setting.kind is Kind.PATH:
        return Path(value).expanduser()
    if setting.kind is Kind.DURATION:
        return _seconds(value)
    return WORDS[setting.kind](value.lower()) if setting.kind in WORDS else value


def _seconds(duration: Any) -> float:
    """Read a number of seconds or a text as ``6h``; less than any minimum for what is neither."""
    if _is_number(duration, int | float):
        return float(duration)
    found = _DURATION.fullmatch(duration.strip()) if isinstance(duration, str) else None
    return -1.0 if found is None else float(found[1]) * _UNIT_SECONDS[found[2]]


def _is_number(value: Any, kind: Any) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


def _demand(setting: Setting) -> str:
    demands = {
        Kind.TEXT: "a text",
        Kind.PATH: "a path",
        Kind.SWITCH: "true or false",
        Kind.LOG_LEVEL: f"one of {', '.join(LogLevel)}",
        Kind.PORT: "a whole number from 0 to 65535",
        Kind.COUNT: f"a whole number, at least {setting.minimum:g}",
        Kind.SECONDS: f"a number of seconds, at least {setting.minimum:g}",
        Kind.NAMES: "a list of names",
        Kind.LOCKING: f"one of {', '.join(DatabaseLocking)}",
        Kind.DURATION: f"a number of seconds, at least {setting.minimum:g}, or one with a unit: 90s, 30m, 6h, 1d",
    }
    return demands[setting.kind]
