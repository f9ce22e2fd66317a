"""The nodes with which ready jobs are compared: those that are active, or those that were."""

from torc_server.engine.claiming.packing import NodeOffer
from torc_server.engine.diagnosis.reasons import short
from torc_server.engine.diagnosis.shortfalls import Candidate, largest
from torc_server.engine.errors import RuleBroken
from torc_server.engine.ids import NodeId, WorkflowId
from torc_server.engine.labels import NodeLabels, labels_of
from torc_server.engine.quantities import BYTES_PER_GB, LARGEST, parse_duration_seconds
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# The maximum numbers of kinds of nodes, of the largest of these that are compared, and of the last inactive nodes.
NODE_KINDS, MOST_CANDIDATES, LAST_NODES = 10_000, 50, 1_000

ACTIVE_KINDS = Statement("""
SELECT MIN(id) AS node_id, hostname, COUNT(*) AS nodes, num_cpus, memory_gb, num_gpus, num_nodes, time_limit,
       scheduler_config_id, labels, also_unlabeled
FROM compute_node WHERE workflow_id = :workflow_id AND is_active
GROUP BY num_cpus, memory_gb, num_gpus, num_nodes, time_limit, scheduler_config_id, labels, also_unlabeled
ORDER BY nodes DESC, node_id LIMIT :limit
""")
INACTIVE = Statement("""
SELECT id AS node_id, hostname, 1 AS nodes, num_cpus, memory_gb, num_gpus, num_nodes, time_limit,
       scheduler_config_id, labels, also_unlabeled
FROM compute_node WHERE workflow_id = :workflow_id AND NOT is_active ORDER BY id DESC LIMIT :limit
""")


def active_nodes(tx: Transaction, workflow_id: WorkflowId) -> list[Candidate]:
    """Return the kinds of active nodes that are not smaller than another kind."""
    return _candidates(tx, ACTIVE_KINDS, workflow_id, NODE_KINDS)


def earlier_nodes(tx: Transaction, workflow_id: WorkflowId) -> list[Candidate]:
    """Return the inactive nodes that are not smaller than another one, of those that registered last."""
    return _candidates(tx, INACTIVE, workflow_id, LAST_NODES)


def _candidates(tx: Transaction, query: Statement, workflow_id: WorkflowId, limit: int) -> list[Candidate]:
    kinds = [
        Candidate(
            NodeOffer(
                # A record has what all nodes of the runner have together; a job must fit each of its nodes.
                num_cpus=row["num_cpus"] // max(1, row["num_nodes"]),
                memory_bytes=int(max(0, min(row["memory_gb"] * BYTES_PER_GB, LARGEST))) // max(1, row["num_nodes"]),
                num_gpus=row["num_gpus"] // max(1, row["num_nodes"]),
                num_nodes=row["num_nodes"],
                time_limit_seconds=_seconds(row["time_limit"]),
                scheduler_config_id=row["scheduler_config_id"],
                labels=NodeLabels(labels_of(row["labels"]), bool(row["also_unlabeled"])),
            ),
            node_id=NodeId(row["node_id"]),
            hostname=short(row["hostname"]),
            nodes_alike=row["nodes"],
        )
        for row in tx.rows(query, {"workflow_id": workflow_id, "limit": limit})
    ]
    return largest(kinds)[:MOST_CANDIDATES]


def _seconds(time_limit: str | None) -> int | None:
    """Return the seconds of a node's time limit; None, which means unlimited, for an invalid one."""
    try:
        return None if time_limit is None else parse_duration_seconds(time_limit)
    except RuleBroken:
        return None
