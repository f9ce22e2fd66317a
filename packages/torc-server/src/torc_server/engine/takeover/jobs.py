"""What the rows of jobs have here and not in an earlier database: dependency sets, attempts, counters and placement."""

import itertools
import sqlite3
from collections.abc import Iterator

from torc_server.engine import actions
from torc_server.engine.dependencies import graph
from torc_server.engine.execution.release import release_opened
from torc_server.engine.ids import JobId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.lifecycle.inputs import store_digests
from torc_server.engine.states import Cause
from torc_server.engine.status import progress
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

WORKFLOW_IDS = Statement("SELECT id FROM workflow ORDER BY id")
# Versions before 0.12 had another name for the table.
PAIRS = Statement("""
SELECT job.workflow_id, pair.job_id, pair.parent_id FROM (
    SELECT job_id, depends_on_job_id AS parent_id FROM earlier.job_depends_on
    UNION SELECT job_id, blocked_by_job_id FROM earlier.job_blocked_by
) AS pair
JOIN job ON job.id = pair.job_id JOIN job AS parent ON parent.id = pair.parent_id
WHERE job.workflow_id = parent.workflow_id AND job.id <> parent.id
ORDER BY job.workflow_id, pair.job_id, pair.parent_id
""")
JOBS_AT_ONCE = 20_000


def store_dependencies(tx: Transaction) -> int:
    """Store the dependencies as sets. Return their number."""
    number = 0
    rows = tx.each(PAIRS)
    for workflow_id, pairs in itertools.groupby(rows, key=lambda row: int(row["workflow_id"])):
        # Jobs with the same parents share one tuple, which is hashed once.
        shared: dict[tuple[JobId, ...], tuple[JobId, ...]] = {}
        waiting: list[tuple[JobId, tuple[JobId, ...]]] = []
        for job_id, parents in _parents(pairs):
            number += len(parents)
            waiting.append((job_id, shared.setdefault(parents, parents)))
        for start in range(0, len(waiting), JOBS_AT_ONCE):
            graph.let_wait(tx, WorkflowId(workflow_id), waiting[start : start + JOBS_AT_ONCE])
    return number


def _parents(pairs: Iterator[sqlite3.Row]) -> Iterator[tuple[JobId, tuple[JobId, ...]]]:
    for job_id, group in itertools.groupby(pairs, key=lambda row: row["job_id"]):
        yield JobId(job_id), tuple(JobId(row["parent_id"]) for row in group)


