"""Why a job has its status, and what it waits for. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from torc_client.answers import id_of
from torc_client.api.enums import ExplainCode, JobStatus
from torc_client.api.records import ExplainResponse, JobModel, NeighbourJob, ResultModel, WorkflowModel
from torc_client.job_statuses import UNSUCCESSFUL
from torc_client.log_files.attempt_sources import JobHistory
from torc_client.log_files.job_attempts import UNDERWAY
from torc_client.overview.neighbours import Neighbourhood
from torc_client.overview.result_reasons import explained
from torc_client.recovery.diagnosis import codes_of

_MOST = 3


class Lead(StrEnum):
    """Where there is more about a reason."""

    NOWHERE = "nowhere"
    JOB = "job"
    LOG = "log"
    GRAPH = "graph"


@dataclass(frozen=True)
class JobReason:
    """A sentence, and where there is more: about the job `job_id`, in its log, or in the graph near it."""

    text: str
    lead: Lead = Lead.NOWHERE
    job_id: int = 0


# Reasons about all ready jobs, which name none of them.
_ABOUT_ALL = {ExplainCode.NO_ACTIVE_NODES}


def job_reasons(
    history: JobHistory, near: Neighbourhood, explanation: ExplainResponse | None = None
) -> tuple[JobReason, ...]:
    """Return why a job has its status. Only for a ready job, the explanation of the workflow is needed."""
    status = history.job.status
    result = history.chosen.result if history.chosen else None
    match status:
        case JobStatus.UNINITIALIZED:
            return (JobReason(f"The workflow is not initialized: torc workflows init {history.job.workflow_id}"),)
        case JobStatus.BLOCKED:
            return _blocked(near)
        case JobStatus.READY:
            return _ready(explanation, history.job) if explanation is not None else ()
        case JobStatus.DISABLED:
            return (JobReason("It is disabled: no runner starts it, and jobs that need it wait."),)
        case JobStatus.CANCELED:
            return _canceled(near, history.workflow)
        case _:
            return _ended(history, result) if status in UNSUCCESSFUL and result is not None else ()


def _canceled(near: Neighbourhood, workflow: WorkflowModel) -> tuple[JobReason, ...]:
    failed = [one for one in near.at(-1) if one.status in UNSUCCESSFUL]
    return tuple(_named("It was canceled because this job did not succeed:", one) for one in failed[:_MOST]) or (
        JobReason("It was canceled with its workflow." if workflow.is_canceled else "It was canceled by a user."),
    )


def _ended(history: JobHistory, result: ResultModel) -> tuple[JobReason, ...]:
    """Return what the result means."""
    text = explained(result, codes_of(history.workflow))
    job_id = id_of(history.job)
    reasons = [JobReason(text, Lead.LOG, job_id)]
    if history.job.status is JobStatus.PENDING_FAILED:
        undecided = "Its failure is not decided yet: retry it, or let it fail."
        reasons.append(JobReason(undecided, Lead.JOB, job_id))
    return tuple(reasons)


def _blocked(near: Neighbourhood) -> tuple[JobReason, ...]:
    needs = near.at(-1)
    failed = [one for one in needs if one.status in UNSUCCESSFUL]
    waiting = [one for one in needs if one.status is not JobStatus.COMPLETED and one not in failed]
    reasons = [_named("It waits for a job that did not succeed:", one) for one in failed[:_MOST]]
    running = [one for one in waiting if one.status in UNDERWAY]
    reasons += [_named("It waits for a job that runs:", one) for one in running[:_MOST]]
    others = [one for one in waiting if one not in running]
    reasons += [
        _named(f"It waits for a job that is {one.status.value.replace('_', ' ')}:", one) for one in others[:_MOST]
    ]
    reasons = reasons[: 2 * _MOST]
    if not near.has_all_needs:
        text = f"It needs {near.number_at(-1)}; the first that keep it waiting are named here."
        reasons.append(JobReason(text, Lead.GRAPH, near.job.job_id))
    return tuple(reasons) or (JobReason("It waits for other jobs."),)


def _ready(found: ExplainResponse, job: JobModel) -> tuple[JobReason, ...]:
    """Return the reasons of the server that concern a ready job: those of its requirements, and of the workflow."""
    own = [kind for kind in found.ready if kind.resource_requirements_id == job.resource_requirements_id]
    reasons = [
        JobReason(
            f"{each.hostname or 'A node'} has {each.offered:g} {each.quantity.value}; the job needs {each.needed:g}."
        )
        for kind in own
        if not kind.fits
        for each in kind.shortfalls[:_MOST]
    ]
    about_it = _ABOUT_ALL | ({ExplainCode.CLAIMABLE} if any(kind.fits for kind in own) else set())
    # Reasons about other jobs are left out.
    reasons += [
        JobReason(one.message)
        for one in found.reasons
        if one.code in about_it or one.count == 0 or any(each.job_id == job.id for each in one.jobs)
    ][:_MOST]
    return tuple(reasons) or (JobReason("A runner can start it."),)


def _named(text: str, job: NeighbourJob) -> JobReason:
    return JobReason(f"{text} {job.job_name}", Lead.JOB, job.job_id)
