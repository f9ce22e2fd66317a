"""`torc tasks`: background tasks of the server."""

import click

from torc_client.api.enums import TaskStatus
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Record
from torc_client.option_types import FiniteRange
from torc_client.workflow_operations.task_wait import wait_for_task


@command(short_help="Show one task.")
@click.argument("id", type=int)
async def get(app: App, id: int) -> Record:
    """Show a background task of the server and its progress."""
    async with app.client() as client:
        return Record(await client.tasks.get_task(id), f"Task {id}")


@command(short_help="Wait until a task ends.")
@click.argument("id", type=int)
@click.option(
    "--timeout", type=FiniteRange(min=0), metavar="SECONDS", help="Give up after this time, with exit code 1."
)
@click.option(
    "--poll-fallback-interval",
    type=FiniteRange(min=1),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="Maximum time that one request waits.",
)
async def wait(app: App, id: int, timeout: float | None, poll_fallback_interval: float) -> Record:  # noqa: ASYNC109
    """Wait until a task ends, and show it. The exit code is 1 if it failed."""
    async with app.client() as client:
        task = await wait_for_task(client, id, limit_seconds=timeout, longest_wait_seconds=poll_fallback_interval)
    return Record(task, f"Task {id}", failed=task.status is TaskStatus.FAILED)
