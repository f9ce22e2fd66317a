"""The events of a workflow: its start, and the end of each set of jobs that others depend on. Pure."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from torc_client.errors import TorcError

START = "start"
_NAMES_IN_ID = 3


@dataclass(frozen=True, slots=True)
class Step:
    """A job. `parents` are the positions of the jobs that it depends on, in addition to those that write what it reads.

    Jobs that depend on the same jobs should share one tuple.
    """

    name: str
    parents: tuple[int, ...] = ()
    reads: tuple[Hashable, ...] = ()
    writes: tuple[Hashable, ...] = ()


@dataclass(frozen=True, slots=True)
class Allocation:
    """An action that requests nodes. `jobs` are the positions of the jobs that its trigger waits for."""

    trigger_type: str
    scheduler: str
    scheduler_type: str
    num_allocations: int
    jobs: tuple[int, ...] = ()


@dataclass(slots=True)
class PlanEvent:
    """An event that occurs once: the start, or the completion of all jobs in `completed`."""

    id: str
    completed: tuple[int, ...]
    ready: list[int] = field(default_factory=list)
    allocations: list[Allocation] = field(default_factory=list)
    depends_on: list[str] = field(default_factory=list)
    unlocks: list[str] = field(default_factory=list)


def events_of(steps: Sequence[Step], allocations: Iterable[Allocation] = ()) -> list[PlanEvent]:
    """Return the events in an order in which they can occur. Raises TorcError if dependencies have a cycle."""
    awaited = _awaited(steps)
    by_awaited: dict[tuple[int, ...], list[int]] = {(): []}
    for place, jobs in enumerate(awaited):
        by_awaited.setdefault(jobs, []).append(place)
    known = list(allocations)
    for each in known:
        if each.trigger_type == "on_jobs_complete":
            by_awaited.setdefault(tuple(sorted(each.jobs)), [])
    events = _in_order(steps, by_awaited)
    happens_in = {place: event for event in events for place in event.ready}
    by_id = {event.id: event for event in events}
    rank = {event.id: number for number, event in enumerate(events)}
    for event in events:
        before = {happens_in[place].id for place in event.completed}
        event.depends_on = sorted(before, key=rank.__getitem__)
        for one in event.depends_on:
            by_id[one].unlocks.append(event.id)
    for each in known:
        _place(each, events, happens_in, rank).allocations.append(each)
    return events


def _awaited(steps: Sequence[Step]) -> list[tuple[int, ...]]:
    """Return for each job the sorted positions of its dependencies; equal dependencies are the same object."""
    writers: dict[Hashable, list[int]] = {}
    for place, step in enumerate(steps):
        for thing in step.writes:
            writers.setdefault(thing, []).append(place)
    shared: dict[tuple[int, ...], tuple[int, ...]] = {}
    seen: dict[tuple[int, tuple[Hashable, ...]], tuple[int, ...]] = {}
    found = []
    for place, step in enumerate(steps):
        own = any(thing in step.writes for thing in step.reads)
        key = (id(step.parents), step.reads)
        if own or key not in seen:
            jobs = {*step.parents, *(writer for thing in step.reads for writer in writers.get(thing, ()))} - {place}
            combined = tuple(sorted(jobs))
            combined = shared.setdefault(combined, combined)
            if not own:
                seen[key] = combined
            found.append(combined)
        else:
            found.append(seen[key])
    return found


def _in_order(steps: Sequence[Step], by_awaited: Mapping[tuple[int, ...], list[int]]) -> list[PlanEvent]:
    waiting = {awaited: len(awaited) for awaited in by_awaited}
    behind: dict[int, list[tuple[int, ...]]] = {}
    for awaited in by_awaited:
        for place in awaited:
            behind.setdefault(place, []).append(awaited)
    events: list[PlanEvent] = []
    names = _Names()
    free: list[tuple[int, ...]] = [()]
    while free:
        following = []
        for awaited in free:
            ready = by_awaited[awaited]
            events.append(PlanEvent(names.of([steps[place].name for place in awaited]), awaited, ready))
            for place in ready:
                for others in behind.get(place, ()):
                    waiting[others] -= 1
                    if not waiting[others]:
                        following.append(others)
        free = following
    if sum(len(event.ready) for event in events) < len(steps):
        reached = {place for event in events for place in event.ready}
        stuck = next(step.name for place, step in enumerate(steps) if place not in reached)
        raise TorcError(f"The dependencies have a cycle, so some jobs never run, for example {stuck}.")
    return events


class _Names:
    """The ids of events, each used once: `start`, `after_a`, `after_a_b`, `after_a_and_12_more`."""

    def __init__(self) -> None:
        self._used: dict[str, int] = {}

    def of(self, completed: Sequence[str]) -> str:
        """Return the id of the event at which these jobs are complete."""
        if not completed:
            name = START
        elif len(completed) <= _NAMES_IN_ID:
            name = f"after_{'_'.join(completed)}"
        else:
            name = f"after_{completed[0]}_and_{len(completed) - 1}_more"
        self._used[name] = number = self._used.get(name, 0) + 1
        return name if number == 1 else f"{name}_{number}"


def _place(
    allocation: Allocation, events: Sequence[PlanEvent], happens_in: Mapping[int, PlanEvent], rank: Mapping[str, int]
) -> PlanEvent:
    if allocation.trigger_type == "on_jobs_complete":
        return next(event for event in events if event.completed == tuple(sorted(allocation.jobs)))
    if allocation.trigger_type == "on_jobs_ready" and allocation.jobs:
        return max((happens_in[place] for place in allocation.jobs), key=lambda event: rank[event.id])
    return events[0] if allocation.trigger_type != "on_workflow_complete" else events[-1]
