# Generated from openapi.json by tools/openapi_client. Do not edit: change the server's declaration instead.
"""Operations on compute nodes."""

from torc_client.api.records import (
    ComputeNodeModel,
    DeleteCountResponse,
    GiveUpResponse,
    HeartbeatResponse,
    ListComputeNodesResponse,
    OutputPieceDelivery,
    OutputPieceReceipt,
    OutputRequestsResponse,
)
from torc_client.operation import Operation, Operations

_CREATE_COMPUTE_NODE = Operation("create_compute_node", "POST", "/compute_nodes", ComputeNodeModel)
_DELETE_COMPUTE_NODE = Operation("delete_compute_node", "DELETE", "/compute_nodes/{id}", ComputeNodeModel)
_DELETE_COMPUTE_NODES = Operation("delete_compute_nodes", "DELETE", "/compute_nodes", DeleteCountResponse)
_DELIVER_OUTPUT_PIECE = Operation(
    "deliver_output_piece", "POST", "/compute_nodes/{id}/output_pieces", OutputPieceReceipt
)
_GET_COMPUTE_NODE = Operation("get_compute_node", "GET", "/compute_nodes/{id}", ComputeNodeModel)
_GIVE_UP_COMPUTE_NODE = Operation("give_up_compute_node", "POST", "/compute_nodes/{id}/give_up", GiveUpResponse)
_HEARTBEAT_COMPUTE_NODE = Operation(
    "heartbeat_compute_node", "POST", "/compute_nodes/{id}/heartbeat", HeartbeatResponse
)
_LIST_COMPUTE_NODES = Operation("list_compute_nodes", "GET", "/compute_nodes", ListComputeNodesResponse)
_LIST_OUTPUT_REQUESTS = Operation(
    "list_output_requests", "GET", "/compute_nodes/{id}/output_requests", OutputRequestsResponse
)
_UPDATE_COMPUTE_NODE = Operation("update_compute_node", "PUT", "/compute_nodes/{id}", ComputeNodeModel)


class ComputeNodes(Operations):
    """Operations on compute nodes."""

    async def create_compute_node(self, body: ComputeNodeModel) -> ComputeNodeModel:
        """Create a compute node."""
        return await self._call(_CREATE_COMPUTE_NODE, body=body)

    async def delete_compute_node(self, id: int) -> ComputeNodeModel:
        """Delete a compute node, and return it.

        `id`: The id of the record.
        """
        return await self._call(_DELETE_COMPUTE_NODE, path={"id": id})

    async def delete_compute_nodes(self, *, workflow_id: int) -> DeleteCountResponse:
        """Delete all compute nodes of a workflow.

        `workflow_id`: The workflow.
        """
        return await self._call(_DELETE_COMPUTE_NODES, query={"workflow_id": workflow_id})

    async def deliver_output_piece(self, id: int, body: OutputPieceDelivery) -> OutputPieceReceipt:
        """Answer a request for output. The piece is passed to the caller that waits for it, and is not stored.

        `id`: The compute node.
        """
        return await self._call(_DELIVER_OUTPUT_PIECE, path={"id": id}, body=body)

    async def get_compute_node(self, id: int) -> ComputeNodeModel:
        """Get a compute node.

        `id`: The id of the record.
        """
        return await self._call(_GET_COMPUTE_NODE, path={"id": id})

    async def give_up_compute_node(self, id: int) -> GiveUpResponse:
        """Mark a compute node lost before its lease expires. Its jobs become available to other nodes immediately.

        Used by a runner that lost its jobs, and by one that finds a dead runner on its host. Later reports of the node are refused. A node without a lease or one that is not active stays unchanged.

        `id`: The node.
        """
        return await self._call(_GIVE_UP_COMPUTE_NODE, path={"id": id})

    async def heartbeat_compute_node(self, id: int) -> HeartbeatResponse:
        """Renew the lease of a compute node. Any other call that names the node renews it as well.

        Status 409: the node was marked lost, and its jobs are available to other nodes. A node with a lease of L seconds should call every L / 3 seconds. A call that waits renews the lease when it begins, not while it waits.

        `id`: The node.
        """
        return await self._call(_HEARTBEAT_COMPUTE_NODE, path={"id": id})

    async def list_compute_nodes(
        self,
        *,
        workflow_id: int,
        hostname: str | None = None,
        is_active: bool | None = None,
        scheduled_compute_node_id: int | None = None,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
        filter: str | None = None,
    ) -> ListComputeNodesResponse:
        """List compute nodes.

        `workflow_id`: The workflow.
        `hostname`: Only nodes on hosts whose name contains this text.
        `is_active`: True: only active nodes. False: only nodes that stopped.
        `scheduled_compute_node_id`: Only nodes of this scheduled compute node.
        `offset`: Number of records to skip.
        `limit`: Maximum number of records, at most 100000; 10000 if absent.
        `sort_by`: The member to sort by. The id if absent.
        `reverse_sort`: Sort in descending order.
        `filter`: Only records that match all words, such as `name~sweep status=failed,terminated -archived`. Operators are `= != ~ !~ > >= < <=`; a comma separates values of which any may match; quotes keep blanks. A word without an operator is a part of the name.
        """
        return await self._call(
            _LIST_COMPUTE_NODES,
            query={
                "workflow_id": workflow_id,
                "hostname": hostname,
                "is_active": is_active,
                "scheduled_compute_node_id": scheduled_compute_node_id,
                "offset": offset,
                "limit": limit,
                "sort_by": sort_by,
                "reverse_sort": reverse_sort,
                "filter": filter,
            },
        )

    async def list_output_requests(self, id: int, *, wait_seconds: float | None = None) -> OutputRequestsResponse:
        """Return the open requests for output of a node, for its runner. Each request is returned once.

        `id`: The compute node.
        `wait_seconds`: Wait up to this number of seconds until the answer changes.
        """
        return await self._call(_LIST_OUTPUT_REQUESTS, path={"id": id}, query={"wait_seconds": wait_seconds})

    async def update_compute_node(self, id: int, body: ComputeNodeModel) -> ComputeNodeModel:
        """Change a compute node.

        Absent and null members keep their value, unless their description says otherwise.

        `id`: The id of the record.
        """
        return await self._call(_UPDATE_COMPUTE_NODE, path={"id": id}, body=body)
