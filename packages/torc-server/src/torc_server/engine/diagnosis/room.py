"""Whether the active nodes have free capacity for ready jobs now, beside the jobs that they run and have claimed."""

from collections.abc import Sequence
from dataclasses import dataclass

from torc_server.engine.diagnosis.shortfalls import Need
from torc_server.engine.ids import NodeId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.labels import NodeLabels, labels_of
from torc_server.engine.quantities import BYTES_PER_GB
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

# The nodes that registered last; of more nodes, one probably has free capacity.
MOST_NODES = 1_000

CAPACITIES = Statement("""
SELECT id, num_cpus, memory_gb, num_gpus, num_nodes, labels, also_unlabeled
FROM compute_node WHERE workflow_id = :workflow_id AND is_active ORDER BY id DESC LIMIT :limit
""")
TAKEN = JobStatement("""
SELECT COALESCE(job.active_compute_node_id, job.claimed_by_node_id) AS node_id,
       SUM(needed.num_cpus * needed.num_nodes) AS num_cpus,
       SUM(needed.memory_bytes * needed.num_nodes) AS memory_bytes,
       SUM(needed.num_gpus * needed.num_nodes) AS num_gpus
FROM job INDEXED BY job_workflow_status
CROSS JOIN resource_requirements AS needed ON needed.id = job.resource_requirements_id
WHERE job.workflow_id = :workflow_id AND job.status IN {ACTIVE}
GROUP BY 1
""")


@dataclass(frozen=True, slots=True)
class Room:
    """What is free on an active node: of all its nodes together, if its runner has several."""

    num_cpus: float
    memory_bytes: float
    num_gpus: float
    num_nodes: int
    labels: NodeLabels
    node_id: NodeId

    def takes(self, need: Need) -> bool:
        """Whether a job of a kind fits in."""
        return (
            self.num_nodes >= need.num_nodes
            and self.num_cpus >= need.num_cpus * need.num_nodes
            and self.memory_bytes >= need.memory_bytes * need.num_nodes
            and self.num_gpus >= need.num_gpus * need.num_nodes
            and self.labels.allow(labels_of(need.labels))
        )


def rooms(tx: Transaction, workflow_id: WorkflowId) -> Sequence[Room]:
    """Return what is free on the active nodes."""
    which = {"workflow_id": workflow_id}
    taken = {NodeId(row["node_id"] or 0): row for row in tx.rows(TAKEN, which)}
    found = []
    for row in tx.rows(CAPACITIES, {**which, "limit": MOST_NODES}):
        used = taken.get(NodeId(row["id"]))
        found.append(
            Room(
                num_cpus=row["num_cpus"] - (used["num_cpus"] if used else 0),
                memory_bytes=row["memory_gb"] * BYTES_PER_GB - (used["memory_bytes"] if used else 0),
                num_gpus=row["num_gpus"] - (used["num_gpus"] if used else 0),
                num_nodes=row["num_nodes"],
                labels=NodeLabels(labels_of(row["labels"]), bool(row["also_unlabeled"])),
                node_id=NodeId(row["id"]),
            )
        )
    return found
