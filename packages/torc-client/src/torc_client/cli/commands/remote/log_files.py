"""`torc remote collect-logs` and `torc remote delete-logs`."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import click
from msgspec import Struct

from torc_client.cli.commands.remote.options import agent_options, max_parallel_ssh, stored_workers
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.output.show import say
from torc_client.cli.framework.picker import named, pick
from torc_client.cli.framework.results import Column, Listing, Report
from torc_client.option_types import UserPath
from torc_client.remote import ssh
from torc_client.remote.address import WorkerAddress
from torc_client.remote.agent.bootstrap import AgentProgram
from torc_client.remote.calling import RemoteAgents, server_identity
from torc_client.remote.log_files import LogCollector, WorkerLogs, lines_of, logs_of
from torc_client.text import size

_COLLECTED = (
    Column("Worker", "worker"),
    Column("Archive", "archive"),
    Column("Files", "files", right=True),
    Column("Size", "size_bytes", size, right=True),
    Column("Deleted", "deleted_files", right=True, if_any=True),
    Column("Detail", "detail", if_any=True, wraps=True),
)
_DELETED = (
    Column("Worker", "worker"),
    Column("Folder", "output_dir"),
    Column("Deleted", "deleted_files", right=True),
    Column("Size", "size_bytes", size, right=True),
    Column("Detail", "detail", if_any=True, wraps=True),
)
_remote_output_dir = click.option(
    "--remote-output-dir",
    metavar="DIRECTORY",
    help="Output folder there; a relative path begins at the home folder.  [default: that of `torc remote run`, or "
    "torc_output]",
)


class _Logs(Struct):
    """JSON output of the commands."""

    workflow_id: int
    workers: list[WorkerLogs]
    num_done: int


@command("collect-logs", short_help="Copy the logs of all workers to this machine.")
@workflow_argument
@click.option(
    "-l",
    "--local-output-dir",
    type=UserPath(file_okay=False, path_type=Path),
    default="remote_logs",
    show_default=True,
    help="Folder here for the archives.",
)
@_remote_output_dir
@click.option("--delete", "deletes", is_flag=True, help="Delete there what was collected. Stop the workers before.")
@agent_options
@max_parallel_ssh
async def collect_logs(
    app: App,
    workflow_id: int | None,
    *,
    local_output_dir: Path,
    remote_output_dir: str | None,
    deletes: bool,
    program: AgentProgram,
    max_parallel_ssh: int,
) -> Report:
    """Copy the files of a workflow in the workers' output folders to archives here, one for each worker.

    The archives are torc_logs_WORKFLOW_WORKER.tar.gz; `torc logs analyze` reads them. A later archive replaces an
    earlier one only if it has all of its files, and gets a number otherwise. The exit code is 0 only if the logs of all
    workers are here.
    """

    async def collect(collector: LogCollector, worker: WorkerAddress) -> WorkerLogs:
        return await collector.collect(worker, local_output_dir, deletes=deletes)

    where = _Where(workflow_id, program, remote_output_dir, max_parallel_ssh)
    return await _for_all(app, where, collect, _COLLECTED, "Collected logs from")


@command("delete-logs", short_help="Delete the logs of a workflow on all workers.")
@workflow_argument
@_remote_output_dir
@agent_options
@max_parallel_ssh
async def delete_logs(
    app: App, workflow_id: int | None, *, remote_output_dir: str | None, program: AgentProgram, max_parallel_ssh: int
) -> Report:
    """Delete the files of a workflow in the output folders of its workers.

    Other files in these folders are kept: those of users, of other workflows, and journals with results that the server
    may not have. A folder that a running worker uses is left unchanged. The exit code is 0 only if the logs of all
    workers are deleted.
    """
    where = _Where(workflow_id, program, remote_output_dir, max_parallel_ssh)
    return await _for_all(app, where, LogCollector.delete, _DELETED, "Deleted logs from", changes=True)


class _Where(Struct, frozen=True):
    """The arguments that both commands have."""

    workflow_id: int | None
    program: AgentProgram
    output_dir: str | None
    max_parallel: int


async def _for_all(
    app: App,
    where: _Where,
    what: Callable[[LogCollector, WorkerAddress], Awaitable[WorkerLogs]],
    columns: tuple[Column, ...],
    summary: str,
    *,
    changes: bool = False,
) -> Report:
    async with app.client() as client:
        workflow_id = await pick(client, where.workflow_id, changes=changes)
        title = await named(client, workflow_id)
        workers = await stored_workers(client, workflow_id)
        agents = RemoteAgents(await server_identity(client), workflow_id, where.program)
    collector = LogCollector(agents, where.output_dir)

    def report(ended: ssh.HostOutcome[WorkerLogs]) -> None:
        for line in lines_of(logs_of(ended), workflow_id):
            say(line)

    ended = await ssh.for_each_host(
        workers, lambda worker: what(collector, worker), max_parallel=where.max_parallel, on_end=report
    )
    found = [logs_of(each) for each in ended]
    num_done = sum(each.is_done for each in found)
    return Report(
        _Logs(workflow_id, found, num_done),
        Listing(found, columns, "worker", "workers", title),
        [f"{summary} {num_done}/{len(found)} workers"],
        failed=num_done < len(found),
    )
