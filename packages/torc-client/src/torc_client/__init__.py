"""Talk to a Torc server: `Torc` for scripts, `TorcClient` for asyncio, and the records that both exchange."""

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
    from torc_client.sync import Torc, Workflow

__all__ = [
    "ApiError",
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
    "NotFound",
    "ResourceRequirementsModel",
    "ResultModel",
    "RuleBroken",
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
_HOMES = ("sync", "client", "paging", "event_stream", "errors", "api.enums", "api.records")


def __getattr__(name: str) -> Any:
    if name in __all__:
        for home in _HOMES:
            module = importlib.import_module(f"{__name__}.{home}")
            if name in vars(module):
                return vars(module)[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
