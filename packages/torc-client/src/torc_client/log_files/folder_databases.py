"""The databases whose runners have written to an output folder: names of output files are ids, and ids can be equal."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from torc_client import shared_folders

FILE: Final = ".torc_databases"
_MOST_BYTES = 64 * 1024


def note_database(folder: Path, database_id: str) -> bool:
    """Record that runners of a database write to a folder. Returns whether those of another one did before.

    Raises OSError.
    """
    known = databases_of(folder)
    if database_id not in known:
        descriptor = shared_folders.open_file(folder / FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            os.write(descriptor, f"{database_id}\n".encode())
        finally:
            os.close(descriptor)
    return bool(known - {database_id})


def forget_databases(folder: Path) -> None:
    """Delete the record of the databases of a folder that has nothing else. Raises OSError."""
    if [each.name for each in folder.iterdir()] == [FILE]:
        (folder / FILE).unlink()


def databases_of(folder: Path) -> frozenset[str]:
    """Return the ids of the databases of a folder; none if they cannot be read."""
    with suppress(OSError):
        descriptor = shared_folders.open_file(folder / FILE, os.O_RDONLY)
        try:
            return frozenset(os.read(descriptor, _MOST_BYTES).decode(errors="replace").split())
        finally:
            os.close(descriptor)
    return frozenset()
