"""`torc remote run`."""

import shlex
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click
from msgspec import Struct

from torc_client.cli.commands.remote.install import python_option, wheels_option
from torc_client.cli.commands.remote.options import (
    agent_options,
    max_parallel_ssh,
    require_lasting_server,
    stored_workers,
    workers_in,
)
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.output.show import say
from torc_client.cli.framework.picker import named, pick
from torc_client.cli.framework.results import Column, Listing, Report
from torc_client.option_types import FiniteRange, UserPath
from torc_client.remote.agent.bootstrap import AgentProgram
from torc_client.remote.calling import RemoteAgents, server_identity
from torc_client.remote.file_sync import FileSync, require_all
from torc_client.remote.folder_names import require_folder_name
from torc_client.remote.installation import InstallOptions, install_for_all, require_installed
from torc_client.remote.installing import PROGRAM
from torc_client.remote.starting import StartedWorker, Starter, StartOutcome, WorkerOptions
from torc_client.remote.syncing import folder_of_worker, paths_to_copy
from torc_client.remote.worker_access import ServerAccess
from torc_client.workflow_operations.can_run import require_can_run

_COLUMNS = (
    Column("Worker", "worker"),
    Column("Outcome", "outcome"),
    Column("PID", "pid", right=True),
    Column("Node", "compute_node_id", right=True),
    Column("Detail", "detail", if_any=True, wraps=True),
)


class _Run(Struct):
    """JSON output of the command."""

    workflow_id: int
    workers: list[StartedWorker]
    num_running: int


