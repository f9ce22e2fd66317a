"""`torc remote list-workers` and `torc remote remove-worker`."""

from collections.abc import Sequence

import click

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.picker import named, pick
from torc_client.cli.framework.results import Column, Listing, Message
from torc_client.errors import TorcError
from torc_client.remote.address import WorkerAddressError, parse_worker
from torc_client.remote.nodes import nodes_of_worker

_COLUMNS = (Column("Worker", "worker"),)
_MOST_NAMED = 5


@command("list-workers", short_help="List the machines of a workflow.")
@workflow_argument
async def list_workers(app: App, workflow_id: int | None) -> Listing:
    """List the machines of a workflow."""
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        title = await named(client, workflow_id)
        items = await client.remote_workers.list_remote_workers(workflow_id)
    hint = f"Add some: torc remote add-workers {workflow_id} HOST..."
    return Listing(items, _COLUMNS, "remote worker", "remote workers", title, hint)


@command("remove-worker", short_help="Remove a machine from a workflow.")
@click.argument("worker")
@workflow_argument
async def remove_worker(app: App, worker: str, workflow_id: int | None) -> Message:
    """Remove a machine from a workflow.

    A worker that runs there is not stopped: run `torc remote stop` before.
    """
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id, changes=True)
        stored = [record.worker for record in await client.remote_workers.list_remote_workers(workflow_id)]
        found = _found(worker, stored)
        if found is None:
            raise TorcError(f"Workflow {workflow_id} has no remote worker {worker!r}.", _near(worker, stored))
        await client.remote_workers.delete_remote_worker(workflow_id, found)
        nodes = await nodes_of_worker(client, workflow_id, found)
    text = f"Removed {found} from workflow {workflow_id}."
    if nodes:
        text += (
            f"\nIts worker still runs jobs (compute node {', '.join(map(str, nodes))}). To stop it, add the machine"
            f" again, and run `torc remote stop {workflow_id}`."
        )
    return Message(text, {"workflow_id": workflow_id, "worker": found, "active_compute_node_ids": nodes})


def _found(worker: str, stored: Sequence[str]) -> str | None:
    """Return the stored text of a worker: the same text, or that of the same address."""
    if worker in stored:
        return worker
    try:
        canonical = parse_worker(worker).text
    except WorkerAddressError:
        return None
    return canonical if canonical in stored else None


def _near(worker: str, stored: Sequence[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only for an error

    if not stored:
        return "It has no remote workers."
    near = [each for each in stored if worker and worker in each] or get_close_matches(worker, stored, _MOST_NAMED)
    if near:
        return f"Did you mean {' or '.join(near[:_MOST_NAMED])}?"
    others = len(stored) - _MOST_NAMED
    return f"It has {', '.join(stored[:_MOST_NAMED])}{f' and {others} more' if others > 0 else ''}."
