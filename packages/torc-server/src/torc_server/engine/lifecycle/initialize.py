"""Initialize a workflow: make its jobs blocked or ready, according to their dependencies."""

from torc_server.engine import actions, events
from torc_server.engine.dependencies.graph import recount
from torc_server.engine.dependencies.implied import imply_from_files_and_user_data
from torc_server.engine.execution.release import cancel_dependents
from torc_server.engine.fencing import note_fence_of_all
from torc_server.engine.ids import RunId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.lifecycle.crate import describe_run
from torc_server.engine.lifecycle.inputs import store_digests
from torc_server.engine.signals import JobsBecameReady, WorkflowCompleted
from torc_server.engine.states import Cause
from torc_server.engine.status import progress
from torc_server.engine.workflows import require_not_draft, workflow_row
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

DEPENDENTS_OF_UNINITIALIZED = JobStatement(
    """
WITH RECURSIVE reached (is_set, id) AS (
    SELECT 0, id FROM job WHERE workflow_id = :workflow_id AND status = {UNINITIALIZED}
    {UNION_DEPENDENTS}
)
UPDATE job SET status = {TO}, {CLEAR_FAILURE}
WHERE status IN {FROM} AND id IN (SELECT id FROM reached WHERE NOT is_set)
""",
    cause=Cause.REINITIALIZE,
)
BLOCKED_OR_TERMINATED = JobStatement(
    """
UPDATE job SET status = {TO}, {CLEAR_FAILURE}
WHERE workflow_id = :workflow_id AND status IN ({BLOCKED}, {TERMINATED})
""",
    cause=Cause.REINITIALIZE,
)
# A job can have become ready by hand, or it waits for a dependency that was added since.
READY_BEHIND_INCOMPLETE = JobStatement(
    """
UPDATE job SET status = {TO} WHERE workflow_id = :workflow_id AND status = {READY} AND waiting_on > 0
""",
    cause=Cause.REINITIALIZE,
)
COMPLETE_BEHIND_INCOMPLETE = JobStatement(
    """
UPDATE job SET status = {TO}, {CLEAR_FAILURE}
WHERE workflow_id = :workflow_id AND status IN ({COMPLETED}, {FAILED}, {CANCELED}) AND waiting_on > 0
""",
    cause=Cause.REINITIALIZE_ALL,
)
INCOMPLETE_OR_TERMINATED = JobStatement(
    """
UPDATE job SET status = {TO}, {FENCE}, {CLEAR_FAILURE}
WHERE workflow_id = :workflow_id
AND status IN ({BLOCKED}, {READY}, {PENDING}, {RUNNING}, {TERMINATED}, {PENDING_FAILED})
""",
    cause=Cause.REINITIALIZE_ALL,
)
CANCELED_BEHIND_INCOMPLETE = JobStatement(
    """
UPDATE job SET status = {TO}, {CLEAR_FAILURE}
WHERE workflow_id = :workflow_id AND status IN {FROM} AND canceled_by_cascade = 1 AND waiting_on > 0
""",
    cause=Cause.REINITIALIZE,
)
CANCEL_BEHIND_FAILURE = JobStatement(
    """
UPDATE job SET status = {CANCELED}, canceled_by_cascade = 1, ended_badly = 1, {NEXT_ATTEMPT_IF_SPENT},
    {CLEAR_PLACEMENT}, current_result_id = NULL
WHERE workflow_id = :workflow_id AND status IN {FROM} AND waiting_on = 0 AND cancel_on_blocking_job_failure
AND id IN (
    SELECT waiting.job_id FROM dependency_set AS awaited
    CROSS JOIN job_dependency_set AS waiting ON waiting.set_id = awaited.id
    WHERE awaited.workflow_id = :workflow_id AND awaited.bad > 0
)
RETURNING id, name
""",
    cause=Cause.INITIALIZE,
)
INITIALIZE = JobStatement(
    """
UPDATE job SET status = CASE WHEN waiting_on > 0 THEN {BLOCKED} ELSE {READY} END, {NEXT_ATTEMPT_IF_SPENT},
    {CLEAR_PLACEMENT}, current_result_id = NULL
WHERE workflow_id = :workflow_id AND status IN {FROM}
""",
    cause=Cause.INITIALIZE,
)
# Of jobs whose status was set by hand. A pending_failed job keeps its result.
DROP_OLD_RESULTS = JobStatement("""
UPDATE job SET current_result_id = NULL
WHERE workflow_id = :workflow_id AND status IN ({READY}, {PENDING}, {RUNNING}, {DISABLED})
AND current_result_id IS NOT NULL
""")
ANY_READY = JobStatement("SELECT 1 FROM job WHERE workflow_id = :workflow_id AND status = {READY} LIMIT 1")
CLEAR_EPHEMERAL = Statement("""
UPDATE user_data SET data = NULL
WHERE workflow_id = :workflow_id AND is_ephemeral = 1 AND data IS NOT NULL
AND EXISTS (SELECT 1 FROM job_output_user_data AS output WHERE output.user_data_id = user_data.id)
""")


