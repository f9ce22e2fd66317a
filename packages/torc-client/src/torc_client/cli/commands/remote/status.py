"""`torc remote status`."""

from msgspec import Struct

from torc_client.cli.commands.remote.options import (
    agent_options,
    max_parallel_ssh,
    no_output_dir_needed,
    stored_workers,
)
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.picker import named, pick
from torc_client.cli.framework.results import Column, Listing, Report
from torc_client.remote.agent.bootstrap import AgentProgram
from torc_client.remote.calling import RemoteAgents, server_identity
from torc_client.remote.survey import WorkerStatus, lines_of, survey
from torc_client.text import duration


def _age(seconds: float) -> str:
    return duration(round(seconds))


_COLUMNS = (
    Column("Worker", "worker"),
    Column("State", "state"),
    Column("PID", "pid", right=True),
    Column("Node", "compute_node_id", right=True),
    Column("Jobs", "jobs_running", right=True),
    Column("Heartbeat", "heard_seconds", _age, right=True, if_any=True),
    Column("Tunnel", "tunnel", if_any=True),
    Column("Version", "other_version", if_any=True),
    Column("Detail", "detail", if_any=True, wraps=True),
)


class _Survey(Struct):
    """JSON output of the command."""

    workflow_id: int
    workers: list[WorkerStatus]
    num_running: int


@command(is_list=True, short_help="Show whether the workers of a workflow run.")
@workflow_argument
@agent_options
@max_parallel_ssh
@no_output_dir_needed
async def status(app: App, workflow_id: int | None, *, program: AgentProgram, max_parallel_ssh: int) -> Report:
    """Show the process of each worker, and what the server has about it. The exit code is 0 only if all run.

    "Heartbeat" is the time since the server last answered the worker.
    """
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        title = await named(client, workflow_id)
        workers = await stored_workers(client, workflow_id)
        agents = RemoteAgents(await server_identity(client), workflow_id, program)
        with app.bar("Asking the workers") as advance:
            done: list[object] = []

            def ended(worker: object) -> None:
                done.append(worker)
                advance(len(done), len(workers), "")

            found = await survey(client, agents, workers, on_end=ended, max_parallel=max_parallel_ssh)
    num_running = sum(each.is_running for each in found)
    return Report(
        _Survey(workflow_id, found, num_running),
        Listing(found, _COLUMNS, "worker", "workers", title),
        [f"{num_running}/{len(found)} workers running", *(line for each in found for line in lines_of(each))],
        failed=num_running < len(found),
    )
