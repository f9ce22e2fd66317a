# Generated from openapi.json by tools/openapi_client. Do not edit: change the server's declaration instead.

from typing import Any

from torc_client.api.enums import ClaimJobsSortMethod, JobStatus, OutputStream, TimelineLanes
from torc_client.api.records import (
    AcceptSubmissionRequest,
    AccessCheckResponse,
    AccessGroupModel,
    ActiveTaskResponse,
    AdminSqlRequest,
    AdminSqlResponse,
    ApiStatsResponse,
    ArchiveWorkflowRequest,
    BatchCompleteJobsRequest,
    BatchCompleteJobsResponse,
    BatchStartJobsRequest,
    BatchStartJobsResponse,
    ClaimActionRequest,
    ClaimActionResponse,
    ClaimJobsBasedOnResources,
    ClaimNextJobsResponse,
    CompleteActionRequest,
    CompleteActionResponse,
    ComputeNodeModel,
    ComputeNodesResources,
    CorrectRequirementsRequest,
    CreatedSubmissionModel,
    CreatedTokenModel,
    CreateFilesResponse,
    CreateJobsResponse,
    CreateUserDataListResponse,
    DeleteCountResponse,
    DeleteRoCrateEntitiesResponse,
    DisableJobsRequest,
    DisableJobsResponse,
    EventModel,
    ExplainResponse,
    FailJobsRequest,
    FailJobsResponse,
    FailureHandlerModel,
    FailuresResponse,
    FileModel,
    FilesModel,
    GetReadyJobRequirementsResponse,
    GiveUpResponse,
    HeartbeatResponse,
    IsCompleteResponse,
    IsUninitializedResponse,
    JobGroupsResponse,
    JobModel,
    JobOutputPiece,
    JobsModel,
    LatestEventTimestampResponse,
    ListAccessGroupsResponse,
    ListAdminAuditLogResponse,
    ListComputeNodesResponse,
    ListEventsResponse,
    ListFailureHandlersResponse,
    ListFilesResponse,
    ListJobDependenciesResponse,
    ListJobFileRelationshipsResponse,
    ListJobIdsResponse,
    ListJobsResponse,
    ListJobUserDataRelationshipsResponse,
    ListLocalSchedulersResponse,
    ListMissingUserDataResponse,
    ListRequiredExistingFilesResponse,
    ListResourceRequirementsResponse,
    ListResultsResponse,
    ListRoCrateEntitiesResponse,
    ListScheduledComputeNodesResponse,
    ListSlurmSchedulersResponse,
    ListSlurmStatsResponse,
    ListSubmissionsResponse,
    ListTokensResponse,
    ListUserDataResponse,
    ListUserGroupMembershipsResponse,
    ListWorkflowsResponse,
    LocalSchedulerModel,
    MessageResponse,
    NeighboursResponse,
    NodeLoadModel,
    OutputPieceDelivery,
    OutputPieceReceipt,
    OutputRequestsResponse,
    PingResponse,
    ProcessChangedJobInputsResponse,
    RejectSubmissionRequest,
    ReloadAuthResponse,
    RemoteWorkerModel,
    ReplanAllocationsRequest,
    ReplanAllocationsResponse,
    ReportAndClaimRequest,
    ReportAndClaimResponse,
    ResetJobStatusResponse,
    ResourceRequirementsModel,
    ResourceUseResponse,
    RestartJobsRequest,
    RestartJobsResponse,
    ResultModel,
    RoCrateEntityModel,
    RunningJobsResponse,
    ScheduledComputeNodesModel,
    SlurmJobCorrelationsResponse,
    SlurmSchedulerModel,
    SlurmStatsModel,
    SpawnJobsRequest,
    SpawnJobsResponse,
    StartRunRequest,
    StartRunResponse,
    SubmissionModel,
    SubmissionRequest,
    TaskModel,
    ThroughputResponse,
    TimelineResponse,
    TokenRequest,
    UserDataListModel,
    UserDataModel,
    UserGroupMembershipModel,
    VersionResponse,
    WorkflowAccessGroupModel,
    WorkflowActionModel,
    WorkflowModel,
    WorkflowStatusModel,
    WorkflowStatusResponse,
)

