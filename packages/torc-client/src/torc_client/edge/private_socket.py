"""A UNIX socket that only its owner can open, from its creation on, and that no second server takes over.

The server holds a lock on a file beside the socket while it runs. The lock distinguishes a live socket from one that a
killed server left behind. Any other file at the path is an error, and is not changed.
"""

import contextlib
import errno
import fcntl
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

BACKLOG = 4096

# sun_path has 108 bytes, the last of which ends the string.
PATH_MAX_BYTES = 107
PRIVATE_MODE = 0o600


class ListenError(Exception):
    """An address, port or socket path cannot be listened on; the message has the reason and a remedy."""


@contextlib.contextmanager
def bind_private(path: Path) -> Iterator[socket.socket]:
    """Listen on a UNIX socket at `path` with mode 0600, for any umask. Remove it and its lock file at the end.

    A stale socket of this user is replaced. Raises ListenError for any other file at the path, for a directory in
    which other users could replace the socket, and if another server holds the lock.
    """
    # Links of the directory are resolved once, so that the checked directory is the used one.
    path = path.parent.resolve() / path.name
    length = len(os.fsencode(path))
    if length > PATH_MAX_BYTES:
        raise ListenError(
            f"the socket path {path} is {length} bytes long, and at most {PATH_MAX_BYTES} are possible; "
            "choose a shorter one, for example below /tmp"
        )
    _check_directory(path)
    _check_kind(path)  # before the lock: a database has a lock file of the same name
    with contextlib.ExitStack() as stack:
        stack.enter_context(_lock(path))
        _make_way(path)
        listening = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
        identity = _bind(listening, path)
        stack.callback(_unlink_if_same, path, identity)
        listening.listen(BACKLOG)
        listening.settimeout(0)
        yield listening


def _check_directory(path: Path) -> None:
    directory = path.parent
    try:
        found = directory.stat()
    except OSError as error:
        raise ListenError(f"the directory {directory} for the socket cannot be used: {error.strerror}") from error
    if not stat.S_ISDIR(found.st_mode):
        raise ListenError(f"{directory} is not a directory; choose another path for the socket")
    if found.st_mode & stat.S_ISVTX:
        # In a sticky directory such as /tmp, other users cannot remove the socket.
        return
    if found.st_uid != os.geteuid():
        raise ListenError(
            f"the directory {directory} belongs to another user, who could replace the socket; "
            "choose a path in a directory of your own or below /tmp"
        )
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise ListenError(
            f"other users may write to the directory {directory} and could replace the socket; "
            f"run `chmod go-w {directory}`, or choose another path"
        )


@contextlib.contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Hold the lock file beside the socket, which contains the process id; remove it at the end."""
    lock_path = path.with_name(path.name + ".lock")
    descriptor = _open_locked(path, lock_path)
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        with contextlib.suppress(OSError):
            lock_path.unlink()
        os.close(descriptor)


def _open_locked(path: Path, lock_path: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    while True:
        try:
            descriptor = os.open(lock_path, flags, PRIVATE_MODE)
        except OSError as error:
            what = "a symbolic link" if error.errno == errno.ELOOP else error.strerror
            raise ListenError(
                f"cannot use the lock file {lock_path} of the socket: {what}; remove it or choose another path"
            ) from error
        try:
            _take(descriptor, path, lock_path)
            # The previous holder may have removed the file that was opened. A lock on a removed file has no effect.
            if _is_at(descriptor, lock_path):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _take(descriptor: int, path: Path, lock_path: Path) -> None:
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
        raise ListenError(f"{lock_path} beside the socket is not your lock file; remove it or choose another path")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"
        raise ListenError(
            f"the socket {path} is in use by another server (process {holder}); stop that one or choose another path"
        ) from error
    except OSError as error:
        raise ListenError(f"cannot lock {lock_path}: {error.strerror}; choose a path on a local disk") from error
    os.fchmod(descriptor, PRIVATE_MODE)


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False


def _check_kind(path: Path) -> os.stat_result | None:
    """Return the status of the socket at the path, or None without a file. Raises ListenError for any other file."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ListenError(f"cannot look at {path}: {error.strerror}") from error
    if not stat.S_ISSOCK(found.st_mode):
        raise ListenError(f"{path} is {_kind(found.st_mode)} and stays as it is; choose another path for the socket")
    return found


def _make_way(path: Path) -> None:
    """Remove a stale socket of this user. Raises ListenError for any other file."""
    found = _check_kind(path)
    if found is None:
        return
    if found.st_uid != os.geteuid():
        raise ListenError(f"the socket {path} belongs to another user; choose another path")
    if _answers(path):
        raise ListenError(f"the socket {path} is in use by another program; stop it or choose another path")
    path.unlink(missing_ok=True)


def _answers(path: Path) -> bool:
    """Whether a program listens at the path without the lock, for example one of another kind."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(0)
        refused = {errno.ECONNREFUSED, errno.ENOENT}
        return probe.connect_ex(os.fspath(path)) not in refused


def _bind(listening: socket.socket, path: Path) -> tuple[int, int]:
    """Bind with mode 0600 and return the identity of the created file."""
    # The file gets the mode of the descriptor without the bits of the umask, so never more than this mode.
    os.fchmod(listening.fileno(), PRIVATE_MODE)
    try:
        listening.bind(os.fspath(path))
        found = path.lstat()
        if stat.S_IMODE(found.st_mode) != PRIVATE_MODE:
            path.chmod(PRIVATE_MODE)  # for a umask that removes bits of the owner
    except OSError as error:
        raise ListenError(f"cannot make the socket {path}: {error.strerror}; choose another path") from error
    return found.st_dev, found.st_ino


def _unlink_if_same(path: Path, identity: tuple[int, int]) -> None:
    with contextlib.suppress(OSError):
        found = path.lstat()
        if (found.st_dev, found.st_ino) == identity:
            path.unlink()


def _kind(mode: int) -> str:
    kinds = {stat.S_IFLNK: "a symbolic link", stat.S_IFREG: "a file", stat.S_IFDIR: "a directory"}
    return kinds.get(stat.S_IFMT(mode), "not a socket")
