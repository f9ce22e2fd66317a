"""Choose a workflow or a record when the command line has no id."""

from typing import TYPE_CHECKING

from torc_client.client import TorcClient, current_user
from torc_client.errors import TorcError

if TYPE_CHECKING:
    from torc_client.cli.framework.vocabulary import ResourceSpec

_MAX_SHOWN = 50


async def pick(client: TorcClient, workflow_id: int | None) -> int:
    """Return `workflow_id`; if it is None, the user's only workflow or the one that the user chooses.

    Raises TorcError if there is no workflow, and without a terminal if there are several.
    """
    if workflow_id is not None:
        return workflow_id
    user = current_user()
    page = await client.workflows.list_workflows(user=user, is_archived=False, limit=_MAX_SHOWN, reverse_sort=True)
    ids = [workflow.id for workflow in page.items if workflow.id is not None]
    if not ids:
        raise TorcError(f"{user} has no workflows on this server.", "Create one: torc workflows create FILE")
    if len(ids) == 1:
        return ids[0]
    from torc_client.cli.framework.output import ask
    from torc_client.cli.framework.output.show import say

    if not ask.is_possible():
        raise TorcError("There are several workflows. Specify the id of one.", "`torc workflows list` shows the ids.")
    for workflow in page.items:
        say(f"{workflow.id:>8}  {workflow.name}")
    chosen = ask.number("Workflow id")
    if chosen not in ids:
        raise TorcError(f"{chosen} is not one of these workflows.")
    return chosen


async def pick_record(client: TorcClient, resource: "ResourceSpec", id: int | None) -> int:
    """Return `id`; if it is None, the record that the user chooses.

    Raises MissingParameter without a terminal, and TorcError if there is no record.
    """
    if id is not None:
        return id
    import click

    from torc_client.cli.framework.output import ask
    from torc_client.cli.framework.output.show import say

    if not ask.is_possible():
        raise click.MissingParameter(param_hint="'ID'", param_type="argument")
    workflow_id = await pick(client, None)
    page = await resource.operation_of(client, workflow_id)(offset=0, limit=_MAX_SHOWN)
    if not page.items:
        raise TorcError(
            f"Workflow {workflow_id} has no {resource.plural}.",
            resource.when_empty.replace("WORKFLOW_ID", str(workflow_id)) or None,
        )
    for record in page.items:
        say(f"{record.id:>8}  {getattr(record, 'name', '') or ''}")
    if page.has_more:
        say(f"     ...  {page.total_count - len(page.items)} more")
    return ask.number(f"{resource.singular[0].upper()}{resource.singular[1:]} id")


async def named(client: TorcClient, workflow_id: int) -> str:
    """Return the title of a table for a workflow: "workflow 7 (sweep)". Raises NotFoundError."""
    return f"workflow {workflow_id} ({(await client.workflows.get_workflow(workflow_id)).name})"
