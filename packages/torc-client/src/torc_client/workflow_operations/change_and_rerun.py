"""Change a job that has run or is ready, and let it run again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from torc_client.answers import id_of
from torc_client.api.enums import JobScope, JobStatus
from torc_client.api.records import JobModel, RestartJobsRequest
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.job_statuses import ACTIVE, count_in
from torc_client.text import count
from torc_client.workflow_operations.initialize import require_inputs_of
from torc_client.workflow_operations.reset_jobs import plan_reset


@asynccontextmanager
async def reset_around(client: TorcClient, job: JobModel) -> AsyncIterator[None]:
    """Reset a job and all jobs that depend on it before a change, and make them ready to run again afterwards.

    If the change fails, they are made ready all the same. An uninitialized job stays so. Raises TorcError if jobs
    of the workflow run, and InputsMissingError: both before anything changes.
    """
    if job.status in {None, JobStatus.UNINITIALIZED}:
        yield
        return
    status = await client.workflows.get_workflow_status(job.workflow_id)
    if running := count_in(status.jobs_by_status, ACTIVE):
        # A new run, which makes the job ready again, is refused while jobs run.
        raise TorcError(
            f"{count('active job', running)} in workflow {job.workflow_id}: a new run cannot begin.",
            f"Wait for their end, or let the next runner make the job ready: torc jobs reset-status {id_of(job)}, then "
            "change it.",
        )
    plan = await plan_reset(client, job.workflow_id, {id_of(job): "chosen"})
    ids = [each.job_id for each in plan]
    await require_inputs_of(client, job.workflow_id, ids)
    reset = RestartJobsRequest(scope=JobScope.LISTED, job_ids=ids, begins_run=False, initializes=False)
    await client.workflows.restart_jobs(job.workflow_id, reset)
    try:
        yield
    finally:
        again = RestartJobsRequest(scope=JobScope.LISTED, job_ids=ids, begins_run=True, initializes=True)
        await client.workflows.restart_jobs(job.workflow_id, again)
