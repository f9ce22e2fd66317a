"""`torc workflows update`."""

from typing import Any

import click

from torc_client.api.records import WorkflowModel
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.document_options import JsonText
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.picker import pick
from torc_client.cli.framework.results import Record


@command(short_help="Change what is said of a workflow.")
@workflow_argument
@click.option("-n", "--name", help="Its new name.")
@click.option("-d", "--description", help="What it is for.")
@click.option("--owner-user", metavar="USER", help="Whose it is from now on.")
@click.option("--project", help="What it belongs to.")
@click.option("--metadata", type=JsonText(), metavar="JSON", help="What else to keep with it: an object.")
async def update(  # noqa: PLR0917 - click calls it by keyword
    app: App,
    workflow_id: int | None,
    name: str | None,
    description: str | None,
    owner_user: str | None,
    project: str | None,
    metadata: Any,
) -> Record:
    """Change what is said of a workflow. What is not given stays as it is."""
    given = {"name": name, "description": description, "user": owner_user, "project": project, "metadata": metadata}
    changes = {member: value for member, value in given.items() if value is not None}
    if not changes:
        raise click.UsageError("Nothing to change: give --name, --description, --owner-user, --project or --metadata.")
    if metadata is not None and not isinstance(metadata, dict):
        raise click.UsageError("--metadata must be an object: {...}.")
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        before = await client.workflows.get_workflow(workflow_id)
        whole = WorkflowModel(**{"name": before.name, "user": before.user, **changes})
        return Record(await client.workflows.update_workflow(workflow_id, whole), f"Workflow {workflow_id}")
