"""The request of `map`: a function, its items and how jobs call it, checked before anything is created."""

import inspect
import logging
import operator
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from torc_client.api.records import JobModel
from torc_client.errors import TorcError
from torc_client.mapping.command import command_of_map
from torc_client.mapping.function import Reference, name_of, refer
from torc_client.mapping.json_values import as_json
from torc_client.mapping.main_guard import require_main_guard
from torc_client.user_path import expanded

_log = logging.getLogger(__name__)
_NAME_OF_FILE = re.compile(r"[\w.-]{1,100}")
_MOST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class MapRequest:
    """A function with the items that it is called for. `prefix` is that of the names of jobs, `stem` that of files."""

    reference: Reference
    prefix: str
    stem: str
    items: Sequence[Any]
    python: str
    chunksize: int

    def chunks(self) -> Iterator[tuple[str, str, Sequence[Any]]]:
        """Yield the name, the name for files and the items of each job."""
        for number, begin in enumerate(range(0, len(self.items), self.chunksize), start=1):
            yield f"{self.prefix}_{number}", f"{self.stem}_{number}", self.items[begin : begin + self.chunksize]

    def job(self, workflow_id: int, name: str, *arguments: str) -> JobModel:
        """Return the job of a chunk."""
        return JobModel(workflow_id=workflow_id, name=name, command=command_of_map(self.python, arguments))


def checked_request(
    function: Callable[[Any], Any],
    items: Iterable[Any],
    *,
    name: str | None,
    python: str | os.PathLike[str] | None,
    chunksize: int,
    is_json: bool,
) -> MapRequest:
    """Return the request, with items as JSON if `is_json`.

    Raises TypeError for arguments of wrong types, FunctionNotImportableError, and TorcError for items that cannot be
    JSON, a coroutine function and a wrong chunksize.
    """
    _require_function(function)
    size = _checked_chunksize(chunksize)
    reference = refer(function)
    require_main_guard(reference, sys.modules.get(getattr(function, "__module__", None) or ""))
    of_function = name_of(function)
    prefix = name or of_function
    listed = list(items)
    if is_json:
        listed = [as_json(item, f"Item {position}") for position, item in enumerate(listed)]
    stem = prefix if _NAME_OF_FILE.fullmatch(prefix) else of_function
    return MapRequest(reference, prefix, stem, listed, _interpreter(python), size)


def _require_function(function: object) -> None:
    if not callable(function):
        raise TypeError(
            f"The first argument of map is {_shown(function)}, which cannot be called. Pass the function itself and "
            "then the items: map(function, items)."
        )
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise TorcError(
            f"{name_of(function)} is a coroutine function.", "Pass a plain function, which may call asyncio.run."
        )


def _checked_chunksize(chunksize: object) -> int:
    try:
        size = operator.index(chunksize)  # type: ignore[arg-type]  # it raises TypeError
    except TypeError:
        raise TypeError(f"chunksize is {chunksize!r}, which is not an integer.") from None
    if size < 1:
        raise TorcError(f"chunksize is {size}, which is less than 1.", "Use at least 1.")
    return size


def _interpreter(python: str | os.PathLike[str] | None) -> str:
    """Return the interpreter of jobs. Logs a warning if it is not on this machine: others may have it."""
    if python is None:
        return sys.executable
    path = expanded(os.fspath(python))
    if shutil.which(path) is None:
        _log.warning("python=%r does not exist on this machine. Jobs fail on machines without it.", path)
    return path


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _MOST_SHOWN else f"an instance of {type(value).__qualname__}"
