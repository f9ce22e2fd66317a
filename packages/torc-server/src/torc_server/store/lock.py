"""One server to a database: a lock file beside it, held by the kernel for as long as the process lives."""

import contextlib
import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from torc_server.store.errors import StoreError


class DatabaseLock:
    """The right to use a database file.

    After ``kill -9`` the kernel gives it back; the file that is left behind means nothing.
    """

    def __init__(self, database: Path | str) -> None:
        self._database = Path(database)
        self._path = Path(f"{os.path.realpath(database)}.lock")
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock; raises StoreError naming the process that has it."""
        while self._descriptor is None:
            descriptor = self._open()
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"
                os.close(descriptor)
                raise StoreError(
                    f"{self._database} is in use by another torc-server, process {holder}: "
                    "stop that one, or choose another file with --database"
                ) from error
            if self._is_current(descriptor):
                self._descriptor = descriptor
            else:  # the one before removed the file while we waited: lock the new one
                os.close(descriptor)
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Give the lock back and remove its file."""
        if self._descriptor is not None:
            with contextlib.suppress(OSError):
                self._path.unlink()
            os.close(self._descriptor)
            self._descriptor = None

    def _open(self) -> int:
        try:
            return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except FileNotFoundError as error:
            raise StoreError(f"{self._path.parent} does not exist: create that folder first") from error
        except OSError as error:
            raise StoreError(
                f"{self._path} cannot be opened ({error.strerror}): the server keeps its lock beside the database"
            ) from error

    def _is_current(self, descriptor: int) -> bool:
        try:
            there = self._path.stat()
        except FileNotFoundError:
            return False
        return os.path.samestat(os.fstat(descriptor), there)

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
