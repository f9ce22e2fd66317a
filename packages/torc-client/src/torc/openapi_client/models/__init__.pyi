# Generated from openapi.json by tools/torc_stubs.py. Do not edit.
from typing import Any

from torc.openapi_client.model import Model as Model
from torc.openapi_client.model_classes import WordEnum as WordEnum

class AcceptSubmissionRequest(Model):
    is_array: bool
    scheduler_id: int

    def __init__(self, *, is_array: bool, scheduler_id: int) -> None: ...

class AccessCheckResponse(Model):
    has_access: bool
    reason: str | None
    user_name: str
    workflow_id: int

    def __init__(self, *, has_access: bool, reason: str | None = ..., user_name: str, workflow_id: int) -> None: ...

class AccessGroupModel(Model):
    created_at: str | None
    description: str | None
    id: int | None
    name: str
    num_members: int | None
    num_workflows: int | None

    def __init__(
        self,
        *,
        created_at: str | None = ...,
        description: str | None = ...,
        id: int | None = ...,
        name: str,
        num_members: int | None = ...,
        num_workflows: int | None = ...,
    ) -> None: ...

class ActiveTaskResponse(Model):
    task: TaskModel | None | None

    def __init__(self, *, task: TaskModel | None | None = ...) -> None: ...

class AdminAuditLogEntry(Model):
    allow_full_table: bool
    committed: bool
    error: str | None
    id: int
    is_write: bool
    rows_affected: int | None
    sql_text: str
    success: bool
    timestamp: int
    user_name: str

    def __init__(
        self,
        *,
        allow_full_table: bool,
        committed: bool,
        error: str | None = ...,
        id: int,
        is_write: bool,
        rows_affected: int | None = ...,
        sql_text: str,
        success: bool,
        timestamp: int,
        user_name: str,
    ) -> None: ...

class AdminSqlRequest(Model):
    allow_full_table: bool | None
    dry_run: bool | None
    limit: int | None
    sql: str
    write: bool | None

    def __init__(
        self,
        *,
        allow_full_table: bool | None = ...,
        dry_run: bool | None = ...,
        limit: int | None = ...,
        sql: str,
        write: bool | None = ...,
    ) -> None: ...

class AdminSqlResponse(Model):
    columns: list[str]
    committed: bool
    items: list[dict[str, Any]]
    rows_affected: int | None

    def __init__(
        self, *, columns: list[str], committed: bool, items: list[dict[str, Any]], rows_affected: int | None = ...
    ) -> None: ...

class ApiEvent(Model):
    latency_ms: int
    method: str
    path: str
    query: str | None
    request_body: CapturedBody | None | None
    request_id: str | None
    response_body: CapturedBody | None | None
    status: int
    timestamp_ms: int
    user: str | None

    def __init__(
        self,
        *,
        latency_ms: int,
        method: str,
        path: str,
        query: str | None = ...,
        request_body: CapturedBody | None | None = ...,
        request_id: str | None = ...,
        response_body: CapturedBody | None | None = ...,
        status: int,
        timestamp_ms: int,
        user: str | None = ...,
    ) -> None: ...

class ApiStatsBucket(Model):
    bytes_in: int
    bytes_out: int
    request_count: int
    start_ms: int
    status_2xx: int
    status_4xx: int
    status_5xx: int
    status_other: int

    def __init__(
        self,
        *,
        bytes_in: int,
        bytes_out: int,
        request_count: int,
        start_ms: int,
        status_2xx: int,
        status_4xx: int,
        status_5xx: int,
        status_other: int,
    ) -> None: ...

class ApiStatsResponse(Model):
    buckets: list[ApiStatsBucket]
    interval_seconds: int
    now_ms: int
    window_seconds: int

    def __init__(
        self, *, buckets: list[ApiStatsBucket], interval_seconds: int, now_ms: int, window_seconds: int
    ) -> None: ...

class ArchiveWorkflowRequest(Model):
    is_archived: bool

    def __init__(self, *, is_archived: bool) -> None: ...

class BatchCompleteJobsRequest(Model):
    completions: list[JobCompletionEntry]

    def __init__(self, *, completions: list[JobCompletionEntry]) -> None: ...

class BatchCompleteJobsResponse(Model):
    completed: list[int]
    errors: list[JobCompletionError]

    def __init__(self, *, completed: list[int], errors: list[JobCompletionError]) -> None: ...

class BatchStartJobsRequest(Model):
    compute_node_id: int
    run_id: int
    starts: list[JobStartEntry]

    def __init__(self, *, compute_node_id: int, run_id: int, starts: list[JobStartEntry]) -> None: ...

class BatchStartJobsResponse(Model):
    errors: list[JobCompletionError]
    started: list[int]

    def __init__(self, *, errors: list[JobCompletionError], started: list[int]) -> None: ...

class CapturedBody(Model):
    bytes: int
    text: str | None
    truncated: bool

    def __init__(self, *, bytes: int, text: str | None = ..., truncated: bool) -> None: ...

class ChangedWorkflows(Model):
    everything: bool
    workflow_ids: list[int]

    def __init__(self, *, everything: bool, workflow_ids: list[int]) -> None: ...

class ClaimActionRequest(Model):
    compute_node_id: int | None
    reports_end: bool | None

    def __init__(self, *, compute_node_id: int | None = ..., reports_end: bool | None = ...) -> None: ...

class ClaimActionResponse(Model):
    action_id: int
    success: bool | None

    def __init__(self, *, action_id: int, success: bool | None = ...) -> None: ...

class ClaimJobsBasedOnResources(Model):
    jobs: list[JobModel] | None
    reason: str | None

    def __init__(self, *, jobs: list[JobModel] | None = ..., reason: str | None = ...) -> None: ...

class ClaimJobsSortMethod(WordEnum):
    GPUS_RUNTIME_MEMORY = "gpus_runtime_memory"
    GPUS_MEMORY_RUNTIME = "gpus_memory_runtime"
    NONE = "none"

class ClaimNextJobsResponse(Model):
    jobs: list[JobModel] | None

    def __init__(self, *, jobs: list[JobModel] | None = ...) -> None: ...

class ClaimWish(Model):
    ahead: int | None
    also_unlabeled: bool | None
    claim_key: str | None
    labels: list[str] | None
    limit: int
    most_following: int | None
    offer: ComputeNodesResources | None | None
    sort_method: ClaimJobsSortMethod | None | None
    strict_scheduler_match: bool | None
    tails: list[int] | None
    whole: ComputeNodesResources | None | None

    def __init__(
        self,
        *,
        ahead: int | None = ...,
        also_unlabeled: bool | None = ...,
        claim_key: str | None = ...,
        labels: list[str] | None = ...,
        limit: int,
        most_following: int | None = ...,
        offer: ComputeNodesResources | None | None = ...,
        sort_method: ClaimJobsSortMethod | None | None = ...,
        strict_scheduler_match: bool | None = ...,
        tails: list[int] | None = ...,
        whole: ComputeNodesResources | None | None = ...,
    ) -> None: ...

class CompleteActionRequest(Model):
    compute_node_id: int

    def __init__(self, *, compute_node_id: int) -> None: ...

class CompleteActionResponse(Model):
    action_id: int

    def __init__(self, *, action_id: int) -> None: ...

class ComputeNodeModel(Model):
    also_unlabeled: bool | None
    avg_cpu_percent: float | None
    avg_memory_bytes: int | None
    compute_node_type: str
    duration_seconds: float | None
    end_time: str | None
    host_identity: str | None
    hostname: str
    id: int | None
    is_active: bool | None
    labels: list[str] | None
    lease_seconds: float | None
    memory_gb: float
    num_cpus: int
    num_gpus: int
    num_nodes: int
    output_dir: str | None
    peak_cpu_percent: float | None
    peak_memory_bytes: int | None
    pid: int
    sample_count: int | None
    scheduler: Any
    scheduler_config_id: int | None
    secret: str | None
    start_time: str
    time_limit: str | None
    workflow_id: int

    def __init__(
        self,
        *,
        also_unlabeled: bool | None = ...,
        avg_cpu_percent: float | None = ...,
        avg_memory_bytes: int | None = ...,
        compute_node_type: str,
        duration_seconds: float | None = ...,
        end_time: str | None = ...,
        host_identity: str | None = ...,
        hostname: str,
        id: int | None = ...,
        is_active: bool | None = ...,
        labels: list[str] | None = ...,
        lease_seconds: float | None = ...,
        memory_gb: float,
        num_cpus: int,
        num_gpus: int,
        num_nodes: int,
        output_dir: str | None = ...,
        peak_cpu_percent: float | None = ...,
        peak_memory_bytes: int | None = ...,
        pid: int,
        sample_count: int | None = ...,
        scheduler: Any = ...,
        scheduler_config_id: int | None = ...,
        secret: str | None = ...,
        start_time: str,
        time_limit: str | None = ...,
        workflow_id: int,
    ) -> None: ...

