# Generated from openapi.json by tools/openapi_client. Do not edit: change the server's declaration instead.
"""Records of requests and answers. Members that are None are omitted."""

from typing import Any

import msgspec
from torc_client.api.enums import (
    ClaimJobsSortMethod,
    ExecutionMode,
    ExplainCode,
    ExplainQuantity,
    FailureKind,
    JobGroupEdgeKind,
    JobScope,
    JobStatus,
    MonitorGranularity,
    OutputProblem,
    OutputStream,
    StdioMode,
    SubmissionStatus,
    TaskStatus,
    UnchangedOutputs,
)


class AcceptSubmissionRequest(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The id that the batch system gave to a submission."""

    is_array: bool
    """Whether this is the id of a job array, of which each allocation is a task."""
    scheduler_id: int
    """Id in the batch system, such as the Slurm job id."""


class AccessCheckResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Whether a user has access to a workflow if the server enforces access."""

    workflow_id: int
    """The workflow."""
    has_access: bool
    """Whether the user may use it."""
    reason: str | None = None
    """The reason."""
    user_name: str
    """The user."""


class AccessGroupModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A group of users who share workflows."""

    id: int | None = None
    """Set by the server."""
    name: str
    """Name, unique among access groups."""
    created_at: str | None = None
    """Time of creation, UTC."""
    description: str | None = None
    """Purpose of the group."""
    num_members: int | None = None
    """Number of its members."""
    num_workflows: int | None = None
    """Number of workflows that it can use."""


class TaskModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A long operation on a workflow, and its status."""

    id: int
    """Set by the server."""
    workflow_id: int
    """Id of the workflow."""
    created_at_ms: int
    """Time of the request, in milliseconds since the epoch."""
    error: str | None = None
    """Error message of a failed task."""
    finished_at_ms: int | None = None
    """End time, in milliseconds since the epoch."""
    operation: str
    """Id of the operation, such as `initialize_jobs`."""
    started_at_ms: int | None = None
    """Start time, in milliseconds since the epoch."""
    status: TaskStatus
    """Status of the task."""


class ActiveTaskResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The background task of a workflow."""

    task: TaskModel | None = None
    """The queued or running task. Null if there is none."""


class AdminAuditLogEntry(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A statement that a caller sent."""

    id: int
    """The id of the entry."""
    allow_full_table: bool
    """This member of the call."""
    committed: bool
    """Always false: statements only read."""
    error: str | None = None
    """Why it was not run."""
    is_write: bool
    """Whether the call asked for a write."""
    rows_affected: int | None = None
    """Always absent: statements only read."""
    sql_text: str
    """The statement."""
    success: bool
    """Whether the statement was run."""
    timestamp: int
    """Time of the call (ms since the epoch)."""
    user_name: str
    """The user, or `unknown`."""


class AdminSqlRequest(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An SQL statement of an administrator."""

    allow_full_table: bool | None = None
    """Accepted from older clients and stored in the audit log."""
    dry_run: bool | None = None
    """Accepted from older clients; statements only read."""
    limit: int | None = None
    """Maximum number of rows, at most 100000, which is the default."""
    sql: str
    """One statement that reads."""
    write: bool | None = None
    """Ask for a write, which this server refuses."""


class AdminSqlResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The rows that an SQL statement returned."""

    columns: list[str]
    """The names of the columns. A repeated name gets a number."""
    committed: bool
    """Always false: statements only read."""
    items: list[dict[str, Any]]
    """The rows, by the names of the columns. Blobs are hexadecimal."""
    rows_affected: int | None = None
    """Always absent: statements only read."""


class CapturedBody(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The body of a request or an answer."""

    bytes: int
    """Its length."""
    text: str | None = None
    """The text. Absent if it is not text."""
    truncated: bool
    """Whether `text` is only its beginning."""


class ApiEvent(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A request that was answered."""

    latency_ms: int
    """The time that the answer took."""
    method: str
    """The method."""
    path: str
    """The path."""
    query: str | None = None
    """The query, if there is one."""
    request_body: CapturedBody | None = None
    """The body of the request, if it was asked for."""
    request_id: str | None = None
    """The span id of the request."""
    response_body: CapturedBody | None = None
    """The body of the answer, if it was asked for."""
    status: int
    """The status of the answer."""
    timestamp_ms: int
    """When it was answered (ms since the epoch)."""
    user: str | None = None
    """The user."""


class ApiStatsBucket(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The requests of one interval."""

    bytes_in: int
    """Bytes of their bodies."""
    bytes_out: int
    """Bytes of the bodies of the answers."""
    request_count: int
    """Number of requests that were answered."""
    start_ms: int
    """The begin of the interval (ms since the epoch)."""
    status_2xx: int
    """Number of answers with a status from 200 to 299."""
    status_4xx: int
    """Number of answers with a status from 400 to 499."""
    status_5xx: int
    """Number of answers with a status from 500 to 599."""
    status_other: int
    """Number of other requests, also of those whose client left."""


class ApiStatsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Requests of the last time, in intervals."""

    buckets: list[ApiStatsBucket]
    """The intervals, newest first."""
    interval_seconds: int
    """The length of an interval."""
    now_ms: int
    """The time of the server (ms since the epoch)."""
    window_seconds: int
    """The time that the intervals cover."""


class ArchiveWorkflowRequest(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Whether a workflow is archived."""

    is_archived: bool
    """True archives the workflow, false restores it."""


class ResultModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The result of one attempt of a job."""

    id: int | None = None
    """Set by the server."""
    workflow_id: int
    """Id of the workflow."""
    job_id: int
    """Id of the job."""
    attempt_id: int | None = None
    """Number of the attempt; 1 if absent at creation."""
    avg_cpu_percent: float | None = None
    """Average CPU usage; 100 is one CPU."""
    avg_memory_bytes: int | None = None
    """Average memory usage, in bytes."""
    completion_time: str
    """End time, as the runner reported it."""
    compute_node_id: int
    """Id of the compute node."""
    exec_time_minutes: float
    """Run time, in minutes."""
    job_name: str | None = None
    """Name of the job, set by the server."""
    peak_cpu_percent: float | None = None
    """Highest CPU usage; 100 is one CPU."""
    peak_memory_bytes: int | None = None
    """Highest memory usage, in bytes."""
    reason: str | None = None
    """Why the attempt did not succeed, as part of a sentence. Absent if the runner does not know it: then the output of the command says it."""
    return_code: int
    """Exit code of the command; 0 is success."""
    run_id: int
    """Number of the run of the workflow."""
    status: JobStatus
    """Status of the job after the attempt."""


class JobCompletionEntry(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The completion of a job."""

    job_id: int
    """The job."""
    result: ResultModel
    """The result of the attempt."""
    run_id: int
    """The run of the workflow."""
    status: JobStatus
    """The final status."""


class BatchCompleteJobsRequest(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Completions of jobs."""

    completions: list[JobCompletionEntry]
    """The completions."""


class JobCompletionError(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Why the report about a job was refused."""

    job_id: int
    """The job."""
    message: str
    """What is wrong and what to do."""


class BatchCompleteJobsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The results of a batch of completions."""

    completed: list[int]
    """The jobs whose completion is stored, by this call or an earlier one."""
    errors: list[JobCompletionError]
    """The refused jobs, with the reasons."""


class JobStartEntry(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A started job."""

    job_id: int
    """The job."""
    compute_node_id: int | None = None
    """The compute node, if it differs from that of the call."""
    run_id: int | None = None
    """The run of the workflow, if it differs from that of the call."""


class BatchStartJobsRequest(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Claimed jobs that were started."""

    compute_node_id: int
    """The compute node that runs the jobs."""
    run_id: int
    """The run of the workflow."""
    starts: list[JobStartEntry]
    """The jobs."""


class BatchStartJobsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The results of a batch of starts."""

    errors: list[JobCompletionError]
    """The refused jobs, with the reasons."""
    started: list[int]
    """The jobs whose start is stored, by this call or an earlier one."""


class ChangedWorkflows(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Workflows that changed since the last such event."""

    everything: bool
    """Whether any workflow may have changed: at the start, after many changes, and when one was deleted or shared."""
    workflow_ids: list[int]
    """The workflows, in ascending order."""


class ClaimActionRequest(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The compute node that claims an action."""

    compute_node_id: int | None = None
    """The compute node that runs the action."""
    reports_end: bool | None = None
    """Whether the node calls `complete_action` at the end. If its lease expires before, another node can claim the action. Without it, or for a node without a lease, the action counts as carried out."""


class ClaimActionResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A claimed action, which the caller must run."""

    action_id: int
    """The action."""
    success: bool | None = None
    """Always true. A caller that is too late gets an error."""


class JobOutputFile(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An output file of a claimed job."""

    id: int
    """Id of the file."""
    path: str
    """Path of the file."""


class ComputeNodeSchedule(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A request for allocations for a job, as older clients send it. It is ignored."""

    max_parallel_jobs: int | None = None
    """Maximum number of parallel jobs on a node."""
    num_jobs: int
    """Number of allocations."""
    scheduler_id: int
    """Id of the scheduler configuration."""
    start_one_worker_per_node: bool | None = None
    """Whether to start a runner on each node of an allocation."""


class JobModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A command with its resource requirements, inputs, outputs and dependencies."""

    id: int | None = None
    """Set by the server."""
    workflow_id: int
    """Id of the workflow."""
    name: str
    """Name of the job."""
    attempt_id: int | None = None
    """Number of the current attempt, from 1."""
    cancel_on_blocking_job_failure: bool | None = None
    """Whether to cancel the job if one of its dependencies fails."""
    command: str
    """Command, run by `bash -c`."""
    compute_node_id: int | None = None
    """Id of the compute node on which the job runs or last ran. Clients of 1.0 get it of running jobs only."""
    depends_on_job_ids: list[int] | None = None
    """Ids of the jobs that this job waits for."""
    env: dict[str, str] | None = None
    """Environment variables of the job, set at creation: those of the workflow, which the job's own override."""
    failure_handler_id: int | None = None
    """Id of the failure handler."""
    input_file_ids: list[int] | None = None
    """Ids of the input files."""
    input_user_data_ids: list[int] | None = None
    """Ids of the input user data."""
    invocation_script: str | None = None
    """Script that runs the command: the command is its argument."""
    label: str | None = None
    """Another word for `labels` with this label alone; an empty text for none. Answers have it if there is exactly one label."""
    labels: list[str] | None = None
    """Only compute nodes with all these labels run the job. Without labels, nodes without labels run it. An empty list removes them."""
    origin: str | None = None
    """`retry` or `spawn` if the job was not created by a user."""
    output_file_ids: list[int] | None = None
    """Ids of the output files."""
    output_files: list[JobOutputFile] | None = None
    """The output files with their paths. Only in the answer to a claim, and absent without output files."""
    output_user_data_ids: list[int] | None = None
    """Ids of the output user data."""
    priority: int | None = None
    """Jobs of higher priority are claimed first."""
    resource_requirements_id: int | None = None
    """Id of the resource requirements; if absent, the default ones of the workflow."""
    schedule_compute_nodes: ComputeNodeSchedule | None = None
    """Accepted from older clients and ignored."""
    scheduler_id: int | None = None
    """Id of the scheduler configuration whose nodes may run the job."""
    start_time: str | None = None
    """Time of the last start, UTC. Clients of 1.0 get it of running jobs only."""
    status: JobStatus | None = None
    """Status of the job."""
    supports_termination: bool | None = None
    """Whether the job saves its work when it receives the termination signal."""
    waits_for_sets: list[int] | None = None
    """In `bulk_jobs`: positions, from 0, of the `dependency_sets` of the call that this job also waits for. Not stored."""


class ClaimJobsBasedOnResources(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The claimed jobs, which are now pending."""

    jobs: list[JobModel] | None = None
    """The jobs, highest priority first."""
    reason: str | None = None
    """Why there are no jobs, if that will not change."""


class ClaimNextJobsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The claimed jobs, which are now pending."""

    jobs: list[JobModel] | None = None
    """The jobs, highest priority first."""


class FreeNodes(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Nodes of the same size, with the same free resources."""

    free_cpus: int
    """Free CPUs of each node."""
    free_gpus: int | None = None
    """Free GPUs of each node."""
    free_memory_gb: float
    """Free memory of each node in GiB."""
    memory_gb: float
    """Memory of each node in GiB."""
    num_cpus: int
    """CPUs of each node."""
    num_gpus: int | None = None
    """GPUs of each node."""
    num_nodes: int
    """Number of these nodes."""
    only_whole: bool | None = None
    """Claim only jobs that need several nodes for these, which have the nodes for themselves."""


class ComputeNodesResources(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The free resources of one or more equal nodes."""

    id: int | None = None
    """Unused."""
    also_unlabeled: bool | None = None
    """Also claim jobs without labels, after those with labels."""
    labels: list[str] | None = None
    """Claim jobs with labels that are all among these. Without labels, claim jobs without labels."""
    memory_gb: float
    """Memory of each node in GiB."""
    nodes: list[FreeNodes] | None = None
    """All nodes of the runner, with what is free of each, instead of the values for equal nodes. Each job then fits a node, or several idle ones. Nodes are kept free for a job that needs several and comes first."""
    num_cpus: int
    """CPUs of each node."""
    num_gpus: int
    """GPUs of each node."""
    num_nodes: int
    """Number of nodes."""
    scheduler_config_id: int | None = None
    """The scheduler configuration that started it."""
    time_limit: str | None = None
    """The time for which the node is available, ISO 8601. Unlimited if absent."""


class ClaimWish(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The jobs that a runner requests."""

    ahead: int | None = None
    """Number of jobs to prefetch in addition."""
    also_unlabeled: bool | None = None
    """Also claim jobs without labels, after those with labels."""
    claim_key: str | None = None
    """Idempotency key, as for claims."""
    labels: list[str] | None = None
    """Claim jobs with labels that are all among these. Without labels, claim jobs without labels."""
    limit: int
    """Maximum number of jobs, which together fit the offer."""
    most_following: int | None = None
    """Maximum number of chained jobs in the answer: jobs that only depend on one job of this node."""
    offer: ComputeNodesResources | None = None
    """The free resources of the node. Jobs of any size if absent."""
    sort_method: ClaimJobsSortMethod | None = None
    """The order of jobs with equal priority."""
    strict_scheduler_match: bool | None = None
    """Never claim jobs of other schedulers."""
    tails: list[int] | None = None
    """Further jobs on the node that can be predecessors of chained jobs, besides the jobs claimed now."""
    whole: ComputeNodesResources | None = None
    """All resources of the node, for prefetched jobs. The offer if absent."""


class CompleteActionRequest(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The compute node that carried out an action."""

    compute_node_id: int
    """The compute node that claimed the action."""


class CompleteActionResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An action that was carried out."""

    action_id: int
    """The action."""


class ComputeNodeModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A runner on a host, and the resources that it offers."""

    id: int | None = None
    """Set by the server."""
    workflow_id: int
    """The workflow whose jobs it runs."""
    also_unlabeled: bool | None = None
    """Whether a node with labels runs jobs without labels, too."""
    avg_cpu_percent: float | None = None
    """Average CPU usage; 100 is one CPU."""
    avg_memory_bytes: int | None = None
    """Average memory usage, in bytes."""
    compute_node_type: str
    """Type of the node, such as `local` or `slurm`."""
    duration_seconds: float | None = None
    """Run time of the runner, in seconds."""
    end_time: str | None = None
    """Time at which the node ends, RFC 3339. Without it, the node has no end."""
    host_identity: str | None = None
    """A text of the runner that identifies its host, the boot of that host, and its process."""
    hostname: str
    """Name of the host."""
    is_active: bool | None = None
    """Whether the runner still runs; false if absent at creation."""
    labels: list[str] | None = None
    """The node runs the jobs with labels that it has all. Without labels, it runs the jobs without labels."""
    lease_seconds: float | None = None
    """Duration of the lease. If the server receives no request of the node for this time, it marks the node as lost and makes its jobs ready again. Without a lease, a node is never marked as lost."""
    memory_gb: float
    """Memory in GiB, of all its nodes together."""
    num_cpus: int
    """Number of CPUs, of all its nodes together."""
    num_gpus: int
    """Number of GPUs, of all its nodes together."""
    num_nodes: int
    """Number of nodes of the allocation that the runner manages."""
    output_dir: str | None = None
    """Directory for the output of jobs: an absolute path on the host of the runner."""
    peak_cpu_percent: float | None = None
    """Highest CPU usage; 100 is one CPU."""
    peak_memory_bytes: int | None = None
    """Highest memory usage, in bytes."""
    pid: int
    """Process id of the runner."""
    sample_count: int | None = None
    """Number of samples behind the peak and average values."""
    scheduler: Any = None
    """Data of the scheduler about this node, such as the id of the allocation. `started_by_node_id` is the node of the runner that started this one on its machine, and `remote_worker` the address by which `torc remote` did."""
    scheduler_config_id: int | None = None
    """Id of the scheduler configuration that started the runner."""
    secret: str | None = None
    """A random text that the runner chose. Requests that name the node in the header `X-Torc-Node` must send it. It is stored, and never in an answer."""
    start_time: str
    """Start time of the runner, as the runner reported it."""
    time_limit: str | None = None
    """Maximum run time of the runner, as an ISO 8601 duration."""


class ComputeNodeMonitorConfig(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Monitoring of compute nodes."""

    cpu: bool | None = None
    """Whether CPU usage is measured."""
    enabled: bool | None = None
    """Whether compute nodes are monitored."""
    granularity: MonitorGranularity | None = None
    """`summary`: only peaks and averages. `time_series`: every sample as well."""
    memory: bool | None = None
    """Whether memory usage is measured."""


class RequirementsCorrection(msgspec.Struct, kw_only=True, omit_defaults=True):
    """New amounts for resource requirements. Absent members keep their value."""

    job_ids: list[int] | None = None
    """Give these jobs a corrected copy of the requirements, which do not change."""
    memory: str | None = None
    """The memory."""
    num_cpus: int | None = None
    """The number of CPUs."""
    resource_requirements_id: int
    """The resource requirements."""
    runtime: str | None = None
    """The maximum run time."""


class CorrectRequirementsRequest(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Changes of resource requirements."""

    corrections: list[RequirementsCorrection]
    """The changes."""


class FileModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A file that jobs read or write."""

    id: int | None = None
    """Set by the server."""
    workflow_id: int
    """The workflow it belongs to."""
    name: str
    """Name of the file."""
    path: str
    """Path of the file."""
    st_mtime: float | None = None
    """Time of the last change of the file, in seconds since the epoch. Every update replaces it; null or an absent member clears it."""
    temp: bool | None = None
    """Whether the file is temporary: it may be deleted once the jobs that read it have completed, and the job that writes it runs again only for a job that needs the file."""


class CreateFilesResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The new records."""

    files: list[FileModel] | None = None
    """The records as stored, in the order of the request."""


class CreateJobsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The new records."""

    jobs: list[JobModel] | None = None
    """The records as stored, in the order of the request."""


class UserDataModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A JSON value that jobs read and write."""

    id: int | None = None
    """Set by the server."""
    workflow_id: int
    """Id of the workflow."""
    name: str
    """Name of the user data."""
    data: Any = None
    """Any JSON value; absent until one is stored."""
    is_ephemeral: bool | None = None
    """Whether the value is cleared before a new run."""


class CreateUserDataListResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The new records."""

    user_data: list[UserDataModel] | None = None
    """The records as stored, in the order of the request."""


class CreatedSubmissionModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A new submission, and the token for its runners."""

    id: int
    """Set by the server."""
    workflow_id: int
    """Id of the workflow."""
    action_id: int | None = None
    """Id of the action that requested the allocations."""
    cluster: str | None = None
    """Name of the cluster, so that it is not taken for one with the same ids."""
    created_at: str
    """Time of the request."""
    ended_at: str | None = None
    """When the last of its allocations ended. Its token ends soon after."""
    folder: str
    """Folder of the output: an absolute path."""
    is_array: bool | None = None
    """Whether this is the id of a job array, of which each allocation is a task."""
    mark: str
    """A unique text by which the batch system can find the submission."""
    num_allocations: int
    """Number of allocations, at most 1000."""
    reason: str | None = None
    """Why the batch system rejected it."""
    scheduled_compute_node_ids: list[int]
    """Ids of the scheduled compute nodes, which are its allocations. Rejected ones are deleted."""
    scheduler_config_id: int
    """Id of the scheduler configuration."""
    scheduler_id: int | None = None
    """Id in the batch system, such as the Slurm job id, if it was accepted."""
    scheduler_type: str
    """Type of the scheduler, such as `slurm`."""
    status: SubmissionStatus
    """Status of the submission."""
    token: str | None
    """The token of the submission. No other answer has it. Null if the server has no authentication."""
    token_expires_at: str | None
    """Time at which the token expires."""


class CreatedTokenModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A new token, with its text."""

    id: int
    """Set by the server."""
    workflow_id: int
    """Id of the workflow that it is valid for."""
    allocations_ended_at: str | None = None
    """When the last allocation of its submission ended. It is valid for a quarter of an hour longer."""
    created_at: str
    """Time of the request."""
    expires_at: str
    """Time at which it expires."""
    note: str | None = None
    """A note about its purpose."""
    requested_with: int | None = None
    """Id of the token with which it was requested. It is revoked with that one."""
    submission_id: int | None = None
    """Id of the submission that it was issued for."""
    token: str
    """The text of the token. No other answer has it."""
    user: str
    """The user as which it acts."""


class DeleteCountResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Number of deleted records."""

    count: int
    """Number of deleted records."""


class DeleteRoCrateEntitiesResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Number of deleted entities."""

    deleted_count: int
    """Number of deleted entities."""
    message: str
    """The same as a sentence."""


class DependencySet(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A set of jobs that other jobs wait for."""

    job_ids: list[int] | None = None
    """Ids of members that exist already."""
    positions: list[int] | None = None
    """Members that this call creates, by their position in its jobs, from 0."""


class DisableJobsRequest(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The jobs to take out of the workflow."""

    job_ids: list[int]
    """The jobs."""
    known_run_id: int | None = None
    """The run that the caller saw. The call is refused if the workflow is in another run."""


class DisableJobsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What was disabled."""

    updated_count: int
    """The number of jobs that were not disabled before."""


class DynamicJobsConfig(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Limits on jobs that running jobs add."""

    max_iterations: int | None = None
    """Maximum number of iterations of one lineage."""


class ErrorResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The answer to every request that failed."""

    code: int | None = None
    """Always absent. Older servers sent it."""
    error: Any
    """The error: an object whose `message` says what is wrong and what to do."""
    errorMessage: str | None = None
    """Always absent. Older servers sent it."""
    errorNum: int | None = None
    """Always absent. Older servers sent it."""


class EventModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An event of a workflow."""

    id: int | None = None
    """Set by the server."""
    workflow_id: int
    """The workflow."""
    data: Any
    """Any JSON value."""
    timestamp: int
    """Time at which the server stored the event, in milliseconds since the epoch. A value in a request is replaced."""


class OutputFileTime(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The time of the last change of an output file."""

    id: int
    """The file."""
    st_mtime: float
    """Seconds since the epoch."""


class ExchangedCompletion(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The completion of a job, which may be a chained job that was not claimed."""

    job_id: int
    """The job."""
    after_job_id: int | None = None
    """The predecessor of a chained job whose start was not reported."""
    failure_class: str | None = None
    """The class of the failure. It is shown in the stream of events."""
    max_attempts: int | None = None
    """Retry an unsuccessful job immediately, until this number of its attempts has failed. Attempts of nodes that were stopped or lost do not count."""
    output_files: list[OutputFileTime] | None = None
    """The output files of the job that exist, with their times."""
    result: ResultModel
    """The result of the attempt."""
    return_if_others: bool | None = None
    """Return an unsuccessful job to the queue for another attempt if another compute node of the workflow is active or an allocation is queued: its node was asked to stop."""
    run_id: int
    """The run of the workflow."""
    status: JobStatus
    """The final status."""


class StdioConfig(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Files for the output of a job."""

    delete_on_success: bool | None = None
    """Whether the files of a successful job are deleted."""
    max_mb: int | None = None
    """Amount of each file that is kept, in MiB."""
    mode: StdioMode | None = None
    """Which output files are written."""


class ExecutionConfig(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Settings for the execution of jobs by runners."""

    enable_cpu_bind: bool | None = None
    """Whether jobs are bound to CPUs."""
    job_stdio_overrides: dict[str, StdioConfig] | None = None
    """Files for the output of single jobs, by job name."""
    limit_resources: bool | None = None
    """Whether the resource requirements of jobs are enforced as limits."""
    limit_runtime: bool | None = None
    """Whether jobs that run longer than their required run time are stopped."""
    make_output_folders: bool | None = None
    """Whether runners create the missing folders of a job's output files before it starts."""
    mode: ExecutionMode | None = None
    """Whether runners start jobs directly or through Slurm."""
    oom_exit_code: int | None = None
    """Exit code of a job that exceeded its memory limit."""
    shell: str | None = None
    """The program that runs the commands of jobs, with its options; `bash -c` if not set."""
    sigkill_headroom_seconds: int | None = None
    """Time between SIGKILL and the end of the allocation, in seconds."""
    sigterm_lead_seconds: int | None = None
    """Time between the termination signal and SIGKILL, in seconds."""
    srun_mpi: str | None = None
    """Value of the option --mpi of srun."""
    srun_tasks_per_node: int | None = None
    """Number of tasks that srun starts on each node for a job with several nodes."""
    srun_termination_signal: str | None = None
    """Signal that srun sends to a job."""
    staggered_start: bool | None = None
    """Whether the runners of 20 or more allocations start within some seconds, and not at once."""
    stdio: StdioConfig | None = None
    """Files for the output of jobs."""
    termination_signal: str | None = None
    """Signal that asks a job to stop."""
    timeout_exit_code: int | None = None
    """Exit code of a job that exceeded its time limit."""
    unchanged_outputs: UnchangedOutputs | None = None
    """Whether a job fails that ended with 0 and left an out-of-date output file as it was."""


class JobStatusCounts(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Number of jobs of each status."""

    blocked: int
    """Number of blocked jobs."""
    canceled: int
    """Number of canceled jobs."""
    completed: int
    """Number of completed jobs."""
    disabled: int
    """Number of disabled jobs."""
    failed: int
    """Number of failed jobs."""
    pending: int
    """Number of pending jobs."""
    pending_failed: int
    """Number of pending_failed jobs."""
    ready: int
    """Number of ready jobs."""
    running: int
    """Number of running jobs."""
    terminated: int
    """Number of terminated jobs."""
    uninitialized: int
    """Number of uninitialized jobs."""


class ExplainedShortfall(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A node that has too little of a resource."""

    compute_node_id: int | None = None
    """The active node. Absent for a node described in the request."""
    hostname: str | None = None
    """The host of the node."""
    needed: float
    """The amount that a job requires."""
    nodes_alike: int
    """Number of active nodes with the same resources."""
    offered: float
    """The amount that the node has."""
    quantity: ExplainQuantity
    """The resource."""


class ExplainedKind(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Ready jobs with equal requirements."""

    fits: bool
    """Whether a job fits a node."""
    is_bound_elsewhere: bool
    """Whether the jobs fit only nodes of another scheduler configuration."""
    label: str | None = None
    """The label of nodes that the jobs require, if it is one."""
    labels: list[str] | None = None
    """The labels of nodes that the jobs require, all of them."""
    lacks_label: bool
    """Whether the labels of the nodes allow none of the jobs."""
    memory_gb: float
    """Memory of each job, in GiB."""
    num_cpus: int
    """CPUs of each job."""
    num_gpus: int
    """GPUs of each job."""
    num_jobs: int
    """Number of jobs."""
    num_nodes: int
    """Nodes of each job."""
    resource_requirements_id: int
    """The resource requirements."""
    resource_requirements_name: str
    """The name of the requirements."""
    runtime: str
    """Runtime of each job, ISO 8601."""
    scheduler_id: int | None = None
    """The scheduler configuration to which the jobs are bound."""
    shortfalls: list[ExplainedShortfall]
    """The nodes that have too little, and of which resource."""


class ExplainedJob(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A job in an explanation."""

    job_id: int
    """The job."""
    job_name: str
    """The name, which is cut if it is long."""


class ExplainedReason(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A reason why jobs can be claimed or not."""

    code: ExplainCode
    """The reason, for programs."""
    count: int
    """Number of jobs that are affected. 0 if the reason is about the workflow."""
    jobs: list[ExplainedJob]
    """Some of the jobs."""
    message: str
    """The reason and the remedy, for users."""
    shortfalls: str | None = None
    """The part of the message that says what jobs need and no earlier node had. Absent if empty."""


class ExplainResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Why a claim would return jobs, or none."""

    workflow_id: int
    """The workflow."""
    active_compute_nodes: int
    """Number of active compute nodes."""
    is_claimable: bool
    """Whether a claim by resources would return a job now."""
    jobs_by_status: JobStatusCounts
    """Number of jobs of each status."""
    ready: list[ExplainedKind]
    """The ready jobs by requirements, first those that fit no node."""
    reasons: list[ExplainedReason]
    """The reasons, most important first."""


class FailJobsRequest(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The jobs that failed."""

    job_ids: list[int] | None = None
    """The jobs. All `pending_failed` jobs of the workflow if absent."""


class FailJobsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The jobs that are failed now."""

    job_ids: list[int]
    """The jobs."""


class FailedJobExample(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A job that failed."""

    job_id: int
    """The job."""
    job_name: str
    """Its name."""
    reason: str | None = None
    """Why it failed, as its runner reported it. Absent if the runner does not know it."""


class FailureClusterModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Jobs of a group that failed alike."""

    examples: list[FailedJobExample]
    """The first 5 jobs."""
    group: str
    """Key of the group of the jobs, as in `job_groups`."""
    kind: FailureKind
    """How the jobs failed, by their return code."""
    newest_completion_time: str | None = None
    """When the last of the jobs ended. Absent if the jobs have no result."""
    num_jobs: int
    """Number of jobs."""
    return_code: int | None = None
    """The return code. Absent if the jobs have no result."""
    status: JobStatus
    """Status of the jobs."""


class FailureHandlerModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Rules of runners for failed jobs."""

    id: int | None = None
    """Set by the server."""
    workflow_id: int
    """The workflow it belongs to."""
    name: str
    """Name of the handler."""
    rules: str
    """The rules, as the text of a JSON list. Runners interpret them."""


class FailuresResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The jobs of a workflow that failed, were terminated, or wait for a decision about their failure."""

    clusters: list[FailureClusterModel]
    """The 100 clusters of most jobs."""
    clusters_left_off: int
    """Number of further clusters."""
    total_jobs: int
    """Number of jobs."""


class FileTime(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The time of a file on the machine of the caller."""

    file_id: int
    """The file."""
    st_mtime: float | None = None
    """When it was last modified, in seconds since the epoch. Null if it does not exist."""


class FilesModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Many new records."""

    files: list[FileModel]
    """The records, all of one workflow."""


class FollowingJob(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A chained job. It depends on one job only, and the node can start it immediately when that job has succeeded."""

    after_job_id: int
    """The predecessor."""
    job: JobModel
    """The chained job, which is blocked."""


class GetReadyJobRequirementsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The requirements of the ready jobs."""

    max_num_nodes: int
    """Largest number of nodes of a job."""
    max_runtime: str
    """Longest runtime of a job, ISO 8601."""
    memory_gb: float
    """Sum of the memory, in GiB."""
    num_cpus: int
    """Sum of the CPUs."""
    num_gpus: int
    """Sum of the GPUs."""
    num_jobs: int
    """Number of ready jobs."""


class GiveUpResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A node that is not active any more."""

    compute_node_id: int
    """The node."""
    job_count: int
    """Number of jobs that are available to other nodes."""


class HeartbeatResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The renewed lease of a node."""

    compute_node_id: int
    """The node."""
    lease_seconds: float | None = None
    """The time until the lease expires. Absent if the node has no lease."""


class IsCompleteResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Whether a workflow is complete or canceled."""

    fences: int | None = None
    """If the request has `known_fences`: how often jobs of the workflow were begun again whose attempts may still run. If it has grown, a runner reports the starts of its running attempts again, and ends those that are refused."""
    is_canceled: bool
    """Whether the workflow was canceled."""
    is_complete: bool
    """Whether no job is left to run. True for a canceled workflow."""
    needs_to_run_completion_script: bool | None = None
    """Always false. Kept for clients of 0.12."""
    run_id: int | None = None
    """The current run, if the request names a run."""


class IsUninitializedResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Whether a workflow was not initialized yet."""

    is_uninitialized: bool
    """Whether every job is uninitialized or disabled."""


class JobAttempt(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An attempt of a job."""

    job_id: int
    """The job."""
    attempt_id: int
    """The attempt."""


class JobDependencyModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A dependency of a job on another job."""

    workflow_id: int
    """Id of the workflow of both jobs."""
    job_id: int
    """Id of the job that waits."""
    depends_on_job_id: int
    """Id of the job that it waits for."""
    depends_on_job_name: str
    """Name of the job that it waits for."""
    job_name: str
    """Name of the job that waits."""


class JobFileRelationshipModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A file with a job that writes it and a job that reads it."""

    workflow_id: int
    """Id of the workflow."""
    consumer_job_id: int | None = None
    """Id of a job that reads it; absent if there is none."""
    consumer_job_name: str | None = None
    """Name of that job."""
    file_id: int
    """Id of the file."""
    file_name: str
    """Name of the file."""
    file_path: str
    """Path of the file."""
    producer_job_id: int | None = None
    """Id of a job that writes it; absent if there is none."""
    producer_job_name: str | None = None
    """Name of that job."""


class JobGroupEdge(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Jobs of a group that wait for jobs of another group, or of their own."""

    kind: JobGroupEdgeKind
    """Why the jobs wait. What files or user data explain is not listed as a dependency too."""
    pairs: int
    """Number of pairs of jobs."""
    source: str
    """Key of the group that is waited for."""
    target: str
    """Key of the group that waits."""


class JobGroupModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Jobs whose names differ only in their numbers."""

    first_job_id: int
    """The job with the smallest id."""
    highest_priority: int
    """The highest priority of the jobs."""
    jobs_by_status: JobStatusCounts
    """Number of jobs of each status."""
    key: str
    """The name of the jobs with each run of digits replaced by `#`, such as `simulate_#_#`; the first 256 characters of a name count. `0`: all groups beyond the largest ones; no other key has a digit."""
    label: str
    """The key, or a word for the merged groups."""
    lowest_priority: int
    """The lowest priority of the jobs."""
    merged_groups: int
    """Number of groups that this one stands for. 0: it is one group."""
    resource_requirements_ids: list[int]
    """The resource requirements of the jobs, at most 20."""
    total_jobs: int
    """Number of jobs."""


class JobGroupsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The groups of a workflow's jobs."""

    edges: list[JobGroupEdge]
    """The 5000 edges of most pairs."""
    edges_left_off: int
    """Number of further edges."""
    groups: list[JobGroupModel]
    """The 500 largest groups in the order of their first jobs, and one for all others."""


class JobMonitorConfig(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Monitoring of jobs."""

    enabled: bool | None = None
    """Whether jobs are monitored."""
    granularity: MonitorGranularity | None = None
    """`summary`: only peaks and averages. `time_series`: every sample as well."""


class JobOutputPiece(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A piece of the output of an attempt."""

    job_id: int
    """The job."""
    attempt_id: int
    """The attempt."""
    content: str
    """The piece, as base64."""
    hostname: str
    """The host that has the file."""
    is_both: bool
    """Whether one file contains both streams."""
    is_over: bool
    """Whether the attempt has ended and no output follows."""
    offset_bytes: int
    """Offset of the piece in the file."""
    path: str
    """The path of the file."""
    run_id: int
    """The run of the workflow."""
    size_bytes: int
    """Size of the file."""
    stream: OutputStream
    """The requested stream."""


class JobUserDataRelationshipModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A user data record with a job that writes it and a job that reads it."""

    workflow_id: int
    """Id of the workflow."""
    consumer_job_id: int | None = None
    """Id of a job that reads it; absent if there is none."""
    consumer_job_name: str | None = None
    """Name of that job."""
    producer_job_id: int | None = None
    """Id of a job that writes it; absent if there is none."""
    producer_job_name: str | None = None
    """Name of that job."""
    user_data_id: int
    """Id of the user data record."""
    user_data_name: str
    """Name of the user data record."""


class JobsModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Many new records."""

    dependency_sets: list[DependencySet] | None = None
    """Sets of jobs that new jobs depend on, see waits_for_sets. With sets, jobs of one call can depend on each other, but not in a cycle. A set that thousands of jobs depend on is sent and stored once."""
    jobs: list[JobModel]
    """The records, all of one workflow."""


class LatestEventTimestampResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The time of the last event of a workflow."""

    timestamp: int | None = None
    """Milliseconds since the epoch. Null if there is no event."""


class ListAccessGroupsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A page of a list of access groups."""

    has_more: bool
    """Whether there are more records."""
    items: list[AccessGroupModel]
    """The groups, by name."""
    limit: int
    """The requested maximum."""
    offset: int
    """Number of skipped records."""
    total_count: int
    """Number of records in all."""


class ListAdminAuditLogResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A page of a list of AdminAuditLog."""

    count: int
    """Number of records in this answer."""
    has_more: bool
    """Whether there are more records."""
    items: list[AdminAuditLogEntry]
    """The records."""
    max_limit: int
    """Maximum number of records in one answer."""
    offset: int
    """Number of skipped records."""
    total_count: int
    """Number of matching records in all."""


class ListComputeNodesResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A page of a list of ComputeNodes."""

    count: int
    """Number of records in this answer."""
    has_more: bool
    """Whether there are more records."""
    items: list[ComputeNodeModel]
    """The records."""
    max_limit: int
    """Maximum number of records in one answer."""
    offset: int
    """Number of skipped records."""
    total_count: int
    """Number of matching records in all."""


class ListEventsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A page of a list of Events."""

    count: int
    """Number of records in this answer."""
    has_more: bool
    """Whether there are more records."""
    items: list[EventModel]
    """The records."""
    max_limit: int
    """Maximum number of records in one answer."""
    offset: int
    """Number of skipped records."""
    total_count: int
    """Number of matching records in all."""


class ListFailureHandlersResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A page of a list of FailureHandlers."""

    count: int
    """Number of records in this answer."""
    has_more: bool
    """Whether there are more records."""
    items: list[FailureHandlerModel]
    """The records."""
    max_limit: int
    """Maximum number of records in one answer."""
    offset: int
    """Number of skipped records."""
    total_count: int
    """Number of matching records in all."""


class ListFilesResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A page of a list of Files."""

    count: int
    """Number of records in this answer."""
    has_more: bool
    """Whether there are more records."""
    items: list[FileModel]
    """The records."""
    max_limit: int
    """Maximum number of records in one answer."""
    offset: int
    """Number of skipped records."""
    total_count: int
    """Number of matching records in all."""


class ListJobDependenciesResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A page of a list of JobDependencies."""

    count: int
    """Number of records in this answer."""
    has_more: bool
    """Whether there are more records."""
    items: list[JobDependencyModel]
    """The records."""
    max_limit: int
    """Maximum number of records in one answer."""
    offset: int
    """Number of skipped records."""
    total_count: int
    """Number of matching records in all."""


class ListJobFileRelationshipsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A page of a list of JobFileRelationships."""

    count: int
    """Number of records in this answer."""
    has_more: bool
    """Whether there are more records."""
    items: list[JobFileRelationshipModel]
    """The records."""
    max_limit: int
    """Maximum number of records in one answer."""
    offset: int
    """Number of skipped records."""
    total_count: int
    """Number of matching records in all."""


class ListJobIdsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The ids of a workflow's jobs."""

    count: int
    """Number of jobs."""
    job_ids: list[int]
    """The ids, in ascending order."""


class ListJobUserDataRelationshipsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A page of a list of JobUserDataRelationships."""

    count: int
    """Number of records in this answer."""
    has_more: bool
    """Whether there are more records."""
    items: list[JobUserDataRelationshipModel]
    """The records."""
    max_limit: int
    """Maximum number of records in one answer."""
    offset: int
    """Number of skipped records."""
    total_count: int
    """Number of matching records in all."""


class ListJobsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A page of a list of Jobs."""

    count: int
    """Number of records in this answer."""
    has_more: bool
    """Whether there are more records."""
    items: list[JobModel]
    """The records."""
    max_limit: int
    """Maximum number of records in one answer."""
    offset: int
    """Number of skipped records."""
    total_count: int
    """Number of matching records in all."""


class LocalSchedulerModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The resources of a machine for a workflow. Runners interpret the values; the server does not."""

    id: int | None = None
    """Set by the server."""
    workflow_id: int
    """Id of the workflow."""
    name: str | None = None
    """Name of the scheduler; `default` if absent."""
    memory: str | None = None
    """Amount of memory."""
    num_cpus: int | None = None
    """Number of CPUs."""


class ListLocalSchedulersResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A page of a list of LocalSchedulers."""

    count: int
    """Number of records in this answer."""
    has_more: bool
    """Whether there are more records."""
    items: list[LocalSchedulerModel]
    """The records."""
    max_limit: int
    """Maximum number of records in one answer."""
    offset: int
    """Number of skipped records."""
    total_count: int
    """Number of matching records in all."""


class ListMissingUserDataResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """User data records whose data is missing."""

    user_data: list[int]
    """The ids, in ascending order."""


class ListRequiredExistingFilesResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Files that should exist."""

    files: list[int]
    """The ids, in ascending order."""


class ResourceRequirementsModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The resources that a job needs on each of its nodes."""

    id: int | None = None
    """Set by the server."""
    workflow_id: int
    """Id of the workflow."""
    name: str
    """Name of the requirements; `default` is reserved for the server."""
    memory: str | None = None
    """Memory: a whole number with the unit k, m, g or t, such as 4g; without a unit, bytes."""
    num_cpus: int | None = None
    """Number of CPUs."""
    num_gpus: int | None = None
    """Number of GPUs."""
    num_nodes: int | None = None
    """Number of nodes. Several jobs with 1 can share a node; a job with more has its nodes for itself."""
    runtime: str | None = None
    """Maximum run time as an ISO 8601 duration, such as PT30M."""


class ListResourceRequirementsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A page of a list of ResourceRequirements."""

    count: int
    """Number of records in this answer."""
    has_more: bool
    """Whether there are more records."""
    items: list[ResourceRequirementsModel]
    """The records."""
    max_limit: int
    """Maximum number of records in one answer."""
    offset: int
    """Number of skipped records."""
    total_count: int
    """Number of matching records in all."""


class ListResultsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A page of a list of Results."""

    count: int
    """Number of records in this answer."""
    has_more: bool
    """Whether there are more records."""
    items: list[ResultModel]
    """The records."""
    max_limit: int
    """Maximum number of records in one answer."""
    offset: int
    """Number of skipped records."""
    total_count: int
    """Number of matching records in all."""


class RoCrateEntityModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The description of an entity in an RO-Crate."""

    id: int | None = None
    """Set by the server."""
    workflow_id: int
    """Id of the workflow."""
    entity_id: str
    """Id of the entity in the crate: a path, a URL, or `#` and a name."""
    entity_type: str
    """Type of the entity, such as `File`."""
    file_id: int | None = None
    """Id of the described file; absent after the deletion of the file."""
    metadata: dict[str, Any]
    """JSON-LD of the entity."""


class ListRoCrateEntitiesResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A page of a list of RoCrateEntities."""

    count: int
    """Number of records in this answer."""
    has_more: bool
    """Whether there are more records."""
    items: list[RoCrateEntityModel]
    """The records."""
    max_limit: int
    """Maximum number of records in one answer."""
    offset: int
    """Number of skipped records."""
    total_count: int
    """Number of matching records in all."""


class ScheduledComputeNodesModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An allocation that was requested from a scheduler."""

    id: int | None = None
    """Set by the server."""
    workflow_id: int
    """Id of the workflow."""
    folder: str | None = None
    """Folder of the output of the allocation: an absolute path."""
    reason: str | None = None
    """Why the batch system lets the allocation wait, or why it ended. An empty text removes it."""
    scheduler_config_id: int
    """Id of the scheduler configuration."""
    scheduler_id: int
    """Id of the allocation in the scheduler, such as the Slurm job id. 0 while it is submitted."""
    scheduler_type: str
    """Type of the scheduler, such as `slurm`."""
    starts_at: str | None = None
    """When the batch system expects the allocation to start, RFC 3339. An empty text removes it."""
    status: str
    """Status of the allocation: submitting, pending, active, complete, canceled or failed."""
    submission_id: int | None = None
    """Id of the submission that requested the allocation."""
    task: int | None = None
    """Number of the allocation in its job array, beginning with 1."""


class ListScheduledComputeNodesResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A page of a list of ScheduledComputeNodes."""

    count: int
    """Number of records in this answer."""
    has_more: bool
    """Whether there are more records."""
    items: list[ScheduledComputeNodesModel]
    """The records."""
    max_limit: int
    """Maximum number of records in one answer."""
    offset: int
    """Number of skipped records."""
    total_count: int
    """Number of matching records in all."""


class SlurmSchedulerModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Parameters for requests of allocations. Slurm validates the values; the server does not."""

    id: int | None = None
    """Set by the server."""
    workflow_id: int
    """Id of the workflow."""
    name: str | None = None
    """Name of the scheduler."""
    account: str
    """Slurm account."""
    extra: str | None = None
    """Further options for sbatch, passed unchanged."""
    gres: str | None = None
    """Generic resources of each node, such as `gpu:2`."""
    mem: str | None = None
    """Memory of each node."""
    nodes: int
    """Number of nodes of an allocation."""
    ntasks_per_node: int | None = None
    """Number of tasks per node."""
    partition: str | None = None
    """Partition."""
    qos: str | None = None
    """Quality of service."""
    serialize_allocations: bool | None = None
    """Whether its allocations run one at a time."""
    tmp: str | None = None
    """Local disk of each node."""
    walltime: str
    """Time limit of an allocation."""


class ListSlurmSchedulersResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A page of a list of SlurmSchedulers."""

    count: int
    """Number of records in this answer."""
    has_more: bool
    """Whether there are more records."""
    items: list[SlurmSchedulerModel]
    """The records."""
    max_limit: int
    """Maximum number of records in one answer."""
    offset: int
    """Number of skipped records."""
    total_count: int
    """Number of matching records in all."""


class SlurmStatsModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Statistics of Slurm about one attempt of a job."""

    id: int | None = None
    """Set by the server."""
    workflow_id: int
    """Id of the workflow."""
    job_id: int
    """Id of the job."""
    attempt_id: int
    """Number of the attempt."""
    ave_cpu_seconds: float | None = None
    """Average CPU time of the tasks, in seconds."""
    max_disk_read_bytes: int | None = None
    """Maximum number of bytes that a task read."""
    max_disk_write_bytes: int | None = None
    """Maximum number of bytes that a task wrote."""
    max_rss_bytes: int | None = None
    """Maximum resident memory, in bytes."""
    max_vm_size_bytes: int | None = None
    """Maximum virtual memory, in bytes."""
    node_list: str | None = None
    """Nodes on which it ran, as a list of Slurm."""
    run_id: int
    """Number of the run of the workflow."""
    slurm_job_id: str | None = None
    """Slurm job id."""


class ListSlurmStatsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A page of a list of SlurmStats."""

    count: int
    """Number of records in this answer."""
    has_more: bool
    """Whether there are more records."""
    items: list[SlurmStatsModel]
    """The records."""
    max_limit: int
    """Maximum number of records in one answer."""
    offset: int
    """Number of skipped records."""
    total_count: int
    """Number of matching records in all."""


class SubmissionModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A request for allocations, and the answer of the batch system."""

    id: int
    """Set by the server."""
    workflow_id: int
    """Id of the workflow."""
    action_id: int | None = None
    """Id of the action that requested the allocations."""
    cluster: str | None = None
    """Name of the cluster, so that it is not taken for one with the same ids."""
    created_at: str
    """Time of the request."""
    ended_at: str | None = None
    """When the last of its allocations ended. Its token ends soon after."""
    folder: str
    """Folder of the output: an absolute path."""
    is_array: bool | None = None
    """Whether this is the id of a job array, of which each allocation is a task."""
    mark: str
    """A unique text by which the batch system can find the submission."""
    num_allocations: int
    """Number of allocations, at most 1000."""
    reason: str | None = None
    """Why the batch system rejected it."""
    scheduled_compute_node_ids: list[int]
    """Ids of the scheduled compute nodes, which are its allocations. Rejected ones are deleted."""
    scheduler_config_id: int
    """Id of the scheduler configuration."""
    scheduler_id: int | None = None
    """Id in the batch system, such as the Slurm job id, if it was accepted."""
    scheduler_type: str
    """Type of the scheduler, such as `slurm`."""
    status: SubmissionStatus
    """Status of the submission."""


class ListSubmissionsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A page of a list of Submissions."""

    count: int
    """Number of records in this answer."""
    has_more: bool
    """Whether there are more records."""
    items: list[SubmissionModel]
    """The records."""
    max_limit: int
    """Maximum number of records in one answer."""
    offset: int
    """Number of skipped records."""
    total_count: int
    """Number of matching records in all."""


class TokenModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A credential for one workflow and the operations that a runner needs."""

    id: int
    """Set by the server."""
    workflow_id: int
    """Id of the workflow that it is valid for."""
    allocations_ended_at: str | None = None
    """When the last allocation of its submission ended. It is valid for a quarter of an hour longer."""
    created_at: str
    """Time of the request."""
    expires_at: str
    """Time at which it expires."""
    note: str | None = None
    """A note about its purpose."""
    requested_with: int | None = None
    """Id of the token with which it was requested. It is revoked with that one."""
    submission_id: int | None = None
    """Id of the submission that it was issued for."""
    user: str
    """The user as which it acts."""


class ListTokensResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A page of a list of Tokens."""

    count: int
    """Number of records in this answer."""
    has_more: bool
    """Whether there are more records."""
    items: list[TokenModel]
    """The records."""
    max_limit: int
    """Maximum number of records in one answer."""
    offset: int
    """Number of skipped records."""
    total_count: int
    """Number of matching records in all."""


class ListUserDataResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A page of a list of UserData."""

    count: int
    """Number of records in this answer."""
    has_more: bool
    """Whether there are more records."""
    items: list[UserDataModel]
    """The records."""
    max_limit: int
    """Maximum number of records in one answer."""
    offset: int
    """Number of skipped records."""
    total_count: int
    """Number of matching records in all."""


class UserGroupMembershipModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The membership of a user in an access group."""

    id: int | None = None
    """Set by the server."""
    created_at: str | None = None
    """Time of creation, UTC."""
    group_id: int
    """The group. The id in the path is used, not this one."""
    role: str
    """`admin` may add and remove members of the group; any other word means an ordinary member."""
    user_name: str
    """Name of the user."""


class ListUserGroupMembershipsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A page of a list of an access group's members."""

    has_more: bool
    """Whether there are more records."""
    items: list[UserGroupMembershipModel]
    """The members, by user name."""
    limit: int
    """The requested maximum."""
    offset: int
    """Number of skipped records."""
    total_count: int
    """Number of records in all."""


class WorkflowProgressModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The progress of a workflow in a list."""

    active_compute_nodes: int
    """Number of active compute nodes."""
    first_node_start: str | None = None
    """Earliest start of a compute node that the workflow has had."""
    jobs_by_status: JobStatusCounts
    """Number of jobs of each status."""
    seconds_left: float | None = None
    """Seconds until the jobs that are left have ended, as in `throughput`. Null if that is unknown."""
    state: str
    """State of the workflow: empty, uninitialized, ready, running, held, completed, failed, canceled."""
    total_jobs: int
    """Number of jobs."""


class ResourceMonitorConfig(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Monitoring of resource usage by runners."""

    compute_node: ComputeNodeMonitorConfig | None = None
    """Monitoring of compute nodes."""
    enabled: bool | None = None
    """Whether resource usage is monitored."""
    flush_interval_seconds: int | None = None
    """Time between two writes of samples to disk, in seconds."""
    generate_plots: bool | None = None
    """Whether runners create plots of the measurements."""
    granularity: MonitorGranularity | None = None
    """`summary`: only peaks and averages. `time_series`: every sample as well."""
    jobs: JobMonitorConfig | None = None
    """Monitoring of jobs."""
    sample_interval_seconds: int | None = None
    """Time between two samples, in seconds."""


class WorkflowModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A set of jobs with their resources, and the state of the current run."""

    id: int | None = None
    """Set by the server."""
    name: str
    """Name of the workflow."""
    access_groups: list[str] | None = None
    """Names of the access groups whose members may use the workflow; set at creation."""
    compute_node_expiration_buffer_seconds: int | None = None
    """For runners of 0.12: time before the end of a node at which they stop jobs, in seconds. Other runners use `sigkill_headroom_seconds` and `sigterm_lead_seconds` of `execution_config`. Clients of 0.12 and 0.35 get 180 if it is absent."""
    compute_node_ignore_workflow_completion: bool | None = None
    """Whether nodes keep running after the workflow is complete."""
    compute_node_min_time_for_new_jobs_seconds: int | None = None
    """Minimum remaining time of a node that claims jobs, in seconds."""
    compute_node_wait_for_healthy_database_minutes: int | None = None
    """Time that nodes wait for an unreachable server, in minutes."""
    compute_node_wait_for_new_jobs_seconds: int | None = None
    """Time that an idle node waits for jobs, in seconds."""
    description: str | None = None
    """Description of the workflow."""
    dynamic_jobs: DynamicJobsConfig | None = None
    """Limits on jobs that running jobs add."""
    enable_ro_crate: bool | None = None
    """Whether runs are described as an RO-Crate."""
    env: dict[str, str] | None = None
    """Environment variables of all jobs, set at creation."""
    execution_config: ExecutionConfig | None = None
    """Settings for the execution of jobs by runners."""
    is_archived: bool | None = None
    """Whether the workflow is archived."""
    is_canceled: bool | None = None
    """Whether the workflow is canceled."""
    is_draft: bool | None = None
    """True while a client creates the workflow by several requests: lists omit it, and it cannot be initialized or run. `finish_creation` ends this. The server deletes a draft to which nothing was added for 24 hours."""
    jobs_sort_method: ClaimJobsSortMethod | None = None
    """Order in which runners claim jobs of equal priority."""
    metadata: dict[str, Any] | None = None
    """Any data that the owner stores with the workflow."""
    progress: WorkflowProgressModel | None = None
    """Its progress. Only in lists with `with_progress=true`."""
    project: str | None = None
    """Project that the workflow belongs to."""
    resource_monitor_config: ResourceMonitorConfig | None = None
    """Monitoring of resource usage by runners."""
    run_id: int | None = None
    """Number of the current run."""
    slurm_defaults: dict[str, Any] | None = None
    """Slurm settings for all allocations of the workflow."""
    status_id: int | None = None
    """Id of the status record, which is that of the workflow."""
    submission_directory: str | None = None
    """Directory from which the workflow was submitted."""
    timestamp: str | None = None
    """Time of creation, UTC."""
    use_pending_failed: bool | None = None
    """Whether failed jobs become pending_failed, until they are classified as failed or retried."""
    user: str
    """Owner of the workflow."""


class ListWorkflowsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A page of a list of Workflows."""

    count: int
    """Number of records in this answer."""
    has_more: bool
    """Whether there are more records."""
    items: list[WorkflowModel]
    """The records."""
    max_limit: int
    """Maximum number of records in one answer."""
    offset: int
    """Number of skipped records."""
    total_count: int
    """Number of matching records in all."""


class LiveEvent(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A notification about a workflow in the stream of events."""

    workflow_id: int
    """The workflow."""
    data: dict[str, Any]
    """The details, which depend on the type."""
    event_type: str
    """The type of the event, such as job_completed."""
    severity: str
    """debug, info, warning or error."""
    timestamp: int
    """When it was sent, in milliseconds since the epoch."""


class MessageResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A message."""

    message: str
    """The action that was done."""


class NeighbourEdge(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A job of the answer that waits for another one."""

    source_job_id: int
    """The job that is needed."""
    target_job_id: int
    """The job that waits."""


class NeighbourJob(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A job near another one."""

    job_id: int
    """The job."""
    job_name: str
    """Its name."""
    status: JobStatus
    """Its status."""
    step: int
    """Its distance: -1 for a job that is needed, -2 for one that such a job needs, 1 and 2 for jobs that wait. 0: the job itself."""


class NeighbourStep(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The number of jobs at one distance."""

    is_exact: bool
    """Whether these are all. Otherwise there are more."""
    left_off: int
    """Number of these jobs that are not in the answer."""
    num_jobs: int
    """Number of jobs. Those at the second step are counted from the jobs of the answer."""
    step: int
    """The distance, as of a job."""


class NeighboursResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The jobs near a job. Distances without jobs are absent from `steps`."""

    workflow_id: int
    """The workflow of the jobs."""
    edges: list[NeighbourEdge]
    """The links between these jobs."""
    jobs: list[NeighbourJob]
    """The job itself and the jobs near it."""
    steps: list[NeighbourStep]
    """The numbers of jobs by distance."""


class NodeLoadModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What runs on an active compute node."""

    compute_node_id: int
    """The compute node."""
    memory_gb: float
    """Memory that the running jobs require in all, in GiB."""
    num_cpus: int
    """CPUs that the running jobs require in all."""
    num_gpus: int
    """GPUs that the running jobs require in all."""
    num_jobs: int
    """Number of running jobs."""
    silent_seconds: float | None = None
    """Time since the server last heard of the node. Absent if it has heard nothing since the server started."""


class OutputPieceDelivery(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A piece of output, or why there is none."""

    content: str | None = None
    """The piece, as base64."""
    is_both: bool | None = None
    """Whether one file has both streams."""
    is_over: bool | None = None
    """Whether the attempt has ended and no output follows."""
    offset_bytes: int | None = None
    """Offset of the piece in the file."""
    path: str | None = None
    """The file."""
    problem: OutputProblem | None = None
    """Why there is no output."""
    request_id: str
    """The id of the output request."""
    run_id: int | None = None
    """The run of the workflow."""
    size_bytes: int | None = None
    """Size of the file."""


class OutputPieceReceipt(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The result of a delivery."""

    was_awaited: bool
    """Whether the request was still open."""


class OutputRequest(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A request for a piece of output."""

    job_id: int
    """The job."""
    attempt_id: int
    """The attempt."""
    limit_bytes: int
    """Maximum size of the piece."""
    offset_bytes: int
    """Offset in the file. A negative offset counts from the end."""
    request_id: str
    """The id of the request, which the answer repeats."""
    stream: OutputStream
    """The output stream."""
    wait_seconds: float
    """Maximum time to wait for output if there is none."""


class OutputRequestsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The open requests for output of a node."""

    items: list[OutputRequest]
    """The requests."""


class PingResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A sign that the server is running."""

    status: str
    """ok"""


class PlannedScheduler(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A new Slurm scheduler, the jobs that its nodes run, and the action that requests its allocations."""

    name: str
    """Name of the scheduler."""
    account: str
    """Slurm account."""
    extra: str | None = None
    """Further options for sbatch, passed unchanged."""
    gres: str | None = None
    """Generic resources of each node, such as `gpu:2`."""
    job_ids: list[int]
    """The jobs."""
    mem: str | None = None
    """Memory of each node."""
    nodes: int
    """Number of nodes of an allocation."""
    ntasks_per_node: int | None = None
    """Number of tasks per node."""
    num_allocations: int
    """Number of allocations that the action requests."""
    partition: str | None = None
    """Partition."""
    qos: str | None = None
    """Quality of service."""
    serialize_allocations: bool | None = None
    """Whether its allocations run one at a time."""
    start_one_worker_per_node: bool | None = None
    """Whether to start a runner on each node of an allocation."""
    starting_job_ids: list[int]
    """The action is due when all of these jobs are ready."""
    tmp: str | None = None
    """Local disk of each node."""
    walltime: str
    """Time limit of an allocation."""


class ProcessChangedJobInputsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Jobs whose inputs have changed."""

    reinitialized_jobs: list[str]
    """The names of the jobs."""


class QuantilesModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The distribution of measured values. Each quantile is one of the values, by the nearest rank."""

    least: float
    """The smallest value."""
    most: float
    """The largest value."""
    p25: float
    """A quarter of the values are at most this one."""
    p50: float
    """The median."""
    p75: float
    """Three quarters of the values are at most this one."""
    p90: float
    """90 % of the values are at most this one."""
    p99: float
    """99 % of the values are at most this one."""


class RejectSubmissionRequest(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Why the batch system refused a submission."""

    reason: str
    """The words of the batch system."""


class ReloadAuthResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The result of reading the password file again."""

    message: str
    """The action that was done."""
    user_count: int
    """Number of users."""


class RemoteWorkerModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A machine that runs jobs of a workflow and is reached by ssh."""

    workflow_id: int
    """The workflow."""
    worker: str
    """[name=][user@]host[:port], as it was added."""


class ReplanAllocationsRequest(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The new plan, and what it replaces."""

    is_recovery: bool | None = None
    """Whether the next initialization of the jobs deletes the new actions, and makes the superseded ones open again. Without it, superseded actions are deleted."""
    known_run_id: int | None = None
    """The run that the caller saw. The call is refused if the workflow is in another run."""
    schedulers: list[PlannedScheduler]
    """The schedulers."""
    superseded_action_ids: list[int] | None = None
    """Actions that must not be carried out any more, in the state that they had."""


class ReplannedScheduler(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A created scheduler and its action."""

    action_id: int
    """The action that requests its allocations."""
    is_due: bool
    """Whether the action can be carried out now."""
    scheduler_config_id: int
    """The Slurm scheduler."""


class ReplanAllocationsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What was created."""

    schedulers: list[ReplannedScheduler]
    """The schedulers, in the order of the request."""


class StartedJob(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A started attempt."""

    job_id: int
    """The job."""
    after_job_id: int | None = None
    """The predecessor, for a chained job that was not claimed."""
    attempt_id: int
    """The attempt."""
    start_time: str | None = None
    """When the runner started it, ISO 8601 with an offset from UTC. If it is absent, has another form or is later than the call, the time of the call is stored."""


class ReportAndClaimRequest(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What happened on a node since its last report, and the jobs that it requests."""

    claim: ClaimWish | None = None
    """The jobs that it requests. None if absent."""
    completions: list[ExchangedCompletion] | None = None
    """Completed jobs, whose start may be unreported."""
    compute_node_id: int
    """The compute node."""
    returned: list[JobAttempt] | None = None
    """Jobs to release: claimed ones that the node will not run, and running ones whose end was refused."""
    run_id: int
    """The run of the workflow."""
    started: list[StartedJob] | None = None
    """Claimed or chained jobs that were started."""


class ReportAndClaimResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The refused reports, and the claimed jobs."""

    errors: list[JobCompletionError]
    """The refused reports, with the reasons."""
    following: list[FollowingJob] | None = None
    """Chained jobs for this node."""
    has_pending_actions: bool | None = None
    """Whether an action waits for a runner."""
    is_canceled: bool
    """Whether the workflow was canceled."""
    is_complete: bool
    """Whether no job is left to run. True for a canceled workflow."""
    jobs: list[JobModel]
    """The claimed jobs, highest priority first."""
    returned: list[int] | None = None
    """The jobs with return_if_others that were returned to the queue."""
    run_id: int | None = None
    """The current run. If it is not that of the request, the reports are refused and no job is claimed."""


class ResetJobStatusResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The result of a reset of jobs."""

    workflow_id: int
    """The workflow."""
    reset_type: str | None = None
    """failed_only if only unsuccessful jobs were reset."""
    status: str
    """The new status of the jobs."""
    updated_count: int
    """Number of selected jobs, without jobs that only depend on them."""


class UsedResources(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What jobs used, by their current results."""

    cpu_percent: QuantilesModel | None = None
    """Peak CPU use; 100 is one CPU. Absent if it was not measured."""
    memory_bytes: QuantilesModel | None = None
    """Peak memory, in bytes. Absent if it was not measured."""
    num_measured: int
    """Number of these whose memory was measured."""
    num_out_of_memory: int
    """Number of unsuccessful results of jobs that lacked memory."""
    num_out_of_time: int
    """Number of unsuccessful results of jobs that lacked time."""
    num_results: int
    """Number of jobs with a result."""
    num_unsuccessful: int
    """Number of results that are not those of completed jobs."""
    seconds: QuantilesModel | None = None
    """Run time, in seconds. Absent without results."""


class UseOfGroup(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What the jobs of a group used that have the same resource requirements."""

    group: str
    """Key of the group, as in `job_groups`."""
    num_jobs: int
    """Number of jobs."""
    used: UsedResources
    """What they used."""


class UseOfJob(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What one job used."""

    job_id: int
    """The job."""
    cpu_percent: float | None = None
    """Peak CPU use; 100 is one CPU. Absent if it was not measured."""
    job_name: str
    """Its name."""
    memory_bytes: int | None = None
    """Peak memory, in bytes. Absent if it was not measured."""
    return_code: int
    """The return code."""
    seconds: float
    """Run time, in seconds."""


class UseOfRequirements(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Resource requirements, and what the jobs that have them used."""

    groups: list[UseOfGroup]
    """Their 20 largest groups."""
    groups_left_off: int
    """Number of further groups."""
    longest: list[UseOfJob]
    """The 5 jobs that ran longest."""
    most_memory: list[UseOfJob]
    """The 5 jobs that used most memory."""
    num_jobs: int
    """Number of jobs that have it."""
    requirements: ResourceRequirementsModel
    """The resource requirements record."""
    sample: list[UseOfJob]
    """Some of the jobs for a drawing, at most 500 in all records together. It changes little while more jobs end."""
    used: UsedResources
    """What these jobs used."""


class ResourceUseResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What the jobs of a workflow required and used."""

    requirements: list[UseOfRequirements]
    """The 100 records of most jobs, those first."""
    requirements_left_off: int
    """Number of further records."""


class RestartJobsRequest(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The jobs to restart, and how."""

    begins_run: bool | None = None
    """Clear the flags of the workflow and begin its next run. A canceled workflow without a job that can run stays in its run."""
    corrections: list[RequirementsCorrection] | None = None
    """Changes of resource requirements, made before the restart."""
    file_times: list[FileTime] | None = None
    """Times of files, stored with the restart."""
    force: bool | None = None
    """Restart even if jobs are pending or running. Their attempts are ended."""
    initializes: bool | None = None
    """Make the jobs and their dependents blocked or ready."""
    job_ids: list[int] | None = None
    """The jobs of the scope `listed`."""
    known_run_id: int | None = None
    """The run that the caller saw. The call is refused if the workflow is in another run."""
    scope: JobScope
    """`listed`: the jobs in `job_ids`. `unsuccessful`: all jobs that did not succeed, and their dependents. `all`: all jobs."""


class RestartJobsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What was restarted."""

    cancellation_lifted: bool | None = None
    """Whether the workflow was canceled, and no longer is."""
    run_id: int
    """The current run."""
    updated_count: int
    """The number of jobs that were reset, without their dependents."""


class RunningJobModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A running job and its compute node."""

    job_id: int
    """Id of the job."""
    compute_node_name: str
    """Name of the host on which it runs."""
    job_name: str
    """Name of the job."""
    scheduler_job_id: str | None = None
    """Id of the allocation in the scheduler."""
    scheduler_type: str
    """Type of the scheduler of the host, such as `local` or `slurm`."""
    start_time: str | None = None
    """Start time, UTC."""


class RunningJobsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A page of a list of RunningJobs."""

    count: int
    """Number of records in this answer."""
    has_more: bool
    """Whether there are more records."""
    items: list[RunningJobModel]
    """The records."""
    max_limit: int
    """Maximum number of records in one answer."""
    offset: int
    """Number of skipped records."""
    total_count: int
    """Number of matching records in all."""


class SlurmJobCorrelationModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A job that ran in an allocation of Slurm."""

    job_id: int
    """Id of the job."""
    job_name: str
    """Name of the job."""
    slurm_job_id: str
    """Id of the allocation in Slurm."""


class SlurmJobCorrelationsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A page of a list of SlurmJobCorrelations."""

    count: int
    """Number of records in this answer."""
    has_more: bool
    """Whether there are more records."""
    items: list[SlurmJobCorrelationModel]
    """The records."""
    max_limit: int
    """Maximum number of records in one answer."""
    offset: int
    """Number of skipped records."""
    total_count: int
    """Number of matching records in all."""


class SpawnJobModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A new job."""

    name: str
    """The name, which must be unique in the workflow."""
    cancel_on_blocking_job_failure: bool | None = None
    """Whether it is canceled when a dependency fails. True if absent."""
    command: str
    """The command, which bash -c runs."""
    depends_on: list[str] | None = None
    """Names of jobs of this call or of the workflow that it depends on, besides the calling job."""
    labels: list[str] | None = None
    """Only compute nodes with all these labels run the job. Without labels, nodes without labels run it."""
    priority: int | None = None
    """Jobs of higher priority are claimed first."""
    resource_requirements: str | None = None
    """The name of its resource requirements. The default of the workflow if absent."""


class SpawnJobsRequest(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Jobs that a running job creates."""

    jobs: list[SpawnJobModel]
    """The new jobs. None at the end of a lineage."""
    lineage: str | None = None
    """The lineage whose iterations are counted. The name of the calling job if absent."""
    state: Any = None
    """The state for the next iteration. It is stored as user data."""


class SpawnJobsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The created jobs."""

    iteration: int
    """Number of iterations of the lineage."""
    spawned_job_ids: list[int]
    """The jobs, in the order of the request."""


class StartRunRequest(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What is stored with the start of a run."""

    file_times: list[FileTime] | None = None
    """Times of files, stored with the restart."""


class StartRunResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Whether a run was started, and the current run."""

    is_started: bool
    """Whether this call started the run."""
    run_id: int
    """The current run."""


class SubmissionRequest(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The allocations that a client is going to request from a batch system."""

    action_id: int | None = None
    """The action that requests the allocations. It is claimed."""
    cluster: str | None = None
    """Name of the cluster, so that it is not taken for one with the same ids."""
    folder: str
    """Folder of the output: an absolute path."""
    num_allocations: int
    """Number of allocations, at most 1000."""
    scheduler_config_id: int
    """Id of the scheduler configuration."""
    scheduler_type: str | None = None
    """Type of the scheduler, such as `slurm`."""
    token_lifetime_seconds: int | None = None
    """Time until the token of the submission expires. Default: 90 days."""


class ThroughputResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """How many jobs ended in which time in the current run of a workflow."""

    bin_seconds: int
    """Length of a bin, in seconds."""
    ended: list[int]
    """Attempts that ended, by bin: at most 60 bins."""
    ended_per_minute: float | None = None
    """Attempts that ended per minute in the last 10 minutes, or since the first one ended. Absent if none has ended."""
    jobs_left: int
    """Number of jobs that have not ended, without disabled ones."""
    seconds_left: float | None = None
    """Seconds until the jobs that are left have ended at this rate. Absent if no job runs, if fewer than 3 attempts ended in that time, or if no job is left."""
    start_time: str | None = None
    """When the first bin begins. Absent if no job has ended."""


class TimelineCount(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Attempts of one status."""

    num_attempts: int
    """Number of attempts."""
    status: JobStatus
    """Status of the jobs after the attempts; `running` if they run."""


class TimelinePeriod(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A time in which a compute node of a host was active, in seconds since `start_time` of the timeline."""

    end_seconds: float
    """When the node stopped, or now."""
    start_seconds: float
    """When the node registered."""


class TimelineRectangle(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Attempts that ran in a time. Times are seconds since `start_time` of the timeline."""

    job_id: int | None = None
    """The job, if it is one attempt."""
    attempt_id: int | None = None
    """The attempt, if it is one."""
    counts: list[TimelineCount]
    """Number of attempts by status."""
    end_seconds: float
    """When the last of them ended, or the end of the bin."""
    job_name: str | None = None
    """Name of the job, if it is one attempt; cut if it is long."""
    job_seconds: float
    """How long the attempts ran within the rectangle, in all."""
    row: int
    """The row of the lane. Rectangles of a row do not overlap."""
    start_seconds: float
    """When the first of them began, or the start of the bin."""


class TimelineLane(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A host or a group of jobs, with the attempts that ran there."""

    active: list[TimelinePeriod]
    """When the compute nodes of the host were active. Empty for a group."""
    counts: list[TimelineCount]
    """Number of attempts by status."""
    job_seconds: float
    """How long attempts ran, in all."""
    key: str
    """Name of the host, or key of the group."""
    num_rows: int
    """Number of rows."""
    rectangles: list[TimelineRectangle]
    """The attempts, in the order of their starts."""


class TimelineResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What ran when in a run of a workflow, and how busy the compute nodes were."""

    bin_seconds: float | None = None
    """Length of a bin of the following lists. Absent without `start_time`."""
    busy_cpu_seconds: float
    """CPU seconds that jobs required in this time."""
    busy_cpus: list[float]
    """The mean number of CPUs that these jobs require, by bin."""
    counts: list[TimelineCount]
    """Number of attempts in this time by status, in all lanes."""
    end_time: str | None = None
    """When the timeline ends."""
    lanes: list[TimelineLane]
    """The lanes; they have at most 2000 rectangles."""
    left_out_attempts: int
    """Attempts that are left out because they have no readable time. Of a run, the first 1000000 are read."""
    node_cpu_seconds: float
    """CPU seconds that active compute nodes had in this time."""
    node_cpus: list[float]
    """The mean number of CPUs of active compute nodes, by bin."""
    num_attempts: int
    """Attempts of the run that have ended or run now, in all."""
    run_end_time: str | None = None
    """When the last attempt ended; now if one runs. Absent if none began."""
    run_id: int
    """The run."""
    run_start_time: str | None = None
    """When the first attempt of the run began. Absent if none did."""
    running: list[float]
    """The mean number of jobs that run, by bin, in all lanes."""
    start_time: str | None = None
    """When the timeline begins. Absent if nothing has run and no time was asked for."""
    total_lanes: int
    """Number of all lanes."""


class TokenRequest(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The lifetime and the purpose of a new token."""

    lifetime_seconds: int | None = None
    """Time until it expires, at most 31622400. Default: 7776000, which are 90 days."""
    note: str | None = None
    """A note about its purpose."""


class UserDataListModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Many new records."""

    user_data: list[UserDataModel]
    """The records, all of one workflow."""


class VersionResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The versions of the server."""

    api_version: str
    """The version of the contract's document."""
    database_id: str | None = None
    """The id of the database. Clients that send it in the header `X-Torc-Database` are refused (409, code `other_database`) when the server has another database."""
    git_hash: str | None = None
    """The commit from which the server was built."""
    torc_server: str | None = None
    """The version of this server."""
    version: str
    """The version of the contract that the server implements."""


class WorkflowAccessGroupModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A link that lets the members of an access group use a workflow."""

    workflow_id: int
    """The workflow. The id in the path is used, not this one."""
    created_at: str | None = None
    """Time of creation, UTC."""
    group_id: int
    """The group."""


class WorkflowActionModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An action that a runner carries out when its trigger has occurred often enough."""

    id: int | None = None
    """Set by the server."""
    workflow_id: int
    """Id of the workflow. The id in the path is used, not this one."""
    action_config: Any
    """Configuration of the action, depending on its type: a JSON object."""
    action_type: str
    """Type of the action: run_commands or schedule_nodes."""
    executed: bool | None = None
    """Whether a compute node claimed the action and no other can."""
    executed_at: str | None = None
    """Time of the last claim."""
    executed_by: int | None = None
    """Id of the compute node that claimed the action."""
    is_recovery: bool | None = None
    """Whether the action is deleted when jobs are initialized again."""
    job_ids: list[int] | None = None
    """Ids of the jobs that a trigger of jobs counts. Without ids, it counts no jobs."""
    persistent: bool | None = None
    """Whether every worker can claim the action."""
    required_triggers: int | None = None
    """Number of times that the trigger must occur: once, or once for each job."""
    trigger_count: int | None = None
    """Number of times that the trigger occurred."""
    trigger_type: str
    """Trigger: on_workflow_start, on_workflow_complete, on_jobs_ready, on_jobs_complete, on_worker_start or on_worker_complete."""


class WorkflowStatusModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The state of a workflow's current run, in the form that clients of 0.12 read and write."""

    id: int | None = None
    """The id of the workflow."""
    has_detected_need_to_run_completion_script: bool | None = None
    """Kept for clients of 0.12."""
    is_archived: bool | None = None
    """Whether the workflow was archived."""
    is_canceled: bool
    """Whether the workflow was canceled."""
    run_id: int
    """The number of the run."""


class WorkflowStatusResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The status of a workflow: a summary and the status record of 0.12."""

    id: int | None = None
    """The id of the workflow, as `workflow_id`."""
    workflow_id: int
    """The workflow."""
    workflow_name: str
    """Its name."""
    active_compute_nodes: int
    """Number of active compute nodes."""
    active_scheduled_nodes: int
    """Number of running allocations."""
    has_detected_need_to_run_completion_script: bool | None = None
    """Kept for clients of 0.12."""
    is_archived: bool | None = None
    """Whether the workflow was archived."""
    is_canceled: bool
    """Whether the workflow was canceled."""
    is_complete: bool
    """Whether no job is left to run."""
    jobs_by_status: JobStatusCounts
    """Number of jobs of each status."""
    longest_ready_runtime_seconds: int | None = None
    """Longest runtime of the ready jobs without labels. Absent if no time of nodes limits them."""
    max_allocation_remaining_seconds: int | None = None
    """Remaining time of the active node that ends last. Absent if none has an end."""
    pending_scheduled_nodes: int
    """Number of pending allocations."""
    run_id: int | None = None
    """The number of its current run."""
    runtime_blocked_ready_jobs: int
    """Number of ready jobs without labels that need at least two minutes more than any active node has left. 0 if a node without labels has no end, or none is active."""
    seconds_left: float | None = None
    """Seconds until the jobs that are left have ended, at the rate of `throughput`. Absent if that is unknown."""
    total_exec_time_minutes: float
    """Total run time of all current results."""
    total_jobs: int
    """Number of jobs."""
    unserved_ready_labels: dict[str, int] | None = None
    """Number of ready jobs by their labels, with commas between, for labels that no active node has together. Absent if there are none."""
    walltime_seconds: float | None = None
    """Time from the first start to the last completion of the current results, with the pauses between."""
    workflow_user: str
    """Its owner."""
