"""The columns of a table of records: the type of a column from the type of a member, and the converted values."""

import json
import typing
from collections.abc import Callable
from enum import Enum, auto
from typing import Any

import msgspec

from torc_client.errors import TorcError
from torc_client.text import parse_timestamp

# Members with a timestamp as text.
TIMES = frozenset({"completion_time", "start_time", "timestamp"})


class ColumnType(Enum):
    """The type of the values of a column. Each value may be missing."""

    INTEGER = auto()
    NUMBER = auto()
    TEXT = auto()
    TRUTH = auto()
    TIME = auto()
    INTEGERS = auto()
    ANYTHING = auto()
    JSON = auto()
    ERROR = auto()


_COLUMN_TYPES: dict[Any, ColumnType] = {
    int: ColumnType.INTEGER,
    float: ColumnType.NUMBER,
    str: ColumnType.TEXT,
    bool: ColumnType.TRUTH,
    list[int]: ColumnType.INTEGERS,
    typing.Any: ColumnType.ANYTHING,
}


def columns_of(record_type: type) -> dict[str, ColumnType]:
    """Return the members of a record in their order, each with the type of its column."""
    hints = typing.get_type_hints(record_type)
    return {name: _column_type(name, hint) for name, hint in hints.items()}


def _column_type(name: str, hint: Any) -> ColumnType:
    (kind, *others) = [part for part in typing.get_args(hint) or (hint,) if part is not type(None)]
    if others or typing.get_origin(hint) in (list, dict):
        kind = hint
    if name in TIMES and kind is str:
        return ColumnType.TIME
    if isinstance(kind, typing.TypeVar):
        return ColumnType.ANYTHING
    if isinstance(kind, type) and not typing.get_origin(kind):
        if issubclass(kind, TorcError):
            return ColumnType.ERROR
        if issubclass(kind, Enum):
            return ColumnType.TEXT
    return _COLUMN_TYPES.get(kind, ColumnType.JSON)


def values_of(records: list[Any], name: str, kind: ColumnType) -> list[Any]:
    """Return the values of a column. A value of no column type becomes JSON, an error becomes its message."""
    convert = _CONVERSIONS.get(kind)
    values = [getattr(record, name) for record in records]
    return values if convert is None else [None if value is None else convert(value) for value in values]


def _json(value: Any) -> str:
    return json.dumps(msgspec.to_builtins(value))


_CONVERSIONS: dict[ColumnType, Callable[[Any], Any]] = {
    ColumnType.TEXT: str,
    ColumnType.NUMBER: float,
    ColumnType.TIME: parse_timestamp,
    ColumnType.JSON: _json,
    ColumnType.ERROR: str,
}
