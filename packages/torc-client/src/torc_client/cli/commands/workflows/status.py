"""`torc workflows status`."""

from torc_client.cli.framework import shapes
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.picker import pick
from torc_client.cli.framework.results import Record

_MEMBERS = (
    "workflow_id", "workflow_name", "workflow_user", "run_id", "is_complete", "is_canceled", "is_archived",
    "total_jobs", "jobs_by_status", "walltime_formatted", "total_exec_time_formatted", "active_compute_nodes",
    "active_scheduled_nodes", "pending_scheduled_nodes",
)  # fmt: skip


@command(short_help="Show the progress of a workflow.")
@workflow_argument
async def status(app: App, workflow_id: int | None) -> Record:
    """Show the progress of a workflow: jobs by status, nodes and elapsed time."""
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        current = await client.workflows.get_workflow_status(workflow_id)
    return Record(current, f"Status of workflow {workflow_id}", members=_MEMBERS, shape=shapes.STATUS)
