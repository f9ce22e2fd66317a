"""Decides when to ask which jobs can never run here: when a claim waits for a while or returned no job."""

from torc_runner.machine.instructions import ExplainIdleness
from torc_runner.machine.timers import is_due

WAIT_SECONDS = 0.5
"""A claim waits for this time before the question is asked."""

_PAUSE_SECONDS = 30.0
"""The shortest time between two questions."""


class Explaining:
    """The question is asked once, and again after jobs have come."""

    def __init__(self) -> None:
        self._is_open = True
        self._not_before = float("-inf")

    def due_at(self, now: float) -> float | None:
        """Return when to ask about a claim that waits from now on. None if the question is not to be asked."""
        return max(now + WAIT_SECONDS, self._not_before) if self._is_open else None

    def jobs_came(self) -> None:
        """Note that a claim returned jobs."""
        self._is_open = True

    def ask(self, now: float, time_left_seconds: float | None) -> list[ExplainIdleness]:
        """Ask, unless the question was asked."""
        if not self._is_open or not is_due(self._not_before, now):
            return []
        self._is_open, self._not_before = False, now + _PAUSE_SECONDS
        return [ExplainIdleness(time_left_seconds)]
