"""When files were last changed: what the server was told, and what is seen from here."""

import asyncio
from pathlib import Path

from torc_client.api.records import FileModel
from torc_client.client import TorcClient
from torc_client.paging import iterate

# Copying files between file systems rounds their times.
_SAME_SECONDS = 0.01
# So many requests at once: the server commits them together.
_AT_ONCE = 32


def changed_at(file: FileModel) -> float | None:
    """Return when a file was changed, in seconds since 1970; None where it is not seen from here."""
    try:
        return Path(file.path).stat().st_mtime
    except OSError:
        return None


def is_unchanged(file: FileModel, seen: float | None) -> bool:
    """Whether a file is as the server was told, by the time of its last change."""
    if seen is None or file.st_mtime is None:
        return seen is None and file.st_mtime is None
    return abs(seen - file.st_mtime) <= _SAME_SECONDS


async def remember_times(client: TorcClient, workflow_id: int) -> None:
    """Tell the server how the files of a workflow are now, as far as they are not as it was told before."""
    limit = asyncio.Semaphore(_AT_ONCE)

    async def remember(file: FileModel, seen: float | None) -> None:
        told = FileModel(workflow_id=workflow_id, name=file.name, path=file.path, st_mtime=seen)
        async with limit:
            await client.files.update_file(file.id or 0, told)

    files = [file async for file in iterate(client.files.list_files, workflow_id=workflow_id)]
    seen = [(file, changed_at(file)) for file in files]
    await asyncio.gather(*(remember(file, time) for file, time in seen if not is_unchanged(file, time)))
