"""Client library of Torc: `Torc` for scripts, `AsyncTorc` for asyncio, and the records that both use."""

import difflib
import importlib
from typing import TYPE_CHECKING, Any

from torc_client.old_names import warn_of_old_attribute

if TYPE_CHECKING:
    from torc_client.address import AddressError
    from torc_client.api.enums import ClaimJobsSortMethod, JobStatus
    from torc_client.api.records import (
        ComputeNodeModel,
        ComputeNodesResources,
        ExplainResponse,
        FileModel,
        JobModel,
        JobsModel,
        ResourceRequirementsModel,
        ResultModel,
        SpawnJobModel,
        SpawnJobsResponse,
        UserDataModel,
        WorkflowModel,
        WorkflowStatusResponse,
    )
    from torc_client.client import TorcClient
    from torc_client.code_loading import FunctionNotImportableError
    from torc_client.errors import (
        ApiError,
        ConflictError,
        ForbiddenError,
        NotFoundError,
        ServerError,
        ServerUnreachableError,
        TorcError,
        UnauthorizedError,
        UnexpectedResponseError,
        UnprocessableError,
    )
    from torc_client.event_stream import Event, EventsMissed
    from torc_client.local_runner import RunnerError, RunnerNotInstalledError
    from torc_client.managed_server import ManagedServerError
    from torc_client.mapping.outcomes import CallError, CallResult, MapError
    from torc_client.paging import iterate
    from torc_client.scripting.map_workflow import AsyncMapWorkflow
    from torc_client.scripting.orchestrator import AsyncOrchestrator, NotInJobError
    from torc_client.scripting.records import Records
    from torc_client.scripting.torc import AsyncTorc
    from torc_client.scripting.workflow import AsyncWorkflow
    from torc_client.scripting.workflow_errors import JobsFailedError, WaitTimeoutError
    from torc_client.spec.problems import Problem, SpecError
    from torc_client.sync import MapWorkflow, Orchestrator, Torc, Workflow, map_function_to_jobs
    from torc_client.tls import TlsError
    from torc_client.workflow_operations.initialize import InputFilesMissingError

__all__ = [
    "AddressError",
    "ApiError",
    "AsyncMapWorkflow",
    "AsyncOrchestrator",
    "AsyncTorc",
    "AsyncWorkflow",
    "CallError",
    "CallResult",
    "ClaimJobsSortMethod",
    "ComputeNodeModel",
    "ComputeNodesResources",
    "ConflictError",
    "Event",
    "EventsMissed",
    "ExplainResponse",
    "FileModel",
    "ForbiddenError",
    "FunctionNotImportableError",
    "InputFilesMissingError",
    "JobModel",
    "JobStatus",
    "JobsFailedError",
    "JobsModel",
    "ManagedServerError",
    "MapError",
    "MapWorkflow",
    "NotFoundError",
    "NotInJobError",
    "Orchestrator",
    "Problem",
    "Records",
    "ResourceRequirementsModel",
    "ResultModel",
    "RunnerError",
    "RunnerNotInstalledError",
    "ServerError",
    "ServerUnreachableError",
    "SpawnJobModel",
    "SpawnJobsResponse",
    "SpecError",
    "TlsError",
    "Torc",
    "TorcClient",
    "TorcError",
    "UnauthorizedError",
    "UnexpectedResponseError",
    "UnprocessableError",
    "UserDataModel",
    "WaitTimeoutError",
    "Workflow",
    "WorkflowModel",
    "WorkflowStatusResponse",
    "iterate",
    "map_function_to_jobs",
]

# The module of each name above that is not in `errors` or `api.records`. A module is imported when one of its names is
# first used, because `torc --help` needs none of them.
_MODULES = {
    "AddressError": "address",
    "AsyncMapWorkflow": "scripting.map_workflow",
    "AsyncOrchestrator": "scripting.orchestrator",
    "AsyncTorc": "scripting.torc",
    "AsyncWorkflow": "scripting.workflow",
    "CallError": "mapping.outcomes",
    "CallResult": "mapping.outcomes",
    "ClaimJobsSortMethod": "api.enums",
    "Event": "event_stream",
    "EventsMissed": "event_stream",
    "FunctionNotImportableError": "code_loading",
    "InputFilesMissingError": "workflow_operations.initialize",
    "JobStatus": "api.enums",
    "JobsFailedError": "scripting.workflow_errors",
    "ManagedServerError": "managed_server",
    "MapError": "mapping.outcomes",
    "MapWorkflow": "sync",
    "NotInJobError": "scripting.orchestrator",
    "Orchestrator": "sync",
    "Problem": "spec.problems",
    "Records": "scripting.records",
    "RunnerError": "local_runner",
    "RunnerNotInstalledError": "local_runner",
    "SpecError": "spec.problems",
    "TlsError": "tls",
    "Torc": "sync",
    "TorcClient": "client",
    "WaitTimeoutError": "scripting.workflow_errors",
    "Workflow": "sync",
    "iterate": "paging",
    "map_function_to_jobs": "sync",
}

# Names of earlier versions, which scripts still import.
_OLD_NAMES = {
    "AsyncCalls": "AsyncMapWorkflow",
    "CallFailed": "CallError",
    "Calls": "MapWorkflow",
    "CallsFailed": "MapError",
    "Conflict": "ConflictError",
    "Forbidden": "ForbiddenError",
    "FunctionRefused": "FunctionNotImportableError",
    "LiveEvent": "Event",
    "NewsMissed": "EventsMissed",
    "NoJobHere": "NotInJobError",
    "NoRunnerHere": "RunnerNotInstalledError",
    "NotFound": "NotFoundError",
    "Outcome": "CallResult",
    "RuleBroken": "UnprocessableError",
    "RunnerFailed": "RunnerError",
    "ServerFault": "ServerError",
    "ServerUnreachable": "ServerUnreachableError",
    "Unauthorized": "UnauthorizedError",
}
_RECORDS = ("Model", "Resources", "Response")


def __getattr__(name: str) -> Any:
    current = _OLD_NAMES.get(name, name)
    if current not in __all__:
        similar = difflib.get_close_matches(name, __all__, n=1)
        question = f". Did you mean: {similar[0]!r}?" if similar else ""
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}{question}")
    module = _MODULES.get(current) or ("api.records" if current.endswith(_RECORDS) else "errors")
    if current != name:
        warn_of_old_attribute(__name__, name, current)
    return getattr(importlib.import_module(f"{__name__}.{module}"), current)


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
