"""Chained jobs: jobs that wait for one job alone and may start on its node without a claim.

No other node can claim such a job before its predecessor ends. The node reports this end and the start of the chained
job in one call, so in one transaction the chained job becomes ready and starts to run. Until this call, or until the
node returns the job, the node may have started it. Therefore `job.chained_node_id` has the node, and no attempt number
that it may have used is used again: the next claim, and the next hand-out to another node, begin the next attempt.
"""

import json
from collections.abc import Sequence

from torc_server.engine.claiming.packing import NodeOffer
from torc_server.engine.errors import RuleBroken
from torc_server.engine.ids import AttemptId, JobId, NodeId, RunId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.labels import has_all, stored_text
from torc_server.store.row_ids import json_numbers
from torc_server.store.transaction import Transaction

# Jobs that wait for one set alone, of which one member is incomplete. The node must fit the job, and no failed
# dependency may cancel the job.
CHAINED_JOBS = JobStatement(
    f"""
SELECT member.job_id AS predecessor_id, job.id AS job_id
FROM json_each(:chain_ends) AS chain_end
CROSS JOIN dependency_set_member AS member ON member.job_id = chain_end.value
CROSS JOIN dependency_set AS awaited ON awaited.id = member.set_id
CROSS JOIN job_dependency_set AS waiting ON waiting.set_id = awaited.id
CROSS JOIN job ON job.id = waiting.job_id
CROSS JOIN resource_requirements AS requirements ON requirements.id = job.resource_requirements_id
WHERE awaited.workflow_id = :workflow_id AND awaited.remaining = 1
AND job.status = {{BLOCKED}} AND job.waiting_on = 1
AND (job.scheduler_id IS NULL OR job.scheduler_id = :scheduler_config_id)
AND CASE WHEN job.labels IS NULL THEN :takes_unlabelled ELSE {has_all("job.labels")} END
AND requirements.num_cpus <= :num_cpus AND requirements.memory_bytes <= :memory_bytes
AND requirements.num_gpus <= :num_gpus AND requirements.num_nodes <= :num_nodes
AND requirements.runtime_seconds <= :time_limit_seconds
AND NOT (job.cancel_on_blocking_job_failure AND EXISTS (
    SELECT 1 FROM job_dependency_set AS any_waiting
    CROSS JOIN dependency_set AS any_awaited ON any_awaited.id = any_waiting.set_id
    WHERE any_waiting.job_id = job.id AND any_awaited.bad > 0
))
ORDER BY job.id LIMIT :limit
""",  # noqa: S608 - declared
    hot=True,
)
HAND_OUT = JobStatement(
    """
UPDATE job SET {NEXT_ATTEMPT_IF_CHAINED}, chained_node_id = :node_id
WHERE id IN (SELECT value FROM json_each(:jobs)) AND chained_node_id IS NOT :node_id
""",
    hot=True,
)
# `refused` is [[job id, attempt id], ...]. The plus keeps SQLite from walking all jobs of the workflow.
NOTE_REFUSED = JobStatement(
    """
UPDATE job SET chained_node_id = 0
FROM json_each(:refused) AS refused
WHERE job.id = json_extract(refused.value, '$[0]') AND job.attempt_id = json_extract(refused.value, '$[1]')
AND job.chained_node_id = :node_id AND +job.workflow_id = :workflow_id
""",
    hot=True,
)
# `asked` is [[job id, node id], ...].
SUCCEEDED_ON_NODE = JobStatement(
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


def chained_jobs(
    tx: Transaction, workflow_id: WorkflowId, chain_ends: Sequence[JobId], node: NodeOffer, limit: int
) -> list[tuple[JobId, JobId]]:
    """Return up to `limit` pairs of a predecessor and a chained job: of `chain_ends` first, then of the jobs found.

    There is one query for each level of the chains.
    """
    found: list[tuple[JobId, JobId]] = []
    time_limit = node.time_limit_seconds
    fits = {
        "num_cpus": node.num_cpus,
        "memory_bytes": node.memory_bytes,
        "num_gpus": node.num_gpus,
        "num_nodes": node.num_nodes,
        "time_limit_seconds": 2**63 - 1 if time_limit is None else time_limit,
        "scheduler_config_id": node.scheduler_config_id,
        "labels": stored_text(node.labels.labels),
        "takes_unlabelled": node.labels.takes_unlabelled,
        "workflow_id": workflow_id,
    }
    while chain_ends and len(found) < limit:
        level = {"chain_ends": json.dumps(list(chain_ends)), "limit": limit - len(found)}
        rows = tx.rows(CHAINED_JOBS, {**fits, **level})
        found += [(row["predecessor_id"], row["job_id"]) for row in rows]
        chain_ends = [row["job_id"] for row in rows]
    return found


def hand_out(tx: Transaction, job_ids: Sequence[JobId], node_id: NodeId) -> None:
    """Note that a node may start these chained jobs. Those that another node may have started get the next attempt."""
    if job_ids:
        tx.execute(HAND_OUT, {"jobs": json_numbers(job_ids), "node_id": node_id})


def note_refused(
    tx: Transaction, workflow_id: WorkflowId, refused: Sequence[tuple[JobId, AttemptId]], node_id: NodeId
) -> None:
    """Note that reports of attempts of chained jobs were refused. Neither this node nor another one starts them again.

    A success of the attempt is still accepted until another attempt begins.
    """
    if refused:
        which = {"workflow_id": workflow_id, "refused": json_numbers([list(each) for each in refused])}
        tx.execute(NOTE_REFUSED, {**which, "node_id": node_id})


def succeeded_on_node(
    tx: Transaction, run_id: RunId, asked: Sequence[tuple[JobId, NodeId]]
) -> set[tuple[JobId, NodeId]]:
    """Return the pairs of `asked` whose job succeeded on the node in this run."""
    if not asked:
        return set()
    rows = tx.rows(SUCCEEDED_ON_NODE, {"asked": json.dumps(list(asked)), "run_id": run_id})
    return {(row["job_id"], row["node_id"]) for row in rows}


def not_chained(predecessor_id: JobId, node_id: NodeId) -> RuleBroken:
    """Return the error for a job that ran after a predecessor that did not succeed on the node."""
    return RuleBroken(
        f"Job {predecessor_id} has not succeeded on compute node {node_id}, so no chained job can run after it there"
    )
