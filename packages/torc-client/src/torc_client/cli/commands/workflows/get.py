"""`torc workflows get`."""

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.picker import pick
from torc_client.cli.framework.results import Record


@command(short_help="Show a workflow.")
@workflow_argument
async def get(app: App, workflow_id: int | None) -> Record:
    """Show a workflow with all its fields."""
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        return Record(await client.workflows.get_workflow(workflow_id), f"Workflow {workflow_id}")
