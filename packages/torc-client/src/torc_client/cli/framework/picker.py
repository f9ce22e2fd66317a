"""Which workflow or record, when a command was given none: the only one there is, or the one a person names."""

from typing import TYPE_CHECKING

from torc_client.client import TorcClient, current_user
from torc_client.errors import TorcError

if TYPE_CHECKING:
    from torc_client.cli.framework.vocabulary import ResourceSpec

_MOST_SHOWN = 50


async def pick(client: TorcClient, workflow_id: int | None) -> int:
    """Return the id that was given, or choose among the caller's workflows. Raises TorcError."""
    if workflow_id is not None:
        return workflow_id
    user = current_user()
    page = await client.workflows.list_workflows(user=user, is_archived=False, limit=_MOST_SHOWN, reverse_sort=True)
    ids = [workflow.id for workflow in page.items if workflow.id is not None]
    if not ids:
        raise TorcError(f"{user} has no workflows on this server.", "Create one: torc workflows create FILE")
    if len(ids) == 1:
        return ids[0]
    from torc_client.cli.framework.output import ask
    from torc_client.cli.framework.output.show import say

    if not ask.is_possible():
        raise TorcError("Which workflow? Give its id.", "`torc workflows list` shows the ids.")
    for workflow in page.items:
        say(f"{workflow.id:>8}  {workflow.name}")
    chosen = ask.number("Workflow id")
    if chosen not in ids:
        raise TorcError(f"{chosen} is none of these workflows.")
    return chosen


async def pick_record(client: TorcClient, words: "ResourceSpec", id: int | None) -> int:
    """Return the id that was given, or let a person choose a workflow and one of its records.

    Raises MissingParameter where nobody is there to choose, and TorcError where there is nothing to choose from.
    """
    if id is not None:
        return id
    import click

    from torc_client.cli.framework.output import ask
    from torc_client.cli.framework.output.show import say

    if not ask.is_possible():
        raise click.MissingParameter(param_hint="'ID'", param_type="argument")
    workflow_id = await pick(client, None)
    page = await words.operation_of(client, workflow_id)(offset=0, limit=_MOST_SHOWN)
    if not page.items:
        raise TorcError(
            f"Workflow {workflow_id} has no {words.plural}.",
            words.when_empty.replace("WORKFLOW_ID", str(workflow_id)) or None,
        )
    for record in page.items:
        say(f"{record.id:>8}  {getattr(record, 'name', '') or ''}")
    if page.has_more:
        say(f"     ...  {page.total_count - len(page.items)} more")
    return ask.number(f"{words.singular[0].upper()}{words.singular[1:]} id")


async def named(client: TorcClient, workflow_id: int) -> str:
    """Return how a table names its workflow. Raises NotFoundError."""
    return f"workflow {workflow_id} ({(await client.workflows.get_workflow(workflow_id)).name})"
