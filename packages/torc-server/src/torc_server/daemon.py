"""What a server in the background leaves behind, the terminal, and what it keeps, a file with its process id."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

USUAL_PID_FILE = Path("/var/run/torc-server.pid")


class PidFileError(Exception):
    """The file for the process id cannot be had; the message says what to do."""


def leave_terminal() -> None:
    """Let stdin, stdout and stderr lead nowhere: what comes now stands in the log's file, if there is one."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


@contextlib.contextmanager
def pid_file(path: Path) -> Iterator[None]:
    """Keep this process's id in a file as long as the block lasts; one that a killed server left is taken over.

    Raises PidFileError where another server holds it, and where it cannot be written.
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
                f"{path} belongs to another torc-server that runs; name another file with --pid-file"
            ) from error
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
    finally:
        os.close(descriptor)
