"""Completions of chained jobs: a completion counts only if the completion of the job's predecessor does."""

from collections.abc import Sequence
from datetime import datetime

from torc_server.engine.errors import EngineError
from torc_server.engine.execution.chained import not_chained, succeeded_on_node
from torc_server.engine.execution.complete import complete_jobs
from torc_server.engine.execution.judging import JobCompletion
from torc_server.engine.ids import JobId, WorkflowId
from torc_server.store.transaction import Transaction

# A completion and the job's predecessor; None if the job was claimed.
ChainedCompletion = tuple[JobCompletion, JobId | None]


def complete_in_order(
    tx: Transaction, workflow_id: WorkflowId, completions: Sequence[ChainedCompletion], *, now: datetime
) -> list[EngineError | None]:
    """Complete jobs as `complete_jobs` does, predecessors first. A job whose predecessor was refused is refused too.

    Returns for each completion its error, or None. Raises NotFound for the workflow.
    """
    refusals: dict[int, EngineError | None] = {}

    def complete(positions: Sequence[int]) -> None:
        errors = complete_jobs(tx, workflow_id, [completions[position][0] for position in positions], now=now)
        refusals.update(zip(positions, errors, strict=True))

    complete([position for position, (_, predecessor) in enumerate(completions) if predecessor is None])
    for level in _levels(completions):
        asked = [
            (predecessor, completion.report.node_id)
            for completion, predecessor in (completions[position] for position in level)
            if predecessor is not None
        ]
        succeeded = succeeded_on_node(tx, completions[level[0]][0].run_id, asked)
        refusals.update({position: not_chained(*pair) for position, pair in zip(level, asked, strict=True)})
        complete([position for position, pair in zip(level, asked, strict=True) if pair in succeeded])
    return [refusals[position] for position in range(len(completions))]


def _levels(completions: Sequence[ChainedCompletion]) -> list[list[int]]:
    """Return the positions of chained jobs by level: each predecessor is in an earlier level, or in none."""
    chained: dict[JobId, list[int]] = {}
    for position, (_, predecessor) in enumerate(completions):
        if predecessor is not None:
            chained.setdefault(predecessor, []).append(position)
    chained_ids = {completion.job_id for completion, predecessor in completions if predecessor is not None}
    levels: list[list[int]] = []
    level = [
        position
        for predecessor, positions in chained.items()
        if predecessor not in chained_ids
        for position in positions
    ]
    seen: set[int] = set()
    while level:
        levels.append(level)
        seen.update(level)
        ended = [completions[position][0].job_id for position in level]
        level = [position for job_id in ended for position in chained.get(job_id, ()) if position not in seen]
    # The jobs of a cycle have no predecessor that ended; they form the last level and are refused.
    cycle = [
        position
        for position, (_, predecessor) in enumerate(completions)
        if predecessor is not None and position not in seen
    ]
    return [*levels, cycle] if cycle else levels
