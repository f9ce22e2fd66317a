"""One command as a process: its latest output, its end, and how it is stopped."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

# The end of the output that is kept.
MOST_KEPT_BYTES = 256 * 1024
_PIECE_BYTES = 64 * 1024


class TaskState(StrEnum):
    """The state of a task."""

    RUNNING = "running"
    STOPPING = "stopping"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class TaskProcess:
    """A process in a session of its own. `done` is set when it has ended and all its output was read."""

    def __init__(self) -> None:
        self.started_at = datetime.now(UTC)
        self.ended_at: datetime | None = None
        self.return_code: int | None = None
        self.done = asyncio.Event()
        self._output = bytearray()
        self._dropped_bytes = 0
        self._is_stopping = False
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None

    async def start(self, argv: Sequence[str], environment: Mapping[str, str], folder: Path) -> None:
        """Start the process. Raises OSError."""
        self._process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=dict(environment),
            cwd=folder,
            start_new_session=True,
        )
        self._reader = asyncio.create_task(self._read(self._process))

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        try:
            while process.stdout is not None and (piece := await process.stdout.read(_PIECE_BYTES)):
                self._output += piece
                if len(self._output) > MOST_KEPT_BYTES:
                    surplus = len(self._output) - MOST_KEPT_BYTES
                    self._dropped_bytes += surplus
                    del self._output[:surplus]
            self.return_code = await process.wait()
        finally:
            self.ended_at = datetime.now(UTC)
            self.done.set()

    @property
    def state(self) -> TaskState:
        """Whether the process runs, or how it ended."""
        if not self.done.is_set():
            return TaskState.STOPPING if self._is_stopping else TaskState.RUNNING
        return TaskState.FAILED if self.return_code else TaskState.SUCCEEDED

    @property
    def dropped_bytes(self) -> int:
        """The size of the beginning of the output that is no longer kept."""
        return self._dropped_bytes

    @property
    def output(self) -> str:
        """The end of the output. Bytes that are not UTF-8 are replaced."""
        return self._output.decode("utf-8", "replace")

    def stop(self) -> None:
        """Ask the process to end, once: a runner that is asked twice kills its jobs."""
        if self._process is None or self.done.is_set() or self._is_stopping:
            return
        self._is_stopping = True
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the process and all processes of its group at once."""
        if self._process is None or self.done.is_set():
            return
        self._is_stopping = True
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    async def end(self, patience_seconds: float) -> None:
        """Stop the process, and wait until it has ended: at most `patience_seconds` before it is killed."""
        self.stop()
        try:
            async with asyncio.timeout(patience_seconds):
                await self.done.wait()
        except TimeoutError:
            self.kill()
            await self.done.wait()
