"""How a call and what came of it travel between the script and the job: what each side says, and the way by files.

Files hold pickled Python objects and need a directory that both sides see. User data holds JSON and goes through the
server. Nothing here needs the network: jobs that exchange files start quickly.
"""

import json
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypedDict

from torc_client.errors import TorcError
from torc_client.mapping.function import Reference


class ErrorTold(TypedDict):
    """An exception, as far as it can be told anywhere."""

    type: str
    message: str
    traceback: str


class CallTold(TypedDict, total=False):
    """What came of one call: a value, packed, or an error."""

    value: Any
    error: ErrorTold


class Told(TypedDict, total=False):
    """What came of a job: of each of its calls, or an error that kept it from calling; and which attempt told it."""

    calls: list[CallTold]
    error: ErrorTold
    attempt: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What a job is to call, and the packed items that it calls it with."""

    reference: Reference
    items: list[Any]


class Exchange(Protocol):
    """The way of calls and values. Items are unpacked when the function is there: their classes may come with it."""

    def fetch(self) -> Asked:
        """Fetch what is to be called."""
        ...

    def unpack(self, packed: Any) -> Any:
        """Make an item or a value of what travelled."""
        ...

    def pack(self, value: Any) -> Any:
        """Make what can travel of a value. Raises an error for one that cannot."""
        ...

    def tell(self, told: Told) -> None:
        """Keep what came of it."""
        ...


class FileExchange:
    """A file with what is to be called, and one for what came of it."""

    def __init__(self, input_path: Path, output_path: Path) -> None:
        self._input_path = input_path
        self._output_path = output_path

    def ask(self, asked: Asked) -> None:
        """Write what is to be called; the items are packed."""
        self._input_path.write_bytes(pickle.dumps((asked.reference, asked.items)))

    def fetch(self) -> Asked:
        """Read what is to be called."""
        return Asked(*pickle.loads(self._input_path.read_bytes()))  # noqa: S301 - our own script wrote it

    def unpack(self, packed: bytes) -> Any:
        """Unpickle it."""
        return pickle.loads(packed)  # noqa: S301 - our own script or job wrote it

    def pack(self, value: Any) -> bytes:
        """Pickle it."""
        return pickle.dumps(value)

    def tell(self, told: Told) -> None:
        """Write the file as a whole, or leave the one before."""
        fresh = self._output_path.with_suffix(".new")
        fresh.write_bytes(pickle.dumps(told))
        fresh.replace(self._output_path)

    def told(self) -> Told:
        """Read what came of it; nothing where there is no such file."""
        if not self._output_path.exists():
            return {}
        told: Told = pickle.loads(self._output_path.read_bytes())  # noqa: S301 - our own job wrote it
        return told


def require_json(value: Any, what: str) -> None:
    """Raise TorcError for a value that JSON cannot tell."""
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise TorcError(
            f"{what} is no JSON value: {error}",
            "Give map_function a directory that all machines see: through files any Python object can go.",
        ) from error
