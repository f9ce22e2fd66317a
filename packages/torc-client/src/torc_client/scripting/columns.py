"""Which columns a table of records has: kinds out of the types of the members, and values as the kinds have them."""

import json
import typing
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any

import msgspec

from torc_client.errors import TorcError

# Texts that are points in time.
TIMES = frozenset({"completion_time", "start_time", "timestamp"})


class Kind(Enum):
    """What the values of a column are; each may be missing."""

    INTEGER = auto()
    NUMBER = auto()
    TEXT = auto()
    TRUTH = auto()
    TIME = auto()
    INTEGERS = auto()
    ANYTHING = auto()
    JSON = auto()
    ERROR = auto()


_KINDS: dict[Any, Kind] = {
    int: Kind.INTEGER,
    float: Kind.NUMBER,
    str: Kind.TEXT,
    bool: Kind.TRUTH,
    list[int]: Kind.INTEGERS,
    typing.Any: Kind.ANYTHING,
}


def columns_of(record_type: type) -> dict[str, Kind]:
    """Return the members of a record in their order, each with its kind."""
    hints = typing.get_type_hints(record_type)
    return {name: _kind(name, hint) for name, hint in hints.items()}


def _kind(name: str, hint: Any) -> Kind:
    (kind, *others) = [part for part in typing.get_args(hint) or (hint,) if part is not type(None)]
    if others or typing.get_origin(hint) in (list, dict):
        kind = hint
    if name in TIMES and kind is str:
        return Kind.TIME
    if isinstance(kind, typing.TypeVar):
        return Kind.ANYTHING
    if isinstance(kind, type) and not typing.get_origin(kind):
        if issubclass(kind, TorcError):
            return Kind.ERROR
        if issubclass(kind, Enum):
            return Kind.TEXT
    return _KINDS.get(kind, Kind.JSON)


def values_of(records: list[Any], name: str, kind: Kind) -> list[Any]:
    """Return the values of a column. What no column can hold is told as JSON, an error as its message."""
    convert = _CONVERSIONS.get(kind)
    values = [getattr(record, name) for record in records]
    return values if convert is None else [None if value is None else convert(value) for value in values]


def _time(text: str) -> datetime | None:
    """Read a point in time; runners of others may write what is none. One without an offset is UTC."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def _json(value: Any) -> str:
    return json.dumps(msgspec.to_builtins(value))


_CONVERSIONS: dict[Kind, Callable[[Any], Any]] = {
    Kind.TEXT: str,
    Kind.NUMBER: float,
    Kind.TIME: _time,
    Kind.JSON: _json,
    Kind.ERROR: str,
}
