"""`torc remote stop`."""

import click
from msgspec import Struct

from torc_client.cli.commands.remote.options import (
    agent_options,
    max_parallel_ssh,
    no_output_dir_needed,
    stored_workers,
)
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.output.show import say
from torc_client.cli.framework.picker import named, pick
from torc_client.cli.framework.results import Column, Listing, Report
from torc_client.option_types import FiniteRange
from torc_client.remote.agent.bootstrap import AgentProgram
from torc_client.remote.calling import RemoteAgents, server_identity
from torc_client.remote.stopping import WAIT_SECONDS, StoppedWorker, Stopper, remedies, summary

_COLUMNS = (
    Column("Worker", "worker"),
    Column("Outcome", "outcome"),
    Column("PID", "pid", right=True),
    Column("Jobs ended", "jobs_ended", right=True),
    Column("Terminated", "jobs_terminated", right=True),
    Column("Returned", "jobs_returned", right=True),
    Column("Detail", "detail", if_any=True, wraps=True),
)


class _Stop(Struct):
    """JSON output of the command."""

    workflow_id: int
    workers: list[StoppedWorker]
    num_stopped: int


@command(short_help="Stop the workers of a workflow.")
@workflow_argument
@click.option(
    "--drain",
    "drain_seconds",
    metavar="SECONDS",
    type=FiniteRange(min=0),
    default=0.0,
    help="Time for the running jobs to end by themselves before that. No other jobs start.  [default: none]",
)
@click.option(
    "--wait",
    "wait_seconds",
    metavar="SECONDS",
    type=FiniteRange(min=0),
    default=WAIT_SECONDS,
    show_default=True,
    help="Kill a worker that has not ended this time after the request to end.",
)
@click.option("--force", is_flag=True, help="Kill the workers and their jobs at once.")
@agent_options
@max_parallel_ssh
@no_output_dir_needed
async def stop(
    app: App,
    workflow_id: int | None,
    *,
    drain_seconds: float,
    wait_seconds: float,
    force: bool,
    program: AgentProgram,
    max_parallel_ssh: int,
) -> Report:
    """Stop the worker on each machine of a workflow, and report the state of its jobs.

    A worker starts no more jobs, ends the running ones, and reports them to the server. They are returned, so that
    other workers run them. Those that end when no other worker is left are terminated; `torc jobs reset-status` lets
    them run again. With --drain, jobs that run have time to end by themselves before. The exit code is 0 only if no
    worker runs any more.
    """
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id, changes=True)
        title = await named(client, workflow_id)
        workers = await stored_workers(client, workflow_id)
        agents = RemoteAgents(await server_identity(client), workflow_id, program)
        stopper = Stopper(
            client,
            agents,
            wait_seconds=wait_seconds,
            drain_seconds=drain_seconds,
            kills=force,
            say=say,
            max_parallel=max_parallel_ssh,
        )
        stopped = await stopper.run(workers)
    num_stopped = sum(each.is_stopped for each in stopped)
    return Report(
        _Stop(workflow_id, stopped, num_stopped),
        Listing(stopped, _COLUMNS, "worker", "workers", title),
        [summary(stopped), *remedies(stopped, workflow_id)],
        failed=num_stopped < len(stopped),
    )
