"""Compare the modification times of files with those that the server stores."""

from pathlib import Path

from torc_client.answers import id_of
from torc_client.api.records import FileModel, FileTime
from torc_client.client import TorcClient
from torc_client.paging import iterate

# Copying files between file systems rounds their times.
_TOLERANCE_SECONDS = 0.01
HERE = Path()
"""The current directory, where relative paths start by default."""


def modified_at(file: FileModel, folder: Path = HERE) -> float | None:
    """Return when a file was last modified, in seconds since 1970; None if this machine does not see it."""
    try:
        return (folder / file.path).stat().st_mtime
    except OSError:
        return None


def is_unchanged(file: FileModel, modified: float | None) -> bool:
    """Whether the modification time of a file is the one that the server stores."""
    if modified is None or file.st_mtime is None:
        return modified is None and file.st_mtime is None
    return abs(modified - file.st_mtime) <= _TOLERANCE_SECONDS


async def changed_file_times(client: TorcClient, workflow_id: int, folder: Path = HERE) -> list[FileTime]:
    """Return the modification times of a workflow's files that the server does not know yet.

    Relative paths start at `folder`.
    """
    files = [file async for file in iterate(client.files.list_files, workflow_id=workflow_id)]
    times = [(file, modified_at(file, folder)) for file in files]
    return [
        FileTime(file_id=id_of(file), st_mtime=modified) for file, modified in times if not is_unchanged(file, modified)
    ]
