"""Decides how many jobs a runner claims before they can start. Pure.

A node whose jobs take milliseconds would spend its time on calls, so it prefetches jobs. A node whose jobs take longer
prefetches none, so that other nodes can run them.
"""

PREFETCH_SECONDS = 0.3
"""Enough jobs are prefetched to last for this time."""

MAX_PREFETCH = 400
"""The most jobs that are prefetched."""

SHORT_SECONDS = 0.25
"""Jobs are prefetched if their mean run time is below this. An exchange takes a few milliseconds."""

RETRACT_SECONDS = 1.0
"""Prefetched jobs are returned if no job has ended for this time."""

_WEIGHT = 0.1


class PrefetchPolicy:
    """Decides from the mean run time of the latest jobs, a moving average."""

    def __init__(self) -> None:
        self._mean_seconds: float | None = None

    def observe(self, exec_seconds: float) -> None:
        """Note the run time of a job."""
        if self._mean_seconds is None:
            self._mean_seconds = exec_seconds
        else:
            self._mean_seconds += _WEIGHT * (exec_seconds - self._mean_seconds)

    def num_jobs(self, num_slots: int) -> int:
        """Return the number of jobs to prefetch for `num_slots` slots."""
        if self._mean_seconds is None or self._mean_seconds >= SHORT_SECONDS:
            return 0
        wanted = max(1, num_slots) * PREFETCH_SECONDS / max(self._mean_seconds, 0.0001)
        return min(MAX_PREFETCH, int(wanted))
