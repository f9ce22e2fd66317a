"""`torc slurm schedule-nodes`."""

from collections.abc import Sequence
from pathlib import Path

import click

from torc_client.answers import id_of
from torc_client.api.records import ClaimActionRequest, WorkflowActionModel
from torc_client.batch.schedulers import BatchScheduler
from torc_client.batch.submission import due_actions, request_allocations
from torc_client.batch.submission_checks import require_allowed, require_ready
from torc_client.batch.systems import support_for
from torc_client.batch.unclear_submissions import settle
from torc_client.batch.working_folder import in_folder_of
from torc_client.cli.commands.allocations.options import (
    PATIENCE_SECONDS,
    require_reachable,
    runner_options,
    submit_options,
    warn,
)
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.output import ask
from torc_client.cli.framework.output.show import say
from torc_client.cli.framework.picker import pick
from torc_client.cli.framework.results import Message
from torc_client.client import TorcClient
from torc_client.errors import ConflictError, TorcError
from torc_client.text import with_ids
from torc_client.workflow_operations.can_run import require_can_run
from torc_client.workflow_operations.initialize import initialize

_TYPE = "slurm"


@command("schedule-nodes", short_help="Request allocations from Slurm for a workflow.")
@workflow_argument
@click.option(
    "-n", "--num-hpc-jobs", type=click.IntRange(1, 1000), default=1, show_default=True, help="Number of allocations."
)
@click.option("--scheduler-config-id", type=int, metavar="ID", help="Scheduler.  [default: the only one, or ask]")
@click.option("--start-one-worker-per-node", is_flag=True, help="Start a runner on each node of an allocation.")
@click.option("-j", "--job-prefix", default="", help="Prefix of the names of Slurm jobs.")
@click.option(
    "--keep-submission-scripts",
    is_flag=True,
    expose_value=False,
    help="Accepted for scripts of Torc 1.0. Scripts are always kept.",
)
@runner_options(output=("-o", "--output"), max_parallel_jobs=("-m", "--max-parallel-jobs"))
@click.option(
    "--suppress-actions",
    is_flag=True,
    help="Claim the due actions of the workflow that request allocations, so that no runner carries them out.",
)
@click.option("--no-prompts", is_flag=True, help="Do not ask about due actions.")  # fmt: skip
async def schedule_nodes(  # noqa: PLR0917 - click calls it by keyword
    app: App, workflow_id: int | None, num_hpc_jobs: int, scheduler_config_id: int | None,
    start_one_worker_per_node: bool, job_prefix: str, output_dir: Path, poll_interval_seconds: float | None,
    max_parallel_jobs: int | None, claim_backoff_max_seconds: float | None, suppress_actions: bool, no_prompts: bool,
) -> Message:  # fmt: skip
    """Request allocations for a workflow, beside those of its actions. A runner starts in each of them.

    Initializes a workflow of which no job was ever started.
    """
    require_reachable(app)
    options = submit_options(
        app, output_dir, poll_interval_seconds=poll_interval_seconds, max_parallel_jobs=max_parallel_jobs,
        claim_backoff_max_seconds=claim_backoff_max_seconds, name_prefix=job_prefix,
        start_one_worker_per_node=start_one_worker_per_node,
    )  # fmt: skip
    async with app.client(patience_seconds=PATIENCE_SECONDS) as client:
        number = await pick(client, workflow_id, changes=True, is_sure=no_prompts)
        workflow = await client.workflows.get_workflow(number)
        options = await in_folder_of(client, workflow, options, say)
        await require_ready(client, options, [_TYPE])
        for settled in await settle(client, number):
            say(settled.sentence)
        is_new = (await client.workflows.is_workflow_uninitialized(number)).is_uninitialized
        is_complete = not is_new and (await client.workflows.is_workflow_complete(number)).is_complete
        require_can_run(workflow, is_complete=is_complete)
        scheduler = await _scheduler(client, number, scheduler_config_id)
        await require_allowed([scheduler], f"Correct it with `torc slurm update {scheduler.id}`.")
        await warn(client, workflow, [scheduler], by_resources=max_parallel_jobs is None)
        if is_new:
            await initialize(client, number, only_if_uninitialized=True)
        asks = not no_prompts and ask.is_possible()
        if not await _settle_actions(client, number, suppress=suppress_actions, asks=asks):
            return Message("Nothing was submitted.", {"workflow_id": number}, status="canceled")
        submission = await request_allocations(client, scheduler, num_hpc_jobs, options)
        for line in submission.lines:
            say(line)
    facts = {"workflow_id": number, "allocation_ids": [str(each) for each in submission.allocations.values()]}
    return Message(f"Successfully running {num_hpc_jobs} Slurm job(s)", facts)


async def _scheduler(client: TorcClient, number: int, wanted: int | None) -> BatchScheduler:
    """Return the wanted scheduler of a workflow, the only one, or the one that the user chooses. Raises TorcError."""
    schedulers = await support_for(_TYPE).schedulers.of_workflow(client, number)
    if not schedulers:
        raise TorcError(f"Workflow {number} has no Slurm scheduler.", f"Add one: torc slurm create {number}")
    if wanted is None and len(schedulers) == 1:
        return schedulers[0]
    if wanted is None:
        if not ask.is_possible():
            raise TorcError(
                f"Workflow {number} has several Slurm schedulers. Choose one with --scheduler-config-id.",
                f"`torc slurm list {number}` shows their ids.",
            )
        for each in schedulers:
            say(f"{each.id:>8}  {each.name}")
        wanted = ask.number("Which scheduler? (its id, or Enter for none)")
        if wanted is None:
            raise TorcError("No scheduler was chosen, so nothing was requested.")
    found = next((each for each in schedulers if each.id == wanted), None)
    if found is None:
        raise TorcError(
            f"Workflow {number} has no Slurm scheduler {wanted}.", f"`torc slurm list {number}` shows them."
        )
    return found


async def _settle_actions(client: TorcClient, number: int, *, suppress: bool, asks: bool) -> bool:
    """Decide about actions that the runners of the allocations would carry out. Returns whether to continue."""
    due = await due_actions(client, number)
    if not due:
        return True
    ids = with_ids("action", [id_of(each) for each in due])
    if not suppress and asks:
        say(f"Due: {ids}. Runners of these allocations would request further allocations for them.")
        answer = ""
        while answer not in {"s", "p", "c"}:
            answer = (ask.line("s: suppress the actions · p: proceed · c: cancel > ") or "c").strip()
        if answer == "c":
            return False
        suppress = answer == "s"
    if suppress:
        await _claim(client, number, due)
    else:
        say(
            f"Warning: {ids} will request further allocations when a runner starts. Use --suppress-actions to avoid it."
        )
    return True


async def _claim(client: TorcClient, number: int, due: Sequence[WorkflowActionModel]) -> None:
    for action in due:
        if action.persistent:
            say(f"Warning: action {action.id} is persistent: it cannot be suppressed.")
            continue
        try:
            await client.workflow_actions.claim_action(number, id_of(action), ClaimActionRequest())
        except ConflictError:
            continue  # a runner was first
