"""The log of a tunnel: bounded, without secrets, and only for its user."""

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from torc_client.edge.log_redaction import redacted

_MAX_BYTES = 1024 * 1024


class TunnelLog:
    """A file to which lines with their time are appended. It begins again when it is full."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, line: str) -> None:
        """Append a line. A file system that is full loses it."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        with suppress(OSError):
            descriptor = os.open(self._path, flags, 0o600)
            try:
                if os.fstat(descriptor).st_size > _MAX_BYTES:
                    os.ftruncate(descriptor, 0)
                now = datetime.now(UTC).isoformat(timespec="seconds")
                os.write(descriptor, f"{now} {redacted(line)}\n".encode())
            finally:
                os.close(descriptor)