class ComputeNodeMonitorConfig(Model):
    cpu: bool | None
    enabled: bool | None
    granularity: MonitorGranularity | None
    memory: bool | None

    def __init__(
        self,
        *,
        cpu: bool | None = ...,
        enabled: bool | None = ...,
        granularity: MonitorGranularity | None = ...,
        memory: bool | None = ...,
    ) -> None: ...

class ComputeNodeSchedule(Model):
    max_parallel_jobs: int | None
    num_jobs: int
    scheduler_id: int
    start_one_worker_per_node: bool | None

    def __init__(
        self,
        *,
        max_parallel_jobs: int | None = ...,
        num_jobs: int,
        scheduler_id: int,
        start_one_worker_per_node: bool | None = ...,
    ) -> None: ...

class ComputeNodesResources(Model):
    also_unlabeled: bool | None
    id: int | None
    labels: list[str] | None
    memory_gb: float
    nodes: list[FreeNodes] | None
    num_cpus: int
    num_gpus: int
    num_nodes: int
    scheduler_config_id: int | None
    time_limit: str | None

    def __init__(
        self,
        *,
        also_unlabeled: bool | None = ...,
        id: int | None = ...,
        labels: list[str] | None = ...,
        memory_gb: float,
        nodes: list[FreeNodes] | None = ...,
        num_cpus: int,
        num_gpus: int,
        num_nodes: int,
        scheduler_config_id: int | None = ...,
        time_limit: str | None = ...,
    ) -> None: ...

class CorrectRequirementsRequest(Model):
    corrections: list[RequirementsCorrection]

    def __init__(self, *, corrections: list[RequirementsCorrection]) -> None: ...

class CreateFilesResponse(Model):
    files: list[FileModel] | None

    def __init__(self, *, files: list[FileModel] | None = ...) -> None: ...

class CreateJobsResponse(Model):
    jobs: list[JobModel] | None

    def __init__(self, *, jobs: list[JobModel] | None = ...) -> None: ...

class CreateUserDataListResponse(Model):
    user_data: list[UserDataModel] | None

    def __init__(self, *, user_data: list[UserDataModel] | None = ...) -> None: ...

class CreatedSubmissionModel(Model):
    action_id: int | None
    cluster: str | None
    created_at: str
    ended_at: str | None
    folder: str
    id: int
    is_array: bool | None
    mark: str
    num_allocations: int
    reason: str | None
    scheduled_compute_node_ids: list[int]
    scheduler_config_id: int
    scheduler_id: int | None
    scheduler_type: str
    status: SubmissionStatus
    token: str | None
    token_expires_at: str | None
    workflow_id: int

    def __init__(
        self,
        *,
        action_id: int | None = ...,
        cluster: str | None = ...,
        created_at: str,
        ended_at: str | None = ...,
        folder: str,
        id: int,
        is_array: bool | None = ...,
        mark: str,
        num_allocations: int,
        reason: str | None = ...,
        scheduled_compute_node_ids: list[int],
        scheduler_config_id: int,
        scheduler_id: int | None = ...,
        scheduler_type: str,
        status: SubmissionStatus,
        token: str | None,
        token_expires_at: str | None,
        workflow_id: int,
    ) -> None: ...

class CreatedTokenModel(Model):
    allocations_ended_at: str | None
    created_at: str
    expires_at: str
    id: int
    note: str | None
    requested_with: int | None
    submission_id: int | None
    token: str
    user: str
    workflow_id: int

    def __init__(
        self,
        *,
        allocations_ended_at: str | None = ...,
        created_at: str,
        expires_at: str,
        id: int,
        note: str | None = ...,
        requested_with: int | None = ...,
        submission_id: int | None = ...,
        token: str,
        user: str,
        workflow_id: int,
    ) -> None: ...

class DeleteCountResponse(Model):
    count: int

    def __init__(self, *, count: int) -> None: ...

class DeleteRoCrateEntitiesResponse(Model):
    deleted_count: int
    message: str

    def __init__(self, *, deleted_count: int, message: str) -> None: ...

class DependencySet(Model):
    job_ids: list[int] | None
    positions: list[int] | None

    def __init__(self, *, job_ids: list[int] | None = ..., positions: list[int] | None = ...) -> None: ...

class DisableJobsRequest(Model):
    job_ids: list[int]
    known_run_id: int | None

    def __init__(self, *, job_ids: list[int], known_run_id: int | None = ...) -> None: ...

class DisableJobsResponse(Model):
    updated_count: int

    def __init__(self, *, updated_count: int) -> None: ...

class DynamicJobsConfig(Model):
    max_iterations: int | None

    def __init__(self, *, max_iterations: int | None = ...) -> None: ...

class ErrorResponse(Model):
    code: int | None
    error: Any
    error_message: str | None
    error_num: int | None

    def __init__(
        self, *, code: int | None = ..., error: Any, error_message: str | None = ..., error_num: int | None = ...
    ) -> None: ...

class EventModel(Model):
    data: Any
    id: int | None
    timestamp: int
    workflow_id: int

    def __init__(self, *, data: Any, id: int | None = ..., timestamp: int, workflow_id: int) -> None: ...

class ExchangedCompletion(Model):
    after_job_id: int | None
    failure_class: str | None
    job_id: int
    max_attempts: int | None
    output_files: list[OutputFileTime] | None
    result: ResultModel
    return_if_others: bool | None
    run_id: int
    status: JobStatus

    def __init__(
        self,
        *,
        after_job_id: int | None = ...,
        failure_class: str | None = ...,
        job_id: int,
        max_attempts: int | None = ...,
        output_files: list[OutputFileTime] | None = ...,
        result: ResultModel,
        return_if_others: bool | None = ...,
        run_id: int,
        status: JobStatus,
    ) -> None: ...

class ExecutionConfig(Model):
    enable_cpu_bind: bool | None
    job_stdio_overrides: dict[str, StdioConfig] | None
    limit_resources: bool | None
    limit_runtime: bool | None
    make_output_folders: bool | None
    mode: ExecutionMode | None | None
    oom_exit_code: int | None
    shell: str | None
    sigkill_headroom_seconds: int | None
    sigterm_lead_seconds: int | None
    srun_mpi: str | None
    srun_tasks_per_node: int | None
    srun_termination_signal: str | None
    staggered_start: bool | None
    stdio: StdioConfig | None | None
    termination_signal: str | None
    timeout_exit_code: int | None
    unchanged_outputs: UnchangedOutputs | None | None

    def __init__(
        self,
        *,
        enable_cpu_bind: bool | None = ...,
        job_stdio_overrides: dict[str, StdioConfig] | None = ...,
        limit_resources: bool | None = ...,
        limit_runtime: bool | None = ...,
        make_output_folders: bool | None = ...,
        mode: ExecutionMode | None | None = ...,
        oom_exit_code: int | None = ...,
        shell: str | None = ...,
        sigkill_headroom_seconds: int | None = ...,
        sigterm_lead_seconds: int | None = ...,
        srun_mpi: str | None = ...,
        srun_tasks_per_node: int | None = ...,
        srun_termination_signal: str | None = ...,
        staggered_start: bool | None = ...,
        stdio: StdioConfig | None | None = ...,
        termination_signal: str | None = ...,
        timeout_exit_code: int | None = ...,
        unchanged_outputs: UnchangedOutputs | None | None = ...,
    ) -> None: ...

class ExecutionMode(WordEnum):
    DIRECT = "direct"
    SLURM = "slurm"
    AUTO = "auto"

class ExplainCode(WordEnum):
    WORKFLOW_CANCELED = "workflow_canceled"
    TASK_UNFINISHED = "task_unfinished"
    NO_JOBS = "no_jobs"
    ALL_OVER = "all_over"
    UNINITIALIZED = "uninitialized"
    CLAIMABLE = "claimable"
    NO_ACTIVE_NODES = "no_active_nodes"
    TOO_LARGE = "too_large"
    NO_SUCH_LABEL = "no_such_label"
    ONLY_LABELED_NODES = "only_labeled_nodes"
    OTHER_SCHEDULER = "other_scheduler"
    PENDING_OR_RUNNING = "pending_or_running"
    BLOCKED = "blocked"
    BEHIND_UNINITIALIZED = "behind_uninitialized"
    BEHIND_DISABLED = "behind_disabled"
    BEHIND_PENDING_FAILED = "behind_pending_failed"
    RING = "ring"
    CANCELED_BY_FAILURE = "canceled_by_failure"
    WORKFLOW_ARCHIVED = "workflow_archived"

class ExplainQuantity(WordEnum):
    NUM_CPUS = "num_cpus"
    MEMORY_GB = "memory_gb"
    NUM_GPUS = "num_gpus"
    NUM_NODES = "num_nodes"
    TIME_LIMIT_SECONDS = "time_limit_seconds"

class ExplainResponse(Model):
    active_compute_nodes: int
    is_claimable: bool
    jobs_by_status: JobStatusCounts
    ready: list[ExplainedKind]
    reasons: list[ExplainedReason]
    workflow_id: int

    def __init__(
        self,
        *,
        active_compute_nodes: int,
        is_claimable: bool,
        jobs_by_status: JobStatusCounts,
        ready: list[ExplainedKind],
        reasons: list[ExplainedReason],
        workflow_id: int,
    ) -> None: ...

