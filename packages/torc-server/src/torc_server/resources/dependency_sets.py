"""Dependency sets of a bulk call: sets of jobs that new jobs of the call wait for."""

from collections.abc import Mapping, Sequence

from torc_server.engine.dependencies import graph
from torc_server.engine.dependencies.cycles import cycle_in
from torc_server.engine.errors import RuleBroken
from torc_server.engine.ids import JobId, WorkflowId
from torc_server.resources.fields import Integer, Record
from torc_server.resources.json_fields import Many
from torc_server.resources.resource import Body
from torc_server.store.transaction import Transaction

# A cycle can have thousands of jobs. The first names show where it is.
MAX_NAMES_OF_CYCLE = 10


class DependencySet(Record):
    """A set of jobs that other jobs wait for."""

    job_ids = Many(Integer(), "Ids of members that exist already.")
    positions = Many(Integer(at_least=0), "Members that this call creates, by their position in its jobs, from 0.")


def wait_for_sets(
    tx: Transaction, workflow_id: WorkflowId, ids: Sequence[int], bodies: Sequence[Body], sets: Sequence[Body]
) -> None:
    """Store the sets that new jobs wait for. `ids` are the ids of the new jobs, in the order of `bodies`.

    Raises RuleBroken for sets, jobs and positions that do not exist, and for cycles.
    """
    waiting = {position: body["waits_for_sets"] for position, body in enumerate(bodies) if body.get("waits_for_sets")}
    _require_sets(waiting, len(sets))
    _require_positions(sets, len(ids))
    _refuse_cycles(waiting, sets, bodies)
    members = [
        [
            *(JobId(job_id) for job_id in each.get("job_ids", ())),
            *(JobId(ids[position]) for position in each.get("positions", ())),
        ]
        for each in sets
    ]
    graph.wait_for_sets(
        tx,
        workflow_id,
        members,
        [(JobId(ids[position]), numbers) for position, numbers in waiting.items()],
    )


def _require_sets(waiting: Mapping[int, Sequence[int]], count: int) -> None:
    for position, numbers in waiting.items():
        for number in numbers:
            if number >= count:
                raise RuleBroken(
                    f"Job {position} of this call waits for dependency set {number}, but the call has {count} sets,"
                    " counted from 0; add the set to dependency_sets of bulk_jobs",
                    field="waits_for_sets",
                    value=number,
                )


def _require_positions(sets: Sequence[Body], count: int) -> None:
    for number, each in enumerate(sets):
        for position in each.get("positions", ()):
            if position >= count:
                raise RuleBroken(
                    f"Dependency set {number} has position {position}, but the call has {count} jobs, counted from 0;"
                    " use the position of a job, or its id in job_ids",
                    field="dependency_sets",
                    value=position,
                )


def _refuse_cycles(waiting: Mapping[int, Sequence[int]], sets: Sequence[Body], bodies: Sequence[Body]) -> None:
    """Raise RuleBroken for a cycle of new jobs. Jobs that existed before cannot wait for new ones."""
    last = [max(each.get("positions", ()), default=-1) for each in sets]
    if all(last[number] < position for position, numbers in waiting.items() for number in numbers):
        return  # each job waits for earlier ones only
    # A graph of jobs and sets. The numbers of sets follow those of jobs.
    first_set = len(bodies)
    before: dict[int, Sequence[int]] = {
        position: [first_set + number for number in numbers] for position, numbers in waiting.items()
    }
    before |= {first_set + number: each.get("positions", ()) for number, each in enumerate(sets)}
    cycle = [position for position in cycle_in(before) if position < first_set]
    if cycle:
        names = [bodies[position]["name"][:100] for position in cycle]
        more = len(names) - MAX_NAMES_OF_CYCLE
        shown = [*names[:MAX_NAMES_OF_CYCLE], *([f"({more} more)"] if more > 0 else []), names[0]]
        raise RuleBroken(
            f"These jobs wait for each other: {' waits for '.join(shown)}; remove one of these dependencies",
            field="waits_for_sets",
            value=cycle,
        )
