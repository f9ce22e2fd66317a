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
        """Create a result."""
        return await self._call(_CREATE_RESULT, body=body)

    async def delete_result(self, id: int) -> ResultModel:
        """Delete a result, and return it.

        `id`: The id of the record.
        """
        return await self._call(_DELETE_RESULT, path={"id": id})

    async def delete_results(self, *, workflow_id: int) -> DeleteCountResponse:
        """Delete all results of a workflow.

        `workflow_id`: The workflow.
        """
        return await self._call(_DELETE_RESULTS, query={"workflow_id": workflow_id})

    async def get_result(self, id: int) -> ResultModel:
        """Get a result.

        `id`: The id of the record.
        """
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
        all_runs: bool | None = None,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
        filter: str | None = None,
    ) -> ListResultsResponse:
        """List results.

        `workflow_id`: The workflow.
        `job_id`: Only results of this job.
        `run_id`: Only results of this run.
        `return_code`: Only results with this exit code.
        `status`: Only results with this status.
        `compute_node_id`: Only results of this compute node.
        `all_runs`: True: all results. Otherwise, only the result of the latest completion of each job.
        `offset`: Number of records to skip.
        `limit`: Maximum number of records, at most 100000; 10000 if absent.
        `sort_by`: The member to sort by. The id if absent.
        `reverse_sort`: Sort in descending order.
        `filter`: Only records that match all words, such as `name~sweep status=failed,terminated -archived`. Operators are `= != ~ !~ > >= < <=`; a comma separates values of which any may match; quotes keep blanks. A word without an operator is a part of the name.
        """
        return await self._call(
            _LIST_RESULTS,
            query={
                "workflow_id": workflow_id,
                "job_id": job_id,
                "run_id": run_id,
                "return_code": return_code,
                "status": status,
                "compute_node_id": compute_node_id,
                "all_runs": all_runs,
                "offset": offset,
                "limit": limit,
                "sort_by": sort_by,
                "reverse_sort": reverse_sort,
                "filter": filter,
            },
        )

    async def update_result(self, id: int, body: ResultModel) -> ResultModel:
        """Change a result.

        Absent and null members keep their value, unless their description says otherwise.

        `id`: The id of the record.
        """
        return await self._call(_UPDATE_RESULT, path={"id": id}, body=body)
