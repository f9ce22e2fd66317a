"""`torc slurm regenerate`."""

from pathlib import Path
from typing import Any

import click

from torc_client.api.records import WorkflowStatusResponse
from torc_client.batch.plan_facts import dry_run_facts, replanned_facts
from torc_client.batch.planning import Options
from torc_client.batch.regeneration import Regenerated, Regeneration
from torc_client.batch.replanning import plan_of, store_plan, stored_workflow
from torc_client.batch.submission_checks import require_ready
from torc_client.batch.unclear_submissions import settle
from torc_client.batch.working_folder import in_folder_of
from torc_client.cli.commands.allocations.options import (
    PATIENCE_SECONDS,
    require_reachable,
    runner_options,
    submit_options,
)
from torc_client.cli.commands.slurm.planning_options import planning_choice, planning_options
from torc_client.cli.framework.amounts import Walltime
from torc_client.cli.framework.context import CLI_RETRY_TIMEOUT_SECONDS, App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.output.show import say
from torc_client.cli.framework.picker import named, pick
from torc_client.cli.framework.results import Column, Listing, Report
from torc_client.client import TorcClient
from torc_client.recovery.renewal import SCHEDULER_TYPE, request_due
from torc_client.text import count
from torc_client.workflow_operations.can_run import require_can_run
from torc_client.workflow_operations.initialize import ensure_initialized

_COLUMNS = (
    Column("Name", "name"),
    Column("Partition", "partition"),
    Column("Walltime", "walltime", right=True),
    Column("Nodes", "nodes", right=True),
    Column("Allocations", "num_allocations", right=True),
    Column("Jobs", "job_count", right=True),
    Column("Deferred", "has_dependencies"),
)
_CREATED = (Column("ID", "id", right=True), *_COLUMNS)


class _Ids(click.ParamType[frozenset[int]]):
    """Ids separated by commas."""

    name = "ids"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> frozenset[int]:
        """Split the ids. Raises BadParameter."""
        if isinstance(value, frozenset):
            return value
        try:
            return frozenset(int(each) for each in value.split(",") if each.strip())
        except ValueError:
            self.fail(f"{value!r} is not a list of ids such as 3,4", param, ctx)


@command("regenerate", short_help="Plan allocations again for jobs that have not run.")
@workflow_argument
@click.option("-a", "--account", help="Account that is charged.  [default: that of the first scheduler]")
@planning_options
@click.option("--walltime", type=Walltime(), help="Duration of all allocations, such as 04:00:00.")
@click.option(
    "--include-job-ids", type=_Ids(), default=frozenset(), metavar="ID,ID", help="Also plan for these jobs, whatever"
    " their status is.",
)  # fmt: skip
@click.option("--submit", is_flag=True, help="Request the allocations that are due now.")
@runner_options(output=("-o", "--output-dir"), max_parallel_jobs=("--max-parallel-jobs",))
@click.option("--dry-run", is_flag=True, help="Show what would be created, and change nothing.")
async def regenerate_schedulers(  # noqa: PLR0917 - click calls it by keyword
    app: App, workflow_id: int | None, account: str | None, walltime: int | None, include_job_ids: frozenset[int],
    submit: bool, output_dir: Path, poll_interval_seconds: float | None, max_parallel_jobs: int | None,
    claim_backoff_max_seconds: float | None, dry_run: bool, **planning: Any,
) -> Report:  # fmt: skip
    """Create Slurm schedulers for jobs that are uninitialized, blocked or ready, and the actions for their allocations.

    Use it after requirements were changed, or if allocations ended before all jobs ran. The jobs are bound to the new
    schedulers. Open actions of the workflow that request nodes are replaced. All of it is done, or nothing.
    """
    choice = planning_choice(planning, overhead_seconds=Options().overhead_seconds)
    options = submit_options(
        app, output_dir, poll_interval_seconds=poll_interval_seconds, max_parallel_jobs=max_parallel_jobs,
        claim_backoff_max_seconds=claim_backoff_max_seconds,
    )  # fmt: skip
    if submit and not dry_run:
        require_reachable(app)
    how = Regeneration(choice.options, account, walltime, include_job_ids)
    async with app.client(patience_seconds=PATIENCE_SECONDS if submit else CLI_RETRY_TIMEOUT_SECONDS) as client:
        workflow_id = await pick(client, workflow_id, changes=not dry_run)
        title = await named(client, workflow_id)
        if submit and not dry_run:
            for settled in await settle(client, workflow_id):
                say(settled.sentence)
        made = plan_of(await stored_workflow(client, workflow_id), choice.profile, how)
        await _warn(client, made)
        if dry_run:
            facts = dry_run_facts(made, choice.profile, would_submit=submit)
            listing = Listing(facts.planned_schedulers, _COLUMNS, "scheduler", "schedulers", title)
            return Report(facts, listing, [_sentence(made, "would be planned")])
        if submit and made.planned:
            require_can_run(made.workflow, is_complete=False)
            options = await in_folder_of(client, made.workflow, options, say)
            await require_ready(client, options, {SCHEDULER_TYPE})
        stored = await store_plan(client, made)
        submitted = None
        if submit and stored:
            await ensure_initialized(client, workflow_id)
            submitted = await request_due(client, workflow_id, options, say)
    done = replanned_facts(made, stored, submitted=submitted)
    listing = Listing(done.schedulers_created, _CREATED, "scheduler", "schedulers", title)
    sentences = [_sentence(made, "planned")]
    if submitted is not None:
        sentences.append(f"Requested {count('allocation', submitted)}.")
    elif stored:
        sentences.append(f"Next: torc submit {workflow_id}")
    return Report(done, listing, sentences)


async def _warn(client: TorcClient, made: Regenerated) -> None:
    for warning in made.warnings:
        say(f"Warning: {warning}")
    if not made.planned:
        return
    status: WorkflowStatusResponse = await client.workflows.get_workflow_status(made.workflow_id)
    alive = status.active_scheduled_nodes + status.pending_scheduled_nodes
    if alive:
        have = "has" if alive == 1 else "have"
        say(
            f"Warning: {count('allocation', alive)} of the workflow {have} not ended; their jobs are planned again too."
        )


def _sentence(made: Regenerated, done: str) -> str:
    jobs = count("pending job", made.pending_jobs)
    if not made.planned:
        return f"The workflow has {jobs}; nothing was changed."
    return f"{count('allocation', made.total_allocations)} {done} for {jobs}."
