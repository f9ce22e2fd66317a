"""What runs on the active compute nodes of a workflow, and how much of each node it takes."""

from collections.abc import Sequence
from dataclasses import dataclass

from torc_server.engine.ids import NodeId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.workflows import workflow_row
from torc_server.store.transaction import Transaction

# The number of nodes in an answer: those that registered last.
MOST_NODES = 1_000

LOADS = JobStatement("""
SELECT node.id, COUNT(job.id) AS jobs,
       COALESCE(SUM(requirements.num_cpus * requirements.num_nodes), 0) AS num_cpus,
       COALESCE(SUM(requirements.memory_bytes * requirements.num_nodes), 0) AS memory_bytes,
       COALESCE(SUM(requirements.num_gpus * requirements.num_nodes), 0) AS num_gpus
FROM (
    SELECT id FROM compute_node WHERE workflow_id = :workflow_id AND is_active ORDER BY id DESC LIMIT :limit
) AS node
LEFT JOIN job INDEXED BY job_active_node ON job.active_compute_node_id = node.id AND job.status = {RUNNING}
LEFT JOIN resource_requirements AS requirements ON requirements.id = job.resource_requirements_id
GROUP BY node.id
ORDER BY node.id
""")


@dataclass(frozen=True, slots=True)
class NodeLoad:
    """The running jobs of a node, and the resources that they require in all."""

    node_id: NodeId
    num_jobs: int
    num_cpus: int
    memory_bytes: int
    num_gpus: int


def node_loads(tx: Transaction, workflow_id: WorkflowId) -> Sequence[NodeLoad]:
    """Return the loads of the active nodes that registered last, in the order of their ids. Raises NotFound."""
    workflow_row(tx, workflow_id)
    rows = tx.rows(LOADS, {"workflow_id": workflow_id, "limit": MOST_NODES})
    return [NodeLoad(NodeId(row[0]), *row[1:]) for row in rows]
