"""A server for assistants in this process, in front of a fake server, and the client of the protocol's package."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from mcp import Client
from torc_client.client import TorcClient
from torc_client.mcp.server import TorcMcpServer
from torc_client.mcp.session import McpSession
from torc_client.mcp.settings import McpSettings


@pytest.fixture
async def assistant(client: TorcClient) -> AsyncIterator:
    """Make clients: `await assistant(allowed={"run"})`. `answers` answers questions to the user."""
    at_end = asyncio.Event()
    tasks = []

    async def hold(settings, ready, answers) -> None:
        # The library requires that one task opens and closes a client. A fixture runs in several.
        server = TorcMcpServer(McpSession(client, McpSettings(user="ada", **settings)))
        async with Client(server, elicitation_callback=answers) as made:
            ready.set_result(made)
            await at_end.wait()

    async def connected(*, answers=None, **settings) -> Client:
        ready = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(hold(settings, ready, answers))
        tasks.append(task)
        done, _ = await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
        return ready.result() if ready in done else task.result()

    yield connected
    at_end.set()
    await asyncio.gather(*tasks)
