"""`torc tasks ...`."""

import click

from torc_client.api.enums import TaskStatus
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Record
from torc_client.workflow_operations.task_wait import wait_for_task


@command(short_help="Show one task.")
@click.argument("id", type=int)
async def get(app: App, id: int) -> Record:
    """Show what the server does in the background, and how far it is."""
    async with app.client() as client:
        return Record(await client.tasks.get_task(id), f"Task {id}")


@command(short_help="Wait until a task has ended.")
@click.argument("id", type=int)
@click.option("--timeout", type=click.FloatRange(min=0), metavar="SECONDS", help="Give up after so long: exit code 1.")
@click.option(
    "--poll-fallback-interval",
    type=click.FloatRange(min=1),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="How long one request waits at most.",
)
async def wait(app: App, id: int, timeout: float | None, poll_fallback_interval: float) -> Record:  # noqa: ASYNC109
    """Wait until a task has ended, and show it; exit code 1 if it failed."""
    async with app.client() as client:
        task = await wait_for_task(client, id, limit_seconds=timeout, longest_wait_seconds=poll_fallback_interval)
    return Record(task, f"Task {id}", failed=task.status is TaskStatus.FAILED)
