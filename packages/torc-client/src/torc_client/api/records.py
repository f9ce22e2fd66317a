# Generated from openapi.json by tools/openapi_client. Do not edit: change the server's declaration instead.
"""What is sent and answered. A member that is None is left out."""

from typing import Any

import msgspec
from torc_client.api.enums import ClaimJobsSortMethod, ExecutionMode, JobStatus, MonitorGranularity, StdioMode


class ComputeNodeSchedule(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record ComputeNodeSchedule."""

    num_jobs: int
    scheduler_id: int
    max_parallel_jobs: int | None = None
    start_one_worker_per_node: bool | None = None


class JobModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record JobModel."""

    command: str
    name: str
    workflow_id: int
    attempt_id: int | None = None
    cancel_on_blocking_job_failure: bool | None = None
    compute_node_id: int | None = None
    depends_on_job_ids: list[int] | None = None
    env: dict[str, str] | None = None
    failure_handler_id: int | None = None
    id: int | None = None
    input_file_ids: list[int] | None = None
    input_user_data_ids: list[int] | None = None
    invocation_script: str | None = None
    origin: str | None = None
    output_file_ids: list[int] | None = None
    output_user_data_ids: list[int] | None = None
    priority: int | None = None
    resource_requirements_id: int | None = None
    schedule_compute_nodes: ComputeNodeSchedule | None = None
    scheduler_id: int | None = None
    start_time: str | None = None
    status: JobStatus | None = None
    supports_termination: bool | None = None


class ClaimJobsBasedOnResources(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record ClaimJobsBasedOnResources."""

    jobs: list[JobModel] | None = None
    reason: str | None = None


class ClaimNextJobsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record ClaimNextJobsResponse."""

    jobs: list[JobModel] | None = None


class ComputeNodeModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record ComputeNodeModel."""

    compute_node_type: str
    hostname: str
    memory_gb: float
    num_cpus: int
    num_gpus: int
    num_nodes: int
    pid: int
    start_time: str
    workflow_id: int
    avg_cpu_percent: float | None = None
    avg_memory_bytes: int | None = None
    duration_seconds: float | None = None
    id: int | None = None
    is_active: bool | None = None
    peak_cpu_percent: float | None = None
    peak_memory_bytes: int | None = None
    sample_count: int | None = None
    scheduler: Any = None
    scheduler_config_id: int | None = None
    time_limit: str | None = None


class ComputeNodeMonitorConfig(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record ComputeNodeMonitorConfig."""

    cpu: bool | None = None
    enabled: bool | None = None
    granularity: MonitorGranularity | None = None
    memory: bool | None = None


class ComputeNodesResources(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record ComputeNodesResources."""

    memory_gb: float
    num_cpus: int
    num_gpus: int
    num_nodes: int
    id: int | None = None
    scheduler_config_id: int | None = None
    time_limit: str | None = None


class FileModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record FileModel."""

    name: str
    path: str
    workflow_id: int
    id: int | None = None
    st_mtime: float | None = None


class CreateFilesResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record CreateFilesResponse."""

    files: list[FileModel] | None = None


class CreateJobsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record CreateJobsResponse."""

    jobs: list[JobModel] | None = None


class UserDataModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record UserDataModel."""

    name: str
    workflow_id: int
    data: Any = None
    id: int | None = None
    is_ephemeral: bool | None = None


class CreateUserDataListResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record CreateUserDataListResponse."""

    user_data: list[UserDataModel] | None = None


class DeleteCountResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record DeleteCountResponse."""

    count: int


class DynamicJobsConfig(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record DynamicJobsConfig."""

    max_iterations: int | None = None


class ErrorResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record ErrorResponse."""

    error: Any
    code: int | None = None
    errorMessage: str | None = None
    errorNum: int | None = None


class StdioConfig(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record StdioConfig."""

    delete_on_success: bool | None = None
    mode: StdioMode | None = None


class ExecutionConfig(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record ExecutionConfig."""

    enable_cpu_bind: bool | None = None
    job_stdio_overrides: dict[str, StdioConfig] | None = None
    limit_resources: bool | None = None
    mode: ExecutionMode | None = None
    oom_exit_code: int | None = None
    sigkill_headroom_seconds: int | None = None
    sigterm_lead_seconds: int | None = None
    srun_mpi: str | None = None
    srun_termination_signal: str | None = None
    staggered_start: bool | None = None
    stdio: StdioConfig | None = None
    termination_signal: str | None = None
    timeout_exit_code: int | None = None


class FilesModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record FilesModel."""

    files: list[FileModel]


class IsCompleteResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record IsCompleteResponse."""

    is_canceled: bool
    is_complete: bool
    needs_to_run_completion_script: bool | None = None


class IsUninitializedResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record IsUninitializedResponse."""

    is_uninitialized: bool


class JobMonitorConfig(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record JobMonitorConfig."""

    enabled: bool | None = None
    granularity: MonitorGranularity | None = None


class JobStatusCounts(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record JobStatusCounts."""

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


class JobsModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record JobsModel."""

    jobs: list[JobModel]


class ListComputeNodesResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record ListComputeNodesResponse."""

    count: int
    has_more: bool
    items: list[ComputeNodeModel]
    max_limit: int
    offset: int
    total_count: int


class ListFilesResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record ListFilesResponse."""

    count: int
    has_more: bool
    items: list[FileModel]
    max_limit: int
    offset: int
    total_count: int


class ListJobsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record ListJobsResponse."""

    count: int
    has_more: bool
    items: list[JobModel]
    max_limit: int
    offset: int
    total_count: int


class ResourceRequirementsModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record ResourceRequirementsModel."""

    name: str
    workflow_id: int
    id: int | None = None
    memory: str | None = None
    num_cpus: int | None = None
    num_gpus: int | None = None
    num_nodes: int | None = None
    runtime: str | None = None


class ListResourceRequirementsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record ListResourceRequirementsResponse."""

    count: int
    has_more: bool
    items: list[ResourceRequirementsModel]
    max_limit: int
    offset: int
    total_count: int


class ResultModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record ResultModel."""

    completion_time: str
    compute_node_id: int
    exec_time_minutes: float
    job_id: int
    return_code: int
    run_id: int
    status: JobStatus
    workflow_id: int
    attempt_id: int | None = None
    avg_cpu_percent: float | None = None
    avg_memory_bytes: int | None = None
    id: int | None = None
    job_name: str | None = None
    peak_cpu_percent: float | None = None
    peak_memory_bytes: int | None = None


class ListResultsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record ListResultsResponse."""

    count: int
    has_more: bool
    items: list[ResultModel]
    max_limit: int
    offset: int
    total_count: int


class ListUserDataResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record ListUserDataResponse."""

    count: int
    has_more: bool
    items: list[UserDataModel]
    max_limit: int
    offset: int
    total_count: int


class ResourceMonitorConfig(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record ResourceMonitorConfig."""

    compute_node: ComputeNodeMonitorConfig | None = None
    enabled: bool | None = None
    flush_interval_seconds: int | None = None
    generate_plots: bool | None = None
    granularity: MonitorGranularity | None = None
    jobs: JobMonitorConfig | None = None
    sample_interval_seconds: int | None = None


class WorkflowModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record WorkflowModel."""

    name: str
    user: str
    access_groups: list[str] | None = None
    compute_node_expiration_buffer_seconds: int | None = None
    compute_node_ignore_workflow_completion: bool | None = None
    compute_node_min_time_for_new_jobs_seconds: int | None = None
    compute_node_wait_for_healthy_database_minutes: int | None = None
    compute_node_wait_for_new_jobs_seconds: int | None = None
    description: str | None = None
    dynamic_jobs: DynamicJobsConfig | None = None
    enable_ro_crate: bool | None = None
    env: dict[str, str] | None = None
    execution_config: ExecutionConfig | None = None
    id: int | None = None
    is_archived: bool | None = None
    is_canceled: bool | None = None
    jobs_sort_method: ClaimJobsSortMethod | None = None
    metadata: dict[str, Any] | None = None
    project: str | None = None
    resource_monitor_config: ResourceMonitorConfig | None = None
    run_id: int | None = None
    slurm_defaults: dict[str, Any] | None = None
    status_id: int | None = None
    submission_directory: str | None = None
    timestamp: str | None = None
    use_pending_failed: bool | None = None


class ListWorkflowsResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record ListWorkflowsResponse."""

    count: int
    has_more: bool
    items: list[WorkflowModel]
    max_limit: int
    offset: int
    total_count: int


class MessageResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record MessageResponse."""

    message: str


class PingResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record PingResponse."""

    status: str


class ResetJobStatusResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record ResetJobStatusResponse."""

    status: str
    updated_count: int
    workflow_id: int
    reset_type: str | None = None


class UserDataListModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record UserDataListModel."""

    user_data: list[UserDataModel]


class VersionResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record VersionResponse."""

    api_version: str
    version: str
    git_hash: str | None = None


class WorkflowStatusModel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record WorkflowStatusModel."""

    is_canceled: bool
    run_id: int
    has_detected_need_to_run_completion_script: bool | None = None
    id: int | None = None
    is_archived: bool | None = None


class WorkflowStatusResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The record WorkflowStatusResponse."""

    active_compute_nodes: int
    active_scheduled_nodes: int
    is_canceled: bool
    is_complete: bool
    jobs_by_status: JobStatusCounts
    pending_scheduled_nodes: int
    total_exec_time_minutes: float
    total_jobs: int
    workflow_id: int
    workflow_name: str
    workflow_user: str
    walltime_seconds: float | None = None
    id: int | None = None
    run_id: int | None = None
    is_archived: bool | None = None
    has_detected_need_to_run_completion_script: bool | None = None
