"""Wait for what the server does in the background."""

import asyncio

from torc_client.api.enums import TaskStatus
from torc_client.api.records import TaskModel
from torc_client.client import TorcClient
from torc_client.errors import TorcError

LONGEST_WAIT_SECONDS = 60.0
"""How long one request waits at most."""

_OVER = {TaskStatus.SUCCEEDED, TaskStatus.FAILED}


async def wait_for_task(
    client: TorcClient, task_id: int, *, limit_seconds: float | None, longest_wait_seconds: float
) -> TaskModel:
    """Wait until a task has ended, well or badly, and give it. One request waits `longest_wait_seconds` at most.

    Raises NotFoundError, and TorcError after `limit_seconds`.
    """
    try:
        async with asyncio.timeout(limit_seconds):
            while (task := await client.tasks.get_task(task_id)).status not in _OVER:
                # The server answers as soon as the workflow has no task any more.
                await client.workflows.get_active_task_for_workflow(
                    task.workflow_id, wait_seconds=min(longest_wait_seconds, LONGEST_WAIT_SECONDS)
                )
    except TimeoutError as error:
        raise TorcError(
            f"Task {task_id} has not ended after {limit_seconds:g} seconds.",
            f"It goes on; wait again: torc tasks wait {task_id}",
        ) from error
    return task
