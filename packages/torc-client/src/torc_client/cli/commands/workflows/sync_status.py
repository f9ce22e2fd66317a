"""`torc workflows sync-status`."""

import click

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.picker import named, pick
from torc_client.cli.framework.results import Column, Listing, Report
from torc_client.recovery import orphans
from torc_client.recovery.scheduler import NoScheduler

_COLUMNS = (
    Column("Kind", "kind"),
    Column("ID", "id", right=True),
    Column("Name", "name"),
    Column("Jobs", "jobs", right=True),
    Column("What becomes of it", "done"),
)


@command("sync-status", short_help="Tell the server what is gone without having said so.")
@workflow_argument
@click.option("--dry-run", is_flag=True, help="Say what is gone, and change nothing.")
async def sync_status(app: App, workflow_id: int | None, dry_run: bool) -> Report:
    """Look for runners that are gone although the server believes them at work, and give their jobs back.

    Runners of this machine are known by their process. Those of others are given up by the server itself, when their
    lease is over. Allocations of Slurm would have to be looked for with Slurm, which this version cannot ask.
    """
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        title = await named(client, workflow_id)
        found = await orphans.sync_status(client, workflow_id, NoScheduler(), dry_run=dry_run)
    facts = {"workflow_id": workflow_id, "dry_run": dry_run, "orphans": found}
    return Report(
        facts, Listing(found, _COLUMNS, "thing", "things", title), [orphans.summarize(found, dry_run=dry_run)]
    )
