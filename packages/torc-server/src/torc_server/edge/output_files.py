"""Files that commands write: complete or not at all, with their final mode from the start.

No link of another user on the way is followed, and no FIFO of another user is written.
"""

import errno
import io
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from .trusted_files import way_to

PRIVATE = 0o600
"""The mode of files with passwords, the output of jobs, or the whole database. Of other modes, the umask is removed."""
PUBLIC = 0o666
OWN = 0o644
"""The mode of files that decide what runs: no umask lets other users write to them."""

_FOLDERS = {PRIVATE: 0o700, OWN: 0o755, PUBLIC: 0o777}
_LONGEST_NAME = 200


@contextmanager
def output_file(path: Path, mode: int = PUBLIC, *, replaces: bool = True) -> Iterator[BinaryIO]:
    """Yield a file that gets its name after the block. A device or a FIFO at the path is written directly.

    A replaced file keeps its mode, unless the new one is `PRIVATE`. Missing folders are created as by `make_folder`.
    Raises OSError; FileExistsError if there is a file and `replaces` is false.
    """
    if path.exists() and not path.is_file():
        with os.fdopen(_open_special(path), "wb") as special:
            yield special
        return
    with unfinished_file(path, mode, replaces=replaces) as unfinished, unfinished.open("wb") as file:
        yield file


@contextmanager
def unfinished_file(path: Path, mode: int = PUBLIC, *, replaces: bool = True) -> Iterator[Path]:
    """Yield the path of a new empty file beside `path`, which gets the name `path` after the block. Raises OSError."""
    target = _target(path)
    make_folder(target.parent, _FOLDERS[mode])
    former = target.stat() if target.exists() else None
    if former is not None and not replaces:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    unfinished = target.with_name(f".{target.name[:_LONGEST_NAME]}.{secrets.token_hex(4)}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
    try:
        if former is not None and former.st_uid == os.geteuid() and mode != PRIVATE:
            os.fchmod(descriptor, stat.S_IMODE(former.st_mode) & _FOLDERS[mode])
        os.close(descriptor)
        yield unfinished
        unfinished.replace(target)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink()
        raise


def write_text(path: Path, text: str, mode: int = PUBLIC, *, replaces: bool = True) -> None:
    """Write a file as a whole. Raises OSError, as `output_file` does."""
    with output_file(path, mode, replaces=replaces) as file:
        file.write(text.encode("utf-8"))


def append_to(path: Path, mode: int = PUBLIC) -> io.TextIOWrapper:
    """Open a file to append lines to it. Raises OSError."""
    target = _target(path)
    make_folder(target.parent)
    if target.exists():
        _require_no_foreign_fifo(path, target.stat())
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
    return os.fdopen(os.open(target, flags, mode), "a", encoding="utf-8")


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """Create a folder and the missing ones above it, if the nearest existing one belongs to this user.

    Raises FileNotFoundError, with the missing folder, if it belongs to another user.
    """
    missing = []
    while not folder.exists() and folder != folder.parent:
        missing.append(folder)
        folder = folder.parent
    if missing and folder.stat().st_uid != os.geteuid():
        raise FileNotFoundError(
            errno.ENOENT, f"there is no folder {missing[-1]}, and {folder} belongs to another user; create it first"
        )
    for each in reversed(missing):
        each.mkdir(mode, exist_ok=True)


def _target(path: Path) -> Path:
    """Follow the links of this user and of root on the way to a path. Raises PermissionError for those of others."""
    with suppress(FileNotFoundError):
        for place, status in way_to(path.absolute()):
            if stat.S_ISLNK(status.st_mode) and status.st_uid not in {os.geteuid(), 0}:
                raise PermissionError(
                    errno.EPERM, f"{place} is a link of another user; remove it or choose another file"
                )
    return Path(os.path.realpath(path))


def _open_special(path: Path) -> int:
    """Open a device or a FIFO. A pipe that this process has, as at /dev/stdout, may belong to another user."""
    target = _target(path)
    is_named = target.exists()
    if is_named:
        _require_no_foreign_fifo(path, target.stat())
    descriptor = os.open(target if is_named else path, os.O_WRONLY | os.O_CLOEXEC | os.O_NOCTTY)
    try:
        if is_named:
            _require_no_foreign_fifo(path, os.fstat(descriptor))
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _require_no_foreign_fifo(path: Path, status: os.stat_result) -> None:
    if stat.S_ISFIFO(status.st_mode) and status.st_uid not in {os.geteuid(), 0}:
        raise PermissionError(errno.EPERM, f"{path} is a FIFO of another user; remove it or choose another file")
