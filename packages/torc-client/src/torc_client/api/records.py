# Generated from openapi.json by tools/openapi_client. Do not edit: change the server's declaration instead.
"""Records of requests and answers. Members that are None are omitted."""

from typing import Any

import msgspec
from torc_client.api.enums import (
    ClaimJobsSortMethod,
    ExecutionMode,
    ExplainCode,
    ExplainQuantity,
    JobStatus,
    MonitorGranularity,
    OutputProblem,
    OutputStream,
    StdioMode,
    TaskStatus,
)


class AccessCheckResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Whether a user has access to a workflow if the server enforces access."""

    workflow_id: int
    """The workflow."""
    has_access: bool
    """Whether the user owns it or belongs to one of its access groups."""
    reason: str | None = None
    """The reason."""
    user_name: str
    """The user."""


class AccessGroupModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """People who share workflows."""

    id: int | None = None
    """Set by the server."""
    name: str
    """What people call it; no two have the same name."""
    created_at: str | None = None
    """When it was made, UTC."""
    description: str | None = None
    """What it is for."""


class TaskModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A long operation on a workflow, and how far it got."""

    id: int
    """Set by the server."""
    workflow_id: int
    """The workflow that it works on."""
    created_at_ms: int
    """When it was asked for, in milliseconds since the epoch."""
    error: str | None = None
    """Why it failed."""
    finished_at_ms: int | None = None
    """When it ended, in milliseconds since the epoch."""
    operation: str
    """What it does: the id of an operation, such as initialize_jobs."""
    started_at_ms: int | None = None
    """When it began, in milliseconds since the epoch."""
    status: TaskStatus
    """How far it got."""


class ActiveTaskResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The background task of a workflow."""

    task: TaskModel | None = None
    """The queued or running task. Absent if there is none."""


class ArchiveWorkflowRequest(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Whether a workflow is archived."""

    is_archived: bool
    """True archives the workflow, false restores it."""


class ResultModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What became of one attempt of a job."""

    id: int | None = None
    """Set by the server."""
    workflow_id: int
    """The workflow it belongs to."""
    job_id: int
    """The job."""
    attempt_id: int | None = None
    """The attempt; 1 when absent at creation."""
    avg_cpu_percent: float | None = None
    """Mean CPU use, where 100 is one CPU."""
    avg_memory_bytes: int | None = None
    """Mean memory use."""
    completion_time: str
    """When it ended, in the runner's words."""
    compute_node_id: int
    """Where it ran."""
    exec_time_minutes: float
    """How long it ran."""
    job_name: str | None = None
    """The job's name, filled in by the server."""
    peak_cpu_percent: float | None = None
    """Highest CPU use, where 100 is one CPU."""
    peak_memory_bytes: int | None = None
    """Highest memory use."""
    return_code: int
    """The exit status of the command; 0 is success."""
    run_id: int
    """The workflow's run that it belongs to."""
    status: JobStatus
    """How it ended."""


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


