"""The progress of a workflow: job counts as slices of a bar, and its state with a short description."""

from dataclasses import dataclass

from torc_client.api.enums import JobStatus
from torc_client.api.records import JobGroupModel, WorkflowStatusResponse
from torc_client.job_statuses import ACTIVE, UNSUCCESSFUL, WorkflowState, count_in, workflow_state
from torc_dash.tables import Slice

# From done to not started, so that a bar fills from the left.
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


@dataclass(frozen=True)
class StateSummary:
    """The state of a workflow, which also selects its colour, and a short description."""

    state: WorkflowState
    description: str


def count(status: WorkflowStatusResponse | JobGroupModel, of: JobStatus) -> int:
    """Return how many jobs of the workflow or group have a status."""
    return count_in(status.jobs_by_status, (of,))


def slices_of(status: WorkflowStatusResponse | JobGroupModel) -> tuple[Slice, ...]:
    """Return the counts as adjoining slices of a bar. Statuses without jobs have no slice."""
    slices: list[Slice] = []
    start = 0.0
    for one in ORDER:
        jobs = count(status, one)
        if jobs:
            width = 100 * jobs / max(status.total_jobs, 1)
            slices.append(Slice(one.value, jobs, round(start, 3), round(width, 3)))
            start += width
    return tuple(slices)


def summarize(status: WorkflowStatusResponse) -> StateSummary:
    """Return the state of a workflow with a description."""
    state = workflow_state(status)
    done = f"{count(status, JobStatus.COMPLETED):,} of {status.total_jobs:,} completed"
    unsuccessful = [
        f"{count(status, one):,} {one.value.replace('_', ' ')}" for one in UNSUCCESSFUL if count(status, one)
    ]
    parts: tuple[str, ...]
    match state:
        case WorkflowState.CANCELED:
            parts = ("canceled", done)
        case WorkflowState.EMPTY:
            parts = ("no jobs",)
        case WorkflowState.UNINITIALIZED:
            parts = ("not initialized",)
        case WorkflowState.RUNNING:
            parts = (done, f"{count_in(status.jobs_by_status, ACTIVE):,} running", *unsuccessful)
        case WorkflowState.READY:
            parts = (done, *unsuccessful, "waiting for a runner")
        case WorkflowState.HELD:
            parts = (done, *unsuccessful, "waiting for a decision")
        case _:
            parts = (done, *unsuccessful)
    return StateSummary(state, ", ".join(parts))


def is_final(status: WorkflowStatusResponse) -> bool:
    """Whether nothing on the page can change by itself any more."""
    return (status.is_complete or status.is_canceled) and not count_in(status.jobs_by_status, ACTIVE)
