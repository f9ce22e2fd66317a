"""`torc submit`."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from torc_client import spec
from torc_client.answers import id_of
from torc_client.api.records import WorkflowActionModel, WorkflowModel
from torc_client.batch.submission import DUE_TRIGGERS, Submission, due_actions, nodes_config, submit_due_actions
from torc_client.batch.submission_checks import require_allowed, require_ready
from torc_client.batch.submit_options import SubmitOptions
from torc_client.batch.systems import scheduler_types, support_for
from torc_client.batch.unclear_submissions import settle
from torc_client.batch.working_folder import other_folder
from torc_client.cli.commands.allocations.due import require_due_at_start
from torc_client.cli.commands.allocations.options import (
    PATIENCE_SECONDS,
    require_reachable,
    runner_options,
    submit_options,
    warn,
)
from torc_client.cli.commands.allocations.review import review
from torc_client.cli.framework.context import App, command, files
from torc_client.cli.framework.output import ask
from torc_client.cli.framework.output.progress import bar
from torc_client.cli.framework.output.show import say
from torc_client.cli.framework.results import Message
from torc_client.client import TorcClient, current_user
from torc_client.errors import TorcError
from torc_client.spec.fit import no_fit, schedulers_of
from torc_client.spec.shape import Record
from torc_client.spec.targets import is_specification, workflow_id
from torc_client.text import with_ids
from torc_client.workflow_operations.can_run import require_can_run
from torc_client.workflow_operations.initialize import InputsMissingError, initialize

_SAMPLE = (
    "Add schedulers and actions with `torc slurm generate`, or an action with trigger_type: on_workflow_start,"
    " action_type: schedule_nodes, scheduler_type: slurm and the name of a scheduler."
)
_ANYWAY = "--skip-checks asks the batch system in any case."


def _refuse_retry(target: str) -> None:
    """Name the command that retries jobs on Slurm. `torc run` has the option, so users expect it here."""
    raise click.UsageError(
        "torc submit has no --retry-failed: it requests allocations for jobs that have not run. To make failed jobs "
        "ready again, and to plan and request allocations for them: "
        f"torc recover {target if target.isdigit() else 'ID'} --retry-unknown (with --dry-run, it only shows them)"
    )


@command(short_help="Submit a workflow to Slurm.")
@click.argument("target", metavar="SPEC|ID", shell_complete=files)
@click.option("-i", "--ignore-missing-data", is_flag=True, help="Also initialize if input files or data are missing.")
@click.option("--skip-checks", is_flag=True, help="Skip checks of schedulers and their nodes.")
@runner_options(output=("-o", "--output-dir"), max_parallel_jobs=("--max-parallel-jobs",))
@click.option("--no-prompts", is_flag=True, help="Do not show the actions of a workflow that ran before.")
@click.option("--retry-failed", is_flag=True, hidden=True, help="Refused: `torc recover` retries jobs on Slurm.")
async def submit(  # noqa: PLR0917 - click calls it by keyword
    app: App, target: str, ignore_missing_data: bool, skip_checks: bool, output_dir: Path,
    poll_interval_seconds: float | None, max_parallel_jobs: int | None, claim_backoff_max_seconds: float | None,
    no_prompts: bool, retry_failed: bool,
) -> Message:  # fmt: skip
    """Create the workflow of a spec, and request its allocations from Slurm; or those of an existing workflow.

    SPEC is a spec file (- reads stdin), ID is the id of a workflow. Each due action that schedules nodes requests its
    allocations, and a runner starts in each of them. Runners carry out the other actions later. Everything is checked
    before the workflow is created.

    A workflow that ran before shows which actions are due, and you can change them for this submission. Failed jobs are
    not reset: `torc recover ID` makes them ready again, and requests allocations for them.
    """
    if retry_failed:
        _refuse_retry(target)
    require_reachable(app)
    options = submit_options(
        app, output_dir, poll_interval_seconds=poll_interval_seconds, max_parallel_jobs=max_parallel_jobs,
        claim_backoff_max_seconds=claim_backoff_max_seconds,
    )  # fmt: skip
    plan = None
    if is_specification(target):
        plan = spec.load(target, skip_checks=skip_checks)
        for line in plan.warning_lines():
            say(line)
        _require_requests((action.record for action in plan.actions), target, target)
        require_due_at_start(plan, target)
        if not skip_checks:
            used = {action.record.get("scheduler") for action in plan.actions}
            records = [each for each in plan.slurm_schedulers if each.get("name") in used]
            await require_allowed(
                schedulers_of(plan.workflow, records), f"Correct slurm_schedulers in {target}. {_ANYWAY}"
            )
            if max_parallel_jobs is None:  # with it, runners ignore the requirements
                _require_fit(plan, records, target)
    async with app.client(patience_seconds=PATIENCE_SECONDS) as client:
        if plan is None:
            number = workflow_id(target)
            actions = await _requests(client, number)
            configs = filter(None, map(nodes_config, actions))
            await require_ready(client, options, {config.scheduler_type for config in configs})
        else:
            await require_ready(client, options, _types(plan))
            number = await _created(client, plan)
        asks = plan is None and not no_prompts and ask.is_possible()
        counts = await _prepared(
            client, number, asks=asks, force=ignore_missing_data, options=None if skip_checks else options
        )
        if counts is None:
            return Message("Nothing was submitted.", {"workflow_id": number}, status="canceled")
        submissions = await submit_due_actions(client, number, options, counts=counts, on_submission=_say)
        if not submissions:
            raise await _nothing_due(client, number, counts)
    ids = [str(each) for submission in submissions for each in submission.allocations.values()]
    facts = {"workflow_id": number, "allocation_ids": ids}
    return Message(f"Successfully submitted workflow {number} ({len(ids)} allocation(s))", facts)


def _require_fit(plan: spec.Plan, schedulers: Sequence[Record], target: str) -> None:
    """Raise TorcError if no job fits an allocation, so that all of them would be idle."""
    reason = no_fit(plan.workflow, schedulers, plan.requirements, [job.record for job in plan.jobs])
    if reason:
        raise TorcError(
            f"No job can run in the allocations of {target}: {reason}. Nothing was submitted.",
            f"Raise walltime, mem or gres of the schedulers, or lower the requirements. {_ANYWAY}",
        )


def _types(plan: spec.Plan) -> set[str]:
    records = [action.record for action in plan.actions]
    return {each["scheduler_type"] for each in records if each.get("scheduler_type") in scheduler_types()}


def _require_requests(actions: Iterable[Record], what: str, target: str) -> None:
    """Raise TorcError if no action requests allocations when the workflow is submitted."""
    for action in actions:
        is_request = action["action_type"] == "schedule_nodes" and action.get("scheduler_type") in scheduler_types()
        if is_request and action["trigger_type"] in DUE_TRIGGERS:
            return
    raise TorcError(
        f"{what} has no action that requests allocations, so there is nothing to submit.",
        f"{_SAMPLE} To run it on this machine: torc run {target}",
    )


async def _requests(client: TorcClient, number: int) -> list[WorkflowActionModel]:
    actions = await client.workflow_actions.get_workflow_actions(number)
    found = [each for each in actions if each.trigger_type in DUE_TRIGGERS and nodes_config(each) is not None]
    if not found:
        _require_requests((), f"Workflow {number}", str(number))
    return found


async def _created(client: TorcClient, plan: spec.Plan) -> int:
    with bar(f"Creating {plan.workflow['name']}") as advance:
        number = await spec.create(
            client, plan, user=current_user(), on_progress=lambda done, total: advance(done, total, "")
        )
    say(f"Created workflow {number}")
    return number


async def _prepared(
    client: TorcClient, number: int, *, asks: bool, force: bool, options: SubmitOptions | None
) -> dict[int, int] | None:
    """Check, review and initialize a workflow. Returns chosen numbers of allocations; None if the user canceled.

    Without `options`, nothing is compared with the schedulers.
    """
    for settled in await settle(client, number):
        say(settled.sentence)
    workflow = await client.workflows.get_workflow(number)
    is_new = (await client.workflows.is_workflow_uninitialized(number)).is_uninitialized
    is_complete = not is_new and (await client.workflows.is_workflow_complete(number)).is_complete
    require_can_run(workflow, is_complete=is_complete)
    if options is not None:
        await _warn(client, workflow, options)
    counts: dict[int, int] | None = {}
    if asks and (workflow.run_id or 0) > 1:
        counts = await _reviewed(client, number, is_new=is_new)
    if counts is not None and is_new:
        try:
            await initialize(client, number, force=force, only_if_uninitialized=True)
        except InputsMissingError as error:
            raise TorcError(
                f"{error.message} Nothing was submitted.",
                f"Create what is missing, then: torc submit {number}. Or submit it with --ignore-missing-data.",
            ) from error
    return counts


async def _warn(client: TorcClient, workflow: WorkflowModel, options: SubmitOptions) -> None:
    actions = await _requests(client, id_of(workflow))
    types = sorted({config.scheduler_type for config in map(nodes_config, actions) if config})
    schedulers = [
        each for one in types for each in await support_for(one).schedulers.of_workflow(client, id_of(workflow))
    ]
    used = {config.scheduler_id for config in map(nodes_config, actions) if config}
    slots = options.max_parallel_jobs is not None
    due = [each for each in schedulers if each.id in used]
    await require_allowed(due, f"Correct the scheduler with `torc slurm update`. {_ANYWAY}")
    folder = os.getcwd()  # noqa: PTH109 - the path of the shell, as it was recorded
    if workflow.submission_directory not in {None, folder}:
        say(other_folder(str(workflow.submission_directory), folder))
    await warn(client, workflow, due, by_resources=not slots)


async def _reviewed(client: TorcClient, number: int, *, is_new: bool) -> dict[int, int] | None:
    actions = [each for each in await _requests(client, number) if not each.is_recovery]
    # The initialization, which follows, makes these due again.
    first = [each for each in actions if is_new and each.trigger_type != "on_jobs_complete"]
    due = first if is_new else await due_actions(client, number)
    later = [each for each in actions if (is_new or not each.executed) and each.id not in {one.id for one in due}]
    schedulers = [
        each for one in scheduler_types() for each in await support_for(one).schedulers.of_workflow(client, number)
    ]
    return await review(client, due, later, schedulers)


def _say(submission: Submission) -> None:
    for line in submission.lines:
        say(line)


async def _nothing_due(client: TorcClient, number: int, counts: dict[int, int]) -> TorcError:
    """Return the error for a workflow of which no allocation was requested, with the reason."""
    more = f"To request allocations anyway: torc slurm schedule-nodes {number}"
    if counts and not any(counts.values()):
        return TorcError("All actions were disabled; no allocation was requested.", more)
    actions = await _requests(client, number)
    waiting = [id_of(each) for each in actions if not each.executed]
    if not waiting:
        return TorcError(f"All requests for allocations of workflow {number} were already made.", more)
    return TorcError(
        f"No request for allocations of workflow {number} is due: {_waiting(waiting, actions)}.",
        f"Runners carry it out when it is due. {more}",
    )


def _waiting(ids: Sequence[int], actions: Sequence[WorkflowActionModel]) -> str:
    triggers = sorted({each.trigger_type for each in actions if each.id in ids})
    return f"{with_ids('action', ids)} {'waits' if len(ids) == 1 else 'wait'} for {' and '.join(triggers)}"
