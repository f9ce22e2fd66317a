"""Support for a server in the background: detaches from the terminal and keeps a file with the process id."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from torc_server.start_errors import CannotStart

USUAL_PID_FILE = Path("/var/run/torc-server.pid")


class PidFileError(CannotStart):
    """The file for the process id cannot be written or locked. The message has the remedy."""


def leave_terminal() -> None:
    """Redirect stdin, stdout and stderr to /dev/null. Only a log file gets later messages."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


@contextlib.contextmanager
def pid_file(path: Path) -> Iterator[None]:
    """Keep the id of this process in a file during the block. The file of a killed server is reused.

    Raises PidFileError if another server has locked the file, or if it cannot be written.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    except OSError as error:
        raise PidFileError(
            f"cannot write the process id to {path}: {error.strerror}; name another file with --pid-file"
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise PidFileError(
                f"{path} belongs to another running torc-server; name another file with --pid-file"
            ) from error
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
    finally:
        os.close(descriptor)
