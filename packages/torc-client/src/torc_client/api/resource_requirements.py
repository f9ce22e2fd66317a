# Generated from openapi.json by tools/openapi_client. Do not edit: change the server's declaration instead.
"""Operations on resource requirements."""

from torc_client.api.records import DeleteCountResponse, ListResourceRequirementsResponse, ResourceRequirementsModel
from torc_client.operation import Operation, Operations

_CREATE_RESOURCE_REQUIREMENTS = Operation(
    "create_resource_requirements", "POST", "/resource_requirements", ResourceRequirementsModel
)
_DELETE_RESOURCE_REQUIREMENT = Operation(
    "delete_resource_requirement", "DELETE", "/resource_requirements/{id}", ResourceRequirementsModel
)
_DELETE_RESOURCE_REQUIREMENTS = Operation(
    "delete_resource_requirements", "DELETE", "/resource_requirements", DeleteCountResponse
)
_GET_RESOURCE_REQUIREMENTS = Operation(
    "get_resource_requirements", "GET", "/resource_requirements/{id}", ResourceRequirementsModel
)
_LIST_RESOURCE_REQUIREMENTS = Operation(
    "list_resource_requirements", "GET", "/resource_requirements", ListResourceRequirementsResponse
)
_UPDATE_RESOURCE_REQUIREMENTS = Operation(
    "update_resource_requirements", "PUT", "/resource_requirements/{id}", ResourceRequirementsModel
)


class ResourceRequirements(Operations):
    """Operations on resource requirements."""

    async def create_resource_requirements(self, body: ResourceRequirementsModel) -> ResourceRequirementsModel:
        """Create a resource requirements record."""
        return await self._call(_CREATE_RESOURCE_REQUIREMENTS, body=body)

    async def delete_resource_requirement(self, id: int) -> ResourceRequirementsModel:
        """Delete a resource requirements record, and return it.

        `id`: The id of the record.
        """
        return await self._call(_DELETE_RESOURCE_REQUIREMENT, path={"id": id})

    async def delete_resource_requirements(self, *, workflow_id: int) -> DeleteCountResponse:
        """Delete all resource requirements of a workflow.

        `workflow_id`: The workflow.
        """
        return await self._call(_DELETE_RESOURCE_REQUIREMENTS, query={"workflow_id": workflow_id})

    async def get_resource_requirements(self, id: int) -> ResourceRequirementsModel:
        """Get a resource requirements record.

        `id`: The id of the record.
        """
        return await self._call(_GET_RESOURCE_REQUIREMENTS, path={"id": id})

    async def list_resource_requirements(
        self,
        *,
        workflow_id: int,
        job_id: int | None = None,
        name: str | None = None,
        memory: str | None = None,
        num_cpus: int | None = None,
        num_gpus: int | None = None,
        num_nodes: int | None = None,
        runtime: int | None = None,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
        filter: str | None = None,
    ) -> ListResourceRequirementsResponse:
        """List resource requirements.

        `workflow_id`: The workflow.
        `job_id`: Only the requirements of this job.
        `name`: Only records with this name.
        `memory`: Only records with this text as memory.
        `num_cpus`: Only records with this number of CPUs.
        `num_gpus`: Only records with this number of GPUs.
        `num_nodes`: Only records with this number of nodes.
        `runtime`: Only records with this run time, in seconds.
        `offset`: Number of records to skip.
        `limit`: Maximum number of records, at most 100000; 10000 if absent.
        `sort_by`: The member to sort by. The id if absent.
        `reverse_sort`: Sort in descending order.
        `filter`: Only records that match all words, such as `name~sweep status=failed,terminated -archived`. Operators are `= != ~ !~ > >= < <=`; a comma separates values of which any may match; quotes keep blanks. A word without an operator is a part of the name.
        """
        return await self._call(
            _LIST_RESOURCE_REQUIREMENTS,
            query={
                "workflow_id": workflow_id,
                "job_id": job_id,
                "name": name,
                "memory": memory,
                "num_cpus": num_cpus,
                "num_gpus": num_gpus,
                "num_nodes": num_nodes,
                "runtime": runtime,
                "offset": offset,
                "limit": limit,
                "sort_by": sort_by,
                "reverse_sort": reverse_sort,
                "filter": filter,
            },
        )

    async def update_resource_requirements(self, id: int, body: ResourceRequirementsModel) -> ResourceRequirementsModel:
        """Change a resource requirements record.

        Absent and null members keep their value, unless their description says otherwise.

        `id`: The id of the record.
        """
        return await self._call(_UPDATE_RESOURCE_REQUIREMENTS, path={"id": id}, body=body)
