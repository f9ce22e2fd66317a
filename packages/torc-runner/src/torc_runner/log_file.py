"""The runner's log file. Jobs continue if it is deleted or its disk is full."""

import os
import time
from contextlib import suppress
from pathlib import Path

from torc_client.shared_folders import open_file

_CHECK_SECONDS = 1.0


class LogFile:
    """A text stream that appends. Text that cannot be written is dropped; a deleted file is created again."""

    def __init__(self, path: Path, check_seconds: float = _CHECK_SECONDS) -> None:
        """Open the file. A write checks whether it was deleted if the last check was `check_seconds` ago.

        Raises OSError, also for a link, a hard link, or a file of another user.
        """
        self._path = path
        self._check_seconds = check_seconds
        self._descriptor = self._open()
        self._checked_at = time.monotonic()

    def write(self, text: str) -> int:
        """Append text. Return its length, also if it was dropped."""
        now = time.monotonic()
        if now - self._checked_at > self._check_seconds:
            self._checked_at = now
            with suppress(OSError):
                self._open_again()
        with suppress(OSError):
            os.write(self._descriptor, text.encode(errors="backslashreplace"))
        return len(text)

    def flush(self) -> None:
        """Do nothing: text is written at once."""

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)

    def _open(self) -> int:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        return open_file(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def _open_again(self) -> None:
        if os.fstat(self._descriptor).st_nlink == 0:
            new = self._open()
            os.close(self._descriptor)
            self._descriptor = new
