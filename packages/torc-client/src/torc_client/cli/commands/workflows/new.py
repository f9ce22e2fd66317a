"""`torc workflows new`."""

import click

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Done


@command(short_help="Create a workflow without jobs.")
@click.option("-n", "--name", required=True, help="What people call it.")
@click.option("-d", "--description", help="What it is for.")
async def new(app: App, name: str, description: str | None) -> Done:
    """Create a workflow without jobs; `torc jobs create` and others fill it."""
    from torc_client.api.records import WorkflowModel  # noqa: PLC0415 - help needs no records
    from torc_client.client import current_user  # noqa: PLC0415

    workflow = WorkflowModel(name=name, user=current_user(), description=description)
    async with app.client() as client:
        made = await client.workflows.create_workflow(workflow)
    return Done(
        f"Created workflow {made.id}. Add jobs: torc jobs create {made.id} --name NAME --command COMMAND",
        {"workflow_id": made.id, "name": name},
    )
