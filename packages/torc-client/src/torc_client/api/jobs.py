# Generated from openapi.json by tools/openapi_client. Do not edit: change the server's declaration instead.
"""Operations on jobs."""

from torc_client.api.enums import JobStatus
from torc_client.api.records import (
    CreateJobsResponse,
    DeleteCountResponse,
    JobModel,
    JobsModel,
    ListJobsResponse,
    ResultModel,
)
from torc_client.operation import Operation, Operations

_COMPLETE_JOB = Operation("complete_job", "POST", "/jobs/{id}/complete_job/{status}/{run_id}", JobModel)
_CREATE_JOB = Operation("create_job", "POST", "/jobs", JobModel)
_CREATE_JOBS = Operation("create_jobs", "POST", "/bulk_jobs", CreateJobsResponse)
_DELETE_JOB = Operation("delete_job", "DELETE", "/jobs/{id}", JobModel)
_DELETE_JOBS = Operation("delete_jobs", "DELETE", "/jobs", DeleteCountResponse)
_GET_JOB = Operation("get_job", "GET", "/jobs/{id}", JobModel)
_LIST_JOBS = Operation("list_jobs", "GET", "/jobs", ListJobsResponse)
_RETRY_JOB = Operation("retry_job", "POST", "/jobs/{id}/retry/{run_id}", JobModel)
_START_JOB = Operation("start_job", "PUT", "/jobs/{id}/start_job/{run_id}/{compute_node_id}", JobModel)
_UPDATE_JOB = Operation("update_job", "PUT", "/jobs/{id}", JobModel)


class Jobs(Operations):
    """Operations on jobs."""

    async def complete_job(self, id: int, status: JobStatus, run_id: int, body: ResultModel) -> JobModel:
        """Complete job."""
        return await self._call(_COMPLETE_JOB, path={"id": id, "status": status, "run_id": run_id}, body=body)

    async def create_job(self, body: JobModel) -> JobModel:
        """Create job."""
        return await self._call(_CREATE_JOB, body=body)

    async def create_jobs(self, body: JobsModel) -> CreateJobsResponse:
        """Create jobs."""
        return await self._call(_CREATE_JOBS, body=body)

    async def delete_job(self, id: int) -> JobModel:
        """Delete job."""
        return await self._call(_DELETE_JOB, path={"id": id})

    async def delete_jobs(self, *, workflow_id: int) -> DeleteCountResponse:
        """Delete jobs."""
        return await self._call(_DELETE_JOBS, query={"workflow_id": workflow_id})

    async def get_job(self, id: int) -> JobModel:
        """Get job."""
        return await self._call(_GET_JOB, path={"id": id})

    async def list_jobs(
        self,
        *,
        workflow_id: int,
        status: JobStatus | None = None,
        needs_file_id: int | None = None,
        upstream_job_id: int | None = None,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
        include_relationships: bool | None = None,
        active_compute_node_id: int | None = None,
        origin_is_set: bool | None = None,
        name: str | None = None,
        command: str | None = None,
    ) -> ListJobsResponse:
        """List jobs."""
        return await self._call(
            _LIST_JOBS,
            query={
                "workflow_id": workflow_id,
                "status": status,
                "needs_file_id": needs_file_id,
                "upstream_job_id": upstream_job_id,
                "offset": offset,
                "limit": limit,
                "sort_by": sort_by,
                "reverse_sort": reverse_sort,
                "include_relationships": include_relationships,
                "active_compute_node_id": active_compute_node_id,
                "origin_is_set": origin_is_set,
                "name": name,
                "command": command,
            },
        )

    async def retry_job(self, id: int, run_id: int, *, max_retries: int) -> JobModel:
        """Retry job."""
        return await self._call(_RETRY_JOB, path={"id": id, "run_id": run_id}, query={"max_retries": max_retries})

    async def start_job(self, id: int, run_id: int, compute_node_id: int) -> JobModel:
        """Start job."""
        return await self._call(_START_JOB, path={"id": id, "run_id": run_id, "compute_node_id": compute_node_id})

    async def update_job(self, id: int, body: JobModel) -> JobModel:
        """Update job."""
        return await self._call(_UPDATE_JOB, path={"id": id}, body=body)