class ExplainedJob(Model):
    job_id: int
    job_name: str

    def __init__(self, *, job_id: int, job_name: str) -> None: ...

class ExplainedKind(Model):
    fits: bool
    is_bound_elsewhere: bool
    label: str | None
    labels: list[str] | None
    lacks_label: bool
    memory_gb: float
    num_cpus: int
    num_gpus: int
    num_jobs: int
    num_nodes: int
    resource_requirements_id: int
    resource_requirements_name: str
    runtime: str
    scheduler_id: int | None
    shortfalls: list[ExplainedShortfall]

    def __init__(
        self,
        *,
        fits: bool,
        is_bound_elsewhere: bool,
        label: str | None = ...,
        labels: list[str] | None = ...,
        lacks_label: bool,
        memory_gb: float,
        num_cpus: int,
        num_gpus: int,
        num_jobs: int,
        num_nodes: int,
        resource_requirements_id: int,
        resource_requirements_name: str,
        runtime: str,
        scheduler_id: int | None = ...,
        shortfalls: list[ExplainedShortfall],
    ) -> None: ...

class ExplainedReason(Model):
    code: ExplainCode
    count: int
    jobs: list[ExplainedJob]
    message: str
    shortfalls: str | None

    def __init__(
        self, *, code: ExplainCode, count: int, jobs: list[ExplainedJob], message: str, shortfalls: str | None = ...
    ) -> None: ...

class ExplainedShortfall(Model):
    compute_node_id: int | None
    hostname: str | None
    needed: float
    nodes_alike: int
    offered: float
    quantity: ExplainQuantity

    def __init__(
        self,
        *,
        compute_node_id: int | None = ...,
        hostname: str | None = ...,
        needed: float,
        nodes_alike: int,
        offered: float,
        quantity: ExplainQuantity,
    ) -> None: ...

class FailJobsRequest(Model):
    job_ids: list[int] | None

    def __init__(self, *, job_ids: list[int] | None = ...) -> None: ...

class FailJobsResponse(Model):
    job_ids: list[int]

    def __init__(self, *, job_ids: list[int]) -> None: ...

class FailedJobExample(Model):
    job_id: int
    job_name: str
    reason: str | None

    def __init__(self, *, job_id: int, job_name: str, reason: str | None = ...) -> None: ...

class FailureClusterModel(Model):
    examples: list[FailedJobExample]
    group: str
    kind: FailureKind
    newest_completion_time: str | None
    num_jobs: int
    return_code: int | None
    status: JobStatus

    def __init__(
        self,
        *,
        examples: list[FailedJobExample],
        group: str,
        kind: FailureKind,
        newest_completion_time: str | None = ...,
        num_jobs: int,
        return_code: int | None = ...,
        status: JobStatus,
    ) -> None: ...

class FailureHandlerModel(Model):
    id: int | None
    name: str
    rules: str
    workflow_id: int

    def __init__(self, *, id: int | None = ..., name: str, rules: str, workflow_id: int) -> None: ...

class FailureKind(WordEnum):
    OUT_OF_MEMORY = "out_of_memory"
    TIME_LIMIT = "time_limit"
    SIGNAL = "signal"
    EXIT_CODE = "exit_code"
    UNKNOWN = "unknown"

class FailuresResponse(Model):
    clusters: list[FailureClusterModel]
    clusters_left_off: int
    total_jobs: int

    def __init__(self, *, clusters: list[FailureClusterModel], clusters_left_off: int, total_jobs: int) -> None: ...

class FileModel(Model):
    id: int | None
    name: str
    path: str
    st_mtime: float | None
    temp: bool | None
    workflow_id: int

    def __init__(
        self,
        *,
        id: int | None = ...,
        name: str,
        path: str,
        st_mtime: float | None = ...,
        temp: bool | None = ...,
        workflow_id: int,
    ) -> None: ...

class FileTime(Model):
    file_id: int
    st_mtime: float | None

    def __init__(self, *, file_id: int, st_mtime: float | None = ...) -> None: ...

class FilesModel(Model):
    files: list[FileModel]

    def __init__(self, *, files: list[FileModel]) -> None: ...

class FollowingJob(Model):
    after_job_id: int
    job: JobModel

    def __init__(self, *, after_job_id: int, job: JobModel) -> None: ...

class FreeNodes(Model):
    free_cpus: int
    free_gpus: int | None
    free_memory_gb: float
    memory_gb: float
    num_cpus: int
    num_gpus: int | None
    num_nodes: int
    only_whole: bool | None

    def __init__(
        self,
        *,
        free_cpus: int,
        free_gpus: int | None = ...,
        free_memory_gb: float,
        memory_gb: float,
        num_cpus: int,
        num_gpus: int | None = ...,
        num_nodes: int,
        only_whole: bool | None = ...,
    ) -> None: ...

class GetReadyJobRequirementsResponse(Model):
    max_num_nodes: int
    max_runtime: str
    memory_gb: float
    num_cpus: int
    num_gpus: int
    num_jobs: int

    def __init__(
        self, *, max_num_nodes: int, max_runtime: str, memory_gb: float, num_cpus: int, num_gpus: int, num_jobs: int
    ) -> None: ...

class GiveUpResponse(Model):
    compute_node_id: int
    job_count: int

    def __init__(self, *, compute_node_id: int, job_count: int) -> None: ...

class HeartbeatResponse(Model):
    compute_node_id: int
    lease_seconds: float | None

    def __init__(self, *, compute_node_id: int, lease_seconds: float | None = ...) -> None: ...

class IsCompleteResponse(Model):
    fences: int | None
    is_canceled: bool
    is_complete: bool
    needs_to_run_completion_script: bool | None
    run_id: int | None

    def __init__(
        self,
        *,
        fences: int | None = ...,
        is_canceled: bool,
        is_complete: bool,
        needs_to_run_completion_script: bool | None = ...,
        run_id: int | None = ...,
    ) -> None: ...

class IsUninitializedResponse(Model):
    is_uninitialized: bool

    def __init__(self, *, is_uninitialized: bool) -> None: ...

class JobAttempt(Model):
    attempt_id: int
    job_id: int

    def __init__(self, *, attempt_id: int, job_id: int) -> None: ...

class JobCompletionEntry(Model):
    job_id: int
    result: ResultModel
    run_id: int
    status: JobStatus

    def __init__(self, *, job_id: int, result: ResultModel, run_id: int, status: JobStatus) -> None: ...

class JobCompletionError(Model):
    job_id: int
    message: str

    def __init__(self, *, job_id: int, message: str) -> None: ...

class JobDependencyModel(Model):
    depends_on_job_id: int
    depends_on_job_name: str
    job_id: int
    job_name: str
    workflow_id: int

    def __init__(
        self, *, depends_on_job_id: int, depends_on_job_name: str, job_id: int, job_name: str, workflow_id: int
    ) -> None: ...

class JobFileRelationshipModel(Model):
    consumer_job_id: int | None
    consumer_job_name: str | None
    file_id: int
    file_name: str
    file_path: str
    producer_job_id: int | None
    producer_job_name: str | None
    workflow_id: int

    def __init__(
        self,
        *,
        consumer_job_id: int | None = ...,
        consumer_job_name: str | None = ...,
        file_id: int,
        file_name: str,
        file_path: str,
        producer_job_id: int | None = ...,
        producer_job_name: str | None = ...,
        workflow_id: int,
    ) -> None: ...

class JobGroupEdge(Model):
    kind: JobGroupEdgeKind
    pairs: int
    source: str
    target: str

    def __init__(self, *, kind: JobGroupEdgeKind, pairs: int, source: str, target: str) -> None: ...

class JobGroupEdgeKind(WordEnum):
    FILE = "file"
    USER_DATA = "user_data"
    DEPENDENCY = "dependency"

class JobGroupModel(Model):
    first_job_id: int
    highest_priority: int
    jobs_by_status: JobStatusCounts
    key: str
    label: str
    lowest_priority: int
    merged_groups: int
    resource_requirements_ids: list[int]
    total_jobs: int

    def __init__(
        self,
        *,
        first_job_id: int,
        highest_priority: int,
        jobs_by_status: JobStatusCounts,
        key: str,
        label: str,
        lowest_priority: int,
        merged_groups: int,
        resource_requirements_ids: list[int],
        total_jobs: int,
    ) -> None: ...

class JobGroupsResponse(Model):
    edges: list[JobGroupEdge]
    edges_left_off: int
    groups: list[JobGroupModel]

    def __init__(self, *, edges: list[JobGroupEdge], edges_left_off: int, groups: list[JobGroupModel]) -> None: ...

