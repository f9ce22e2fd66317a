"""`torc workflows reinitialize`."""

import click
import msgspec

from torc_client.cli.commands.workflows.background import background_options, require_one_of, task_facts
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.output.progress import bar
from torc_client.cli.framework.picker import named, pick
from torc_client.cli.framework.results import Column, Listing, Message, Report
from torc_client.text import count
from torc_client.workflow_operations.files import check_files
from torc_client.workflow_operations.reinitialize import reinitialize
from torc_client.workflow_operations.rerun import RerunPlan, plan_rerun
from torc_client.workflow_operations.retry_failed import failed_sentence
from torc_client.workflow_operations.task_wait import require_success

_COLUMNS = (
    Column("Job", "job_id", right=True),
    Column("Name", "name"),
    Column("Status", "status"),
    Column("Why", "reason", wraps=True),
)


@command("reinitialize", short_help="Make jobs ready again whose inputs changed.")
@workflow_argument
@click.option("--force", is_flag=True, help="Also reinitialize if inputs are missing or jobs are running.")
@click.option("--dry-run", is_flag=True, help="List the jobs that would run again and why; change nothing.")
@background_options
async def reinitialize_command(  # noqa: PLR0917 - click calls it by keyword
    app: App, workflow_id: int | None, force: bool, dry_run: bool, as_task: bool, wait_seconds: float | None
) -> Message | Report:
    """Make jobs whose inputs changed ready again, and all jobs that depend on them.

    A job runs again if an input file was changed, added or removed since it ran; if an output file is missing; if its
    command, dependencies or user data changed; or if it was canceled, terminated or reset, or is new. Failed jobs are
    not changed: use `torc run ID --retry-failed`. Jobs that depend on a failed job stay canceled. If the
    workflow is canceled, the cancellation is lifted. Relative paths start at the current directory.
    """
    require_one_of(as_task, wait_seconds)
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id, changes=not dry_run)
        plan = await plan_rerun(client, workflow_id)
        if dry_run:
            check = await check_files(client, workflow_id)
            listing = Listing(
                plan.jobs, _COLUMNS, "job to run again", "jobs to run again", await named(client, workflow_id)
            )
            missing = [f"Input file {path} is missing." for path in check.missing_input_files]
            if plan.was_canceled:
                missing.append("The workflow is canceled; reinitializing it lifts the cancellation.")
            if plan.failed_names:
                missing.append(_about_failed(plan, workflow_id))
            return Report(
                {**msgspec.to_builtins(check), "jobs_to_run": plan.jobs, "was_canceled": plan.was_canceled},
                listing,
                missing,
            )
        job_ids = [each.job_id for each in plan.jobs]
        facts = {"workflow_id": workflow_id, "job_ids": job_ids, "cancellation_lifted": plan.was_canceled}
        with bar(f"Initializing workflow {workflow_id}"):
            is_task = as_task or wait_seconds is not None
            task = await reinitialize(client, workflow_id, plan, force=force, as_task=is_task)
            if task is not None and not as_task:
                task = await require_success(client, task.id, wait_seconds)
        num_ready = (await client.workflows.get_workflow_status(workflow_id)).jobs_by_status.ready
    facts |= task_facts(task)
    jobs = count("job", len(plan.jobs))
    lifted = "The cancellation is lifted. " if plan.was_canceled else ""
    if task is not None and as_task:
        message = f"{lifted}Task {task.id} makes {jobs} ready to run again. Wait for it: torc tasks wait {task.id}"
        return Message(message, facts)
    failed = f"\n{_about_failed(plan, workflow_id)}" if plan.failed_names else ""
    if plan.jobs:
        again = f"{jobs} of workflow {workflow_id} will run again: torc run {workflow_id}"
        return Message(f"{lifted}{again}{failed}", facts)
    if plan.was_canceled:
        others = f"No job of workflow {workflow_id} runs again, and the others can run: torc run {workflow_id}"
        return Message(f"{lifted}{others}{failed}", facts)
    ready = "" if not num_ready else f" {count('job', num_ready)} can run: torc run {workflow_id}"
    return Message(f"Workflow {workflow_id} has not changed: no job runs again.{ready}{failed}", facts)


def _about_failed(plan: RerunPlan, workflow_id: int) -> str:
    return f"{failed_sentence(plan.failed_names)} To run what failed again: torc run {workflow_id} --retry-failed"