class AccessControl:
    def add_user_to_group(self, id: int, body: UserGroupMembershipModel) -> UserGroupMembershipModel: ...
    def add_workflow_to_group(self, id: int, group_id: int) -> WorkflowAccessGroupModel: ...
    def add_workflow_to_group_by_body(self, id: int, body: WorkflowAccessGroupModel) -> WorkflowAccessGroupModel: ...
    def admin_sql(self, body: AdminSqlRequest) -> AdminSqlResponse: ...
    def check_workflow_access(self, workflow_id: int, user_name: str) -> AccessCheckResponse: ...
    def create_access_group(self, body: AccessGroupModel) -> AccessGroupModel: ...
    def delete_access_group(self, id: int) -> AccessGroupModel: ...
    def get_access_group(self, id: int) -> AccessGroupModel: ...
    def get_api_stats(
        self, *, window_seconds: int | None = None, interval_seconds: int | None = None
    ) -> ApiStatsResponse: ...
    def list_access_groups(
        self, *, offset: int | None = None, limit: int | None = None
    ) -> ListAccessGroupsResponse: ...
    def list_admin_audit_log(
        self, *, offset: int | None = None, limit: int | None = None
    ) -> ListAdminAuditLogResponse: ...
    def list_group_members(
        self, id: int, *, offset: int | None = None, limit: int | None = None
    ) -> ListUserGroupMembershipsResponse: ...
    def list_user_groups(
        self, user_name: str, *, offset: int | None = None, limit: int | None = None
    ) -> ListAccessGroupsResponse: ...
    def list_workflow_groups(
        self, id: int, *, offset: int | None = None, limit: int | None = None
    ) -> ListAccessGroupsResponse: ...
    def reload_auth(self) -> ReloadAuthResponse: ...
    def remove_user_from_group(self, id: int, user_name: str) -> UserGroupMembershipModel: ...
    def remove_workflow_from_group(self, id: int, group_id: int) -> WorkflowAccessGroupModel: ...

class ComputeNodes:
    def create_compute_node(self, body: ComputeNodeModel) -> ComputeNodeModel: ...
    def delete_compute_node(self, id: int) -> ComputeNodeModel: ...
    def delete_compute_nodes(self, *, workflow_id: int) -> DeleteCountResponse: ...
    def deliver_output_piece(self, id: int, body: OutputPieceDelivery) -> OutputPieceReceipt: ...
    def get_compute_node(self, id: int) -> ComputeNodeModel: ...
    def give_up_compute_node(self, id: int) -> GiveUpResponse: ...
    def heartbeat_compute_node(self, id: int) -> HeartbeatResponse: ...
    def list_compute_nodes(
        self,
        *,
        workflow_id: int,
        hostname: str | None = None,
        is_active: bool | None = None,
        scheduled_compute_node_id: int | None = None,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
        filter: str | None = None,
    ) -> ListComputeNodesResponse: ...
    def list_output_requests(self, id: int, *, wait_seconds: float | None = None) -> OutputRequestsResponse: ...
    def update_compute_node(self, id: int, body: ComputeNodeModel) -> ComputeNodeModel: ...

class Events:
    def create_event(self, body: EventModel) -> EventModel: ...
    def delete_event(self, id: int) -> EventModel: ...
    def delete_events(self, *, workflow_id: int) -> DeleteCountResponse: ...
    def get_event(self, id: int) -> EventModel: ...
    def list_events(
        self,
        *,
        workflow_id: int,
        category: str | None = None,
        after_timestamp: int | None = None,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
        filter: str | None = None,
    ) -> ListEventsResponse: ...
    def update_event(self, id: int, body: Any = None) -> EventModel: ...

class FailureHandlers:
    def create_failure_handler(self, body: FailureHandlerModel) -> FailureHandlerModel: ...
    def delete_failure_handler(self, id: int) -> FailureHandlerModel: ...
    def get_failure_handler(self, id: int) -> FailureHandlerModel: ...
    def list_failure_handlers(
        self, id: int, *, offset: int | None = None, limit: int | None = None, filter: str | None = None
    ) -> ListFailureHandlersResponse: ...

