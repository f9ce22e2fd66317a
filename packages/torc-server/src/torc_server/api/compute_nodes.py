"""Heartbeats and losses of compute nodes."""

from typing import Any

from torc_server.api.access import through
from torc_server.api.operation import Call, Effect, operation
from torc_server.engine.claiming.leases import give_up, heartbeat, require_exists
from torc_server.engine.ids import NodeId
from torc_server.resources.compute_node import COMPUTE_NODE
from torc_server.resources.fields import Integer, Number, Record
from torc_server.store.transaction import Transaction


class HeartbeatResponse(Record):
    """The renewed lease of a node."""

    compute_node_id = Integer("The node.", required=True)
    lease_seconds = Number("The time until the lease expires. Absent if the node has no lease.")


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
    routine=True,
)
def heartbeat_compute_node(tx: Transaction, call: Call) -> dict[str, Any]:
    """Renew the lease of a compute node. Any other call that names the node renews it as well.

    Status 409: the node was marked lost, and its jobs are available to other nodes. A node with a lease of L seconds
    should call every L / 3 seconds. A call that waits renews the lease when it begins, not while it waits.
    """
    lease_seconds = heartbeat(tx, NodeId(call.path["id"]))
    answer = {"compute_node_id": call.path["id"], "lease_seconds": lease_seconds}
    return {name: value for name, value in answer.items() if value is not None}


class GiveUpResponse(Record):
    """A node that is not active any more."""

    compute_node_id = Integer("The node.", required=True)
    job_count = Integer("Number of jobs that are available to other nodes.", required=True)


@operation(
    "give_up_compute_node",
    "POST",
    "/compute_nodes/{id}/give_up",
    tag="compute_nodes",
    effect=Effect.WRITE,
    guard=through(COMPUTE_NODE),
    answer=GiveUpResponse,
    path_fields={"id": Integer("The node.", required=True)},
    errors=(400, 403, 404),
    extension=True,
)
def give_up_compute_node(tx: Transaction, call: Call) -> dict[str, Any]:
    """Mark a compute node lost before its lease expires. Its jobs become available to other nodes immediately.

    Used by a runner that lost its jobs, and by one that finds a dead runner on its host. Later reports of the node are
    refused. A node without a lease or one that is not active stays unchanged.
    """
    node_id = NodeId(call.path["id"])
    require_exists(tx, node_id)
    return {"compute_node_id": node_id, "job_count": give_up(tx, node_id, now=call.now, is_known_dead=True) or 0}


COMPUTE_NODE_OPERATIONS = (give_up_compute_node, heartbeat_compute_node)
