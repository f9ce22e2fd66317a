"""Undo a release: a complete job runs again, or its failure is withdrawn.

Only dependents that were canceled by cascade change. A dependent that became ready, or started, keeps its status.
"""

import json
from collections.abc import Sequence

from torc_server.engine import actions
from torc_server.engine.ids import JobId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.signals import JobsBecameReady
from torc_server.engine.states import Cause
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

CLOSING_SETS = Statement("""
SELECT DISTINCT awaited.id
FROM json_each(:reopened) AS change
CROSS JOIN dependency_set_member AS member ON member.job_id = json_extract(change.value, '$[0]')
CROSS JOIN dependency_set AS awaited ON awaited.id = member.set_id
WHERE awaited.remaining = 0
""")
COUNT_UP_SETS = Statement("""
UPDATE dependency_set SET remaining = remaining + reopened.members, bad = bad - reopened.bad_members
FROM (
    SELECT member.set_id AS set_id, COUNT(*) AS members, SUM(json_extract(change.value, '$[1]')) AS bad_members
    FROM json_each(:reopened) AS change
    CROSS JOIN dependency_set_member AS member ON member.job_id = json_extract(change.value, '$[0]')
    GROUP BY member.set_id
) AS reopened
WHERE dependency_set.id = reopened.set_id
""")
COUNT_UP_JOBS = Statement("""
UPDATE job SET waiting_on = waiting_on + closed.sets
FROM (
    SELECT waiting.job_id AS job_id, COUNT(*) AS sets
    FROM json_each(:sets) AS closed_set
    CROSS JOIN job_dependency_set AS waiting ON waiting.set_id = closed_set.value
    GROUP BY waiting.job_id
) AS closed
WHERE job.id = closed.job_id
""")
BLOCK_AGAIN = JobStatement(
    """
UPDATE job SET status = {BLOCKED}, {CLEAR_FAILURE}
WHERE status IN {FROM} AND canceled_by_cascade = 1 AND waiting_on > 0 AND id IN (
    SELECT waiting.job_id FROM json_each(:sets) AS closed_set
    CROSS JOIN job_dependency_set AS waiting ON waiting.set_id = closed_set.value
)
RETURNING id
""",
    cause=Cause.REOPEN,
)


def reopen(tx: Transaction, reopened: Sequence[tuple[JobId, bool]]) -> None:
    """Count up the sets of jobs that are no longer complete. Their rows are already updated.

    `reopened` has each job and whether it blocked its dependents. Dependents that its failure canceled become blocked
    again; this repeats until no job changes.
    """
    wave = [(job_id, int(blocked_dependents)) for job_id, blocked_dependents in reopened]
    while wave:
        changes = {"reopened": json.dumps(wave)}
        closing = {"sets": json.dumps([row["id"] for row in tx.rows(CLOSING_SETS, changes)])}
        tx.execute(COUNT_UP_SETS, changes)
        wave = []
        if closing["sets"] != "[]":
            tx.execute(COUNT_UP_JOBS, closing)
            wave = [(row["id"], 1) for row in tx.rows(BLOCK_AGAIN, closing)]


CLEAR_FAILURE_IN_SETS = Statement("""
UPDATE dependency_set SET bad = bad - 1
WHERE id IN (SELECT set_id FROM dependency_set_member WHERE job_id = :job_id)
""")
MAKE_READY = JobStatement(
    """
UPDATE job SET status = {READY}, {CLEAR_FAILURE}
WHERE status IN {FROM} AND canceled_by_cascade = 1 AND waiting_on = 0
AND id IN (
    SELECT waiting.job_id FROM dependency_set_member AS member
    CROSS JOIN job_dependency_set AS waiting ON waiting.set_id = member.set_id
    WHERE member.job_id = :job_id
)
AND NOT EXISTS (
    SELECT 1 FROM job_dependency_set AS waiting
    CROSS JOIN dependency_set AS awaited ON awaited.id = waiting.set_id
    WHERE waiting.job_id = job.id AND awaited.bad > 0
)
RETURNING id
""",
    cause=Cause.REOPEN,
)


def clear_failure(tx: Transaction, workflow_id: WorkflowId, job_id: JobId) -> None:
    """Withdraw the failure of a complete job. Dependents that were canceled by this failure alone become ready."""
    tx.execute(CLEAR_FAILURE_IN_SETS, {"job_id": job_id})
    ready = [(JobId(row["id"]), True) for row in tx.rows(MAKE_READY, {"job_id": job_id})]
    if ready:
        actions.count_jobs(tx, workflow_id, ready=[ready_id for ready_id, _ in ready])
        reopen(tx, ready)
        tx.emit(JobsBecameReady(workflow_id))
