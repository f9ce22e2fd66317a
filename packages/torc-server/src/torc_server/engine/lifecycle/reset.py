"""Reset the status of jobs and of a workflow."""

from dataclasses import dataclass

from torc_server.engine.dependencies.graph import recount
from torc_server.engine.errors import RuleBroken
from torc_server.engine.fencing import note_fence_of_all
from torc_server.engine.ids import RunId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.quantities import LARGEST
from torc_server.engine.states import Cause
from torc_server.engine.status.progress import scheduled_nodes
from torc_server.engine.workflows import begin_run, workflow_row
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class ResetJobStatus:
    """The number of selected jobs; jobs that were reset as dependents only are not counted."""

    workflow_id: WorkflowId
    updated_count: int
    failed_only: bool


RESET_ALL = JobStatement(
    """
UPDATE job SET status = {TO}, {FENCE}, {CLEAR_FAILURE}, {CLEAR_PLACEMENT}
WHERE workflow_id = :workflow_id AND status IN {FROM}
""",
    cause=Cause.RESET_ALL,
)
COUNT_FAILED = JobStatement("""
SELECT COUNT(*) FROM job
WHERE workflow_id = :workflow_id AND status IN ({FAILED}, {CANCELED}, {TERMINATED}, {PENDING_FAILED})
""")
# Unsuccessful jobs, and the direct and indirect dependents of the complete ones. Pending and running jobs continue.
RESET_FAILED = JobStatement(
    """
WITH RECURSIVE reached (is_set, id) AS (
    SELECT 0, id FROM job WHERE workflow_id = :workflow_id AND status IN ({FAILED}, {CANCELED}, {TERMINATED})
    {UNION_DEPENDENTS}
)
UPDATE job SET status = {TO}, {CLEAR_FAILURE}, {CLEAR_PLACEMENT}
WHERE workflow_id = :workflow_id AND status IN {FROM}
AND (status = {PENDING_FAILED} OR id IN (SELECT id FROM reached WHERE NOT is_set))
""",
    cause=Cause.RESET,
)


def reset_job_status(tx: Transaction, workflow_id: WorkflowId, *, failed_only: bool) -> ResetJobStatus:
    """Make all jobs uninitialized, or the unsuccessful jobs and their dependents.

    Without `failed_only`, pending and running jobs are fenced; with it, they continue. Raises NotFound. Emits
    AttemptsFenced.
    """
    workflow_row(tx, workflow_id)
    which = {"workflow_id": workflow_id}
    if failed_only:
        updated_count = int(tx.value(COUNT_FAILED, which))
        tx.execute(RESET_FAILED, which)
    else:
        note_fence_of_all(tx, workflow_id)
        updated_count = tx.execute(RESET_ALL, which)
    recount(tx, workflow_id)
    return ResetJobStatus(workflow_id, updated_count, failed_only)


COUNT_ACTIVE = JobStatement("SELECT COUNT(*) FROM job WHERE workflow_id = :workflow_id AND status IN {ACTIVE}")
CLEAR_FLAGS = Statement("""
UPDATE workflow SET is_canceled = 0, is_archived = 0, has_detected_need_to_run_completion_script = 0
WHERE id = :workflow_id
""")


def reset_workflow_status(tx: Transaction, workflow_id: WorkflowId, *, force: bool, advance_run: bool) -> None:
    """Clear the workflow's flags and, with `advance_run`, begin its next run, which fences pending and running jobs.

    Raises NotFound; RuleBroken for an archived workflow, after the largest run and, without `force`, while jobs are
    pending or running, or allocations wait or run.
    """
    workflow = workflow_row(tx, workflow_id)
    if workflow["is_archived"]:
        raise RuleBroken(
            f"Cannot reset archived workflow {workflow_id}. Restore it first:"
            f" torc workflows archive false {workflow_id}"
        )
    active = tx.value(COUNT_ACTIVE, {"workflow_id": workflow_id})
    if active and not force:
        raise RuleBroken(
            f"Workflow {workflow_id} has {active} job{'s' * (active != 1)} that {'is' if active == 1 else 'are'}"
            " pending or running; wait for them, cancel the workflow, or use --force (in requests: force)"
        )
    scheduled = scheduled_nodes(tx, workflow_id)
    allocations = scheduled.active + scheduled.pending
    if allocations and not force:
        raise RuleBroken(
            f"Workflow {workflow_id} has allocations that wait or run ({allocations} scheduled compute"
            f" node{'s' * (allocations != 1)}); wait for their end, cancel them with `torc cancel {workflow_id}`, or,"
            f" if they have ended, correct their records with `torc workflows sync-status {workflow_id}`."
            " --force ignores them (in requests: force)"
        )
    if advance_run and workflow["run_id"] >= LARGEST:
        raise RuleBroken(
            f"Run {LARGEST} is the largest possible run of workflow {workflow_id}, so that no run can follow it;"
            " set a smaller run_id in the status of the workflow"
        )
    tx.execute(CLEAR_FLAGS, {"workflow_id": workflow_id})
    if advance_run:
        begin_run(tx, workflow_id, RunId(workflow["run_id"] + 1))