class Files:
    def create_file(self, body: FileModel) -> FileModel: ...
    def create_files(self, body: FilesModel) -> CreateFilesResponse: ...
    def delete_file(self, id: int) -> FileModel: ...
    def delete_files(self, *, workflow_id: int) -> DeleteCountResponse: ...
    def get_file(self, id: int) -> FileModel: ...
    def list_files(
        self,
        *,
        workflow_id: int,
        produced_by_job_id: int | None = None,
        name: str | None = None,
        path: str | None = None,
        is_output: bool | None = None,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
        filter: str | None = None,
    ) -> ListFilesResponse: ...
    def update_file(self, id: int, body: FileModel) -> FileModel: ...

class Jobs:
    def complete_job(self, id: int, status: JobStatus, run_id: int, body: ResultModel) -> JobModel: ...
    def create_job(self, body: JobModel) -> JobModel: ...
    def create_jobs(self, body: JobsModel) -> CreateJobsResponse: ...
    def delete_job(self, id: int) -> JobModel: ...
    def delete_jobs(self, *, workflow_id: int) -> DeleteCountResponse: ...
    def get_job(self, id: int, *, include_dependencies: bool | None = None) -> JobModel: ...
    def get_job_output(
        self,
        id: int,
        *,
        stream: OutputStream | None = None,
        offset_bytes: int | None = None,
        limit_bytes: int | None = None,
        attempt_id: int | None = None,
        wait_seconds: float | None = None,
    ) -> JobOutputPiece: ...
    def list_jobs(
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
    ) -> ListJobsResponse: ...
    def list_neighbours(self, id: int, *, steps: int | None = None, limit: int | None = None) -> NeighboursResponse: ...
    def manage_status_change(self, id: int, status: JobStatus, run_id: int) -> JobModel: ...
    def retry_job(self, id: int, run_id: int, *, max_retries: int) -> JobModel: ...
    def spawn_jobs(self, id: int, body: SpawnJobsRequest) -> SpawnJobsResponse: ...
    def start_job(self, id: int, run_id: int, compute_node_id: int) -> JobModel: ...
    def update_job(self, id: int, body: JobModel) -> JobModel: ...

class LocalSchedulers:
    def create_local_scheduler(self, body: LocalSchedulerModel) -> LocalSchedulerModel: ...
    def delete_local_scheduler(self, id: int) -> LocalSchedulerModel: ...
    def delete_local_schedulers(self, *, workflow_id: int) -> DeleteCountResponse: ...
    def get_local_scheduler(self, id: int) -> LocalSchedulerModel: ...
    def list_local_schedulers(
        self,
        *,
        workflow_id: int,
        memory: str | None = None,
        num_cpus: int | None = None,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
        filter: str | None = None,
    ) -> ListLocalSchedulersResponse: ...
    def update_local_scheduler(self, id: int, body: LocalSchedulerModel) -> LocalSchedulerModel: ...

class RemoteWorkers:
    def create_remote_workers(self, id: int, body: list[str]) -> list[RemoteWorkerModel]: ...
    def delete_remote_worker(self, id: int, worker: str) -> RemoteWorkerModel: ...
    def list_remote_workers(self, id: int) -> list[RemoteWorkerModel]: ...

class ResourceRequirements:
    def create_resource_requirements(self, body: ResourceRequirementsModel) -> ResourceRequirementsModel: ...
    def delete_resource_requirement(self, id: int) -> ResourceRequirementsModel: ...
    def delete_resource_requirements(self, *, workflow_id: int) -> DeleteCountResponse: ...
    def get_resource_requirements(self, id: int) -> ResourceRequirementsModel: ...
    def list_resource_requirements(
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
    ) -> ListResourceRequirementsResponse: ...
    def update_resource_requirements(self, id: int, body: ResourceRequirementsModel) -> ResourceRequirementsModel: ...