class JobModel(Model):
    attempt_id: int | None
    cancel_on_blocking_job_failure: bool | None
    command: str
    compute_node_id: int | None
    depends_on_job_ids: list[int] | None
    env: dict[str, str] | None
    failure_handler_id: int | None
    id: int | None
    input_file_ids: list[int] | None
    input_user_data_ids: list[int] | None
    invocation_script: str | None
    label: str | None
    labels: list[str] | None
    name: str
    origin: str | None
    output_file_ids: list[int] | None
    output_files: list[JobOutputFile] | None
    output_user_data_ids: list[int] | None
    priority: int | None
    resource_requirements_id: int | None
    schedule_compute_nodes: ComputeNodeSchedule | None
    scheduler_id: int | None
    start_time: str | None
    status: JobStatus | None
    supports_termination: bool | None
    waits_for_sets: list[int] | None
    workflow_id: int

    def __init__(
        self,
        *,
        attempt_id: int | None = ...,
        cancel_on_blocking_job_failure: bool | None = ...,
        command: str,
        compute_node_id: int | None = ...,
        depends_on_job_ids: list[int] | None = ...,
        env: dict[str, str] | None = ...,
        failure_handler_id: int | None = ...,
        id: int | None = ...,
        input_file_ids: list[int] | None = ...,
        input_user_data_ids: list[int] | None = ...,
        invocation_script: str | None = ...,
        label: str | None = ...,
        labels: list[str] | None = ...,
        name: str,
        origin: str | None = ...,
        output_file_ids: list[int] | None = ...,
        output_files: list[JobOutputFile] | None = ...,
        output_user_data_ids: list[int] | None = ...,
        priority: int | None = ...,
        resource_requirements_id: int | None = ...,
        schedule_compute_nodes: ComputeNodeSchedule | None = ...,
        scheduler_id: int | None = ...,
        start_time: str | None = ...,
        status: JobStatus | None = ...,
        supports_termination: bool | None = ...,
        waits_for_sets: list[int] | None = ...,
        workflow_id: int,
    ) -> None: ...

class JobMonitorConfig(Model):
    enabled: bool | None
    granularity: MonitorGranularity | None

    def __init__(self, *, enabled: bool | None = ..., granularity: MonitorGranularity | None = ...) -> None: ...

class JobOutputFile(Model):
    id: int
    path: str

    def __init__(self, *, id: int, path: str) -> None: ...

class JobOutputPiece(Model):
    attempt_id: int
    content: str
    hostname: str
    is_both: bool
    is_over: bool
    job_id: int
    offset_bytes: int
    path: str
    run_id: int
    size_bytes: int
    stream: OutputStream

    def __init__(
        self,
        *,
        attempt_id: int,
        content: str,
        hostname: str,
        is_both: bool,
        is_over: bool,
        job_id: int,
        offset_bytes: int,
        path: str,
        run_id: int,
        size_bytes: int,
        stream: OutputStream,
    ) -> None: ...

class JobScope(WordEnum):
    LISTED = "listed"
    UNSUCCESSFUL = "unsuccessful"
    ALL = "all"

class JobStartEntry(Model):
    compute_node_id: int | None
    job_id: int
    run_id: int | None

    def __init__(self, *, compute_node_id: int | None = ..., job_id: int, run_id: int | None = ...) -> None: ...

class JobStatus(WordEnum):
    UNINITIALIZED = "uninitialized"
    BLOCKED = "blocked"
    READY = "ready"
    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELED = "canceled"
    TERMINATED = "terminated"
    DISABLED = "disabled"
    PENDING_FAILED = "pending_failed"

class JobStatusCounts(Model):
    blocked: int
    canceled: int
    completed: int
    disabled: int
    failed: int
    pending: int
    pending_failed: int
    ready: int
    running: int
    terminated: int
    uninitialized: int

    def __init__(
        self,
        *,
        blocked: int,
        canceled: int,
        completed: int,
        disabled: int,
        failed: int,
        pending: int,
        pending_failed: int,
        ready: int,
        running: int,
        terminated: int,
        uninitialized: int,
    ) -> None: ...

class JobUserDataRelationshipModel(Model):
    consumer_job_id: int | None
    consumer_job_name: str | None
    producer_job_id: int | None
    producer_job_name: str | None
    user_data_id: int
    user_data_name: str
    workflow_id: int

    def __init__(
        self,
        *,
        consumer_job_id: int | None = ...,
        consumer_job_name: str | None = ...,
        producer_job_id: int | None = ...,
        producer_job_name: str | None = ...,
        user_data_id: int,
        user_data_name: str,
        workflow_id: int,
    ) -> None: ...

class JobsModel(Model):
    dependency_sets: list[DependencySet] | None
    jobs: list[JobModel]

    def __init__(self, *, dependency_sets: list[DependencySet] | None = ..., jobs: list[JobModel]) -> None: ...

class LatestEventTimestampResponse(Model):
    timestamp: int | None

    def __init__(self, *, timestamp: int | None = ...) -> None: ...

class ListAccessGroupsResponse(Model):
    has_more: bool
    items: list[AccessGroupModel]
    limit: int
    offset: int
    total_count: int

    def __init__(
        self, *, has_more: bool, items: list[AccessGroupModel], limit: int, offset: int, total_count: int
    ) -> None: ...

class ListAdminAuditLogResponse(Model):
    count: int
    has_more: bool
    items: list[AdminAuditLogEntry]
    max_limit: int
    offset: int
    total_count: int

    def __init__(
        self,
        *,
        count: int,
        has_more: bool,
        items: list[AdminAuditLogEntry],
        max_limit: int,
        offset: int,
        total_count: int,
    ) -> None: ...

class ListComputeNodesResponse(Model):
    count: int
    has_more: bool
    items: list[ComputeNodeModel]
    max_limit: int
    offset: int
    total_count: int

    def __init__(
        self,
        *,
        count: int,
        has_more: bool,
        items: list[ComputeNodeModel],
        max_limit: int,
        offset: int,
        total_count: int,
    ) -> None: ...

class ListEventsResponse(Model):
    count: int
    has_more: bool
    items: list[EventModel]
    max_limit: int
    offset: int
    total_count: int

    def __init__(
        self, *, count: int, has_more: bool, items: list[EventModel], max_limit: int, offset: int, total_count: int
    ) -> None: ...

class ListFailureHandlersResponse(Model):
    count: int
    has_more: bool
    items: list[FailureHandlerModel]
    max_limit: int
    offset: int
    total_count: int

    def __init__(
        self,
        *,
        count: int,
        has_more: bool,
        items: list[FailureHandlerModel],
        max_limit: int,
        offset: int,
        total_count: int,
    ) -> None: ...

class ListFilesResponse(Model):
    count: int
    has_more: bool
    items: list[FileModel]
    max_limit: int
    offset: int
    total_count: int

    def __init__(
        self, *, count: int, has_more: bool, items: list[FileModel], max_limit: int, offset: int, total_count: int
    ) -> None: ...

class ListJobDependenciesResponse(Model):
    count: int
    has_more: bool
    items: list[JobDependencyModel]
    max_limit: int
    offset: int
    total_count: int

    def __init__(
        self,
        *,
        count: int,
        has_more: bool,
        items: list[JobDependencyModel],
        max_limit: int,
        offset: int,
        total_count: int,
    ) -> None: ...

class ListJobFileRelationshipsResponse(Model):
    count: int
    has_more: bool
    items: list[JobFileRelationshipModel]
    max_limit: int
    offset: int
    total_count: int

    def __init__(
        self,
        *,
        count: int,
        has_more: bool,
        items: list[JobFileRelationshipModel],
        max_limit: int,
        offset: int,
        total_count: int,
    ) -> None: ...

class ListJobIdsResponse(Model):
    count: int
    job_ids: list[int]

    def __init__(self, *, count: int, job_ids: list[int]) -> None: ...

class ListJobUserDataRelationshipsResponse(Model):
    count: int
    has_more: bool
    items: list[JobUserDataRelationshipModel]
    max_limit: int
    offset: int
    total_count: int

    def __init__(
        self,
        *,
        count: int,
        has_more: bool,
        items: list[JobUserDataRelationshipModel],
        max_limit: int,
        offset: int,
        total_count: int,
    ) -> None: ...

class ListJobsResponse(Model):
    count: int
    has_more: bool
    items: list[JobModel]
    max_limit: int
    offset: int
    total_count: int

    def __init__(
        self, *, count: int, has_more: bool, items: list[JobModel], max_limit: int, offset: int, total_count: int
    ) -> None: ...

class ListLocalSchedulersResponse(Model):
    count: int
    has_more: bool
    items: list[LocalSchedulerModel]
    max_limit: int
    offset: int
    total_count: int

    def __init__(
        self,
        *,
        count: int,
        has_more: bool,
        items: list[LocalSchedulerModel],
        max_limit: int,
        offset: int,
        total_count: int,
    ) -> None: ...

class ListMissingUserDataResponse(Model):
    user_data: list[int]

    def __init__(self, *, user_data: list[int]) -> None: ...

class ListRequiredExistingFilesResponse(Model):
    files: list[int]

    def __init__(self, *, files: list[int]) -> None: ...

