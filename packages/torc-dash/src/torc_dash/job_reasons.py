"""Why a job has its status, and what it waits for."""

from collections.abc import Sequence
from dataclasses import dataclass

from torc_client.api.enums import JobStatus
from torc_client.api.records import JobModel
from torc_client.client import TorcClient
from torc_client.errors import ApiError
from torc_client.exit_codes import meaning
from torc_client.job_statuses import UNSUCCESSFUL
from torc_client.log_files.job_logs import UNDERWAY
from torc_client.recovery.diagnosis import codes_of
from torc_dash import addresses
from torc_dash.log_sources import JobHistory

_MOST = 3


@dataclass(frozen=True)
class Reason:
    """A sentence, and the page that shows more."""

    text: str
    href: str | None = None


async def reasons_of(
    client: TorcClient, history: JobHistory, needs: Sequence[JobModel], total_needs: int
) -> tuple[Reason, ...]:
    """Return why a job has its status. `needs` are some of the jobs that it waits for."""
    status = history.job.status
    if status is JobStatus.UNINITIALIZED:
        return (Reason(f"The workflow is not initialized: torc workflows init {history.job.workflow_id}"),)
    if status is JobStatus.BLOCKED:
        return _blocked(needs, total_needs)
    if status is JobStatus.READY:
        return await _ready(client, history.job)
    if status is JobStatus.CANCELED:
        failed = [one for one in needs if one.status in UNSUCCESSFUL]
        return tuple(_named("It was canceled because this job did not succeed:", one) for one in failed[:_MOST]) or (
            Reason("It was canceled with its workflow, or by a user."),
        )
    result = history.chosen.result if history.chosen else None
    if status in UNSUCCESSFUL and result is not None:
        codes = codes_of(history.workflow)
        known = meaning(result.return_code, out_of_memory=codes.out_of_memory, out_of_time=codes.out_of_time)
        return (Reason(f"Exit code {result.return_code}{f': {known}' if known else ''}."),)
    return ()


def _blocked(needs: Sequence[JobModel], total: int) -> tuple[Reason, ...]:
    failed = [one for one in needs if one.status in UNSUCCESSFUL]
    waiting = [one for one in needs if one.status is not JobStatus.COMPLETED and one not in failed]
    reasons = [_named("It waits for a job that did not succeed:", one) for one in failed[:_MOST]]
    running = [one for one in waiting if one.status in UNDERWAY]
    reasons += [_named("It waits for a job that runs:", one) for one in running[:_MOST]]
    others = [one for one in waiting if one not in running]
    reasons += [_named(f"It waits for a job that is {one.status}:", one) for one in others[:_MOST]]
    if total > len(needs):
        reasons.append(Reason(f"It waits for {total:,} jobs; the first {len(needs)} of them were looked at."))
    return tuple(reasons) or (Reason("It waits for other jobs."),)


async def _ready(client: TorcClient, job: JobModel) -> tuple[Reason, ...]:
    """Return the reasons of the server that concern a ready job: those of its requirements, and of the workflow."""
    try:
        found = await client.workflows.explain_workflow(job.workflow_id)
    except ApiError:
        return ()
    own = [kind for kind in found.ready if kind.resource_requirements_id == job.resource_requirements_id]
    reasons = [
        Reason(
            f"{each.hostname or 'A node'} has {each.offered:g} {each.quantity.value}; the job needs {each.needed:g}."
        )
        for kind in own
        if not kind.fits
        for each in kind.shortfalls[:_MOST]
    ]
    # Reasons about other jobs are left out.
    reasons += [
        Reason(one.message)
        for one in found.reasons
        if one.count == 0 or any(each.job_id == job.id for each in one.jobs)
    ][:_MOST]
    return tuple(reasons) or (Reason("A runner can start it."),)


def _named(text: str, job: JobModel) -> Reason:
    return Reason(f"{text} {job.name}", addresses.job(job.id or 0))
