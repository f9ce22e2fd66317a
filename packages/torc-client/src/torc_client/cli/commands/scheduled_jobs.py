"""`torc scheduled-compute-nodes list-jobs`."""

import click

from torc_client.cli.framework import shapes
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Listing
from torc_client.cli.framework.vocabulary import JOBS
from torc_client.paging import iterate


@command("list-jobs", short_help="List the jobs of an allocation.")
@click.argument("id", type=int)
async def list_jobs(app: App, id: int) -> Listing:
    """List the jobs that run, or last ran, on the nodes of an allocation."""
    async with app.client() as client:
        allocation = await client.scheduled_compute_nodes.get_scheduled_compute_node(id)
        workflow_id = allocation.workflow_id
        nodes = iterate(client.compute_nodes.list_compute_nodes, workflow_id=workflow_id, scheduled_compute_node_id=id)
        node_ids = {node.id async for node in nodes}
        results = iterate(client.results.list_results, workflow_id=workflow_id, all_runs=True)
        ended = {result.job_id async for result in results if result.compute_node_id in node_ids}
        jobs = iterate(client.jobs.list_jobs, workflow_id=workflow_id) if node_ids else None
        items = [job async for job in jobs if job.compute_node_id in node_ids or job.id in ended] if jobs else []
    title, hint = f"scheduled compute node {id}", "No job has started in this allocation."
    return Listing(
        items,
        JOBS.columns,
        "job",
        "jobs",
        title,
        hint,
        shape=shapes.JOBS_OF_ALLOCATION,
        importance=JOBS.words.importance,
    )
