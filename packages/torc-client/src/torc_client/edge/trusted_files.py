"""The check of settings files: a file is trusted if only its reader or root could have written it.

The owner of the file decides, and the links on the way to it. A directory that belongs to another user does not matter,
because another user cannot put a file there that the reader owns.
"""

import errno
import grp
import os
import pwd
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

ROOT = 0
_LOCAL_SETTINGS = "torc.toml"
_MAX_LINKS = 40
_READ_MAX = 1024**2
# With an access control list, the bits of the group are the mask of the list, and any user may be on it.
_ACCESS_LIST = "system.posix_acl_access"


@dataclass(frozen=True, slots=True)
class Distrust:
    """The reason why a file is not trusted, and the remedy.

    `is_own` is whether the file itself belongs to the reader or to root, so that no other user put it there. `content`
    is the beginning of the file, to find out whether the program depends on it; None if it cannot be read.
    """

    path: Path
    reason: str
    remedy: str
    is_own: bool
    content: bytes | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return f"{self.path} is ignored: {self.reason}. {self.remedy}"


def read_trusted(path: Path) -> bytes | Distrust:
    """Return the content of a file, or why it is not trusted. The content of a device such as /dev/null is empty.

    Raises OSError if there is no file, or if it is the reader's own file and cannot be read.
    """
    path = path.absolute()
    distrust = _distrust_of_the_way(path)
    try:
        # A FIFO must not make the reader wait.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except PermissionError:
        status = path.stat()
        if status.st_uid not in _trusted_owners():
            return _of_another_user(path, status)
        if distrust is None:
            raise
        return distrust
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        distrust = _distrust_of_the_file(path, status) or distrust
        if distrust is None:
            return b"" if stat.S_ISCHR(status.st_mode) else file.read()
        return replace(distrust, content=file.read(_READ_MAX)) if stat.S_ISREG(status.st_mode) else distrust


def _distrust_of_the_file(path: Path, status: os.stat_result) -> Distrust | None:
    if stat.S_ISCHR(status.st_mode):
        return None
    if status.st_uid not in _trusted_owners():
        return _of_another_user(path, status)
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(status.st_mode):
        return Distrust(path, "it is not a regular file", "Replace it by a file", is_own=True)
    if status.st_mode & stat.S_IWOTH:
        reason = f"every user may write to it ({_mode(status)})"
        return Distrust(path, reason, f"Run: chmod go-w {path}", is_own=True)
    if status.st_mode & stat.S_IWGRP and not _is_private_group(path, status):
        reason = f"the group {_group_name(status.st_gid)} may write to it ({_mode(status)})"
        return Distrust(path, reason, f"Run: chmod g-w {path}", is_own=True)
    return None


def _of_another_user(path: Path, status: os.stat_result) -> Distrust:
    reason = f"it belongs to {_user_name(status.st_uid)}, not to you or root"
    remedy = (
        "Copy the settings that you trust to ~/.config/torc/config.toml"
        if path.name == _LOCAL_SETTINGS
        else "Copy it to a file of your own if you trust its content"
    )
    return Distrust(path, reason, remedy, is_own=False)


def _distrust_of_the_way(path: Path) -> Distrust | None:
    """Return the first link or directory on the way with which other users choose the file that is opened."""
    for place, status in way_to(path):
        if stat.S_ISLNK(status.st_mode):
            if status.st_uid not in _trusted_owners():
                reason = f"the link {place} belongs to {_user_name(status.st_uid)}"
                return Distrust(path, reason, "Replace the link by a file of your own", is_own=False)
        elif stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_IWOTH and not status.st_mode & stat.S_ISVTX:
            reason = f"every user may replace files in {place} ({_mode(status)})"
            return Distrust(path, reason, f"Run: chmod o-w {place}", is_own=path.stat().st_uid in _trusted_owners())
    return None


def way_to(path: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Yield each link, directory and file that the kernel passes to open an absolute path."""
    place, num_links = Path("/"), 0
    remaining = list(reversed(path.parts[1:]))
    yield place, place.lstat()
    while remaining:
        name = remaining.pop()
        if name == "..":
            place = place.parent
            continue
        following = place / name
        status = following.lstat()
        yield following, status
        if not stat.S_ISLNK(status.st_mode):
            place = following
            continue
        num_links += 1
        if num_links > _MAX_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
        target = following.readlink()
        if target.is_absolute():
            place = Path("/")
        remaining += reversed([part for part in target.parts if part != "/"])


def _is_private_group(path: Path, status: os.stat_result) -> bool:
    """Whether the group of a file is that of its owner alone, as the umask 002 expects.

    Such a group has the name of its owner and no other member.
    """
    try:
        owner = pwd.getpwuid(status.st_uid)
        group = grp.getgrgid(status.st_gid)
    except KeyError:
        return False
    if owner.pw_gid != group.gr_gid or owner.pw_name != group.gr_name or set(group.gr_mem) - {owner.pw_name}:
        return False
    try:
        os.getxattr(path, _ACCESS_LIST)
    except OSError:
        return True
    return False


def _trusted_owners() -> set[int]:
    return {os.geteuid(), ROOT}


def _user_name(uid: int) -> str:
    try:
        return f"user {pwd.getpwuid(uid).pw_name}"
    except KeyError:
        return f"user {uid}"


def _group_name(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)


def _mode(status: os.stat_result) -> str:
    return f"mode {stat.S_IMODE(status.st_mode):04o}"
