"""One setting: its name, the kind of its values, and the keys and variables that it is read from."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import click

from torc_server.edge.browser_requests import host_name
from torc_server.start_errors import CannotStart
from torc_server.store.locking import DatabaseLocking


class SettingsError(CannotStart):
    """A setting that cannot be used. The message names its source, the value, and the values that are accepted."""


class LogLevel(StrEnum):
    """The least severe messages that are logged."""

    TRACE = "trace"
    DEBUG = "debug"
    INFO = "info"
    WARN = "warn"
    ERROR = "error"


def _unchanged(value: Any) -> Any:
    return value


def _flag_and_value(flag: str, value: Any) -> list[str]:
    return [flag, str(value)]


@dataclass(frozen=True, slots=True)
class Kind:
    """The values that a setting accepts, and how they are read and written.

    `demand` describes the accepted values: it follows "must be" in a message. `accepts` judges a value of any source,
    `read` converts an accepted one to that of `Settings`. `parse` converts the text of an environment variable, and
    leaves a text that it cannot convert for `accepts` to refuse. `arguments` writes a flag and a value as arguments
    of a command line. `name` is the word of the reference pages. The values of all sources of a `repeatable` kind are
    combined.
    """

    name: str
    demand: str
    click_type: click.ParamType[Any]
    accepts: Callable[[Any], bool]
    read: Callable[[Any], Any] = _unchanged
    parse: Callable[[str], Any] = _unchanged
    arguments: Callable[[str, Any], list[str]] = _flag_and_value
    repeatable: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """A row of the table of settings.

    `name` is the field of `Settings` and the key in a file, `table` a table below ``[server]`` that has the key.
    `is_trust` is whether it decides what the server trusts: files in the working directory must not set it.
    """

    name: str
    flags: tuple[str, ...]
    kind: Kind
    default: Any
    help: str
    variable: str | None = None
    table: str | None = None
    aliases: tuple[str, ...] = ()
    is_trust: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys in a file below ``[server]``, aliases included."""
        below = "" if self.table is None else f"{self.table}."
        return tuple(f"{below}{key}" for key in (self.name, *self.aliases))

    @property
    def variables(self) -> tuple[str, ...]:
        """The environment variables that set it. The first one that is set is used."""
        general = tuple(f"TORC_SERVER__{key.replace('.', '__').upper()}" for key in self.keys)
        return general if self.variable is None else (self.variable, *general)

    def convert(self, value: Any, source: str) -> Any:
        """Convert a value of a flag, a file or a variable. Raises SettingsError, which names `source`."""
        if not self.kind.accepts(value):
            shown = ", ".join(map(repr, value)) if isinstance(value, list | tuple) else repr(value)
            raise SettingsError(f"{source} is {shown}, but must be {self.kind.demand}")
        return self.kind.read(value)


_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)([smhd]?)")
_UNIT_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_WORDS_OF_SWITCHES = {"true": True, "1": True, "false": False, "0": False}


def _is_number(value: Any, of_type: Any) -> bool:
    return isinstance(value, of_type) and not isinstance(value, bool)


def _number(text: str) -> int | float | str:
    for number_type in (int, float):
        try:
            return number_type(text)
        except ValueError:
            continue
    return text


def _seconds(duration: Any) -> float:
    """Read a number of seconds or a text such as ``6h``. Another value is less than any minimum."""
    if _is_number(duration, int | float):
        return float(duration)
    found = _DURATION.fullmatch(duration.strip()) if isinstance(duration, str) else None
    return -1.0 if found is None else float(found[1]) * _UNIT_SECONDS[found[2]]


def _is_path(value: Any) -> bool:
    # A file could have the name of a URL, but a URL is a mistake.
    return isinstance(value, str | Path) and str(value) != "" and "://" not in str(value)


def _are_names(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(name, str) and name.strip() for name in value)


def _is_host(name: str) -> bool:
    literal = f"[{name}]" if ":" in name else name
    return host_name(literal) == name.lower().rstrip(".")


def _parts(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _flag_and_each(flag: str, names: Iterable[str]) -> list[str]:
    return [word for name in names for word in (flag, name)]


def _word_of(name: str, words: type[StrEnum]) -> Kind:
    """Make the kind of a setting that is one of a few words, in any case."""
    return Kind(
        name,
        f"one of {', '.join(words)}",
        click.Choice(list(words), case_sensitive=False),
        accepts=lambda word: isinstance(word, str) and word.lower() in set(words),
        read=lambda word: words(word.lower()),
    )


TEXT = Kind("text", "a text", click.STRING, accepts=lambda text: isinstance(text, str) and text != "")
PATH = Kind(
    "path",
    "a path",
    click.Path(path_type=Path),
    accepts=_is_path,
    read=lambda path: Path(path).expanduser(),
    # A path of the command line must be valid in any working directory.
    arguments=lambda flag, path: [flag, str(Path(path).expanduser().absolute())],
)
PORT = Kind(
    "port",
    "a whole number from 0 to 65535",
    click.IntRange(0, 65535),
    accepts=lambda number: _is_number(number, int) and 0 <= number <= 65535,
    parse=_number,
)
SWITCH = Kind(
    "switch",
    "true or false",
    click.BOOL,
    accepts=lambda switch: isinstance(switch, bool),
    parse=lambda text: _WORDS_OF_SWITCHES.get(text.lower(), text),
    arguments=lambda flag, switch: [flag] if switch else [],
)
NAMES = Kind(
    "names",
    "a list of names",
    click.STRING,
    accepts=_are_names,
    parse=_parts,
    arguments=_flag_and_each,
    repeatable=True,
)
HOSTS = Kind(
    "hosts",
    "a list of host names or addresses, without scheme and port",
    click.STRING,
    accepts=lambda value: _are_names(value) and all(_is_host(name) for name in value),
    parse=_parts,
    arguments=_flag_and_each,
    repeatable=True,
)
LOG_LEVEL = _word_of("level", LogLevel)
LOCKING = _word_of("locking", DatabaseLocking)


def count(minimum: int = 0) -> Kind:
    """Make the kind of a setting that is a whole number."""
    return Kind(
        "count",
        f"a whole number, at least {minimum}",
        click.INT,
        accepts=lambda number: _is_number(number, int) and number >= minimum,
        parse=_number,
    )


def seconds(minimum: float = 0) -> Kind:
    """Make the kind of a setting that is a number of seconds."""
    return Kind(
        "seconds",
        f"a number of seconds, at least {minimum:g}",
        click.FLOAT,
        accepts=lambda number: _is_number(number, int | float) and minimum <= number < float("inf"),
        parse=_number,
    )


def duration(minimum: float = 0) -> Kind:
    """Make the kind of a setting that is a number of seconds, or a text with a unit such as ``6h``."""
    return Kind(
        "duration",
        f"a number of seconds, at least {minimum:g}, or one with a unit: 90s, 30m, 6h, 1d",
        click.STRING,
        accepts=lambda given: minimum <= _seconds(given) < float("inf"),
        read=_seconds,
    )
