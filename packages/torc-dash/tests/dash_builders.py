"""Records with everything that the contract requires, and what a test says."""

from typing import Any

from torc_client.api.enums import ExplainCode, FailureKind, JobStatus
from torc_client.api.records import (
    ComputeNodeModel,
    ExplainedReason,
    ExplainResponse,
    FailedJobExample,
    FailureClusterModel,
    FailuresResponse,
    JobGroupModel,
    JobGroupsResponse,
    JobModel,
    JobStatusCounts,
    ListAccessGroupsResponse,
    ListComputeNodesResponse,
    ListEventsResponse,
    ListFilesResponse,
    ListJobsResponse,
    ListResultsResponse,
    ListUserDataResponse,
    ListWorkflowsResponse,
    NeighbourEdge,
    NeighbourJob,
    NeighboursResponse,
    NeighbourStep,
    ResultModel,
    ThroughputResponse,
    WorkflowModel,
    WorkflowProgressModel,
    WorkflowStatusResponse,
)
from torc_client.testing import FakeServer


def listed(kind: type[Any], items: list[Any], total: int | None = None, offset: int = 0) -> Any:
    total = len(items) if total is None else total
    more = offset + len(items) < total
    return kind(count=len(items), has_more=more, items=items, max_limit=10000, offset=offset, total_count=total)


def workflow(id: int = 1, **members: Any) -> WorkflowModel:
    known = {"name": f"workflow-{id}", "user": "ada", "timestamp": "2026-11-23T04:05:06.789Z"}
    return WorkflowModel(id=id, **{**known, **members})


def status(
    id: int = 1, *, is_complete: bool = False, is_canceled: bool = False, **counts: int
) -> WorkflowStatusResponse:
    every = dict.fromkeys((one.value for one in JobStatus), 0) | counts
    return WorkflowStatusResponse(
        active_compute_nodes=0 if is_complete else 1,
        active_scheduled_nodes=0,
        is_canceled=is_canceled,
        is_complete=is_complete,
        jobs_by_status=JobStatusCounts(**every),
        pending_scheduled_nodes=0,
        total_exec_time_minutes=1.5,
        runtime_blocked_ready_jobs=0,
        total_jobs=sum(counts.values()),
        workflow_id=id,
        workflow_name=f"workflow-{id}",
        workflow_user="ada",
        run_id=1,
    )


def progress(state: str = "running", **counts: int) -> WorkflowProgressModel:
    every = dict.fromkeys((one.value for one in JobStatus), 0) | counts
    return WorkflowProgressModel(
        state=state, total_jobs=sum(counts.values()), jobs_by_status=JobStatusCounts(**every), active_compute_nodes=1
    )


def job(id: int = 1, **members: Any) -> JobModel:
    known = {"name": f"job-{id}", "command": f"echo {id}", "status": JobStatus.READY, "workflow_id": 1, "attempt_id": 1}
    return JobModel(id=id, **{**known, **members})


def result(id: int = 1, **members: Any) -> ResultModel:
    known: dict[str, Any] = {
        "job_id": id,
        "job_name": f"job-{id}",
        "workflow_id": 1,
        "run_id": 1,
        "attempt_id": 1,
        "compute_node_id": 1,
        "return_code": 0,
        "status": JobStatus.COMPLETED,
        "exec_time_minutes": 0.25,
        "peak_memory_bytes": 3 * 1024**2,
        "completion_time": "2026-11-23T04:05:06Z",
    }
    return ResultModel(id=id, **{**known, **members})


def compute_node(id: int = 1, **members: Any) -> ComputeNodeModel:
    known: dict[str, Any] = {
        "compute_node_type": "local",
        "hostname": f"node-{id}",
        "is_active": True,
        "memory_gb": 8.0,
        "num_cpus": 4,
        "num_gpus": 0,
        "num_nodes": 1,
        "pid": 100 + id,
        "start_time": "2026-11-23T04:00:00Z",
        "workflow_id": 1,
    }
    return ComputeNodeModel(id=id, **{**known, **members})


