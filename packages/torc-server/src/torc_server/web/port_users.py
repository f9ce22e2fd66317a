"""Which process listens on a TCP port of this machine, as the kernel reports it in /proc."""

import contextlib
import os
import pwd
from collections.abc import Iterator
from pathlib import Path

from torc_server.edge.terminal_text import inert_line

_LISTEN = "0A"
_TABLES = ("/proc/net/tcp", "/proc/net/tcp6")


def user_of_port(port: int) -> str:
    """Describe the program that listens on a port: its name and process id, or its user, or "another program".

    Only root sees the processes of other users.
    """
    sockets = dict(_listening(port))
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if any(_inode_of(each) in sockets for each in (process / "fd").iterdir()):
                return f"{_name_of(process)}, process {process.name}"
    names = {_user_name(uid) for uid in sockets.values()}
    return f"a program of the user {' or '.join(sorted(names))}" if names else "another program"


def _listening(port: int) -> Iterator[tuple[str, int]]:
    """Yield the inode and the user id of each socket that listens on the port."""
    for table in _TABLES:
        with contextlib.suppress(OSError):
            for line in Path(table).read_text(encoding="ascii").splitlines()[1:]:
                words = line.split()
                if words[3] == _LISTEN and int(words[1].rpartition(":")[2], 16) == port:
                    yield words[9], int(words[7])


def _inode_of(descriptor: Path) -> str | None:
    with contextlib.suppress(OSError):
        target = os.readlink(descriptor)  # noqa: PTH115 - a text, not a path
        if target.startswith("socket:["):
            return target[8:-1]
    return None


def _name_of(process: Path) -> str:
    return inert_line((process / "comm").read_text(encoding="utf-8", errors="replace").strip()) or "another program"


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
