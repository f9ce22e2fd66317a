"""Wait for a task that the server does in the background."""

import asyncio

from torc_client.api.enums import TaskStatus
from torc_client.api.records import TaskModel
from torc_client.client import TorcClient
from torc_client.defaults import LONGEST_WAIT_SECONDS
from torc_client.errors import TorcError

_ENDED = {TaskStatus.SUCCEEDED, TaskStatus.FAILED}


async def wait_for_task(
    client: TorcClient, task_id: int, *, limit_seconds: float | None, longest_wait_seconds: float
) -> TaskModel:
    """Wait until a task has succeeded or failed, and return it. One request waits at most `longest_wait_seconds`.

    Raises NotFoundError, and TorcError after `limit_seconds`.
    """
    try:
        async with asyncio.timeout(limit_seconds):
            while (task := await client.tasks.get_task(task_id)).status not in _ENDED:
                # The server answers as soon as the workflow has no active task.
                await client.workflows.get_active_task_for_workflow(
                    task.workflow_id, wait_seconds=min(longest_wait_seconds, LONGEST_WAIT_SECONDS)
                )
    except TimeoutError as error:
        raise TorcError(
            f"Task {task_id} has not ended after {limit_seconds:g} seconds.",
            f"It continues on the server; wait again: torc tasks wait {task_id}",
        ) from error
    return task


async def require_success(client: TorcClient, task_id: int, limit_seconds: float | None) -> TaskModel:
    """Wait for a task, and return it. Raises TorcError if it failed or has not ended after `limit_seconds`."""
    task = await wait_for_task(client, task_id, limit_seconds=limit_seconds, longest_wait_seconds=LONGEST_WAIT_SECONDS)
    if task.status is TaskStatus.FAILED:
        raise TorcError(f"Task {task_id} failed: {task.error}", f"Show the task: torc tasks get {task_id}")
    return task
