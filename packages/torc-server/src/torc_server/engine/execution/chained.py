"""Jobs that wait for one job alone, and may follow it on its node without having been claimed.

Nobody else can claim such a job before the one before it has ended. The node tells that end and the start of the
follower at once, so that in one transaction the follower becomes ready and runs.
"""

import json
from collections.abc import Sequence

from torc_server.engine.claiming.packing import Offer
from torc_server.engine.errors import RuleBroken
from torc_server.engine.ids import JobId, NodeId, RunId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.store.transaction import Transaction

# A job with one open set left, of which one member is left. It must be free to run on a node like this, and nothing
# that it waited for may have ended in a way that cancels it.
FOLLOWERS = JobStatement(
    """
SELECT member.job_id AS after_job_id, job.id AS job_id
FROM json_each(:tails) AS tail
CROSS JOIN dependency_set_member AS member ON member.job_id = tail.value
CROSS JOIN dependency_set AS awaited ON awaited.id = member.set_id
CROSS JOIN job_dependency_set AS waiting ON waiting.set_id = awaited.id
CROSS JOIN job ON job.id = waiting.job_id
CROSS JOIN resource_requirements AS requirements ON requirements.id = job.resource_requirements_id
WHERE awaited.workflow_id = :workflow_id AND awaited.remaining = 1
AND job.status = {BLOCKED} AND job.waiting_on = 1
AND (job.scheduler_id IS NULL OR job.scheduler_id = :scheduler_config_id)
AND (job.label IS NULL OR job.label IN (SELECT value FROM json_each(:labels)))
AND requirements.num_cpus <= :num_cpus AND requirements.memory_bytes <= :memory_bytes
AND requirements.num_gpus <= :num_gpus AND requirements.num_nodes <= :num_nodes
AND requirements.runtime_seconds <= :time_limit_seconds
AND NOT (job.cancel_on_blocking_job_failure AND EXISTS (
    SELECT 1 FROM job_dependency_set AS any_waiting
    CROSS JOIN dependency_set AS any_awaited ON any_awaited.id = any_waiting.set_id
    WHERE any_waiting.job_id = job.id AND any_awaited.bad > 0
))
ORDER BY job.id LIMIT :most
""",
    hot=True,
)
# `asked` is [[job id, node id], ...].
ENDED_THERE = JobStatement(
    """
SELECT job.id AS job_id, result.compute_node_id AS node_id
FROM json_each(:asked) AS asked
CROSS JOIN job ON job.id = json_extract(asked.value, '$[0]')
CROSS JOIN result ON result.id = job.current_result_id
WHERE job.status = {COMPLETED} AND result.run_id = :run_id
AND result.compute_node_id = json_extract(asked.value, '$[1]')
""",
    hot=True,
)


def followers(
    tx: Transaction, workflow_id: WorkflowId, tails: Sequence[JobId], node: Offer, most: int
) -> list[tuple[JobId, JobId]]:
    """Give up to `most` pairs of a job and one that may follow it: first of the tails, then of what follows them."""
    found: list[tuple[JobId, JobId]] = []
    limit = node.time_limit_seconds
    fits = {
        "num_cpus": node.num_cpus,
        "memory_bytes": node.memory_bytes,
        "num_gpus": node.num_gpus,
        "num_nodes": node.num_nodes,
        "time_limit_seconds": 2**63 - 1 if limit is None else limit,
        "scheduler_config_id": node.scheduler_config_id,
        "labels": json.dumps(node.labels),
        "workflow_id": workflow_id,
    }
    while tails and len(found) < most:
        rows = tx.rows(FOLLOWERS, {**fits, "tails": json.dumps(list(tails)), "most": most - len(found)})
        found += [(row["after_job_id"], row["job_id"]) for row in rows]
        tails = [row["job_id"] for row in rows]
    return found


def ended_there(tx: Transaction, run_id: RunId, asked: Sequence[tuple[JobId, NodeId]]) -> set[tuple[JobId, NodeId]]:
    """Give those pairs of a job and a node where the job succeeded there in this run."""
    if not asked:
        return set()
    rows = tx.rows(ENDED_THERE, {"asked": json.dumps(list(asked)), "run_id": run_id})
    return {(row["job_id"], row["node_id"]) for row in rows}


def nothing_follows(job_id: JobId, node_id: NodeId) -> RuleBroken:
    """Make the error for a job that went on after one that did not succeed there."""
    return RuleBroken(f"Job {job_id} has not succeeded on compute node {node_id}: nothing follows it there")