def initialize_jobs(
    tx: Transaction,
    workflow_id: WorkflowId,
    *,
    only_uninitialized: bool,
    clear_ephemeral_user_data: bool,
    user: str = events.UNKNOWN_USER,
) -> None:
    """Add implied dependencies, then make every job blocked, ready or canceled that is to run.

    Completed, failed and canceled jobs keep their status unless a dependency is incomplete. Pending and running jobs
    are fenced and begin again, and so do pending_failed jobs.

    With `only_uninitialized`, jobs begin again that are uninitialized or terminated or depend directly or indirectly on
    an uninitialized job. Pending and running jobs continue.

    In both cases disabled jobs stay disabled, and a job that can begin is canceled if a dependency did not succeed and
    the job has `cancel_on_blocking_job_failure` set. `user` is the caller. Raises NotFound; RuleBroken for a
    draft. Emits AttemptsFenced, JobsBecameReady, WorkflowCompleted. Announces the canceled jobs and the start.
    """
    workflow = workflow_row(tx, workflow_id)
    require_not_draft(workflow)
    which = {"workflow_id": workflow_id, "run_id": workflow["run_id"]}
    if clear_ephemeral_user_data:
        tx.execute(CLEAR_EPHEMERAL, which)
    imply_from_files_and_user_data(tx, workflow_id)
    if only_uninitialized:
        tx.execute(DEPENDENTS_OF_UNINITIALIZED, which)
        tx.execute(BLOCKED_OR_TERMINATED, which)
    else:
        note_fence_of_all(tx, workflow_id)
        recount(tx, workflow_id)
        tx.execute(COMPLETE_BEHIND_INCOMPLETE, which)
        tx.execute(INCOMPLETE_OR_TERMINATED, which)
    recount(tx, workflow_id)
    tx.execute(READY_BEHIND_INCOMPLETE, which)
    while tx.execute(CANCELED_BEHIND_INCOMPLETE, which):
        recount(tx, workflow_id)
    canceled = tx.rows(CANCEL_BEHIND_FAILURE, which)
    tx.execute(INITIALIZE, which)
    cancel_dependents(tx, workflow_id, canceled)
    tx.execute(DROP_OLD_RESULTS, which)
    store_digests(tx, workflow_id)
    describe_run(tx, workflow_id, RunId(workflow["run_id"]), has_crate=bool(workflow["enable_ro_crate"]))
    actions.begin_counting(tx, workflow_id, anew=not only_uninitialized)
    if canceled and progress.no_jobs_left(tx, workflow_id):
        actions.count_completion(tx, workflow_id)
        tx.emit(WorkflowCompleted(workflow_id))
    if tx.value(ANY_READY, which) is not None:
        tx.emit(JobsBecameReady(workflow_id))
    events.announce_workflow_started(tx, workflow_id, user=user, anew=not only_uninitialized)