@command(short_help="Start the workers of a workflow.")
@workflow_argument
@click.option(
    "-w",
    "--workers",
    "file",
    metavar="FILE",
    type=UserPath(dir_okay=False, path_type=Path),
    help="Add the machines in FILE first, as add-workers-from-file does.",
)
@click.option(
    "-o",
    "--output-dir",
    metavar="DIRECTORY",
    default="torc_output",
    show_default=True,
    help="Folder there for logs and for the output of jobs. A relative path begins at the home folder.",
)
@click.option(
    "--chdir", metavar="DIRECTORY", help="Folder there in which jobs run. It must exist.  [default: the home folder]"
)
@click.option(
    "-p",
    "--poll-interval",
    "poll_interval_seconds",
    metavar="SECONDS",
    type=FiniteRange(min=0, min_open=True),
    default=5.0,
    show_default=True,
    help="Longest time for which the server holds a request of a worker open; it answers at once when there is work.",
)
@click.option(
    "--max-parallel-jobs",
    type=click.IntRange(min=1),
    help="Run at most this number of jobs at once on each worker, regardless of their resources.",
)
@click.option("--num-cpus", type=click.IntRange(min=1), help="CPUs that each worker offers.  [default: those there]")
@click.option(
    "--memory-gb",
    type=FiniteRange(min=0, min_open=True),
    help="Memory that each worker offers, in GiB.  [default: what is usable there]",
)
@click.option("--num-gpus", type=click.IntRange(min=0), help="GPUs that each worker offers.  [default: those there]")
@click.option(
    "--worker-url",
    metavar="URL",
    help="URL by which the workers reach the server.  [default: that of this command, with an address of this machine "
    "in place of localhost]",
)
@click.option(
    "--tunnel",
    is_flag=True,
    help="Bring the server to each worker through ssh, as a socket there. For workers that cannot reach the server.",
)
@click.option("--skip-version-check", is_flag=True, help="Start workers of other versions, too.")
@click.option(
    "--sync-in",
    "paths",
    metavar="PATH",
    multiple=True,
    help="Copy a file or a folder below the current one to each worker first, as sync-in does; repeatable.",
)
@click.option("--install", "installs", is_flag=True, help="Install this version of Torc there first, and use it.")
@wheels_option
@python_option
@agent_options
@max_parallel_ssh
async def run(
    app: App,
    workflow_id: int | None,
    *,
    file: Path | None,
    worker_url: str | None,
    tunnel: bool,
    program: AgentProgram,
    max_parallel_ssh: int,
    output_dir: str,
    chdir: str | None,
    poll_interval_seconds: float,
    max_parallel_jobs: int | None,
    num_cpus: int | None,
    memory_gb: float | None,
    num_gpus: int | None,
    skip_version_check: bool,
    paths: tuple[str, ...],
    installs: bool,
    wheels: Path | None,
    python: str | None,
) -> Report:
    """Start a worker on each machine of a workflow, by ssh. The exit code is 0 only if all of them work.

    All machines are checked before anything is started, also that they reach the server. A machine where the worker
    runs already keeps it. A worker ends when the workflow is complete. If the server requires a login, each worker gets
    a token of its own, which `torc remote stop` revokes.
    """
    options = WorkerOptions(
        output_dir=require_folder_name(output_dir),
        chdir=None if chdir is None else require_folder_name(chdir),
        poll_interval_seconds=poll_interval_seconds,
        max_parallel_jobs=max_parallel_jobs,
        num_cpus=num_cpus,
        memory_gb=memory_gb,
        num_gpus=num_gpus,
        skip_version_check=skip_version_check or app.skip_version_check,
    )
    require_lasting_server(app)
    if tunnel and worker_url is not None:
        raise click.UsageError("--tunnel chooses the URL of the workers: leave --worker-url out.")
    install_options = _install_options(program, installs=installs, wheels=wheels, python=python)
    working_folder = folder_of_worker(chdir) if paths and chdir is not None else "."
    sync = FileSync(paths_to_copy(paths, Path.cwd(), must_exist=True), Path.cwd(), working_folder, say)
    if install_options is not None:
        program = AgentProgram(PROGRAM, program.prologue)
    new = [] if file is None else workers_in(file)
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id, changes=True)
        title = await named(client, workflow_id)
        workflow = await client.workflows.get_workflow(workflow_id)
        is_complete = (await client.workflows.is_workflow_complete(workflow_id)).is_complete
        require_can_run(workflow, is_complete=is_complete, undone="no worker was started")
        workers = list(dict.fromkeys([*await stored_workers(client, workflow_id, may_be_none=bool(new)), *new]))

        async def prepare() -> None:
            if new:
                await client.remote_workers.create_remote_workers(workflow_id, [worker.text for worker in new])
            if paths:
                require_all(await sync.copy_in(workers, max_parallel=max_parallel_ssh), "no worker was started")

        if install_options is not None:
            require_installed(await install_for_all(workers, install_options, max_parallel=max_parallel_ssh, say=say))

        agents = RemoteAgents(await server_identity(client), workflow_id, program)
        starter = Starter(
            client,
            agents,
            options,
            access=ServerAccess(client, agents, worker_url=worker_url, uses_tunnel=tunnel),
            say=say,
            max_parallel=max_parallel_ssh,
        )
        started = await starter.run(workers, on_probed=prepare)
    num_running = sum(each.is_running for each in started)
    return Report(
        _Run(workflow_id, started, num_running),
        Listing(started, _COLUMNS, "worker", "workers", title),
        [_summary(started), *_remedies(started, workflow_id)],
        failed=num_running < len(started),
    )


def _install_options(
    program: AgentProgram, *, installs: bool, wheels: Path | None, python: str | None
) -> InstallOptions | None:
    """Return what to install, or None. Raises UsageError for options that contradict each other."""
    if installs and program.torc_bin:
        raise click.UsageError("--install chooses torc there: leave --torc-bin out.")
    if not installs and (wheels is not None or python is not None):
        raise click.UsageError("--wheels and --python belong to --install. Add --install.")
    return InstallOptions(wheels, python, program.prologue) if installs else None


def _summary(workers: Sequence[StartedWorker]) -> str:
    """Return how many workers were started, and how many were running before."""
    counts = Counter(each.outcome for each in workers)
    text = f"Started {counts[StartOutcome.STARTED]}/{len(workers)} workers"
    known = counts[StartOutcome.ALREADY_RUNNING]
    return f"{text}, {known} running before" if known else text


def _remedies(workers: Sequence[StartedWorker], workflow_id: int) -> list[str]:
    """Return what to do if some workers were not started because of others."""
    failed = [each.worker for each in workers if each.outcome is StartOutcome.FAILED]
    if not failed or all(each.outcome is not StartOutcome.NOT_STARTED for each in workers):
        return []
    remove = f"torc remote remove-worker {shlex.quote(failed[0])} {workflow_id}"
    return [f"To start the others without the machines that failed, remove these: {remove}"]
