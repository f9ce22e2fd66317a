"""Lines about one worker, for all commands."""

from collections.abc import Sequence

from torc_client.errors import TorcError
from torc_client.remote.address import WorkerAddress

_INDENT = "           "


def failure(worker: str, detail: str, hint: str, lines: Sequence[str] = ()) -> list[str]:
    """Return the lines that report a failure: the reason, the last lines of the log there, the remedy."""
    return [
        f"  [FAILED] {worker}: {detail.rstrip('.')}.",
        *(f"{_INDENT}| {line}" for line in lines),
        *([f"{_INDENT}{hint}"] if hint else []),
    ]


def failure_of(worker: WorkerAddress, error: TorcError | None) -> tuple[str, str]:
    """Return the reason of an error, without the address that it begins with, and the remedy."""
    if error is None:
        return "", ""
    return error.message.removeprefix(f"{worker.text}: ").rstrip("."), error.hint or ""
