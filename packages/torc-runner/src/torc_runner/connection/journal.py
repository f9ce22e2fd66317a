"""The journal: results on disk until the server has them. One sync covers several results, before they are reported."""

import asyncio
import contextlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from torc_client.api.records import ExchangedCompletion
from torc_client.journal.files import lock, remove
from torc_client.journal.records import Head, Kept, encode
from torc_client.shared_folders import create_file
from torc_runner.log import fields, logger

_SHRINK_BYTES = 64 * 1024
"""A journal above this size is emptied when all of its results are reported."""

_SENT_LATER = "Results left in the journal: the next run with this output folder sends them"
_KEPT = "Results kept in the journal and not sent: the workflow or its compute node was deleted"

_Attempt = tuple[int, int | None]
"""A job and the number of its attempt."""


def _attempt(completion: ExchangedCompletion) -> _Attempt:
    return completion.job_id, completion.result.attempt_id


class Journal:
    """The journal of one runner. The first result creates the file; `close` deletes it if all results are reported."""

    def __init__(self, path: Path, head: Head) -> None:
        self._path = path
        self._head = encode(head)
        self._descriptor = -1
        self._size_bytes = 0
        self._unreported: dict[_Attempt, ExchangedCompletion] = {}
        self._unwritten: dict[_Attempt, ExchangedCompletion] = {}
        """Unreported results whose write failed."""
        self._lock = asyncio.Lock()
        # A sync may be slow on a network file system; jobs start and end meanwhile.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")

    @property
    def unreported(self) -> int:
        """Number of results that the server has neither accepted nor refused yet."""
        return len(self._unreported)

    @property
    def is_lossy(self) -> bool:
        """Whether unreported results are in memory only."""
        return bool(self._unwritten)

    async def keep(self, completions: Sequence[ExchangedCompletion]) -> None:
        """Write results and wait until they are on disk, also if another task writes them already.

        The latest result of an attempt counts. Results whose write failed are written with the next ones.
        """
        if not completions:
            return
        async with self._lock:
            new = {_attempt(each): each for each in completions if self._unreported.get(_attempt(each)) != each}
            if new:
                self._unreported |= new
                await self._write(self._unwritten | new)

    async def _write(self, results: dict[_Attempt, ExchangedCompletion]) -> None:
        content = b"".join([encode(Kept(each)) for each in results.values()])
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._append, content)
        except OSError as error:
            if not self._unwritten:
                logger.warning(
                    "Journal not written: results are kept in memory only %s",
                    fields(path=self._path, reason=error.strerror),
                )
            self._unwritten = {key: each for key, each in results.items() if key in self._unreported}
        else:
            if self._unwritten:
                logger.info("Journal written again %s", fields(path=self._path))
            self._unwritten = {}

    def reported(self, completions: Sequence[ExchangedCompletion]) -> None:
        """Record that the server has accepted or refused results."""
        for each in completions:
            self._unreported.pop(_attempt(each), None)
            self._unwritten.pop(_attempt(each), None)
        if not self._unreported and self._size_bytes > _SHRINK_BYTES:
            with contextlib.suppress(OSError):  # the remaining results are sent again later, which changes nothing
                os.ftruncate(self._descriptor, len(self._head))
                self._size_bytes = len(self._head)

    def close(self, *, is_node_deleted: bool = False) -> None:
        """Delete the journal, unless it has unreported results: the next runner sends them.

        The server does not take the results of a node that was deleted, alone or with its workflow.
        """
        self._thread.shutdown()
        if self._descriptor < 0:
            return
        if self._unreported:
            outlook = _KEPT if is_node_deleted else _SENT_LATER
            logger.warning("%s %s", outlook, fields(path=self._path, results=self.unreported))
        else:
            with contextlib.suppress(OSError):
                remove(self._path)
        os.close(self._descriptor)
        self._descriptor = -1

    def _append(self, content: bytes) -> None:
        """Write after the last whole record. Raises OSError."""
        if self._descriptor < 0 or os.fstat(self._descriptor).st_nlink == 0:
            self._open()
        content = content if self._size_bytes else self._head + content
        written = 0
        try:
            while written < len(content):
                written += os.pwrite(self._descriptor, content[written:], self._size_bytes + written)
            os.fdatasync(self._descriptor)
        except OSError:
            # Remove the partial record.
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, self._size_bytes)
            raise
        self._size_bytes += len(content)

    def _open(self) -> None:
        """Open the file, and create its folder if that was deleted. Raises OSError."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        self._descriptor = create_file(self._path, 0o600, appends=False)
        self._size_bytes = 0
        lock(self._descriptor)
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