class ListResourceRequirementsResponse(Model):
    count: int
    has_more: bool
    items: list[ResourceRequirementsModel]
    max_limit: int
    offset: int
    total_count: int

    def __init__(
        self,
        *,
        count: int,
        has_more: bool,
        items: list[ResourceRequirementsModel],
        max_limit: int,
        offset: int,
        total_count: int,
    ) -> None: ...

class ListResultsResponse(Model):
    count: int
    has_more: bool
    items: list[ResultModel]
    max_limit: int
    offset: int
    total_count: int

    def __init__(
        self, *, count: int, has_more: bool, items: list[ResultModel], max_limit: int, offset: int, total_count: int
    ) -> None: ...

class ListRoCrateEntitiesResponse(Model):
    count: int
    has_more: bool
    items: list[RoCrateEntityModel]
    max_limit: int
    offset: int
    total_count: int

    def __init__(
        self,
        *,
        count: int,
        has_more: bool,
        items: list[RoCrateEntityModel],
        max_limit: int,
        offset: int,
        total_count: int,
    ) -> None: ...

class ListScheduledComputeNodesResponse(Model):
    count: int
    has_more: bool
    items: list[ScheduledComputeNodesModel]
    max_limit: int
    offset: int
    total_count: int

    def __init__(
        self,
        *,
        count: int,
        has_more: bool,
        items: list[ScheduledComputeNodesModel],
        max_limit: int,
        offset: int,
        total_count: int,
    ) -> None: ...

class ListSlurmSchedulersResponse(Model):
    count: int
    has_more: bool
    items: list[SlurmSchedulerModel]
    max_limit: int
    offset: int
    total_count: int

    def __init__(
        self,
        *,
        count: int,
        has_more: bool,
        items: list[SlurmSchedulerModel],
        max_limit: int,
        offset: int,
        total_count: int,
    ) -> None: ...

class ListSlurmStatsResponse(Model):
    count: int
    has_more: bool
    items: list[SlurmStatsModel]
    max_limit: int
    offset: int
    total_count: int

    def __init__(
        self, *, count: int, has_more: bool, items: list[SlurmStatsModel], max_limit: int, offset: int, total_count: int
    ) -> None: ...

class ListSubmissionsResponse(Model):
    count: int
    has_more: bool
    items: list[SubmissionModel]
    max_limit: int
    offset: int
    total_count: int

    def __init__(
        self, *, count: int, has_more: bool, items: list[SubmissionModel], max_limit: int, offset: int, total_count: int
    ) -> None: ...

class ListTokensResponse(Model):
    count: int
    has_more: bool
    items: list[TokenModel]
    max_limit: int
    offset: int
    total_count: int

    def __init__(
        self, *, count: int, has_more: bool, items: list[TokenModel], max_limit: int, offset: int, total_count: int
    ) -> None: ...

class ListUserDataResponse(Model):
    count: int
    has_more: bool
    items: list[UserDataModel]
    max_limit: int
    offset: int
    total_count: int

    def __init__(
        self, *, count: int, has_more: bool, items: list[UserDataModel], max_limit: int, offset: int, total_count: int
    ) -> None: ...

class ListUserGroupMembershipsResponse(Model):
    has_more: bool
    items: list[UserGroupMembershipModel]
    limit: int
    offset: int
    total_count: int

    def __init__(
        self, *, has_more: bool, items: list[UserGroupMembershipModel], limit: int, offset: int, total_count: int
    ) -> None: ...

class ListWorkflowsResponse(Model):
    count: int
    has_more: bool
    items: list[WorkflowModel]
    max_limit: int
    offset: int
    total_count: int

    def __init__(
        self, *, count: int, has_more: bool, items: list[WorkflowModel], max_limit: int, offset: int, total_count: int
    ) -> None: ...

class LiveEvent(Model):
    data: dict[str, Any]
    event_type: str
    severity: str
    timestamp: int
    workflow_id: int

    def __init__(
        self, *, data: dict[str, Any], event_type: str, severity: str, timestamp: int, workflow_id: int
    ) -> None: ...

class LocalSchedulerModel(Model):
    id: int | None
    memory: str | None
    name: str | None
    num_cpus: int | None
    workflow_id: int

    def __init__(
        self,
        *,
        id: int | None = ...,
        memory: str | None = ...,
        name: str | None = ...,
        num_cpus: int | None = ...,
        workflow_id: int,
    ) -> None: ...

class MessageResponse(Model):
    message: str

    def __init__(self, *, message: str) -> None: ...

class MonitorGranularity(WordEnum):
    SUMMARY = "summary"
    TIME_SERIES = "time_series"

class NeighbourEdge(Model):
    source_job_id: int
    target_job_id: int

    def __init__(self, *, source_job_id: int, target_job_id: int) -> None: ...

class NeighbourJob(Model):
    job_id: int
    job_name: str
    status: JobStatus
    step: int

    def __init__(self, *, job_id: int, job_name: str, status: JobStatus, step: int) -> None: ...

class NeighbourStep(Model):
    is_exact: bool
    left_off: int
    num_jobs: int
    step: int

    def __init__(self, *, is_exact: bool, left_off: int, num_jobs: int, step: int) -> None: ...

class NeighboursResponse(Model):
    edges: list[NeighbourEdge]
    jobs: list[NeighbourJob]
    steps: list[NeighbourStep]
    workflow_id: int

    def __init__(
        self, *, edges: list[NeighbourEdge], jobs: list[NeighbourJob], steps: list[NeighbourStep], workflow_id: int
    ) -> None: ...

class NodeLoadModel(Model):
    compute_node_id: int
    memory_gb: float
    num_cpus: int
    num_gpus: int
    num_jobs: int
    silent_seconds: float | None

    def __init__(
        self,
        *,
        compute_node_id: int,
        memory_gb: float,
        num_cpus: int,
        num_gpus: int,
        num_jobs: int,
        silent_seconds: float | None = ...,
    ) -> None: ...

class OutputFileTime(Model):
    id: int
    st_mtime: float

    def __init__(self, *, id: int, st_mtime: float) -> None: ...

class OutputPieceDelivery(Model):
    content: str | None
    is_both: bool | None
    is_over: bool | None
    offset_bytes: int | None
    path: str | None
    problem: OutputProblem | None | None
    request_id: str
    run_id: int | None
    size_bytes: int | None

    def __init__(
        self,
        *,
        content: str | None = ...,
        is_both: bool | None = ...,
        is_over: bool | None = ...,
        offset_bytes: int | None = ...,
        path: str | None = ...,
        problem: OutputProblem | None | None = ...,
        request_id: str,
        run_id: int | None = ...,
        size_bytes: int | None = ...,
    ) -> None: ...

class OutputPieceReceipt(Model):
    was_awaited: bool

    def __init__(self, *, was_awaited: bool) -> None: ...

class OutputProblem(WordEnum):
    UNKNOWN = "unknown"
    NOT_KEPT = "not_kept"
    UNREADABLE = "unreadable"

class OutputRequest(Model):
    attempt_id: int
    job_id: int
    limit_bytes: int
    offset_bytes: int
    request_id: str
    stream: OutputStream
    wait_seconds: float

    def __init__(
        self,
        *,
        attempt_id: int,
        job_id: int,
        limit_bytes: int,
        offset_bytes: int,
        request_id: str,
        stream: OutputStream,
        wait_seconds: float,
    ) -> None: ...

class OutputRequestsResponse(Model):
    items: list[OutputRequest]

    def __init__(self, *, items: list[OutputRequest]) -> None: ...

class OutputStream(WordEnum):
    STDOUT = "stdout"
    STDERR = "stderr"

class PingResponse(Model):
    status: str

    def __init__(self, *, status: str) -> None: ...

class PlannedScheduler(Model):
    account: str
    extra: str | None
    gres: str | None
    job_ids: list[int]
    mem: str | None
    name: str
    nodes: int
    ntasks_per_node: int | None
    num_allocations: int
    partition: str | None
    qos: str | None
    serialize_allocations: bool | None
    start_one_worker_per_node: bool | None
    starting_job_ids: list[int]
    tmp: str | None
    walltime: str

    def __init__(
        self,
        *,
        account: str,
        extra: str | None = ...,
        gres: str | None = ...,
        job_ids: list[int],
        mem: str | None = ...,
        name: str,
        nodes: int,
        ntasks_per_node: int | None = ...,
        num_allocations: int,
        partition: str | None = ...,
        qos: str | None = ...,
        serialize_allocations: bool | None = ...,
        start_one_worker_per_node: bool | None = ...,
        starting_job_ids: list[int],
        tmp: str | None = ...,
        walltime: str,
    ) -> None: ...

class ProcessChangedJobInputsResponse(Model):
    reinitialized_jobs: list[str]

    def __init__(self, *, reinitialized_jobs: list[str]) -> None: ...

class QuantilesModel(Model):
    least: float
    most: float
    p25: float
    p50: float
    p75: float
    p90: float
    p99: float

    def __init__(
        self, *, least: float, most: float, p25: float, p50: float, p75: float, p90: float, p99: float
    ) -> None: ...

