"""Why a job has its status, and what it waits for."""

from dataclasses import dataclass

from torc_client.api.enums import ExplainCode, JobStatus
from torc_client.api.records import ExplainResponse, JobModel, NeighbourJob, ResultModel
from torc_client.exit_codes import explained
from torc_client.job_statuses import UNSUCCESSFUL
from torc_client.log_files.attempt_sources import JobHistory
from torc_client.log_files.job_logs import UNDERWAY
from torc_client.overview.neighbours import Neighbourhood
from torc_client.recovery.diagnosis import codes_of
from torc_dash import addresses
from torc_dash.background_answers import BackgroundAnswers

_MOST = 3


@dataclass(frozen=True)
class Reason:
    """A sentence, and the page that shows more."""

    text: str
    href: str | None = None


# Reasons about all ready jobs, which name none of them.
_ABOUT_ALL = {ExplainCode.NO_ACTIVE_NODES}
Explanations = BackgroundAnswers[int, ExplainResponse]
# The last of the reasons while the server has not answered.
ASKING = Reason("The server is asked why it has not started.")


async def reasons_of(explanations: Explanations, history: JobHistory, near: Neighbourhood) -> tuple[Reason, ...]:
    """Return why a job has its status."""
    status = history.job.status
    result = history.chosen.result if history.chosen else None
    match status:
        case JobStatus.UNINITIALIZED:
            return (Reason(f"The workflow is not initialized: torc workflows init {history.job.workflow_id}"),)
        case JobStatus.BLOCKED:
            return _blocked(near)
        case JobStatus.READY:
            return await _ready(explanations, history.job)
        case JobStatus.DISABLED:
            return (Reason("It is disabled: no runner starts it, and jobs that need it wait."),)
        case JobStatus.CANCELED:
            return _canceled(near)
        case _:
            return _ended(history, result) if status in UNSUCCESSFUL and result is not None else ()


def _canceled(near: Neighbourhood) -> tuple[Reason, ...]:
    failed = [one for one in near.at(-1) if one.status in UNSUCCESSFUL]
    return tuple(_named("It was canceled because this job did not succeed:", one) for one in failed[:_MOST]) or (
        Reason("It was canceled with its workflow, or by a user."),
    )


def _ended(history: JobHistory, result: ResultModel) -> tuple[Reason, ...]:
    """Return what the return code means, with a link to the log."""
    codes = codes_of(history.workflow)
    text = explained(result.return_code, out_of_memory=codes.out_of_memory, out_of_time=codes.out_of_time)
    href = addresses.log(history.job.id or 0, run=result.run_id, attempt=result.attempt_id)
    reasons = [Reason(text, href)]
    if history.job.status is JobStatus.PENDING_FAILED:
        undecided = "Its failure is not decided yet: retry it, or let it fail."
        reasons.append(Reason(undecided, addresses.job(history.job.id or 0)))
    return tuple(reasons)


def _blocked(near: Neighbourhood) -> tuple[Reason, ...]:
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
        graph = addresses.graph(near.workflow_id, job=near.job.job_id)
        reasons.append(Reason(f"It needs {near.number_at(-1)}; the first that keep it waiting are named here.", graph))
    return tuple(reasons) or (Reason("It waits for other jobs."),)


async def _ready(explanations: Explanations, job: JobModel) -> tuple[Reason, ...]:
    """Return the reasons of the server that concern a ready job: those of its requirements, and of the workflow."""
    answered = await explanations.soon(job.workflow_id)
    found = answered.value
    if found is None:
        return (ASKING,) if answered.is_asking else ()
    own = [kind for kind in found.ready if kind.resource_requirements_id == job.resource_requirements_id]
    reasons = [
        Reason(
            f"{each.hostname or 'A node'} has {each.offered:g} {each.quantity.value}; the job needs {each.needed:g}."
        )
        for kind in own
        if not kind.fits
        for each in kind.shortfalls[:_MOST]
    ]
    about_it = _ABOUT_ALL | ({ExplainCode.CLAIMABLE} if any(kind.fits for kind in own) else set())
    # Reasons about other jobs are left out.
    reasons += [
        Reason(one.message)
        for one in found.reasons
        if one.code in about_it or one.count == 0 or any(each.job_id == job.id for each in one.jobs)
    ][:_MOST]
    return tuple(reasons) or (Reason("A runner can start it."),)


def _named(text: str, job: NeighbourJob) -> Reason:
    return Reason(f"{text} {job.job_name}", addresses.job(job.job_id))
