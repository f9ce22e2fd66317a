"""Where a workflow stands, for whoever watches it: pure."""

from enum import StrEnum

from torc_client.api.records import JobStatusCounts, WorkflowStatusResponse


class Standing(StrEnum):
    """How far a workflow is."""

    GOING_ON = "going_on"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"
    HELD = "held"
    """Nothing is left but jobs that failed and wait for a decision, and those behind them."""


def standing_of(status: WorkflowStatusResponse) -> Standing:
    """Judge a workflow."""
    if status.is_canceled:
        return Standing.CANCELED
    if is_held(status.jobs_by_status):
        return Standing.HELD
    if not status.is_complete:
        return Standing.GOING_ON
    counts = status.jobs_by_status
    return Standing.FAILED if counts.failed + counts.terminated + counts.canceled else Standing.SUCCEEDED


def is_held(counts: JobStatusCounts) -> bool:
    """Whether jobs wait for a decision, and nothing else can go on."""
    return counts.pending_failed > 0 and not counts.ready + counts.pending + counts.running + counts.uninitialized


def is_attended(status: WorkflowStatusResponse) -> bool:
    """Whether somebody works for it, or is about to."""
    return bool(status.active_compute_nodes or status.active_scheduled_nodes or status.pending_scheduled_nodes)


def over_count(counts: JobStatusCounts) -> int:
    """Count the jobs that are over, whatever became of them."""
    return counts.completed + counts.failed + counts.terminated + counts.canceled


def in_words(status: WorkflowStatusResponse, *, with_counts: bool = False) -> str:
    """Say how far a workflow is, in one line."""
    counts = status.jobs_by_status
    badly = counts.failed + counts.terminated + counts.canceled
    text = f"{over_count(counts)} of {status.total_jobs} jobs are over"
    text += f", {badly} of them without success" if badly else ""
    text += f"; {counts.running} run" if counts.running else ""
    text += f"; {counts.pending_failed} wait for a decision" if counts.pending_failed else ""
    if with_counts:
        each = {name: getattr(counts, name) for name in counts.__struct_fields__}
        text += f" ({', '.join(f'{count} {name}' for name, count in each.items() if count)})"
    return text
