"""When to find out which jobs can never run here: when a claim waits for a while, or came back with nothing."""

from torc_runner.machine.instructions import ExplainIdleness

WAIT_SECONDS = 0.5
"""So long is a claim given before one asks why it gets nothing."""

_PAUSE_SECONDS = 30.0
"""The question is not asked more often."""


class Explaining:
    """The question is asked once, and again only after jobs have come. Where any job fits, it is not asked at all."""

    def __init__(self, *, is_needed: bool) -> None:
        self._is_needed = is_needed
        self._is_open = is_needed
        self._not_before = float("-inf")

    def due_at(self, now: float) -> float | None:
        """When to ask about a claim that waits from now on; None for not at all."""
        return max(now + WAIT_SECONDS, self._not_before) if self._is_open else None

    def jobs_came(self) -> None:
        """Take in that a claim gave jobs."""
        self._is_open = self._is_needed

    def ask(self, now: float, time_left_seconds: float | None) -> list[ExplainIdleness]:
        """Ask, unless that was done."""
        if not self._is_open or now < self._not_before:
            return []
        self._is_open, self._not_before = False, now + _PAUSE_SECONDS
        return [ExplainIdleness(time_left_seconds)]
