"""Describe the progress of a workflow in one line."""

from dataclasses import dataclass

from torc_client.api.records import WorkflowStatusResponse
from torc_client.job_statuses import COMPLETE, count_in
from torc_client.text import count, time_left


@dataclass(frozen=True, slots=True)
class ProgressText:
    """How many jobs ended, and what the others do. `str()` returns all in one line."""

    ended: str
    others: str
    """What the other jobs do, and the time to the end."""
    counts: str = ""
    """The number of jobs for each status, where that was asked for."""

    def __str__(self) -> str:
        line = "; ".join(filter(None, (self.ended, self.others)))
        return f"{line} ({self.counts})" if self.counts else line


def progress_text(status: WorkflowStatusResponse, *, with_counts: bool = False) -> ProgressText:
    """Describe the progress of a workflow. `with_counts` adds the number of jobs for each status."""
    counts = status.jobs_by_status
    unsuccessful = counts.failed + counts.terminated + counts.canceled
    have = "has" if status.total_jobs == 1 else "have"
    ended = f"{count_in(counts, COMPLETE)} of {count('job', status.total_jobs)} {have} ended"
    ended += f": {unsuccessful} unsuccessful" if unsuccessful else ""
    running = f"{counts.running} running" if counts.running else ""
    held = f"{counts.pending_failed} waiting for a decision" if counts.pending_failed else ""
    disabled = f"{counts.disabled} disabled" if counts.disabled else ""
    left = "" if status.seconds_left is None else time_left(status.seconds_left)
    each = {name: getattr(counts, name) for name in counts.__struct_fields__} if with_counts else {}
    by_status = ", ".join(f"{number} {name}" for name, number in each.items() if number)
    return ProgressText(ended, "; ".join(filter(None, (running, held, disabled, left))), by_status)
