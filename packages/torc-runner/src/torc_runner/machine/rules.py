"""The policy that does not change during a node session. Pure."""

from msgspec import Struct, field

from torc_runner.machine.job import ClaimedJob
from torc_runner.machine.outcome import StopCodes

DOUBT_AFTER_STOP_SECONDS = 0.1
"""A success that the runner notices in this time after a stop may be from before it."""

REPORTS_AFTER_STOP_SECONDS = 30.0
"""A runner that was asked to stop tries to report for this time after the grace of its jobs."""

REPORTS_AFTER_KILL_SECONDS = 5.0
"""The same after the second request, or after the end of the last job."""


END_TOLERANCE_SECONDS = 5.0
"""TERM of a batch system in this time before the end of an allocation, or after it, comes because of this end."""


class AllocationRules(Struct, frozen=True, kw_only=True):
    """What is different in an allocation, which the batch system may end with TERM to the runner and to its jobs."""

    kill_wait_seconds: float = 30.0
    """The time between TERM and KILL of the batch system."""
    judge_seconds: float = 2.0
    """A failed job is judged after this time: its end may be that of the allocation, and the runner learns it later."""
    longest_doubt_seconds: float = 0.25
    """A job that succeeded is judged after this time at most, for the same reason: see `doubt_seconds`."""

    def doubt_seconds(self, exec_seconds: float) -> float:
        """Return how long before a stop a success is in doubt.

        The batch system may have ended a command of a script, which then continued and returned 0. The time is a
        hundredth of that of the job, so that it costs nearly nothing. Jobs of less than a second are not held.
        """
        return 0.0 if exec_seconds < 1.0 else min(self.longest_doubt_seconds, exec_seconds / 100)


class Rules(Struct, frozen=True, kw_only=True):
    """The policy of a node session. `rules_of` in workflow_config.py makes it, with the defaults."""

    idle_seconds: float
    """Leave after this time without a job (`compute_node_wait_for_new_jobs_seconds`)."""
    longest_wait_seconds: int
    """The longest time for which a claim is held open."""
    kill_grace_seconds: float
    """Time between TERM and KILL."""
    has_save_signal: bool = False
    """Whether the workflow chose the signal that asks jobs to end: they save their work at it, and end with 0."""
    is_persistent: bool = False
    """After the idle time, leave only if no unfinished job is left that this runner could claim."""
    ignore_completion: bool = False
    """Do not leave when the workflow is complete (`compute_node_ignore_workflow_completion`)."""
    claims_ahead: bool = True
    """Claim jobs before they can start, if jobs are short."""
    use_pending_failed: bool = False
    """Give failed jobs without a matching rule the status `pending_failed`."""
    limit_runtime: bool = False
    """Stop jobs that exceed their runtime."""
    limit_resources: bool = True
    """Kill jobs that exceed their memory."""
    codes: StopCodes = field(default_factory=StopCodes)
    """Return codes of jobs that this runner stopped."""
    end_at: float | None = None
    """When this node is taken away, by the runner's clock. None for never."""
    lead_seconds: float
    """Time between TERM and KILL before `end_at` (`sigterm_lead_seconds`)."""
    want_notice: bool = False
    """Whether jobs get their signal at the preemption notice: the workflow chose `termination_signal`."""
    headroom_seconds: float
    """Time between KILL and `end_at` (`sigkill_headroom_seconds`)."""
    least_seconds: float = 0.0
    """With `max_parallel_jobs`, claim only if this time is left (`compute_node_min_time_for_new_jobs_seconds`)."""

    allocation: AllocationRules | None = None
    """For a runner in an allocation of a batch system."""

    @property
    def stop_at(self) -> float | None:
        """When TERM is due because the node's time is nearly over."""
        return None if self.end_at is None else self.end_at - self.headroom_seconds - self.lead_seconds

    @property
    def kill_at(self) -> float | None:
        """When KILL is due because the node's time is nearly over."""
        return None if self.end_at is None else self.end_at - self.headroom_seconds

    @property
    def stop_grace_seconds(self) -> float:
        """The time between TERM and KILL for jobs of a runner that was asked to stop.

        In an allocation, most of the time until the batch system kills the runner is for the ends and for reports.
        """
        if self.allocation is None:
            return self.kill_grace_seconds
        return min(self.kill_grace_seconds, self.allocation.kill_wait_seconds / 3)

    def saves_work(self, job: ClaimedJob) -> bool:
        """Whether a job that ends with 0 after it was asked to end has succeeded."""
        return job.saves_work or self.has_save_signal

    def is_at_end(self, now: float) -> bool:
        """Whether the batch system ends the allocation because its time is over."""
        return self.allocation is not None and self.end_at is not None and now >= self.end_at - END_TOLERANCE_SECONDS

    def time_left_seconds(self, now: float) -> float | None:
        """Return how long a job that starts now could run. None for no limit."""
        return None if self.stop_at is None else max(0.0, self.stop_at - now)
