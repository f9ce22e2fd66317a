"""How long this node may be silent before the service gives its jobs to others. Pure.

`now` is seconds of a clock that also counts while the machine sleeps.

Two things can keep a node silent. The runner may be stopped or asleep: then nobody here knows what goes on, and what
runs must be over before others begin. Or nobody answers it: then it goes on, since the service is most likely away, and
lets no lease run out; `is_strict` is for those who would rather lose the work than do some of it twice.
"""

DEFAULT_LEASE_SECONDS = 300.0

_BEATS_A_LEASE = 3
_LOOKS_A_LEASE = 12
_LONGEST_LOOK_SECONDS = 5.0
_LONGEST_BEAT_SECONDS = 10.0
_SAFE_PART = 0.9
"""Of a lease: what runs here ends before the service gives it to others."""


class Lease:
    """One node's lease. It is in effect from the start, since registering takes it."""

    def __init__(self, seconds: float, now: float, *, is_strict: bool = False) -> None:
        self.seconds = seconds
        self.is_strict = is_strict
        self.heard_at = now
        self.good_until = now + _SAFE_PART * seconds
        """What runs here may run until then; it moves on for as long as this runner lives."""

    @property
    def beat_due_at(self) -> float:
        """When to say something, if there is nothing else to say."""
        return self.heard_at + self.seconds / _BEATS_A_LEASE

    @property
    def look_seconds(self) -> float:
        """How often to look at the clock."""
        return min(_LONGEST_LOOK_SECONDS, self.seconds / _LOOKS_A_LEASE)

    @property
    def beat_seconds(self) -> float:
        """How long to wait for the answer to a sign of life."""
        return min(_LONGEST_BEAT_SECONDS, self.seconds / 4)

    def heard(self, sent_at: float) -> None:
        """Take in that the service answered something that was sent at that time."""
        self.heard_at = max(self.heard_at, sent_at)
        self.good_until = max(self.good_until, self.heard_at + _SAFE_PART * self.seconds)

    def unanswered(self, now: float) -> None:
        """Take in that this runner lives, and asks, and gets no answer."""
        if not self.is_strict:
            self.good_until = max(self.good_until, now + self.seconds / 2)

    def is_over(self, now: float) -> bool:
        """Whether what runs here should have ended: this runner was stopped, or asleep, or strict and not heard."""
        return now > self.good_until
