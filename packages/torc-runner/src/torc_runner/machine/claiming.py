"""The claims of one runner: which number the next one has, what waits at the service, when to ask again."""

from msgspec import Struct

from torc_runner.machine.instructions import Claim, ClaimRequest
from torc_runner.machine.timers import CLOCK_TOLERANCE_SECONDS

FIRST_PAUSE_SECONDS = 0.5
"""Pause after a claim that came back empty before its time; doubles up to the longest wait."""


class _Waiting(Struct, frozen=True):
    """The claim that waits at the service."""

    opened_at: float
    wait_seconds: int


class Claiming:
    """At most one claim waits at the service, and each has a number by which it can be repeated."""

    def __init__(self, longest_wait_seconds: int) -> None:
        self.number = 1
        """Of the next claim; the same until jobs came for it."""
        self._longest_wait_seconds = longest_wait_seconds
        self._waiting: _Waiting | None = None
        self._pause_seconds = 0.0
        self._resume_at: float | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether a claim waits at the service."""
        return self._waiting is not None

    def open(self, wanted: ClaimRequest, now: float) -> list[Claim]:
        """Let a claim wait at the service, unless one does or a pause is on."""
        is_paused = self._resume_at is not None and now < self._resume_at - CLOCK_TOLERANCE_SECONDS
        if self._waiting is not None or is_paused:
            return []
        self._resume_at = None
        self._waiting = _Waiting(now, self._longest_wait_seconds)
        return [Claim(wanted, self._longest_wait_seconds)]

    def give_up(self) -> None:
        """Await the waiting claim no more: an exchange asks in its place, by the same number."""
        self._waiting = None

    def resume(self) -> None:
        """End a pause: what was told to the service may have made jobs ready."""
        self._resume_at = None

    def accepts(self, number: int) -> bool:
        """Take in that a claim gave jobs; False where they have come by another way already."""
        if number != self.number:
            return False
        self.number += 1
        self._pause_seconds = 0.0
        self._resume_at = None
        return True

    def came_back_empty(self, now: float) -> float | None:
        """Take in that the waiting claim gave nothing; tell until when to pause, or None."""
        waiting, self._waiting = self._waiting, None
        if waiting is None or now >= waiting.opened_at + waiting.wait_seconds / 2:
            self._pause_seconds = 0.0
            return None
        # Answered before its time: the workflow is complete, or the service does not hold claims open. Asking again
        # at once would spin.
        doubled = max(FIRST_PAUSE_SECONDS, 2 * self._pause_seconds)
        self._pause_seconds = min(doubled, self._longest_wait_seconds)
        self._resume_at = now + self._pause_seconds
        return self._resume_at
