"""The policy that does not change during a node session. Pure."""

from msgspec import Struct, field

from torc_runner.machine.outcome import StopCodes

REPORTS_AFTER_STOP_SECONDS = 30.0
"""A runner that was asked to stop tries to report for this time after the grace of its jobs."""

REPORTS_AFTER_KILL_SECONDS = 5.0
"""The same after the second request, or after the end of the last job."""


class Rules(Struct, frozen=True, kw_only=True):
    """The policy of a node session. `rules_of` in workflow_config.py makes it, with the defaults."""

    idle_seconds: float
    """Leave after this time without a job (`compute_node_wait_for_new_jobs_seconds`)."""
    longest_wait_seconds: int
    """The longest time for which a claim is held open."""
    kill_grace_seconds: float
    """Time between TERM and KILL."""
    is_persistent: bool = False
    """After the idle time, leave only if no unfinished job is left that this runner could claim."""
    ignore_completion: bool = False
    """Do not leave when the workflow is complete (`compute_node_ignore_workflow_completion`)."""
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

    @property
    def stop_at(self) -> float | None:
        """When TERM is due because the node's time is nearly over."""
        return None if self.end_at is None else self.end_at - self.headroom_seconds - self.lead_seconds

    def time_left_seconds(self, now: float) -> float | None:
        """Return how long a job that starts now could run. None for no limit."""
        return None if self.stop_at is None else max(0.0, self.stop_at - now)
