"""What does not change while a runner works."""

from dataclasses import dataclass

REPORTS_AFTER_STOP_SECONDS = 30.0
"""How long a runner that was asked to stop tries to report once its jobs have ended."""

REPORTS_AFTER_KILL_SECONDS = 5.0
"""The same after the second request."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What does not change while a runner works."""

    idle_seconds: float
    """Leave after so long without a job (`compute_node_wait_for_new_jobs_seconds`)."""
    longest_wait_seconds: int = 30
    """The longest that a claim is held open."""
    kill_grace_seconds: float = 10.0
    """Between TERM and KILL."""
    ignore_completion: bool = False
    """Stay when the workflow is complete (`compute_node_ignore_workflow_completion`)."""
