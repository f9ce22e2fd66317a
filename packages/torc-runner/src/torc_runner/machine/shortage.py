"""Launches that fail because this machine lacks descriptors, processes or memory: fewer jobs run side by side. Pure.

The jobs are returned to the server. The number of jobs that run side by side is lowered, and raised again by one with
each job that was launched since and has ended. While nothing can be launched, the next attempt comes after a pause.
"""

from torc_runner.machine.timers import is_due

FIRST_PAUSE_SECONDS = 1.0
"""The pause after the first launch that failed. Each further one is twice as long."""

LONGEST_PAUSE_SECONDS = 30.0

PATIENCE_SECONDS = 300.0
"""The runner leaves if no job runs and none could be launched for this time."""


class Shortage:
    """The limit on the number of running jobs that follows from failed launches."""

    def __init__(self) -> None:
        self.is_on = False
        self.resumes_at = float("-inf")
        """When the pause is over, by the runner's clock."""
        self._limit = 0
        self._goal = 0
        self._pause_seconds = 0.0
        self._since: float | None = None
        """Since when every launch has failed."""

    def launch_failed(self, num_running: int, now: float) -> None:
        """Note a launch that failed while this number of jobs ran."""
        if is_due(self.resumes_at, now):
            longer = max(FIRST_PAUSE_SECONDS, 2 * self._pause_seconds)
            self._pause_seconds = min(longer, LONGEST_PAUSE_SECONDS)
            self.resumes_at = now + self._pause_seconds
        self._goal = max(self._goal, num_running + 1)
        # The runner itself needs descriptors for the server and its files.
        self._limit = max(1, num_running * 3 // 4)
        self._since = now if self._since is None else self._since
        self.is_on = True

    def job_ended(self, launched_at: float) -> None:
        """Note the end of a job. If it was launched after the shortage began, one more job may run."""
        if not self.is_on or (self._since is not None and launched_at <= self._since):
            return
        self._since, self._pause_seconds = None, 0.0
        self._limit += 1
        self.is_on = self._limit <= self._goal
        self._goal = self._goal if self.is_on else 0

    def room(self, num_running: int, now: float) -> int | None:
        """Return the number of jobs that may be launched now; None for no limit."""
        if not self.is_on:
            return None
        return max(0, self._limit - num_running) if is_due(self.resumes_at, now) else 0

    def is_hopeless(self, num_running: int, now: float) -> bool:
        """Whether no job runs and every launch has failed for too long."""
        return num_running == 0 and self._since is not None and is_due(self._since + PATIENCE_SECONDS, now)
