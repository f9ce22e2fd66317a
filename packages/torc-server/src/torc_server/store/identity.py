"""Check that the file at the path of the database is still the one that was opened."""

import os
from pathlib import Path

from torc_server.store.errors import StoreGone


class FileIdentity:
    """The identity of a database file. Without this check a server would continue to write into a deleted file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known = self._found()

    def require_same(self) -> None:
        """Raise StoreGone while another file, or none, is at the path."""
        if self._found() != self._known:
            raise StoreGone(
                f"The database file {self._path} was removed or replaced while the server was running, and nothing is "
                "read or written until the same file is back; to use another one, stop the server first"
            )

    def _found(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self._path)  # noqa: PTH116 - called before each transaction, and Path.stat takes twice as long
        except OSError:
            return None
        return found.st_dev, found.st_ino
