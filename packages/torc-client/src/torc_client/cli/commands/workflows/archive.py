"""`torc workflows archive`."""

import click

from torc_client.api.records import ArchiveWorkflowRequest
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.picker import pick
from torc_client.cli.framework.results import Message

_WORDS = {"true": True, "false": False}


@command(short_help="Put workflows away, or take them out again.")
@click.argument("is_archived", metavar="true|false", type=click.Choice(list(_WORDS), case_sensitive=False))
@click.argument("workflow_ids", metavar="[WORKFLOW_ID]...", type=int, nargs=-1)
async def archive(app: App, is_archived: str, workflow_ids: tuple[int, ...]) -> Message:
    """Put workflows away (true), or take them out again (false); without ids, the one you choose.

    What is put away stays as it is: it is in no list unless --archived-only or --include-archived asks for it, and
    it cannot be begun anew. All of the ids are looked at before the first is changed.
    """
    wanted = _WORDS[is_archived.lower()]
    async with app.client() as client:
        ids = list(dict.fromkeys(workflow_ids)) or [await pick(client, None)]
        for one in ids:
            await client.workflows.get_workflow(one)
        for one in ids:
            await client.workflows.archive_workflow(one, ArchiveWorkflowRequest(is_archived=wanted))
    told = ", ".join(map(str, ids))
    message = f"Archived workflow {told}." if wanted else f"Workflow {told} is in the lists again."
    return Message(message, {"updated_workflows": ids, "is_archived": wanted})
