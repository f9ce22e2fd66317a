# Generated from openapi.json by tools/openapi_client. Do not edit: change the server's declaration instead.
"""Operations on workflows."""

from torc_client.api.enums import ClaimJobsSortMethod, TimelineLanes
from torc_client.api.records import (
    ActiveTaskResponse,
    ArchiveWorkflowRequest,
    BatchCompleteJobsRequest,
    BatchCompleteJobsResponse,
    BatchStartJobsRequest,
    BatchStartJobsResponse,
    ClaimJobsBasedOnResources,
    ClaimNextJobsResponse,
    ComputeNodesResources,
    CorrectRequirementsRequest,
    DisableJobsRequest,
    DisableJobsResponse,
    ExplainResponse,
    FailJobsRequest,
    FailJobsResponse,
    FailuresResponse,
    GetReadyJobRequirementsResponse,
    IsCompleteResponse,
    IsUninitializedResponse,
    JobGroupsResponse,
    LatestEventTimestampResponse,
    ListJobDependenciesResponse,
    ListJobFileRelationshipsResponse,
    ListJobIdsResponse,
    ListJobUserDataRelationshipsResponse,
    ListMissingUserDataResponse,
    ListRequiredExistingFilesResponse,
    ListWorkflowsResponse,
    MessageResponse,
    NodeLoadModel,
    ProcessChangedJobInputsResponse,
    ReplanAllocationsRequest,
    ReplanAllocationsResponse,
    ReportAndClaimRequest,
    ReportAndClaimResponse,
    ResetJobStatusResponse,
    ResourceUseResponse,
    RestartJobsRequest,
    RestartJobsResponse,
    RunningJobsResponse,
    SlurmJobCorrelationsResponse,
    StartRunRequest,
    StartRunResponse,
    TaskModel,
    ThroughputResponse,
    TimelineResponse,
    WorkflowModel,
    WorkflowStatusModel,
    WorkflowStatusResponse,
)
from torc_client.operation import Operation, Operations

