"""The progress of a workflow in one line, with an estimate of the time that is left. Pure."""

from dataclasses import dataclass, field

from torc_client.api.enums import JobStatus
from torc_client.api.records import WorkflowStatusResponse
from torc_client.job_statuses import ACTIVE, COMPLETE, count_in
from torc_client.text import about

_LEAST_MEASURED = 2
"""Jobs that must have completed here before their mean run time is used."""
_UNSUCCESSFUL = (JobStatus.FAILED, JobStatus.TERMINATED, JobStatus.PENDING_FAILED, JobStatus.CANCELED)


@dataclass(slots=True)
class JobCounts:
    """What one runner does and has done. An attempt that is followed by another one has not failed."""

    running: int = 0
    ended: dict[JobStatus, int] = field(default_factory=dict)
    retried: int = 0
    most_running: int = 0
    """The largest number of jobs that ran at the same time."""
    completed_seconds: float = 0.0
    """The sum of the run times of completed jobs."""

    def run(self, number: int) -> None:
        """Set the number of running jobs."""
        self.running = number
        self.most_running = max(self.most_running, number)

    def add(self, status: JobStatus, exec_seconds: float = 0.0, *, is_retried: bool = False) -> None:
        """Count an attempt that ended with this status."""
        if is_retried:
            self.retried += 1
            return
        self.ended[status] = self.ended.get(status, 0) + 1
        if status is JobStatus.COMPLETED:
            self.completed_seconds += exec_seconds

    @property
    def total_ended(self) -> int:
        """Number of jobs that ended here."""
        return sum(self.ended.values())


@dataclass(frozen=True, slots=True)
class Reading:
    """The status of the workflow as the server reported it, and the jobs that had ended here at that time."""

    status: WorkflowStatusResponse
    ended_here: dict[JobStatus, int]

    def ended(self, counts: JobCounts, status: JobStatus) -> int:
        """Return how many jobs have a status, with those that ended here since then."""
        since = counts.ended.get(status, 0) - self.ended_here.get(status, 0)
        return count_in(self.status.jobs_by_status, (status,)) + max(since, 0)


def progress_line(counts: JobCounts, reading: Reading | None, *, is_server_away: bool = False) -> str:
    """Return the progress: of the workflow, or of this runner if the server has not reported it yet."""
    away = ["server away, jobs continue"] if is_server_away else []
    if reading is None:
        return " · ".join([f"{counts.running} running", *_troubles(counts.ended, counts.retried), *away])
    by_status = reading.status.jobs_by_status
    total = reading.status.total_jobs - by_status.disabled
    ended = {status: reading.ended(counts, status) for status in (*COMPLETE, JobStatus.PENDING_FAILED)}
    done = min(total, sum(ended[status] for status in COMPLETE))
    since = counts.total_ended - sum(reading.ended_here.values())
    elsewhere = max(0, count_in(by_status, ACTIVE) - counts.running - max(since, 0))
    running = counts.running + elsewhere
    seconds = _seconds_left(counts, total - done, running)
    left = [] if seconds is None else [about(seconds)]
    return " · ".join([f"{done} of {total}", f"{running} running", *_troubles(ended, counts.retried), *(away or left)])


def _troubles(ended: dict[JobStatus, int], retried: int) -> list[str]:
    words = [f"{ended[one]} {one.value.replace('_', ' ')}" for one in _UNSUCCESSFUL if ended.get(one)]
    return [*words, f"{retried} retried"] if retried else words


def _seconds_left(counts: JobCounts, num_left: int, num_running: int) -> float | None:
    """Return an estimate from the mean run time and the number of places. None without a basis.

    On average, half of the time of the running jobs is over.
    """
    completed = counts.ended.get(JobStatus.COMPLETED, 0)
    if completed < _LEAST_MEASURED or num_left <= 0 or not num_running:
        return None
    mean = counts.completed_seconds / completed
    places = max(1, min(num_left, max(counts.most_running, num_running)))
    waiting = max(0, num_left - num_running)
    return mean * (waiting + min(num_running, num_left) / 2) / places
