"""Make a tool out of a function: its parameters without the session, its answer limited, its errors as sentences."""

import inspect
from collections.abc import Callable
from typing import Annotated, Any

from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, TextContent

from torc_client.errors import TorcError
from torc_client.mcp.answers import clean_text, document_of, text_of
from torc_client.mcp.assistant_tool import Function
from torc_client.mcp.session import McpSession
from torc_client.spec.allowed_folders import confined_to

_MOST_ERROR_CHARACTERS = 4000


def bound(function: Function, session: McpSession) -> Callable[..., Any]:
    """Return the function for the library: without its first parameter, and with the answer as content."""
    signature = inspect.signature(function, eval_str=True)
    parameters = list(signature.parameters.values())[1:]
    answer = signature.return_annotation

    async def call(**arguments: Any) -> CallToolResult:
        try:
            with confined_to(session.settings.spec_folders):
                document = document_of(await function(session, **arguments))
        except TorcError as error:
            raise ToolError(sentence_of(error)) from error
        return CallToolResult(content=[TextContent(text=text_of(document))], structured_content=document)

    returned = Annotated[CallToolResult, answer]
    call.__name__ = function.__name__
    call.__doc__ = function.__doc__
    call.__annotations__ = {each.name: each.annotation for each in parameters} | {"return": returned}
    call.__signature__ = signature.replace(parameters=parameters, return_annotation=returned)  # type: ignore[attr-defined]
    return call


def sentence_of(error: TorcError) -> str:
    """Return an error with its remedy, without control characters."""
    return short(" ".join(part for part in (error.message, error.hint) if part))


def short(text: str) -> str:
    """Return the text of an error, cleaned and not too long."""
    text = clean_text(text)
    return text if len(text) <= _MOST_ERROR_CHARACTERS else f"{text[:_MOST_ERROR_CHARACTERS]} … (cut)"
