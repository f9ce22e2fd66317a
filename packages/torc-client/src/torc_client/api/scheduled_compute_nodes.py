# Generated from openapi.json by tools/openapi_client. Do not edit: change the server's declaration instead.
"""Operations on scheduled compute nodes."""

from torc_client.api.records import DeleteCountResponse, ListScheduledComputeNodesResponse, ScheduledComputeNodesModel
from torc_client.operation import Operation, Operations

_CREATE_SCHEDULED_COMPUTE_NODE = Operation(
    "create_scheduled_compute_node", "POST", "/scheduled_compute_nodes", ScheduledComputeNodesModel
)
_DELETE_SCHEDULED_COMPUTE_NODE = Operation(
    "delete_scheduled_compute_node", "DELETE", "/scheduled_compute_nodes/{id}", ScheduledComputeNodesModel
)
_DELETE_SCHEDULED_COMPUTE_NODES = Operation(
    "delete_scheduled_compute_nodes", "DELETE", "/scheduled_compute_nodes", DeleteCountResponse
)
_GET_SCHEDULED_COMPUTE_NODE = Operation(
    "get_scheduled_compute_node", "GET", "/scheduled_compute_nodes/{id}", ScheduledComputeNodesModel
)
_LIST_SCHEDULED_COMPUTE_NODES = Operation(
    "list_scheduled_compute_nodes", "GET", "/scheduled_compute_nodes", ListScheduledComputeNodesResponse
)
_UPDATE_SCHEDULED_COMPUTE_NODE = Operation(
    "update_scheduled_compute_node", "PUT", "/scheduled_compute_nodes/{id}", ScheduledComputeNodesModel
)


class ScheduledComputeNodes(Operations):
    """Operations on scheduled compute nodes."""

    async def create_scheduled_compute_node(self, body: ScheduledComputeNodesModel) -> ScheduledComputeNodesModel:
        """Create a scheduled compute node."""
        return await self._call(_CREATE_SCHEDULED_COMPUTE_NODE, body=body)

    async def delete_scheduled_compute_node(self, id: int) -> ScheduledComputeNodesModel:
        """Delete a scheduled compute node, and return it.

        `id`: The id of the record.
        """
        return await self._call(_DELETE_SCHEDULED_COMPUTE_NODE, path={"id": id})

    async def delete_scheduled_compute_nodes(self, *, workflow_id: int) -> DeleteCountResponse:
        """Delete all scheduled compute nodes of a workflow.

        `workflow_id`: The workflow.
        """
        return await self._call(_DELETE_SCHEDULED_COMPUTE_NODES, query={"workflow_id": workflow_id})

    async def get_scheduled_compute_node(self, id: int) -> ScheduledComputeNodesModel:
        """Get a scheduled compute node.

        `id`: The id of the record.
        """
        return await self._call(_GET_SCHEDULED_COMPUTE_NODE, path={"id": id})

    async def list_scheduled_compute_nodes(
        self,
        *,
        workflow_id: int,
        scheduler_id: str | None = None,
        scheduler_config_id: str | None = None,
        status: str | None = None,
        submission_id: int | None = None,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
        filter: str | None = None,
    ) -> ListScheduledComputeNodesResponse:
        """List scheduled compute nodes.

        `workflow_id`: The workflow.
        `scheduler_id`: Only the allocation with this id in the scheduler.
        `scheduler_config_id`: Only allocations of this scheduler configuration.
        `status`: Only allocations with this status.
        `submission_id`: Only allocations of this submission.
        `offset`: Number of records to skip.
        `limit`: Maximum number of records, at most 100000; 10000 if absent.
        `sort_by`: The member to sort by. The id if absent.
        `reverse_sort`: Sort in descending order.
        `filter`: Only records that match all words, such as `name~sweep status=failed,terminated -archived`. Operators are `= != ~ !~ > >= < <=`; a comma separates values of which any may match; quotes keep blanks. A word without an operator is a part of the name.
        """
        return await self._call(
            _LIST_SCHEDULED_COMPUTE_NODES,
            query={
                "workflow_id": workflow_id,
                "scheduler_id": scheduler_id,
                "scheduler_config_id": scheduler_config_id,
                "status": status,
                "submission_id": submission_id,
                "offset": offset,
                "limit": limit,
                "sort_by": sort_by,
                "reverse_sort": reverse_sort,
                "filter": filter,
            },
        )

    async def update_scheduled_compute_node(
        self, id: int, body: ScheduledComputeNodesModel
    ) -> ScheduledComputeNodesModel:
        """Change a scheduled compute node.

        Absent and null members keep their value, unless their description says otherwise.

        `id`: The id of the record.
        """
        return await self._call(_UPDATE_SCHEDULED_COMPUTE_NODE, path={"id": id}, body=body)
