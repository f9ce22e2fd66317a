"""The ends of jobs that followed others on their node: each counts only if the one before it does."""

from collections.abc import Sequence
from datetime import datetime

from torc_server.engine.errors import EngineError
from torc_server.engine.execution.chained import ended_there, nothing_follows
from torc_server.engine.execution.complete import Completion, complete_jobs
from torc_server.engine.ids import JobId, WorkflowId
from torc_server.store.transaction import Transaction

# The end of a job, and the job that it followed without having been claimed.
End = tuple[Completion, JobId | None]


def complete_in_order(
    tx: Transaction, workflow_id: WorkflowId, ends: Sequence[End], *, now: datetime
) -> list[EngineError | None]:
    """End jobs as complete_jobs does, those that followed others after these, and not at all where these were refused.

    Gives for each what is wrong with it, or None. Raises NotFound for the workflow.
    """
    refusals: dict[int, EngineError | None] = {}

    def complete(positions: Sequence[int]) -> None:
        some = complete_jobs(tx, workflow_id, [ends[position][0] for position in positions], now=now)
        refusals.update(zip(positions, some, strict=True))

    complete([position for position, (_, after) in enumerate(ends) if after is None])
    for wave in _waves(ends):
        asked = [(after, completion.report.node_id) for completion, after in (ends[each] for each in wave) if after]
        there = ended_there(tx, ends[wave[0]][0].run_id, asked)
        sound = [position for position, pair in zip(wave, asked, strict=True) if pair in there]
        refusals.update({position: nothing_follows(*pair) for position, pair in zip(wave, asked, strict=True)})
        complete(sound)
    return [refusals[position] for position in range(len(ends))]


def _waves(ends: Sequence[End]) -> list[list[int]]:
    """Put the positions of followers into waves, such that none follows one of its own wave or of a later one."""
    followers_of: dict[JobId, list[int]] = {}
    for position, (_, after) in enumerate(ends):
        if after is not None:
            followers_of.setdefault(after, []).append(position)
    untold = {completion.job_id for completion, after in ends if after is not None}
    waves: list[list[int]] = []
    wave = [position for after, some in followers_of.items() if after not in untold for position in some]
    seen: set[int] = set()
    while wave:
        waves.append(wave)
        seen.update(wave)
        next_jobs = [ends[position][0].job_id for position in wave]
        wave = [each for job_id in next_jobs for each in followers_of.get(job_id, ()) if each not in seen]
    # What goes round in a ring follows nothing that has ended.
    ring = [position for position, (_, after) in enumerate(ends) if after is not None and position not in seen]
    return [*waves, ring] if ring else waves
