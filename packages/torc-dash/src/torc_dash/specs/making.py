"""Start a command that creates a workflow from a file, and find out which one it created."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

from torc_client.edge.terminal_text import inert
from torc_dash.tasks.process import TaskState
from torc_dash.tasks.registry import Task, Tasks

_CREATED = re.compile(r'"workflow_id":\s*([0-9]{1,18})')
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")


class NotMadeError(Exception):
    """No workflow was created. The text of the error says why."""


@contextlib.asynccontextmanager
async def scratch_folder() -> AsyncIterator[Path]:
    """Return a folder for files of this user that exists until the end of the block."""
    folder = await asyncio.to_thread(TemporaryDirectory, prefix="torc-dash-")
    try:
        yield Path(folder.name)
    finally:
        await asyncio.to_thread(folder.cleanup)


async def made_by(tasks: Tasks, task: Task, file: Path) -> int:
    """Wait for the end of a command that read `file`, and return the id of the workflow. Raises NotMadeError."""
    await task.process.done.wait()
    output = inert(task.process.output)
    found = _CREATED.search(output)
    if task.process.state is not TaskState.SUCCEEDED or found is None:
        raise NotMadeError(output.replace(str(file), file.name).strip() or "The command ended without a reason.")
    workflow_id = int(found[1])
    tasks.concern(task.id, workflow_id)
    return workflow_id


def file_name(name: str, format_name: str) -> str:
    """Return the name of a file for something with this name."""
    return f"{_UNSAFE.sub('_', name).strip('._-')[:80] or 'spec'}.{format_name}"
