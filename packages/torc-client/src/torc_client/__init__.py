"""Talk to a Torc server: `Torc` for scripts, `AsyncTorc` for asyncio, and the records that both exchange."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torc_client.api.enums import ClaimJobsSortMethod, JobStatus
    from torc_client.api.records import (
        ComputeNodeModel,
        ComputeNodesResources,
        FileModel,
        JobModel,
        JobsModel,
        ResourceRequirementsModel,
        ResultModel,
        SpawnJobModel,
        UserDataModel,
        WorkflowModel,
    )
    from torc_client.client import TorcClient
    from torc_client.errors import (
        ApiError,
        Conflict,
        Forbidden,
        NotFound,
        RuleBroken,
        ServerFault,
        ServerUnreachable,
        TorcError,
        Unauthorized,
    )
    from torc_client.event_stream import LiveEvent, NewsMissed
    from torc_client.local_runner import NoRunnerHere, RunnerFailed
    from torc_client.mapping.function import FunctionRefused
    from torc_client.mapping.outcomes import CallFailed, CallsFailed, Outcome
    from torc_client.paging import iterate
    from torc_client.scripting.calls import AsyncCalls
    from torc_client.scripting.orchestrator import AsyncOrchestrator, NoJobHere
    from torc_client.scripting.records import Records
    from torc_client.scripting.torc import AsyncTorc
    from torc_client.scripting.workflow import AsyncWorkflow
    from torc_client.sync import Calls, Orchestrator, Torc, Workflow, map_function_to_jobs

__all__ = [
    "ApiError",
    "AsyncCalls",
    "AsyncOrchestrator",
    "AsyncTorc",
    "AsyncWorkflow",
    "CallFailed",
    "Calls",
    "CallsFailed",
    "ClaimJobsSortMethod",
    "ComputeNodeModel",
    "ComputeNodesResources",
    "Conflict",
    "FileModel",
    "Forbidden",
    "FunctionRefused",
    "JobModel",
    "JobStatus",
    "JobsModel",
    "LiveEvent",
    "NewsMissed",
    "NoJobHere",
    "NoRunnerHere",
    "NotFound",
    "Orchestrator",
    "Outcome",
    "Records",
    "ResourceRequirementsModel",
    "ResultModel",
    "RuleBroken",
    "RunnerFailed",
    "ServerFault",
    "ServerUnreachable",
    "SpawnJobModel",
    "Torc",
    "TorcClient",
    "TorcError",
    "Unauthorized",
    "UserDataModel",
    "Workflow",
    "WorkflowModel",
    "iterate",
    "map_function_to_jobs",
]

# In which modules the names above live. They are imported when first used: `torc --help` needs none of them.
_HOMES = {
    "AsyncCalls": "scripting.calls",
    "AsyncOrchestrator": "scripting.orchestrator",
    "AsyncTorc": "scripting.torc",
    "AsyncWorkflow": "scripting.workflow",
    "CallFailed": "mapping.outcomes",
    "Calls": "sync",
    "CallsFailed": "mapping.outcomes",
    "ClaimJobsSortMethod": "api.enums",
    "FunctionRefused": "mapping.function",
    "JobStatus": "api.enums",
    "LiveEvent": "event_stream",
    "NewsMissed": "event_stream",
    "NoJobHere": "scripting.orchestrator",
    "NoRunnerHere": "local_runner",
    "Orchestrator": "sync",
    "Outcome": "mapping.outcomes",
    "Records": "scripting.records",
    "RunnerFailed": "local_runner",
    "Torc": "sync",
    "TorcClient": "client",
    "Workflow": "sync",
    "iterate": "paging",
    "map_function_to_jobs": "sync",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = _HOMES.get(name) or ("api.records" if name.endswith(("Model", "Resources")) else "errors")
    return getattr(importlib.import_module(f"{__name__}.{home}"), name)
