"""`torc workflows archive`."""

import click

from torc_client import text
from torc_client.api.records import ArchiveWorkflowRequest
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.picker import pick
from torc_client.cli.framework.results import Message

_WORDS = {"true": True, "false": False}


@command(short_help="Archive workflows, or restore them.")
@click.argument("is_archived", metavar="true|false", type=click.Choice(list(_WORDS), case_sensitive=False))
@click.argument("workflow_ids", metavar="[WORKFLOW_ID]...", type=int, nargs=-1)
async def archive(app: App, is_archived: str, workflow_ids: tuple[int, ...]) -> Message:
    """Archive workflows (true) or restore them (false). Without WORKFLOW_ID, choose the workflow.

    An archived workflow keeps its data. Lists show it only with --archived-only or --include-archived, and it cannot
    be initialized. If one of the workflows does not exist, none is changed.
    """
    wanted = _WORDS[is_archived.lower()]
    async with app.client() as client:
        ids = list(dict.fromkeys(workflow_ids)) or [await pick(client, None, changes=True)]
        for one in ids:
            await client.workflows.get_workflow(one)
        for one in ids:
            await client.workflows.archive_workflow(one, ArchiveWorkflowRequest(is_archived=wanted))
    message = f"{'Archived' if wanted else 'Restored'} {text.with_ids('workflow', ids)}."
    return Message(message, {"updated_workflows": ids, "is_archived": wanted})
