"""The file behind the runner's log. It may be deleted, and its disk may be full: no job suffers from that."""

import os
import time
from contextlib import suppress
from pathlib import Path

_LOOK_SECONDS = 1.0


class LogFile:
    """A text stream that appends, and forgets what cannot be written. A file that was deleted is made again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = self._open()
        self._looked_at = time.monotonic()

    def write(self, text: str) -> int:
        """Append a line."""
        now = time.monotonic()
        if now - self._looked_at > _LOOK_SECONDS:
            self._looked_at = now
            with suppress(OSError):
                self._open_again()
        with suppress(OSError):
            os.write(self._descriptor, text.encode(errors="backslashreplace"))
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Give the file back."""
        os.close(self._descriptor)

    def _open(self) -> int:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)

    def _open_again(self) -> None:
        if os.fstat(self._descriptor).st_nlink == 0:
            new = self._open()
            os.close(self._descriptor)
            self._descriptor = new
