"""The type of the file system of a database. File systems of several machines cannot share memory between them."""

import ctypes
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

# Type numbers of statfs(2) for network file systems, and for those that may be (FUSE: sshfs and others).
NETWORK: Mapping[int, str] = {
    0x6969: "NFS",
    0x0BD00BD0: "Lustre",
    0x47504653: "GPFS",
    0x19830326: "BeeGFS",
    0xFF534D42: "CIFS",
    0xFE534D42: "SMB",
    0x517B: "SMB",
    0x65735546: "FUSE",
    0x01021997: "9P",
    0x00C36400: "Ceph",
    0xAAD7AAEA: "PanFS",
    0x5346414F: "AFS",
    0x6B414653: "AFS",
    0x73757245: "Coda",
    0x7461636F: "OCFS2",
    0x01161970: "GFS2",
}

# Types whose files can have another inode after the next mount, without having been copied.
_UNSTABLE_INODES = frozenset({"CIFS", "SMB", "FUSE", "9P", "AFS", "Coda"})
_OVERLAY = 0x794C7630

# struct statfs is smaller than this on all platforms; its first field is the type.
_ROOM_BYTES = 512
_MASK = 0xFFFFFFFF

TypeOf = Callable[[Path], int]


def type_of(folder: Path) -> int:
    """Return the type number of a folder's file system; 0 if the kernel does not report it."""
    if sys.platform != "linux":
        return 0
    answer = ctypes.create_string_buffer(_ROOM_BYTES)
    if ctypes.CDLL(None).statfs(os.fsencode(folder), answer) != 0:
        return 0
    return ctypes.c_long.from_buffer(answer).value & _MASK


def has_stable_inodes(database: Path, ask: TypeOf = type_of) -> bool:
    """Whether a file keeps its inode as long as it exists."""
    number = ask(Path(os.path.realpath(database)).parent)
    return number != _OVERLAY and NETWORK.get(number) not in _UNSTABLE_INODES


def network_of(database: Path, ask: TypeOf = type_of) -> str | None:
    """Return the name of the network file system of a database path; None for a local file system."""
    folder = Path(os.path.realpath(database)).parent
    return NETWORK.get(ask(folder))
