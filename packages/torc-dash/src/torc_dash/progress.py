"""How far a workflow is: counts by status as slices of a bar, and one word with one sentence for where it stands."""

from dataclasses import dataclass

from torc_client.api.enums import JobStatus
from torc_client.api.records import WorkflowStatusResponse
from torc_dash.tables import Slice

# From done to not begun, so that a bar fills from the left.
ORDER = (
    JobStatus.COMPLETED,
    JobStatus.FAILED,
    JobStatus.TERMINATED,
    JobStatus.PENDING_FAILED,
    JobStatus.CANCELED,
    JobStatus.RUNNING,
    JobStatus.PENDING,
    JobStatus.READY,
    JobStatus.BLOCKED,
    JobStatus.UNINITIALIZED,
    JobStatus.DISABLED,
)
_BAD = (JobStatus.FAILED, JobStatus.TERMINATED, JobStatus.CANCELED, JobStatus.PENDING_FAILED)


@dataclass(frozen=True)
class Standing:
    """Where a workflow stands: a word that also names its colour, and a few words for people."""

    word: str
    words: str


def count(status: WorkflowStatusResponse, of: JobStatus) -> int:
    """Return how many jobs of the workflow are in a status."""
    return int(getattr(status.jobs_by_status, of.value))


def slices_of(status: WorkflowStatusResponse) -> tuple[Slice, ...]:
    """Return the counts as adjoining pieces of a bar; statuses that no job has are left out."""
    slices: list[Slice] = []
    start = 0.0
    for one in ORDER:
        jobs = count(status, one)
        if jobs:
            width = 100 * jobs / max(status.total_jobs, 1)
            slices.append(Slice(one.value, jobs, round(start, 3), round(width, 3)))
            start += width
    return tuple(slices)


def standing(status: WorkflowStatusResponse) -> Standing:
    """Return where the workflow stands, the strongest word first."""
    done = f"{count(status, JobStatus.COMPLETED):,} of {status.total_jobs:,} completed"
    bad = [f"{count(status, one):,} {one.value.replace('_', ' ')}" for one in _BAD if count(status, one)]
    active = count(status, JobStatus.RUNNING) + count(status, JobStatus.PENDING)
    if status.is_canceled:
        return Standing("canceled", f"canceled, {done}")
    if status.total_jobs == 0:
        return Standing("empty", "no jobs")
    if status.is_complete:
        return Standing("failed" if bad else "completed", ", ".join((done, *bad)))
    if active:
        return Standing("running", ", ".join((done, f"{active:,} running", *bad)))
    if count(status, JobStatus.UNINITIALIZED) == status.total_jobs:
        return Standing("uninitialized", "not initialized")
    return Standing("ready", ", ".join((done, *bad, "waiting for a runner")))


def is_over(status: WorkflowStatusResponse) -> bool:
    """Tell whether nothing on the page can change by itself any more."""
    active = count(status, JobStatus.RUNNING) + count(status, JobStatus.PENDING)
    return (status.is_complete or status.is_canceled) and active == 0
