# Generated from openapi.json by tools/openapi_client. Do not edit: change the server's declaration instead.
"""Operations on compute nodes."""

from torc_client.api.records import ComputeNodeModel, DeleteCountResponse, ListComputeNodesResponse
from torc_client.operation import Operation, Operations

_CREATE_COMPUTE_NODE = Operation("create_compute_node", "POST", "/compute_nodes", ComputeNodeModel)
_DELETE_COMPUTE_NODE = Operation("delete_compute_node", "DELETE", "/compute_nodes/{id}", ComputeNodeModel)
_DELETE_COMPUTE_NODES = Operation("delete_compute_nodes", "DELETE", "/compute_nodes", DeleteCountResponse)
_GET_COMPUTE_NODE = Operation("get_compute_node", "GET", "/compute_nodes/{id}", ComputeNodeModel)
_LIST_COMPUTE_NODES = Operation("list_compute_nodes", "GET", "/compute_nodes", ListComputeNodesResponse)
_UPDATE_COMPUTE_NODE = Operation("update_compute_node", "PUT", "/compute_nodes/{id}", ComputeNodeModel)


class ComputeNodes(Operations):
    """Operations on compute nodes."""

    async def create_compute_node(self, body: ComputeNodeModel) -> ComputeNodeModel:
        """Create compute node."""
        return await self._call(_CREATE_COMPUTE_NODE, body=body)

    async def delete_compute_node(self, id: int) -> ComputeNodeModel:
        """Delete compute node."""
        return await self._call(_DELETE_COMPUTE_NODE, path={"id": id})

    async def delete_compute_nodes(self, *, workflow_id: int) -> DeleteCountResponse:
        """Delete compute nodes."""
        return await self._call(_DELETE_COMPUTE_NODES, query={"workflow_id": workflow_id})

    async def get_compute_node(self, id: int) -> ComputeNodeModel:
        """Get compute node."""
        return await self._call(_GET_COMPUTE_NODE, path={"id": id})

    async def list_compute_nodes(
        self,
        *,
        workflow_id: int,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
        hostname: str | None = None,
        is_active: bool | None = None,
        scheduled_compute_node_id: int | None = None,
    ) -> ListComputeNodesResponse:
        """List compute nodes."""
        return await self._call(
            _LIST_COMPUTE_NODES,
            query={
                "workflow_id": workflow_id,
                "offset": offset,
                "limit": limit,
                "sort_by": sort_by,
                "reverse_sort": reverse_sort,
                "hostname": hostname,
                "is_active": is_active,
                "scheduled_compute_node_id": scheduled_compute_node_id,
            },
        )

    async def update_compute_node(self, id: int, body: ComputeNodeModel) -> ComputeNodeModel:
        """Update compute node."""
        return await self._call(_UPDATE_COMPUTE_NODE, path={"id": id}, body=body)
