"""Why a runner would leave, and since when it has had nothing to do."""

from torc_runner.machine.instructions import ExitReason
from torc_runner.machine.timers import CLOCK_TOLERANCE_SECONDS


class Leaving:
    """`ending` says why the runner would leave, once it would.

    The first reason stands, but a workflow that is complete gives way to any other: what still runs then may yet be
    stopped.
    """

    def __init__(self, idle_seconds: float) -> None:
        self.exit_reason: ExitReason | None = None
        self.stop_requests = 0
        self.idle_at: float | None = None
        """When the time without a job will have been too long."""
        self._idle_seconds = idle_seconds

    def give_reason(self, exit_reason: ExitReason) -> None:
        """Note a reason to leave."""
        if self.exit_reason is None or self.exit_reason is ExitReason.COMPLETE:
            self.exit_reason = exit_reason

    def idles_from(self, now: float) -> None:
        """Note that there is nothing to do, unless that is known."""
        if self.idle_at is None:
            self.idle_at = now + self._idle_seconds

    def is_busy(self) -> None:
        """Note that there is something to do, or that nobody can tell."""
        self.idle_at = None

    def has_idled(self, now: float) -> bool:
        """Whether there has been nothing to do for as long as the workflow allows."""
        return self.idle_at is not None and now >= self.idle_at - CLOCK_TOLERANCE_SECONDS