class RejectSubmissionRequest(Model):
    reason: str

    def __init__(self, *, reason: str) -> None: ...

class ReloadAuthResponse(Model):
    message: str
    user_count: int

    def __init__(self, *, message: str, user_count: int) -> None: ...

class RemoteWorkerModel(Model):
    worker: str
    workflow_id: int

    def __init__(self, *, worker: str, workflow_id: int) -> None: ...

class ReplanAllocationsRequest(Model):
    is_recovery: bool | None
    known_run_id: int | None
    schedulers: list[PlannedScheduler]
    superseded_action_ids: list[int] | None

    def __init__(
        self,
        *,
        is_recovery: bool | None = ...,
        known_run_id: int | None = ...,
        schedulers: list[PlannedScheduler],
        superseded_action_ids: list[int] | None = ...,
    ) -> None: ...

class ReplanAllocationsResponse(Model):
    schedulers: list[ReplannedScheduler]

    def __init__(self, *, schedulers: list[ReplannedScheduler]) -> None: ...

class ReplannedScheduler(Model):
    action_id: int
    is_due: bool
    scheduler_config_id: int

    def __init__(self, *, action_id: int, is_due: bool, scheduler_config_id: int) -> None: ...

class ReportAndClaimRequest(Model):
    claim: ClaimWish | None | None
    completions: list[ExchangedCompletion] | None
    compute_node_id: int
    returned: list[JobAttempt] | None
    run_id: int
    started: list[StartedJob] | None

    def __init__(
        self,
        *,
        claim: ClaimWish | None | None = ...,
        completions: list[ExchangedCompletion] | None = ...,
        compute_node_id: int,
        returned: list[JobAttempt] | None = ...,
        run_id: int,
        started: list[StartedJob] | None = ...,
    ) -> None: ...

class ReportAndClaimResponse(Model):
    errors: list[JobCompletionError]
    following: list[FollowingJob] | None
    has_pending_actions: bool | None
    is_canceled: bool
    is_complete: bool
    jobs: list[JobModel]
    returned: list[int] | None
    run_id: int | None

    def __init__(
        self,
        *,
        errors: list[JobCompletionError],
        following: list[FollowingJob] | None = ...,
        has_pending_actions: bool | None = ...,
        is_canceled: bool,
        is_complete: bool,
        jobs: list[JobModel],
        returned: list[int] | None = ...,
        run_id: int | None = ...,
    ) -> None: ...

class RequirementsCorrection(Model):
    job_ids: list[int] | None
    memory: str | None
    num_cpus: int | None
    resource_requirements_id: int
    runtime: str | None

    def __init__(
        self,
        *,
        job_ids: list[int] | None = ...,
        memory: str | None = ...,
        num_cpus: int | None = ...,
        resource_requirements_id: int,
        runtime: str | None = ...,
    ) -> None: ...

class ResetJobStatusResponse(Model):
    reset_type: str | None
    status: str
    updated_count: int
    workflow_id: int

    def __init__(self, *, reset_type: str | None = ..., status: str, updated_count: int, workflow_id: int) -> None: ...

class ResourceMonitorConfig(Model):
    compute_node: ComputeNodeMonitorConfig | None | None
    enabled: bool | None
    flush_interval_seconds: int | None
    generate_plots: bool | None
    granularity: MonitorGranularity | None
    jobs: JobMonitorConfig | None | None
    sample_interval_seconds: int | None

    def __init__(
        self,
        *,
        compute_node: ComputeNodeMonitorConfig | None | None = ...,
        enabled: bool | None = ...,
        flush_interval_seconds: int | None = ...,
        generate_plots: bool | None = ...,
        granularity: MonitorGranularity | None = ...,
        jobs: JobMonitorConfig | None | None = ...,
        sample_interval_seconds: int | None = ...,
    ) -> None: ...

class ResourceRequirementsModel(Model):
    id: int | None
    memory: str | None
    name: str
    num_cpus: int | None
    num_gpus: int | None
    num_nodes: int | None
    runtime: str | None
    workflow_id: int

    def __init__(
        self,
        *,
        id: int | None = ...,
        memory: str | None = ...,
        name: str,
        num_cpus: int | None = ...,
        num_gpus: int | None = ...,
        num_nodes: int | None = ...,
        runtime: str | None = ...,
        workflow_id: int,
    ) -> None: ...

class ResourceUseResponse(Model):
    requirements: list[UseOfRequirements]
    requirements_left_off: int

    def __init__(self, *, requirements: list[UseOfRequirements], requirements_left_off: int) -> None: ...

class RestartJobsRequest(Model):
    begins_run: bool | None
    corrections: list[RequirementsCorrection] | None
    file_times: list[FileTime] | None
    force: bool | None
    initializes: bool | None
    job_ids: list[int] | None
    known_run_id: int | None
    scope: JobScope

    def __init__(
        self,
        *,
        begins_run: bool | None = ...,
        corrections: list[RequirementsCorrection] | None = ...,
        file_times: list[FileTime] | None = ...,
        force: bool | None = ...,
        initializes: bool | None = ...,
        job_ids: list[int] | None = ...,
        known_run_id: int | None = ...,
        scope: JobScope,
    ) -> None: ...

class RestartJobsResponse(Model):
    cancellation_lifted: bool | None
    run_id: int
    updated_count: int

    def __init__(self, *, cancellation_lifted: bool | None = ..., run_id: int, updated_count: int) -> None: ...

class ResultModel(Model):
    attempt_id: int | None
    avg_cpu_percent: float | None
    avg_memory_bytes: int | None
    completion_time: str
    compute_node_id: int
    exec_time_minutes: float
    id: int | None
    job_id: int
    job_name: str | None
    peak_cpu_percent: float | None
    peak_memory_bytes: int | None
    reason: str | None
    return_code: int
    run_id: int
    status: JobStatus
    workflow_id: int

    def __init__(
        self,
        *,
        attempt_id: int | None = ...,
        avg_cpu_percent: float | None = ...,
        avg_memory_bytes: int | None = ...,
        completion_time: str,
        compute_node_id: int,
        exec_time_minutes: float,
        id: int | None = ...,
        job_id: int,
        job_name: str | None = ...,
        peak_cpu_percent: float | None = ...,
        peak_memory_bytes: int | None = ...,
        reason: str | None = ...,
        return_code: int,
        run_id: int,
        status: JobStatus,
        workflow_id: int,
    ) -> None: ...

class RoCrateEntityModel(Model):
    entity_id: str
    entity_type: str
    file_id: int | None
    id: int | None
    metadata: dict[str, Any]
    workflow_id: int

    def __init__(
        self,
        *,
        entity_id: str,
        entity_type: str,
        file_id: int | None = ...,
        id: int | None = ...,
        metadata: dict[str, Any],
        workflow_id: int,
    ) -> None: ...

class RunningJobModel(Model):
    compute_node_name: str
    job_id: int
    job_name: str
    scheduler_job_id: str | None
    scheduler_type: str
    start_time: str | None

    def __init__(
        self,
        *,
        compute_node_name: str,
        job_id: int,
        job_name: str,
        scheduler_job_id: str | None = ...,
        scheduler_type: str,
        start_time: str | None = ...,
    ) -> None: ...

class RunningJobsResponse(Model):
    count: int
    has_more: bool
    items: list[RunningJobModel]
    max_limit: int
    offset: int
    total_count: int

    def __init__(
        self, *, count: int, has_more: bool, items: list[RunningJobModel], max_limit: int, offset: int, total_count: int
    ) -> None: ...

class ScheduledComputeNodesModel(Model):
    folder: str | None
    id: int | None
    reason: str | None
    scheduler_config_id: int
    scheduler_id: int
    scheduler_type: str
    starts_at: str | None
    status: str
    submission_id: int | None
    task: int | None
    workflow_id: int

    def __init__(
        self,
        *,
        folder: str | None = ...,
        id: int | None = ...,
        reason: str | None = ...,
        scheduler_config_id: int,
        scheduler_id: int,
        scheduler_type: str,
        starts_at: str | None = ...,
        status: str,
        submission_id: int | None = ...,
        task: int | None = ...,
        workflow_id: int,
    ) -> None: ...

class SlurmJobCorrelationModel(Model):
    job_id: int
    job_name: str
    slurm_job_id: str

    def __init__(self, *, job_id: int, job_name: str, slurm_job_id: str) -> None: ...

class SlurmJobCorrelationsResponse(Model):
    count: int
    has_more: bool
    items: list[SlurmJobCorrelationModel]
    max_limit: int
    offset: int
    total_count: int

    def __init__(
        self,
        *,
        count: int,
        has_more: bool,
        items: list[SlurmJobCorrelationModel],
        max_limit: int,
        offset: int,
        total_count: int,
    ) -> None: ...

