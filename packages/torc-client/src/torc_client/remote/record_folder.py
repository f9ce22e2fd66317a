"""A folder with state of Torc: records in JSON files of mode 0600, and locks. The folder has mode 0700."""

import errno
import fcntl
import os
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, TypeVar

import msgspec
from msgspec import Struct

from torc_client.edge.output_files import PRIVATE, make_folder, write_text

_NO_LOCKS = frozenset({errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP})
"""Errors of file systems without locks."""

Record = TypeVar("Record", bound=Struct)


class RecordFolder:
    """A folder of records. Files that are missing or damaged are as if they had never been written."""

    files: ClassVar[Mapping[type[Struct], str]]
    """The file of each kind of record."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def create(self) -> None:
        """Create the folder, with mode 0700. Raises OSError."""
        make_folder(self.path, 0o700)

    def read(self, kind: type[Record]) -> Record | None:
        """Return the record of this kind."""
        try:
            return msgspec.json.decode((self.path / self.files[kind]).read_bytes(), type=kind)
        except (OSError, msgspec.DecodeError):
            return None

    def write(self, record: Struct) -> None:
        """Write a record. Raises OSError."""
        write_text(self.path / self.files[type(record)], msgspec.json.encode(record).decode(), PRIVATE)

    def forget(self, *kinds: type[Struct]) -> None:
        """Remove the records of these kinds. Raises OSError."""
        for kind in kinds:
            (self.path / self.files[kind]).unlink(missing_ok=True)

    def lock(self, name: str = "lock") -> int | None:
        """Lock a file and return the descriptor; None if another process has locked it. Raises OSError.

        On a file system without locks, the descriptor is not locked.
        """
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(self.path / name, flags, PRIVATE)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                os.close(descriptor)
                raise
        return descriptor


def state_home(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder for the state of programs of Torc: `~/.local/state/torc`, or that of XDG_STATE_HOME."""
    chosen = Path(environment.get("XDG_STATE_HOME", ""))
    home = Path(environment.get("HOME") or Path.home())
    return (chosen if chosen.is_absolute() else home / ".local" / "state") / "torc"
