"""The claims of one runner: the number of the next one, the one that is open, and when to claim again."""

from msgspec import Struct

from torc_runner.machine.instructions import Claim, ClaimRequest
from torc_runner.machine.timers import is_due

FIRST_PAUSE_SECONDS = 0.5
"""The pause after a claim that was answered with no job before its time. It doubles up to the longest wait."""


class _OpenClaim(Struct, frozen=True):
    """The claim that waits at the server."""

    opened_at: float
    wait_seconds: int


class Claiming:
    """At most one claim waits at the server. Each has a number by which it can be repeated."""

    def __init__(self, longest_wait_seconds: int) -> None:
        self.number = 1
        """Of the next claim. It stays the same until jobs came for it."""
        self._longest_wait_seconds = longest_wait_seconds
        self._open: _OpenClaim | None = None
        self._pause_seconds = 0.0
        self._resume_at: float | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether a claim waits at the server."""
        return self._open is not None

    def open(self, wanted: ClaimRequest, now: float) -> list[Claim]:
        """Open a claim, unless one is open or a pause has not ended."""
        is_paused = self._resume_at is not None and not is_due(self._resume_at, now)
        if self._open is not None or is_paused:
            return []
        self._resume_at = None
        self._open = _OpenClaim(now, self._longest_wait_seconds)
        return [Claim(wanted, self._longest_wait_seconds)]

    def give_up(self) -> None:
        """Stop waiting for the open claim: an exchange repeats it by its number."""
        self._open = None

    def resume(self) -> None:
        """End a pause: a report may have made jobs ready."""
        self._resume_at = None

    def accepts(self, number: int | None) -> bool:
        """Note that a claim returned jobs. Return False if its jobs came before."""
        if number != self.number:
            return False
        self.number += 1
        self._pause_seconds = 0.0
        self._resume_at = None
        return True

    def came_back_empty(self, now: float) -> float | None:
        """Note that the open claim returned no job. Return the end of the pause, or None for no pause."""
        claim, self._open = self._open, None
        if claim is None or now >= claim.opened_at + claim.wait_seconds / 2:
            self._pause_seconds = 0.0
            return None
        # Answered before its time: the workflow is complete, or the server does not hold claims open. To claim again
        # at once would be a busy loop.
        doubled = max(FIRST_PAUSE_SECONDS, 2 * self._pause_seconds)
        self._pause_seconds = min(doubled, self._longest_wait_seconds)
        self._resume_at = now + self._pause_seconds
        return self._resume_at
