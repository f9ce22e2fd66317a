"""A database in memory. It ends with its server."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from torc_server.store.errors import StoreError

IN_MEMORY = Path(":memory:")
"""The name of a database in memory, in place of the path of a file."""
# A file system in memory.
_MEMORY = Path("/dev/shm")  # noqa: S108 - the server creates its own directory in it


@contextlib.contextmanager
def memory_database() -> Iterator[Path]:
    """Yield the path of a new database in memory, and delete it after the block. Raises StoreError.

    It is a file of a file system in memory, so that `torc-server db backup` and readers can open it as any other file.
    """
    if not _MEMORY.is_dir():
        raise StoreError(
            f"this machine has no {_MEMORY}, so a database in memory is not possible; name a file with --database"
        )
    folder = Path(tempfile.mkdtemp(prefix="torc-server-", dir=_MEMORY))
    try:
        yield folder / "torc.db"
    finally:
        shutil.rmtree(folder)
