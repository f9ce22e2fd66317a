"""Resources that clients can read and attach: workflows, jobs, logs."""

from collections.abc import Callable
from typing import Any, Final

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError

from torc_client.errors import NotFoundError, TorcError
from torc_client.mcp.answers import MOST_ID, document_of, text_of
from torc_client.mcp.binding import sentence_of, short
from torc_client.mcp.session import McpSession
from torc_client.mcp.tools.jobs import get_job_details
from torc_client.mcp.tools.logs import get_job_logs
from torc_client.mcp.tools.workflows import get_workflow_status

_JSON: Final = "application/json"
_STREAMS: Final = ("stdout", "stderr", "combined", "runner", "allocation-stdout", "allocation-stderr")


def add_resources(server: MCPServer[Any], session: McpSession) -> None:
    """Add the templates of resources to a server."""

    async def workflow(id: str) -> str:
        """Status of a workflow: counts, groups, failures, why jobs wait."""
        return await _read(get_workflow_status, session, workflow_id=_number(id))

    async def job(id: str) -> str:
        """All about a job."""
        return await _read(get_job_details, session, job_id=_number(id))

    async def log(id: str, stream: str) -> str:
        """The end of a log of a job's newest attempt, or the lines around its first known error."""
        if stream not in _STREAMS:
            raise ResourceNotFoundError(short(f"There is no log {stream!r}; there are {', '.join(_STREAMS)}."))
        return await _read(get_job_logs, session, job_id=_number(id), log_type=stream)

    for address, title, function in (
        ("torc://workflows/{id}", "Workflow", workflow),
        ("torc://jobs/{id}", "Job", job),
        ("torc://jobs/{id}/log/{stream}", "Log of a job", log),
    ):
        server.resource(address, title=title, description=function.__doc__, mime_type=_JSON)(function)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or not 0 < int(text[:20]) <= MOST_ID:
        raise ResourceNotFoundError(short(f"{text!r} is not an id."))
    return int(text)


async def _read(function: Callable[..., Any], session: McpSession, **arguments: Any) -> str:
    try:
        return text_of(document_of(await function(session, **arguments)))
    except NotFoundError as error:
        raise ResourceNotFoundError(sentence_of(error)) from error
    except TorcError as error:
        raise ResourceError(sentence_of(error)) from error
