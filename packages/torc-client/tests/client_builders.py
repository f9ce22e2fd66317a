"""Records for tests."""

from typing import Any

from torc_client.api.enums import JobStatus
from torc_client.api.records import (
    JobModel,
    JobStatusCounts,
    ListJobsResponse,
    ListWorkflowsResponse,
    ResultModel,
    UserDataModel,
    WorkflowModel,
    WorkflowStatusResponse,
)


def job(id: int = 1, **members: Any) -> JobModel:
    return JobModel(**{"id": id, "workflow_id": 7, "name": f"job{id}", "command": f"echo {id}", **members})


def jobs(items: list[JobModel], offset: int = 0, total: int | None = None) -> ListJobsResponse:
    total = len(items) if total is None else total
    return ListJobsResponse(
        items=items,
        offset=offset,
        max_limit=10_000,
        count=len(items),
        total_count=total,
        has_more=offset + len(items) < total,
    )


def workflow(id: int = 7, **members: Any) -> WorkflowModel:
    return WorkflowModel(**{"id": id, "name": "sweep", "user": "ada", "run_id": 1, **members})


def workflows(*items: WorkflowModel) -> ListWorkflowsResponse:
    return ListWorkflowsResponse(
        items=list(items), offset=0, max_limit=10_000, count=len(items), total_count=len(items), has_more=False
    )


def result(id: int = 1, **members: Any) -> ResultModel:
    defaults: dict[str, Any] = {
        "id": id,
        "workflow_id": 7,
        "job_id": id,
        "run_id": 1,
        "attempt_id": 1,
        "compute_node_id": 1,
        "return_code": 0,
        "exec_time_minutes": 0.5,
        "completion_time": "2026-01-01T00:00:00Z",
        "status": JobStatus.COMPLETED,
    }
    return ResultModel(**defaults | members)


def user_data(id: int = 1, **members: Any) -> UserDataModel:
    return UserDataModel(**{"id": id, "workflow_id": 7, "name": f"data{id}", "is_ephemeral": False, **members})


def counts(**numbers: int) -> JobStatusCounts:
    return JobStatusCounts(**dict.fromkeys(JobStatusCounts.__struct_fields__, 0) | numbers)


def status(**members: Any) -> WorkflowStatusResponse:
    defaults: dict[str, Any] = {
        "workflow_id": 7,
        "workflow_name": "sweep",
        "workflow_user": "ada",
        "run_id": 1,
        "total_jobs": 2,
        "jobs_by_status": counts(completed=2),
        "active_compute_nodes": 0,
        "active_scheduled_nodes": 0,
        "pending_scheduled_nodes": 0,
        "is_canceled": False,
        "is_complete": True,
        "total_exec_time_minutes": 1.0,
        "runtime_blocked_ready_jobs": 0,
    }
    return WorkflowStatusResponse(**defaults | members)
