"""Start the next run of a workflow, in one transaction."""

from torc_server.engine import events
from torc_server.engine.ids import WorkflowId
from torc_server.engine.lifecycle.initialize import initialize_jobs
from torc_server.engine.lifecycle.reset import reset_job_status, reset_workflow_status
from torc_server.store.transaction import Transaction


def start_run(tx: Transaction, workflow_id: WorkflowId, *, force: bool, user: str = events.UNKNOWN_USER) -> None:
    """Clear the flags of a workflow, begin its next run, reset all jobs and initialize them.

    Raises NotFound; RuleBroken for a draft, for an archived workflow and, without `force`, while jobs are pending or
    running, or allocations wait or run. Emits RunBegan, JobsBecameReady and announces the start.
    """
    reset_workflow_status(tx, workflow_id, force=force, advance_run=True)
    reset_job_status(tx, workflow_id, failed_only=False)
    initialize_jobs(tx, workflow_id, only_uninitialized=False, clear_ephemeral_user_data=False, user=user)
