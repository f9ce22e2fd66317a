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
    from torc_client.paging import iterate
    from torc_client.scripting.runner_process import NoRunnerHere, RunnerFailed
    from torc_client.scripting.torc import AsyncTorc
    from torc_client.scripting.workflow import AsyncWorkflow
    from torc_client.sync import Torc, Workflow

__all__ = [
    "ApiError",
    "AsyncTorc",
    "AsyncWorkflow",
    "ClaimJobsSortMethod",
    "ComputeNodeModel",
    "ComputeNodesResources",
    "Conflict",
    "FileModel",
    "Forbidden",
    "JobModel",
    "JobStatus",
    "JobsModel",
    "LiveEvent",
    "NewsMissed",
    "NoRunnerHere",
    "NotFound",
    "ResourceRequirementsModel",
    "ResultModel",
    "RuleBroken",
    "RunnerFailed",
    "ServerFault",
    "ServerUnreachable",
    "Torc",
    "TorcClient",
    "TorcError",
    "Unauthorized",
    "UserDataModel",
    "Workflow",
    "WorkflowModel",
    "iterate",
]

# In which modules the names above live. They are imported when first used: `torc --help` needs none of them.
_HOMES = {
    "AsyncTorc": "scripting.torc",
    "AsyncWorkflow": "scripting.workflow",
    "ClaimJobsSortMethod": "api.enums",
    "JobStatus": "api.enums",
    "LiveEvent": "event_stream",
    "NewsMissed": "event_stream",
    "NoRunnerHere": "scripting.runner_process",
    "RunnerFailed": "scripting.runner_process",
    "Torc": "sync",
    "TorcClient": "client",
    "Workflow": "sync",
    "iterate": "paging",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = _HOMES.get(name) or ("api.records" if name.endswith(("Model", "Resources")) else "errors")
    return getattr(importlib.import_module(f"{__name__}.{home}"), name)
