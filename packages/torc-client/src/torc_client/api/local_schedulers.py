# Generated from openapi.json by tools/openapi_client. Do not edit: change the server's declaration instead.
"""Operations on local schedulers."""

from torc_client.api.records import DeleteCountResponse, ListLocalSchedulersResponse, LocalSchedulerModel
from torc_client.operation import Operation, Operations

_CREATE_LOCAL_SCHEDULER = Operation("create_local_scheduler", "POST", "/local_schedulers", LocalSchedulerModel)
_DELETE_LOCAL_SCHEDULER = Operation("delete_local_scheduler", "DELETE", "/local_schedulers/{id}", LocalSchedulerModel)
_DELETE_LOCAL_SCHEDULERS = Operation("delete_local_schedulers", "DELETE", "/local_schedulers", DeleteCountResponse)
_GET_LOCAL_SCHEDULER = Operation("get_local_scheduler", "GET", "/local_schedulers/{id}", LocalSchedulerModel)
_LIST_LOCAL_SCHEDULERS = Operation("list_local_schedulers", "GET", "/local_schedulers", ListLocalSchedulersResponse)
_UPDATE_LOCAL_SCHEDULER = Operation("update_local_scheduler", "PUT", "/local_schedulers/{id}", LocalSchedulerModel)


class LocalSchedulers(Operations):
    """Operations on local schedulers."""

    async def create_local_scheduler(self, body: LocalSchedulerModel) -> LocalSchedulerModel:
        """Create a local scheduler."""
        return await self._call(_CREATE_LOCAL_SCHEDULER, body=body)

    async def delete_local_scheduler(self, id: int) -> LocalSchedulerModel:
        """Delete a local scheduler, and return it.

        `id`: The id of the record.
        """
        return await self._call(_DELETE_LOCAL_SCHEDULER, path={"id": id})

    async def delete_local_schedulers(self, *, workflow_id: int) -> DeleteCountResponse:
        """Delete all local schedulers of a workflow.

        `workflow_id`: The workflow.
        """
        return await self._call(_DELETE_LOCAL_SCHEDULERS, query={"workflow_id": workflow_id})

    async def get_local_scheduler(self, id: int) -> LocalSchedulerModel:
        """Get a local scheduler.

        `id`: The id of the record.
        """
        return await self._call(_GET_LOCAL_SCHEDULER, path={"id": id})

    async def list_local_schedulers(
        self,
        *,
        workflow_id: int,
        memory: str | None = None,
        num_cpus: int | None = None,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
        filter: str | None = None,
    ) -> ListLocalSchedulersResponse:
        """List local schedulers.

        `workflow_id`: The workflow.
        `memory`: Only schedulers with this amount of memory.
        `num_cpus`: Only schedulers with this number of CPUs.
        `offset`: Number of records to skip.
        `limit`: Maximum number of records, at most 100000; 10000 if absent.
        `sort_by`: The member to sort by. The id if absent.
        `reverse_sort`: Sort in descending order.
        `filter`: Only records that match all words, such as `name~sweep status=failed,terminated -archived`. Operators are `= != ~ !~ > >= < <=`; a comma separates values of which any may match; quotes keep blanks. A word without an operator is a part of the name.
        """
        return await self._call(
            _LIST_LOCAL_SCHEDULERS,
            query={
                "workflow_id": workflow_id,
                "memory": memory,
                "num_cpus": num_cpus,
                "offset": offset,
                "limit": limit,
                "sort_by": sort_by,
                "reverse_sort": reverse_sort,
                "filter": filter,
            },
        )

    async def update_local_scheduler(self, id: int, body: LocalSchedulerModel) -> LocalSchedulerModel:
        """Change a local scheduler.

        Absent and null members keep their value, unless their description says otherwise.

        `id`: The id of the record.
        """
        return await self._call(_UPDATE_LOCAL_SCHEDULER, path={"id": id}, body=body)
