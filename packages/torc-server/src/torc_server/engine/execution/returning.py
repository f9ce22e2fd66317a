"""Return the jobs of a node that was asked to stop to the queue, if other nodes can run them."""

from collections.abc import Collection, Sequence

from torc_server.engine.ids import AttemptId, JobId, NodeId, RunId, WorkflowId
from torc_server.engine.states import JobStatus
from torc_server.store.row_ids import json_numbers
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# A node without a lease may have died long ago. Runners that a runner started on its machine stop together with it, so
# they and the runner count as one. Allocations that are queued will have runners.
NODES_WITH_OTHERS = Statement("""
SELECT own.id FROM json_each(:nodes) AS asked CROSS JOIN compute_node AS own ON own.id = asked.value
WHERE EXISTS (
    SELECT 1 FROM compute_node AS other
    WHERE other.workflow_id = :workflow_id AND other.is_active AND other.lease_seconds IS NOT NULL
    AND coalesce(json_extract(other.scheduler, '$.started_by_node_id'), other.id)
        <> coalesce(json_extract(own.scheduler, '$.started_by_node_id'), own.id)
    AND coalesce(json_extract(other.scheduler, '$.scheduler_id'), -other.id)
        <> coalesce(json_extract(own.scheduler, '$.scheduler_id'), -own.id)
) OR EXISTS (
    SELECT 1 FROM scheduled_compute_node AS queued
    WHERE queued.workflow_id = :workflow_id AND queued.status IN ('pending', 'submitting')
)
""")
FAILED_BEFORE = Statement("""
SELECT json_extract(ended.value, '$[0]'), (
    SELECT count(*) FROM result
    WHERE result.job_id = json_extract(ended.value, '$[0]') AND result.run_id = json_extract(ended.value, '$[1]')
    AND result.attempt_id < json_extract(ended.value, '$[2]') AND result.status = :failed
) FROM json_each(:attempts) AS ended
""")
AT_LATER_ATTEMPT = Statement("""
SELECT job.id FROM json_each(:attempts) AS ended CROSS JOIN job ON job.id = json_extract(ended.value, '$[0]')
WHERE job.workflow_id = :workflow_id AND job.attempt_id > json_extract(ended.value, '$[1]')
""")


def nodes_with_others(tx: Transaction, workflow_id: WorkflowId, node_ids: Collection[NodeId]) -> set[int]:
    """Return those of the nodes besides which another node of the workflow is active, or an allocation is queued."""
    if not node_ids:
        return set()
    rows = tx.rows(NODES_WITH_OTHERS, {"nodes": json_numbers(list(node_ids)), "workflow_id": workflow_id})
    return {row[0] for row in rows}


def failed_before(tx: Transaction, attempts: Sequence[tuple[JobId, RunId, AttemptId]]) -> dict[JobId, int]:
    """Return the number of failed attempts before each of these: those of nodes that were stopped or lost are none."""
    if not attempts:
        return {}
    known = json_numbers([list(each) for each in attempts])
    rows = tx.rows(FAILED_BEFORE, {"attempts": known, "failed": int(JobStatus.FAILED)})
    return {JobId(row[0]): row[1] for row in rows}


def at_later_attempt(
    tx: Transaction, workflow_id: WorkflowId, attempts: Sequence[tuple[JobId, AttemptId]]
) -> list[JobId]:
    """Return the jobs of the workflow that have a later attempt than the given one."""
    if not attempts:
        return []
    known = json_numbers([list(each) for each in attempts])
    rows = tx.rows(AT_LATER_ATTEMPT, {"attempts": known, "workflow_id": workflow_id})
    return [JobId(row[0]) for row in rows]
