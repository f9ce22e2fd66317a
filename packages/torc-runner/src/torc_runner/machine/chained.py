"""Chained jobs: each waits for one job of this node alone, and may run here as soon as that has succeeded. Pure.

No other runner can have a chained job before the server knows that its predecessor has ended. The server learns that
from this node, in the same call that reports the start of the chained job. A chain of short jobs therefore runs from
job to job without a call in between.

The server assumes that the node may have started each of these jobs until the node reports it or returns it. A job that
will not start here is therefore returned.
"""

from collections.abc import Iterable

from torc_runner.machine.job import ClaimedJob, JobId

MAX_CHAIN_ENDS = 64
"""The most chain ends that an exchange names."""


class ChainedJobs:
    """The jobs that are chained to jobs of this node, directly or through other chained jobs."""

    def __init__(self) -> None:
        self._by_predecessor: dict[JobId, list[ClaimedJob]] = {}
        self._ids: dict[JobId, None] = {}  # in order
        self._chain_ends: dict[JobId, None] = {}  # in order

    def __len__(self) -> int:
        return len(self._ids)

    def learn(self, jobs: Iterable[ClaimedJob], held: Iterable[JobId]) -> list[ClaimedJob]:
        """Keep the jobs whose predecessor is in `held` or is itself a known chained job. Return the others."""
        known = {*held, *self._ids}
        late: list[ClaimedJob] = []
        for job in jobs:
            if job.predecessor not in known:
                late.append(job)
            elif job.job_id not in known:
                known.add(job.job_id)
                self._ids[job.job_id] = None
                self._chain_ends.pop(job.predecessor, None)
                self._chain_ends[job.job_id] = None
                self._by_predecessor.setdefault(job.predecessor, []).append(job)
        return late

    def chain_ends(self) -> Iterable[JobId]:
        """Return the chained jobs to which no job is chained."""
        return self._chain_ends

    def has(self, job_id: JobId) -> bool:
        """Whether a job is chained to this one."""
        return job_id in self._by_predecessor

    def take(self, job_id: JobId) -> list[ClaimedJob]:
        """Remove and return the jobs that are chained to a job which has succeeded."""
        jobs = self._by_predecessor.pop(job_id, [])
        for job in jobs:
            del self._ids[job.job_id]
            self._chain_ends.pop(job.job_id, None)
        return jobs

    def forget(self, job_id: JobId) -> list[ClaimedJob]:
        """Drop and return the jobs that are chained to this one, directly or through others."""
        dropped = self.take(job_id)
        for job in dropped:
            dropped += self.take(job.job_id)
        return dropped
