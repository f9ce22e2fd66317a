"""Which active nodes keep their free resources for a ready job of high priority, in words."""

import sqlite3
from dataclasses import dataclass

from torc_server.engine.diagnosis.reasons import short
from torc_server.engine.ids import NodeId, WorkflowId
from torc_server.engine.job_row import JobStatement
from torc_server.engine.quantities import BYTES_PER_GB
from torc_server.store.transaction import Transaction

# The maximum number of reservations that are read. One of them is described.
MOST_RESERVED = 1_000
# Less memory is rarely what a job waits for.
LEAST_SHOWN_GIB = 0.05

RESERVED = JobStatement("""
SELECT node.id AS node_id, node.hostname, job.name, job.priority, job.needs_cpus, job.needs_memory_bytes, job.needs_gpus
FROM compute_node AS node CROSS JOIN job ON job.id = node.reserved_job_id
WHERE node.workflow_id = :workflow_id AND node.is_active AND job.status = {READY}
ORDER BY job.priority DESC, node.id LIMIT :limit
""")


@dataclass(frozen=True, slots=True)
class Reserved:
    """A node that is reserved for a job, and why the job waits."""

    node_id: NodeId
    sentence: str


def reserved_nodes(tx: Transaction, workflow_id: WorkflowId) -> list[Reserved]:
    """Return the reserved nodes, first the one whose job has the highest priority."""
    return [
        Reserved(NodeId(row["node_id"]), _sentence(row))
        for row in tx.rows(RESERVED, {"workflow_id": workflow_id, "limit": MOST_RESERVED})
    ]


def _sentence(row: sqlite3.Row) -> str:
    needs = _words(row["needs_cpus"], row["needs_memory_bytes"] / BYTES_PER_GB, row["needs_gpus"])
    job = f"Job {short(row['name'])!r} (priority {row['priority']})"
    node = f"node {row['node_id']} on {short(row['hostname'])}"
    return f"{job} waits for {needs} on {node}; jobs of lower priority start there only if they do not delay it"


def _words(cpus: int, memory_gib: float, gpus: int) -> str:
    words = [f"{cpus} {'CPU' if cpus == 1 else 'CPUs'}"]
    if gpus:
        words.append(f"{gpus} {'GPU' if gpus == 1 else 'GPUs'}")
    if memory_gib >= LEAST_SHOWN_GIB:
        words.append(f"{memory_gib:.1f} GiB of memory")
    return ", ".join(words)
