"""Initialize a workflow: make its jobs blocked or ready, according to their dependencies."""

from torc_server.engine import actions, events
from torc_server.engine.dependencies.graph import recount
from torc_server.engine.dependencies.implied import imply_from_files_and_user_data
from torc_server.engine.ids import WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.lifecycle.inputs import store_digests
from torc_server.engine.signals import JobsBecameReady
from torc_server.engine.states import Cause
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
COMPLETE_BEHIND_INCOMPLETE = JobStatement(
    """
UPDATE job SET status = {TO}, {CLEAR_FAILURE}
WHERE workflow_id = :workflow_id AND status IN ({COMPLETED}, {FAILED}, {CANCELED}) AND waiting_on > 0
""",
    cause=Cause.REINITIALIZE,
)
NOT_COMPLETE_OR_TERMINATED = JobStatement(
    """
UPDATE job SET status = {TO}, {CLEAR_FAILURE}
WHERE workflow_id = :workflow_id
AND status IN ({BLOCKED}, {READY}, {PENDING}, {RUNNING}, {TERMINATED}, {PENDING_FAILED})
""",
    cause=Cause.REINITIALIZE,
)
CANCELED_BEHIND_INCOMPLETE = JobStatement(
    """
UPDATE job SET status = {TO}, {CLEAR_FAILURE}
WHERE workflow_id = :workflow_id AND status IN {FROM} AND canceled_by_cascade = 1 AND waiting_on > 0
""",
    cause=Cause.REINITIALIZE,
)
INITIALIZE = JobStatement(
    """
UPDATE job SET status = CASE WHEN waiting_on > 0 THEN {BLOCKED} ELSE {READY} END,
    {CLEAR_PLACEMENT}, current_result_id = NULL
WHERE workflow_id = :workflow_id AND status IN {FROM}
""",
    cause=Cause.INITIALIZE,
)
DROP_RESULT_OF_DISABLED = JobStatement("""
UPDATE job SET current_result_id = NULL
WHERE workflow_id = :workflow_id AND status = {DISABLED} AND current_result_id IS NOT NULL
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
    """Add implied dependencies, then make every job blocked or ready that is to run.

    Completed, failed and canceled jobs keep their status unless a dependency is incomplete; with `only_uninitialized`
    they keep it unless a direct or indirect dependency is uninitialized. Disabled jobs stay disabled. `user` is the
    caller. Raises NotFound; RuleBroken for a draft. Emits JobsBecameReady and announces the start.
    """
    require_not_draft(workflow_row(tx, workflow_id))
    which = {"workflow_id": workflow_id}
    if clear_ephemeral_user_data:
        tx.execute(CLEAR_EPHEMERAL, which)
    imply_from_files_and_user_data(tx, workflow_id)
    if only_uninitialized:
        tx.execute(DEPENDENTS_OF_UNINITIALIZED, which)
    else:
        recount(tx, workflow_id)
        tx.execute(COMPLETE_BEHIND_INCOMPLETE, which)
    tx.execute(NOT_COMPLETE_OR_TERMINATED, which)
    recount(tx, workflow_id)
    while tx.execute(CANCELED_BEHIND_INCOMPLETE, which):
        recount(tx, workflow_id)
    tx.execute(INITIALIZE, which)
    tx.execute(DROP_RESULT_OF_DISABLED, which)
    store_digests(tx, workflow_id)
    actions.begin_counting(tx, workflow_id)
    if tx.value(ANY_READY, which) is not None:
        tx.emit(JobsBecameReady(workflow_id))
    events.announce_workflow_started(tx, workflow_id, user=user, anew=not only_uninitialized)