class Results:
    def create_result(self, body: ResultModel) -> ResultModel: ...
    def delete_result(self, id: int) -> ResultModel: ...
    def delete_results(self, *, workflow_id: int) -> DeleteCountResponse: ...
    def get_result(self, id: int) -> ResultModel: ...
    def list_results(
        self,
        *,
        workflow_id: int,
        job_id: int | None = None,
        run_id: int | None = None,
        return_code: int | None = None,
        status: JobStatus | None = None,
        compute_node_id: int | None = None,
        all_runs: bool | None = None,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
        filter: str | None = None,
    ) -> ListResultsResponse: ...
    def update_result(self, id: int, body: ResultModel) -> ResultModel: ...

class RoCrateEntities:
    def create_ro_crate_entity(self, body: RoCrateEntityModel) -> RoCrateEntityModel: ...
    def delete_ro_crate_entities(self, id: int) -> DeleteRoCrateEntitiesResponse: ...
    def delete_ro_crate_entity(self, id: int) -> MessageResponse: ...
    def get_ro_crate_entity(self, id: int) -> RoCrateEntityModel: ...
    def list_ro_crate_entities(
        self,
        id: int,
        *,
        file_id: int | None = None,
        entity_id: str | None = None,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
        filter: str | None = None,
    ) -> ListRoCrateEntitiesResponse: ...
    def update_ro_crate_entity(self, id: int, body: RoCrateEntityModel) -> RoCrateEntityModel: ...

class ScheduledComputeNodes:
    def create_scheduled_compute_node(self, body: ScheduledComputeNodesModel) -> ScheduledComputeNodesModel: ...
    def delete_scheduled_compute_node(self, id: int) -> ScheduledComputeNodesModel: ...
    def delete_scheduled_compute_nodes(self, *, workflow_id: int) -> DeleteCountResponse: ...
    def get_scheduled_compute_node(self, id: int) -> ScheduledComputeNodesModel: ...
    def list_scheduled_compute_nodes(
        self,
        *,
        workflow_id: int,
        scheduler_id: str | None = None,
        scheduler_config_id: str | None = None,
        status: str | None = None,
        submission_id: int | None = None,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
        filter: str | None = None,
    ) -> ListScheduledComputeNodesResponse: ...
    def update_scheduled_compute_node(
        self, id: int, body: ScheduledComputeNodesModel
    ) -> ScheduledComputeNodesModel: ...

class SlurmSchedulers:
    def create_slurm_scheduler(self, body: SlurmSchedulerModel) -> SlurmSchedulerModel: ...
    def delete_slurm_scheduler(self, id: int) -> SlurmSchedulerModel: ...
    def delete_slurm_schedulers(self, *, workflow_id: int) -> DeleteCountResponse: ...
    def get_slurm_scheduler(self, id: int) -> SlurmSchedulerModel: ...
    def list_slurm_schedulers(
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
    ) -> ListSlurmSchedulersResponse: ...
    def update_slurm_scheduler(self, id: int, body: SlurmSchedulerModel) -> SlurmSchedulerModel: ...

class SlurmStats:
    def create_slurm_stats(self, body: SlurmStatsModel) -> SlurmStatsModel: ...
    def list_slurm_stats(
        self,
        *,
        workflow_id: int,
        job_id: int | None = None,
        run_id: int | None = None,
        attempt_id: int | None = None,
        offset: int | None = None,
        limit: int | None = None,
        filter: str | None = None,
    ) -> ListSlurmStatsResponse: ...

class Submissions:
    def accept_submission(self, id: int, body: AcceptSubmissionRequest) -> SubmissionModel: ...
    def create_submission(self, id: int, body: SubmissionRequest) -> CreatedSubmissionModel: ...
    def get_submission(self, id: int) -> SubmissionModel: ...
    def list_submissions(
        self,
        id: int,
        *,
        status: str | None = None,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
        filter: str | None = None,
    ) -> ListSubmissionsResponse: ...
    def reject_submission(self, id: int, body: RejectSubmissionRequest) -> SubmissionModel: ...

class System:
    def get_version(self) -> VersionResponse: ...
    def ping(self) -> PingResponse: ...

class Tasks:
    def get_task(self, id: int) -> TaskModel: ...

