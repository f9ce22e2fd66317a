"""Which jobs run again: pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from torc_client.api.enums import JobStatus
from torc_client.api.records import JobModel
from torc_client.recovery.diagnosis import Cause, Finding
from torc_client.recovery.outcomes import JobEnd


@dataclass(frozen=True, slots=True)
class Selection:
    """Jobs by what becomes of them.

    `again` are reset by name; all that waits for them follows by itself. `held` wait for a decision, and go on doing
    so. `left` did not succeed and stay as they are.
    """

    again: list[JobEnd] = field(default_factory=list)
    held: list[JobEnd] = field(default_factory=list)
    left: list[Finding] = field(default_factory=list)

    @property
    def is_everything(self) -> bool:
        """Whether no job without success is left out."""
        return not self.held and not self.left


def select(findings: Iterable[Finding], canceled: Iterable[JobEnd], causes: Collection[Cause]) -> Selection:
    """Choose the jobs that failed for one of these causes, and the first of those that were canceled.

    Jobs that were canceled with the workflow, or by somebody, begin again; those behind them follow. Jobs that were
    canceled for a failure are behind that.
    """
    selection = Selection()
    canceled = list(canceled)
    without_success = {end.job_id for end in canceled}
    for finding in findings:
        without_success.add(finding.end.job_id)
        if finding.cause in causes:
            selection.again.append(finding.end)
        elif finding.end.status is JobStatus.PENDING_FAILED:
            selection.held.append(finding.end)
        else:
            selection.left.append(finding)
    selection.again.extend(end for end in canceled if not end.depends_on & without_success)
    return selection


def doomed(jobs: Iterable[JobModel], selection: Selection) -> list[int]:
    """Return the jobs that follow others into the new run although one that they wait for stays without success.

    What failed in the run before cancels nothing in a new one, so they have to be canceled by name. Jobs that run
    whatever becomes of those before them are not among them.
    """
    jobs = list(jobs)
    behind = defaultdict(list)
    for job in jobs:
        for before in job.depends_on_job_ids or ():
            behind[before].append(job)
    moving = {end.job_id for end in selection.again}
    again = frozenset(moving)
    waiting = list(moving)
    while waiting:
        for job in behind[waiting.pop()]:
            if job.id is not None and job.id not in moving and job.status is not JobStatus.DISABLED:
                moving.add(job.id)
                waiting.append(job.id)
    stays = {finding.end.job_id for finding in selection.left}
    stays |= {job.id for job in jobs if job.status is JobStatus.CANCELED and job.id not in moving and job.id}
    return [
        job.id
        for job in jobs
        if job.id in moving - again
        and job.cancel_on_blocking_job_failure is not False
        and stays.intersection(job.depends_on_job_ids or ())
    ]
