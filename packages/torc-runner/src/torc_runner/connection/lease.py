"""The lease of a node: how long the node may be silent before the server releases its jobs. Pure.

`now` is in seconds of a clock that also counts while the machine sleeps.

A node is silent for one of two reasons. The runner is stopped or asleep: then its jobs must end before other runners
start them again. Or the server does not answer: then the jobs continue, since an unavailable server expires no lease.
With `is_strict` they end in the second case too, so that no job runs twice.
"""

DEFAULT_LEASE_SECONDS = 300.0

_HEARTBEATS_PER_LEASE = 3
_CHECKS_PER_LEASE = 12
_MAX_CHECK_SECONDS = 5.0
_MAX_HEARTBEAT_TIMEOUT_SECONDS = 10.0
_SAFE_FRACTION = 0.9
"""Fraction of the lease after which jobs end on this node, before the server releases them to other runners."""


class Lease:
    """The lease of one node. It starts with the registration of the node."""

    def __init__(self, seconds: float, now: float, *, is_strict: bool = False) -> None:
        self.seconds = seconds
        self.is_strict = is_strict
        self.heard_at = now
        self.good_until = now + _SAFE_FRACTION * seconds
        """Jobs may run until then. The runner extends it."""

    @property
    def heartbeat_due_at(self) -> float:
        """When to send a heartbeat, if no other request was answered before."""
        return self.heard_at + self.seconds / _HEARTBEATS_PER_LEASE

    @property
    def check_seconds(self) -> float:
        """Interval between two checks of the clock."""
        return min(_MAX_CHECK_SECONDS, self.seconds / _CHECKS_PER_LEASE)

    @property
    def heartbeat_timeout_seconds(self) -> float:
        """Time limit for the answer to a heartbeat."""
        return min(_MAX_HEARTBEAT_TIMEOUT_SECONDS, self.seconds / 4)

    def heard(self, sent_at: float) -> None:
        """Record that the server answered a request that was sent at `sent_at`."""
        self.heard_at = max(self.heard_at, sent_at)
        self.good_until = max(self.good_until, self.heard_at + _SAFE_FRACTION * self.seconds)

    def unanswered(self, now: float) -> None:
        """Record that a heartbeat was sent and not answered."""
        if not self.is_strict:
            self.good_until = max(self.good_until, now + self.seconds / 2)

    def is_over(self, now: float) -> bool:
        """Whether jobs should have ended: the runner was stopped or asleep, or is strict and had no answer."""
        return now > self.good_until