_ARCHIVE_WORKFLOW = Operation("archive_workflow", "POST", "/workflows/{id}/archive", WorkflowModel)
_BATCH_COMPLETE_JOBS = Operation(
    "batch_complete_jobs", "POST", "/workflows/{id}/batch_complete_jobs", BatchCompleteJobsResponse
)
_BATCH_START_JOBS = Operation("batch_start_jobs", "POST", "/workflows/{id}/batch_start_jobs", BatchStartJobsResponse)
_CANCEL_WORKFLOW = Operation("cancel_workflow", "PUT", "/workflows/{id}/cancel", WorkflowStatusModel)
_CLAIM_JOBS_BASED_ON_RESOURCES = Operation(
    "claim_jobs_based_on_resources",
    "POST",
    "/workflows/{id}/claim_jobs_based_on_resources/{limit}",
    ClaimJobsBasedOnResources,
)
_CLAIM_NEXT_JOBS = Operation("claim_next_jobs", "POST", "/workflows/{id}/claim_next_jobs", ClaimNextJobsResponse)
_CORRECT_RESOURCE_REQUIREMENTS = Operation(
    "correct_resource_requirements", "POST", "/workflows/{id}/correct_resource_requirements", MessageResponse
)
_CREATE_WORKFLOW = Operation("create_workflow", "POST", "/workflows", WorkflowModel)
_DELETE_WORKFLOW = Operation("delete_workflow", "DELETE", "/workflows/{id}", WorkflowModel)
_DISABLE_JOBS = Operation("disable_jobs", "POST", "/workflows/{id}/disable_jobs", DisableJobsResponse)
_EXPLAIN_WORKFLOW = Operation("explain_workflow", "GET", "/workflows/{id}/explain", ExplainResponse)
_FAIL_JOBS = Operation("fail_jobs", "POST", "/workflows/{id}/fail_jobs", FailJobsResponse)
_FINISH_CREATION = Operation("finish_creation", "POST", "/workflows/{id}/finish_creation", WorkflowModel)
_GET_ACTIVE_TASK_FOR_WORKFLOW = Operation(
    "get_active_task_for_workflow", "GET", "/workflows/{id}/active_task", ActiveTaskResponse
)
_GET_LATEST_EVENT_TIMESTAMP = Operation(
    "get_latest_event_timestamp", "GET", "/workflows/{id}/latest_event_timestamp", LatestEventTimestampResponse
)
_GET_READY_JOB_REQUIREMENTS = Operation(
    "get_ready_job_requirements", "GET", "/workflows/{id}/ready_job_requirements", GetReadyJobRequirementsResponse
)
_GET_RESOURCE_USE = Operation("get_resource_use", "GET", "/workflows/{id}/resource_use", ResourceUseResponse)
_GET_RUNNING_JOBS = Operation("get_running_jobs", "GET", "/workflows/{id}/running_jobs", RunningJobsResponse)
_GET_SLURM_JOB_CORRELATIONS = Operation(
    "get_slurm_job_correlations", "GET", "/workflows/{id}/slurm_job_correlations", SlurmJobCorrelationsResponse
)
_GET_THROUGHPUT = Operation("get_throughput", "GET", "/workflows/{id}/throughput", ThroughputResponse)
_GET_TIMELINE = Operation("get_timeline", "GET", "/workflows/{id}/timeline", TimelineResponse)
_GET_WORKFLOW = Operation("get_workflow", "GET", "/workflows/{id}", WorkflowModel)
_GET_WORKFLOW_STATUS = Operation("get_workflow_status", "GET", "/workflows/{id}/status", WorkflowStatusResponse)
_INITIALIZE_JOBS = Operation("initialize_jobs", "POST", "/workflows/{id}/initialize_jobs", MessageResponse)
_INITIALIZE_JOBS_AS_TASK = Operation("initialize_jobs_as_task", "POST", "/workflows/{id}/initialize_jobs", TaskModel)
_IS_WORKFLOW_COMPLETE = Operation("is_workflow_complete", "GET", "/workflows/{id}/is_complete", IsCompleteResponse)
_IS_WORKFLOW_UNINITIALIZED = Operation(
    "is_workflow_uninitialized", "GET", "/workflows/{id}/is_uninitialized", IsUninitializedResponse
)
_LIST_FAILURES = Operation("list_failures", "GET", "/workflows/{id}/failures", FailuresResponse)
_LIST_JOB_DEPENDENCIES = Operation(
    "list_job_dependencies", "GET", "/workflows/{id}/job_dependencies", ListJobDependenciesResponse
)
_LIST_JOB_FILE_RELATIONSHIPS = Operation(
    "list_job_file_relationships", "GET", "/workflows/{id}/job_file_relationships", ListJobFileRelationshipsResponse
)
_LIST_JOB_GROUPS = Operation("list_job_groups", "GET", "/workflows/{id}/job_groups", JobGroupsResponse)
_LIST_JOB_IDS = Operation("list_job_ids", "GET", "/workflows/{id}/job_ids", ListJobIdsResponse)
_LIST_JOB_USER_DATA_RELATIONSHIPS = Operation(
    "list_job_user_data_relationships",
    "GET",
    "/workflows/{id}/job_user_data_relationships",
    ListJobUserDataRelationshipsResponse,
)
_LIST_MISSING_USER_DATA = Operation(
    "list_missing_user_data", "GET", "/workflows/{id}/missing_user_data", ListMissingUserDataResponse
)
_LIST_NODE_LOADS = Operation("list_node_loads", "GET", "/workflows/{id}/node_loads", list[NodeLoadModel])
_LIST_REQUIRED_EXISTING_FILES = Operation(
    "list_required_existing_files", "GET", "/workflows/{id}/required_existing_files", ListRequiredExistingFilesResponse
)
_LIST_WORKFLOWS = Operation("list_workflows", "GET", "/workflows", ListWorkflowsResponse)
_PROCESS_CHANGED_JOB_INPUTS = Operation(
    "process_changed_job_inputs", "POST", "/workflows/{id}/process_changed_job_inputs", ProcessChangedJobInputsResponse
)
_REPLAN_ALLOCATIONS = Operation(
    "replan_allocations", "POST", "/workflows/{id}/replan_allocations", ReplanAllocationsResponse
)
_REPORT_AND_CLAIM = Operation("report_and_claim", "POST", "/workflows/{id}/report_and_claim", ReportAndClaimResponse)
_RESET_JOB_STATUS = Operation("reset_job_status", "POST", "/workflows/{id}/reset_job_status", ResetJobStatusResponse)
_RESET_WORKFLOW_STATUS = Operation("reset_workflow_status", "POST", "/workflows/{id}/reset_status", WorkflowStatusModel)
_RESTART_JOBS = Operation("restart_jobs", "POST", "/workflows/{id}/restart_jobs", RestartJobsResponse)
_RESTART_JOBS_AS_TASK = Operation("restart_jobs_as_task", "POST", "/workflows/{id}/restart_jobs", TaskModel)
_START_RUN = Operation("start_run", "POST", "/workflows/{id}/start_run", StartRunResponse)
_UPDATE_WORKFLOW = Operation("update_workflow", "PUT", "/workflows/{id}", WorkflowModel)
_UPDATE_WORKFLOW_STATUS = Operation("update_workflow_status", "PUT", "/workflows/{id}/status", WorkflowStatusModel)


