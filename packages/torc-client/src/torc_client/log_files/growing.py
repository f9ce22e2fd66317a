"""Read a file while a job writes to it."""

import codecs
import os
import stat
from pathlib import Path
from typing import Self

from torc_client.errors import TorcError

_PIECE_BYTES = 256 * 1024


class GrowingFile:
    """A file that is read in pieces as it grows. Invalid UTF-8 is replaced.

    It stays readable if it is deleted in the meantime.
    """

    def __init__(self, path: Path) -> None:
        """Open the file. Raises TorcError if it is not a regular file, is a link, or cannot be read."""
        self.path = path
        try:
            # Without waiting for the writer of a pipe, and without following a link that a job created.
            self._descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError as error:
            raise TorcError(f"{path} cannot be read: {error.strerror}.") from error
        if not stat.S_ISREG(os.fstat(self._descriptor).st_mode):
            os.close(self._descriptor)
            raise TorcError(f"{path} is not a regular file.")
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")

    def skip_to_last_lines(self, count: int) -> None:
        """Skip all but the last lines; the last one may be incomplete. A line of any length counts as one."""
        end = position = os.fstat(self._descriptor).st_size
        missing = count
        while position > 0:
            start = max(0, position - _PIECE_BYTES)
            piece = os.pread(self._descriptor, position - start, start)
            # The newline at the end of the file does not start a line.
            at = len(piece) - 1 if position == end and piece.endswith(b"\n") else len(piece)
            while (at := piece.rfind(b"\n", 0, at)) >= 0:
                missing -= 1
                if missing <= 0:
                    os.lseek(self._descriptor, start + at + 1 if count else end, os.SEEK_SET)
                    return
            position = start
        os.lseek(self._descriptor, 0 if count else end, os.SEEK_SET)

    def take(self) -> str:
        """Return the next piece; empty if the file has not grown. Raises TorcError."""
        while True:
            try:
                piece = os.read(self._descriptor, _PIECE_BYTES)
            except OSError as error:
                raise TorcError(f"{self.path} cannot be read: {error.strerror}.") from error
            text = self._decoder.decode(piece)
            if text or not piece:  # a piece may end within a character
                return text

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)
