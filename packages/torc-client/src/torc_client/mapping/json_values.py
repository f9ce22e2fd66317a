"""Items and values as JSON: the conversion of what means the same, and the refusal of everything else."""

import json
import sys
from typing import Any

import msgspec

from torc_client.errors import TorcError

_REMEDY = "Pass `directory` to `map`, a directory that all machines see: files can contain any Python object."
_PLAIN = frozenset({str, int, float, bool, type(None)})
_MOST_SHOWN = 60


def as_json(value: Any, what: str) -> Any:
    """Return a value as the JSON value that the server stores. Raises TorcError if it is none.

    Scalars of numpy become numbers and texts, tuples become lists, and instances of subclasses of str, int and float
    become plain ones. Values that would arrive as others, such as dicts with numbers as keys, are refused. `what` is
    the subject of the message.
    """
    try:
        converted = _converted(value)
        msgspec.json.encode(converted)  # the client sends with this encoder
        json.dumps(converted, allow_nan=False)  # the other one writes NaN as null
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise TorcError(f"{what} is not a JSON value: {_reason(error)}", _REMEDY) from error
    return converted


def _converted(value: Any) -> Any:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, list | tuple):
        return list(value) if _PLAIN.issuperset(map(type, value)) else [_converted(each) for each in value]
    if isinstance(value, dict):
        return {_key(key): _converted(each) for key, each in value.items()}
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.generic):
        value = value.item()
    return _scalar(value)


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"the key {key!r} of a dict is not a text")
    return str.__str__(key)


def _scalar(value: object) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str.__str__(value)  # that of an enum is its value, as in JSON; `str(value)` can be its name
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    raise TypeError(f"the type of {_short(value)} is {type(value).__qualname__}")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


def _reason(error: Exception) -> str:
    return "it is nested too deeply, or contains itself" if isinstance(error, RecursionError) else str(error)
