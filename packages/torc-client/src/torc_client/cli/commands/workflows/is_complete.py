"""`torc workflows is-complete`."""

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.picker import pick
from torc_client.cli.framework.results import Record


@command("is-complete", short_help="Show whether all jobs have ended.")
@workflow_argument
async def is_complete(app: App, workflow_id: int | None) -> Record:
    """Show whether all jobs of a workflow have ended, and whether it was canceled. The exit code is 0 in both cases."""
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        answer = await client.workflows.is_workflow_complete(workflow_id)
    return Record(answer, f"Workflow {workflow_id}")
