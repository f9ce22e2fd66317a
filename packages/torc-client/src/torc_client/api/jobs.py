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
    NeighboursResponse,
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
_LIST_NEIGHBOURS = Operation("list_neighbours", "GET", "/jobs/{id}/neighbours", NeighboursResponse)
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
        """Complete an attempt with its result, and release the jobs that depend on the job.

        A repeated report changes nothing and gets the same answer.

        `id`: The job.
        `status`: The final status.
        `run_id`: The run of the workflow.
        """
        return await self._call(_COMPLETE_JOB, path={"id": id, "status": status, "run_id": run_id}, body=body)

    async def create_job(self, body: JobModel) -> JobModel:
        """Create a job."""
        return await self._call(_CREATE_JOB, body=body)

    async def create_jobs(self, body: JobsModel) -> CreateJobsResponse:
        """Create many jobs of one workflow: all of them, or none on an error.

        With dependency_sets the answer has no depends_on_job_ids: a few sets can represent a million of them.
        """
        return await self._call(_CREATE_JOBS, body=body)

    async def delete_job(self, id: int) -> JobModel:
        """Delete a job, and return it.

        `id`: The id of the record.
        """
        return await self._call(_DELETE_JOB, path={"id": id})

    async def delete_jobs(self, *, workflow_id: int) -> DeleteCountResponse:
        """Delete all jobs of a workflow.

        `workflow_id`: The workflow.
        """
        return await self._call(_DELETE_JOBS, query={"workflow_id": workflow_id})

    async def get_job(self, id: int, *, include_dependencies: bool | None = None) -> JobModel:
        """Get a job.

        `id`: The id of the record.
        `include_dependencies`: False leaves out `depends_on_job_ids`. `neighbours` lists some of these jobs, and counts them.
        """
        return await self._call(_GET_JOB, path={"id": id}, query={"include_dependencies": include_dependencies})

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
        """Read a piece of the output of a job from the runner that has it.

        The runner must be active. With `wait_seconds`, the runner waits for output if there is none. The server stores no output. Status 409: the runner does not answer. Status 404: the runner has no such output.

        `id`: The job.
        `stream`: The output stream.
        `offset_bytes`: Offset in the file. A negative offset counts from the end.
        `limit_bytes`: Maximum size of the piece.
        `attempt_id`: The attempt. The latest if absent.
        `wait_seconds`: Wait up to this number of seconds until the answer changes.
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
        labels: str | None = None,
        group: str | None = None,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
        include_relationships: bool | None = None,
        filter: str | None = None,
    ) -> ListJobsResponse:
        """List jobs.

        `workflow_id`: The workflow.
        `status`: Only jobs with this status.
        `needs_file_id`: Only jobs with this input file.
        `upstream_job_id`: Only jobs that depend on this job.
        `active_compute_node_id`: Only jobs that run on this compute node.
        `origin_is_set`: True: only jobs with an `origin`. False: only jobs that users created.
        `name`: Only jobs whose name contains this text.
        `command`: Only jobs whose command contains this text.
        `labels`: Only jobs that a compute node with exactly these labels, with commas between, could claim. If empty, only jobs without labels.
        `group`: Only jobs of this group: the key of a group, such as `simulate_#_#`, from `job_groups`.
        `offset`: Number of records to skip.
        `limit`: Maximum number of records, at most 100000; 10000 if absent.
        `sort_by`: The member to sort by. The id if absent.
        `reverse_sort`: Sort in descending order.
        `include_relationships`: Include the linked records.
        `filter`: Only records that match all words, such as `name~sweep status=failed,terminated -archived`. Operators are `= != ~ !~ > >= < <=`; a comma separates values of which any may match; quotes keep blanks. A word without an operator is a part of the name.
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
                "labels": labels,
                "group": group,
                "offset": offset,
                "limit": limit,
                "sort_by": sort_by,
                "reverse_sort": reverse_sort,
                "include_relationships": include_relationships,
                "filter": filter,
            },
        )

    async def list_neighbours(
        self, id: int, *, steps: int | None = None, limit: int | None = None
    ) -> NeighboursResponse:
        """List the jobs near a job: those that it needs and those that need it, one or two steps away.

        Of a job that waits, the needed jobs that keep it waiting are first: those that failed, then those that run.

        `id`: The job.
        `steps`: How many steps away, at most 2; 1 if absent.
        `limit`: Jobs of each step and direction, at most 100; 20 if absent.
        """
        return await self._call(_LIST_NEIGHBOURS, path={"id": id}, query={"steps": steps, "limit": limit})

    async def manage_status_change(self, id: int, status: JobStatus, run_id: int) -> JobModel:
        """Change the status of a job by hand.

        Only complete_job can complete a job. If a complete job becomes uninitialized, its direct dependents that completed or failed do too.

        `id`: The job.
        `status`: The new status.
        `run_id`: The run of the workflow.
        """
        return await self._call(_MANAGE_STATUS_CHANGE, path={"id": id, "status": status, "run_id": run_id})

    async def retry_job(self, id: int, run_id: int, *, max_retries: int) -> JobModel:
        """Start another attempt of a running or failed job.

        `id`: The job.
        `run_id`: The run of the workflow.
        `max_retries`: Maximum number of attempts in all.
        """
        return await self._call(_RETRY_JOB, path={"id": id, "run_id": run_id}, query={"max_retries": max_retries})

    async def spawn_jobs(self, id: int, body: SpawnJobsRequest) -> SpawnJobsResponse:
        """Create jobs that depend on the calling job.

        They are blocked until it and their other dependencies are complete. Each call is one iteration of its lineage and stores its state as user data. A repeated call creates nothing and gets the same answer. A call without jobs stores the final state of the lineage.

        `id`: The job.
        """
        return await self._call(_SPAWN_JOBS, path={"id": id}, body=body)

    async def start_job(self, id: int, run_id: int, compute_node_id: int) -> JobModel:
        """Report that a claimed job was started on a node. A repeated report changes nothing.

        `id`: The job.
        `run_id`: The run of the workflow.
        `compute_node_id`: The compute node that runs the job.
        """
        return await self._call(_START_JOB, path={"id": id, "run_id": run_id, "compute_node_id": compute_node_id})

    async def update_job(self, id: int, body: JobModel) -> JobModel:
        """Change a job.

        Absent and null members keep their value, unless their description says otherwise.

        `id`: The id of the record.
        """
        return await self._call(_UPDATE_JOB, path={"id": id}, body=body)