class SlurmSchedulerModel(Model):
    account: str
    extra: str | None
    gres: str | None
    id: int | None
    mem: str | None
    name: str | None
    nodes: int
    ntasks_per_node: int | None
    partition: str | None
    qos: str | None
    serialize_allocations: bool | None
    tmp: str | None
    walltime: str
    workflow_id: int

    def __init__(
        self,
        *,
        account: str,
        extra: str | None = ...,
        gres: str | None = ...,
        id: int | None = ...,
        mem: str | None = ...,
        name: str | None = ...,
        nodes: int,
        ntasks_per_node: int | None = ...,
        partition: str | None = ...,
        qos: str | None = ...,
        serialize_allocations: bool | None = ...,
        tmp: str | None = ...,
        walltime: str,
        workflow_id: int,
    ) -> None: ...

class SlurmStatsModel(Model):
    attempt_id: int
    ave_cpu_seconds: float | None
    id: int | None
    job_id: int
    max_disk_read_bytes: int | None
    max_disk_write_bytes: int | None
    max_rss_bytes: int | None
    max_vm_size_bytes: int | None
    node_list: str | None
    run_id: int
    slurm_job_id: str | None
    workflow_id: int

    def __init__(
        self,
        *,
        attempt_id: int,
        ave_cpu_seconds: float | None = ...,
        id: int | None = ...,
        job_id: int,
        max_disk_read_bytes: int | None = ...,
        max_disk_write_bytes: int | None = ...,
        max_rss_bytes: int | None = ...,
        max_vm_size_bytes: int | None = ...,
        node_list: str | None = ...,
        run_id: int,
        slurm_job_id: str | None = ...,
        workflow_id: int,
    ) -> None: ...

class SpawnJobModel(Model):
    cancel_on_blocking_job_failure: bool | None
    command: str
    depends_on: list[str] | None
    labels: list[str] | None
    name: str
    priority: int | None
    resource_requirements: str | None

    def __init__(
        self,
        *,
        cancel_on_blocking_job_failure: bool | None = ...,
        command: str,
        depends_on: list[str] | None = ...,
        labels: list[str] | None = ...,
        name: str,
        priority: int | None = ...,
        resource_requirements: str | None = ...,
    ) -> None: ...

class SpawnJobsRequest(Model):
    jobs: list[SpawnJobModel]
    lineage: str | None
    state: Any

    def __init__(self, *, jobs: list[SpawnJobModel], lineage: str | None = ..., state: Any = ...) -> None: ...

class SpawnJobsResponse(Model):
    iteration: int
    spawned_job_ids: list[int]

    def __init__(self, *, iteration: int, spawned_job_ids: list[int]) -> None: ...

class StartRunRequest(Model):
    file_times: list[FileTime] | None

    def __init__(self, *, file_times: list[FileTime] | None = ...) -> None: ...

class StartRunResponse(Model):
    is_started: bool
    run_id: int

    def __init__(self, *, is_started: bool, run_id: int) -> None: ...

class StartedJob(Model):
    after_job_id: int | None
    attempt_id: int
    job_id: int
    start_time: str | None

    def __init__(
        self, *, after_job_id: int | None = ..., attempt_id: int, job_id: int, start_time: str | None = ...
    ) -> None: ...

class StdioConfig(Model):
    delete_on_success: bool | None
    max_mb: int | None
    mode: StdioMode | None

    def __init__(
        self, *, delete_on_success: bool | None = ..., max_mb: int | None = ..., mode: StdioMode | None = ...
    ) -> None: ...

class StdioMode(WordEnum):
    SEPARATE = "separate"
    COMBINED = "combined"
    NO_STDOUT = "no_stdout"
    NO_STDERR = "no_stderr"
    NONE = "none"

class SubmissionModel(Model):
    action_id: int | None
    cluster: str | None
    created_at: str
    ended_at: str | None
    folder: str
    id: int
    is_array: bool | None
    mark: str
    num_allocations: int
    reason: str | None
    scheduled_compute_node_ids: list[int]
    scheduler_config_id: int
    scheduler_id: int | None
    scheduler_type: str
    status: SubmissionStatus
    workflow_id: int

    def __init__(
        self,
        *,
        action_id: int | None = ...,
        cluster: str | None = ...,
        created_at: str,
        ended_at: str | None = ...,
        folder: str,
        id: int,
        is_array: bool | None = ...,
        mark: str,
        num_allocations: int,
        reason: str | None = ...,
        scheduled_compute_node_ids: list[int],
        scheduler_config_id: int,
        scheduler_id: int | None = ...,
        scheduler_type: str,
        status: SubmissionStatus,
        workflow_id: int,
    ) -> None: ...

class SubmissionRequest(Model):
    action_id: int | None
    cluster: str | None
    folder: str
    num_allocations: int
    scheduler_config_id: int
    scheduler_type: str | None
    token_lifetime_seconds: int | None

    def __init__(
        self,
        *,
        action_id: int | None = ...,
        cluster: str | None = ...,
        folder: str,
        num_allocations: int,
        scheduler_config_id: int,
        scheduler_type: str | None = ...,
        token_lifetime_seconds: int | None = ...,
    ) -> None: ...

class SubmissionStatus(WordEnum):
    SUBMITTING = "submitting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"

class TaskModel(Model):
    created_at_ms: int
    error: str | None
    finished_at_ms: int | None
    id: int
    operation: str
    started_at_ms: int | None
    status: TaskStatus
    workflow_id: int

    def __init__(
        self,
        *,
        created_at_ms: int,
        error: str | None = ...,
        finished_at_ms: int | None = ...,
        id: int,
        operation: str,
        started_at_ms: int | None = ...,
        status: TaskStatus,
        workflow_id: int,
    ) -> None: ...

class TaskStatus(WordEnum):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"

class ThroughputResponse(Model):
    bin_seconds: int
    ended: list[int]
    ended_per_minute: float | None
    jobs_left: int
    seconds_left: float | None
    start_time: str | None

    def __init__(
        self,
        *,
        bin_seconds: int,
        ended: list[int],
        ended_per_minute: float | None = ...,
        jobs_left: int,
        seconds_left: float | None = ...,
        start_time: str | None = ...,
    ) -> None: ...

class TimelineCount(Model):
    num_attempts: int
    status: JobStatus

    def __init__(self, *, num_attempts: int, status: JobStatus) -> None: ...

class TimelineLane(Model):
    active: list[TimelinePeriod]
    counts: list[TimelineCount]
    job_seconds: float
    key: str
    num_rows: int
    rectangles: list[TimelineRectangle]

    def __init__(
        self,
        *,
        active: list[TimelinePeriod],
        counts: list[TimelineCount],
        job_seconds: float,
        key: str,
        num_rows: int,
        rectangles: list[TimelineRectangle],
    ) -> None: ...

class TimelineLanes(WordEnum):
    HOSTS = "hosts"
    GROUPS = "groups"

class TimelinePeriod(Model):
    end_seconds: float
    start_seconds: float

    def __init__(self, *, end_seconds: float, start_seconds: float) -> None: ...

class TimelineRectangle(Model):
    attempt_id: int | None
    counts: list[TimelineCount]
    end_seconds: float
    job_id: int | None
    job_name: str | None
    job_seconds: float
    row: int
    start_seconds: float

    def __init__(
        self,
        *,
        attempt_id: int | None = ...,
        counts: list[TimelineCount],
        end_seconds: float,
        job_id: int | None = ...,
        job_name: str | None = ...,
        job_seconds: float,
        row: int,
        start_seconds: float,
    ) -> None: ...

class TimelineResponse(Model):
    bin_seconds: float | None
    busy_cpu_seconds: float
    busy_cpus: list[float]
    counts: list[TimelineCount]
    end_time: str | None
    lanes: list[TimelineLane]
    left_out_attempts: int
    node_cpu_seconds: float
    node_cpus: list[float]
    num_attempts: int
    run_end_time: str | None
    run_id: int
    run_start_time: str | None
    running: list[float]
    start_time: str | None
    total_lanes: int

    def __init__(
        self,
        *,
        bin_seconds: float | None = ...,
        busy_cpu_seconds: float,
        busy_cpus: list[float],
        counts: list[TimelineCount],
        end_time: str | None = ...,
        lanes: list[TimelineLane],
        left_out_attempts: int,
        node_cpu_seconds: float,
        node_cpus: list[float],
        num_attempts: int,
        run_end_time: str | None = ...,
        run_id: int,
        run_start_time: str | None = ...,
        running: list[float],
        start_time: str | None = ...,
        total_lanes: int,
    ) -> None: ...

class TokenModel(Model):
    allocations_ended_at: str | None
    created_at: str
    expires_at: str
    id: int
    note: str | None
    requested_with: int | None
    submission_id: int | None
    user: str
    workflow_id: int

    def __init__(
        self,
        *,
        allocations_ended_at: str | None = ...,
        created_at: str,
        expires_at: str,
        id: int,
        note: str | None = ...,
        requested_with: int | None = ...,
        submission_id: int | None = ...,
        user: str,
        workflow_id: int,
    ) -> None: ...

class TokenRequest(Model):
    lifetime_seconds: int | None
    note: str | None

    def __init__(self, *, lifetime_seconds: int | None = ..., note: str | None = ...) -> None: ...

