"""`torc jobs running`."""

from datetime import UTC, datetime

import click

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.counted import records_and_total
from torc_client.cli.framework.options import LIMIT_HELP, workflow_argument
from torc_client.cli.framework.picker import named, pick
from torc_client.cli.framework.results import Column, Listing


def elapsed(start_time: str) -> str:
    """Return the time since `start_time` (ISO 8601) as hours, minutes and seconds."""
    begun = datetime.fromisoformat(start_time)
    begun = begun if begun.tzinfo else begun.replace(tzinfo=UTC)
    seconds = max(0, int((datetime.now(UTC) - begun).total_seconds()))
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


_COLUMNS = (
    Column("ID", "job_id", right=True),
    Column("Name", "job_name"),
    Column("Compute node", "compute_node_name"),
    Column("Type", "scheduler_type"),
    Column("Scheduler job", "scheduler_job_id"),
    Column("Elapsed", "start_time", elapsed, right=True),
)


@command(short_help="List running jobs with node and duration.")
@workflow_argument
@click.option("-l", "--limit", type=click.IntRange(min=0), help=LIMIT_HELP)
@click.option("--offset", type=click.IntRange(min=0), default=0, help="Number of records to skip.")
async def running(app: App, workflow_id: int | None, limit: int | None, offset: int) -> Listing:
    """List the running jobs with compute node, allocation and elapsed time."""
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id, is_titled=app.format == "table")
        title = await named(client, workflow_id)
        operation = client.workflows.get_running_jobs
        items, total = await records_and_total(operation, offset=offset, limit=app.page_limit(limit), id=workflow_id)
    hint = f"Show the progress: torc workflows status {workflow_id}. Start a runner: torc run {workflow_id}"
    return Listing(items, _COLUMNS, "running job", "running jobs", title, hint, total)