# A running job whose node has ended, and a claim of a workflow without nodes. The statuses ended with their runners.
RETURNED = JobStatement(
    """
UPDATE job SET status = {TO}, {NEXT_ATTEMPT}, {CLEAR_PLACEMENT}
WHERE status IN {FROM} AND NOT EXISTS (
    SELECT 1 FROM compute_node AS node WHERE node.is_active AND node.workflow_id = job.workflow_id
    AND (job.status = {PENDING} OR node.id = job.active_compute_node_id)
)
""",
    cause=Cause.GIVE_BACK,
)
# With one active node it is certain which one has the claimed jobs.
CLAIMED = JobStatement("""
UPDATE job SET claimed_by_node_id = node.id
FROM (
    SELECT workflow_id, MIN(id) AS id FROM compute_node WHERE is_active GROUP BY workflow_id HAVING COUNT(*) = 1
) AS node
WHERE job.status = {PENDING} AND node.workflow_id = job.workflow_id
""")
# Results may be of later attempts than the number of the job, which a reset sets back.
ATTEMPTS = Statement("""
UPDATE job SET attempt_id = found.attempt_id
FROM (
    SELECT result.job_id, MAX(result.attempt_id) AS attempt_id FROM result
    JOIN workflow ON workflow.id = result.workflow_id AND workflow.run_id = result.run_id
    GROUP BY result.job_id
) AS found
WHERE job.id = found.job_id AND job.attempt_id < found.attempt_id
""")
SPENT = Statement("""
UPDATE job SET spent_run_id = found.run_id
FROM (SELECT job_id, attempt_id, MAX(run_id) AS run_id FROM result GROUP BY job_id, attempt_id) AS found
WHERE job.id = found.job_id AND job.attempt_id = found.attempt_id
""")
SPENT_BY_CANCELING = JobStatement("""
UPDATE job SET spent_run_id = (SELECT run_id FROM workflow WHERE workflow.id = job.workflow_id)
WHERE status = {CANCELED} AND spent_run_id IS NULL
""")
# An attempt that has a result could never report another one.
NEXT_ATTEMPTS = JobStatement("""
UPDATE job SET {NEXT_ATTEMPT} WHERE status IN ({BLOCKED}, {READY}, {PENDING}, {RUNNING})
AND spent_run_id >= (SELECT run_id FROM workflow WHERE workflow.id = job.workflow_id)
""")
# A job that was canceled without a result blocks its dependents; return code 0 never does.
ENDED_BADLY = JobStatement("""
UPDATE job SET ended_badly = 1
WHERE status IN ({FAILED}, {CANCELED}, {TERMINATED}) AND COALESCE(
    (SELECT return_code FROM result WHERE result.id = job.current_result_id), status = {CANCELED}
) <> 0
""")
# Jobs that were canceled with their workflow, or by a user, were not canceled by cascade.
CASCADES = JobStatement("""
UPDATE job SET canceled_by_cascade = 1
WHERE status = {CANCELED} AND cancel_on_blocking_job_failure AND ended_badly = 1 AND waiting_on = 0
AND current_result_id IS NULL
AND EXISTS (
    SELECT 1 FROM job_dependency_set AS waiting JOIN dependency_set AS awaited ON awaited.id = waiting.set_id
    WHERE waiting.job_id = job.id AND awaited.bad > 0
)
AND NOT EXISTS (SELECT 1 FROM workflow WHERE workflow.id = job.workflow_id AND workflow.is_canceled)
""")
FOLLOWED = Statement("""
INSERT OR IGNORE INTO workflow_action_job (job_id, action_id)
SELECT job.id, workflow_action.id FROM workflow_action
CROSS JOIN json_each(workflow_action.job_ids) AS listed
CROSS JOIN job ON job.id = listed.value AND job.workflow_id = workflow_action.workflow_id
WHERE workflow_action.trigger_type IN ('on_jobs_ready', 'on_jobs_complete')
AND json_type(workflow_action.job_ids) = 'array'
""")
COUNTED = JobStatement("""
UPDATE workflow_action_job SET counted = 1
WHERE EXISTS (
    SELECT 1 FROM workflow_action AS action, job
    WHERE action.id = workflow_action_job.action_id AND job.id = workflow_action_job.job_id AND (
        job.status {IS_COMPLETE}
        OR (action.trigger_type = 'on_jobs_ready' AND job.status IN ({READY}, {PENDING}, {RUNNING}))
    )
)
""")
# Each job is counted once here, also where an action lists it twice.
TRIGGERS = Statement("""
UPDATE workflow_action SET required_triggers = followed.jobs, trigger_count = MAX(followed.counted, MIN(
    trigger_count, followed.jobs - 1 + executed
))
FROM (
    SELECT action_id, COUNT(*) AS jobs, SUM(counted) AS counted FROM workflow_action_job GROUP BY action_id
) AS followed
WHERE workflow_action.id = followed.action_id
""")
# The earlier server releases dependents some time after the end of a job.
OPENED = JobStatement("""
SELECT DISTINCT waiting.set_id FROM job
JOIN job_dependency_set AS waiting ON waiting.job_id = job.id
WHERE job.workflow_id = :workflow_id AND job.status = {BLOCKED} AND job.waiting_on = 0
""")
INITIALIZED = Statement("""
SELECT job.id FROM job JOIN earlier.job_internal AS internal ON internal.job_id = job.id
WHERE job.workflow_id = :workflow_id AND internal.input_hash IS NOT NULL
""")


def settle_jobs(tx: Transaction) -> int:
    """Derive the other columns of jobs and actions. Return the number of jobs that were returned to the queue.

    The dependencies are stored. Jobs that the earlier server was about to release are released.
    """
    returned = tx.execute(RETURNED)
    for statement in (CLAIMED, ATTEMPTS, SPENT, SPENT_BY_CANCELING, NEXT_ATTEMPTS, ENDED_BADLY):
        tx.execute(statement)
    workflow_ids = [WorkflowId(row["id"]) for row in tx.rows(WORKFLOW_IDS)]
    for workflow_id in workflow_ids:
        graph.recount(tx, workflow_id)
    for statement in (CASCADES, FOLLOWED, COUNTED, TRIGGERS):
        tx.execute(statement)
    for workflow_id in workflow_ids:
        opened = [row["set_id"] for row in tx.rows(OPENED, {"workflow_id": workflow_id})]
        if opened:
            release_opened(tx, workflow_id, opened)
            if progress.no_jobs_left(tx, workflow_id):
                actions.count_completion(tx, workflow_id)
        initialized = [JobId(row["id"]) for row in tx.rows(INITIALIZED, {"workflow_id": workflow_id})]
        if initialized:
            store_digests(tx, workflow_id, initialized)
    return returned
