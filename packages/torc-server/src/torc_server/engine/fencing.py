"""Fencing: an attempt that may still run on a node gets out of date, because the job begins again.

The job has the next attempt number then, so reports of the old attempt are refused. The runner of the node compares
`workflow.fences` with the number that it knows. If it has grown, the runner reports its running attempts again, and
ends those that are refused.
"""

from torc_server.engine.ids import WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.signals import AttemptsFenced
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

ANY_ACTIVE = JobStatement("SELECT 1 FROM job WHERE workflow_id = :workflow_id AND status IN {ACTIVE} LIMIT 1", hot=True)
COUNT_FENCE = Statement("UPDATE workflow SET fences = fences + 1 WHERE id = :workflow_id")


def has_active_jobs(tx: Transaction, workflow_id: WorkflowId) -> bool:
    """Whether a job is pending or running."""
    return tx.value(ANY_ACTIVE, {"workflow_id": workflow_id}) is not None


def note_fence(tx: Transaction, workflow_id: WorkflowId) -> None:
    """Note that attempts of the workflow were fenced. Emits AttemptsFenced."""
    tx.execute(COUNT_FENCE, {"workflow_id": workflow_id})
    tx.emit(AttemptsFenced(workflow_id))


def note_fence_of_all(tx: Transaction, workflow_id: WorkflowId) -> None:
    """Note that all pending and running jobs are about to be fenced, if there are any. Emits AttemptsFenced."""
    if has_active_jobs(tx, workflow_id):
        note_fence(tx, workflow_id)
