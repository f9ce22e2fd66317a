"""A server that the processes of one user share: the first one that needs a database starts it, the others use it.

The socket of such a server has a path that follows from the database. A lock beside it belongs to the process that
started the server. When that process ends, a process that still needs the server starts another one at the same path,
so that its clients, which repeat their requests, continue.
"""

import asyncio
import contextlib
import fcntl
import hashlib
import os
import socket
import stat
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

from torc_client.managed_server import ManagedServer, ManagedServerError, ServerOptions, managed_server
from torc_client.socket_folder import folder_for_sockets

_START_SECONDS = 20.0
_LOOK_EVERY_SECONDS = 0.1
_PRIVATE_MODE = 0o700

# Starts a server that listens on this socket, or on one of its own if it is None.
Start = Callable[[Path | None], AbstractAsyncContextManager[ManagedServer]]


@dataclass(frozen=True, slots=True)
class SharedServer:
    """The URL of a server, and whether this process started it."""

    url: str
    is_own: bool


class _Ownership:
    """The right to start the server of a database: a lock file, which the kernel unlocks when the process ends."""

    def __init__(self, database: Path) -> None:
        self._folder = _folder_of(database)
        self.socket_path = self._folder / "torc.sock"
        self._path = self._folder / "owner.lock"
        self._descriptor: int | None = None

    def is_possible(self) -> bool:
        """Whether the folder of the socket exists, or can be created, and belongs to this user alone."""
        try:
            self._folder.mkdir(mode=_PRIVATE_MODE, exist_ok=True)
            found = self._folder.lstat()
        except OSError:
            return False
        return found.st_uid == os.geteuid() and stat.S_ISDIR(found.st_mode) and not stat.S_IMODE(found.st_mode) & 0o077

    def take(self) -> bool:
        """Take the lock and return True, or return False if another process has it. A stale socket is removed."""
        if self._descriptor is None and self.is_possible():
            with contextlib.suppress(OSError):
                self._descriptor = self._locked()
                if self._descriptor is not None and not self.is_answered():
                    self.socket_path.unlink(missing_ok=True)
        return self._descriptor is not None

    def _locked(self) -> int | None:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # The previous owner may have removed the file in the meantime. A lock on a removed file has no effect.
            if os.path.samestat(os.fstat(descriptor), self._path.lstat()):
                return descriptor
        except OSError:
            os.close(descriptor)
            raise
        os.close(descriptor)
        return None

    def release(self) -> None:
        """Release the lock, and remove the folder if no other process uses it."""
        if self._descriptor is not None:
            # A killed server leaves its socket. The lock is the last: until then no other process starts a server here.
            for left in (self.socket_path, self.socket_path.with_name("torc.sock.lock"), self._path):
                with contextlib.suppress(OSError):
                    left.unlink()
            os.close(self._descriptor)
            self._descriptor = None
        with contextlib.suppress(OSError):
            self._folder.rmdir()

    def is_answered(self) -> bool:
        """Whether a server listens on the socket."""
        if not self.is_possible():
            return False
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            try:
                probe.connect(os.fspath(self.socket_path))
            except OSError:
                return False
            return True


def _folder_of(database: Path) -> Path:
    """Return the folder for the socket. A database in a directory that was removed and created again has another."""
    real = Path(os.path.realpath(database))
    identity = str(real)
    with contextlib.suppress(OSError):
        directory = real.parent.stat()
        identity = f"{directory.st_dev}:{directory.st_ino}:{real}"
    digest = hashlib.sha256(identity.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return folder_for_sockets() / f"torc-{os.geteuid()}-{digest}"


@contextlib.contextmanager
def owned_socket(database: Path) -> Iterator[Path | None]:
    """Yield the socket path at which other processes find the server of this database, or None if it is in use."""
    ownership = _Ownership(database)
    try:
        yield ownership.socket_path if ownership.take() else None
    finally:
        ownership.release()


@contextlib.asynccontextmanager
async def shared_server(database: Path, start: Start, *, program: str | None = None) -> AsyncIterator[SharedServer]:
    """Yield the server of a database: one that runs, or one that `start` starts and that is stopped at the end.

    `program` is the path of torc-server. Raises ManagedServerError if no server runs and none can be started.
    """
    ownership = _Ownership(database)
    try:
        if await _owns_or_finds(ownership):
            async with _following(database, ownership, program):
                yield SharedServer(f"unix://{ownership.socket_path}", is_own=False)
        else:
            async with start(ownership.socket_path if ownership.take() else None) as server:
                yield SharedServer(server.url, is_own=True)
    finally:
        ownership.release()


async def _owns_or_finds(ownership: _Ownership) -> bool:
    """Wait until another server answers, and return True, or until this process is to start one, and return False."""
    clock = asyncio.get_running_loop()
    deadline = clock.time() + _START_SECONDS
    while not ownership.take():
        if ownership.is_answered():
            return True
        if not ownership.is_possible() or clock.time() > deadline:
            return False
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
    return False


@contextlib.asynccontextmanager
async def _following(database: Path, ownership: _Ownership, program: str | None) -> AsyncIterator[None]:
    """During the context, start another server when the process that started the used one ends."""
    following = asyncio.create_task(_follow(database, ownership, program))
    try:
        yield
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


async def _follow(database: Path, ownership: _Ownership, program: str | None) -> None:
    clock = asyncio.get_running_loop()
    options = ServerOptions(database, program=program, socket=ownership.socket_path)
    deadline: float | None = None
    while True:
        if ownership.take():
            deadline = deadline or clock.time() + _START_SECONDS
            try:
                async with managed_server(options):
                    await asyncio.Event().wait()
            except ManagedServerError:  # if its owner was killed, the server that ends still has the database
                if clock.time() > deadline:
                    raise
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
