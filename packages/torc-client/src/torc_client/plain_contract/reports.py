"""Reports of a runner by the operations of the contract: ends of attempts, further attempts, times of files.

The server takes the end of any attempt that has not ended for that of the current one. Each end is therefore compared
with the jobs that run on the compute node: it counts if its attempt runs there, or if its result is stored already.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from torc_client.api import Subjects
from torc_client.api.enums import JobStatus
from torc_client.api.records import (
    BatchCompleteJobsRequest,
    ExchangedCompletion,
    JobCompletionEntry,
    JobCompletionError,
    OutputFileTime,
    ReportAndClaimRequest,
    ResultModel,
)
from torc_client.errors import NotFoundError, ServerError
from torc_client.paging import iterate
from torc_client.plain_contract.attempts import Attempt, attempt_of, running_on

_RETRIED = (JobStatus.FAILED, JobStatus.TERMINATED)
INTERNAL_ERROR = 500
"""The server answers it for a result whose attempt has one already."""
_NOT_CURRENT = "The attempt does not run on this compute node any more."


async def report(contract: Subjects, workflow_id: int, request: ReportAndClaimRequest) -> list[JobCompletionError]:
    """Report starts and ends of attempts, and return jobs that were not run. Returns the refused reports.

    It may be repeated. Raises TorcError.
    """
    started, completions, returned = request.started or [], request.completions or [], request.returned or []
    if not (started or completions or returned):
        return []
    node_id = request.compute_node_id
    running = {attempt_of(job): job for job in await running_on(contract, workflow_id, node_id)}
    errors = [
        JobCompletionError(job_id=each.job_id, message=_NOT_CURRENT)
        for each in started
        if Attempt(each.job_id, each.attempt_id) not in running
    ]
    due = [each for each in completions if _attempt(each) in running]
    others = [each for each in completions if _attempt(each) not in running]
    refused = [each.job_id for each in others if not await _is_stored(contract, each)]
    errors += [JobCompletionError(job_id=job_id, message=_NOT_CURRENT) for job_id in refused]
    for each in due:
        await _store_file_times(contract, each.output_files or [])
    again = [each for each in due if _is_retried(each)]
    for each in again:
        await _retry(contract, each)
    errors += await _complete(contract, workflow_id, [each for each in due if each not in again])
    for attempt in returned:
        if Attempt(attempt.job_id, attempt.attempt_id) in running:
            await contract.jobs.manage_status_change(attempt.job_id, JobStatus.READY, request.run_id)
    return errors


async def give_up(contract: Subjects, node_id: int) -> int:
    """Return the running jobs of a compute node to the queue, and mark it inactive. Returns the number of jobs.

    Each job gets its next attempt. Raises TorcError.
    """
    node = await contract.compute_nodes.get_compute_node(node_id)
    if not node.is_active:
        return 0
    run_id = (await contract.workflows.get_workflow(node.workflow_id)).run_id or 0
    jobs = await running_on(contract, node.workflow_id, node_id)
    for job in jobs:
        await contract.jobs.retry_job(attempt_of(job).job_id, run_id, max_retries=attempt_of(job).attempt_id + 1)
    await contract.compute_nodes.update_compute_node(node_id, replace(node, is_active=False))
    return len(jobs)


def _attempt(completion: ExchangedCompletion) -> Attempt:
    return Attempt(completion.job_id, completion.result.attempt_id or 1)


def _is_retried(completion: ExchangedCompletion) -> bool:
    most = completion.max_attempts
    return most is not None and completion.status in _RETRIED and _attempt(completion).attempt_id < most


async def _stored(contract: Subjects, result: ResultModel) -> list[ResultModel]:
    """Return the results of a job in the run of `result`."""
    pages = iterate(
        contract.results.list_results,
        workflow_id=result.workflow_id,
        job_id=result.job_id,
        run_id=result.run_id,
        all_runs=True,
    )
    return [each async for each in pages]


async def _is_stored(contract: Subjects, completion: ExchangedCompletion) -> bool:
    """Whether the server has the result of this attempt, from this compute node."""
    return any(_is_same(each, completion.result) for each in await _stored(contract, completion.result))


def _is_same(stored: ResultModel, result: ResultModel) -> bool:
    return (
        (stored.attempt_id or 1) == (result.attempt_id or 1)
        and stored.compute_node_id == result.compute_node_id
        and stored.return_code == result.return_code
    )


async def _retry(contract: Subjects, completion: ExchangedCompletion) -> None:
    """Store the result of an attempt that failed, and begin the next one.

    The job does not end in between: the server would cancel its dependents.
    """
    if not await _is_stored(contract, completion):
        await contract.results.create_result(completion.result)
    await contract.jobs.retry_job(completion.job_id, completion.run_id, max_retries=completion.max_attempts or 1)


async def _complete(
    contract: Subjects, workflow_id: int, completions: Sequence[ExchangedCompletion]
) -> list[JobCompletionError]:
    """Complete jobs, all in one call if that is possible. Returns the refused ones."""
    if not completions:
        return []
    try:
        errors = await _complete_together(contract, workflow_id, completions)
    except ServerError as error:
        if error.status != INTERNAL_ERROR:
            raise
        errors = []
        for each in completions:
            numbered = replace(each, result=await _with_free_number(contract, each.result))
            errors += await _complete_together(contract, workflow_id, [numbered])
    by_job = {each.job_id: each for each in completions}
    return [each for each in errors if not await _is_stored(contract, by_job[each.job_id])]


async def _complete_together(
    contract: Subjects, workflow_id: int, completions: Sequence[ExchangedCompletion]
) -> list[JobCompletionError]:
    entries = [
        JobCompletionEntry(job_id=each.job_id, run_id=each.run_id, status=each.status, result=each.result)
        for each in completions
    ]
    answer = await contract.workflows.batch_complete_jobs(workflow_id, BatchCompleteJobsRequest(completions=entries))
    return answer.errors


async def _with_free_number(contract: Subjects, result: ResultModel) -> ResultModel:
    """Return the result with a number of an attempt that no other result of the job in this run has.

    A job that was reset by hand runs again with the number that it had, and the server stores one result for each.
    """
    taken = {each.attempt_id or 1 for each in await _stored(contract, result)}
    number = result.attempt_id or 1
    return replace(result, attempt_id=max(taken) + 1) if number in taken else result


async def _store_file_times(contract: Subjects, times: Sequence[OutputFileTime]) -> None:
    for each in times:
        try:
            file = await contract.files.get_file(each.id)
            if file.st_mtime != each.st_mtime:
                await contract.files.update_file(each.id, replace(file, st_mtime=each.st_mtime))
        except NotFoundError:  # the file was deleted from the workflow
            continue
