"""One server for each database: a lock file next to it, which the kernel keeps locked until the process ends."""

import contextlib
import errno
import fcntl
import os
import struct
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from torc_server.store.errors import StoreError

_HELD = {errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES}

# Takes a lock of one type on a descriptor, or raises OSError at once.
TakeLock = Callable[[int], None]


def _take_whole(descriptor: int) -> None:
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _take_range(descriptor: int) -> None:
    """Take a lock of the type that SQLite uses, but owned by the descriptor, not by the process."""
    if hasattr(fcntl, "F_OFD_SETLK"):
        fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, struct.pack("@hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 1 << 30, 1, 0))
    else:
        _take_whole(descriptor)


class DatabaseLock:
    """The right to use a database file.

    After ``kill -9`` the kernel releases it; a remaining file has no meaning. Some file systems only pretend to
    lock, so both types of locks are tested.
    """

    def __init__(self, database: Path | str, kinds: Sequence[TakeLock] = (_take_whole, _take_range)) -> None:
        self._kinds = kinds
        self._database = Path(database)
        self._path = Path(f"{os.path.realpath(database)}.lock")
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock. Raises StoreError with the process that has it."""
        while self._descriptor is None:
            descriptor = self._open()
            try:
                self._kinds[0](descriptor)
            except OSError as error:
                if error.errno not in _HELD:
                    os.close(descriptor)
                    raise self._keeps_no_locks(error.strerror) from error
                holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"
                os.close(descriptor)
                raise StoreError(
                    f"{self._database} is in use by another torc-server, process {holder}: "
                    "stop that one, or choose another file with --database"
                ) from error
            if self._is_current(descriptor):
                self._descriptor = descriptor
                self._try_out(descriptor)
            else:  # the previous owner removed the file in the meantime: lock the new one
                os.close(descriptor)
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Release the lock and remove its file."""
        if self._descriptor is not None:
            with contextlib.suppress(OSError):
                self._path.unlink()
            os.close(self._descriptor)
            self._descriptor = None

    def _try_out(self, descriptor: int) -> None:
        """Raise StoreError if a second descriptor can take the same lock."""
        second = self._open()
        try:
            # If the first cannot take it, another process has it, so locks work.
            fails = any(self._is_taken(take, descriptor) and self._is_taken(take, second) for take in self._kinds)
        except StoreError:
            self.release()
            raise
        finally:
            os.close(second)
        if fails:
            self.release()
            raise self._keeps_no_locks("a second lock on a locked file was granted")

    def _is_taken(self, take: TakeLock, descriptor: int) -> bool:
        try:
            take(descriptor)
        except OSError as error:
            if error.errno not in _HELD:
                raise self._keeps_no_locks(error.strerror) from error
            return False
        return True

    def _keeps_no_locks(self, reason: str | None) -> StoreError:
        return StoreError(
            f"the file system of {self._path.parent} does not support locks ({reason}), so two servers could use "
            "the same database: put it on a local disk, or mount that file system with locks (Lustre: -o flock)"
        )

    def _open(self) -> int:
        try:
            return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except FileNotFoundError as error:
            raise StoreError(f"{self._path.parent} does not exist: create that folder first") from error
        except OSError as error:
            raise StoreError(
                f"{self._path} cannot be opened ({error.strerror}): the lock file is created next to the database"
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
