"""Opens, deletes and annotates the files that jobs write their output to."""

import contextlib
import os
from pathlib import Path

from torc_runner.stdio_files import StdioFiles

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW


def delete_files(files: StdioFiles) -> None:
    """Delete the files of an attempt. Errors are ignored."""
    for path in {files.stdout, files.stderr} - {os.devnull}:
        with contextlib.suppress(OSError):
            os.unlink(path)  # noqa: PTH108  a Path for each job costs more than the call


def open_stdio(files: StdioFiles) -> tuple[int, int]:
    """Open and empty both files. The caller closes the descriptors. OSError names the file that cannot be opened."""
    stdout = open_file(files.stdout)
    try:
        return stdout, open_file(files.stderr)
    except OSError:
        os.close(stdout)
        raise


def open_file(path: str, flags: int = _FLAGS) -> int:
    """Open a file for output and create its folder if it is missing. Raises OSError."""
    try:
        return os.open(path, flags, 0o666)
    except FileNotFoundError:
        # The first job creates the folder. It may also have been removed since.
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, flags, 0o666)


def leave_note(files: StdioFiles, text: str) -> None:
    """Append a sentence of the runner to the job's stderr file. Errors are ignored."""
    with contextlib.suppress(OSError):
        stderr = open_file(files.stderr, _FLAGS & ~os.O_TRUNC)
        try:
            os.write(stderr, f"{text}\n".encode(errors="replace"))
        finally:
            os.close(stderr)
