"""`torc tasks ...`."""

import click

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Detail


@command(short_help="Show one task.")
@click.argument("id", type=int)
async def get(app: App, id: int) -> Detail:
    """Show what the server does in the background, and how far it is."""
    async with app.client() as client:
        return Detail(await client.tasks.get_task(id), f"Task {id}")


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
async def wait(app: App, id: int, timeout: float | None, poll_fallback_interval: float) -> Detail:  # noqa: ASYNC109
    """Wait until a task has ended, and show it; exit code 1 if it failed."""
    from torc_client.api.enums import TaskStatus  # noqa: PLC0415 - help needs no network
    from torc_client.workflow_operations.task_wait import wait_for_task  # noqa: PLC0415

    async with app.client() as client:
        task = await wait_for_task(client, id, limit_seconds=timeout, longest_wait_seconds=poll_fallback_interval)
    return Detail(task, f"Task {id}", failed=task.status is TaskStatus.FAILED)
