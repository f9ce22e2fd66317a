"""Signs of life of compute nodes."""

from typing import Any

from torc_server.api.access import through
from torc_server.api.operation import Call, Effect, operation
from torc_server.engine.ids import NodeId
from torc_server.engine.leases import heartbeat
from torc_server.resources.compute_node import COMPUTE_NODE
from torc_server.resources.fields import Integer, Number, Record
from torc_server.store.transaction import Transaction


class HeartbeatResponse(Record):
    """The node is still the holder of its jobs."""

    compute_node_id = Integer("The node.", required=True)
    lease_seconds = Number("How long it may be silent from now on; absent where it is never given up.")


@operation(
    "heartbeat_compute_node",
    "POST",
    "/compute_nodes/{id}/heartbeat",
    tag="compute_nodes",
    effect=Effect.WRITE,
    guard=through(COMPUTE_NODE),
    answer=HeartbeatResponse,
    path_fields={"id": Integer("The node.", required=True)},
    errors=(400, 403, 404, 409),
    extension=True,
)
def heartbeat_compute_node(tx: Transaction, call: Call) -> dict[str, Any]:
    """Renew the lease of a compute node, which any other call that names the node does as well.

    409 says that the node was given up: its jobs are others' by now. A node whose lease is L seconds long does well
    to be heard every L / 3 seconds; a call that waits is heard when it begins, not while it waits.
    """
    lease_seconds = heartbeat(tx, NodeId(call.path["id"]))
    answer = {"compute_node_id": call.path["id"], "lease_seconds": lease_seconds}
    return {name: value for name, value in answer.items() if value is not None}


COMPUTE_NODE_OPERATIONS = (heartbeat_compute_node,)
