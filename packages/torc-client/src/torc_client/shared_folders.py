"""Files in an output folder that other users may write to: links, FIFOs and files that they planted are not used.

A path of this module has a file name that Torc chose. The links on the way to its folder may belong to this user, to
root, or to the owner of the folder in which they are.
"""

import errno
import os
import pwd
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_ROOT = 0
_SAFE = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_TRIES = 3


def create_file(path: str | Path, mode: int = 0o666, *, appends: bool = True) -> int:
    """Create a file to write to, and return its descriptor. Whatever has its name is removed. Raises OSError.

    A link is removed and not followed. Only the last folder is created if it is missing, with those above it.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | (os.O_APPEND if appends else 0)
    for _ in range(_TRIES):
        try:
            with _folder_of(path) as (folder, name):
                return _created(name, flags, mode, folder)
        except FileNotFoundError:
            os.makedirs(os.path.dirname(path) or ".", exist_ok=True)  # noqa: PTH103, PTH120  paths of jobs are text
        except OSError as error:
            raise _named(error, path) from None
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), os.fspath(path))


def open_file(path: str | Path, flags: int, mode: int = 0o666) -> int:
    """Open a regular file of this user, without links, and return its descriptor. Raises OSError.

    The file may also belong to root, or to the owner of its folder. `flags` may create it, and do not truncate it.
    """
    try:
        with _folder_of(path) as (folder, name):
            descriptor = os.open(name, flags | _SAFE, mode, dir_fd=folder)
            try:
                _require_own(os.fstat(descriptor), os.fstat(folder))
                os.set_blocking(descriptor, True)
            except OSError:
                os.close(descriptor)
                raise
            return descriptor
    except OSError as error:
        raise _named(error, path) from None


def _created(name: str, flags: int, mode: int, folder: int) -> int:
    for _ in range(_TRIES):
        try:
            return os.open(name, flags, mode, dir_fd=folder)
        except FileExistsError:
            with suppress(FileNotFoundError):
                os.unlink(name, dir_fd=folder)
    raise OSError(errno.EEXIST, "another user creates it again and again")


@contextmanager
def _folder_of(path: str | Path) -> Iterator[tuple[int, str]]:
    """Yield a descriptor of the folder of a file, and the name of the file."""
    parent, name = os.path.split(path)
    flags = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC
    try:
        folder = os.open(parent or ".", flags | os.O_NOFOLLOW)
    except NotADirectoryError:
        _require_trusted_link(Path(parent))
        folder = os.open(parent, flags)
    try:
        yield folder, name
    finally:
        os.close(folder)


def _require_trusted_link(link: Path) -> None:
    status = link.lstat()
    if stat.S_ISLNK(status.st_mode) and status.st_uid not in _trusted(link.parent.stat()):
        raise PermissionError(errno.EPERM, f"{link} is a link of {_user(status.st_uid)}")


def _require_own(status: os.stat_result, folder: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise PermissionError(errno.EPERM, "it is not a regular file; remove it")
    if status.st_uid not in _trusted(folder):
        raise PermissionError(errno.EPERM, f"it belongs to {_user(status.st_uid)}")
    if status.st_nlink > 1:
        raise PermissionError(errno.EPERM, "it is a hard link, so that it is also another file; remove it")


def _trusted(folder: os.stat_result) -> set[int]:
    """Return the owners whose files are used in a folder: its owner can replace each of them."""
    return {os.geteuid(), _ROOT, folder.st_uid}


def _named(error: OSError, path: str | Path) -> OSError:
    """Return the error with the path, and with a reason that says what to do."""
    reason = error.strerror
    if error.errno == errno.ELOOP:
        reason = "it is a link; remove it"
    elif error.errno == errno.ENXIO:
        reason = "it is not a regular file; remove it"
    return OSError(error.errno, reason, os.fspath(path))


def _user(uid: int) -> str:
    try:
        return f"user {pwd.getpwuid(uid).pw_name}"
    except KeyError:
        return f"user {uid}"
