"""Copy files to and from all workers of a workflow, and report each of them."""

import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from torc_client.errors import TorcError
from torc_client.remote import ssh
from torc_client.remote.address import WorkerAddress
from torc_client.remote.lines import failure, failure_of
from torc_client.remote.matching_paths import paths_there
from torc_client.remote.syncing import Progress, Synced, require_rsync, sync_in, sync_out
from torc_client.text import count, size

_PROGRESS_SECONDS = 10.0


class SyncedWorker(Struct, kw_only=True, frozen=True):
    """One worker after files were copied. `links` were left out, and `newer` files are newer here and were kept."""

    worker: str
    is_done: bool
    folder: str = ""
    files: int = 0
    size_bytes: int = 0
    links: int = 0
    newer: int = 0
    missing: list[str] = []
    """The paths that were requested, and that the worker does not have."""
    detail: str = ""
    hint: str = ""


class FileSync:
    """Copies paths between a folder here and the working folder of each worker. `say` gets a line for each worker."""

    def __init__(self, paths: Sequence[str], base: Path, folder: str, say: Callable[[str], None]) -> None:
        self._paths = paths
        self._base = base
        self._folder = folder
        self._say = say

    async def copy_in(self, workers: Sequence[WorkerAddress], *, max_parallel: int) -> list[SyncedWorker]:
        """Copy the paths to each worker."""

        async def copy(worker: WorkerAddress) -> SyncedWorker:
            synced = await sync_in(worker, self._paths, self._base, self._folder, on_progress=self._progress(worker))
            return _synced(worker, synced, f"{worker.destination}:{self._folder}")

        return await self._for_each(workers, copy, max_parallel)

    async def copy_out(
        self, workers: Sequence[WorkerAddress], *, max_parallel: int, is_separate: bool
    ) -> list[SyncedWorker]:
        """Copy the paths from each worker; with `is_separate`, to a folder for each of them.

        Into one folder, the workers are copied one after the other: of two files with one name, the newer one stays.
        """

        async def copy(worker: WorkerAddress) -> SyncedWorker:
            base = self._base / worker.file_name if is_separate else self._base
            found = await paths_there(worker, self._paths, self._folder)
            paths = list(dict.fromkeys(path for each in found.values() for path in each))
            synced = await sync_out(worker, paths, self._folder, base, on_progress=self._progress(worker))
            missing = [pattern for pattern, matches in found.items() if not matches]
            return replace(_synced(worker, synced, str(base)), missing=missing)

        return await self._for_each(workers, copy, max_parallel if is_separate else 1)

    async def _for_each(
        self, workers: Sequence[WorkerAddress], copy: Callable[[WorkerAddress], Awaitable[SyncedWorker]], most: int
    ) -> list[SyncedWorker]:
        require_rsync()
        ended = await ssh.for_each_host(workers, copy, max_parallel=most, on_end=self._report)
        return [_of(each) for each in ended]

    def _report(self, ended: ssh.HostOutcome[SyncedWorker]) -> None:
        for line in lines_of_sync(_of(ended)):
            self._say(line)

    def _progress(self, worker: WorkerAddress) -> Progress:
        next_at = time.monotonic() + _PROGRESS_SECONDS

        def progress(size_bytes: int, percent: int) -> None:
            nonlocal next_at
            if time.monotonic() >= next_at:
                next_at = time.monotonic() + _PROGRESS_SECONDS
                self._say(f"  [...] {worker.text}: {size(size_bytes)} ({percent} %)")

        return progress


def require_all(synced: Sequence[SyncedWorker], what: str) -> None:
    """Raise TorcError if a copy failed."""
    failed = [each.worker for each in synced if not each.is_done]
    if failed:
        raise TorcError(
            f"Files were not copied for {', '.join(failed)}, so {what}.", "Repair the cause, and try again."
        )


def missing_everywhere(synced: Sequence[SyncedWorker]) -> list[str]:
    """Return the requested paths that no worker has. With a worker that failed, this is not known of any path."""
    if not synced or not all(each.is_done for each in synced):
        return []
    return [path for path in synced[0].missing if all(path in each.missing for each in synced)]


def lines_of_sync(worker: SyncedWorker) -> list[str]:
    """Return the lines that report one worker."""
    if not worker.is_done:
        return failure(worker.worker, worker.detail, worker.hint)
    parts = [f"{count('file', worker.files)} ({size(worker.size_bytes)}) copied to {worker.folder}"]
    if worker.links:
        parts.append(f"{count('link', worker.links)} left out, because of targets outside of the copied folder")
    if worker.newer:
        parts.append(f"{count('file', worker.newer)} kept, because of newer times here")
    return [f"  [OK] {worker.worker}: {'; '.join(parts)}"]


def _synced(worker: WorkerAddress, synced: Synced, folder: str) -> SyncedWorker:
    return SyncedWorker(
        worker=worker.text,
        is_done=True,
        folder=folder,
        files=synced.files,
        size_bytes=synced.size_bytes,
        links=synced.links,
        newer=synced.newer,
    )


def _of(ended: ssh.HostOutcome[SyncedWorker]) -> SyncedWorker:
    if ended.value is not None:
        return ended.value
    detail, hint = failure_of(ended.address, ended.error)
    return SyncedWorker(worker=ended.address.text, is_done=False, detail=detail, hint=hint)
