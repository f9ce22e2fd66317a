"""`torc jobs fail`."""

import click

from torc_client.api.records import FailJobsRequest
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Message
from torc_client.errors import TorcError
from torc_client.text import count


@command(short_help="Decide that pending_failed jobs failed.")
@click.argument("job_ids", type=int, nargs=-1)
@click.option("--workflow-id", type=int, help="Workflow of the jobs. Without JOB_IDS: all its pending_failed jobs.")
async def fail(app: App, job_ids: tuple[int, ...], workflow_id: int | None) -> Message:
    """Decide that pending_failed jobs failed. To run them again instead, use `torc jobs reset-status`.

    Jobs that depend on them are canceled, or become ready if cancel_on_blocking_job_failure is false. Either all of the
    jobs change or none. The exit code is 1 if no job of the workflow is pending_failed.
    """
    if not job_ids and workflow_id is None:
        raise click.UsageError("Select jobs by id, or all pending_failed jobs of a workflow with --workflow-id.")
    async with app.client() as client:
        if workflow_id is None:
            workflow_id = (await client.jobs.get_job(job_ids[0])).workflow_id
        request = FailJobsRequest(job_ids=list(job_ids) or None)
        failed = (await client.workflows.fail_jobs(workflow_id, request)).job_ids
    if not failed:
        raise TorcError(f"No job of workflow {workflow_id} is pending_failed.", "See `torc jobs list`.")
    are = "is" if len(failed) == 1 else "are"
    return Message(
        f"{count('job', len(failed))} of workflow {workflow_id} {are} failed now.",
        {"workflow_id": workflow_id, "job_ids": failed},
    )