class UnchangedOutputs(WordEnum):
    FAIL = "fail"
    ACCEPT = "accept"

class UseOfGroup(Model):
    group: str
    num_jobs: int
    used: UsedResources

    def __init__(self, *, group: str, num_jobs: int, used: UsedResources) -> None: ...

class UseOfJob(Model):
    cpu_percent: float | None
    job_id: int
    job_name: str
    memory_bytes: int | None
    return_code: int
    seconds: float

    def __init__(
        self,
        *,
        cpu_percent: float | None = ...,
        job_id: int,
        job_name: str,
        memory_bytes: int | None = ...,
        return_code: int,
        seconds: float,
    ) -> None: ...

class UseOfRequirements(Model):
    groups: list[UseOfGroup]
    groups_left_off: int
    longest: list[UseOfJob]
    most_memory: list[UseOfJob]
    num_jobs: int
    requirements: ResourceRequirementsModel
    sample: list[UseOfJob]
    used: UsedResources

    def __init__(
        self,
        *,
        groups: list[UseOfGroup],
        groups_left_off: int,
        longest: list[UseOfJob],
        most_memory: list[UseOfJob],
        num_jobs: int,
        requirements: ResourceRequirementsModel,
        sample: list[UseOfJob],
        used: UsedResources,
    ) -> None: ...

class UsedResources(Model):
    cpu_percent: QuantilesModel | None | None
    memory_bytes: QuantilesModel | None | None
    num_measured: int
    num_out_of_memory: int
    num_out_of_time: int
    num_results: int
    num_unsuccessful: int
    seconds: QuantilesModel | None | None

    def __init__(
        self,
        *,
        cpu_percent: QuantilesModel | None | None = ...,
        memory_bytes: QuantilesModel | None | None = ...,
        num_measured: int,
        num_out_of_memory: int,
        num_out_of_time: int,
        num_results: int,
        num_unsuccessful: int,
        seconds: QuantilesModel | None | None = ...,
    ) -> None: ...

class UserDataListModel(Model):
    user_data: list[UserDataModel]

    def __init__(self, *, user_data: list[UserDataModel]) -> None: ...

class UserDataModel(Model):
    data: Any
    id: int | None
    is_ephemeral: bool | None
    name: str
    workflow_id: int

    def __init__(
        self, *, data: Any = ..., id: int | None = ..., is_ephemeral: bool | None = ..., name: str, workflow_id: int
    ) -> None: ...

class UserGroupMembershipModel(Model):
    created_at: str | None
    group_id: int
    id: int | None
    role: str
    user_name: str

    def __init__(
        self, *, created_at: str | None = ..., group_id: int, id: int | None = ..., role: str, user_name: str
    ) -> None: ...

class VersionResponse(Model):
    api_version: str
    database_id: str | None
    git_hash: str | None
    torc_server: str | None
    version: str

    def __init__(
        self,
        *,
        api_version: str,
        database_id: str | None = ...,
        git_hash: str | None = ...,
        torc_server: str | None = ...,
        version: str,
    ) -> None: ...

class WorkflowAccessGroupModel(Model):
    created_at: str | None
    group_id: int
    workflow_id: int

    def __init__(self, *, created_at: str | None = ..., group_id: int, workflow_id: int) -> None: ...

class WorkflowActionModel(Model):
    action_config: Any
    action_type: str
    executed: bool | None
    executed_at: str | None
    executed_by: int | None
    id: int | None
    is_recovery: bool | None
    job_ids: list[int] | None
    persistent: bool | None
    required_triggers: int | None
    trigger_count: int | None
    trigger_type: str
    workflow_id: int

    def __init__(
        self,
        *,
        action_config: Any,
        action_type: str,
        executed: bool | None = ...,
        executed_at: str | None = ...,
        executed_by: int | None = ...,
        id: int | None = ...,
        is_recovery: bool | None = ...,
        job_ids: list[int] | None = ...,
        persistent: bool | None = ...,
        required_triggers: int | None = ...,
        trigger_count: int | None = ...,
        trigger_type: str,
        workflow_id: int,
    ) -> None: ...

class WorkflowModel(Model):
    access_groups: list[str] | None
    compute_node_expiration_buffer_seconds: int | None
    compute_node_ignore_workflow_completion: bool | None
    compute_node_min_time_for_new_jobs_seconds: int | None
    compute_node_wait_for_healthy_database_minutes: int | None
    compute_node_wait_for_new_jobs_seconds: int | None
    description: str | None
    dynamic_jobs: DynamicJobsConfig | None
    enable_ro_crate: bool | None
    env: dict[str, str] | None
    execution_config: ExecutionConfig | None
    id: int | None
    is_archived: bool | None
    is_canceled: bool | None
    is_draft: bool | None
    jobs_sort_method: ClaimJobsSortMethod | None | None
    metadata: dict[str, Any] | None
    name: str
    progress: WorkflowProgressModel | None | None
    project: str | None
    resource_monitor_config: ResourceMonitorConfig | None
    run_id: int | None
    slurm_defaults: dict[str, Any] | None
    status_id: int | None
    submission_directory: str | None
    timestamp: str | None
    use_pending_failed: bool | None
    user: str

    def __init__(
        self,
        *,
        access_groups: list[str] | None = ...,
        compute_node_expiration_buffer_seconds: int | None = ...,
        compute_node_ignore_workflow_completion: bool | None = ...,
        compute_node_min_time_for_new_jobs_seconds: int | None = ...,
        compute_node_wait_for_healthy_database_minutes: int | None = ...,
        compute_node_wait_for_new_jobs_seconds: int | None = ...,
        description: str | None = ...,
        dynamic_jobs: DynamicJobsConfig | None = ...,
        enable_ro_crate: bool | None = ...,
        env: dict[str, str] | None = ...,
        execution_config: ExecutionConfig | None = ...,
        id: int | None = ...,
        is_archived: bool | None = ...,
        is_canceled: bool | None = ...,
        is_draft: bool | None = ...,
        jobs_sort_method: ClaimJobsSortMethod | None | None = ...,
        metadata: dict[str, Any] | None = ...,
        name: str,
        progress: WorkflowProgressModel | None | None = ...,
        project: str | None = ...,
        resource_monitor_config: ResourceMonitorConfig | None = ...,
        run_id: int | None = ...,
        slurm_defaults: dict[str, Any] | None = ...,
        status_id: int | None = ...,
        submission_directory: str | None = ...,
        timestamp: str | None = ...,
        use_pending_failed: bool | None = ...,
        user: str,
    ) -> None: ...

class WorkflowProgressModel(Model):
    active_compute_nodes: int
    first_node_start: str | None
    jobs_by_status: JobStatusCounts
    seconds_left: float | None
    state: str
    total_jobs: int

    def __init__(
        self,
        *,
        active_compute_nodes: int,
        first_node_start: str | None = ...,
        jobs_by_status: JobStatusCounts,
        seconds_left: float | None = ...,
        state: str,
        total_jobs: int,
    ) -> None: ...

class WorkflowStatusModel(Model):
    has_detected_need_to_run_completion_script: bool | None
    id: int | None
    is_archived: bool | None
    is_canceled: bool
    run_id: int

    def __init__(
        self,
        *,
        has_detected_need_to_run_completion_script: bool | None = ...,
        id: int | None = ...,
        is_archived: bool | None = ...,
        is_canceled: bool,
        run_id: int,
    ) -> None: ...

class WorkflowStatusResponse(Model):
    active_compute_nodes: int
    active_scheduled_nodes: int
    has_detected_need_to_run_completion_script: bool | None
    id: int | None
    is_archived: bool | None
    is_canceled: bool
    is_complete: bool
    jobs_by_status: JobStatusCounts
    longest_ready_runtime_seconds: int | None
    max_allocation_remaining_seconds: int | None
    pending_scheduled_nodes: int
    run_id: int | None
    runtime_blocked_ready_jobs: int
    seconds_left: float | None
    total_exec_time_minutes: float
    total_jobs: int
    unserved_ready_labels: dict[str, int] | None
    walltime_seconds: float | None
    workflow_id: int
    workflow_name: str
    workflow_user: str

    def __init__(
        self,
        *,
        active_compute_nodes: int,
        active_scheduled_nodes: int,
        has_detected_need_to_run_completion_script: bool | None = ...,
        id: int | None = ...,
        is_archived: bool | None = ...,
        is_canceled: bool,
        is_complete: bool,
        jobs_by_status: JobStatusCounts,
        longest_ready_runtime_seconds: int | None = ...,
        max_allocation_remaining_seconds: int | None = ...,
        pending_scheduled_nodes: int,
        run_id: int | None = ...,
        runtime_blocked_ready_jobs: int,
        seconds_left: float | None = ...,
        total_exec_time_minutes: float,
        total_jobs: int,
        unserved_ready_labels: dict[str, int] | None = ...,
        walltime_seconds: float | None = ...,
        workflow_id: int,
        workflow_name: str,
        workflow_user: str,
    ) -> None: ...
