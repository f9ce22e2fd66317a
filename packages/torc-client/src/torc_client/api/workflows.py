# Generated from openapi.json by tools/openapi_client. Do not edit: change the server's declaration instead.
"""Operations on workflows."""

from torc_client.api.enums import ClaimJobsSortMethod
from torc_client.api.records import (
    ClaimJobsBasedOnResources,
    ClaimNextJobsResponse,
    ComputeNodesResources,
    IsCompleteResponse,
    IsUninitializedResponse,
    ListWorkflowsResponse,
    MessageResponse,
    ReportAndClaimRequest,
    ReportAndClaimResponse,
    ResetJobStatusResponse,
    WorkflowModel,
    WorkflowStatusModel,
    WorkflowStatusResponse,
)
from torc_client.operation import Operation, Operations

_CANCEL_WORKFLOW = Operation("cancel_workflow", "PUT", "/workflows/{id}/cancel", WorkflowStatusModel)
_CLAIM_JOBS_BASED_ON_RESOURCES = Operation(
    "claim_jobs_based_on_resources",
    "POST",
    "/workflows/{id}/claim_jobs_based_on_resources/{limit}",
    ClaimJobsBasedOnResources,
)
_CLAIM_NEXT_JOBS = Operation("claim_next_jobs", "POST", "/workflows/{id}/claim_next_jobs", ClaimNextJobsResponse)
_CREATE_WORKFLOW = Operation("create_workflow", "POST", "/workflows", WorkflowModel)
_DELETE_WORKFLOW = Operation("delete_workflow", "DELETE", "/workflows/{id}", WorkflowModel)
_GET_WORKFLOW = Operation("get_workflow", "GET", "/workflows/{id}", WorkflowModel)
_GET_WORKFLOW_STATUS = Operation("get_workflow_status", "GET", "/workflows/{id}/status", WorkflowStatusResponse)
_INITIALIZE_JOBS = Operation("initialize_jobs", "POST", "/workflows/{id}/initialize_jobs", MessageResponse)
_IS_WORKFLOW_COMPLETE = Operation("is_workflow_complete", "GET", "/workflows/{id}/is_complete", IsCompleteResponse)
_IS_WORKFLOW_UNINITIALIZED = Operation(
    "is_workflow_uninitialized", "GET", "/workflows/{id}/is_uninitialized", IsUninitializedResponse
)
_LIST_WORKFLOWS = Operation("list_workflows", "GET", "/workflows", ListWorkflowsResponse)
_REPORT_AND_CLAIM = Operation("report_and_claim", "POST", "/workflows/{id}/report_and_claim", ReportAndClaimResponse)
_RESET_JOB_STATUS = Operation("reset_job_status", "POST", "/workflows/{id}/reset_job_status", ResetJobStatusResponse)
_RESET_WORKFLOW_STATUS = Operation("reset_workflow_status", "POST", "/workflows/{id}/reset_status", WorkflowStatusModel)
_UPDATE_WORKFLOW = Operation("update_workflow", "PUT", "/workflows/{id}", WorkflowModel)
_UPDATE_WORKFLOW_STATUS = Operation("update_workflow_status", "PUT", "/workflows/{id}/status", WorkflowStatusModel)


