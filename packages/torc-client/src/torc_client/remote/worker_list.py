"""Lists of workers, as people write them."""

from collections.abc import Iterable

from torc_client.errors import TorcError
from torc_client.remote.address import FORMS, WorkerAddress, WorkerAddressError, parse_worker


def different_workers(texts: Iterable[str]) -> list[WorkerAddress]:
    """Parse addresses, and leave out repeated ones. Raises WorkerAddressError."""
    return list(dict.fromkeys(parse_worker(text) for text in texts))


def workers_of_file(name: str, text: str) -> list[WorkerAddress]:
    """Parse a file with one address on each line. Empty lines and lines that start with # are ignored.

    Raises TorcError with the name and the line of an address that is malformed or occurs twice, or if there is none.
    """
    lines: dict[WorkerAddress, int] = {}
    # Not splitlines(): a form feed does not end a line.
    for number, line in enumerate(text.split("\n"), 1):
        address = line.strip(" \t\r")
        if not address or address.startswith("#"):
            continue
        try:
            worker = parse_worker(address)
        except WorkerAddressError as error:
            raise TorcError(f"{name}:{number}: {error.message}", error.hint) from error
        if worker in lines:
            raise TorcError(
                f"{name}:{number}: {worker} is a duplicate of line {lines[worker]}.",
                f"Remove one of them. To run two workers on one machine, name one: second={worker.text}"
                if worker.name is None
                else "Remove one of them.",
            )
        lines[worker] = number
    if not lines:
        raise TorcError(f"{name} has no machines.", f"Put one on each line. {FORMS}")
    return list(lines)
