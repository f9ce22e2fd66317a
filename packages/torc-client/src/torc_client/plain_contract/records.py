"""Records as a server without extensions stores and answers them. Pure."""

from typing import Any

import msgspec
from msgspec.structs import replace

from torc_client.api.records import (
    BatchCompleteJobsRequest,
    ClaimJobsBasedOnResources,
    ClaimNextJobsResponse,
    ComputeNodeModel,
    JobCompletionEntry,
    JobModel,
    ListComputeNodesResponse,
    ListJobsResponse,
    ResultModel,
    WorkflowModel,
)

_KEPT = "torc_runner"
"""The member of `scheduler`, which takes any JSON, for members of this project."""
_KEPT_MEMBERS = ("host_identity", "output_dir")


def sent(body: Any) -> Any:
    """Return the body of a request without members that the server refuses or does not store."""
    match body:
        case ComputeNodeModel():
            return _sent_node(body)
        case WorkflowModel():
            return replace(body, is_draft=None)
        case ResultModel():
            return replace(body, reason=None)
        case BatchCompleteJobsRequest():
            return replace(body, completions=[_sent_completion(each) for each in body.completions])
        case _:
            return body


def answered(answer: Any) -> Any:
    """Return an answer with the members that it would have from a server of this project."""
    match answer:
        case JobModel():
            return _job(answer)
        case ComputeNodeModel():
            return _node(answer)
        case ListJobsResponse():
            return replace(answer, items=[_job(each) for each in answer.items])
        case ClaimJobsBasedOnResources() | ClaimNextJobsResponse():
            return replace(answer, jobs=[_job(each) for each in answer.jobs or []])
        case ListComputeNodesResponse():
            return replace(answer, items=[_node(each) for each in answer.items])
        case _:
            return answer


def _job(job: JobModel) -> JobModel:
    """Return a job without the numbers and texts that mean that there is none."""
    return replace(
        job,
        failure_handler_id=job.failure_handler_id or None,
        scheduler_id=job.scheduler_id or None,
        invocation_script=job.invocation_script or None,
    )


def _sent_node(node: ComputeNodeModel) -> ComputeNodeModel:
    kept = {name: value for name in _KEPT_MEMBERS if (value := getattr(node, name)) is not None}
    scheduler = {**(node.scheduler or {}), _KEPT: kept} if kept and _is_open(node.scheduler) else node.scheduler
    return replace(
        node,
        scheduler=scheduler,
        also_unlabeled=None,
        host_identity=None,
        lease_seconds=None,
        output_dir=None,
        secret=None,
    )


def _sent_completion(completion: JobCompletionEntry) -> JobCompletionEntry:
    return replace(completion, result=replace(completion.result, reason=None))


def _is_open(scheduler: Any) -> bool:
    return scheduler is None or isinstance(scheduler, dict)


def _node(node: ComputeNodeModel) -> ComputeNodeModel:
    scheduler = node.scheduler
    if not isinstance(scheduler, dict) or not isinstance(scheduler.get(_KEPT), dict):
        return node
    kept = {name: value for name, value in scheduler[_KEPT].items() if name in _KEPT_MEMBERS and isinstance(value, str)}
    others = {name: value for name, value in scheduler.items() if name != _KEPT}
    return msgspec.structs.replace(node, scheduler=others or None, **kept)
