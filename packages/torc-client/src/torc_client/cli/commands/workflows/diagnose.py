"""`torc workflows diagnose`: why jobs do not run, as the server explains it."""

import click

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.picker import named, pick
from torc_client.cli.framework.results import Column, Listing, Report

_COLUMNS = (Column("Code", "code"), Column("Jobs", "count", right=True), Column("What it is", "message"))


@command(short_help="Say why jobs run, or do not.")
@workflow_argument
@click.option("--num-cpus", type=int, help="Judge a node with so many CPUs in place of the active ones.")
@click.option("--memory-gb", type=float, help="... with so much memory, in GiB.")
@click.option("--num-gpus", type=int, help="... with so many GPUs.")
@click.option("--num-nodes", type=int, help="... an allocation of so many nodes.")
@click.option("--time-limit", metavar="DURATION", help="... that is there for so long, as PT4H.")
@click.option("--scheduler-config-id", type=int, help="... of this scheduler configuration.")
async def diagnose(app: App, workflow_id: int | None, **offer: float | str | None) -> Report:
    """Say why the ready jobs of a workflow are not started, what the others wait for, and what helps.

    Jobs are held against the nodes that are active now, or against a node that you describe: so you know before you
    ask for one whether it would get something to do.
    """
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        title = await named(client, workflow_id)
        known = {name: value for name, value in offer.items() if value is not None}
        answer = await client.workflows.explain_workflow(workflow_id, **known)  # type: ignore[arg-type]
    claim = "would get a job now" if answer.is_claimable else "would get nothing now"
    who = "Such a node" if known else "A runner on an active node"
    nodes = f"{answer.active_compute_nodes} compute nodes are active."
    named_jobs = [
        f"{each.code.value}: {', '.join(job.job_name for job in each.jobs)}" for each in answer.reasons if each.jobs
    ]
    listing = Listing(answer.reasons, _COLUMNS, "reason", "reasons", title)
    return Report(answer, listing, [f"{who} {claim}. {nodes}", *named_jobs])
