"""What a server without the extensions of this project lacks, as data: operations, parameters and members. Pure."""

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from torc_client.api.records import (
    ComputeNodeModel,
    ComputeNodesResources,
    ExecutionConfig,
    FileModel,
    FilesModel,
    JobModel,
    JobsModel,
    StdioConfig,
    VersionResponse,
    WorkflowModel,
)
from torc_client.errors import TorcError

_RELAY = "pass on the output of jobs"
_SUBMISSIONS = "record the requests for allocations of a batch system"
_TOKENS = "make tokens"
_ALSO_UNLABELED = "give jobs without labels to a runner with labels"
_EDIT_ACTIONS = "read or change an action by its id alone"

_STATISTICS = "compute statistics of a workflow"
_FILTER = {"filter": "filter lists by words"}
# The lists that have nothing else that a server of Torc 1.0 lacks.
_FILTERED = (
    "get_running_jobs", "get_slurm_job_correlations", "list_compute_nodes", "list_events", "list_failure_handlers",
    "list_files", "list_job_dependencies", "list_job_file_relationships", "list_job_user_data_relationships",
    "list_local_schedulers", "list_resource_requirements", "list_results", "list_ro_crate_entities",
    "list_slurm_stats", "list_user_data",
)  # fmt: skip
MISSING_OPERATIONS: Mapping[str, str] = MappingProxyType(
    {
        "accept_submission": _SUBMISSIONS,
        "add_workflow_to_group_by_body": "add a workflow to an access group in this form",
        "batch_start_jobs": "start several jobs in one call",
        "correct_resource_requirements": "correct the requirements of several jobs in one step",
        "create_submission": _SUBMISSIONS,
        "create_token": _TOKENS,
        "delete_action": _EDIT_ACTIONS,
        "deliver_output_piece": _RELAY,
        "explain_workflow": "explain why jobs do not run",
        "fail_jobs": "end several jobs as failed in one step",
        "get_action": _EDIT_ACTIONS,
        "get_job_output": _RELAY,
        "get_latest_event_timestamp": "return the time of the latest event",
        "get_resource_use": "compare what jobs required with what they used",
        "get_submission": _SUBMISSIONS,
        "get_throughput": _STATISTICS,
        "get_timeline": _STATISTICS,
        "list_failures": _STATISTICS,
        "list_job_groups": "group jobs by their names",
        "list_neighbours": "show the jobs near a job",
        "list_node_loads": "show what runs on compute nodes",
        "list_output_requests": _RELAY,
        "list_submissions": _SUBMISSIONS,
        "list_tokens": _TOKENS,
        "reject_submission": _SUBMISSIONS,
        "replan_allocations": "plan the allocations of a workflow again",
        "restart_jobs_as_task": "restart jobs in the background",
        "revoke_token": _TOKENS,
        "stream_workflow_changes": "say which workflows change",
        "update_action": _EDIT_ACTIONS,
        "update_workflow_status": "change the flags of a workflow in this form",
    }
)
"""The operations that are not available, each with what the server cannot do."""

MISSING_PARAMETERS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "claim_next_jobs": {"also_unlabeled": _ALSO_UNLABELED, "label": "claim jobs by one label of several"},
        **dict.fromkeys(_FILTERED, _FILTER),
        "get_job": {"include_dependencies": "leave out the dependencies of a job"},
        "list_jobs": {**_FILTER, "group": "select the jobs of a group"},
        "list_scheduled_compute_nodes": {**_FILTER, "submission_id": _SUBMISSIONS},
        "list_slurm_schedulers": _FILTER
        | dict.fromkeys(
            ("account", "gres", "mem", "name", "nodes", "partition", "qos", "tmp", "walltime"),
            "select scheduler configurations",
        ),
        "list_workflows": {
            **_FILTER,
            "is_draft": "select drafts of workflows",
            "with_progress": "list the progress of workflows",
        },
    }
)
"""The parameters that change an answer, each with what the server cannot do."""