class Tokens:
    def create_token(self, id: int, body: TokenRequest | None = None) -> CreatedTokenModel: ...
    def list_tokens(
        self,
        *,
        workflow_id: int | None = None,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
    ) -> ListTokensResponse: ...
    def revoke_token(self, id: int) -> MessageResponse: ...

class UserData:
    def create_user_data(
        self, body: UserDataModel, *, consumer_job_id: int | None = None, producer_job_id: int | None = None
    ) -> UserDataModel: ...
    def create_user_data_list(self, body: UserDataListModel) -> CreateUserDataListResponse: ...
    def delete_all_user_data(self, *, workflow_id: int) -> DeleteCountResponse: ...
    def delete_user_data(self, id: int) -> UserDataModel: ...
    def get_user_data(self, id: int) -> UserDataModel: ...
    def list_user_data(
        self,
        *,
        workflow_id: int,
        consumer_job_id: int | None = None,
        producer_job_id: int | None = None,
        name: str | None = None,
        is_ephemeral: bool | None = None,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
        filter: str | None = None,
    ) -> ListUserDataResponse: ...
    def update_user_data(self, id: int, body: UserDataModel) -> UserDataModel: ...

class WorkflowActions:
    def claim_action(self, id: int, action_id: int, body: ClaimActionRequest) -> ClaimActionResponse: ...
    def complete_action(self, id: int, action_id: int, body: CompleteActionRequest) -> CompleteActionResponse: ...
    def create_workflow_action(self, id: int, body: WorkflowActionModel) -> WorkflowActionModel: ...
    def delete_action(self, id: int) -> WorkflowActionModel: ...
    def delete_workflow_action(self, id: int, action_id: int) -> MessageResponse: ...
    def get_action(self, id: int) -> WorkflowActionModel: ...
    def get_pending_actions(self, id: int, *, trigger_type: list[str] | None = None) -> list[WorkflowActionModel]: ...
    def get_workflow_actions(self, id: int) -> list[WorkflowActionModel]: ...
    def update_action(self, id: int, body: WorkflowActionModel) -> WorkflowActionModel: ...
    def update_workflow_action(self, id: int, action_id: int, body: Any) -> WorkflowActionModel: ...

