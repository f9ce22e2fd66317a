"""Make the jobs of a workflow that did not succeed, and their dependents, ready again."""

from collections.abc import Sequence

from torc_client.answers import id_of
from torc_client.api.enums import JobScope
from torc_client.api.records import RestartJobsRequest, RestartJobsResponse
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.job_statuses import ACTIVE, UNSUCCESSFUL, count_in
from torc_client.paging import iterate
from torc_client.text import count
from torc_client.workflow_operations.files import check_files
from torc_client.workflow_operations.initialize import require_inputs

_NAMES_SHOWN = 5


async def require_inputs_of_unsuccessful(client: TorcClient, workflow_id: int) -> None:
    """Raise InputFilesMissingError if files are missing that jobs which did not succeed read and no job writes."""
    unsuccessful = await _unsuccessful(client, workflow_id)
    require_inputs(await check_files(client, workflow_id, unsuccessful), is_rerun=True)


async def _unsuccessful(client: TorcClient, workflow_id: int) -> set[int]:
    found = set()
    for status in UNSUCCESSFUL:
        found |= {id_of(job) async for job in iterate(client.jobs.list_jobs, workflow_id=workflow_id, status=status)}
    return found


async def retry_failed(
    client: TorcClient, workflow_id: int, only: frozenset[int] | None = None
) -> RestartJobsResponse | None:
    """Make unsuccessful jobs and their dependents ready, and lift a cancellation. None if there is nothing to do.

    With `only`, of these jobs.

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
    # Another command that starts a run at the same time must not have its jobs reset.
    request = RestartJobsRequest(scope=JobScope.UNSUCCESSFUL, initializes=True, known_run_id=status.run_id)
    chosen = await _unsuccessful(client, workflow_id)
    if only is not None:
        chosen &= only
        if not chosen and not status.is_canceled:
            return None
        request.scope, request.job_ids = JobScope.LISTED, sorted(chosen)
    require_inputs(await check_files(client, workflow_id, chosen), is_rerun=True, can_force=False)
    return await client.workflows.restart_jobs(workflow_id, request)


def retry_sentence(workflow_id: int, restarted: RestartJobsResponse | None, *, has_target: bool = False) -> str:
    """Describe what `retry_failed` did; `has_target` is whether it was for chosen jobs only."""
    if restarted is None:
        return f"{'The target' if has_target else f'Workflow {workflow_id}'} has no failed job to retry."
    return reset_sentence(workflow_id, restarted, ", ready to run again")


def reset_sentence(workflow_id: int, restarted: RestartJobsResponse, then: str = "") -> str:
    """Describe a reset; `then` is what the jobs do next, after their number."""
    if restarted.cancellation_lifted and not restarted.updated_count:
        return f"The cancellation of workflow {workflow_id} is lifted."
    lifted = " The cancellation is lifted." if restarted.cancellation_lifted else ""
    return f"Reset {count('job', restarted.updated_count)} of workflow {workflow_id}{then}.{lifted}"


def failed_sentence(names: Sequence[str]) -> str:
    """Name the failed jobs that a command leaves as they are."""
    more = f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
    return f"{count('job', len(names))} failed: {', '.join(names[:_NAMES_SHOWN])}{more}."
