"""`torc remote`: the records of machines that run a workflow."""

from typing import TextIO

import click

from torc_client.cli.commands.jobs.create_from_file import commands_in
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.picker import named, pick
from torc_client.cli.framework.results import Column, Listing, Message
from torc_client.errors import TorcError

_COLUMNS = (Column("Worker", "worker"),)
_skip_ssh_check = click.option(
    "--skip-ssh-check", is_flag=True, hidden=True, expose_value=False, help="Accepted, without effect."
)


@command("add-workers", short_help="Add machines to a workflow.")
@click.argument("workflow_id", type=int)
@click.argument("workers", nargs=-1, required=True, metavar="WORKER...")
@_skip_ssh_check
async def add_workers(app: App, workflow_id: int, workers: tuple[str, ...]) -> Message:
    """Add machines to a workflow, in the form [user@]host[:port] of ssh."""
    return await _add(app, workflow_id, list(workers))


@command("add-workers-from-file", short_help="Add machines from a file.")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@workflow_argument
@_skip_ssh_check
async def add_workers_from_file(app: App, file: TextIO, workflow_id: int | None) -> Message:
    """Add the machines in FILE, one on each line. Empty lines and lines that start with # are ignored."""
    workers = commands_in(file.read())
    if not workers:
        raise TorcError(f"{file.name} has no machines.", "Put one on each line: [user@]host[:port].")
    return await _add(app, workflow_id, workers)


@command("remove-worker", short_help="Remove a machine from a workflow.")
@click.argument("worker")
@workflow_argument
async def remove_worker(app: App, worker: str, workflow_id: int | None) -> Message:
    """Remove a machine from a workflow."""
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        await client.remote_workers.delete_remote_worker(workflow_id, worker)
    facts = {"workflow_id": workflow_id, "worker": worker}
    return Message(f"Removed {worker} from workflow {workflow_id}.", facts)


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


async def _add(app: App, workflow_id: int | None, workers: list[str]) -> Message:
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        made = await client.remote_workers.create_remote_workers(workflow_id, workers)
    names = [worker.worker for worker in made]
    facts = {"workflow_id": workflow_id, "workers": names}
    return Message(f"Added to workflow {workflow_id}: {', '.join(names)}.", facts)
