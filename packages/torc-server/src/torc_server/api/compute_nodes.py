"""Signs of life of compute nodes."""

from typing import Any

from torc_server.api.access import through
from torc_server.api.operation import Call, Effect, operation
from torc_server.engine.claiming.leases import give_up, heartbeat, require_exists
from torc_server.engine.ids import NodeId
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
    routine=True,
)
def heartbeat_compute_node(tx: Transaction, call: Call) -> dict[str, Any]:
    """Renew the lease of a compute node, which any other call that names the node does as well.

    409 says that the node was given up: its jobs are others' by now. A node whose lease is L seconds long does well
    to be heard every L / 3 seconds; a call that waits is heard when it begins, not while it waits.
    """
    lease_seconds = heartbeat(tx, NodeId(call.path["id"]))
    answer = {"compute_node_id": call.path["id"], "lease_seconds": lease_seconds}
    return {name: value for name, value in answer.items() if value is not None}


class GiveUpResponse(Record):
    """The node is not active any more."""

    compute_node_id = Integer("The node.", required=True)
    job_count = Integer("How many jobs are ready for others now.", required=True)


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
    """Say that a compute node runs nothing any more, before its lease is over: its jobs are ready for others at once.

    For a runner that lost its jobs, and for one that finds that another on its host has died. What the node still
    reports is refused. Nothing happens to a node without a lease, or one that is not active.
    """
    node_id = NodeId(call.path["id"])
    require_exists(tx, node_id)
    return {"compute_node_id": node_id, "job_count": give_up(tx, node_id, now=call.now, is_known_dead=True) or 0}


COMPUTE_NODE_OPERATIONS = (give_up_compute_node, heartbeat_compute_node)
