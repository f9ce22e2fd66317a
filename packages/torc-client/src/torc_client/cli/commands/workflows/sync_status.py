"""`torc workflows sync-status`."""

from typing import Any

import click
import msgspec

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.picker import named, pick
from torc_client.cli.framework.results import Column, Listing, Report
from torc_client.recovery import orphans

_COLUMNS = (
    Column("Kind", "kind"),
    Column("ID", "id", right=True),
    Column("Name", "name"),
    Column("Jobs", "jobs", right=True),
    Column("Change", "done", wraps=True),
)


@command("sync-status", short_help="Find dead runners and return their jobs to the queue.")
@workflow_argument
@click.option("--dry-run", is_flag=True, help="Show dead runners and lost jobs, and change nothing.")
async def sync_status(app: App, workflow_id: int | None, dry_run: bool) -> Report:
    """Find dead runners and ended allocations that the server considers active, and return their jobs to the queue.

    The command asks Slurm about the allocations of the workflow, and asks again after 5 seconds if some seem to have
    ended: only two answers that agree count. If Slurm does not answer, its allocations stay as they are, and the exit
    code is 1. The command finds other runners of this machine by their processes. Runners of other machines are
    declared dead by the server when their leases expire.
    """
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id, changes=not dry_run)
        title = await named(client, workflow_id)
        found = await orphans.sync_status(client, workflow_id, dry_run=dry_run)
    not_asked = list(found.look.not_asked)
    facts: dict[str, Any] = {
        "workflow_id": workflow_id,
        "dry_run": dry_run,
        **msgspec.to_builtins(found.numbers),
        "orphans": found.found,
        "not_checked": not_asked,
    }
    if found.failed_jobs:
        facts["failed_job_details"] = found.failed_jobs
    listing = Listing(found.found, _COLUMNS, "thing", "things", title)
    sentences = [orphans.summarize(found.found, dry_run=dry_run), *not_asked]
    return Report(facts, listing, sentences, failed=bool(not_asked))
