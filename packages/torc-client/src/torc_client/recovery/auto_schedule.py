"""Decide when a watch requests further allocations for jobs that no plan counted on. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from torc_client.answers import id_of
from torc_client.api.enums import JobStatus
from torc_client.api.records import JobModel

UNPLANNED_ORIGINS = frozenset({"retry", "spawn"})
"""Jobs that were not created by a user: no action counted on them when its allocations were requested."""


@dataclass(frozen=True, slots=True)
class AutoScheduleOptions:
    """When allocations are requested while others exist."""

    threshold: int = 5
    """The number of ready unplanned jobs."""

    cooldown_seconds: float = 1800.0
    """The least time between two requests."""

    stranded_seconds: float = 7200.0
    """After this time, fewer jobs than the threshold are enough. 0 for no limit."""


class AutoSchedule:
    """Remembers when allocations were requested last, and for which jobs.

    Times are seconds of any monotonic clock.
    """

    def __init__(self, options: AutoScheduleOptions, now: float) -> None:
        """Begin at `now`, which counts as the time of the last request."""
        self._options = options
        self._last_request = now
        self._ready_since: float | None = None
        self._served: frozenset[tuple[int, int]] = frozenset()

    def requested(self, now: float) -> None:
        """Note that allocations were requested."""
        self._last_request = now

    def due(self, jobs: Iterable[JobModel], now: float) -> list[int]:
        """Return the ready jobs for which allocations are to be requested now, and remember them.

        Jobs for which some were requested wait for these, until they are stranded.
        """
        ready = unplanned(jobs)
        if not ready:
            self._ready_since = None
            return []
        if self._ready_since is None:
            self._ready_since = now
        new = ready - self._served
        stranded = self._options.stranded_seconds
        if len(new) >= self._options.threshold and now - self._last_request >= self._options.cooldown_seconds:
            wanted = new
        elif stranded and now - max(self._ready_since, self._last_request) >= stranded:
            wanted = ready
        else:
            return []
        self._served |= wanted
        return sorted(job_id for job_id, _ in wanted)


def unplanned(jobs: Iterable[JobModel]) -> frozenset[tuple[int, int]]:
    """Return id and attempt of the ready jobs that no user created, and that runners without labels can run."""
    return frozenset(
        (id_of(job), job.attempt_id or 1)
        for job in jobs
        if job.status is JobStatus.READY and job.origin in UNPLANNED_ORIGINS and not (job.labels or job.label)
    )