class Workflows(Operations):
    """Operations on workflows."""

    async def archive_workflow(self, id: int, body: ArchiveWorkflowRequest) -> WorkflowModel:
        """Archive a workflow, or restore it. Lists can omit archived workflows, and they cannot be reset.

        `id`: The workflow.
        """
        return await self._call(_ARCHIVE_WORKFLOW, path={"id": id}, body=body)

    async def batch_complete_jobs(self, id: int, body: BatchCompleteJobsRequest) -> BatchCompleteJobsResponse:
        """Complete many jobs with their results, and release the jobs that depend on them.

        Each job is checked as by complete_job. A refused job does not affect the others. A repeated report changes nothing and counts as completed.

        `id`: The workflow.
        """
        return await self._call(_BATCH_COMPLETE_JOBS, path={"id": id}, body=body)

    async def batch_start_jobs(self, id: int, body: BatchStartJobsRequest) -> BatchStartJobsResponse:
        """Report that many claimed jobs were started.

        Each job is checked as by start_job. A refused job does not affect the others. A repeated report changes nothing and counts as started.

        `id`: The workflow.
        """
        return await self._call(_BATCH_START_JOBS, path={"id": id}, body=body)

    async def cancel_workflow(self, id: int) -> WorkflowStatusModel:
        """Cancel a workflow with its pending and running jobs.

        `id`: The workflow.
        """
        return await self._call(_CANCEL_WORKFLOW, path={"id": id})

    async def claim_jobs_based_on_resources(
        self,
        id: int,
        limit: int,
        body: ComputeNodesResources,
        *,
        strict_scheduler_match: bool | None = None,
        sort_method: ClaimJobsSortMethod | None = None,
        wait_seconds: float | None = None,
        claim_key: str | None = None,
        compute_node_id: int | None = None,
        run_id: int | None = None,
    ) -> ClaimJobsBasedOnResources:
        """Claim ready jobs that together fit the resources of a compute node.

        `id`: The workflow.
        `limit`: Maximum number of jobs.
        `strict_scheduler_match`: Never claim jobs of other schedulers.
        `sort_method`: The order of jobs with equal priority.
        `wait_seconds`: Wait up to this number of seconds until the answer changes.
        `claim_key`: Idempotency key. A repeated claim with the same key returns the jobs of the first.
        `compute_node_id`: The compute node that claims. The claim renews its lease. If the node is lost, unstarted jobs are released.
        `run_id`: The run in which the compute node was registered. If it is over, the claim is refused with status 409, and `run_id` of the error is the current run.
        """
        return await self._call(
            _CLAIM_JOBS_BASED_ON_RESOURCES,
            path={"id": id, "limit": limit},
            query={
                "strict_scheduler_match": strict_scheduler_match,
                "sort_method": sort_method,
                "wait_seconds": wait_seconds,
                "claim_key": claim_key,
                "compute_node_id": compute_node_id,
                "run_id": run_id,
            },
            body=body,
        )

    async def claim_next_jobs(
        self,
        id: int,
        *,
        limit: int | None = None,
        wait_seconds: float | None = None,
        claim_key: str | None = None,
        compute_node_id: int | None = None,
        run_id: int | None = None,
        labels: str | None = None,
        label: list[str] | None = None,
        also_unlabeled: bool | None = None,
    ) -> ClaimNextJobsResponse:
        """Claim ready jobs by priority, without regard to their requirements.

        `id`: The workflow.
        `limit`: Maximum number of jobs.
        `wait_seconds`: Wait up to this number of seconds until the answer changes.
        `claim_key`: Idempotency key. A repeated claim with the same key returns the jobs of the first.
        `compute_node_id`: The compute node that claims. The claim renews its lease. If the node is lost, unstarted jobs are released.
        `run_id`: The run in which the compute node was registered. If it is over, the claim is refused with status 409, and `run_id` of the error is the current run.
        `labels`: The labels of the compute node, with commas between. Claim jobs with labels that are all among these. Without labels, claim jobs without labels.
        `label`: Another one of `labels`. Can be repeated.
        `also_unlabeled`: Also claim jobs without labels, after those with labels.
        """
        return await self._call(
            _CLAIM_NEXT_JOBS,
            path={"id": id},
            query={
                "limit": limit,
                "wait_seconds": wait_seconds,
                "claim_key": claim_key,
                "compute_node_id": compute_node_id,
                "run_id": run_id,
                "labels": labels,
                "label": label,
                "also_unlabeled": also_unlabeled,
            },
        )

    async def correct_resource_requirements(self, id: int, body: CorrectRequirementsRequest) -> MessageResponse:
        """Change resource requirements of a workflow: all of them or none.

        `id`: The workflow.
        """
        return await self._call(_CORRECT_RESOURCE_REQUIREMENTS, path={"id": id}, body=body)

    async def create_workflow(self, body: WorkflowModel) -> WorkflowModel:
        """Create a workflow that the access groups in `access_groups` can use.

        If the server enforces access, or if the caller sent a valid password, the workflow belongs to the caller, and `user` is ignored. The server can be started with keep-workflow-user: then a password alone does not change `user`.
        """
        return await self._call(_CREATE_WORKFLOW, body=body)

    async def delete_workflow(self, id: int) -> WorkflowModel:
        """Delete a workflow, and return it.

        `id`: The id of the record.
        """
        return await self._call(_DELETE_WORKFLOW, path={"id": id})

    async def disable_jobs(self, id: int, body: DisableJobsRequest) -> DisableJobsResponse:
        """Disable jobs that are uninitialized, blocked or ready: all of the named ones, or none on an error.

        `id`: The workflow.
        """
        return await self._call(_DISABLE_JOBS, path={"id": id}, body=body)

    async def explain_workflow(
        self,
        id: int,
        *,
        num_cpus: int | None = None,
        memory_gb: float | None = None,
        num_gpus: int | None = None,
        num_nodes: int | None = None,
        time_limit: str | None = None,
        scheduler_config_id: int | None = None,
        label: list[str] | None = None,
        labels: str | None = None,
        also_unlabeled: bool | None = None,
    ) -> ExplainResponse:
        """Explain why jobs can be claimed, or why not.

        Ready jobs are compared with the resources of the active compute nodes or, if the request describes a node, with those of that node.

        `id`: The workflow.
        `num_cpus`: Check a node with this number of CPUs instead of the active nodes.
        `memory_gb`: Check a node with this amount of memory, in GiB.
        `num_gpus`: Check a node with this number of GPUs. 0 if absent and another resource is given.
        `num_nodes`: Check an allocation with this number of nodes. 1 if absent and another resource is given.
        `time_limit`: Check a node with this time limit, ISO 8601.
        `scheduler_config_id`: Check a node of this scheduler configuration.
        `label`: Check a node with this label. Can be repeated.
        `labels`: Check a node with these labels, with commas between.
        `also_unlabeled`: Check a node with labels that runs jobs without labels, too.
        """
        return await self._call(
            _EXPLAIN_WORKFLOW,
            path={"id": id},
            query={
                "num_cpus": num_cpus,
                "memory_gb": memory_gb,
                "num_gpus": num_gpus,
                "num_nodes": num_nodes,
                "time_limit": time_limit,
                "scheduler_config_id": scheduler_config_id,
                "label": label,
                "labels": labels,
                "also_unlabeled": also_unlabeled,
            },
        )

    async def fail_jobs(self, id: int, body: FailJobsRequest) -> FailJobsResponse:
        """Decide that `pending_failed` jobs failed: all of the named ones, or none on an error.

        Jobs that depend on them are canceled or released, as after any failure.

        `id`: The workflow.
        """
        return await self._call(_FAIL_JOBS, path={"id": id}, body=body)

    async def finish_creation(self, id: int) -> WorkflowModel:
        """End the creation of a draft: all its records were created. Nothing changes for other workflows.

        `id`: The workflow.
        """
        return await self._call(_FINISH_CREATION, path={"id": id})

    async def get_active_task_for_workflow(self, id: int, *, wait_seconds: float | None = None) -> ActiveTaskResponse:
        """Return the queued or running task. With `wait_seconds`, wait until there is none.

        `id`: The workflow.
        `wait_seconds`: Wait up to this number of seconds until the answer changes.
        """
        return await self._call(_GET_ACTIVE_TASK_FOR_WORKFLOW, path={"id": id}, query={"wait_seconds": wait_seconds})

    async def get_latest_event_timestamp(self, id: int) -> LatestEventTimestampResponse:
        """Return the time of the last event of the workflow.

        `id`: The workflow.
        """
        return await self._call(_GET_LATEST_EVENT_TIMESTAMP, path={"id": id})

    async def get_ready_job_requirements(
        self, id: int, *, scheduler_config_id: int | None = None
    ) -> GetReadyJobRequirementsResponse:
        """Return the sum of the requirements of the ready jobs.

        `id`: The workflow.
        `scheduler_config_id`: Only jobs bound to this scheduler configuration.
        """
        return await self._call(
            _GET_READY_JOB_REQUIREMENTS, path={"id": id}, query={"scheduler_config_id": scheduler_config_id}
        )

    async def get_resource_use(self, id: int) -> ResourceUseResponse:
        """Compare the resources that jobs required with what they used, by requirements and by group.

        The current result of each job counts, also that of a failed job. A job lacked memory if it used more than it required, or was killed long before the end of its run time; it lacked time if it was stopped at the end of its run time, or failed after more than 90 % of it.

        `id`: The workflow.
        """
        return await self._call(_GET_RESOURCE_USE, path={"id": id})

    async def get_running_jobs(
        self, id: int, *, offset: int | None = None, limit: int | None = None, filter: str | None = None
    ) -> RunningJobsResponse:
        """List the running jobs with their compute nodes.

        `id`: The workflow.
        `offset`: Number of records to skip.
        `limit`: Maximum number of records, at most 100000; 10000 if absent.
        `filter`: Only records that match all words, such as `name~sweep status=failed,terminated -archived`. Operators are `= != ~ !~ > >= < <=`; a comma separates values of which any may match; quotes keep blanks. A word without an operator is a part of the name.
        """
        return await self._call(
            _GET_RUNNING_JOBS, path={"id": id}, query={"offset": offset, "limit": limit, "filter": filter}
        )

    async def get_slurm_job_correlations(
        self, id: int, *, offset: int | None = None, limit: int | None = None, filter: str | None = None
    ) -> SlurmJobCorrelationsResponse:
        """List the jobs that ran in Slurm allocations, with the ids of Slurm.

        `id`: The workflow.
        `offset`: Number of records to skip.
        `limit`: Maximum number of records, at most 100000; 10000 if absent.
        `filter`: Only records that match all words, such as `name~sweep status=failed,terminated -archived`. Operators are `= != ~ !~ > >= < <=`; a comma separates values of which any may match; quotes keep blanks. A word without an operator is a part of the name.
        """
        return await self._call(
            _GET_SLURM_JOB_CORRELATIONS, path={"id": id}, query={"offset": offset, "limit": limit, "filter": filter}
        )

    async def get_throughput(self, id: int) -> ThroughputResponse:
        """Show how many jobs end in which time, and when the workflow will probably end.

        `id`: The workflow.
        """
        return await self._call(_GET_THROUGHPUT, path={"id": id})

    async def get_timeline(
        self,
        id: int,
        *,
        run_id: int | None = None,
        start: str | None = None,
        end: str | None = None,
        lanes: TimelineLanes | None = None,
        bins: int | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> TimelineResponse:
        """Show what ran when: the attempts of a run in lanes by host or by group of jobs, and how busy the nodes were.

        Lanes of few attempts have a rectangle for each. Others have a rectangle for each bin in which attempts ran, so that the answer is small, whatever the number of jobs.

        `id`: The workflow.
        `run_id`: The run. The current one if absent.
        `start`: Begin at this time, RFC 3339. At the start of the run if absent.
        `end`: End at this time, RFC 3339. At the end of the run if absent.
        `lanes`: What has a lane.
        `bins`: Number of bins, at most 500.
        `limit`: Number of lanes, at most 200.
        `offset`: Number of lanes before the first one.
        """
        return await self._call(
            _GET_TIMELINE,
            path={"id": id},
            query={
                "run_id": run_id,
                "start": start,
                "end": end,
                "lanes": lanes,
                "bins": bins,
                "limit": limit,
                "offset": offset,
            },
        )

    async def get_workflow(self, id: int) -> WorkflowModel:
        """Get a workflow.

        `id`: The id of the record.
        """
        return await self._call(_GET_WORKFLOW, path={"id": id})

    async def get_workflow_status(self, id: int) -> WorkflowStatusResponse:
        """Return the status of a workflow.

        `id`: The workflow.
        """
        return await self._call(_GET_WORKFLOW_STATUS, path={"id": id})

    async def initialize_jobs(
        self, id: int, *, only_uninitialized: bool | None = None, clear_ephemeral_user_data: bool | None = None
    ) -> MessageResponse:
        """Make the jobs of a workflow blocked or ready.

        Dependencies by files and user data are added first.

        `id`: The workflow.
        `only_uninitialized`: Only jobs that are uninitialized or depend on an uninitialized job.
        `clear_ephemeral_user_data`: Clear the ephemeral user data that jobs write.
        """
        return await self._call(
            _INITIALIZE_JOBS,
            path={"id": id},
            query={"only_uninitialized": only_uninitialized, "clear_ephemeral_user_data": clear_ephemeral_user_data},
        )

    async def initialize_jobs_as_task(
        self, id: int, *, only_uninitialized: bool | None = None, clear_ephemeral_user_data: bool | None = None
    ) -> TaskModel:
        """Make the jobs of a workflow blocked or ready, in the background: answers the task that does it.

        Dependencies by files and user data are added first.

        `id`: The workflow.
        `only_uninitialized`: Only jobs that are uninitialized or depend on an uninitialized job.
        `clear_ephemeral_user_data`: Clear the ephemeral user data that jobs write.
        """
        return await self._call(
            _INITIALIZE_JOBS_AS_TASK,
            path={"id": id},
            query={
                "only_uninitialized": only_uninitialized,
                "clear_ephemeral_user_data": clear_ephemeral_user_data,
                "async": True,
            },
        )

    async def is_workflow_complete(
        self, id: int, *, wait_seconds: float | None = None, run_id: int | None = None, known_fences: int | None = None
    ) -> IsCompleteResponse:
        """Return whether a workflow is complete or canceled.

        `id`: The workflow.
        `wait_seconds`: Wait up to this number of seconds until the answer changes.
        `run_id`: Return the current run, and with `wait_seconds` also answer when it is not this one.
        `known_fences`: Do not wait if `fences` of the answer differs from this number.
        """
        return await self._call(
            _IS_WORKFLOW_COMPLETE,
            path={"id": id},
            query={"wait_seconds": wait_seconds, "run_id": run_id, "known_fences": known_fences},
        )

    async def is_workflow_uninitialized(self, id: int) -> IsUninitializedResponse:
        """Return whether every job is uninitialized or disabled.

        `id`: The workflow.
        """
        return await self._call(_IS_WORKFLOW_UNINITIALIZED, path={"id": id})

    async def list_failures(self, id: int) -> FailuresResponse:
        """List what failed: the failed jobs, clustered by group, status and return code.

        `id`: The workflow.
        """
        return await self._call(_LIST_FAILURES, path={"id": id})

    async def list_job_dependencies(
        self,
        id: int,
        *,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
        filter: str | None = None,
    ) -> ListJobDependenciesResponse:
        """List the dependencies of jobs.

        Dependencies by files and user data exist when the jobs are initialized.

        `id`: The workflow.
        `offset`: Number of records to skip.
        `limit`: Maximum number of records, at most 100000; 10000 if absent.
        `sort_by`: The member to sort by. The id if absent.
        `reverse_sort`: Sort in descending order.
        `filter`: Only records that match all words, such as `name~sweep status=failed,terminated -archived`. Operators are `= != ~ !~ > >= < <=`; a comma separates values of which any may match; quotes keep blanks. A word without an operator is a part of the name.
        """
        return await self._call(
            _LIST_JOB_DEPENDENCIES,
            path={"id": id},
            query={
                "offset": offset,
                "limit": limit,
                "sort_by": sort_by,
                "reverse_sort": reverse_sort,
                "filter": filter,
            },
        )

    async def list_job_file_relationships(
        self,
        id: int,
        *,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
        filter: str | None = None,
    ) -> ListJobFileRelationshipsResponse:
        """List files with the jobs that write and read them.

        `id`: The workflow.
        `offset`: Number of records to skip.
        `limit`: Maximum number of records, at most 100000; 10000 if absent.
        `sort_by`: The member to sort by. The id if absent.
        `reverse_sort`: Sort in descending order.
        `filter`: Only records that match all words, such as `name~sweep status=failed,terminated -archived`. Operators are `= != ~ !~ > >= < <=`; a comma separates values of which any may match; quotes keep blanks. A word without an operator is a part of the name.
        """
        return await self._call(
            _LIST_JOB_FILE_RELATIONSHIPS,
            path={"id": id},
            query={
                "offset": offset,
                "limit": limit,
                "sort_by": sort_by,
                "reverse_sort": reverse_sort,
                "filter": filter,
            },
        )

    async def list_job_groups(self, id: int) -> JobGroupsResponse:
        """List the groups of a workflow's jobs: jobs whose names differ only in their numbers.

        The answer counts the jobs of each group by status, and shows which groups wait for which.

        `id`: The workflow.
        """
        return await self._call(_LIST_JOB_GROUPS, path={"id": id})

    async def list_job_ids(self, id: int) -> ListJobIdsResponse:
        """List the ids of all jobs.

        `id`: The workflow.
        """
        return await self._call(_LIST_JOB_IDS, path={"id": id})

    async def list_job_user_data_relationships(
        self,
        id: int,
        *,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
        filter: str | None = None,
    ) -> ListJobUserDataRelationshipsResponse:
        """List user data with the jobs that write and read them.

        `id`: The workflow.
        `offset`: Number of records to skip.
        `limit`: Maximum number of records, at most 100000; 10000 if absent.
        `sort_by`: The member to sort by. The id if absent.
        `reverse_sort`: Sort in descending order.
        `filter`: Only records that match all words, such as `name~sweep status=failed,terminated -archived`. Operators are `= != ~ !~ > >= < <=`; a comma separates values of which any may match; quotes keep blanks. A word without an operator is a part of the name.
        """
        return await self._call(
            _LIST_JOB_USER_DATA_RELATIONSHIPS,
            path={"id": id},
            query={
                "offset": offset,
                "limit": limit,
                "sort_by": sort_by,
                "reverse_sort": reverse_sort,
                "filter": filter,
            },
        )

    async def list_missing_user_data(self, id: int) -> ListMissingUserDataResponse:
        """List user data without data that users supply, or that completed jobs should have written.

        `id`: The workflow.
        """
        return await self._call(_LIST_MISSING_USER_DATA, path={"id": id})

    async def list_node_loads(self, id: int) -> list[NodeLoadModel]:
        """List what runs on the active compute nodes of a workflow, and when the server last heard of each.

        `id`: The workflow.
        """
        return await self._call(_LIST_NODE_LOADS, path={"id": id})

    async def list_required_existing_files(self, id: int) -> ListRequiredExistingFilesResponse:
        """List files that users supply, and files that completed jobs wrote. The server does not look at disks.

        `id`: The workflow.
        """
        return await self._call(_LIST_REQUIRED_EXISTING_FILES, path={"id": id})

    async def list_workflows(
        self,
        *,
        name: str | None = None,
        user: str | None = None,
        description: str | None = None,
        is_archived: bool | None = None,
        access_group: str | None = None,
        is_draft: bool | None = None,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
        filter: str | None = None,
        with_progress: bool | None = None,
    ) -> ListWorkflowsResponse:
        """List workflows.

        `name`: Only workflows with this name.
        `user`: Only workflows of this owner.
        `description`: Only workflows whose description contains this text.
        `is_archived`: True: only archived workflows. False: only others.
        `access_group`: Only workflows that the access group of this name can use.
        `is_draft`: True: only workflows that are being created. Otherwise only others.
        `offset`: Number of records to skip.
        `limit`: Maximum number of records, at most 100000; 10000 if absent.
        `sort_by`: The member to sort by. The id if absent.
        `reverse_sort`: Sort in descending order.
        `filter`: Only records that match all words, such as `name~sweep status=failed,terminated -archived`. Operators are `= != ~ !~ > >= < <=`; a comma separates values of which any may match; quotes keep blanks. A word without an operator is a part of the name.
        `with_progress`: Include the progress of each record: state, counts of jobs, active nodes.
        """
        return await self._call(
            _LIST_WORKFLOWS,
            query={
                "name": name,
                "user": user,
                "description": description,
                "is_archived": is_archived,
                "access_group": access_group,
                "is_draft": is_draft,
                "offset": offset,
                "limit": limit,
                "sort_by": sort_by,
                "reverse_sort": reverse_sort,
                "filter": filter,
                "with_progress": with_progress,
            },
        )

    async def process_changed_job_inputs(
        self, id: int, *, dry_run: bool | None = None
    ) -> ProcessChangedJobInputsResponse:
        """Make jobs uninitialized whose inputs have changed since they were initialized.

        Inputs are the command, the dependencies, the files and user data that a job reads and writes, and the content of the user data that it reads.

        `id`: The workflow.
        `dry_run`: Return the jobs without changing them.
        """
        return await self._call(_PROCESS_CHANGED_JOB_INPUTS, path={"id": id}, query={"dry_run": dry_run})

    async def replan_allocations(self, id: int, body: ReplanAllocationsRequest) -> ReplanAllocationsResponse:
        """Create Slurm schedulers, bind jobs to them, and replace actions that request nodes: all of it or nothing.

        For each scheduler an action is created that is due when its starting jobs are ready. The call is refused if one of the superseded actions was carried out in the meantime.

        `id`: The workflow.
        """
        return await self._call(_REPLAN_ALLOCATIONS, path={"id": id}, body=body)

    async def report_and_claim(self, id: int, body: ReportAndClaimRequest) -> ReportAndClaimResponse:
        """Report started and completed jobs of a node, and claim jobs for it.

        Each start and each completion is checked by itself, as by batch_start_jobs and batch_complete_jobs. A repeated call changes nothing and gets the same answer.

        `id`: The workflow.
        """
        return await self._call(_REPORT_AND_CLAIM, path={"id": id}, body=body)

    async def reset_job_status(self, id: int, *, failed_only: bool | None = None) -> ResetJobStatusResponse:
        """Make the jobs of a workflow uninitialized.

        `id`: The workflow.
        `failed_only`: Only unsuccessful jobs and the jobs that depend on them.
        """
        return await self._call(_RESET_JOB_STATUS, path={"id": id}, query={"failed_only": failed_only})

    async def reset_workflow_status(self, id: int, *, force: bool | None = None) -> WorkflowStatusModel:
        """Clear the flags of a workflow and begin its next run.

        With `force`, pending and running jobs become uninitialized: reports of an earlier run are refused.

        `id`: The workflow.
        `force`: Reset even if jobs are pending or running.
        """
        return await self._call(_RESET_WORKFLOW_STATUS, path={"id": id}, query={"force": force})

    async def restart_jobs(self, id: int, body: RestartJobsRequest) -> RestartJobsResponse:
        """Correct requirements, begin the next run, reset jobs and initialize them: all of it or nothing.

        `id`: The workflow.
        """
        return await self._call(_RESTART_JOBS, path={"id": id}, body=body)

    async def restart_jobs_as_task(self, id: int, body: RestartJobsRequest) -> TaskModel:
        """Correct requirements, begin the next run, reset jobs and initialize them: all of it or nothing, in the background: answers the task that does it.

        `id`: The workflow.
        """
        return await self._call(_RESTART_JOBS_AS_TASK, path={"id": id}, query={"async": True}, body=body)

    async def start_run(
        self,
        id: int,
        body: StartRunRequest | None = None,
        *,
        only_if_uninitialized: bool | None = None,
        force: bool | None = None,
    ) -> StartRunResponse:
        """Begin the next run of a workflow: reset its flags and its jobs, and initialize the jobs, in one step.

        Of several calls with `only_if_uninitialized`, one starts the run. They do not lift a cancellation.

        `id`: The workflow.
        `only_if_uninitialized`: Do nothing unless every job is uninitialized or disabled, and the workflow is not canceled.
        `force`: Start the run even if jobs are pending or running.
        """
        return await self._call(
            _START_RUN,
            path={"id": id},
            query={"only_if_uninitialized": only_if_uninitialized, "force": force},
            body=body,
        )

    async def update_workflow(self, id: int, body: WorkflowModel) -> WorkflowModel:
        """Change a workflow. If the server enforces access, only system administrators can change `user`.

        Absent and null members keep their value, unless their description says otherwise. `submission_directory` and `dynamic_jobs` cannot be changed, and the access groups are changed by operations of their own.

        `id`: The id of the record.
        """
        return await self._call(_UPDATE_WORKFLOW, path={"id": id}, body=body)

    async def update_workflow_status(self, id: int, body: WorkflowStatusModel) -> WorkflowStatusModel:
        """Overwrite the run and the flags of a workflow.

        If the run changes, pending and running jobs become uninitialized: reports of another run are refused.

        `id`: The workflow.
        """
        return await self._call(_UPDATE_WORKFLOW_STATUS, path={"id": id}, body=body)
