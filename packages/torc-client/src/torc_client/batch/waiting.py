"""Sentences about the allocations of a workflow: which wait and why, and which failed. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from torc_client.answers import id_of
from torc_client.api.records import ScheduledComputeNodesModel
from torc_client.batch.judging import ACTIVE, PENDING
from torc_client.batch.schedulers import BatchScheduler
from torc_client.batch.system import AllocationState, Outcome, Seen
from torc_client.batch.watching import SUBMITTING, Look, id_in_system, named, system_title
from torc_client.text import count, parse_timestamp


@dataclass(frozen=True, slots=True)
class _Why:
    """Why allocations of one scheduler wait, in the words of the batch system."""

    scheduler_type: str
    scheduler_id: int
    reason: str
    remedy: str


def sentences(
    look: Look,
    records: Sequence[ScheduledComputeNodesModel],
    schedulers: Iterable[BatchScheduler],
    now: datetime,
) -> list[str]:
    """Return what to say about the allocations of a workflow. `records` are all of them, also those that have ended.

    Where the batch system was not asked, the sentences have what the server knows. Times are in the zone of `now`.
    """
    of_id = {each.id: each for each in schedulers}
    return [
        *_waiting(look, of_id, now),
        *_running(look),
        *_failed(records),
        *look.not_asked,
    ]


def _waiting(look: Look, schedulers: Mapping[int, BatchScheduler], now: datetime) -> Iterator[str]:
    groups: dict[_Why, list[ScheduledComputeNodesModel]] = defaultdict(list)
    for record in look.records.values():
        seen = look.seen.get(id_of(record))
        if record.status == PENDING and (seen.state is AllocationState.QUEUED if seen else look.not_asked):
            reason = record.reason or "" if seen is None else seen.reason
            remedy = "" if seen is None else seen.remedy
            groups[_Why(record.scheduler_type, record.scheduler_config_id, reason, remedy)].append(record)
    for why, some in groups.items():
        scheduler = schedulers.get(why.scheduler_id)
        nodes = count("node", len(some) * (scheduler.nodes if scheduler else 1))
        partition = scheduler.options.get("partition") if scheduler else None
        where = f" in partition {partition}" if partition else ""
        parts = [f"Waiting for {nodes}{where}"]
        if why.reason:
            parts.append(f"{system_title(why.scheduler_type)} says {why.reason}")
        estimate = _estimate([_starts_at(look.seen.get(id_of(each)), each) for each in some], now)
        if estimate:
            parts.append(f"estimate {estimate}")
        held = f" It does not start by itself: {why.remedy}." if why.remedy else ""
        yield f"{', '.join(parts)}.{held}"
    for scheduler_type, some in _by_type(each for each in look.records.values() if each.status == SUBMITTING):
        yield f"{system_title(scheduler_type)} has not yet answered the request for {count('allocation', len(some))}."


def _running(look: Look) -> Iterator[str]:
    """Say what is unusual about allocations that the server considers active, or that have just ended."""
    groups: dict[tuple[str, bool], list[ScheduledComputeNodesModel]] = defaultdict(list)
    for record in look.records.values():
        seen = look.seen.get(id_of(record))
        title = system_title(record.scheduler_type)
        if record.status == SUBMITTING:
            continue
        if seen is None and not look.not_asked:
            groups[f"{title} does not list", True].append(record)
        elif seen is None and record.status == ACTIVE and record.reason:
            groups[f"{title} says {record.reason} about", False].append(record)
        elif seen is not None and seen.state is not AllocationState.QUEUED and (seen.reason or _has_ended(seen)):
            groups[f"{title} says {seen.reason or seen.word} about", _has_ended(seen)].append(record)
    for (begin, has_ended), some in groups.items():
        ids = [id_in_system(each) for each in some]
        which = f"allocation{'s' * (len(ids) > 1)} {named(ids)}"
        whose = "its record" if len(ids) == 1 else "their records"
        remedy = f"; to correct {whose}: torc workflows sync-status {some[0].workflow_id}" if has_ended else ""
        yield f"{begin} {which}{remedy}."


def num_ended(look: Look) -> int:
    """Return how many allocations have ended for the batch system, although the server still waits for them."""
    ended = 0
    for record in look.records.values():
        seen = look.seen.get(id_of(record))
        is_gone = not look.not_asked if seen is None else _has_ended(seen)
        ended += is_gone and record.status != SUBMITTING
    return ended


def _has_ended(seen: Seen) -> bool:
    return seen.state is AllocationState.ENDED


def _failed(records: Iterable[ScheduledComputeNodesModel]) -> Iterator[str]:
    groups: dict[tuple[str, str], list[ScheduledComputeNodesModel]] = defaultdict(list)
    for record in records:
        if record.status == Outcome.FAILED:
            groups[record.scheduler_type, record.reason or ""].append(record)
    for (scheduler_type, reason), some in groups.items():
        said = f", {system_title(scheduler_type)} says {reason}" if reason else ""
        yield f"{count('allocation', len(some))} failed ({named([id_in_system(each) for each in some])}){said}."


def _by_type(
    records: Iterable[ScheduledComputeNodesModel],
) -> Iterable[tuple[str, list[ScheduledComputeNodesModel]]]:
    groups: dict[str, list[ScheduledComputeNodesModel]] = defaultdict(list)
    for record in records:
        groups[record.scheduler_type].append(record)
    return groups.items()


def _starts_at(seen: Seen | None, record: ScheduledComputeNodesModel) -> datetime | None:
    return parse_timestamp(record.starts_at or "" if seen is None else seen.starts_at)


def _estimate(starts: Iterable[datetime | None], now: datetime) -> str:
    """Return the earliest start: the time, with the date if it is not today. Empty if there is no estimate."""
    zone: tzinfo | None = now.tzinfo
    known = [start.astimezone(zone) for start in starts if start is not None]
    if not known:
        return ""
    first = min(known)
    return first.strftime("%H:%M" if first.date() == now.date() else "%Y-%m-%d %H:%M")
