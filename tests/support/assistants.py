"""Clients of `torc-mcp-server`, over stdin and stdout and over HTTP."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp_types import TextContent

from mcp import Client
from support.processes import PROGRAMS, Place, ended_after

MOST_BYTES = 25_000


@asynccontextmanager
async def over_stdio(place: Place, *arguments: str) -> AsyncIterator[Client]:
    """Start the server as an assistant does."""
    parameters = StdioServerParameters(
        command="torc-mcp-server", args=[*arguments], env=place.environment, cwd=place.directory
    )
    async with Client(parameters) as client:
        yield client


@asynccontextmanager
async def over_http(
    place: Place, *arguments: str, environment: Mapping[str, str] | None = None
) -> AsyncIterator[Client]:
    """Start the server on a UNIX socket, and connect by streamable HTTP."""
    path = place.directory / "mcp.sock"
    started = PROGRAMS / "torc-mcp-server"
    program = place.start(started, "--http", path, *arguments, environment=dict(environment or {}))
    with ended_after(program):
        assert program.stderr is not None
        line = program.stderr.readline()
        assert "Listening on" in line, line + program.stderr.read()
        transport = httpx2.AsyncHTTPTransport(uds=str(path))
        async with (
            httpx2.AsyncClient(transport=transport, timeout=60) as http,
            Client(streamable_http_client("http://torc/mcp", http_client=http)) as client,
        ):
            yield client


async def call(client: Client, name: str, /, **arguments: Any) -> dict[str, Any]:
    """Call a tool that must succeed, and return its answer."""
    answer = await client.call_tool(name, arguments)
    content = answer.content[0]
    assert isinstance(content, TextContent)
    assert not answer.is_error, f"{name}: {content.text}"
    assert len(content.text.encode()) <= MOST_BYTES, name
    assert isinstance(answer.structured_content, dict), name
    return answer.structured_content


async def refusal(client: Client, name: str, /, **arguments: Any) -> str:
    """Call a tool that must fail, and return its sentence."""
    answer = await client.call_tool(name, arguments)
    content = answer.content[0]
    assert isinstance(content, TextContent)
    assert answer.is_error, f"{name}: {content.text[:500]}"
    return content.text
