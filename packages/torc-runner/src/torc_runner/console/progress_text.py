"""The progress of a workflow in one line, with the server's estimate of the time that is left. Pure."""

from dataclasses import dataclass, field

from torc_client.api.enums import JobStatus
from torc_client.api.records import WorkflowStatusResponse
from torc_client.edge.terminal_text import inert_line
from torc_client.job_statuses import COMPLETE, count_in
from torc_client.text import time_left
from torc_runner.unfit_jobs import UnfitJobs

_UNSUCCESSFUL = (JobStatus.FAILED, JobStatus.TERMINATED, JobStatus.PENDING_FAILED, JobStatus.CANCELED)


@dataclass(slots=True)
class JobCounts:
    """What one runner does and has done. An attempt that is followed by another one has not failed."""

    running: int = 0
    ended: dict[JobStatus, int] = field(default_factory=dict)
    retried: int = 0
    unfit: list[UnfitJobs] = field(default_factory=list)
    """The ready jobs that cannot run here, as found last."""

    def add(self, status: JobStatus, *, is_retried: bool = False) -> None:
        """Count an attempt that ended with this status."""
        if is_retried:
            self.retried += 1
            return
        self.ended[status] = self.ended.get(status, 0) + 1

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
    elsewhere = max(0, by_status.running - counts.running - max(since, 0))
    running = counts.running + elsewhere
    seconds = reading.status.seconds_left
    left = [] if seconds is None or done >= total else [time_left(seconds)]
    unfit = counts.unfit if by_status.ready else []
    now = _waiting(unfit) if unfit and not running else [f"{running} running", *_not_here(unfit)]
    return " · ".join([f"{done} of {total}", *now, *_troubles(ended, counts.retried), *(away or left)])


def _waiting(unfit: list[UnfitJobs]) -> list[str]:
    """Describe what a runner waits for that runs nothing."""
    first = unfit[0]
    who = "1 job" if first.num_jobs == 1 else f"each of {first.num_jobs} jobs"
    others = ", and others" if len(unfit) > 1 else ""
    return [f"waits for another runner: {who} {inert_line(first.reason)}{others}", "Ctrl-C ends this one"]


def _not_here(unfit: list[UnfitJobs]) -> list[str]:
    number = sum(each.num_jobs for each in unfit)
    return [f"{number} cannot run here"] if number else []


def _troubles(ended: dict[JobStatus, int], retried: int) -> list[str]:
    words = [f"{ended[one]} {one.value.replace('_', ' ')}" for one in _UNSUCCESSFUL if ended.get(one)]
    return [*words, f"{retried} retried"] if retried else words