class ClaimActionRequest(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The compute node that claims an action."""

    compute_node_id: int | None = None
    """The compute node that runs the action."""


class ClaimActionResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A claimed action, which the caller must run."""

    action_id: int
    """The action."""
    success: bool | None = None
    """Always true. A caller that is too late gets an error."""


class ComputeNodeSchedule(msgspec.Struct, kw_only=True, omit_defaults=True):
    """How allocations for a job were once asked for; taken and not kept."""

    max_parallel_jobs: int | None = None
    """How many jobs at once on a node."""
    num_jobs: int
    """How many allocations."""
    scheduler_id: int
    """The scheduler configuration."""
    start_one_worker_per_node: bool | None = None
    """Whether each node of an allocation has a runner."""


class JobModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A command, with what it needs and what it waits for."""

    id: int | None = None
    """Set by the server."""
    workflow_id: int
    """The workflow it belongs to."""
    name: str
    """What people call it."""
    attempt_id: int | None = None
    """Its current attempt, from 1."""
    cancel_on_blocking_job_failure: bool | None = None
    """Whether it is canceled when a job it waits for fails."""
    command: str
    """What is run, by bash -c."""
    compute_node_id: int | None = None
    """Where it runs, or ran last."""
    depends_on_job_ids: list[int] | None = None
    """The jobs it waits for."""
    env: dict[str, str] | None = None
    """Environment variables of the job."""
    failure_handler_id: int | None = None
    """What is done when it fails."""
    input_file_ids: list[int] | None = None
    """Files it reads."""
    input_user_data_ids: list[int] | None = None
    """User data it reads."""
    invocation_script: str | None = None
    """A script that is given the command to run."""
    label: str | None = None
    """Only runners that were started with this label take it; where absent or empty, any does."""
    origin: str | None = None
    """How it came to be, where not by a person: retry or spawn."""
    output_file_ids: list[int] | None = None
    """Files it writes."""
    output_user_data_ids: list[int] | None = None
    """User data it writes."""
    priority: int | None = None
    """Jobs of higher priority are claimed first."""
    resource_requirements_id: int | None = None
    """What it needs; the workflow's default where absent."""
    schedule_compute_nodes: ComputeNodeSchedule | None = None
    """Taken and not kept."""
    scheduler_id: int | None = None
    """The scheduler configuration whose nodes may run it."""
    start_time: str | None = None
    """When it was started last, UTC."""
    status: JobStatus | None = None
    """Where it stands."""
    supports_termination: bool | None = None
    """Whether it saves its work when asked to stop."""
    waits_for_sets: list[int] | None = None
    """In bulk_jobs: the dependency_sets of the call that it waits for as well, by their position from 0. Not kept."""


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


class ComputeNodesResources(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The resources of a compute node."""

    id: int | None = None
    """Unused."""
    labels: list[str] | None = None
    """Claim jobs with one of these labels, besides jobs without a label."""
    memory_gb: float
    """Memory in GiB."""
    num_cpus: int
    """CPUs."""
    num_gpus: int
    """GPUs."""
    num_nodes: int
    """Nodes."""
    scheduler_config_id: int | None = None
    """The scheduler configuration that started it."""
    time_limit: str | None = None
    """The time for which the node is available, ISO 8601. Unlimited if absent."""


class ClaimWish(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The jobs that a runner requests."""

    ahead: int | None = None
    """Number of jobs to prefetch in addition."""
    claim_key: str | None = None
    """Idempotency key, as for claims."""
    labels: list[str] | None = None
    """Claim jobs with one of these labels, besides jobs without a label."""
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


class ComputeNodeModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A place where a runner runs jobs, for as long as the runner lives."""

    id: int | None = None
    """Set by the server."""
    workflow_id: int
    """The workflow whose jobs it runs."""
    avg_cpu_percent: float | None = None
    """Mean CPU use, where 100 is one CPU."""
    avg_memory_bytes: int | None = None
    """Mean memory use."""
    compute_node_type: str
    """What kind of place it is, such as local or slurm."""
    duration_seconds: float | None = None
    """How long it ran."""
    host_identity: str | None = None
    """What tells this host, this boot of it and this process from all others, in the runner's own words."""
    hostname: str
    """The host."""
    is_active: bool | None = None
    """Whether it still runs; true when absent at creation."""
    labels: list[str] | None = None
    """Jobs with one of these labels may run there, besides those without any."""
    lease_seconds: float | None = None
    """After so many seconds without any sign of it, the node is given up and its jobs are ready for others; without it, the node is never given up."""
    memory_gb: float
    """Memory it offers, in GiB."""
    num_cpus: int
    """CPUs it offers."""
    num_gpus: int
    """GPUs it offers."""
    num_nodes: int
    """Nodes it stands for."""
    output_dir: str | None = None
    """Where the runner keeps what jobs print: an absolute path on its host."""
    peak_cpu_percent: float | None = None
    """Highest CPU use, where 100 is one CPU."""
    peak_memory_bytes: int | None = None
    """Highest memory use."""
    pid: int
    """The runner's process id."""
    sample_count: int | None = None
    """How many samples the usage members are made of."""
    scheduler: Any = None
    """What the scheduler knows it by."""
    scheduler_config_id: int | None = None
    """The scheduler configuration that started it."""
    start_time: str
    """When the runner began, in its own words."""
    time_limit: str | None = None
    """How long it may run, ISO 8601."""


class ComputeNodeMonitorConfig(msgspec.Struct, kw_only=True, omit_defaults=True):
    """How a compute node is watched."""

    cpu: bool | None = None
    """Whether its CPU use is."""
    enabled: bool | None = None
    """Whether it is watched."""
    granularity: MonitorGranularity | None = None
    """How much is kept."""
    memory: bool | None = None
    """Whether its memory use is."""


class FileModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A file that jobs read or write."""

    id: int | None = None
    """Set by the server."""
    workflow_id: int
    """The workflow it belongs to."""
    name: str
    """What jobs and people call it."""
    path: str
    """Where it is."""
    st_mtime: float | None = None
    """When it last changed, in seconds since the epoch, UTC. Every update replaces it; null clears it."""


class CreateFilesResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The new records."""

    files: list[FileModel] | None = None
    """The records as stored, in the order of the request."""


class CreateJobsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The new records."""

    jobs: list[JobModel] | None = None
    """The records as stored, in the order of the request."""


class UserDataModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """JSON that jobs hand to each other, or that people hand to jobs."""

    id: int | None = None
    """Set by the server."""
    workflow_id: int
    """The workflow it belongs to."""
    name: str
    """What jobs and people call it."""
    data: Any = None
    """Any JSON value; absent until somebody stores one."""
    is_ephemeral: bool | None = None
    """Whether it is cleared before a new run."""


class CreateUserDataListResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The new records."""

    user_data: list[UserDataModel] | None = None
    """The records as stored, in the order of the request."""


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
    """Jobs that others wait for together."""

    job_ids: list[int] | None = None
    """Members that the workflow has already."""
    positions: list[int] | None = None
    """Members that are new: where they stand among this call's jobs, from 0."""


class DynamicJobsConfig(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Limits on jobs that jobs add."""

    max_iterations: int | None = None
    """How many rounds one lineage may add."""


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
    """Something that happened to a workflow."""

    id: int | None = None
    """Set by the server."""
    workflow_id: int
    """The workflow."""
    data: Any
    """Any JSON value."""
    timestamp: int
    """When the server noted it, in milliseconds since the epoch; what is sent is overridden."""


class ExchangedCompletion(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The completion of a job, which may be a chained job that was not claimed."""

    job_id: int
    """The job."""
    after_job_id: int | None = None
    """The predecessor of a chained job whose start was not reported."""
    failure_class: str | None = None
    """The class of the failure. It is shown in the stream of events."""
    max_attempts: int | None = None
    """Retry an unsuccessful job immediately, up to this number of attempts."""
    result: ResultModel
    """The result of the attempt."""
    run_id: int
    """The run of the workflow."""
    status: JobStatus
    """The final status."""


class StdioConfig(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What becomes of a job's output."""

    delete_on_success: bool | None = None
    """Whether the files of a job that succeeded go away."""
    max_mb: int | None = None
    """How much of each file is kept, in MiB."""
    mode: StdioMode | None = None
    """Which files there are."""


class ExecutionConfig(msgspec.Struct, kw_only=True, omit_defaults=True):
    """How runners run the jobs of the workflow."""

    enable_cpu_bind: bool | None = None
    """Whether jobs are bound to CPUs."""
    job_stdio_overrides: dict[str, StdioConfig] | None = None
    """The same for single jobs, by name."""
    limit_resources: bool | None = None
    """Whether jobs are held to what they required."""
    limit_runtime: bool | None = None
    """Whether jobs that run for longer than they required are stopped."""
    mode: ExecutionMode | None = None
    """Whether jobs are started directly or by Slurm."""
    oom_exit_code: int | None = None
    """The exit status of a job that took too much memory."""
    sigkill_headroom_seconds: int | None = None
    """How long before the end jobs are killed."""
    sigterm_lead_seconds: int | None = None
    """How long before the end jobs are asked to stop."""
    srun_mpi: str | None = None
    """The MPI type that srun is told."""
    srun_termination_signal: str | None = None
    """The signal that srun sends."""
    staggered_start: bool | None = None
    """Whether runners wait for a moment before they begin; ours need not."""
    stdio: StdioConfig | None = None
    """What becomes of output."""
    termination_signal: str | None = None
    """The signal that ends a job."""
    timeout_exit_code: int | None = None
    """The exit status of a job that took too long."""


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
    """The label of nodes that the jobs require."""
    lacks_label: bool
    """Whether no node has the label."""
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


class FailureHandlerModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What runners do about jobs that fail."""

    id: int | None = None
    """Set by the server."""
    workflow_id: int
    """The workflow it belongs to."""
    name: str
    """What jobs and people call it."""
    rules: str
    """A JSON list of rules, which runners read."""


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

    is_canceled: bool
    """Whether the workflow was canceled."""
    is_complete: bool
    """Whether no job is left to run. True for a canceled workflow."""
    needs_to_run_completion_script: bool | None = None
    """Always false. Kept for clients of 0.12."""


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
    """A job that waits for another."""

    workflow_id: int
    """The workflow of both."""
    job_id: int
    """The job that waits."""
    depends_on_job_id: int
    """The job that it waits for."""
    depends_on_job_name: str
    """The name of that one."""
    job_name: str
    """Its name."""


class JobFileRelationshipModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A file with a job that writes it and a job that reads it."""

    workflow_id: int
    """The workflow of all of them."""
    consumer_job_id: int | None = None
    """A job that reads it; absent where none does."""
    consumer_job_name: str | None = None
    """The name of that job."""
    file_id: int
    """The file."""
    file_name: str
    """Its name."""
    file_path: str
    """Its path."""
    producer_job_id: int | None = None
    """A job that writes it; absent where none does."""
    producer_job_name: str | None = None
    """The name of that job."""


class JobMonitorConfig(msgspec.Struct, kw_only=True, omit_defaults=True):
    """How jobs are watched."""

    enabled: bool | None = None
    """Whether they are watched."""
    granularity: MonitorGranularity | None = None
    """How much is kept."""


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
    """A piece of user data with a job that writes it and a job that reads it."""

    workflow_id: int
    """The workflow of all of them."""
    consumer_job_id: int | None = None
    """A job that reads it; absent where none does."""
    consumer_job_name: str | None = None
    """The name of that job."""
    producer_job_id: int | None = None
    """A job that writes it; absent where none does."""
    producer_job_name: str | None = None
    """The name of that job."""
    user_data_id: int
    """The user data."""
    user_data_name: str
    """Its name."""


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
    """What this machine gives to a workflow. Its words are the runners' to read."""

    id: int | None = None
    """Set by the server."""
    workflow_id: int
    """The workflow it belongs to."""
    name: str | None = None
    """What people call it; `default` when absent."""
    memory: str | None = None
    """How much memory."""
    num_cpus: int | None = None
    """How many CPUs."""


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
    """What a job needs of a compute node."""

    id: int | None = None
    """Set by the server."""
    workflow_id: int
    """The workflow it belongs to."""
    name: str
    """What people call it; `default` is taken by the server."""
    memory: str | None = None
    """Memory: a whole number with k, m, g or t, such as 4g."""
    num_cpus: int | None = None
    """CPUs."""
    num_gpus: int | None = None
    """GPUs."""
    num_nodes: int | None = None
    """Nodes; a job of one node never uses one up."""
    runtime: str | None = None
    """Longest run time, ISO 8601, such as PT30M."""


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
    """What an RO-Crate says of one thing."""

    id: int | None = None
    """Set by the server."""
    workflow_id: int
    """The workflow it belongs to."""
    entity_id: str
    """The thing's name in the crate: a path, an address, or #something."""
    entity_type: str
    """What kind of thing it is, such as File."""
    file_id: int | None = None
    """The file it is about; absent once that is gone."""
    metadata: dict[str, Any]
    """What the crate says of it."""


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
    """An allocation that was asked for."""

    id: int | None = None
    """Set by the server."""
    workflow_id: int
    """The workflow it is for."""
    scheduler_config_id: int
    """The scheduler configuration that it was asked for with."""
    scheduler_id: int
    """The scheduler's own id for it, such as Slurm's job id."""
    scheduler_type: str
    """The kind of scheduler, such as slurm."""
    status: str
    """How it stands: pending, active or complete."""


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
    """How allocations are asked for. Its words are Slurm's to judge."""

    id: int | None = None
    """Set by the server."""
    workflow_id: int
    """The workflow it belongs to."""
    name: str | None = None
    """What people call it."""
    account: str
    """Who pays."""
    extra: str | None = None
    """Further options of sbatch, as they are."""
    gres: str | None = None
    """Generic resources of each node, such as gpu:2."""
    mem: str | None = None
    """Memory of each node."""
    nodes: int
    """How many nodes an allocation has."""
    ntasks_per_node: int | None = None
    """How many tasks each node starts."""
    partition: str | None = None
    """The partition."""
    qos: str | None = None
    """The quality of service."""
    serialize_allocations: bool | None = None
    """Whether its allocations follow each other, one at a time."""
    tmp: str | None = None
    """Local disk of each node."""
    walltime: str
    """How long an allocation may run."""


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
    """What Slurm counted for one attempt of a job."""

    id: int | None = None
    """Set by the server."""
    workflow_id: int
    """The workflow it belongs to."""
    job_id: int
    """The job."""
    attempt_id: int
    """The attempt."""
    ave_cpu_seconds: float | None = None
    """Mean CPU time of the tasks."""
    max_disk_read_bytes: int | None = None
    """Most that a task read."""
    max_disk_write_bytes: int | None = None
    """Most that a task wrote."""
    max_rss_bytes: int | None = None
    """Most resident memory."""
    max_vm_size_bytes: int | None = None
    """Most virtual memory."""
    node_list: str | None = None
    """Where it ran."""
    run_id: int
    """The workflow's run."""
    slurm_job_id: str | None = None
    """The job's id at Slurm."""


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
    """That a user belongs to an access group."""

    id: int | None = None
    """Set by the server."""
    created_at: str | None = None
    """When it was made, UTC."""
    group_id: int
    """The group; the one in the path counts."""
    role: str
    """`admin` may change who belongs to the group; every other word is a member."""
    user_name: str
    """The user."""


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


class ResourceMonitorConfig(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What runners measure while jobs run."""

    compute_node: ComputeNodeMonitorConfig | None = None
    """How compute nodes are watched."""
    enabled: bool | None = None
    """Whether anything is measured."""
    flush_interval_seconds: int | None = None
    """Time between two writes of samples."""
    generate_plots: bool | None = None
    """Whether runners draw what they measured."""
    granularity: MonitorGranularity | None = None
    """How much is kept."""
    jobs: JobMonitorConfig | None = None
    """How jobs are watched."""
    sample_interval_seconds: int | None = None
    """Time between two samples."""


class WorkflowModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A set of jobs with what they need, and the state of its current run."""

    id: int | None = None
    """Set by the server."""
    name: str
    """What people call it."""
    access_groups: list[str] | None = None
    """Names of the access groups that may use it besides its owner; set at creation."""
    compute_node_expiration_buffer_seconds: int | None = None
    """How long before its end a node of 0.12 stops its jobs; sigkill_headroom_seconds and sigterm_lead_seconds of execution_config say it to ours."""
    compute_node_ignore_workflow_completion: bool | None = None
    """Whether nodes stay when the workflow is complete."""
    compute_node_min_time_for_new_jobs_seconds: int | None = None
    """How much time a node must have left to take a job."""
    compute_node_wait_for_healthy_database_minutes: int | None = None
    """How long nodes wait for the server to come back."""
    compute_node_wait_for_new_jobs_seconds: int | None = None
    """How long an idle node waits for jobs."""
    description: str | None = None
    """What it is for."""
    dynamic_jobs: DynamicJobsConfig | None = None
    """Limits on jobs that jobs add."""
    enable_ro_crate: bool | None = None
    """Whether the run is described as an RO-Crate."""
    env: dict[str, str] | None = None
    """Environment variables of all its jobs."""
    execution_config: ExecutionConfig | None = None
    """How runners run its jobs."""
    is_archived: bool | None = None
    """Whether it was put away."""
    is_canceled: bool | None = None
    """Whether it was canceled."""
    jobs_sort_method: ClaimJobsSortMethod | None = None
    """The order that runners ask for among jobs of equal priority."""
    metadata: dict[str, Any] | None = None
    """Anything that its owner wants to keep with it."""
    project: str | None = None
    """What it belongs to."""
    resource_monitor_config: ResourceMonitorConfig | None = None
    """What runners measure while jobs run."""
    run_id: int | None = None
    """The number of its current run."""
    slurm_defaults: dict[str, Any] | None = None
    """Slurm settings for all of its allocations."""
    status_id: int | None = None
    """The id of its status record: its own."""
    submission_directory: str | None = None
    """Where it was submitted from."""
    timestamp: str | None = None
    """When it was created, UTC."""
    use_pending_failed: bool | None = None
    """Whether failed jobs wait for a decision before they count as failed."""
    user: str
    """Who owns it."""


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


class ProcessChangedJobInputsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Jobs whose inputs have changed."""

    reinitialized_jobs: list[str]
    """The names of the jobs."""


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
    """[user@]host[:port], as it was added."""


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
    """Claimed jobs to release, because the node will not run them."""
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


class RunningJobModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A job that runs now, and where."""

    job_id: int
    """The job."""
    compute_node_name: str
    """The host where it runs."""
    job_name: str
    """Its name."""
    scheduler_job_id: str | None = None
    """The allocation, by the scheduler's own id."""
    scheduler_type: str
    """What gave the host, such as local or slurm."""
    start_time: str | None = None
    """When it was started, UTC."""


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
    """The job."""
    job_name: str
    """Its name."""
    slurm_job_id: str
    """The allocation, by Slurm's own id."""


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


class UserDataListModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Many new records."""

    user_data: list[UserDataModel]
    """The records, all of one workflow."""


class VersionResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The versions of the server."""

    api_version: str
    """The version of the contract's document."""
    git_hash: str | None = None
    """The commit from which the server was built."""
    torc_server: str | None = None
    """The version of this server."""
    version: str
    """The version of the contract that the server implements."""


class WorkflowAccessGroupModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """That the members of an access group may use a workflow."""

    workflow_id: int
    """The workflow; the one in the path counts."""
    created_at: str | None = None
    """When it was made, UTC."""
    group_id: int
    """The group."""


class WorkflowActionModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What runners do once something has happened often enough."""

    id: int | None = None
    """Set by the server."""
    workflow_id: int
    """The workflow; the path names it."""
    action_config: Any
    """How it is done, by its type: a JSON object."""
    action_type: str
    """What is done: run_commands or schedule_nodes."""
    executed: bool | None = None
    """Whether somebody claimed it for good."""
    executed_at: str | None = None
    """When it was last claimed."""
    executed_by: int | None = None
    """The compute node that claimed it for good."""
    is_recovery: bool | None = None
    """Whether it goes when jobs are initialized again."""
    job_ids: list[int] | None = None
    """The jobs that a trigger of jobs counts. Without them it counts none."""
    persistent: bool | None = None
    """Whether every worker may claim it."""
    required_triggers: int | None = None
    """How often it must happen: once, or for each of the jobs."""
    trigger_count: int | None = None
    """How often it happened."""
    trigger_type: str
    """What is counted: on_workflow_start, on_workflow_complete, on_jobs_ready, on_jobs_complete, on_worker_start or on_worker_complete."""


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
    pending_scheduled_nodes: int
    """Number of pending allocations."""
    run_id: int | None = None
    """The number of its current run."""
    total_exec_time_minutes: float
    """Total run time of all current results."""
    total_jobs: int
    """Number of jobs."""
    walltime_seconds: float | None = None
    """Time from the first start to the last completion."""
    workflow_user: str
    """Its owner."""
