"""Decide which jobs may run on a node before a job of higher priority that waits there for resources. No SQL.

The rule is that of EASY backfill. The required runtimes of the running jobs say when the waiting job can start. A job
of lower priority may run before if it is expected to end by then, or if it leaves enough for the waiting job.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from torc_server.engine.claiming.packing import Amounts


@dataclass(frozen=True, slots=True)
class Held:
    """Resources of a node that a job holds until `until_ms`, if it takes its required runtime."""

    until_ms: int
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class ExpectedStart:
    """When a waiting job can start, and what is free beside it then."""

    at_ms: int
    spare: Amounts


def expected_start(
    needs: Amounts, *, free: Amounts, total: Amounts, held: Sequence[Held], now_ms: int
) -> ExpectedStart | None:
    """Return when a job with these needs can start. None if what the jobs hold does not suffice for it.

    Jobs that have exceeded their runtime count as ending now. `at_ms` is in the past then.
    """
    then = free
    for _, together in groupby(sorted(held, key=lambda each: each.until_ms), lambda each: max(each.until_ms, now_ms)):
        ended = [*together]
        for each in ended:
            then = _sum(then, each.amounts)
        # Claimed jobs that have not started hold nothing yet, so that the sum can exceed the node.
        spare = _less(_least(then, total), needs)
        if min(spare) >= 0:
            return ExpectedStart(ended[-1].until_ms, spare)
    return None


def _sum(one: Amounts, other: Amounts) -> Amounts:
    return (one[0] + other[0], one[1] + other[1], one[2] + other[2])


def _less(one: Amounts, other: Amounts, times: int = 1) -> Amounts:
    return (one[0] - times * other[0], one[1] - times * other[1], one[2] - times * other[2])


def _least(one: Amounts, other: Amounts) -> Amounts:
    return (min(one[0], other[0]), min(one[1], other[1]), min(one[2], other[2]))


class Backfill:
    """What jobs of lower priority may take while a job waits for its start."""

    def __init__(self, start: ExpectedStart, now_ms: int) -> None:
        self._start_ms = max(start.at_ms, now_ms)
        self._spare: Amounts = start.spare
        self._now_ms = now_ms

    def allows(self, needs: Amounts, runtime_seconds: int, wanted: int) -> int:
        """Return how many of `wanted` jobs may start now."""
        if self._ends_before(runtime_seconds):
            return wanted
        shares = zip(self._spare, needs, strict=True)
        return max(0, min((wanted, *(spare // needed for spare, needed in shares if needed > 0))))

    def take(self, needs: Amounts, runtime_seconds: int, count: int) -> None:
        """Note jobs that start now."""
        if not self._ends_before(runtime_seconds):
            self._spare = _less(self._spare, needs, count)

    def _ends_before(self, runtime_seconds: int) -> bool:
        # A runtime of 0 is not known; such a job does not end before a start that is due.
        return self._now_ms + max(runtime_seconds, 1) * 1000 <= self._start_ms
