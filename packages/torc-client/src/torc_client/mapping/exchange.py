"""The exchange of calls and results between the script and the job: the messages of both, and the exchange by files.

Files contain pickled Python objects and need a directory that both sides see. User data contains JSON and goes through
the server. This module does not import the network library, so that jobs that exchange files start quickly.
"""

import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypedDict, cast

from torc_client.edge.output_files import OWN, output_file
from torc_client.mapping.function import Reference, pickler_for

PICKLED = ".pickle"
"""The suffix of the files."""


class ErrorReport(TypedDict):
    """An exception as texts."""

    type: str
    message: str
    traceback: str


class CallReport(TypedDict, total=False):
    """The result of one call: a packed value or an error."""

    value: Any
    error: ErrorReport


class JobReport(TypedDict, total=False):
    """The results of the calls of a job, or an error before the first call; and the attempt that reports it."""

    calls: list[CallReport]
    error: ErrorReport
    attempt: str


@dataclass(frozen=True, slots=True)
class CallRequest:
    """The function that a job calls, and the packed items that it passes."""

    reference: Reference
    items: list[Any]


class Exchange(Protocol):
    """Transfers calls and values. Items are unpacked after the function is loaded, as it may define their classes."""

    def fetch(self) -> CallRequest:
        """Fetch the function and the items."""
        ...

    def unpack(self, packed: Any) -> Any:
        """Convert a transferred item or value back."""
        ...

    def pack(self, value: Any) -> Any:
        """Convert a value to a form that can be transferred. Raises an error if that is impossible."""
        ...

    def report(self, report: JobReport) -> None:
        """Store the results."""
        ...


class FileExchange:
    """Exchanges a file with the request and a file with the results.

    Only a job that loads the script of the function has the classes of that script. Otherwise classes of the main
    module, such as those of a notebook, are carried by the items, if cloudpickle is installed.
    """

    def __init__(self, input_path: Path, output_path: Path, reference: Reference | None = None) -> None:
        self._input_path = input_path
        self._output_path = output_path
        self._pickler: Any = pickle if reference is None else pickler_for(reference)

    def request(self, request: CallRequest) -> None:
        """Write the request, whose items are packed."""
        self._write(self._input_path, (request.reference, request.items))

    def fetch(self) -> CallRequest:
        """Read the request, whose values are pickled like its items from now on."""
        request = CallRequest(*pickle.loads(self._input_path.read_bytes()))  # noqa: S301 - the script of the user wrote it
        self._pickler = pickler_for(request.reference)
        return request

    def unpack(self, packed: bytes) -> Any:
        """Unpickle an item or a value."""
        return pickle.loads(packed)  # noqa: S301 - the script or the job of the user wrote it

    def pack(self, value: Any) -> bytes:
        """Pickle an item or a value, with its class if nothing but this process has the class."""
        return cast("bytes", self._pickler.dumps(value, protocol=pickle.DEFAULT_PROTOCOL))

    def report(self, report: JobReport) -> None:
        """Write the results. The file is replaced atomically."""
        self._write(self._output_path, report)

    @staticmethod
    def _write(path: Path, value: Any) -> None:
        # Reading a pickle runs what it says, so that no other user may write it.
        with output_file(path, OWN) as file:
            file.write(pickle.dumps(value))

    def read_report(self) -> JobReport:
        """Read the results; an empty report if there is no file yet."""
        if not self._output_path.exists():
            return {}
        report: JobReport = pickle.loads(self._output_path.read_bytes())  # noqa: S301 - the job of the user wrote it
        return report
