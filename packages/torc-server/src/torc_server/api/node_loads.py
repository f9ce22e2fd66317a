"""What runs on the active compute nodes of a workflow."""

from typing import Any

from torc_server.api.access import workflow_in_path
from torc_server.api.of_one import ANY_MAY_FAIL, WORKFLOW_ID
from torc_server.api.operation import Call, Relay, Relayed, relay_operation
from torc_server.engine.quantities import BYTES_PER_GB
from torc_server.engine.status.node_loads import node_loads
from torc_server.resources.fields import Integer, Number, Record
from torc_server.resources.json_fields import Many, Part
from torc_server.store.transaction import Transaction


class NodeLoadModel(Record):
    """What runs on an active compute node."""

    compute_node_id = Integer("The compute node.", required=True)
    num_jobs = Integer("Number of running jobs.", required=True)
    num_cpus = Integer("CPUs that the running jobs require in all.", required=True)
    memory_gb = Number("Memory that the running jobs require in all, in GiB.", required=True)
    num_gpus = Integer("GPUs that the running jobs require in all.", required=True)
    silent_seconds = Number(
        "Time since the server last heard of the node. Absent if it has heard nothing since the server started."
    )


@relay_operation(
    "list_node_loads",
    "GET",
    "/workflows/{id}/node_loads",
    tag="workflows",
    guard=workflow_in_path,
    path_fields={"id": WORKFLOW_ID},
    answer=Many(Part(NodeLoadModel), "The active nodes that registered last, at most 1000.", required=True),
    errors=ANY_MAY_FAIL,
    extension=True,
)
def list_node_loads(tx: Transaction, call: Call) -> Relayed:
    """List what runs on the active compute nodes of a workflow, and when the server last heard of each."""
    loads = node_loads(tx, call.workflow_id)

    async def perform(relay: Relay) -> list[dict[str, Any]]:
        silent = relay.silent_seconds([load.node_id for load in loads])
        return [
            {
                "compute_node_id": load.node_id,
                "num_jobs": load.num_jobs,
                "num_cpus": load.num_cpus,
                "memory_gb": load.memory_bytes / BYTES_PER_GB,
                "num_gpus": load.num_gpus,
                **({"silent_seconds": round(silent[load.node_id], 3)} if load.node_id in silent else {}),
            }
            for load in loads
        ]

    return Relayed(perform)


NODE_LOAD_OPERATIONS = (list_node_loads,)
