"""The progress of a workflow: its job counts, its state with a short description, and the division of bars. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from torc_client.api.enums import JobStatus
from torc_client.api.records import JobGroupModel, WorkflowStatusResponse
from torc_client.job_statuses import ACTIVE, UNSUCCESSFUL, WorkflowState, count_in, workflow_state
from torc_client.text import time_left

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


_ACTIVE = (JobStatus.RUNNING, JobStatus.PENDING)


@dataclass(frozen=True)
class StateSummary:
    """The state of a workflow, which also selects a colour, and a short description."""

    state: WorkflowState
    description: str


def count(status: WorkflowStatusResponse | JobGroupModel, of: JobStatus) -> int:
    """Return how many jobs of the workflow or group have a status."""
    return count_in(status.jobs_by_status, (of,))


def jobs_in_words(number: int) -> str:
    """Return a number of jobs: "1 job", "100,002 jobs"."""
    return f"{number:,} job{'' if number == 1 else 's'}"


def shares(numbers: Sequence[int], whole: float, thinnest: float) -> list[float]:
    """Divide a width by numbers; no part is thinner than `thinnest`, unless there are too many parts."""
    total = sum(numbers)
    wide = [max(whole * number / total, thinnest) for number in numbers]
    extra = sum(wide) - whole
    roomy = sum(share - thinnest for share in wide)
    if extra <= 0 or roomy <= 0:
        return wide
    return [share - extra * (share - thinnest) / roomy for share in wide]


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
            active = [f"{count(status, one):,} {one.value}" for one in _ACTIVE if count(status, one)]
            left = [] if status.seconds_left is None else [time_left(status.seconds_left)]
            parts = (done, *active, *unsuccessful, *left)
        case WorkflowState.READY:
            parts = (done, *unsuccessful, "waiting for a runner")
        case WorkflowState.HELD:
            parts = (done, *unsuccessful, "waiting for a decision")
        case _:
            parts = (done, *unsuccessful)
    return StateSummary(state, ", ".join(parts))


def is_final(status: WorkflowStatusResponse) -> bool:
    """Whether the workflow can no longer change by itself."""
    return (status.is_complete or status.is_canceled) and not count_in(status.jobs_by_status, ACTIVE)
