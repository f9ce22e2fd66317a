"""Cancel a workflow: cancel its pending and running jobs; no job can be claimed afterwards."""

from torc_server.engine import events
from torc_server.engine.dependencies.graph import recount
from torc_server.engine.ids import WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.signals import WorkflowCanceled
from torc_server.engine.states import Cause, JobStatus
from torc_server.engine.workflows import workflow_row
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

MARK_CANCELED = Statement("UPDATE workflow SET is_canceled = 1 WHERE id = :workflow_id")
CANCEL_JOBS = JobStatement(
    """
UPDATE job SET status = {TO}, canceled_by_cascade = 0, ended_badly = 1, spent_run_id = :run_id, {CLEAR_NODE}
WHERE workflow_id = :workflow_id AND status IN {FROM}
RETURNING id, name
""",
    cause=Cause.CANCEL,
)


def cancel_workflow(tx: Transaction, workflow_id: WorkflowId) -> None:
    """Cancel the workflow and its pending and running jobs; their dependents stay blocked until it is initialized.

    Raises NotFound. A repeated call is allowed. Emits WorkflowCanceled and announces the jobs.
    """
    run_id = workflow_row(tx, workflow_id)["run_id"]
    tx.execute(MARK_CANCELED, {"workflow_id": workflow_id})
    canceled = tx.rows(CANCEL_JOBS, {"workflow_id": workflow_id, "run_id": run_id})
    if canceled:
        recount(tx, workflow_id)
    for row in canceled:
        events.announce_job_ended(tx, workflow_id, row["id"], row["name"], JobStatus.CANCELED)
    tx.emit(WorkflowCanceled(workflow_id))