class Workflows:
    def archive_workflow(self, id: int, body: ArchiveWorkflowRequest) -> WorkflowModel: ...
    def batch_complete_jobs(self, id: int, body: BatchCompleteJobsRequest) -> BatchCompleteJobsResponse: ...
    def batch_start_jobs(self, id: int, body: BatchStartJobsRequest) -> BatchStartJobsResponse: ...
    def cancel_workflow(self, id: int) -> WorkflowStatusModel: ...
    def claim_jobs_based_on_resources(
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
    ) -> ClaimJobsBasedOnResources: ...
    def claim_next_jobs(
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
    ) -> ClaimNextJobsResponse: ...
    def correct_resource_requirements(self, id: int, body: CorrectRequirementsRequest) -> MessageResponse: ...
    def create_workflow(self, body: WorkflowModel) -> WorkflowModel: ...
    def delete_workflow(self, id: int) -> WorkflowModel: ...
    def disable_jobs(self, id: int, body: DisableJobsRequest) -> DisableJobsResponse: ...
    def explain_workflow(
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
    ) -> ExplainResponse: ...
    def fail_jobs(self, id: int, body: FailJobsRequest) -> FailJobsResponse: ...
    def finish_creation(self, id: int) -> WorkflowModel: ...
    def get_active_task_for_workflow(self, id: int, *, wait_seconds: float | None = None) -> ActiveTaskResponse: ...
    def get_latest_event_timestamp(self, id: int) -> LatestEventTimestampResponse: ...
    def get_ready_job_requirements(
        self, id: int, *, scheduler_config_id: int | None = None
    ) -> GetReadyJobRequirementsResponse: ...
    def get_resource_use(self, id: int) -> ResourceUseResponse: ...
    def get_running_jobs(
        self, id: int, *, offset: int | None = None, limit: int | None = None, filter: str | None = None
    ) -> RunningJobsResponse: ...
    def get_slurm_job_correlations(
        self, id: int, *, offset: int | None = None, limit: int | None = None, filter: str | None = None
    ) -> SlurmJobCorrelationsResponse: ...
    def get_throughput(self, id: int) -> ThroughputResponse: ...
    def get_timeline(
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
    ) -> TimelineResponse: ...
    def get_workflow(self, id: int) -> WorkflowModel: ...
    def get_workflow_status(self, id: int) -> WorkflowStatusResponse: ...
    def initialize_jobs(
        self, id: int, *, only_uninitialized: bool | None = None, clear_ephemeral_user_data: bool | None = None
    ) -> MessageResponse: ...
    def initialize_jobs_as_task(
        self, id: int, *, only_uninitialized: bool | None = None, clear_ephemeral_user_data: bool | None = None
    ) -> TaskModel: ...
    def is_workflow_complete(
        self, id: int, *, wait_seconds: float | None = None, run_id: int | None = None, known_fences: int | None = None
    ) -> IsCompleteResponse: ...
    def is_workflow_uninitialized(self, id: int) -> IsUninitializedResponse: ...
    def list_failures(self, id: int) -> FailuresResponse: ...
    def list_job_dependencies(
        self,
        id: int,
        *,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
        filter: str | None = None,
    ) -> ListJobDependenciesResponse: ...
    def list_job_file_relationships(
        self,
        id: int,
        *,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
        filter: str | None = None,
    ) -> ListJobFileRelationshipsResponse: ...
    def list_job_groups(self, id: int) -> JobGroupsResponse: ...
    def list_job_ids(self, id: int) -> ListJobIdsResponse: ...
    def list_job_user_data_relationships(
        self,
        id: int,
        *,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
        filter: str | None = None,
    ) -> ListJobUserDataRelationshipsResponse: ...
    def list_missing_user_data(self, id: int) -> ListMissingUserDataResponse: ...
    def list_node_loads(self, id: int) -> list[NodeLoadModel]: ...
    def list_required_existing_files(self, id: int) -> ListRequiredExistingFilesResponse: ...
    def list_workflows(
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
    ) -> ListWorkflowsResponse: ...
    def process_changed_job_inputs(
        self, id: int, *, dry_run: bool | None = None
    ) -> ProcessChangedJobInputsResponse: ...
    def replan_allocations(self, id: int, body: ReplanAllocationsRequest) -> ReplanAllocationsResponse: ...
    def report_and_claim(self, id: int, body: ReportAndClaimRequest) -> ReportAndClaimResponse: ...
    def reset_job_status(self, id: int, *, failed_only: bool | None = None) -> ResetJobStatusResponse: ...
    def reset_workflow_status(self, id: int, *, force: bool | None = None) -> WorkflowStatusModel: ...
    def restart_jobs(self, id: int, body: RestartJobsRequest) -> RestartJobsResponse: ...
    def restart_jobs_as_task(self, id: int, body: RestartJobsRequest) -> TaskModel: ...
    def start_run(
        self,
        id: int,
        body: StartRunRequest | None = None,
        *,
        only_if_uninitialized: bool | None = None,
        force: bool | None = None,
    ) -> StartRunResponse: ...
    def update_workflow(self, id: int, body: WorkflowModel) -> WorkflowModel: ...
    def update_workflow_status(self, id: int, body: WorkflowStatusModel) -> WorkflowStatusModel: ...

class Subjects:
    access_control: AccessControl
    compute_nodes: ComputeNodes
    events: Events
    failure_handlers: FailureHandlers
    files: Files
    jobs: Jobs
    local_schedulers: LocalSchedulers
    remote_workers: RemoteWorkers
    resource_requirements: ResourceRequirements
    results: Results
    ro_crate_entities: RoCrateEntities
    scheduled_compute_nodes: ScheduledComputeNodes
    slurm_schedulers: SlurmSchedulers
    slurm_stats: SlurmStats
    submissions: Submissions
    system: System
    tasks: Tasks
    tokens: Tokens
    user_data: UserData
    workflow_actions: WorkflowActions
    workflows: Workflows
