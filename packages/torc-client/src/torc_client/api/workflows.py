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
_RESET_JOB_STATUS = Operation("reset_job_status", "POST", "/workflows/{id}/reset_job_status", ResetJobStatusResponse)
_RESET_WORKFLOW_STATUS = Operation("reset_workflow_status", "POST", "/workflows/{id}/reset_status", WorkflowStatusModel)
_UPDATE_WORKFLOW = Operation("update_workflow", "PUT", "/workflows/{id}", WorkflowModel)
_UPDATE_WORKFLOW_STATUS = Operation("update_workflow_status", "PUT", "/workflows/{id}/status", WorkflowStatusModel)


class Workflows(Operations):
    """Operations on workflows."""

    async def cancel_workflow(self, id: int) -> WorkflowStatusModel:
        """Cancel workflow."""
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
        """Claim jobs based on resources.

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
        """Claim next jobs.

        `wait_seconds`: Hold the request up to this many seconds until there is something to answer.
        `claim_key`: Idempotency key: a repeated claim with the same key answers with the jobs of the first.
        """
        return await self._call(
            _CLAIM_NEXT_JOBS,
            path={"id": id},
            query={"limit": limit, "wait_seconds": wait_seconds, "claim_key": claim_key},
        )

    async def create_workflow(self, body: WorkflowModel) -> WorkflowModel:
        """Create workflow."""
        return await self._call(_CREATE_WORKFLOW, body=body)

    async def delete_workflow(self, id: int) -> WorkflowModel:
        """Delete workflow."""
        return await self._call(_DELETE_WORKFLOW, path={"id": id})

    async def get_workflow(self, id: int) -> WorkflowModel:
        """Get workflow."""
        return await self._call(_GET_WORKFLOW, path={"id": id})

    async def get_workflow_status(self, id: int) -> WorkflowStatusResponse:
        """Get workflow status."""
        return await self._call(_GET_WORKFLOW_STATUS, path={"id": id})

    async def initialize_jobs(
        self, id: int, *, only_uninitialized: bool | None = None, clear_ephemeral_user_data: bool | None = None
    ) -> MessageResponse:
        """Initialize jobs."""
        return await self._call(
            _INITIALIZE_JOBS,
            path={"id": id},
            query={"only_uninitialized": only_uninitialized, "clear_ephemeral_user_data": clear_ephemeral_user_data},
        )

    async def is_workflow_complete(self, id: int, *, wait_seconds: float | None = None) -> IsCompleteResponse:
        """Is workflow complete.

        `wait_seconds`: Hold the request up to this many seconds until there is something to answer.
        """
        return await self._call(_IS_WORKFLOW_COMPLETE, path={"id": id}, query={"wait_seconds": wait_seconds})

    async def is_workflow_uninitialized(self, id: int) -> IsUninitializedResponse:
        """Is workflow uninitialized."""
        return await self._call(_IS_WORKFLOW_UNINITIALIZED, path={"id": id})

    async def list_workflows(
        self,
        *,
        offset: int | None = None,
        limit: int | None = None,
        sort_by: str | None = None,
        reverse_sort: bool | None = None,
        name: str | None = None,
        user: str | None = None,
        description: str | None = None,
        is_archived: bool | None = None,
    ) -> ListWorkflowsResponse:
        """List workflows."""
        return await self._call(
            _LIST_WORKFLOWS,
            query={
                "offset": offset,
                "limit": limit,
                "sort_by": sort_by,
                "reverse_sort": reverse_sort,
                "name": name,
                "user": user,
                "description": description,
                "is_archived": is_archived,
            },
        )

    async def reset_job_status(self, id: int, *, failed_only: bool | None = None) -> ResetJobStatusResponse:
        """Reset job status."""
        return await self._call(_RESET_JOB_STATUS, path={"id": id}, query={"failed_only": failed_only})

    async def reset_workflow_status(self, id: int, *, force: bool | None = None) -> WorkflowStatusModel:
        """Reset workflow status."""
        return await self._call(_RESET_WORKFLOW_STATUS, path={"id": id}, query={"force": force})

    async def update_workflow(self, id: int, body: WorkflowModel) -> WorkflowModel:
        """Update workflow."""
        return await self._call(_UPDATE_WORKFLOW, path={"id": id}, body=body)

    async def update_workflow_status(self, id: int, body: WorkflowStatusModel) -> WorkflowStatusModel:
        """Update workflow status."""
        return await self._call(_UPDATE_WORKFLOW_STATUS, path={"id": id}, body=body)
