"""`torc events get-latest-event`."""

from torc_client.cli.framework import shapes
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.picker import pick
from torc_client.cli.framework.results import Record, Text
from torc_client.event_words import event_sentence


@command("get-latest-event", short_help="Show the latest event.")
@workflow_argument
async def latest(app: App, workflow_id: int | None) -> Record | Text:
    """Show the latest event of a workflow. With -f json, a workflow without events has null."""
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        page = await client.events.list_events(workflow_id=workflow_id, limit=1, sort_by="timestamp", reverse_sort=True)
    if not page.items:
        return Text(f"Workflow {workflow_id} has no events.", None)
    return Record(
        page.items[0],
        f"The latest event of workflow {workflow_id}",
        shape=shapes.EVENT,
        sentences=[event_sentence(page.items[0].data)],
    )
