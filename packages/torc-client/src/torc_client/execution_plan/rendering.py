"""Render a plan as text and as a record for JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

from torc_client.execution_plan.events import START, Allocation, PlanEvent, Step
from torc_client.text import count

_NAMES_SHOWN = 10


def record_of(
    source: str, name: str, steps: Sequence[Step], events: Sequence[PlanEvent], *, workflow_id: int | None = None
) -> dict[str, Any]:
    """Return the whole plan. `source` is spec_file, or database with `workflow_id`."""
    return {
        "status": "success",
        "source": source,
        **({} if workflow_id is None else {"workflow_id": workflow_id}),
        "workflow_name": name,
        "total_events": len(events),
        "total_jobs": len(steps),
        "root_events": [event.id for event in events if not event.depends_on],
        "leaf_events": [event.id for event in events if not event.unlocks],
        "events": [
            {
                "id": event.id,
                "trigger": _trigger(event, steps),
                "trigger_description": _description(event, steps),
                "scheduler_allocations": [
                    {
                        "scheduler": each.scheduler,
                        "scheduler_type": each.scheduler_type,
                        "num_allocations": each.num_allocations,
                        "job_names": [steps[place].name for place in each.jobs or event.ready],
                    }
                    for each in event.allocations
                ],
                "jobs_becoming_ready": [steps[place].name for place in event.ready],
                "depends_on_events": event.depends_on,
                "unlocks_events": event.unlocks,
            }
            for event in events
        ],
    }


def text_of(name: str, steps: Sequence[Step], events: Sequence[PlanEvent]) -> str:
    """Return the plan as text, with one paragraph for each event."""
    head = f"{name}: {count('job', len(steps))}, {count('event', len(events))}"
    return "\n".join([head, *(line for event in events for line in _paragraph(event, steps))])


def _paragraph(event: PlanEvent, steps: Sequence[Step]) -> Iterator[str]:
    yield ""
    yield f"{event.id}: {_description(event, steps)}"
    for each in event.allocations:
        yield f"    requests {_allocations(each)}"
    if event.ready:
        yield f"    {count('job', len(event.ready))} can run: {_names(event.ready, steps)}"
    if event.unlocks:
        yield f"    then: {_listed(event.unlocks)}"


def _trigger(event: PlanEvent, steps: Sequence[Step]) -> dict[str, Any]:
    if event.id == START:
        return {"type": "workflow_start"}
    names = [steps[place].name for place in event.completed]
    return {"type": "jobs_complete", "data": {"jobs": names}, "jobs": names}


def _description(event: PlanEvent, steps: Sequence[Step]) -> str:
    if event.id == START:
        return "when the workflow starts"
    verb = "is" if len(event.completed) == 1 else "are"
    return f"when {_names(event.completed, steps)} {verb} complete"


def _allocations(allocation: Allocation) -> str:
    called = f" {allocation.scheduler!r}" if allocation.scheduler else ""
    return f"{count('allocation', allocation.num_allocations)} of {allocation.scheduler_type}{called}"


def _names(places: Sequence[int], steps: Sequence[Step]) -> str:
    return _listed([steps[place].name for place in places[: _NAMES_SHOWN + 1]], len(places))


def _listed(names: Sequence[str], total: int | None = None) -> str:
    total = len(names) if total is None else total
    shown = ", ".join(names[:_NAMES_SHOWN])
    return shown if total <= _NAMES_SHOWN else f"{shown} and {total - _NAMES_SHOWN} more"
