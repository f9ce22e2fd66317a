"""Choose the jobs to retry. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from torc_client.api.enums import JobStatus
from torc_client.api.records import JobModel
from torc_client.recovery.diagnosis import Cause, Finding
from torc_client.recovery.outcomes import JobOutcome


@dataclass(frozen=True, slots=True)
class Selection:
    """Unsuccessful jobs, by what recovery does with them.

    Jobs in `retried` are reset by name, and the jobs that depend on them are reset with them. Jobs in `held` wait for
    a decision and continue to wait. Jobs in `left` keep their status.
    """

    retried: list[JobOutcome] = field(default_factory=list)
    held: list[JobOutcome] = field(default_factory=list)
    left: list[Finding] = field(default_factory=list)

    @property
    def is_everything(self) -> bool:
        """Whether every unsuccessful job is retried."""
        return not self.held and not self.left


def select(findings: Iterable[Finding], canceled: Iterable[JobOutcome], causes: Collection[Cause]) -> Selection:
    """Choose the jobs that failed for one of the causes, and the canceled jobs to start with.

    Jobs that a user canceled, alone or with the workflow, are retried, and jobs that depend on them with them. A job
    that was canceled because of a failure depends on the failed job, so it is not chosen by name.
    """
    selection = Selection()
    canceled = list(canceled)
    unsuccessful = {outcome.job_id for outcome in canceled}
    for finding in findings:
        unsuccessful.add(finding.outcome.job_id)
        if finding.cause in causes:
            selection.retried.append(finding.outcome)
        elif finding.outcome.status is JobStatus.PENDING_FAILED:
            selection.held.append(finding.outcome)
        else:
            selection.left.append(finding)
    selection.retried.extend(outcome for outcome in canceled if not outcome.depends_on & unsuccessful)
    return selection


def unreachable_jobs(jobs: Iterable[JobModel], selection: Selection) -> list[int]:
    """Return the jobs that are reset with others although a job that they depend on stays unsuccessful.

    A failure in the run before cancels no job of the new run, so these jobs have to be canceled by name. Jobs that
    run regardless of failures before them are not included.
    """
    jobs = list(jobs)
    dependents = defaultdict(list)
    for job in jobs:
        for parent in job.depends_on_job_ids or ():
            dependents[parent].append(job)
    reset = {outcome.job_id for outcome in selection.retried}
    retried = frozenset(reset)
    queue = list(reset)
    while queue:
        for job in dependents[queue.pop()]:
            if job.id is not None and job.id not in reset and job.status is not JobStatus.DISABLED:
                reset.add(job.id)
                queue.append(job.id)
    unsuccessful = {finding.outcome.job_id for finding in selection.left}
    unsuccessful |= {job.id for job in jobs if job.status is JobStatus.CANCELED and job.id not in reset and job.id}
    return [
        job.id
        for job in jobs
        if job.id in reset - retried
        and job.cancel_on_blocking_job_failure is not False
        and unsuccessful.intersection(job.depends_on_job_ids or ())
    ]
