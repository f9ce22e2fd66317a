"""A spec as Python objects: what scripts write in a dict, such as ranges and arrays, as the values of a spec file."""

import os
from collections.abc import KeysView, Mapping, ValuesView
from typing import Any


def as_plain(value: Any) -> Any:
    """Return the value with dicts, lists, texts and numbers alone.

    Tuples, ranges and views of dicts become lists, as do arrays; paths become texts. Other objects stay, and the check
    of the spec refuses them.
    """
    if isinstance(value, float):
        return float(value)  # a float of numpy shows its type
    if isinstance(value, str | int | None):
        return value
    if isinstance(value, Mapping):
        return {name: as_plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | range | KeysView | ValuesView):
        return [as_plain(each) for each in value]
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    # The arrays and numbers of numpy, the columns of pandas.
    convert = getattr(value, "tolist", None)
    return as_plain(convert()) if callable(convert) else value
