"""The folder for the sockets of servers that Torc starts itself."""

import os
import tempfile
from pathlib import Path
from typing import Final

_MAX_SOCKET_BYTES: Final = 107
_LONGEST_BELOW: Final = len("/torc-4294967295-0123456789abcdef/torc.sock.lock")


def folder_for_sockets() -> Path:
    """Return the folder for temporary files, or `/tmp` if sockets in folders below it had too long a path.

    The kernel limits the path of a socket to 107 bytes. The `TMPDIR` of a batch job alone can be longer.
    """
    folder = tempfile.gettempdir()
    is_short = len(os.fsencode(folder)) + _LONGEST_BELOW <= _MAX_SOCKET_BYTES
    return Path(folder if is_short else "/tmp")  # noqa: S108 - the folders below it are private
