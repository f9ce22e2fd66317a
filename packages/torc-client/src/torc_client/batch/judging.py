"""Judge from what a batch system reports which allocations wait, run or have ended. Pure.

One answer is not enough to call an allocation ended: a batch system that is restarted, or that puts an allocation back
into its queue, reports for a moment that it is gone. So two answers, some seconds apart, must agree. Until then, and in
every state that is not an end, the allocation is alive.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from torc_client.batch.system import AllocationId, AllocationState, Outcome, Seen

PENDING, ACTIVE = "pending", "active"
"""The statuses of records of allocations that have not ended. The other ones are those of `Outcome`."""

GONE = "the batch system no longer lists it"


@dataclass(frozen=True, slots=True)
class Recorded:
    """A pending or active allocation as the server has recorded it. `mark` is the one of its submission, if known."""

    record_id: int
    allocation: AllocationId
    status: str
    reason: str = ""
    starts_at: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A record that differs from what the batch system reports, and what it should be."""

    known: Recorded
    status: str
    reason: str
    starts_at: str

    @property
    def is_end(self) -> bool:
        """Whether the allocation has ended."""
        return self.status not in {PENDING, ACTIVE}


@dataclass(frozen=True, slots=True)
class Judgement:
    """The changes of records, and the ids of the records of allocations in which no process runs.

    An allocation that the batch system queued again has no process, although it has not ended.
    """

    changes: Sequence[Change]
    idle: frozenset[int]


def judge(
    known: Iterable[Recorded],
    seen: Mapping[AllocationId, Seen],
    earlier: Mapping[AllocationId, Seen] | None = None,
    *,
    lists_all: bool = True,
) -> Judgement:
    """Return what differs from the records. Without an `earlier` answer, no allocation is judged to have ended.

    If the batch system does not list all allocations, for example not those of other users, one that it does not list
    is not judged.
    """
    changes, idle = [], set()
    for each in known:
        now = seen.get(each.allocation)
        if is_foreign(each, now) or (earlier is not None and is_foreign(each, earlier.get(each.allocation))):
            continue
        if now is None and not lists_all:
            continue
        is_sure = earlier is not None and not _has_processes(earlier.get(each.allocation))
        if is_sure and not _has_processes(now):
            idle.add(each.record_id)
        change = _change(each, now, earlier)
        if change is not None:
            changes.append(change)
    return Judgement(changes, frozenset(idle))


def suspects(known: Iterable[Recorded], seen: Mapping[AllocationId, Seen]) -> Iterator[Recorded]:
    """Yield the allocations for which a second answer is needed: they may have ended, or stopped running."""
    for each in known:
        now = seen.get(each.allocation)
        if not is_foreign(each, now) and (_is_gone(now) or (each.status == ACTIVE and not _has_processes(now))):
            yield each


def is_foreign(known: Recorded, seen: Seen | None) -> bool:
    """Whether an allocation has the id, but is of another request: for example one of another cluster, or of none."""
    return seen is not None and bool(known.mark) and seen.mark is not None and known.mark != seen.mark


def _is_gone(seen: Seen | None) -> bool:
    return seen is None or seen.state is AllocationState.ENDED


def _has_processes(seen: Seen | None) -> bool:
    return seen is not None and seen.state in {AllocationState.RUNNING, AllocationState.ENDING}


def _change(known: Recorded, now: Seen | None, earlier: Mapping[AllocationId, Seen] | None) -> Change | None:
    before = None if earlier is None else earlier.get(known.allocation)
    if now is None or now.state is AllocationState.ENDED:
        if earlier is None or not _is_gone(before):
            return None
        last = now or before
        outcome, reason = (Outcome.COMPLETE, GONE) if last is None else (last.outcome, last.reason)
        return Change(known, outcome, reason, "")
    status = known.status
    if now.state is AllocationState.RUNNING:
        status = ACTIVE
    elif now.state is AllocationState.QUEUED and status == ACTIVE:
        if before is None or before.state is not AllocationState.QUEUED:
            return None
        status = PENDING
    is_same = (status, now.reason, now.starts_at) == (known.status, known.reason, known.starts_at)
    return None if is_same else Change(known, status, now.reason, now.starts_at)
