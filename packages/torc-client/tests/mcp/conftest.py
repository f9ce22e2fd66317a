"""A server for assistants in this process, in front of a fake server, and the client of the protocol's package."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from mcp import Client
from torc_client.client import TorcClient
from torc_client.mcp.server import TorcMcpServer
from torc_client.mcp.session import McpSession
from torc_client.mcp.settings import McpSettings


@pytest.fixture
async def assistant(client: TorcClient) -> AsyncIterator:
    """Make clients: `await assistant(allowed={"run"})`. All are closed at the end."""
    async with AsyncExitStack() as stack:

        async def connected(**settings) -> Client:
            session = McpSession(client, McpSettings(user="ada", **settings))
            return await stack.enter_async_context(Client(TorcMcpServer(session)))

        yield connected
