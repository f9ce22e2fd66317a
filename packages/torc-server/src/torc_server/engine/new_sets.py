"""Sets of jobs that new jobs wait for, named once for all of them: also jobs of the same call, by their positions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from torc_server.engine.errors import RuleBroken
from torc_server.engine.graph import COUNT_SETS, WAIT_FOR_SET, SetFinder, require_jobs
from torc_server.engine.ids import JobId, WorkflowId
from torc_server.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class NewSet:
    """Jobs that are there already, by id, and new ones, by their position among those of the call."""

    job_ids: Sequence[JobId] = ()
    positions: Sequence[int] = ()


def require_sound(names: Sequence[str], sets: Sequence[NewSet], waiting: Mapping[int, Sequence[int]]) -> None:
    """Refuse what points nowhere, and jobs that would wait for each other for ever; raises RuleBroken.

    `names` are those of the new jobs; `waiting` says of a job, by position, which sets it waits for.
    """
    for each in sets:
        _require_range("positions", each.positions, len(names), "jobs")
    for set_numbers in waiting.values():
        _require_range("waits_for_sets", set_numbers, len(sets), "dependency_sets")
    # Jobs as their positions, sets below zero: a set with many members and many waiting jobs stays small.
    before: dict[int, Sequence[int]] = {job: [-1 - number for number in numbers] for job, numbers in waiting.items()}
    before |= {-1 - number: each.positions for number, each in enumerate(sets)}
    try:
        TopologicalSorter(before).prepare()
    except CycleError as error:
        ring = [names[each] for each in reversed(error.args[1][1:]) if each >= 0]
        words = " waits for ".join(repr(name) for name in [*ring, ring[0]])
        raise RuleBroken(f"These jobs would wait for each other for ever: {words}", field="waits_for_sets") from None


def _require_range(member: str, numbers: Sequence[int], count: int, of_what: str) -> None:
    wrong = next((number for number in numbers if not 0 <= number < count), None)
    if wrong is not None:
        raise RuleBroken(
            f"{member} has {wrong}, but the call has {count} {of_what}, counted from 0", field=member, value=wrong
        )


def wait_for_new_sets(
    tx: Transaction,
    workflow_id: WorkflowId,
    new_ids: Sequence[JobId],
    sets: Sequence[NewSet],
    waiting: Mapping[int, Sequence[int]],
) -> None:
    """Let new jobs wait for sets, which `require_sound` let pass. Raises RuleBroken for ids of no job there."""
    require_jobs(tx, workflow_id, {job_id for each in sets for job_id in each.job_ids})
    finder = SetFinder(tx, workflow_id)
    members = [[*each.job_ids, *(new_ids[position] for position in each.positions)] for each in sets]
    set_ids = [finder.set_of(some) if some else None for some in members]
    pairs = [
        {"set_id": set_ids[number], "job_id": new_ids[position]}
        for position, numbers in waiting.items()
        for number in numbers
        if set_ids[number] is not None
    ]
    tx.execute_many(WAIT_FOR_SET, pairs)
    tx.execute_many(COUNT_SETS, [{"job_id": new_ids[position]} for position in waiting])
