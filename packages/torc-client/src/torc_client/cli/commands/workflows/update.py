"""`torc workflows update`."""

from typing import Any

import click

from torc_client.api.records import WorkflowModel
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.document_options import JsonText
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.picker import pick
from torc_client.cli.framework.results import Record


@command(short_help="Change the description of a workflow.")
@workflow_argument
@click.option("-n", "--name", help="New name.")
@click.option("-d", "--description", help="New description.")
@click.option(
    "--owner-user", metavar="USER", help="New owner. With access control, only system administrators can change it."
)
@click.option("--project", help="New project.")
@click.option("--metadata", type=JsonText(), metavar="JSON", help="New metadata, as an object.")
async def update(  # noqa: PLR0917 - click calls it by keyword
    app: App,
    workflow_id: int | None,
    name: str | None,
    description: str | None,
    owner_user: str | None,
    project: str | None,
    metadata: Any,
) -> Record:
    """Change name, description, owner, project or metadata of a workflow. Other fields keep their values."""
    given = {"name": name, "description": description, "user": owner_user, "project": project, "metadata": metadata}
    changes = {member: value for member, value in given.items() if value is not None}
    if not changes:
        raise click.UsageError("Nothing to change: use --name, --description, --owner-user, --project or --metadata.")
    if metadata is not None and not isinstance(metadata, dict):
        raise click.UsageError("--metadata must be an object: {...}.")
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id, changes=True)
        before = await client.workflows.get_workflow(workflow_id)
        whole = WorkflowModel(**{"name": before.name, "user": before.user, **changes})
        return Record(await client.workflows.update_workflow(workflow_id, whole), f"Workflow {workflow_id}")
