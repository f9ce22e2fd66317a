"""Why a job has its status, in sentences. Pure."""

from typing import Final

from torc_client.api.enums import ExplainCode, JobStatus
from torc_client.api.records import ExplainResponse, JobModel, NeighbourJob, NeighboursResponse
from torc_client.exit_codes import explained
from torc_client.job_statuses import UNSUCCESSFUL
from torc_client.log_files.attempt_sources import JobHistory
from torc_client.log_files.job_logs import UNDERWAY
from torc_client.recovery.diagnosis import codes_of

_MOST: Final = 3
_ABOUT_ALL: Final = frozenset({ExplainCode.NO_ACTIVE_NODES})


def reasons_of(history: JobHistory, near: NeighboursResponse, explained_workflow: ExplainResponse | None) -> list[str]:
    """Return why a job has its status. The explanation of the workflow is needed for ready jobs."""
    job = history.job
    needs = [each for each in near.jobs if each.step == -1]
    match job.status:
        case JobStatus.UNINITIALIZED | None:
            return ["It was not initialized since it was created or reset."]
        case JobStatus.BLOCKED:
            return _blocked(needs)
        case JobStatus.READY:
            return _ready(job, explained_workflow)
        case JobStatus.DISABLED:
            return ["It is disabled: no runner starts it, and jobs that need it wait."]
        case JobStatus.CANCELED:
            failed = [each for each in needs if each.status in UNSUCCESSFUL]
            return [_named("It was canceled because this job did not succeed:", each) for each in failed[:_MOST]] or [
                "It was canceled with its workflow, or by a user."
            ]
        case _:
            return _ended(history)


def _ended(history: JobHistory) -> list[str]:
    result = history.chosen.result if history.chosen else None
    if history.job.status not in UNSUCCESSFUL or result is None:
        return []
    codes = codes_of(history.workflow)
    text = explained(result.return_code, out_of_memory=codes.out_of_memory, out_of_time=codes.out_of_time)
    undecided = ["Its failure waits for a decision: retry it, or let it fail."]
    return [text, *(undecided if history.job.status is JobStatus.PENDING_FAILED else [])]


def _blocked(needs: list[NeighbourJob]) -> list[str]:
    waiting = [each for each in needs if each.status is not JobStatus.COMPLETED]
    return [_named(_waits_for(each), each) for each in waiting[:_MOST]] or ["It waits for other jobs."]


def _waits_for(job: NeighbourJob) -> str:
    if job.status in UNSUCCESSFUL:
        return "It waits for a job that did not succeed:"
    return "It waits for a job that runs:" if job.status in UNDERWAY else f"It waits for a {job.status.value} job:"


def _ready(job: JobModel, found: ExplainResponse | None) -> list[str]:
    if found is None:
        return []
    own = [kind for kind in found.ready if kind.resource_requirements_id == job.resource_requirements_id]
    reasons = [
        f"{each.hostname or 'A node'} has {each.offered:g} {each.quantity.value}; the job needs {each.needed:g}."
        for kind in own
        if not kind.fits
        for each in kind.shortfalls[:_MOST]
    ]
    about_it = _ABOUT_ALL | ({ExplainCode.CLAIMABLE} if any(kind.fits for kind in own) else set())
    reasons += [
        each.message
        for each in found.reasons
        if each.code in about_it or each.count == 0 or any(one.job_id == job.id for one in each.jobs)
    ][:_MOST]
    return reasons or ["A runner can start it."]


def _named(text: str, job: NeighbourJob) -> str:
    return f"{text} {job.job_name} (job {job.job_id})"