IGNORED_PARAMETERS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "claim_jobs_based_on_resources": frozenset(
            {"claim_key", "compute_node_id", "run_id", "sort_method", "wait_seconds"}
        ),
        "claim_next_jobs": frozenset({"claim_key", "compute_node_id", "run_id", "wait_seconds"}),
        "get_active_task_for_workflow": frozenset({"wait_seconds"}),
        "is_workflow_complete": frozenset({"known_fences", "run_id", "wait_seconds"}),
    }
)
"""The parameters without which the answer is the same: they are not sent. Keys of claims are applied by the client."""

LABELS_SINCE = (0, 23)
BATCHES_SINCE = (0, 21)
"""The versions of the API that have labels, and that complete several jobs in one call."""

_OF_WORKFLOW = {"jobs_sort_method": "order jobs by jobs_sort_method"}
_OF_EXECUTION = {
    "make_output_folders": "store execution_config.make_output_folders",
    "shell": "store execution_config.shell",
    "unchanged_outputs": "store execution_config.unchanged_outputs",
    "limit_runtime": "store execution_config.limit_runtime",
    "srun_tasks_per_node": "store execution_config.srun_tasks_per_node",
}
_OF_STDIO = {"max_mb": "store max_mb of the output of jobs"}


class MissingCapabilityError(TorcError):
    """The server is one of the original Torc, which cannot do what is asked for."""

    def __init__(self, url: str, server: VersionResponse, what: str) -> None:
        version = server.version.partition(" ")[0]
        super().__init__(
            f"The server {url} is a torc-server {version} of the original Torc, which cannot {what}.",
            "Do without it; or take the database over with `torc-server db import`, and use a torc-server of this"
            " version.",
        )


def sent_parameters(operation_id: str, query: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that the server knows."""
    ignored = IGNORED_PARAMETERS.get(operation_id, frozenset())
    return {name: value for name, value in query.items() if name not in ignored}


def missing_for(server: VersionResponse, operation_id: str, query: Collection[str], body: object) -> Iterator[str]:
    """Yield what the server cannot do for a call, by its operation, its parameters and the members of its body."""
    if operation_id in MISSING_OPERATIONS:
        yield MISSING_OPERATIONS[operation_id]
    for name, what in MISSING_PARAMETERS.get(operation_id, {}).items():
        if name in query:
            yield what
    if isinstance(body, WorkflowModel):
        yield from _missing_members(body)
    elif isinstance(body, ComputeNodesResources) and body.also_unlabeled:
        yield _ALSO_UNLABELED
    elif _has_temp_files(body):
        yield "store temp of files"
    if _has_labels(body) and not _knows_labels(server):
        yield "store labels of jobs and runners"


def _has_labels(body: object) -> bool:
    match body:
        case JobsModel():
            return any(job.labels for job in body.jobs)
        case JobModel() | ComputeNodeModel():
            return bool(body.labels)
        case _:
            return False


def _has_temp_files(body: object) -> bool:
    files = body.files if isinstance(body, FilesModel) else [body] if isinstance(body, FileModel) else []
    return any(file.temp for file in files)


def _knows_labels(server: VersionResponse) -> bool:
    return numbers_of(server.api_version) >= LABELS_SINCE


def numbers_of(api_version: str) -> tuple[int, ...]:
    """Return the parts of a version of the API. A part that is not a number counts as 0."""
    return tuple(int(part) if part.isdigit() else 0 for part in api_version.split("."))


def _missing_members(workflow: WorkflowModel) -> Iterator[str]:
    yield from _given(workflow, _OF_WORKFLOW)
    config = workflow.execution_config or ExecutionConfig()
    yield from _given(config, _OF_EXECUTION)
    for rule in (config.stdio, *(config.job_stdio_overrides or {}).values()):
        yield from _given(rule or StdioConfig(), _OF_STDIO)


def _given(record: object, members: Mapping[str, str]) -> Iterator[str]:
    return (what for name, what in members.items() if getattr(record, name) is not None)
