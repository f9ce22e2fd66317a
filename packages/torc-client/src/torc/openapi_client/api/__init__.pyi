# Generated from openapi.json by tools/torc_stubs.py. Do not edit.
from collections.abc import Mapping
from typing import Any

from torc.openapi_client.api_classes import Api as Api
from torc.openapi_client.api_response import ApiResponse
from torc.openapi_client.models import (
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
    ClaimJobsSortMethod,
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
    JobStatus,
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
    OutputStream,
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
    TimelineLanes,
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
from torc.openapi_client.rest import RESTResponse

__all__ = [
    "DefaultApi",
    "AccessControlApi",
    "ComputeNodesApi",
    "EventsApi",
    "FailureHandlersApi",
    "FilesApi",
    "JobsApi",
    "LocalSchedulersApi",
    "RemoteWorkersApi",
    "ResourceRequirementsApi",
    "ResultsApi",
    "RoCrateEntitiesApi",
    "ScheduledComputeNodesApi",
    "SlurmSchedulersApi",
    "SlurmStatsApi",
    "SubmissionsApi",
    "SystemApi",
    "TasksApi",
    "TokensApi",
    "UserDataApi",
    "WorkflowActionsApi",
    "WorkflowsApi",
]

class AccessControlApi(Api):
    def check_workflow_access(
        self,
        workflow_id: int,
        user_name: str,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> AccessCheckResponse: ...
    def check_workflow_access_with_http_info(
        self,
        workflow_id: int,
        user_name: str,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[AccessCheckResponse]: ...
    def check_workflow_access_without_preload_content(
        self,
        workflow_id: int,
        user_name: str,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def list_access_groups(
        self,
        offset: int | None = ...,
        limit: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ListAccessGroupsResponse: ...
    def list_access_groups_with_http_info(
        self,
        offset: int | None = ...,
        limit: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ListAccessGroupsResponse]: ...
    def list_access_groups_without_preload_content(
        self,
        offset: int | None = ...,
        limit: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def create_access_group(
        self,
        access_group_model: AccessGroupModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> AccessGroupModel: ...
    def create_access_group_with_http_info(
        self,
        access_group_model: AccessGroupModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[AccessGroupModel]: ...
    def create_access_group_without_preload_content(
        self,
        access_group_model: AccessGroupModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def get_access_group(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> AccessGroupModel: ...
    def get_access_group_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[AccessGroupModel]: ...
    def get_access_group_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def delete_access_group(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> AccessGroupModel: ...
    def delete_access_group_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[AccessGroupModel]: ...
    def delete_access_group_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def list_group_members(
        self,
        id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ListUserGroupMembershipsResponse: ...
    def list_group_members_with_http_info(
        self,
        id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ListUserGroupMembershipsResponse]: ...
    def list_group_members_without_preload_content(
        self,
        id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def add_user_to_group(
        self,
        id: int,
        user_group_membership_model: UserGroupMembershipModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> UserGroupMembershipModel: ...
    def add_user_to_group_with_http_info(
        self,
        id: int,
        user_group_membership_model: UserGroupMembershipModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[UserGroupMembershipModel]: ...
    def add_user_to_group_without_preload_content(
        self,
        id: int,
        user_group_membership_model: UserGroupMembershipModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def remove_user_from_group(
        self,
        id: int,
        user_name: str,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> UserGroupMembershipModel: ...
    def remove_user_from_group_with_http_info(
        self,
        id: int,
        user_name: str,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[UserGroupMembershipModel]: ...
    def remove_user_from_group_without_preload_content(
        self,
        id: int,
        user_name: str,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def get_api_stats(
        self,
        window_seconds: int | None = ...,
        interval_seconds: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiStatsResponse: ...
    def get_api_stats_with_http_info(
        self,
        window_seconds: int | None = ...,
        interval_seconds: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ApiStatsResponse]: ...
    def get_api_stats_without_preload_content(
        self,
        window_seconds: int | None = ...,
        interval_seconds: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def list_admin_audit_log(
        self,
        offset: int | None = ...,
        limit: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ListAdminAuditLogResponse: ...
    def list_admin_audit_log_with_http_info(
        self,
        offset: int | None = ...,
        limit: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ListAdminAuditLogResponse]: ...
    def list_admin_audit_log_without_preload_content(
        self,
        offset: int | None = ...,
        limit: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def reload_auth(
        self, *, _request_timeout: float | tuple[float, float] | None = None, _headers: Mapping[str, str] | None = None
    ) -> ReloadAuthResponse: ...
    def reload_auth_with_http_info(
        self, *, _request_timeout: float | tuple[float, float] | None = None, _headers: Mapping[str, str] | None = None
    ) -> ApiResponse[ReloadAuthResponse]: ...
    def reload_auth_without_preload_content(
        self, *, _request_timeout: float | tuple[float, float] | None = None, _headers: Mapping[str, str] | None = None
    ) -> RESTResponse: ...
    def admin_sql(
        self,
        admin_sql_request: AdminSqlRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> AdminSqlResponse: ...
    def admin_sql_with_http_info(
        self,
        admin_sql_request: AdminSqlRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[AdminSqlResponse]: ...
    def admin_sql_without_preload_content(
        self,
        admin_sql_request: AdminSqlRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def list_user_groups(
        self,
        user_name: str,
        offset: int | None = ...,
        limit: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ListAccessGroupsResponse: ...
    def list_user_groups_with_http_info(
        self,
        user_name: str,
        offset: int | None = ...,
        limit: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ListAccessGroupsResponse]: ...
    def list_user_groups_without_preload_content(
        self,
        user_name: str,
        offset: int | None = ...,
        limit: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def list_workflow_groups(
        self,
        id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ListAccessGroupsResponse: ...
    def list_workflow_groups_with_http_info(
        self,
        id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ListAccessGroupsResponse]: ...
    def list_workflow_groups_without_preload_content(
        self,
        id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def add_workflow_to_group_by_body(
        self,
        id: int,
        workflow_access_group_model: WorkflowAccessGroupModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> WorkflowAccessGroupModel: ...
    def add_workflow_to_group_by_body_with_http_info(
        self,
        id: int,
        workflow_access_group_model: WorkflowAccessGroupModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[WorkflowAccessGroupModel]: ...
    def add_workflow_to_group_by_body_without_preload_content(
        self,
        id: int,
        workflow_access_group_model: WorkflowAccessGroupModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def add_workflow_to_group(
        self,
        id: int,
        group_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> WorkflowAccessGroupModel: ...
    def add_workflow_to_group_with_http_info(
        self,
        id: int,
        group_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[WorkflowAccessGroupModel]: ...
    def add_workflow_to_group_without_preload_content(
        self,
        id: int,
        group_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def remove_workflow_from_group(
        self,
        id: int,
        group_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> WorkflowAccessGroupModel: ...
    def remove_workflow_from_group_with_http_info(
        self,
        id: int,
        group_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[WorkflowAccessGroupModel]: ...
    def remove_workflow_from_group_without_preload_content(
        self,
        id: int,
        group_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...

class ComputeNodesApi(Api):
    def list_compute_nodes(
        self,
        workflow_id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        hostname: str | None = ...,
        is_active: bool | None = ...,
        scheduled_compute_node_id: int | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ListComputeNodesResponse: ...
    def list_compute_nodes_with_http_info(
        self,
        workflow_id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        hostname: str | None = ...,
        is_active: bool | None = ...,
        scheduled_compute_node_id: int | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ListComputeNodesResponse]: ...
    def list_compute_nodes_without_preload_content(
        self,
        workflow_id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        hostname: str | None = ...,
        is_active: bool | None = ...,
        scheduled_compute_node_id: int | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def create_compute_node(
        self,
        compute_node_model: ComputeNodeModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ComputeNodeModel: ...
    def create_compute_node_with_http_info(
        self,
        compute_node_model: ComputeNodeModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ComputeNodeModel]: ...
    def create_compute_node_without_preload_content(
        self,
        compute_node_model: ComputeNodeModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def delete_compute_nodes(
        self,
        workflow_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> DeleteCountResponse: ...
    def delete_compute_nodes_with_http_info(
        self,
        workflow_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[DeleteCountResponse]: ...
    def delete_compute_nodes_without_preload_content(
        self,
        workflow_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def get_compute_node(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ComputeNodeModel: ...
    def get_compute_node_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ComputeNodeModel]: ...
    def get_compute_node_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def update_compute_node(
        self,
        id: int,
        compute_node_model: ComputeNodeModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ComputeNodeModel: ...
    def update_compute_node_with_http_info(
        self,
        id: int,
        compute_node_model: ComputeNodeModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ComputeNodeModel]: ...
    def update_compute_node_without_preload_content(
        self,
        id: int,
        compute_node_model: ComputeNodeModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def delete_compute_node(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ComputeNodeModel: ...
    def delete_compute_node_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ComputeNodeModel]: ...
    def delete_compute_node_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def give_up_compute_node(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> GiveUpResponse: ...
    def give_up_compute_node_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[GiveUpResponse]: ...
    def give_up_compute_node_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def heartbeat_compute_node(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> HeartbeatResponse: ...
    def heartbeat_compute_node_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[HeartbeatResponse]: ...
    def heartbeat_compute_node_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def deliver_output_piece(
        self,
        id: int,
        output_piece_delivery: OutputPieceDelivery,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> OutputPieceReceipt: ...
    def deliver_output_piece_with_http_info(
        self,
        id: int,
        output_piece_delivery: OutputPieceDelivery,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[OutputPieceReceipt]: ...
    def deliver_output_piece_without_preload_content(
        self,
        id: int,
        output_piece_delivery: OutputPieceDelivery,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def list_output_requests(
        self,
        id: int,
        wait_seconds: float | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> OutputRequestsResponse: ...
    def list_output_requests_with_http_info(
        self,
        id: int,
        wait_seconds: float | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[OutputRequestsResponse]: ...
    def list_output_requests_without_preload_content(
        self,
        id: int,
        wait_seconds: float | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...

class EventsApi(Api):
    def list_events(
        self,
        workflow_id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        category: str | None = ...,
        after_timestamp: int | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ListEventsResponse: ...
    def list_events_with_http_info(
        self,
        workflow_id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        category: str | None = ...,
        after_timestamp: int | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ListEventsResponse]: ...
    def list_events_without_preload_content(
        self,
        workflow_id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        category: str | None = ...,
        after_timestamp: int | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def create_event(
        self,
        event_model: EventModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> EventModel: ...
    def create_event_with_http_info(
        self,
        event_model: EventModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[EventModel]: ...
    def create_event_without_preload_content(
        self,
        event_model: EventModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def delete_events(
        self,
        workflow_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> DeleteCountResponse: ...
    def delete_events_with_http_info(
        self,
        workflow_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[DeleteCountResponse]: ...
    def delete_events_without_preload_content(
        self,
        workflow_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def get_event(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> EventModel: ...
    def get_event_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[EventModel]: ...
    def get_event_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def update_event(
        self,
        id: int,
        body: Any = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> EventModel: ...
    def update_event_with_http_info(
        self,
        id: int,
        body: Any = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[EventModel]: ...
    def update_event_without_preload_content(
        self,
        id: int,
        body: Any = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def delete_event(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> EventModel: ...
    def delete_event_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[EventModel]: ...
    def delete_event_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...

class FailureHandlersApi(Api):
    def create_failure_handler(
        self,
        failure_handler_model: FailureHandlerModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> FailureHandlerModel: ...
    def create_failure_handler_with_http_info(
        self,
        failure_handler_model: FailureHandlerModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[FailureHandlerModel]: ...
    def create_failure_handler_without_preload_content(
        self,
        failure_handler_model: FailureHandlerModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def get_failure_handler(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> FailureHandlerModel: ...
    def get_failure_handler_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[FailureHandlerModel]: ...
    def get_failure_handler_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def delete_failure_handler(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> FailureHandlerModel: ...
    def delete_failure_handler_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[FailureHandlerModel]: ...
    def delete_failure_handler_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def list_failure_handlers(
        self,
        id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ListFailureHandlersResponse: ...
    def list_failure_handlers_with_http_info(
        self,
        id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ListFailureHandlersResponse]: ...
    def list_failure_handlers_without_preload_content(
        self,
        id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...

class FilesApi(Api):
    def create_files(
        self,
        files_model: FilesModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> CreateFilesResponse: ...
    def create_files_with_http_info(
        self,
        files_model: FilesModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[CreateFilesResponse]: ...
    def create_files_without_preload_content(
        self,
        files_model: FilesModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def list_files(
        self,
        workflow_id: int,
        produced_by_job_id: int | None = ...,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        name: str | None = ...,
        path: str | None = ...,
        is_output: bool | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ListFilesResponse: ...
    def list_files_with_http_info(
        self,
        workflow_id: int,
        produced_by_job_id: int | None = ...,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        name: str | None = ...,
        path: str | None = ...,
        is_output: bool | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ListFilesResponse]: ...
    def list_files_without_preload_content(
        self,
        workflow_id: int,
        produced_by_job_id: int | None = ...,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        name: str | None = ...,
        path: str | None = ...,
        is_output: bool | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def create_file(
        self,
        file_model: FileModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> FileModel: ...
    def create_file_with_http_info(
        self,
        file_model: FileModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[FileModel]: ...
    def create_file_without_preload_content(
        self,
        file_model: FileModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def delete_files(
        self,
        workflow_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> DeleteCountResponse: ...
    def delete_files_with_http_info(
        self,
        workflow_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[DeleteCountResponse]: ...
    def delete_files_without_preload_content(
        self,
        workflow_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def get_file(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> FileModel: ...
    def get_file_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[FileModel]: ...
    def get_file_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def update_file(
        self,
        id: int,
        file_model: FileModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> FileModel: ...
    def update_file_with_http_info(
        self,
        id: int,
        file_model: FileModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[FileModel]: ...
    def update_file_without_preload_content(
        self,
        id: int,
        file_model: FileModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def delete_file(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> FileModel: ...
    def delete_file_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[FileModel]: ...
    def delete_file_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...

class JobsApi(Api):
    def create_jobs(
        self,
        jobs_model: JobsModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> CreateJobsResponse: ...
    def create_jobs_with_http_info(
        self,
        jobs_model: JobsModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[CreateJobsResponse]: ...
    def create_jobs_without_preload_content(
        self,
        jobs_model: JobsModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def list_jobs(
        self,
        workflow_id: int,
        status: JobStatus | None = ...,
        needs_file_id: int | None = ...,
        upstream_job_id: int | None = ...,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        include_relationships: bool | None = ...,
        active_compute_node_id: int | None = ...,
        origin_is_set: bool | None = ...,
        name: str | None = ...,
        command: str | None = ...,
        labels: str | None = ...,
        group: str | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ListJobsResponse: ...
    def list_jobs_with_http_info(
        self,
        workflow_id: int,
        status: JobStatus | None = ...,
        needs_file_id: int | None = ...,
        upstream_job_id: int | None = ...,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        include_relationships: bool | None = ...,
        active_compute_node_id: int | None = ...,
        origin_is_set: bool | None = ...,
        name: str | None = ...,
        command: str | None = ...,
        labels: str | None = ...,
        group: str | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ListJobsResponse]: ...
    def list_jobs_without_preload_content(
        self,
        workflow_id: int,
        status: JobStatus | None = ...,
        needs_file_id: int | None = ...,
        upstream_job_id: int | None = ...,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        include_relationships: bool | None = ...,
        active_compute_node_id: int | None = ...,
        origin_is_set: bool | None = ...,
        name: str | None = ...,
        command: str | None = ...,
        labels: str | None = ...,
        group: str | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def create_job(
        self,
        job_model: JobModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> JobModel: ...
    def create_job_with_http_info(
        self,
        job_model: JobModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[JobModel]: ...
    def create_job_without_preload_content(
        self,
        job_model: JobModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def delete_jobs(
        self,
        workflow_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> DeleteCountResponse: ...
    def delete_jobs_with_http_info(
        self,
        workflow_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[DeleteCountResponse]: ...
    def delete_jobs_without_preload_content(
        self,
        workflow_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def get_job(
        self,
        id: int,
        include_dependencies: bool | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> JobModel: ...
    def get_job_with_http_info(
        self,
        id: int,
        include_dependencies: bool | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[JobModel]: ...
    def get_job_without_preload_content(
        self,
        id: int,
        include_dependencies: bool | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def update_job(
        self,
        id: int,
        job_model: JobModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> JobModel: ...
    def update_job_with_http_info(
        self,
        id: int,
        job_model: JobModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[JobModel]: ...
    def update_job_without_preload_content(
        self,
        id: int,
        job_model: JobModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def delete_job(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> JobModel: ...
    def delete_job_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[JobModel]: ...
    def delete_job_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def complete_job(
        self,
        id: int,
        status: JobStatus,
        run_id: int,
        result_model: ResultModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> JobModel: ...
    def complete_job_with_http_info(
        self,
        id: int,
        status: JobStatus,
        run_id: int,
        result_model: ResultModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[JobModel]: ...
    def complete_job_without_preload_content(
        self,
        id: int,
        status: JobStatus,
        run_id: int,
        result_model: ResultModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def manage_status_change(
        self,
        id: int,
        status: JobStatus,
        run_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> JobModel: ...
    def manage_status_change_with_http_info(
        self,
        id: int,
        status: JobStatus,
        run_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[JobModel]: ...
    def manage_status_change_without_preload_content(
        self,
        id: int,
        status: JobStatus,
        run_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def list_neighbours(
        self,
        id: int,
        steps: int | None = ...,
        limit: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> NeighboursResponse: ...
    def list_neighbours_with_http_info(
        self,
        id: int,
        steps: int | None = ...,
        limit: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[NeighboursResponse]: ...
    def list_neighbours_without_preload_content(
        self,
        id: int,
        steps: int | None = ...,
        limit: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def get_job_output(
        self,
        id: int,
        stream: OutputStream | None = ...,
        offset_bytes: int | None = ...,
        limit_bytes: int | None = ...,
        attempt_id: int | None = ...,
        wait_seconds: float | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> JobOutputPiece: ...
    def get_job_output_with_http_info(
        self,
        id: int,
        stream: OutputStream | None = ...,
        offset_bytes: int | None = ...,
        limit_bytes: int | None = ...,
        attempt_id: int | None = ...,
        wait_seconds: float | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[JobOutputPiece]: ...
    def get_job_output_without_preload_content(
        self,
        id: int,
        stream: OutputStream | None = ...,
        offset_bytes: int | None = ...,
        limit_bytes: int | None = ...,
        attempt_id: int | None = ...,
        wait_seconds: float | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def retry_job(
        self,
        id: int,
        run_id: int,
        max_retries: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> JobModel: ...
    def retry_job_with_http_info(
        self,
        id: int,
        run_id: int,
        max_retries: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[JobModel]: ...
    def retry_job_without_preload_content(
        self,
        id: int,
        run_id: int,
        max_retries: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def spawn_jobs(
        self,
        id: int,
        spawn_jobs_request: SpawnJobsRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> SpawnJobsResponse: ...
    def spawn_jobs_with_http_info(
        self,
        id: int,
        spawn_jobs_request: SpawnJobsRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[SpawnJobsResponse]: ...
    def spawn_jobs_without_preload_content(
        self,
        id: int,
        spawn_jobs_request: SpawnJobsRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def start_job(
        self,
        id: int,
        run_id: int,
        compute_node_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> JobModel: ...
    def start_job_with_http_info(
        self,
        id: int,
        run_id: int,
        compute_node_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[JobModel]: ...
    def start_job_without_preload_content(
        self,
        id: int,
        run_id: int,
        compute_node_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...

class LocalSchedulersApi(Api):
    def list_local_schedulers(
        self,
        workflow_id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        memory: str | None = ...,
        num_cpus: int | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ListLocalSchedulersResponse: ...
    def list_local_schedulers_with_http_info(
        self,
        workflow_id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        memory: str | None = ...,
        num_cpus: int | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ListLocalSchedulersResponse]: ...
    def list_local_schedulers_without_preload_content(
        self,
        workflow_id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        memory: str | None = ...,
        num_cpus: int | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def create_local_scheduler(
        self,
        local_scheduler_model: LocalSchedulerModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> LocalSchedulerModel: ...
    def create_local_scheduler_with_http_info(
        self,
        local_scheduler_model: LocalSchedulerModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[LocalSchedulerModel]: ...
    def create_local_scheduler_without_preload_content(
        self,
        local_scheduler_model: LocalSchedulerModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def delete_local_schedulers(
        self,
        workflow_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> DeleteCountResponse: ...
    def delete_local_schedulers_with_http_info(
        self,
        workflow_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[DeleteCountResponse]: ...
    def delete_local_schedulers_without_preload_content(
        self,
        workflow_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def get_local_scheduler(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> LocalSchedulerModel: ...
    def get_local_scheduler_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[LocalSchedulerModel]: ...
    def get_local_scheduler_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def update_local_scheduler(
        self,
        id: int,
        local_scheduler_model: LocalSchedulerModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> LocalSchedulerModel: ...
    def update_local_scheduler_with_http_info(
        self,
        id: int,
        local_scheduler_model: LocalSchedulerModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[LocalSchedulerModel]: ...
    def update_local_scheduler_without_preload_content(
        self,
        id: int,
        local_scheduler_model: LocalSchedulerModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def delete_local_scheduler(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> LocalSchedulerModel: ...
    def delete_local_scheduler_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[LocalSchedulerModel]: ...
    def delete_local_scheduler_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...

class RemoteWorkersApi(Api):
    def list_remote_workers(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> list[RemoteWorkerModel]: ...
    def list_remote_workers_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[list[RemoteWorkerModel]]: ...
    def list_remote_workers_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def create_remote_workers(
        self,
        id: int,
        request_body: list[str],
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> list[RemoteWorkerModel]: ...
    def create_remote_workers_with_http_info(
        self,
        id: int,
        request_body: list[str],
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[list[RemoteWorkerModel]]: ...
    def create_remote_workers_without_preload_content(
        self,
        id: int,
        request_body: list[str],
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def delete_remote_worker(
        self,
        id: int,
        worker: str,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RemoteWorkerModel: ...
    def delete_remote_worker_with_http_info(
        self,
        id: int,
        worker: str,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[RemoteWorkerModel]: ...
    def delete_remote_worker_without_preload_content(
        self,
        id: int,
        worker: str,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...

class ResourceRequirementsApi(Api):
    def list_resource_requirements(
        self,
        workflow_id: int,
        job_id: int | None = ...,
        name: str | None = ...,
        memory: str | None = ...,
        num_cpus: int | None = ...,
        num_gpus: int | None = ...,
        num_nodes: int | None = ...,
        runtime: int | None = ...,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ListResourceRequirementsResponse: ...
    def list_resource_requirements_with_http_info(
        self,
        workflow_id: int,
        job_id: int | None = ...,
        name: str | None = ...,
        memory: str | None = ...,
        num_cpus: int | None = ...,
        num_gpus: int | None = ...,
        num_nodes: int | None = ...,
        runtime: int | None = ...,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ListResourceRequirementsResponse]: ...
    def list_resource_requirements_without_preload_content(
        self,
        workflow_id: int,
        job_id: int | None = ...,
        name: str | None = ...,
        memory: str | None = ...,
        num_cpus: int | None = ...,
        num_gpus: int | None = ...,
        num_nodes: int | None = ...,
        runtime: int | None = ...,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def create_resource_requirements(
        self,
        resource_requirements_model: ResourceRequirementsModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ResourceRequirementsModel: ...
    def create_resource_requirements_with_http_info(
        self,
        resource_requirements_model: ResourceRequirementsModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ResourceRequirementsModel]: ...
    def create_resource_requirements_without_preload_content(
        self,
        resource_requirements_model: ResourceRequirementsModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def delete_resource_requirements(
        self,
        workflow_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> DeleteCountResponse: ...
    def delete_resource_requirements_with_http_info(
        self,
        workflow_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[DeleteCountResponse]: ...
    def delete_resource_requirements_without_preload_content(
        self,
        workflow_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def get_resource_requirements(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ResourceRequirementsModel: ...
    def get_resource_requirements_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ResourceRequirementsModel]: ...
    def get_resource_requirements_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def update_resource_requirements(
        self,
        id: int,
        resource_requirements_model: ResourceRequirementsModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ResourceRequirementsModel: ...
    def update_resource_requirements_with_http_info(
        self,
        id: int,
        resource_requirements_model: ResourceRequirementsModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ResourceRequirementsModel]: ...
    def update_resource_requirements_without_preload_content(
        self,
        id: int,
        resource_requirements_model: ResourceRequirementsModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def delete_resource_requirement(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ResourceRequirementsModel: ...
    def delete_resource_requirement_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ResourceRequirementsModel]: ...
    def delete_resource_requirement_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...

class ResultsApi(Api):
    def list_results(
        self,
        workflow_id: int,
        job_id: int | None = ...,
        run_id: int | None = ...,
        return_code: int | None = ...,
        status: JobStatus | None = ...,
        compute_node_id: int | None = ...,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        all_runs: bool | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ListResultsResponse: ...
    def list_results_with_http_info(
        self,
        workflow_id: int,
        job_id: int | None = ...,
        run_id: int | None = ...,
        return_code: int | None = ...,
        status: JobStatus | None = ...,
        compute_node_id: int | None = ...,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        all_runs: bool | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ListResultsResponse]: ...
    def list_results_without_preload_content(
        self,
        workflow_id: int,
        job_id: int | None = ...,
        run_id: int | None = ...,
        return_code: int | None = ...,
        status: JobStatus | None = ...,
        compute_node_id: int | None = ...,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        all_runs: bool | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def create_result(
        self,
        result_model: ResultModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ResultModel: ...
    def create_result_with_http_info(
        self,
        result_model: ResultModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ResultModel]: ...
    def create_result_without_preload_content(
        self,
        result_model: ResultModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def delete_results(
        self,
        workflow_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> DeleteCountResponse: ...
    def delete_results_with_http_info(
        self,
        workflow_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[DeleteCountResponse]: ...
    def delete_results_without_preload_content(
        self,
        workflow_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def get_result(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ResultModel: ...
    def get_result_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ResultModel]: ...
    def get_result_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def update_result(
        self,
        id: int,
        result_model: ResultModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ResultModel: ...
    def update_result_with_http_info(
        self,
        id: int,
        result_model: ResultModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ResultModel]: ...
    def update_result_without_preload_content(
        self,
        id: int,
        result_model: ResultModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def delete_result(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ResultModel: ...
    def delete_result_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ResultModel]: ...
    def delete_result_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...

class RoCrateEntitiesApi(Api):
    def create_ro_crate_entity(
        self,
        ro_crate_entity_model: RoCrateEntityModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RoCrateEntityModel: ...
    def create_ro_crate_entity_with_http_info(
        self,
        ro_crate_entity_model: RoCrateEntityModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[RoCrateEntityModel]: ...
    def create_ro_crate_entity_without_preload_content(
        self,
        ro_crate_entity_model: RoCrateEntityModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def get_ro_crate_entity(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RoCrateEntityModel: ...
    def get_ro_crate_entity_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[RoCrateEntityModel]: ...
    def get_ro_crate_entity_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def update_ro_crate_entity(
        self,
        id: int,
        ro_crate_entity_model: RoCrateEntityModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RoCrateEntityModel: ...
    def update_ro_crate_entity_with_http_info(
        self,
        id: int,
        ro_crate_entity_model: RoCrateEntityModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[RoCrateEntityModel]: ...
    def update_ro_crate_entity_without_preload_content(
        self,
        id: int,
        ro_crate_entity_model: RoCrateEntityModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def delete_ro_crate_entity(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> MessageResponse: ...
    def delete_ro_crate_entity_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[MessageResponse]: ...
    def delete_ro_crate_entity_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def list_ro_crate_entities(
        self,
        id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        file_id: int | None = ...,
        entity_id: str | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ListRoCrateEntitiesResponse: ...
    def list_ro_crate_entities_with_http_info(
        self,
        id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        file_id: int | None = ...,
        entity_id: str | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ListRoCrateEntitiesResponse]: ...
    def list_ro_crate_entities_without_preload_content(
        self,
        id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        file_id: int | None = ...,
        entity_id: str | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def delete_ro_crate_entities(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> DeleteRoCrateEntitiesResponse: ...
    def delete_ro_crate_entities_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[DeleteRoCrateEntitiesResponse]: ...
    def delete_ro_crate_entities_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...

class ScheduledComputeNodesApi(Api):
    def list_scheduled_compute_nodes(
        self,
        workflow_id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        scheduler_id: str | None = ...,
        scheduler_config_id: str | None = ...,
        status: str | None = ...,
        submission_id: int | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ListScheduledComputeNodesResponse: ...
    def list_scheduled_compute_nodes_with_http_info(
        self,
        workflow_id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        scheduler_id: str | None = ...,
        scheduler_config_id: str | None = ...,
        status: str | None = ...,
        submission_id: int | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ListScheduledComputeNodesResponse]: ...
    def list_scheduled_compute_nodes_without_preload_content(
        self,
        workflow_id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        scheduler_id: str | None = ...,
        scheduler_config_id: str | None = ...,
        status: str | None = ...,
        submission_id: int | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def create_scheduled_compute_node(
        self,
        scheduled_compute_nodes_model: ScheduledComputeNodesModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ScheduledComputeNodesModel: ...
    def create_scheduled_compute_node_with_http_info(
        self,
        scheduled_compute_nodes_model: ScheduledComputeNodesModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ScheduledComputeNodesModel]: ...
    def create_scheduled_compute_node_without_preload_content(
        self,
        scheduled_compute_nodes_model: ScheduledComputeNodesModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def delete_scheduled_compute_nodes(
        self,
        workflow_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> DeleteCountResponse: ...
    def delete_scheduled_compute_nodes_with_http_info(
        self,
        workflow_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[DeleteCountResponse]: ...
    def delete_scheduled_compute_nodes_without_preload_content(
        self,
        workflow_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def get_scheduled_compute_node(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ScheduledComputeNodesModel: ...
    def get_scheduled_compute_node_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ScheduledComputeNodesModel]: ...
    def get_scheduled_compute_node_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def update_scheduled_compute_node(
        self,
        id: int,
        scheduled_compute_nodes_model: ScheduledComputeNodesModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ScheduledComputeNodesModel: ...
    def update_scheduled_compute_node_with_http_info(
        self,
        id: int,
        scheduled_compute_nodes_model: ScheduledComputeNodesModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ScheduledComputeNodesModel]: ...
    def update_scheduled_compute_node_without_preload_content(
        self,
        id: int,
        scheduled_compute_nodes_model: ScheduledComputeNodesModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def delete_scheduled_compute_node(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ScheduledComputeNodesModel: ...
    def delete_scheduled_compute_node_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ScheduledComputeNodesModel]: ...
    def delete_scheduled_compute_node_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...

class SlurmSchedulersApi(Api):
    def list_slurm_schedulers(
        self,
        workflow_id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        name: str | None = ...,
        account: str | None = ...,
        gres: str | None = ...,
        mem: str | None = ...,
        nodes: int | None = ...,
        partition: str | None = ...,
        qos: str | None = ...,
        tmp: str | None = ...,
        walltime: str | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ListSlurmSchedulersResponse: ...
    def list_slurm_schedulers_with_http_info(
        self,
        workflow_id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        name: str | None = ...,
        account: str | None = ...,
        gres: str | None = ...,
        mem: str | None = ...,
        nodes: int | None = ...,
        partition: str | None = ...,
        qos: str | None = ...,
        tmp: str | None = ...,
        walltime: str | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ListSlurmSchedulersResponse]: ...
    def list_slurm_schedulers_without_preload_content(
        self,
        workflow_id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        name: str | None = ...,
        account: str | None = ...,
        gres: str | None = ...,
        mem: str | None = ...,
        nodes: int | None = ...,
        partition: str | None = ...,
        qos: str | None = ...,
        tmp: str | None = ...,
        walltime: str | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def create_slurm_scheduler(
        self,
        slurm_scheduler_model: SlurmSchedulerModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> SlurmSchedulerModel: ...
    def create_slurm_scheduler_with_http_info(
        self,
        slurm_scheduler_model: SlurmSchedulerModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[SlurmSchedulerModel]: ...
    def create_slurm_scheduler_without_preload_content(
        self,
        slurm_scheduler_model: SlurmSchedulerModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def delete_slurm_schedulers(
        self,
        workflow_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> DeleteCountResponse: ...
    def delete_slurm_schedulers_with_http_info(
        self,
        workflow_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[DeleteCountResponse]: ...
    def delete_slurm_schedulers_without_preload_content(
        self,
        workflow_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def get_slurm_scheduler(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> SlurmSchedulerModel: ...
    def get_slurm_scheduler_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[SlurmSchedulerModel]: ...
    def get_slurm_scheduler_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def update_slurm_scheduler(
        self,
        id: int,
        slurm_scheduler_model: SlurmSchedulerModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> SlurmSchedulerModel: ...
    def update_slurm_scheduler_with_http_info(
        self,
        id: int,
        slurm_scheduler_model: SlurmSchedulerModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[SlurmSchedulerModel]: ...
    def update_slurm_scheduler_without_preload_content(
        self,
        id: int,
        slurm_scheduler_model: SlurmSchedulerModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def delete_slurm_scheduler(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> SlurmSchedulerModel: ...
    def delete_slurm_scheduler_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[SlurmSchedulerModel]: ...
    def delete_slurm_scheduler_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...

class SlurmStatsApi(Api):
    def list_slurm_stats(
        self,
        workflow_id: int,
        job_id: int | None = ...,
        run_id: int | None = ...,
        attempt_id: int | None = ...,
        offset: int | None = ...,
        limit: int | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ListSlurmStatsResponse: ...
    def list_slurm_stats_with_http_info(
        self,
        workflow_id: int,
        job_id: int | None = ...,
        run_id: int | None = ...,
        attempt_id: int | None = ...,
        offset: int | None = ...,
        limit: int | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ListSlurmStatsResponse]: ...
    def list_slurm_stats_without_preload_content(
        self,
        workflow_id: int,
        job_id: int | None = ...,
        run_id: int | None = ...,
        attempt_id: int | None = ...,
        offset: int | None = ...,
        limit: int | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def create_slurm_stats(
        self,
        slurm_stats_model: SlurmStatsModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> SlurmStatsModel: ...
    def create_slurm_stats_with_http_info(
        self,
        slurm_stats_model: SlurmStatsModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[SlurmStatsModel]: ...
    def create_slurm_stats_without_preload_content(
        self,
        slurm_stats_model: SlurmStatsModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...

class SubmissionsApi(Api):
    def get_submission(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> SubmissionModel: ...
    def get_submission_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[SubmissionModel]: ...
    def get_submission_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def accept_submission(
        self,
        id: int,
        accept_submission_request: AcceptSubmissionRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> SubmissionModel: ...
    def accept_submission_with_http_info(
        self,
        id: int,
        accept_submission_request: AcceptSubmissionRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[SubmissionModel]: ...
    def accept_submission_without_preload_content(
        self,
        id: int,
        accept_submission_request: AcceptSubmissionRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def reject_submission(
        self,
        id: int,
        reject_submission_request: RejectSubmissionRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> SubmissionModel: ...
    def reject_submission_with_http_info(
        self,
        id: int,
        reject_submission_request: RejectSubmissionRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[SubmissionModel]: ...
    def reject_submission_without_preload_content(
        self,
        id: int,
        reject_submission_request: RejectSubmissionRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def list_submissions(
        self,
        id: int,
        status: str | None = ...,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ListSubmissionsResponse: ...
    def list_submissions_with_http_info(
        self,
        id: int,
        status: str | None = ...,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ListSubmissionsResponse]: ...
    def list_submissions_without_preload_content(
        self,
        id: int,
        status: str | None = ...,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def create_submission(
        self,
        id: int,
        submission_request: SubmissionRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> CreatedSubmissionModel: ...
    def create_submission_with_http_info(
        self,
        id: int,
        submission_request: SubmissionRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[CreatedSubmissionModel]: ...
    def create_submission_without_preload_content(
        self,
        id: int,
        submission_request: SubmissionRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...

class SystemApi(Api):
    def ping(
        self, *, _request_timeout: float | tuple[float, float] | None = None, _headers: Mapping[str, str] | None = None
    ) -> PingResponse: ...
    def ping_with_http_info(
        self, *, _request_timeout: float | tuple[float, float] | None = None, _headers: Mapping[str, str] | None = None
    ) -> ApiResponse[PingResponse]: ...
    def ping_without_preload_content(
        self, *, _request_timeout: float | tuple[float, float] | None = None, _headers: Mapping[str, str] | None = None
    ) -> RESTResponse: ...
    def get_version(
        self, *, _request_timeout: float | tuple[float, float] | None = None, _headers: Mapping[str, str] | None = None
    ) -> VersionResponse: ...
    def get_version_with_http_info(
        self, *, _request_timeout: float | tuple[float, float] | None = None, _headers: Mapping[str, str] | None = None
    ) -> ApiResponse[VersionResponse]: ...
    def get_version_without_preload_content(
        self, *, _request_timeout: float | tuple[float, float] | None = None, _headers: Mapping[str, str] | None = None
    ) -> RESTResponse: ...

class TasksApi(Api):
    def get_task(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> TaskModel: ...
    def get_task_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[TaskModel]: ...
    def get_task_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...

class TokensApi(Api):
    def list_tokens(
        self,
        workflow_id: int | None = ...,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ListTokensResponse: ...
    def list_tokens_with_http_info(
        self,
        workflow_id: int | None = ...,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ListTokensResponse]: ...
    def list_tokens_without_preload_content(
        self,
        workflow_id: int | None = ...,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def revoke_token(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> MessageResponse: ...
    def revoke_token_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[MessageResponse]: ...
    def revoke_token_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def create_token(
        self,
        id: int,
        token_request: TokenRequest | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> CreatedTokenModel: ...
    def create_token_with_http_info(
        self,
        id: int,
        token_request: TokenRequest | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[CreatedTokenModel]: ...
    def create_token_without_preload_content(
        self,
        id: int,
        token_request: TokenRequest | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...

class UserDataApi(Api):
    def create_user_data_list(
        self,
        user_data_list_model: UserDataListModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> CreateUserDataListResponse: ...
    def create_user_data_list_with_http_info(
        self,
        user_data_list_model: UserDataListModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[CreateUserDataListResponse]: ...
    def create_user_data_list_without_preload_content(
        self,
        user_data_list_model: UserDataListModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def list_user_data(
        self,
        workflow_id: int,
        consumer_job_id: int | None = ...,
        producer_job_id: int | None = ...,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        name: str | None = ...,
        is_ephemeral: bool | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ListUserDataResponse: ...
    def list_user_data_with_http_info(
        self,
        workflow_id: int,
        consumer_job_id: int | None = ...,
        producer_job_id: int | None = ...,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        name: str | None = ...,
        is_ephemeral: bool | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ListUserDataResponse]: ...
    def list_user_data_without_preload_content(
        self,
        workflow_id: int,
        consumer_job_id: int | None = ...,
        producer_job_id: int | None = ...,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        name: str | None = ...,
        is_ephemeral: bool | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def create_user_data(
        self,
        user_data_model: UserDataModel,
        consumer_job_id: int | None = ...,
        producer_job_id: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> UserDataModel: ...
    def create_user_data_with_http_info(
        self,
        user_data_model: UserDataModel,
        consumer_job_id: int | None = ...,
        producer_job_id: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[UserDataModel]: ...
    def create_user_data_without_preload_content(
        self,
        user_data_model: UserDataModel,
        consumer_job_id: int | None = ...,
        producer_job_id: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def delete_all_user_data(
        self,
        workflow_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> DeleteCountResponse: ...
    def delete_all_user_data_with_http_info(
        self,
        workflow_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[DeleteCountResponse]: ...
    def delete_all_user_data_without_preload_content(
        self,
        workflow_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def get_user_data(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> UserDataModel: ...
    def get_user_data_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[UserDataModel]: ...
    def get_user_data_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def update_user_data(
        self,
        id: int,
        user_data_model: UserDataModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> UserDataModel: ...
    def update_user_data_with_http_info(
        self,
        id: int,
        user_data_model: UserDataModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[UserDataModel]: ...
    def update_user_data_without_preload_content(
        self,
        id: int,
        user_data_model: UserDataModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def delete_user_data(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> UserDataModel: ...
    def delete_user_data_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[UserDataModel]: ...
    def delete_user_data_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...

class WorkflowActionsApi(Api):
    def get_action(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> WorkflowActionModel: ...
    def get_action_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[WorkflowActionModel]: ...
    def get_action_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def update_action(
        self,
        id: int,
        workflow_action_model: WorkflowActionModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> WorkflowActionModel: ...
    def update_action_with_http_info(
        self,
        id: int,
        workflow_action_model: WorkflowActionModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[WorkflowActionModel]: ...
    def update_action_without_preload_content(
        self,
        id: int,
        workflow_action_model: WorkflowActionModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def delete_action(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> WorkflowActionModel: ...
    def delete_action_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[WorkflowActionModel]: ...
    def delete_action_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def get_workflow_actions(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> list[WorkflowActionModel]: ...
    def get_workflow_actions_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[list[WorkflowActionModel]]: ...
    def get_workflow_actions_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def create_workflow_action(
        self,
        id: int,
        workflow_action_model: WorkflowActionModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> WorkflowActionModel: ...
    def create_workflow_action_with_http_info(
        self,
        id: int,
        workflow_action_model: WorkflowActionModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[WorkflowActionModel]: ...
    def create_workflow_action_without_preload_content(
        self,
        id: int,
        workflow_action_model: WorkflowActionModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def get_pending_actions(
        self,
        id: int,
        trigger_type: list[str] | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> list[WorkflowActionModel]: ...
    def get_pending_actions_with_http_info(
        self,
        id: int,
        trigger_type: list[str] | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[list[WorkflowActionModel]]: ...
    def get_pending_actions_without_preload_content(
        self,
        id: int,
        trigger_type: list[str] | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def update_workflow_action(
        self,
        id: int,
        action_id: int,
        body: Any,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> WorkflowActionModel: ...
    def update_workflow_action_with_http_info(
        self,
        id: int,
        action_id: int,
        body: Any,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[WorkflowActionModel]: ...
    def update_workflow_action_without_preload_content(
        self,
        id: int,
        action_id: int,
        body: Any,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def delete_workflow_action(
        self,
        id: int,
        action_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> MessageResponse: ...
    def delete_workflow_action_with_http_info(
        self,
        id: int,
        action_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[MessageResponse]: ...
    def delete_workflow_action_without_preload_content(
        self,
        id: int,
        action_id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def claim_action(
        self,
        id: int,
        action_id: int,
        claim_action_request: ClaimActionRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ClaimActionResponse: ...
    def claim_action_with_http_info(
        self,
        id: int,
        action_id: int,
        claim_action_request: ClaimActionRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ClaimActionResponse]: ...
    def claim_action_without_preload_content(
        self,
        id: int,
        action_id: int,
        claim_action_request: ClaimActionRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def complete_action(
        self,
        id: int,
        action_id: int,
        complete_action_request: CompleteActionRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> CompleteActionResponse: ...
    def complete_action_with_http_info(
        self,
        id: int,
        action_id: int,
        complete_action_request: CompleteActionRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[CompleteActionResponse]: ...
    def complete_action_without_preload_content(
        self,
        id: int,
        action_id: int,
        complete_action_request: CompleteActionRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...

class WorkflowsApi(Api):
    def list_workflows(
        self,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        name: str | None = ...,
        user: str | None = ...,
        description: str | None = ...,
        is_archived: bool | None = ...,
        access_group: str | None = ...,
        is_draft: bool | None = ...,
        filter: str | None = ...,
        with_progress: bool | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ListWorkflowsResponse: ...
    def list_workflows_with_http_info(
        self,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        name: str | None = ...,
        user: str | None = ...,
        description: str | None = ...,
        is_archived: bool | None = ...,
        access_group: str | None = ...,
        is_draft: bool | None = ...,
        filter: str | None = ...,
        with_progress: bool | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ListWorkflowsResponse]: ...
    def list_workflows_without_preload_content(
        self,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        name: str | None = ...,
        user: str | None = ...,
        description: str | None = ...,
        is_archived: bool | None = ...,
        access_group: str | None = ...,
        is_draft: bool | None = ...,
        filter: str | None = ...,
        with_progress: bool | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def create_workflow(
        self,
        workflow_model: WorkflowModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> WorkflowModel: ...
    def create_workflow_with_http_info(
        self,
        workflow_model: WorkflowModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[WorkflowModel]: ...
    def create_workflow_without_preload_content(
        self,
        workflow_model: WorkflowModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def get_workflow(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> WorkflowModel: ...
    def get_workflow_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[WorkflowModel]: ...
    def get_workflow_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def update_workflow(
        self,
        id: int,
        workflow_model: WorkflowModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> WorkflowModel: ...
    def update_workflow_with_http_info(
        self,
        id: int,
        workflow_model: WorkflowModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[WorkflowModel]: ...
    def update_workflow_without_preload_content(
        self,
        id: int,
        workflow_model: WorkflowModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def delete_workflow(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> WorkflowModel: ...
    def delete_workflow_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[WorkflowModel]: ...
    def delete_workflow_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def get_active_task_for_workflow(
        self,
        id: int,
        wait_seconds: float | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ActiveTaskResponse: ...
    def get_active_task_for_workflow_with_http_info(
        self,
        id: int,
        wait_seconds: float | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ActiveTaskResponse]: ...
    def get_active_task_for_workflow_without_preload_content(
        self,
        id: int,
        wait_seconds: float | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def archive_workflow(
        self,
        id: int,
        archive_workflow_request: ArchiveWorkflowRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> WorkflowModel: ...
    def archive_workflow_with_http_info(
        self,
        id: int,
        archive_workflow_request: ArchiveWorkflowRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[WorkflowModel]: ...
    def archive_workflow_without_preload_content(
        self,
        id: int,
        archive_workflow_request: ArchiveWorkflowRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def batch_complete_jobs(
        self,
        id: int,
        batch_complete_jobs_request: BatchCompleteJobsRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> BatchCompleteJobsResponse: ...
    def batch_complete_jobs_with_http_info(
        self,
        id: int,
        batch_complete_jobs_request: BatchCompleteJobsRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[BatchCompleteJobsResponse]: ...
    def batch_complete_jobs_without_preload_content(
        self,
        id: int,
        batch_complete_jobs_request: BatchCompleteJobsRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def batch_start_jobs(
        self,
        id: int,
        batch_start_jobs_request: BatchStartJobsRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> BatchStartJobsResponse: ...
    def batch_start_jobs_with_http_info(
        self,
        id: int,
        batch_start_jobs_request: BatchStartJobsRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[BatchStartJobsResponse]: ...
    def batch_start_jobs_without_preload_content(
        self,
        id: int,
        batch_start_jobs_request: BatchStartJobsRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def cancel_workflow(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> WorkflowStatusModel: ...
    def cancel_workflow_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[WorkflowStatusModel]: ...
    def cancel_workflow_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def claim_jobs_based_on_resources(
        self,
        id: int,
        limit: int,
        compute_nodes_resources: ComputeNodesResources,
        strict_scheduler_match: bool | None = ...,
        sort_method: ClaimJobsSortMethod | None = ...,
        wait_seconds: float | None = ...,
        claim_key: str | None = ...,
        compute_node_id: int | None = ...,
        run_id: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ClaimJobsBasedOnResources: ...
    def claim_jobs_based_on_resources_with_http_info(
        self,
        id: int,
        limit: int,
        compute_nodes_resources: ComputeNodesResources,
        strict_scheduler_match: bool | None = ...,
        sort_method: ClaimJobsSortMethod | None = ...,
        wait_seconds: float | None = ...,
        claim_key: str | None = ...,
        compute_node_id: int | None = ...,
        run_id: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ClaimJobsBasedOnResources]: ...
    def claim_jobs_based_on_resources_without_preload_content(
        self,
        id: int,
        limit: int,
        compute_nodes_resources: ComputeNodesResources,
        strict_scheduler_match: bool | None = ...,
        sort_method: ClaimJobsSortMethod | None = ...,
        wait_seconds: float | None = ...,
        claim_key: str | None = ...,
        compute_node_id: int | None = ...,
        run_id: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def claim_next_jobs(
        self,
        id: int,
        limit: int | None = ...,
        labels: str | None = ...,
        wait_seconds: float | None = ...,
        claim_key: str | None = ...,
        compute_node_id: int | None = ...,
        run_id: int | None = ...,
        label: list[str] | None = ...,
        also_unlabeled: bool | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ClaimNextJobsResponse: ...
    def claim_next_jobs_with_http_info(
        self,
        id: int,
        limit: int | None = ...,
        labels: str | None = ...,
        wait_seconds: float | None = ...,
        claim_key: str | None = ...,
        compute_node_id: int | None = ...,
        run_id: int | None = ...,
        label: list[str] | None = ...,
        also_unlabeled: bool | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ClaimNextJobsResponse]: ...
    def claim_next_jobs_without_preload_content(
        self,
        id: int,
        limit: int | None = ...,
        labels: str | None = ...,
        wait_seconds: float | None = ...,
        claim_key: str | None = ...,
        compute_node_id: int | None = ...,
        run_id: int | None = ...,
        label: list[str] | None = ...,
        also_unlabeled: bool | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def correct_resource_requirements(
        self,
        id: int,
        correct_requirements_request: CorrectRequirementsRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> MessageResponse: ...
    def correct_resource_requirements_with_http_info(
        self,
        id: int,
        correct_requirements_request: CorrectRequirementsRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[MessageResponse]: ...
    def correct_resource_requirements_without_preload_content(
        self,
        id: int,
        correct_requirements_request: CorrectRequirementsRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def disable_jobs(
        self,
        id: int,
        disable_jobs_request: DisableJobsRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> DisableJobsResponse: ...
    def disable_jobs_with_http_info(
        self,
        id: int,
        disable_jobs_request: DisableJobsRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[DisableJobsResponse]: ...
    def disable_jobs_without_preload_content(
        self,
        id: int,
        disable_jobs_request: DisableJobsRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def explain_workflow(
        self,
        id: int,
        num_cpus: int | None = ...,
        memory_gb: float | None = ...,
        num_gpus: int | None = ...,
        num_nodes: int | None = ...,
        time_limit: str | None = ...,
        scheduler_config_id: int | None = ...,
        label: list[str] | None = ...,
        labels: str | None = ...,
        also_unlabeled: bool | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ExplainResponse: ...
    def explain_workflow_with_http_info(
        self,
        id: int,
        num_cpus: int | None = ...,
        memory_gb: float | None = ...,
        num_gpus: int | None = ...,
        num_nodes: int | None = ...,
        time_limit: str | None = ...,
        scheduler_config_id: int | None = ...,
        label: list[str] | None = ...,
        labels: str | None = ...,
        also_unlabeled: bool | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ExplainResponse]: ...
    def explain_workflow_without_preload_content(
        self,
        id: int,
        num_cpus: int | None = ...,
        memory_gb: float | None = ...,
        num_gpus: int | None = ...,
        num_nodes: int | None = ...,
        time_limit: str | None = ...,
        scheduler_config_id: int | None = ...,
        label: list[str] | None = ...,
        labels: str | None = ...,
        also_unlabeled: bool | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def fail_jobs(
        self,
        id: int,
        fail_jobs_request: FailJobsRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> FailJobsResponse: ...
    def fail_jobs_with_http_info(
        self,
        id: int,
        fail_jobs_request: FailJobsRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[FailJobsResponse]: ...
    def fail_jobs_without_preload_content(
        self,
        id: int,
        fail_jobs_request: FailJobsRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def list_failures(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> FailuresResponse: ...
    def list_failures_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[FailuresResponse]: ...
    def list_failures_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def finish_creation(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> WorkflowModel: ...
    def finish_creation_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[WorkflowModel]: ...
    def finish_creation_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def initialize_jobs(
        self,
        id: int,
        only_uninitialized: bool | None = ...,
        clear_ephemeral_user_data: bool | None = ...,
        var_async: bool | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> MessageResponse | TaskModel: ...
    def initialize_jobs_with_http_info(
        self,
        id: int,
        only_uninitialized: bool | None = ...,
        clear_ephemeral_user_data: bool | None = ...,
        var_async: bool | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[MessageResponse | TaskModel]: ...
    def initialize_jobs_without_preload_content(
        self,
        id: int,
        only_uninitialized: bool | None = ...,
        clear_ephemeral_user_data: bool | None = ...,
        var_async: bool | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def is_workflow_complete(
        self,
        id: int,
        wait_seconds: float | None = ...,
        run_id: int | None = ...,
        known_fences: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> IsCompleteResponse: ...
    def is_workflow_complete_with_http_info(
        self,
        id: int,
        wait_seconds: float | None = ...,
        run_id: int | None = ...,
        known_fences: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[IsCompleteResponse]: ...
    def is_workflow_complete_without_preload_content(
        self,
        id: int,
        wait_seconds: float | None = ...,
        run_id: int | None = ...,
        known_fences: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def is_workflow_uninitialized(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> IsUninitializedResponse: ...
    def is_workflow_uninitialized_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[IsUninitializedResponse]: ...
    def is_workflow_uninitialized_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def list_job_dependencies(
        self,
        id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ListJobDependenciesResponse: ...
    def list_job_dependencies_with_http_info(
        self,
        id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ListJobDependenciesResponse]: ...
    def list_job_dependencies_without_preload_content(
        self,
        id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def list_job_file_relationships(
        self,
        id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ListJobFileRelationshipsResponse: ...
    def list_job_file_relationships_with_http_info(
        self,
        id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ListJobFileRelationshipsResponse]: ...
    def list_job_file_relationships_without_preload_content(
        self,
        id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def list_job_groups(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> JobGroupsResponse: ...
    def list_job_groups_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[JobGroupsResponse]: ...
    def list_job_groups_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def list_job_ids(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ListJobIdsResponse: ...
    def list_job_ids_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ListJobIdsResponse]: ...
    def list_job_ids_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def list_job_user_data_relationships(
        self,
        id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ListJobUserDataRelationshipsResponse: ...
    def list_job_user_data_relationships_with_http_info(
        self,
        id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ListJobUserDataRelationshipsResponse]: ...
    def list_job_user_data_relationships_without_preload_content(
        self,
        id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        sort_by: str | None = ...,
        reverse_sort: bool | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def get_latest_event_timestamp(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> LatestEventTimestampResponse: ...
    def get_latest_event_timestamp_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[LatestEventTimestampResponse]: ...
    def get_latest_event_timestamp_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def list_missing_user_data(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ListMissingUserDataResponse: ...
    def list_missing_user_data_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ListMissingUserDataResponse]: ...
    def list_missing_user_data_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def list_node_loads(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> list[NodeLoadModel]: ...
    def list_node_loads_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[list[NodeLoadModel]]: ...
    def list_node_loads_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def process_changed_job_inputs(
        self,
        id: int,
        dry_run: bool | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ProcessChangedJobInputsResponse: ...
    def process_changed_job_inputs_with_http_info(
        self,
        id: int,
        dry_run: bool | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ProcessChangedJobInputsResponse]: ...
    def process_changed_job_inputs_without_preload_content(
        self,
        id: int,
        dry_run: bool | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def get_ready_job_requirements(
        self,
        id: int,
        scheduler_config_id: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> GetReadyJobRequirementsResponse: ...
    def get_ready_job_requirements_with_http_info(
        self,
        id: int,
        scheduler_config_id: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[GetReadyJobRequirementsResponse]: ...
    def get_ready_job_requirements_without_preload_content(
        self,
        id: int,
        scheduler_config_id: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def replan_allocations(
        self,
        id: int,
        replan_allocations_request: ReplanAllocationsRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ReplanAllocationsResponse: ...
    def replan_allocations_with_http_info(
        self,
        id: int,
        replan_allocations_request: ReplanAllocationsRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ReplanAllocationsResponse]: ...
    def replan_allocations_without_preload_content(
        self,
        id: int,
        replan_allocations_request: ReplanAllocationsRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def report_and_claim(
        self,
        id: int,
        report_and_claim_request: ReportAndClaimRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ReportAndClaimResponse: ...
    def report_and_claim_with_http_info(
        self,
        id: int,
        report_and_claim_request: ReportAndClaimRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ReportAndClaimResponse]: ...
    def report_and_claim_without_preload_content(
        self,
        id: int,
        report_and_claim_request: ReportAndClaimRequest,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def list_required_existing_files(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ListRequiredExistingFilesResponse: ...
    def list_required_existing_files_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ListRequiredExistingFilesResponse]: ...
    def list_required_existing_files_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def reset_job_status(
        self,
        id: int,
        failed_only: bool | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ResetJobStatusResponse: ...
    def reset_job_status_with_http_info(
        self,
        id: int,
        failed_only: bool | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ResetJobStatusResponse]: ...
    def reset_job_status_without_preload_content(
        self,
        id: int,
        failed_only: bool | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def reset_workflow_status(
        self,
        id: int,
        force: bool | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> WorkflowStatusModel: ...
    def reset_workflow_status_with_http_info(
        self,
        id: int,
        force: bool | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[WorkflowStatusModel]: ...
    def reset_workflow_status_without_preload_content(
        self,
        id: int,
        force: bool | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def get_resource_use(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ResourceUseResponse: ...
    def get_resource_use_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ResourceUseResponse]: ...
    def get_resource_use_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def restart_jobs(
        self,
        id: int,
        restart_jobs_request: RestartJobsRequest,
        var_async: bool | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RestartJobsResponse | TaskModel: ...
    def restart_jobs_with_http_info(
        self,
        id: int,
        restart_jobs_request: RestartJobsRequest,
        var_async: bool | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[RestartJobsResponse | TaskModel]: ...
    def restart_jobs_without_preload_content(
        self,
        id: int,
        restart_jobs_request: RestartJobsRequest,
        var_async: bool | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def get_running_jobs(
        self,
        id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RunningJobsResponse: ...
    def get_running_jobs_with_http_info(
        self,
        id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[RunningJobsResponse]: ...
    def get_running_jobs_without_preload_content(
        self,
        id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def get_slurm_job_correlations(
        self,
        id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> SlurmJobCorrelationsResponse: ...
    def get_slurm_job_correlations_with_http_info(
        self,
        id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[SlurmJobCorrelationsResponse]: ...
    def get_slurm_job_correlations_without_preload_content(
        self,
        id: int,
        offset: int | None = ...,
        limit: int | None = ...,
        filter: str | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def start_run(
        self,
        id: int,
        start_run_request: StartRunRequest | None = ...,
        only_if_uninitialized: bool | None = ...,
        force: bool | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> StartRunResponse: ...
    def start_run_with_http_info(
        self,
        id: int,
        start_run_request: StartRunRequest | None = ...,
        only_if_uninitialized: bool | None = ...,
        force: bool | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[StartRunResponse]: ...
    def start_run_without_preload_content(
        self,
        id: int,
        start_run_request: StartRunRequest | None = ...,
        only_if_uninitialized: bool | None = ...,
        force: bool | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def get_workflow_status(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> WorkflowStatusResponse: ...
    def get_workflow_status_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[WorkflowStatusResponse]: ...
    def get_workflow_status_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def update_workflow_status(
        self,
        id: int,
        workflow_status_model: WorkflowStatusModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> WorkflowStatusModel: ...
    def update_workflow_status_with_http_info(
        self,
        id: int,
        workflow_status_model: WorkflowStatusModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[WorkflowStatusModel]: ...
    def update_workflow_status_without_preload_content(
        self,
        id: int,
        workflow_status_model: WorkflowStatusModel,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def get_throughput(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ThroughputResponse: ...
    def get_throughput_with_http_info(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[ThroughputResponse]: ...
    def get_throughput_without_preload_content(
        self,
        id: int,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...
    def get_timeline(
        self,
        id: int,
        run_id: int | None = ...,
        start: str | None = ...,
        end: str | None = ...,
        lanes: TimelineLanes | None = ...,
        bins: int | None = ...,
        limit: int | None = ...,
        offset: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> TimelineResponse: ...
    def get_timeline_with_http_info(
        self,
        id: int,
        run_id: int | None = ...,
        start: str | None = ...,
        end: str | None = ...,
        lanes: TimelineLanes | None = ...,
        bins: int | None = ...,
        limit: int | None = ...,
        offset: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> ApiResponse[TimelineResponse]: ...
    def get_timeline_without_preload_content(
        self,
        id: int,
        run_id: int | None = ...,
        start: str | None = ...,
        end: str | None = ...,
        lanes: TimelineLanes | None = ...,
        bins: int | None = ...,
        limit: int | None = ...,
        offset: int | None = ...,
        *,
        _request_timeout: float | tuple[float, float] | None = None,
        _headers: Mapping[str, str] | None = None,
    ) -> RESTResponse: ...

class DefaultApi(
    AccessControlApi,
    ComputeNodesApi,
    EventsApi,
    FailureHandlersApi,
    FilesApi,
    JobsApi,
    LocalSchedulersApi,
    RemoteWorkersApi,
    ResourceRequirementsApi,
    ResultsApi,
    RoCrateEntitiesApi,
    ScheduledComputeNodesApi,
    SlurmSchedulersApi,
    SlurmStatsApi,
    SubmissionsApi,
    SystemApi,
    TasksApi,
    TokensApi,
    UserDataApi,
    WorkflowActionsApi,
    WorkflowsApi,
): ...
