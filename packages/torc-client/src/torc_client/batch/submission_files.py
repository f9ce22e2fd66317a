"""The files of a submission: its script, and a folder that only its user can read, for what no one else may know.

OUTPUT/PREFIXwf7_4711_1.sh       the script; it is kept
OUTPUT/submission_3/token        the token of its runners
OUTPUT/submission_3/cookie       the cookies for a proxy in front of the server
OUTPUT/submission_3/unanswered   present if the batch system did not answer
"""

import os
from contextlib import suppress
from itertools import count
from pathlib import Path

from torc_client.edge.output_files import PRIVATE, make_folder, write_text
from torc_client.errors import TorcError

_UNANSWERED = "unanswered"
_OWN_FILES = ("token", "cookie", _UNANSWERED)
_UNFIT = frozenset("/\0\n\r")


def output_folder(folder: Path) -> Path:
    """Return a folder as an absolute path, after creating it. Raises TorcError if files cannot be written there."""
    absolute = Path(os.path.abspath(folder))  # noqa: PTH100 - links of the path stay, as the nodes may resolve others
    try:
        make_folder(absolute)
        if not absolute.is_dir():
            raise NotADirectoryError(0, "it is not a folder")
        if not os.access(absolute, os.W_OK | os.X_OK):
            raise PermissionError(0, "you may not write to it")
    except OSError as error:
        raise TorcError(
            f"The output folder {absolute} cannot be used: {error.strerror}.", "Choose another one with --output-dir."
        ) from error
    return absolute


def submission_folder(output: Path, submission_id: int) -> Path:
    """Return the private folder of a submission."""
    return output / f"submission_{submission_id}"


def write_secret(output: Path, submission_id: int, name: str, text: str) -> Path:
    """Write a secret of a submission with mode 0600 into its folder with mode 0700. Raises OSError."""
    folder = submission_folder(output, submission_id)
    folder.mkdir(0o700, exist_ok=True)
    write_text(folder / name, f"{text}\n", PRIVATE)
    return folder / name


def remove_secrets(output: Path, submission_id: int) -> None:
    """Remove the folder of a submission whose allocations have all ended, or were never accepted.

    The server names the output folder, so nothing else is removed, and a folder with other files stays.
    """
    folder = submission_folder(output, submission_id)
    if folder.is_symlink():
        return
    with suppress(OSError):
        for name in _OWN_FILES:
            (folder / name).unlink(missing_ok=True)
        folder.rmdir()


def note_unanswered(output: Path, submission_id: int) -> None:
    """Note that the batch system did not answer, and that no process waits for its answer. Raises OSError."""
    write_secret(output, submission_id, _UNANSWERED, "")


def is_unanswered(output: Path, submission_id: int) -> bool:
    """Whether the process that submitted it noted that the batch system did not answer."""
    return (submission_folder(output, submission_id) / _UNANSWERED).exists()


def require_prefix(prefix: str) -> None:
    """Raise TorcError for a prefix that cannot begin the name of a file."""
    if not _UNFIT.isdisjoint(prefix) or prefix.startswith("-"):
        raise TorcError(
            f"{prefix!r} cannot be a job prefix: names of scripts begin with it.", "Use letters, digits, - and _."
        )


def script_path(output: Path, prefix: str, workflow_id: int) -> Path:
    """Return the path of a new script."""
    names = (output / f"{prefix}wf{workflow_id}_{os.getpid()}_{number}.sh" for number in count(1))
    return next(path for path in names if not path.exists())


def write_script(path: Path, text: str) -> None:
    """Write a script with mode 0700. Raises OSError; FileExistsError if there is one."""
    write_text(path, text, PRIVATE, replaces=False)
    path.chmod(0o700)


def remove_script(path: Path) -> None:
    """Remove the script of a refused request, if it was written. Raises OSError."""
    path.unlink(missing_ok=True)
