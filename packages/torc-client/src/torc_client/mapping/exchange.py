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


class Told(TypedDict, total=False):
    """What came of a call: a value or an error, and which attempt of the job told it."""

    value: Any
    error: ErrorTold
    attempt: str


@dataclass(frozen=True, slots=True)
class Call:
    """What a job is to call. The item is unpacked when the function is there: its class may come with it."""

    reference: Reference
    packed: Any
    is_pickled: bool

    def item(self) -> Any:
        """Unpack what the function is called with."""
        return pickle.loads(self.packed) if self.is_pickled else self.packed  # noqa: S301 - our own script wrote it


class Exchange(Protocol):
    """The job's side."""

    def fetch(self) -> Call:
        """Fetch the call."""
        ...

    def tell(self, told: Told) -> None:
        """Keep what came of it. Raises TypeError or the like for a value that cannot be kept."""
        ...


class FileExchange:
    """A file with the call, and one for what came of it."""

    def __init__(self, input_path: Path, output_path: Path) -> None:
        self._input_path = input_path
        self._output_path = output_path

    def fetch(self) -> Call:
        """Read the call."""
        with self._input_path.open("rb") as file:
            reference, packed = pickle.load(file)  # noqa: S301 - our own script wrote it
        return Call(reference, packed, is_pickled=True)

    def tell(self, told: Told) -> None:
        """Write the file as a whole, or leave the one before."""
        content = pickle.dumps(told)
        fresh = self._output_path.with_suffix(".new")
        fresh.write_bytes(content)
        fresh.replace(self._output_path)


def packed_call(reference: Reference, item: Any) -> bytes:
    """Make the content of a file with a call."""
    return pickle.dumps((reference, pickle.dumps(item)))


def require_json(value: Any, what: str) -> None:
    """Raise TorcError for a value that JSON cannot tell."""
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise TorcError(
            f"{what} is no JSON value: {error}",
            "Give map_function a directory that all machines see: through files any Python object can go.",
        ) from error
