"""What does not change while a runner works."""

from msgspec import Struct, field

from torc_runner.machine.outcome import StopCodes

REPORTS_AFTER_STOP_SECONDS = 30.0
"""How long a runner that was asked to stop tries to report once its jobs have ended."""

REPORTS_AFTER_KILL_SECONDS = 5.0
"""The same after the second request."""


class Rules(Struct, frozen=True):
    """What does not change while a runner works."""

    idle_seconds: float
    """Leave after so long without a job (`compute_node_wait_for_new_jobs_seconds`)."""
    longest_wait_seconds: int = 30
    """The longest that a claim is held open."""
    kill_grace_seconds: float = 10.0
    """Between TERM and KILL."""
    ignore_completion: bool = False
    """Stay when the workflow is complete (`compute_node_ignore_workflow_completion`)."""
    use_pending_failed: bool = False
    """Let failed jobs for which no rule was made wait for a decision."""
    limit_runtime: bool = False
    """Stop jobs that take longer than they were expected to."""
    limit_resources: bool = True
    """Kill jobs that take more memory than they required."""
    codes: StopCodes = field(default_factory=StopCodes)
    """Return codes of jobs that this runner stopped."""
    end_at: float | None = None
    """When this node is taken away, by the runner's clock; None where it is not."""
    lead_seconds: float = 30.0
    """Between TERM and KILL before that (`sigterm_lead_seconds`)."""
    want_notice: bool = False
    """Whether jobs are told to end as soon as the batch system says that the end nears: they chose the signal."""
    headroom_seconds: float = 60.0
    """Between KILL and the end (`sigkill_headroom_seconds`)."""
    least_seconds: float = 0.0
    """Jobs that are counted, not measured, are claimed only with so much time left (`compute_node_min_time_...`)."""

    @property
    def stop_at(self) -> float | None:
        """When jobs are told to end, because the node's time is nearly over."""
        return None if self.end_at is None else self.end_at - self.headroom_seconds - self.lead_seconds

    def time_left_seconds(self, now: float) -> float | None:
        """Tell how long a job could run that starts now; None where there is no end."""
        return None if self.stop_at is None else max(0.0, self.stop_at - now)
