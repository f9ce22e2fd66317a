"""Groups of job statuses, and the one rule for the state of a workflow. Pure."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from torc_client.api.enums import JobStatus
from torc_client.api.records import JobStatusCounts, WorkflowStatusResponse

COMPLETE: Final = (JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.TERMINATED, JobStatus.CANCELED)
"""The job has ended: jobs that depend on it no longer wait."""

UNSUCCESSFUL: Final = (JobStatus.FAILED, JobStatus.TERMINATED, JobStatus.CANCELED, JobStatus.PENDING_FAILED)
"""The job did not succeed. A `pending_failed` job still waits for a decision on its failure."""

ACTIVE: Final = (JobStatus.PENDING, JobStatus.RUNNING)
"""A runner has the job."""


class WorkflowState(StrEnum):
    """The state of a workflow, in one word."""

    EMPTY = "empty"
    """It has no jobs."""

    UNINITIALIZED = "uninitialized"
    READY = "ready"
    """Jobs can run, but no runner has one."""

    RUNNING = "running"
    HELD = "held"
    """Only jobs that wait for a decision on their failure are left, and jobs that depend on them."""

    COMPLETED = "completed"
    """It ended, and no job was unsuccessful. Also if it was canceled after that."""

    FAILED = "failed"
    """It ended with unsuccessful jobs."""

    CANCELED = "canceled"

    @property
    def is_over(self) -> bool:
        """Whether the workflow makes no further progress without a user."""
        return self not in {WorkflowState.UNINITIALIZED, WorkflowState.READY, WorkflowState.RUNNING}


def workflow_state(status: WorkflowStatusResponse) -> WorkflowState:
    """Return the state of a workflow."""
    counts = status.jobs_by_status
    if status.is_canceled and not _has_succeeded(status):
        return WorkflowState.CANCELED
    if status.total_jobs == 0:
        return WorkflowState.EMPTY
    if _is_held(counts):
        return WorkflowState.HELD
    if status.is_complete:
        return WorkflowState.FAILED if count_in(counts, UNSUCCESSFUL) else WorkflowState.COMPLETED
    if count_in(counts, ACTIVE):
        return WorkflowState.RUNNING
    return WorkflowState.UNINITIALIZED if counts.uninitialized == status.total_jobs else WorkflowState.READY


def count_in(counts: JobStatusCounts, statuses: Iterable[JobStatus]) -> int:
    """Return how many jobs have one of the statuses."""
    return sum(int(getattr(counts, status.value)) for status in statuses)


def failed_in(counts: JobStatusCounts) -> int:
    """Return how many jobs failed. Canceled ones did not: they never ran, or a user stopped them."""
    return count_in(counts, UNSUCCESSFUL) - counts.canceled


def has_runners(status: WorkflowStatusResponse) -> bool:
    """Whether a runner or an allocation works for the workflow, or an allocation is pending."""
    return bool(status.active_compute_nodes or status.active_scheduled_nodes or status.pending_scheduled_nodes)


def _has_succeeded(status: WorkflowStatusResponse) -> bool:
    """Whether nothing was left when the workflow was canceled: a cancellation leaves completed jobs as they are."""
    succeeded = (JobStatus.COMPLETED, JobStatus.DISABLED)
    return 0 < status.total_jobs == count_in(status.jobs_by_status, succeeded)


def _is_held(counts: JobStatusCounts) -> bool:
    can_change = (*ACTIVE, JobStatus.READY, JobStatus.UNINITIALIZED)
    return counts.pending_failed > 0 and not count_in(counts, can_change)
