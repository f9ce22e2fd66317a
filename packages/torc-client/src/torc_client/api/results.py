# Generated from openapi.json by tools/openapi_client. Do not edit: change the server's declaration instead.
"""Operations on results."""

from torc_client.api.enums import JobStatus
from torc_client.api.records import DeleteCountResponse, ListResultsResponse, ResultModel
from torc_client.operation import Operation, Operations

_CREATE_RESULT = Operation("create_result", "POST", "/results", ResultModel)
_DELETE_RESULT = Operation("delete_result", "DELETE", "/results/{id}", ResultModel)
_DELETE_RESULTS = Operation("delete_results", "DELETE", "/results", DeleteCountResponse)
_GET_RESULT = Operation("get_result", "GET", "/results/{id}", ResultModel)
_LIST_RESULTS = Operation("list_results", "GET", "/results", ListResultsResponse)
_UPDATE_RESULT = Operation("update_result", "PUT", "/results/{id}", ResultModel)


class Results(Operations):
    """Operations on results."""

    async def create_result(self, body: ResultModel) -> ResultModel:
        """Create result."""
        return await self._call(_CREATE_RESULT, body=body)

    async def delete_result(self, id: int) -> ResultModel:
        """Delete result."""
        return await self._call(_DELETE_RESULT, path={"id": id})

    async def delete_results(self, *, workflow_id: int) -> DeleteCountResponse:
        """Delete results."""
        return await self._call(_DELETE_RESULTS, query={"workflow_id": workflow_id})

    async def get_result(self, id: int) -> ResultModel:
        """Get result."""
        return await self._call(_GET_RESULT, path={"id": id})

    async def list_results(
        self,
        *,
        workflow_id: int,
        job_id: int | None = None,
        run_id: int | None = None,
        return_code: int | None = None,
        status: JobStatus | None = None,
        compute_node_id: int | None = None,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
        all_runs: bool | None = None,
    ) -> ListResultsResponse:
        """List results."""
        return await self._call(
            _LIST_RESULTS,
            query={
                "workflow_id": workflow_id,
                "job_id": job_id,
                "run_id": run_id,
                "return_code": return_code,
                "status": status,
                "compute_node_id": compute_node_id,
                "offset": offset,
                "limit": limit,
                "sort_by": sort_by,
                "reverse_sort": reverse_sort,
                "all_runs": all_runs,
            },
        )

    async def update_result(self, id: int, body: ResultModel) -> ResultModel:
        """Update result."""
        return await self._call(_UPDATE_RESULT, path={"id": id}, body=body)
