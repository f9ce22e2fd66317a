# Generated from openapi.json by tools/openapi_client. Do not edit: change the server's declaration instead.
"""Operations on jobs."""

from torc_client.api.enums import JobStatus, OutputStream
from torc_client.api.records import (
    CreateJobsResponse,
    DeleteCountResponse,
    JobModel,
    JobOutputPiece,
    JobsModel,
    ListJobsResponse,
    ResultModel,
    SpawnJobsRequest,
    SpawnJobsResponse,
)
from torc_client.operation import Operation, Operations

_COMPLETE_JOB = Operation("complete_job", "POST", "/jobs/{id}/complete_job/{status}/{run_id}", JobModel)
_CREATE_JOB = Operation("create_job", "POST", "/jobs", JobModel)
_CREATE_JOBS = Operation("create_jobs", "POST", "/bulk_jobs", CreateJobsResponse)
_DELETE_JOB = Operation("delete_job", "DELETE", "/jobs/{id}", JobModel)
_DELETE_JOBS = Operation("delete_jobs", "DELETE", "/jobs", DeleteCountResponse)
_GET_JOB = Operation("get_job", "GET", "/jobs/{id}", JobModel)
_GET_JOB_OUTPUT = Operation("get_job_output", "GET", "/jobs/{id}/output", JobOutputPiece)
_LIST_JOBS = Operation("list_jobs", "GET", "/jobs", ListJobsResponse)
_MANAGE_STATUS_CHANGE = Operation(
    "manage_status_change", "PUT", "/jobs/{id}/manage_status_change/{status}/{run_id}", JobModel
)
_RETRY_JOB = Operation("retry_job", "POST", "/jobs/{id}/retry/{run_id}", JobModel)
_SPAWN_JOBS = Operation("spawn_jobs", "POST", "/jobs/{id}/spawn_jobs", SpawnJobsResponse)
_START_JOB = Operation("start_job", "PUT", "/jobs/{id}/start_job/{run_id}/{compute_node_id}", JobModel)
_UPDATE_JOB = Operation("update_job", "PUT", "/jobs/{id}", JobModel)


