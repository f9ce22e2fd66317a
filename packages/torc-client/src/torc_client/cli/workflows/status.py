"""`torc workflows status`."""

from torc_client.cli.context import App, command
from torc_client.cli.options import workflow_argument
from torc_client.cli.results import Detail


@command(short_help="Show how far a workflow is.")
@workflow_argument
async def status(app: App, workflow_id: int | None) -> Detail:
    """Show how far a workflow is: jobs by status, nodes, time spent."""
    from torc_client.cli.picker import pick  # noqa: PLC0415 - help needs no network

    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        return Detail(await client.workflows.get_workflow_status(workflow_id), f"Status of workflow {workflow_id}")
