"""Runs of a workflow, its status and its creation, by the operations of the contract."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from msgspec.structs import replace

from torc_client.answers import id_of, run_id_of
from torc_client.api import Subjects
from torc_client.api.enums import JobScope, JobStatus
from torc_client.api.records import (
    DisableJobsRequest,
    DisableJobsResponse,
    FileTime,
    IsCompleteResponse,
    JobModel,
    JobsModel,
    MessageResponse,
    RestartJobsRequest,
    RestartJobsResponse,
    StartRunRequest,
    StartRunResponse,
    WorkflowStatusResponse,
)
from torc_client.errors import UnprocessableError

_AT_ONCE = 8


async def status_of(contract: Subjects, workflow_id: int) -> WorkflowStatusResponse:
    """Return the status of a workflow, with its run. Raises TorcError."""
    status = await contract.workflows.get_workflow_status(workflow_id)
    workflow = await contract.workflows.get_workflow(workflow_id)
    return replace(status, id=workflow_id, run_id=run_id_of(workflow), is_archived=bool(workflow.is_archived))


async def is_complete(contract: Subjects, workflow_id: int) -> IsCompleteResponse:
    """Return whether a workflow is complete, and its run. Raises TorcError."""
    answer = await contract.workflows.is_workflow_complete(workflow_id)
    return replace(answer, run_id=(await contract.workflows.get_workflow(workflow_id)).run_id)


async def disable_jobs(contract: Subjects, workflow_id: int, request: DisableJobsRequest) -> DisableJobsResponse:
    """Disable jobs one by one. Raises TorcError."""
    run_id = request.known_run_id
    if run_id is None:
        run_id = run_id_of(await contract.workflows.get_workflow(workflow_id))
    free = asyncio.Semaphore(_AT_ONCE)

    async def disable(job_id: int) -> None:
        async with free:
            await contract.jobs.manage_status_change(job_id, JobStatus.DISABLED, run_id)

    await asyncio.gather(*map(disable, request.job_ids))
    return DisableJobsResponse(updated_count=len(request.job_ids))


async def start_run(
    contract: Subjects, workflow_id: int, request: StartRunRequest, *, only_if_uninitialized: bool, force: bool
) -> StartRunResponse:
    """Start a new run: reset all jobs, increment the run id, and find out which jobs are ready. Raises TorcError.

    Of several clients that start the first run at once, each that finds jobs of another one at work starts none.
    """
    workflows = contract.workflows
    if only_if_uninitialized and not (await workflows.is_workflow_uninitialized(workflow_id)).is_uninitialized:
        return StartRunResponse(is_started=False, run_id=run_id_of(await workflows.get_workflow(workflow_id)))
    await _store_file_times(contract, request.file_times or [])
    try:
        await workflows.reset_workflow_status(workflow_id, force=force)
    except UnprocessableError:
        if not only_if_uninitialized or (await workflows.is_workflow_uninitialized(workflow_id)).is_uninitialized:
            raise
        return StartRunResponse(is_started=False, run_id=run_id_of(await workflows.get_workflow(workflow_id)))
    if not only_if_uninitialized:
        await workflows.reset_job_status(workflow_id)
    await workflows.initialize_jobs(workflow_id, only_uninitialized=False)
    return StartRunResponse(is_started=True, run_id=run_id_of(await workflows.get_workflow(workflow_id)))


async def restart_jobs(contract: Subjects, workflow_id: int, request: RestartJobsRequest) -> RestartJobsResponse:
    """Begin the next run, reset jobs and initialize them: one step after the other. Raises TorcError.

    A run is begun in any case: the server stores one result for each attempt of a job in a run, and the number of the
    attempt does not change with the reset.
    """
    workflows = contract.workflows
    before = await workflows.get_workflow(workflow_id)
    await _store_file_times(contract, request.file_times or [])
    await workflows.reset_workflow_status(workflow_id, force=request.force)
    count = len(request.job_ids or [])
    if request.scope is JobScope.LISTED:
        run_id = run_id_of(await workflows.get_workflow(workflow_id))
        for job_id in request.job_ids or []:
            await contract.jobs.manage_status_change(job_id, JobStatus.UNINITIALIZED, run_id)
    else:
        is_part = request.scope is JobScope.UNSUCCESSFUL
        count = (await workflows.reset_job_status(workflow_id, failed_only=is_part)).updated_count
    if request.initializes:
        await workflows.initialize_jobs(workflow_id, only_uninitialized=True)
    after = await workflows.get_workflow(workflow_id)
    lifted = bool(before.is_canceled) and not after.is_canceled
    return RestartJobsResponse(run_id=run_id_of(after), updated_count=count, cancellation_lifted=lifted)


async def initialize_added(contract: Subjects, workflow_id: int, *, clear_ephemeral: bool | None) -> MessageResponse:
    """Initialize the jobs that were added or reset. Raises TorcError.

    Unless jobs are active, the next run begins, in which jobs that were reset can have results again.
    """
    workflows = contract.workflows
    if not (await workflows.get_workflow(workflow_id)).is_canceled:
        with suppress(UnprocessableError):
            await workflows.reset_workflow_status(workflow_id)
    return await workflows.initialize_jobs(
        workflow_id, only_uninitialized=True, clear_ephemeral_user_data=clear_ephemeral
    )


async def create_jobs(contract: Subjects, request: JobsModel) -> list[JobModel]:
    """Create jobs, in as many calls as their dependencies require, and return them with their ids. Raises TorcError."""
    sets, created = request.dependency_sets or [], list[JobModel]()
    waiting: list[JobModel] = []

    async def send() -> None:
        if waiting:
            created.extend((await contract.jobs.create_jobs(JobsModel(jobs=[*waiting]))).jobs or [])
            waiting.clear()

    for job in request.jobs:
        needed = [sets[number] for number in job.waits_for_sets or ()]
        positions = [position for each in needed for position in each.positions or ()]
        if any(position >= len(created) for position in positions):
            await send()
        ids = [*(job.depends_on_job_ids or ()), *(job_id for each in needed for job_id in each.job_ids or ())]
        ids += [id_of(created[position]) for position in positions]
        waiting.append(replace(job, waits_for_sets=None, depends_on_job_ids=sorted({*ids}) or None))
    await send()
    return created


async def _store_file_times(contract: Subjects, times: Sequence[FileTime]) -> None:
    for each in times:
        file = await contract.files.get_file(each.file_id)
        await contract.files.update_file(each.file_id, replace(file, st_mtime=each.st_mtime))
