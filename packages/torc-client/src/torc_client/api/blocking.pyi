# Generated from openapi.json by tools/openapi_client. Do not edit: change the server's declaration instead.

from torc_client.api.enums import ClaimJobsSortMethod, JobStatus
from torc_client.api.records import (
    ClaimJobsBasedOnResources,
    ClaimNextJobsResponse,
    ComputeNodeModel,
    ComputeNodesResources,
    CreateFilesResponse,
    CreateJobsResponse,
    CreateUserDataListResponse,
    DeleteCountResponse,
    FileModel,
    FilesModel,
    IsCompleteResponse,
    IsUninitializedResponse,
    JobModel,
    JobsModel,
    ListComputeNodesResponse,
    ListFilesResponse,
    ListJobsResponse,
    ListResourceRequirementsResponse,
    ListResultsResponse,
    ListUserDataResponse,
    ListWorkflowsResponse,
    MessageResponse,
    PingResponse,
    ReportAndClaimRequest,
    ReportAndClaimResponse,
    ResetJobStatusResponse,
    ResourceRequirementsModel,
    ResultModel,
    UserDataListModel,
    UserDataModel,
    VersionResponse,
    WorkflowModel,
    WorkflowStatusModel,
    WorkflowStatusResponse,
)

class ComputeNodes:
    def create_compute_node(self, body: ComputeNodeModel) -> ComputeNodeModel: ...
    def delete_compute_node(self, id: int) -> ComputeNodeModel: ...
    def delete_compute_nodes(self, *, workflow_id: int) -> DeleteCountResponse: ...
    def get_compute_node(self, id: int) -> ComputeNodeModel: ...
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
    ) -> ListComputeNodesResponse: ...
    def update_compute_node(self, id: int, body: ComputeNodeModel) -> ComputeNodeModel: ...

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
    ) -> ListFilesResponse: ...
    def update_file(self, id: int, body: FileModel) -> FileModel: ...

class Jobs:
    def complete_job(self, id: int, status: JobStatus, run_id: int, body: ResultModel) -> JobModel: ...
    def create_job(self, body: JobModel) -> JobModel: ...
    def create_jobs(self, body: JobsModel) -> CreateJobsResponse: ...
    def delete_job(self, id: int) -> JobModel: ...
    def delete_jobs(self, *, workflow_id: int) -> DeleteCountResponse: ...
    def get_job(self, id: int) -> JobModel: ...
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
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
        include_relationships: bool | None = None,
    ) -> ListJobsResponse: ...
    def retry_job(self, id: int, run_id: int, *, max_retries: int) -> JobModel: ...
    def start_job(self, id: int, run_id: int, compute_node_id: int) -> JobModel: ...
    def update_job(self, id: int, body: JobModel) -> JobModel: ...

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
    ) -> ListResultsResponse: ...
    def update_result(self, id: int, body: ResultModel) -> ResultModel: ...

class System:
    def get_version(self) -> VersionResponse: ...
    def ping(self) -> PingResponse: ...

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
    ) -> ListUserDataResponse: ...
    def update_user_data(self, id: int, body: UserDataModel) -> UserDataModel: ...

class Workflows:
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
    ) -> ClaimJobsBasedOnResources: ...
    def claim_next_jobs(
        self, id: int, *, limit: int | None = None, wait_seconds: float | None = None, claim_key: str | None = None
    ) -> ClaimNextJobsResponse: ...
    def create_workflow(self, body: WorkflowModel) -> WorkflowModel: ...
    def delete_workflow(self, id: int) -> WorkflowModel: ...
    def get_workflow(self, id: int) -> WorkflowModel: ...
    def get_workflow_status(self, id: int) -> WorkflowStatusResponse: ...
    def initialize_jobs(
        self, id: int, *, only_uninitialized: bool | None = None, clear_ephemeral_user_data: bool | None = None
    ) -> MessageResponse: ...
    def is_workflow_complete(self, id: int, *, wait_seconds: float | None = None) -> IsCompleteResponse: ...
    def is_workflow_uninitialized(self, id: int) -> IsUninitializedResponse: ...
    def list_workflows(
        self,
        *,
        name: str | None = None,
        user: str | None = None,
        description: str | None = None,
        is_archived: bool | None = None,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
    ) -> ListWorkflowsResponse: ...
    def report_and_claim(self, id: int, body: ReportAndClaimRequest) -> ReportAndClaimResponse: ...
    def reset_job_status(self, id: int, *, failed_only: bool | None = None) -> ResetJobStatusResponse: ...
    def reset_workflow_status(self, id: int, *, force: bool | None = None) -> WorkflowStatusModel: ...
    def update_workflow(self, id: int, body: WorkflowModel) -> WorkflowModel: ...
    def update_workflow_status(self, id: int, body: WorkflowStatusModel) -> WorkflowStatusModel: ...

class Subjects:
    compute_nodes: ComputeNodes
    files: Files
    jobs: Jobs
    resource_requirements: ResourceRequirements
    results: Results
    system: System
    user_data: UserData
    workflows: Workflows
