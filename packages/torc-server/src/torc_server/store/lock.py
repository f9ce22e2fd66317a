"""One server for each database: locks that the kernel keeps until the process ends.

A lock file next to the database has the process that uses it. A lock on the database file itself finds a server that
uses the same file by another path, for example through a bind mount.
"""

import contextlib
import errno
import fcntl
import os
import stat
import struct
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from torc_server.store.errors import StoreError

_HELD = {errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES}

# The byte of a database file that its server locks. SQLite locks the 512 bytes from 1 GiB on, and never this one.
_OWNED_BYTE = (1 << 30) + 1024

# Takes a lock of one type on a descriptor, or raises OSError at once.
TakeLock = Callable[[int], None]


def _take_whole(descriptor: int) -> None:
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _take_range(descriptor: int) -> None:
    """Take a lock of the type that SQLite uses, but owned by the descriptor, not by the process."""
    if hasattr(fcntl, "F_OFD_SETLK"):
        fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, _byte(1 << 30))
    else:
        _take_whole(descriptor)


def _byte(position: int) -> bytes:
    """Return a lock for writing of one byte, as fcntl takes it."""
    return struct.pack("@hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, position, 1, 0)


def require_one_path(database: Path) -> None:
    """Refuse a file with several names, and one that a server uses by another path. Raises StoreError.

    SQLite keeps recent writes in a file next to the path by which it opened the database. By another path they are
    missing, and writes by both paths destroy each other. Do not call it in a process that has the database open: it
    opens and closes the file, which releases the locks of SQLite.
    """
    with _opened(database, os.O_RDONLY) as descriptor:
        if descriptor is None:
            return
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return  # a directory has several names; it is refused later as a path that is not a file
        names = status.st_nlink
        if names > 1:
            raise StoreError(
                f"{database} has {names} names (hard links), and use by two of them would lose data: keep one name and "
                f"remove the others (`find FOLDER -samefile {database}` lists them), or copy the file"
            )
        if _is_owned(descriptor) and not _has_owner_here(database):
            raise _in_use_elsewhere(database)


def _is_owned(descriptor: int) -> bool:
    """Whether a server has locked the database file."""
    if not hasattr(fcntl, "F_OFD_GETLK"):
        return False
    try:
        found = fcntl.fcntl(descriptor, fcntl.F_OFD_GETLK, _byte(_OWNED_BYTE))
    except OSError:  # a file system without locks; DatabaseLock reports it
        return False
    return bool(struct.unpack("@hhqqi4x", found)[0] != fcntl.F_UNLCK)


def _has_owner_here(database: Path) -> bool:
    """Whether the lock file next to this path is locked, or cannot be examined."""
    try:
        descriptor = os.open(_lock_file(database), os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def _in_use_elsewhere(database: Path) -> StoreError:
    return StoreError(
        f"{database} is in use by a torc-server under another path of the same file, for example a bind mount: use the "
        "path of that server, or stop it, or choose another file with --database"
    )


def _lock_file(database: Path | str) -> Path:
    return Path(f"{os.path.realpath(database)}.lock")


@contextlib.contextmanager
def _opened(database: Path, flags: int) -> Iterator[int | None]:
    """Open a database file; None for a file that is missing or cannot be opened."""
    try:
        descriptor = os.open(os.path.realpath(database), flags | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        descriptor = None
    try:
        yield descriptor
    finally:
        if descriptor is not None:
            os.close(descriptor)


class DatabaseLock:
    """The right to use a database file.

    After ``kill -9`` the kernel releases it; a remaining file has no meaning. Some file systems only pretend to
    lock, so both types of locks are tested.
    """

    def __init__(self, database: Path | str, kinds: Sequence[TakeLock] = (_take_whole, _take_range)) -> None:
        self._kinds = kinds
        self._database = Path(database)
        self._path = _lock_file(database)
        self._descriptor: int | None = None
        self._owned: contextlib.ExitStack | None = None

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
        try:
            self.own_file()
        except StoreError:
            self.release()
            raise

    def own_file(self) -> None:
        """Lock the database file itself, if there is one yet. Call it before the file is opened by other means.

        Raises StoreError if the file has several names, or if a server uses it by another path.
        """
        if self._owned is not None:
            return
        require_one_path(self._database)
        with contextlib.ExitStack() as stack:
            descriptor = stack.enter_context(_opened(self._database, os.O_RDWR))
            if descriptor is None or not hasattr(fcntl, "F_OFD_SETLK"):
                return
            try:
                fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, _byte(_OWNED_BYTE))
            except OSError as error:
                if error.errno not in _HELD:
                    raise self._keeps_no_locks(error.strerror) from error
                raise _in_use_elsewhere(self._database) from error
            self._owned = stack.pop_all()

    def release(self) -> None:
        """Release the lock and remove its file."""
        if self._owned is not None:
            self._owned.close()
            self._owned = None
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
