"""Find the compute node that has the output files of an attempt."""

from dataclasses import dataclass

from torc_server.engine.errors import Conflict
from torc_server.engine.ids import AttemptId, JobId, NodeId
from torc_server.engine.jobs import job_row
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class OutputOwner:
    """The node that ran or runs an attempt, and the output directory of its runner, which is active or has ended."""

    attempt_id: AttemptId
    node_id: NodeId
    hostname: str
    output_dir: str | None
    is_active: bool


_OF_RESULT = Statement(
    "SELECT compute_node_id FROM result WHERE job_id = :job_id AND attempt_id = :attempt_id "
    "ORDER BY run_id DESC LIMIT 1"
)
_NODE = Statement("SELECT hostname, output_dir, is_active FROM compute_node WHERE id = :node_id")


def output_owner(tx: Transaction, job_id: JobId, attempt_id: AttemptId | None) -> OutputOwner:
    """Return the owner of the output of an attempt, by default the latest. Raises NotFound; Conflict without a node."""
    job = job_row(tx, job_id)
    latest = AttemptId(job["attempt_id"])
    wanted = latest if attempt_id is None else attempt_id
    node_id = (job["active_compute_node_id"] or job["compute_node_id"]) if wanted == latest else None
    if node_id is None:
        node_id = tx.value(_OF_RESULT, {"job_id": job_id, "attempt_id": wanted})
    node = None if node_id is None else tx.row(_NODE, {"node_id": node_id})
    if node_id is None or node is None:
        raise Conflict(f"Attempt {wanted} of job {job_id} has no output: no compute node has started it")
    return OutputOwner(wanted, NodeId(node_id), node["hostname"], node["output_dir"], bool(node["is_active"]))
