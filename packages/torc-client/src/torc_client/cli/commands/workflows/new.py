"""`torc workflows new`."""

import click

from torc_client.api.records import WorkflowModel
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Message
from torc_client.client import current_user


@command(short_help="Create a workflow without jobs.")
@click.option("-n", "--name", required=True, help="Name of the workflow.")
@click.option("-d", "--description", help="Description of the workflow.")
async def new(app: App, name: str, description: str | None) -> Message:
    """Create a workflow without jobs. Add jobs with `torc jobs create`."""
    workflow = WorkflowModel(name=name, user=current_user(), description=description)
    async with app.client() as client:
        made = await client.workflows.create_workflow(workflow)
    return Message(
        f"Created workflow {made.id}. Add jobs: torc jobs create {made.id} --name NAME --command COMMAND",
        {"workflow_id": made.id},
        record=made,
    )