class Jobs(Operations):
    """Operations on jobs."""

    async def complete_job(self, id: int, status: JobStatus, run_id: int, body: ResultModel) -> JobModel:
        """End an attempt with its result, and release what waits for the job.

        The very same report again changes nothing and gets the same answer.

        `id`: The job.
        `status`: How it ended.
        `run_id`: The workflow's run.
        """
        return await self._call(_COMPLETE_JOB, path={"id": id, "status": status, "run_id": run_id}, body=body)

    async def create_job(self, body: JobModel) -> JobModel:
        """Create a job."""
        return await self._call(_CREATE_JOB, body=body)

    async def create_jobs(self, body: JobsModel) -> CreateJobsResponse:
        """Create many jobs of one workflow, all or none.

        With dependency_sets the answer leaves out depends_on_job_ids: a few sets can stand for a million of them.
        """
        return await self._call(_CREATE_JOBS, body=body)

    async def delete_job(self, id: int) -> JobModel:
        """Delete a job, and answer what it was.

        `id`: The record's id.
        """
        return await self._call(_DELETE_JOB, path={"id": id})

    async def delete_jobs(self, *, workflow_id: int) -> DeleteCountResponse:
        """Delete all jobs of a workflow.

        `workflow_id`: The workflow.
        """
        return await self._call(_DELETE_JOBS, query={"workflow_id": workflow_id})

    async def get_job(self, id: int) -> JobModel:
        """Get a job.

        `id`: The record's id.
        """
        return await self._call(_GET_JOB, path={"id": id})

    async def get_job_output(
        self,
        id: int,
        *,
        stream: OutputStream | None = None,
        offset_bytes: int | None = None,
        limit_bytes: int | None = None,
        attempt_id: int | None = None,
        wait_seconds: float | None = None,
    ) -> JobOutputPiece:
        """Read a piece of what a job printed, or prints, from the runner that has it.

        Only a runner that is alive can be asked. With `wait_seconds`, it waits for more where there is none. The server keeps nothing of it. 409: nobody answers for the node; 404: the runner kept no such output.

        `id`: The job.
        `stream`: Which stream.
        `offset_bytes`: Where to begin; from the end where negative.
        `limit_bytes`: How much at most.
        `attempt_id`: Which attempt; the latest when absent.
        `wait_seconds`: Hold the request up to this many seconds until there is something to answer.
        """
        return await self._call(
            _GET_JOB_OUTPUT,
            path={"id": id},
            query={
                "stream": stream,
                "offset_bytes": offset_bytes,
                "limit_bytes": limit_bytes,
                "attempt_id": attempt_id,
                "wait_seconds": wait_seconds,
            },
        )

    async def list_jobs(
        self,
        *,
        workflow_id: int,
        status: JobStatus | None = None,
        needs_file_id: int | None = None,
        upstream_job_id: int | None = None,
        active_compute_node_id: int | None = None,
        origin_is_set: bool | None = None,
        name: str | None = None,
        command: str | None = None,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
        include_relationships: bool | None = None,
    ) -> ListJobsResponse:
        """List jobs.

        `workflow_id`: The workflow.
        `status`: Only jobs of this status.
        `needs_file_id`: Only jobs that read this file.
        `upstream_job_id`: Only jobs that wait for this one.
        `active_compute_node_id`: Only jobs that run on this node.
        `origin_is_set`: Only jobs that did, or did not, come to be by themselves.
        `name`: Only jobs whose name has this text in it.
        `command`: Only jobs whose command has this text in it.
        `offset`: How many to pass over.
        `limit`: How many to give, at most 10000.
        `sort_by`: The member to sort by; the id when absent.
        `reverse_sort`: Sort downwards.
        `include_relationships`: Add what it is linked to.
        """
        return await self._call(
            _LIST_JOBS,
            query={
                "workflow_id": workflow_id,
                "status": status,
                "needs_file_id": needs_file_id,
                "upstream_job_id": upstream_job_id,
                "active_compute_node_id": active_compute_node_id,
                "origin_is_set": origin_is_set,
                "name": name,
                "command": command,
                "offset": offset,
                "limit": limit,
                "sort_by": sort_by,
                "reverse_sort": reverse_sort,
                "include_relationships": include_relationships,
            },
        )

    async def manage_status_change(self, id: int, status: JobStatus, run_id: int) -> JobModel:
        """Give a job another status by hand, whatever it has.

        Only complete_job can end a job. A complete job that becomes uninitialized takes those directly behind it along that completed or failed.

        `id`: The job.
        `status`: What it becomes.
        `run_id`: The workflow's run.
        """
        return await self._call(_MANAGE_STATUS_CHANGE, path={"id": id, "status": status, "run_id": run_id})

    async def retry_job(self, id: int, run_id: int, *, max_retries: int) -> JobModel:
        """Give a running or failed job another attempt.

        `id`: The job.
        `run_id`: The workflow's run.
        `max_retries`: How many attempts there may be in all.
        """
        return await self._call(_RETRY_JOB, path={"id": id, "run_id": run_id}, query={"max_retries": max_retries})

    async def spawn_jobs(self, id: int, body: SpawnJobsRequest) -> SpawnJobsResponse:
        """Make jobs that wait for the calling one.

        They are blocked until it and what else they depend on is complete. Each call counts one up in its lineage and keeps its state as user data; the same call again makes nothing and is answered as before. Without jobs the state is kept as the lineage's last.

        `id`: The job.
        """
        return await self._call(_SPAWN_JOBS, path={"id": id}, body=body)

    async def start_job(self, id: int, run_id: int, compute_node_id: int) -> JobModel:
        """Tell that a claimed job runs on a node now; the same again changes nothing.

        `id`: The job.
        `run_id`: The workflow's run.
        `compute_node_id`: The node where it runs.
        """
        return await self._call(_START_JOB, path={"id": id, "run_id": run_id, "compute_node_id": compute_node_id})

    async def update_job(self, id: int, body: JobModel) -> JobModel:
        """Change a job.

        Absent and null members keep their value, unless their description says otherwise.

        `id`: The record's id.
        """
        return await self._call(_UPDATE_JOB, path={"id": id}, body=body)
