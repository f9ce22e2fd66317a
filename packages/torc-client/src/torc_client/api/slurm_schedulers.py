# Generated from openapi.json by tools/openapi_client. Do not edit: change the server's declaration instead.
"""Operations on slurm schedulers."""

from torc_client.api.records import DeleteCountResponse, ListSlurmSchedulersResponse, SlurmSchedulerModel
from torc_client.operation import Operation, Operations

_CREATE_SLURM_SCHEDULER = Operation("create_slurm_scheduler", "POST", "/slurm_schedulers", SlurmSchedulerModel)
_DELETE_SLURM_SCHEDULER = Operation("delete_slurm_scheduler", "DELETE", "/slurm_schedulers/{id}", SlurmSchedulerModel)
_DELETE_SLURM_SCHEDULERS = Operation("delete_slurm_schedulers", "DELETE", "/slurm_schedulers", DeleteCountResponse)
_GET_SLURM_SCHEDULER = Operation("get_slurm_scheduler", "GET", "/slurm_schedulers/{id}", SlurmSchedulerModel)
_LIST_SLURM_SCHEDULERS = Operation("list_slurm_schedulers", "GET", "/slurm_schedulers", ListSlurmSchedulersResponse)
_UPDATE_SLURM_SCHEDULER = Operation("update_slurm_scheduler", "PUT", "/slurm_schedulers/{id}", SlurmSchedulerModel)


class SlurmSchedulers(Operations):
    """Operations on slurm schedulers."""

    async def create_slurm_scheduler(self, body: SlurmSchedulerModel) -> SlurmSchedulerModel:
        """Create a Slurm scheduler."""
        return await self._call(_CREATE_SLURM_SCHEDULER, body=body)

    async def delete_slurm_scheduler(self, id: int) -> SlurmSchedulerModel:
        """Delete a Slurm scheduler, and return it.

        `id`: The id of the record.
        """
        return await self._call(_DELETE_SLURM_SCHEDULER, path={"id": id})

    async def delete_slurm_schedulers(self, *, workflow_id: int) -> DeleteCountResponse:
        """Delete all slurm schedulers of a workflow.

        `workflow_id`: The workflow.
        """
        return await self._call(_DELETE_SLURM_SCHEDULERS, query={"workflow_id": workflow_id})

    async def get_slurm_scheduler(self, id: int) -> SlurmSchedulerModel:
        """Get a Slurm scheduler.

        `id`: The id of the record.
        """
        return await self._call(_GET_SLURM_SCHEDULER, path={"id": id})

    async def list_slurm_schedulers(
        self,
        *,
        workflow_id: int,
        name: str | None = None,
        account: str | None = None,
        gres: str | None = None,
        mem: str | None = None,
        nodes: int | None = None,
        partition: str | None = None,
        qos: str | None = None,
        tmp: str | None = None,
        walltime: str | None = None,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
        filter: str | None = None,
    ) -> ListSlurmSchedulersResponse:
        """List slurm schedulers.

        `workflow_id`: The workflow.
        `name`: Only schedulers with this name.
        `account`: Only schedulers with this account.
        `gres`: Only schedulers with these generic resources.
        `mem`: Only schedulers with this amount of memory.
        `nodes`: Only schedulers with this number of nodes.
        `partition`: Only schedulers with this partition.
        `qos`: Only schedulers with this quality of service.
        `tmp`: Only schedulers with this amount of local disk.
        `walltime`: Only schedulers with this time limit.
        `offset`: Number of records to skip.
        `limit`: Maximum number of records, at most 100000; 10000 if absent.
        `sort_by`: The member to sort by. The id if absent.
        `reverse_sort`: Sort in descending order.
        `filter`: Only records that match all words, such as `name~sweep status=failed,terminated -archived`. Operators are `= != ~ !~ > >= < <=`; a comma separates values of which any may match; quotes keep blanks. A word without an operator is a part of the name.
        """
        return await self._call(
            _LIST_SLURM_SCHEDULERS,
            query={
                "workflow_id": workflow_id,
                "name": name,
                "account": account,
                "gres": gres,
                "mem": mem,
                "nodes": nodes,
                "partition": partition,
                "qos": qos,
                "tmp": tmp,
                "walltime": walltime,
                "offset": offset,
                "limit": limit,
                "sort_by": sort_by,
                "reverse_sort": reverse_sort,
                "filter": filter,
            },
        )

    async def update_slurm_scheduler(self, id: int, body: SlurmSchedulerModel) -> SlurmSchedulerModel:
        """Change a Slurm scheduler.

        Absent and null members keep their value, unless their description says otherwise.

        `id`: The id of the record.
        """
        return await self._call(_UPDATE_SLURM_SCHEDULER, path={"id": id}, body=body)
