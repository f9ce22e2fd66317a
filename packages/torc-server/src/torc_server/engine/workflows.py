"""Read and change the row of a workflow: its run, and whether it is canceled or archived."""

import sqlite3

from torc_server.engine.errors import Conflict, NotFound, RuleBroken
from torc_server.engine.fencing import note_fence
from torc_server.engine.ids import RunId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.signals import RunBegan, WorkflowChanged
from torc_server.engine.states import Cause
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

WORKFLOW = Statement("SELECT * FROM workflow WHERE id = :workflow_id", hot=True)

RUN = Statement("SELECT run_id FROM workflow WHERE id = :workflow_id", hot=True)


def workflow_row(tx: Transaction, workflow_id: WorkflowId) -> sqlite3.Row:
    """Return the row of a workflow. Raises NotFound."""
    row = tx.row(WORKFLOW, {"workflow_id": workflow_id})
    if row is None:
        raise _missing(workflow_id)
    return row


def run_of(tx: Transaction, workflow_id: WorkflowId) -> RunId:
    """Return the number of the current run. Raises NotFound."""
    run_id = tx.value(RUN, {"workflow_id": workflow_id})
    if run_id is None:
        raise _missing(workflow_id)
    return RunId(run_id)


def require_not_draft(workflow: sqlite3.Row) -> None:
    """Raise RuleBroken for a workflow that a client is still creating, or whose creation was interrupted."""
    if workflow["is_draft"]:
        workflow_id = workflow["id"]
        raise RuleBroken(
            f"Workflow {workflow_id} is not complete: its creation has not ended. Wait for its end; "
            f"if it was interrupted, delete the workflow: torc workflows delete {workflow_id}"
        )


FINISH = Statement("UPDATE workflow SET is_draft = NULL WHERE id = :workflow_id AND is_draft IS NOT NULL")


def finish_creation(tx: Transaction, workflow_id: WorkflowId) -> None:
    """Note that all records of a workflow were created: from now on it is listed and can run."""
    tx.execute(FINISH, {"workflow_id": workflow_id})
    tx.emit(WorkflowChanged(workflow_id))


def _missing(workflow_id: WorkflowId) -> NotFound:
    return NotFound(f"There is no workflow {workflow_id}")


def require_run(tx: Transaction, workflow_id: WorkflowId, run_id: RunId) -> None:
    """Raise RuleBroken if `run_id` is not the current run of the workflow."""
    current = run_of(tx, workflow_id)
    if current != run_id:
        raise other_run(workflow_id, current, run_id)


def require_known_run(tx: Transaction, workflow_id: WorkflowId, known_run_id: RunId | None) -> None:
    """Raise Conflict if the caller saw another run of the workflow."""
    current = run_of(tx, workflow_id)
    if known_run_id not in {None, current}:
        raise Conflict(
            f"Workflow {workflow_id} is in run {current}, not {known_run_id}: another command has started"
            f" a run; see `torc status {workflow_id}`"
        )


def other_run(workflow_id: WorkflowId, current: RunId, run_id: RunId) -> RuleBroken:
    """Return the error for a call that names another run."""
    return RuleBroken(f"Workflow {workflow_id} is in run {current}, not {run_id}", field="run_id", value=run_id)


class RunOver(Conflict):
    """A claim names a run that is over. The error has the current run as `run_id`."""

    def __init__(self, workflow_id: WorkflowId, current: RunId, run_id: RunId) -> None:
        super().__init__(
            f"Run {run_id} of workflow {workflow_id} is over; register a compute node for run {current}",
            details={"run_id": current},
        )


SET_RUN = Statement("UPDATE workflow SET run_id = :run_id WHERE id = :workflow_id")
RESET_ACTIVE = JobStatement(
    """
UPDATE job SET status = {TO}, {FENCE}, {CLEAR_FAILURE}, {CLEAR_PLACEMENT}
WHERE workflow_id = :workflow_id AND status IN {ACTIVE}
""",
    cause=Cause.RESET_ALL,
)
# Nodes may have started chained jobs in the run `:earlier_id` without reporting it.
SPEND_CHAINED = JobStatement("""
UPDATE job SET spent_run_id = :earlier_id, chained_node_id = NULL
WHERE workflow_id = :workflow_id AND chained_node_id IS NOT NULL
""")
# An earlier run that becomes the current one again has results already.
RENEW_ATTEMPTS = JobStatement("""
UPDATE job SET {NEXT_ATTEMPT_IF_SPENT}
WHERE workflow_id = :workflow_id AND status IN ({BLOCKED}, {READY}) AND spent_run_id >= :run_id
""")


def begin_run(tx: Transaction, workflow_id: WorkflowId, run_id: RunId) -> None:
    """Set the number of the current run. Pending and running jobs are fenced and become uninitialized.

    Reports of another run are refused, so their attempts could never end. Emits RunBegan, AttemptsFenced.
    """
    earlier = run_of(tx, workflow_id)
    if earlier == run_id:
        return
    which = {"workflow_id": workflow_id, "run_id": run_id, "earlier_id": earlier}
    tx.execute(SET_RUN, which)
    tx.emit(RunBegan(workflow_id))
    if tx.execute(RESET_ACTIVE, which):
        note_fence(tx, workflow_id)
    tx.execute(SPEND_CHAINED, which)
    if run_id < earlier:
        tx.execute(RENEW_ATTEMPTS, which)


SET_ARCHIVED = Statement("UPDATE workflow SET is_archived = :is_archived WHERE id = :workflow_id")


def archive(tx: Transaction, workflow_id: WorkflowId, *, is_archived: bool) -> None:
    """Archive a workflow, or remove it from the archive. Only `reset_workflow_status` refuses archived workflows.

    Raises NotFound.
    """
    workflow_row(tx, workflow_id)
    tx.execute(SET_ARCHIVED, {"workflow_id": workflow_id, "is_archived": is_archived})
    tx.emit(WorkflowChanged(workflow_id))
