"""Open a log beneath a folder: a regular file, and no symbolic link on the way to it."""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from torc_client.errors import TorcError

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
# Without waiting for the writer of a pipe.
_FILE = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_NOCTTY | os.O_CLOEXEC
# File systems whose files are not logs, whatever a record says.
_NOT_ON_DISK = ("/proc", "/sys", "/dev")


class OpenLog:
    """An open log file, which is read at any offset. It has the size of the moment when it was opened or refreshed."""

    piece_bytes = 1024 * 1024

    def __init__(self, path: Path, descriptor: int) -> None:
        """Take over a descriptor of a regular file."""
        self.path = path
        self._descriptor = descriptor
        self.refresh()

    def refresh(self) -> None:
        """Read the current size and time of change."""
        found = os.fstat(self._descriptor)
        self.size_bytes = found.st_size
        self.identity = (found.st_dev, found.st_ino)
        self.changed_ns = found.st_mtime_ns

    def read(self, offset_bytes: int, limit_bytes: int) -> bytes:
        """Return the bytes from an offset; fewer than the limit only at the end. Raises TorcError."""
        wanted = min(limit_bytes, self.size_bytes - offset_bytes)
        pieces: list[bytes] = []
        try:
            while wanted > 0 and (piece := os.pread(self._descriptor, wanted, offset_bytes)):
                pieces.append(piece)
                offset_bytes += len(piece)
                wanted -= len(piece)
        except OSError as error:
            raise TorcError(f"{self.path} cannot be read: {error.strerror}.") from error
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def fileno(self) -> int:
        """Return the descriptor of the open file."""
        return self._descriptor

    def close(self) -> None:
        """Close the file. Closing it twice is allowed."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_log(folder: Path, parts: Iterable[str]) -> OpenLog | None:
    """Open the file at `parts` beneath a folder; None if it does not exist.

    The folder may be reached by links, because a user chose it. Nothing beneath it may, because jobs write there.
    Raises TorcError for anything but a regular file, and if it cannot be read.
    """
    *between, name = parts
    path = folder.joinpath(*between, name)
    require_plain((*between, name))
    try:
        with _opened(folder, between) as at:
            if at is None:
                return None
            descriptor = os.open(name, _FILE, dir_fd=at)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise TorcError(f"{path} cannot be opened: {error.strerror}.", "Links are not followed.") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise TorcError(f"{path} is not a regular file.")
    return OpenLog(path, descriptor)


def require_plain(parts: Iterable[str]) -> None:
    """Raise TorcError unless every part is the name of one entry of a folder."""
    for part in parts:
        if part in {"", ".", ".."} or "/" in part or "\0" in part:
            raise TorcError(f"{part!r} is not a valid file name.")


@contextmanager
def _opened(folder: Path, between: Iterable[str]) -> Iterator[int | None]:
    if not folder.is_absolute() or "\0" in str(folder):
        yield None
        return
    resolved = os.path.realpath(folder)
    if any(resolved == root or resolved.startswith(f"{root}/") for root in _NOT_ON_DISK):
        yield None
        return
    at = os.open(resolved, _FOLDER)
    try:
        for part in between:
            below = os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=at)
            os.close(at)
            at = below
        yield at
    finally:
        os.close(at)