def near(middle: JobModel, *others: tuple[int, JobModel], **totals: int) -> NeighboursResponse:
    """The jobs near a job, each with its step; `needs` and `needed_by` are the numbers of all, if more."""
    jobs = [(0, middle), *others]
    numbers = {step: sum(one == step for one, _ in others) for step, _ in others}
    wanted = {-1: totals.get("needs", 0), 1: totals.get("needed_by", 0)}
    return NeighboursResponse(
        workflow_id=middle.workflow_id,
        jobs=[
            NeighbourJob(job_id=one.id or 0, job_name=one.name, status=one.status or JobStatus.READY, step=step)
            for step, one in jobs
        ],
        edges=[
            NeighbourEdge(source_job_id=one, target_job_id=other.id or 0)
            for _, other in jobs
            for one in other.depends_on_job_ids or ()
        ],
        steps=[
            NeighbourStep(
                step=step,
                num_jobs=max(number, wanted.get(step, 0)),
                is_exact=True,
                left_off=max(0, wanted.get(step, 0) - number),
            )
            for step, number in numbers.items()
        ],
    )


def explained(*messages: str, code: ExplainCode = ExplainCode.NO_ACTIVE_NODES) -> ExplainResponse:
    counts = JobStatusCounts(**dict.fromkeys((one.value for one in JobStatus), 0))
    reasons = [ExplainedReason(code=code, count=1, jobs=[], message=one) for one in messages]
    return ExplainResponse(
        workflow_id=1, active_compute_nodes=0, is_claimable=False, jobs_by_status=counts, ready=[], reasons=reasons
    )


def job_group(key: str, first_job_id: int = 1, **counts: int) -> JobGroupModel:
    every = dict.fromkeys((one.value for one in JobStatus), 0) | counts
    return JobGroupModel(
        key=key,
        label=key,
        first_job_id=first_job_id,
        highest_priority=0,
        lowest_priority=0,
        merged_groups=0,
        resource_requirements_ids=[],
        total_jobs=sum(counts.values()),
        jobs_by_status=JobStatusCounts(**every),
    )


def job_groups(*groups: JobGroupModel) -> JobGroupsResponse:
    return JobGroupsResponse(groups=list(groups), edges=[], edges_left_off=0)


def failed_alike(
    *names: str, kind: FailureKind = FailureKind.EXIT_CODE, code: int | None = 1, first_id: int = 1, group: str = "job#"
) -> FailureClusterModel:
    """Return a cluster of failed jobs with these names."""
    examples = [FailedJobExample(job_id=place, job_name=name) for place, name in enumerate(names, first_id)]
    return FailureClusterModel(
        group=group, status=JobStatus.FAILED, kind=kind, return_code=code, num_jobs=len(names), examples=examples
    )


def failures(*clusters: FailureClusterModel) -> FailuresResponse:
    total = sum(cluster.num_jobs for cluster in clusters)
    return FailuresResponse(total_jobs=total, clusters=list(clusters), clusters_left_off=0)


def furnish(server: FakeServer) -> None:
    """Give a fake server one workflow with three jobs, one of them finished."""
    server.answer("list_workflows", listed(ListWorkflowsResponse, [workflow()]))
    server.answer("get_workflow", workflow())
    server.answer("explain_workflow", explained("3 jobs are ready"))
    server.answer("get_workflow_status", status(completed=1, running=1, ready=1))
    server.answer("list_jobs", listed(ListJobsResponse, [job(1), job(2), job(3)]))
    server.answer("list_job_groups", job_groups(job_group("job-#", completed=1, running=1, ready=1)))
    server.answer("list_results", listed(ListResultsResponse, [result()]))
    server.answer("list_compute_nodes", listed(ListComputeNodesResponse, [compute_node()]))
    server.answer("list_failures", failures())
    server.answer("get_throughput", ThroughputResponse(bin_seconds=1, ended=[], jobs_left=2))
    server.answer("list_events", listed(ListEventsResponse, []))
    server.answer("list_files", listed(ListFilesResponse, []))
    server.answer("list_user_data", listed(ListUserDataResponse, []))
    server.answer("list_neighbours", near(job(1)))
    server.answer(
        "list_user_groups", ListAccessGroupsResponse(items=[], offset=0, limit=0, total_count=0, has_more=False)
    )
