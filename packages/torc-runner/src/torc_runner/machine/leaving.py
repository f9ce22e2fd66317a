"""The reason for which a runner leaves, and the time since which it has had no work."""

from torc_runner.machine.attempt import StopReason
from torc_runner.machine.instructions import ExitReason
from torc_runner.machine.timers import is_due


class Leaving:
    """`exit_reason` is why the runner leaves, from the moment when it is to leave.

    The first reason is kept, but any other reason replaces COMPLETE: jobs that still run may yet be stopped.
    """

    def __init__(self, idle_seconds: float) -> None:
        self.exit_reason: ExitReason | None = None
        self.stop_requests = 0
        self.idle_at: float | None = None
        """When the time without work reaches the limit."""
        self._is_asking = False
        self._has_answer = False
        self._idle_seconds = idle_seconds

    def give_reason(self, exit_reason: ExitReason) -> None:
        """Note a reason to leave."""
        if self.exit_reason is None or self.exit_reason is ExitReason.COMPLETE:
            self.exit_reason = exit_reason

    @property
    def stop_reason(self) -> StopReason:
        """The reason for which jobs are stopped that still run."""
        match self.exit_reason:
            case ExitReason.CANCELED:
                return StopReason.WORKFLOW_CANCELED
            case ExitReason.TIME_OVER | ExitReason.NO_TIME:
                return StopReason.NODE_TIME_OVER
            case _:
                return StopReason.RUNNER_STOPS

    def idles_from(self, now: float) -> None:
        """Note that there is no work, unless it is known."""
        if self.idle_at is None:
            self.idle_at = now + self._idle_seconds

    def idles_until(self, at: float) -> None:
        """Note that the runner stays at least until this time."""
        self.idle_at = at

    def is_busy(self) -> None:
        """Note that there is work, or that it cannot be known whether there is."""
        self.idle_at = None

    def asks(self) -> None:
        """Note that the server is asked a last time for work, because the time without work has reached the limit."""
        self._is_asking = True

    def forget_question(self) -> None:
        """Note that the answer to the last question will not count, because there was an outage."""
        self._is_asking = False

    def question_answered(self) -> None:
        """Note that an exchange was answered, which may have been the last question."""
        self._has_answer = self._is_asking
        self._is_asking = False

    def takes_answer(self) -> bool:
        """Whether the last question was answered in this turn."""
        has_answer, self._has_answer = self._has_answer, False
        return has_answer

    def has_idled(self, now: float) -> bool:
        """Whether there has been no work for as long as the workflow allows."""
        return self.idle_at is not None and is_due(self.idle_at, now)
