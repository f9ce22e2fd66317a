"""The progress of `run` in one line on stderr, for the person in front of a terminal or a notebook."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TextIO

from torc_client.api.enums import JobStatus
from torc_client.api.records import WorkflowStatusResponse
from torc_client.client import TorcClient
from torc_client.edge.terminal_text import inert
from torc_client.errors import TorcError
from torc_client.job_statuses import ACTIVE, COMPLETE, count_in
from torc_client.text import about

_PAUSE_SECONDS = 2.0
_LEAST_MEASURED = 2
"""Jobs that must have ended before the time that is left is estimated."""
_UNSUCCESSFUL = (JobStatus.FAILED, JobStatus.TERMINATED, JobStatus.CANCELED)
_USUAL_COLUMNS = 80


@asynccontextmanager
async def progress_shown(client: TorcClient, workflow_id: int) -> AsyncIterator[None]:
    """Show the progress of a workflow, from some seconds on, if stderr is a terminal or the output of a notebook.

    The last line stays when the work of the context has ended.
    """
    if not _is_read(sys.stderr):
        yield
        return
    line = _ProgressLine(sys.stderr)
    following = asyncio.create_task(_follow(client, workflow_id, line))
    try:
        yield
        if line.is_shown:
            with suppress(TorcError):
                line.show(await client.workflows.get_workflow_status(workflow_id))
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
        line.end()


def _is_read(stream: TextIO | None) -> bool:
    """Return whether a person reads what is written: in a terminal, or below a cell of a notebook."""
    if stream is None:
        return False
    is_of_notebook = type(stream).__module__.partition(".")[0] == "ipykernel"
    return is_of_notebook or (stream.isatty() and os.environ.get("TERM") != "dumb")


async def _follow(client: TorcClient, workflow_id: int, line: "_ProgressLine") -> None:
    while True:
        await asyncio.sleep(_PAUSE_SECONDS)
        with suppress(TorcError):  # an outage: the runner continues
            line.show(await client.workflows.get_workflow_status(workflow_id))


class _ProgressLine:
    """A line that is written again in its place."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._began = time.monotonic()
        self._first: int | None = None
        self._width = 0
        self.is_shown = False

    def show(self, status: WorkflowStatusResponse) -> None:
        """Write the line in place of the earlier one."""
        done = count_in(status.jobs_by_status, COMPLETE)
        if self._first is None:
            self._first = done
        text = _sentence(status, self._seconds_left(done - self._first, status.total_jobs - done))
        text = text[: _columns(self._stream) - 1]
        self._write(f"\r{text.ljust(self._width)}")
        self._width = len(text)
        self.is_shown = True

    def end(self) -> None:
        """Let later output begin in a line of its own."""
        if self.is_shown:
            self._write("\n")

    def _seconds_left(self, num_ended: int, num_left: int) -> float | None:
        if num_ended < _LEAST_MEASURED or num_left <= 0:
            return None
        return (time.monotonic() - self._began) * num_left / num_ended

    def _write(self, text: str) -> None:
        with suppress(OSError, ValueError):  # the terminal is gone
            self._stream.write(text)
            self._stream.flush()


def _sentence(status: WorkflowStatusResponse, seconds_left: float | None) -> str:
    jobs = status.jobs_by_status
    total = status.total_jobs - jobs.disabled
    troubles = [f"{number} {one.value}" for one in _UNSUCCESSFUL if (number := count_in(jobs, [one]))]
    left = [] if seconds_left is None else [about(seconds_left)]
    done, running = min(total, count_in(jobs, COMPLETE)), count_in(jobs, ACTIVE)
    parts = [f"{done} of {total}", *([f"{running} running"] if done < total else []), *troubles, *left]
    return inert(f"Workflow {status.workflow_id} ({status.workflow_name}): {' · '.join(parts)}")


def _columns(stream: TextIO) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns or _USUAL_COLUMNS
    except (OSError, ValueError, AttributeError):
        return _USUAL_COLUMNS
