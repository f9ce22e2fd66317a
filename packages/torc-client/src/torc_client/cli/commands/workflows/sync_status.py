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
    Column("Change", "done"),
)


@command("sync-status", short_help="Find dead runners and return their jobs to the queue.")
@workflow_argument
@click.option("--dry-run", is_flag=True, help="Show dead runners and lost jobs, and change nothing.")
async def sync_status(app: App, workflow_id: int | None, dry_run: bool) -> Report:
    """Find dead runners that the server considers active, and return their jobs to the queue.

    The command finds runners of this machine by their processes. Runners of other machines are declared dead by the
    server when their leases expire. This version cannot find Slurm allocations that have ended.
    """
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        title = await named(client, workflow_id)
        found = await orphans.sync_status(client, workflow_id, NoScheduler(), dry_run=dry_run)
    facts = {"workflow_id": workflow_id, "dry_run": dry_run, "orphans": found}
    return Report(
        facts, Listing(found, _COLUMNS, "thing", "things", title), [orphans.summarize(found, dry_run=dry_run)]
    )
