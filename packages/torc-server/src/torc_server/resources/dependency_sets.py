"""Sets of jobs that new jobs of the same call wait for: a graph of many links in a few lines."""

from collections.abc import Mapping, Sequence

from torc_server.engine.dependencies import graph
from torc_server.engine.dependencies.cycles import ring_in
from torc_server.engine.errors import RuleBroken
from torc_server.engine.ids import JobId, WorkflowId
from torc_server.resources.fields import Integer, Record
from torc_server.resources.json_fields import Many
from torc_server.resources.resource import Body
from torc_server.store.transaction import Transaction

# Of a ring of thousands of jobs the first ones say where to look.
MOST_TOLD_OF_A_RING = 10


class DependencySet(Record):
    """Jobs that others wait for together."""

    job_ids = Many(Integer(), "Members that the workflow has already.")
    positions = Many(Integer(at_least=0), "Members that are new: where they stand among this call's jobs, from 0.")


def wait_for_sets(
    tx: Transaction, workflow_id: WorkflowId, ids: Sequence[int], bodies: Sequence[Body], sets: Sequence[Body]
) -> None:
    """Let new jobs wait for the sets that they name; `ids` are theirs, in the order of the bodies.

    Raises RuleBroken for sets, jobs and positions that are not there, and for jobs that would wait for each other.
    """
    waiting = {position: body["waits_for_sets"] for position, body in enumerate(bodies) if body.get("waits_for_sets")}
    _require_sets(waiting, len(sets))
    _require_positions(sets, len(ids))
    _refuse_rings(waiting, sets, bodies)
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
                    f"Job {position} of this call waits for dependency set {number}, and there are {count}, from 0;"
                    " sets are given in dependency_sets of bulk_jobs",
                    field="waits_for_sets",
                    value=number,
                )


def _require_positions(sets: Sequence[Body], count: int) -> None:
    for number, each in enumerate(sets):
        for position in each.get("positions", ()):
            if position >= count:
                raise RuleBroken(
                    f"Dependency set {number} has the job at position {position}, and this call has {count} jobs,"
                    " from 0",
                    field="dependency_sets",
                    value=position,
                )


def _refuse_rings(waiting: Mapping[int, Sequence[int]], sets: Sequence[Body], bodies: Sequence[Body]) -> None:
    """Refuse jobs of this call that wait for each other: those that were there before cannot wait for new ones."""
    last = [max(each.get("positions", ()), default=-1) for each in sets]
    if all(last[number] < position for position, numbers in waiting.items() for number in numbers):
        return  # each waits for earlier ones only
    # Jobs and sets in turn, sets behind the jobs.
    first_set = len(bodies)
    before: dict[int, Sequence[int]] = {
        position: [first_set + number for number in numbers] for position, numbers in waiting.items()
    }
    before |= {first_set + number: each.get("positions", ()) for number, each in enumerate(sets)}
    ring = [position for position in ring_in(before) if position < first_set]
    if ring:
        names = [bodies[position]["name"][:100] for position in ring]
        more = len(names) - MOST_TOLD_OF_A_RING
        told = [*names[:MOST_TOLD_OF_A_RING], *([f"({more} more)"] if more > 0 else []), names[0]]
        raise RuleBroken(
            f"These jobs wait for each other: {' waits for '.join(told)}", field="waits_for_sets", value=ring
        )
