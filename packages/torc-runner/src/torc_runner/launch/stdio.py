"""Opens, deletes and annotates the files that jobs write their output to."""

import contextlib
import os

from torc_client import shared_folders
from torc_runner.stdio_files import StdioFiles

_LAST_BYTES = 4096
_OWN = "torc-runner: "


def delete_files(files: StdioFiles) -> None:
    """Delete the files of an attempt. Errors are ignored."""
    for path in {files.stdout, files.stderr} - {os.devnull}:
        with contextlib.suppress(OSError):
            os.unlink(path)  # noqa: PTH108  a Path for each job costs more than the call


def open_stdio(files: StdioFiles) -> tuple[int, int]:
    """Create both files. The caller closes the descriptors. OSError names the file that cannot be created."""
    stdout = create_file(files.stdout)
    try:
        return stdout, os.dup(stdout) if files.stderr == files.stdout else create_file(files.stderr)
    except OSError:
        os.close(stdout)
        raise


def create_file(path: str) -> int:
    """Create a file for output, in place of one with this name, and its folder if it is missing. Raises OSError."""
    if path == os.devnull:
        return os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    return shared_folders.create_file(path)


def leave_note(files: StdioFiles, text: str) -> None:
    """Append a sentence of the runner to the job's stderr file. Errors are ignored."""
    if files.stderr == os.devnull:
        return
    with contextlib.suppress(OSError):
        try:
            stderr = shared_folders.open_file(files.stderr, os.O_WRONLY | os.O_APPEND)
        except FileNotFoundError:
            stderr = create_file(files.stderr)
        try:
            os.write(stderr, f"{text}\n".encode(errors="replace"))
        finally:
            os.close(stderr)


def last_line(files: StdioFiles) -> str:
    """Return the last line that a job wrote to stderr; empty if there is none, or it cannot be read.

    A note of the runner is not one.
    """
    if files.stderr == os.devnull:
        return ""
    try:
        descriptor = shared_folders.open_file(files.stderr, os.O_RDONLY)
    except OSError:
        return ""
    try:
        size_bytes = os.fstat(descriptor).st_size
        content = os.pread(descriptor, _LAST_BYTES, max(0, size_bytes - _LAST_BYTES))
    except OSError:
        return ""
    finally:
        os.close(descriptor)
    lines = [line.strip() for line in content.decode(errors="replace").split("\n")]
    return next((line for line in reversed(lines) if line and not line.startswith(_OWN)), "")
