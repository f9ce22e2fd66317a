"""Jobs that wait for nothing but one job of this node, and may run here as soon as that has succeeded.

Nobody else can have such a job before the service knows that the job before it has ended; and it learns that from
this node, in the same breath as it learns that the next one runs. So a chain of short jobs goes from job to job
without a word to the service in between. Pure.
"""

from collections.abc import Iterable

from torc_runner.machine.job import ClaimedJob, JobId


class ChainedJobs:
    """What may follow which job."""

    def __init__(self) -> None:
        self._after: dict[JobId, list[ClaimedJob]] = {}
        self._ids: dict[JobId, None] = {}  # in order
        self._chain_ends: dict[JobId, None] = {}  # in order

    def __len__(self) -> int:
        return len(self._ids)

    def learn(self, jobs: Iterable[ClaimedJob], held: Iterable[JobId]) -> None:
        """Keep the jobs that follow one that is held here, or that follows such a one in turn."""
        known = {*held, *self._ids}
        for job in jobs:
            if job.predecessor in known and job.job_id not in known:
                known.add(job.job_id)
                self._ids[job.job_id] = None
                self._chain_ends.pop(job.predecessor, None)
                self._chain_ends[job.job_id] = None
                self._after.setdefault(job.predecessor, []).append(job)

    def chain_ends(self) -> Iterable[JobId]:
        """Name the jobs that may follow, and after which nothing does."""
        return self._chain_ends

    def has(self, job_id: JobId) -> bool:
        """Whether something may follow this job."""
        return job_id in self._after

    def take(self, job_id: JobId) -> list[ClaimedJob]:
        """Give what may follow the job, which has succeeded."""
        jobs = self._after.pop(job_id, [])
        for job in jobs:
            del self._ids[job.job_id]
            self._chain_ends.pop(job.job_id, None)
        return jobs

    def forget(self, job_id: JobId) -> None:
        """Drop whatever could have followed the job, and what could have followed that."""
        dropped = [job_id]
        while dropped:
            dropped += [job.job_id for job in self.take(dropped.pop())]