class Workflows(Operations):
    """Operations on workflows."""

    async def cancel_workflow(self, id: int) -> WorkflowStatusModel:
        """Cancel the workflow with its pending and running jobs.

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
    ) -> ClaimJobsBasedOnResources:
        """Claim ready jobs that together fit what a compute node offers.

        `id`: The workflow.
        `limit`: How many jobs at most.
        `strict_scheduler_match`: Never take jobs of other schedulers.
        `sort_method`: The order among jobs of equal priority.
        `wait_seconds`: Hold the request up to this many seconds until there is something to answer.
        `claim_key`: Idempotency key: a repeated claim with the same key answers with the jobs of the first.
        """
        return await self._call(
            _CLAIM_JOBS_BASED_ON_RESOURCES,
            path={"id": id, "limit": limit},
            query={
                "strict_scheduler_match": strict_scheduler_match,
                "sort_method": sort_method,
                "wait_seconds": wait_seconds,
                "claim_key": claim_key,
            },
            body=body,
        )

    async def claim_next_jobs(
        self, id: int, *, limit: int | None = None, wait_seconds: float | None = None, claim_key: str | None = None
    ) -> ClaimNextJobsResponse:
        """Claim ready jobs by priority, whatever they need.

        `id`: The workflow.
        `limit`: How many jobs at most.
        `wait_seconds`: Hold the request up to this many seconds until there is something to answer.
        `claim_key`: Idempotency key: a repeated claim with the same key answers with the jobs of the first.
        """
        return await self._call(
            _CLAIM_NEXT_JOBS,
            path={"id": id},
            query={"limit": limit, "wait_seconds": wait_seconds, "claim_key": claim_key},
        )

    async def create_workflow(self, body: WorkflowModel) -> WorkflowModel:
        """Create a workflow."""
        return await self._call(_CREATE_WORKFLOW, body=body)

    async def delete_workflow(self, id: int) -> WorkflowModel:
        """Delete a workflow, and answer what it was.

        `id`: The record's id.
        """
        return await self._call(_DELETE_WORKFLOW, path={"id": id})

    async def get_workflow(self, id: int) -> WorkflowModel:
        """Get a workflow.

        `id`: The record's id.
        """
        return await self._call(_GET_WORKFLOW, path={"id": id})

    async def get_workflow_status(self, id: int) -> WorkflowStatusResponse:
        """Tell how the workflow stands.

        `id`: The workflow.
        """
        return await self._call(_GET_WORKFLOW_STATUS, path={"id": id})

    async def initialize_jobs(
        self, id: int, *, only_uninitialized: bool | None = None, clear_ephemeral_user_data: bool | None = None
    ) -> MessageResponse:
        """Make the workflow's jobs blocked or ready.

        Dependencies that follow from files and user data are added first.

        `id`: The workflow.
        `only_uninitialized`: Leave jobs alone that are not uninitialized and do not wait for such a one.
        `clear_ephemeral_user_data`: Clear ephemeral user data that jobs write.
        """
        return await self._call(
            _INITIALIZE_JOBS,
            path={"id": id},
            query={"only_uninitialized": only_uninitialized, "clear_ephemeral_user_data": clear_ephemeral_user_data},
        )

    async def is_workflow_complete(self, id: int, *, wait_seconds: float | None = None) -> IsCompleteResponse:
        """Tell whether anybody should go on with the workflow.

        `id`: The workflow.
        `wait_seconds`: Hold the request up to this many seconds until there is something to answer.
        """
        return await self._call(_IS_WORKFLOW_COMPLETE, path={"id": id}, query={"wait_seconds": wait_seconds})

    async def is_workflow_uninitialized(self, id: int) -> IsUninitializedResponse:
        """Tell whether every job is uninitialized or disabled.

        `id`: The workflow.
        """
        return await self._call(_IS_WORKFLOW_UNINITIALIZED, path={"id": id})

    async def list_workflows(
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
    ) -> ListWorkflowsResponse:
        """List workflows.

        `name`: Only workflows of exactly this name.
        `user`: Only workflows of this owner.
        `description`: Only workflows whose description has this text in it.
        `is_archived`: Only workflows that are, or are not, put away.
        `offset`: How many to pass over.
        `limit`: How many to give, at most 10000.
        `sort_by`: The member to sort by; the id when absent.
        `reverse_sort`: Sort downwards.
        """
        return await self._call(
            _LIST_WORKFLOWS,
            query={
                "name": name,
                "user": user,
                "description": description,
                "is_archived": is_archived,
                "offset": offset,
                "limit": limit,
                "sort_by": sort_by,
                "reverse_sort": reverse_sort,
            },
        )

    async def report_and_claim(self, id: int, body: ReportAndClaimRequest) -> ReportAndClaimResponse:
        """Note what started and ended on a node, and hand out jobs to it.

        Each start and each end is judged for itself, as by batch_start_jobs and batch_complete_jobs. The same again changes nothing and is answered as before.

        `id`: The workflow.
        """
        return await self._call(_REPORT_AND_CLAIM, path={"id": id}, body=body)

    async def reset_job_status(self, id: int, *, failed_only: bool | None = None) -> ResetJobStatusResponse:
        """Make the workflow's jobs uninitialized.

        `id`: The workflow.
        `failed_only`: Only jobs without success, and what depends on them.
        """
        return await self._call(_RESET_JOB_STATUS, path={"id": id}, query={"failed_only": failed_only})

    async def reset_workflow_status(self, id: int, *, force: bool | None = None) -> WorkflowStatusModel:
        """Clear the workflow's flags and begin its next run.

        `id`: The workflow.
        `force`: Also while jobs are pending or running.
        """
        return await self._call(_RESET_WORKFLOW_STATUS, path={"id": id}, query={"force": force})

    async def update_workflow(self, id: int, body: WorkflowModel) -> WorkflowModel:
        """Change a workflow.

        Absent and null members keep their value, unless their description says otherwise.

        `id`: The record's id.
        """
        return await self._call(_UPDATE_WORKFLOW, path={"id": id}, body=body)

    async def update_workflow_status(self, id: int, body: WorkflowStatusModel) -> WorkflowStatusModel:
        """Overwrite the workflow's run and flags.

        `id`: The workflow.
        """
        return await self._call(_UPDATE_WORKFLOW_STATUS, path={"id": id}, body=body)
