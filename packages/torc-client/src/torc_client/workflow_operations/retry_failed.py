"""Make the jobs of a workflow that did not succeed, and their dependents, ready again."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from torc_client.answers import id_of
from torc_client.api.enums import JobScope
from torc_client.api.records import RestartJobsRequest, RestartJobsResponse
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.job_statuses import ACTIVE, UNSUCCESSFUL, count_in
from torc_client.paging import iterate
from torc_client.text import count
from torc_client.workflow_operations.file_times import HERE
from torc_client.workflow_operations.files import check_files
from torc_client.workflow_operations.initialize import require_inputs
from torc_client.workflow_operations.temp_files import find_writers, writers_sentence

_NAMES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Retry:
    """What did not succeed, and what has to run again with it."""

    unsuccessful: frozenset[int]
    writers: Mapping[int, str]
    """Completed jobs that write temporary files which these jobs need and which were deleted, each with the reason."""

    @property
    def job_ids(self) -> list[int]:
        """The jobs to reset. Those that depend on them are reset too."""
        return sorted(self.unsuccessful | self.writers.keys())


async def plan_retry(
    client: TorcClient, workflow_id: int, only: frozenset[int] | None = None, *, folder: Path = HERE
) -> Retry:
    """Find the jobs that did not succeed, with `only` those of them, and the jobs that have to run before them."""
    found = set()
    for status in UNSUCCESSFUL:
        found |= {id_of(job) async for job in iterate(client.jobs.list_jobs, workflow_id=workflow_id, status=status)}
    unsuccessful = frozenset(found if only is None else found & only)
    return Retry(unsuccessful, await find_writers(client, workflow_id, unsuccessful, folder))


async def require_inputs_of_retry(
    client: TorcClient, workflow_id: int, retry: Retry, *, can_force: bool = True
) -> None:
    """Raise InputFilesMissingError if files are missing that the jobs read and no job writes."""
    check = await check_files(client, workflow_id, frozenset(retry.job_ids))
    require_inputs(check, is_rerun=True, can_force=can_force)


def retry_request(
    retry: Retry, *, is_part: bool = False, initializes: bool = True, force: bool = False, run_id: int | None = None
) -> RestartJobsRequest:
    """Return the request that resets the jobs. `is_part`: other unsuccessful jobs stay as they are.

    With `run_id`, the request is refused if another command has begun a run since.
    """
    request = RestartJobsRequest(scope=JobScope.UNSUCCESSFUL, initializes=initializes, force=force, known_run_id=run_id)
    if is_part or retry.writers:
        request.scope, request.job_ids = JobScope.LISTED, retry.job_ids
    return request


async def retry_failed(
    client: TorcClient, workflow_id: int, only: frozenset[int] | None = None
) -> tuple[RestartJobsResponse, Retry] | None:
    """Make unsuccessful jobs and their dependents ready, and lift a cancellation. None if there is nothing to do.

    So are the jobs that write temporary files again that these need. With `only`, of these jobs.

    Raises TorcError, and changes nothing, if input files are missing or jobs are running.
    """
    status = await client.workflows.get_workflow_status(workflow_id)
    unsuccessful = count_in(status.jobs_by_status, UNSUCCESSFUL)
    if not unsuccessful and not status.is_canceled:
        return None
    active = count_in(status.jobs_by_status, ACTIVE)
    if active:
        is_one = active == 1
        raise TorcError(
            f"{count('job', active)} of workflow {workflow_id} {'is' if is_one else 'are'} pending or running, so its "
            "failed jobs were not reset.",
            f"Wait for {'its end' if is_one else 'their end'} and repeat the command. Or run the failed jobs beside "
            f"{'it' if is_one else 'them'}: torc jobs reset-status --workflow-id {workflow_id} --status failed, then "
            f"torc run {workflow_id}",
        )
    retry = await plan_retry(client, workflow_id, only)
    if only is not None and not retry.unsuccessful and not status.is_canceled:
        return None
    await require_inputs_of_retry(client, workflow_id, retry, can_force=False)
    # Another command that starts a run at the same time must not have its jobs reset.
    request = retry_request(retry, is_part=only is not None, run_id=status.run_id)
    return await client.workflows.restart_jobs(workflow_id, request), retry


def retry_sentence(
    workflow_id: int, done: tuple[RestartJobsResponse, Retry] | None, *, has_target: bool = False
) -> str:
    """Describe what `retry_failed` did; `has_target` is whether it was for chosen jobs only."""
    if done is None:
        return f"{'The target' if has_target else f'Workflow {workflow_id}'} has no failed job to retry."
    restarted, retry = done
    return reset_sentence(workflow_id, restarted, ", ready to run again", retry.writers)


def reset_sentence(
    workflow_id: int, restarted: RestartJobsResponse, then: str = "", writers: Collection[int] = ()
) -> str:
    """Describe a reset; `then` is what the jobs do next, after their number.

    `writers` are those of them that run again for temporary files only.
    """
    if restarted.cancellation_lifted and not restarted.updated_count:
        return f"The cancellation of workflow {workflow_id} is lifted."
    lifted = " The cancellation is lifted." if restarted.cancellation_lifted else ""
    again = f" {writers_sentence(writers)}" if writers else ""
    return f"Reset {count('job', restarted.updated_count)} of workflow {workflow_id}{then}.{again}{lifted}"


def failed_sentence(names: Sequence[str]) -> str:
    """Name the failed jobs that a command leaves as they are."""
    more = f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
    return f"{count('job', len(names))} failed: {', '.join(names[:_NAMES_SHOWN])}{more}."
