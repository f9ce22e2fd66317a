"""Make the server from the options of the command, and run it."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from torc_client import config
from torc_client.client import TorcClient, current_user
from torc_client.mcp.server import TorcMcpServer
from torc_client.mcp.session import McpSession
from torc_client.mcp.settings import McpSettings
from torc_client.mcp.transports import listen_address, serve_http, serve_stdio
from torc_client.retrying import RetryPolicy

_RETRY_SECONDS = 2.0


def serve(options: Mapping[str, Any], say: Callable[[str], None]) -> None:
    """Serve until the client leaves, or a signal comes. `say` gets where it listens. Raises ListenError, TorcError."""
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(options, say))


async def _serve(options: Mapping[str, Any], say: Callable[[str], None]) -> None:
    settings = McpSettings(
        user=current_user(),
        output_dir=options["output_dir"],
        read_only=options["read_only"],
        allowed=options["allow"],
        docs_dir=options["docs_dir"],
        examples_dir=options["examples_dir"],
        spec_dirs=options["spec_dirs"],
    )
    async with client_of(options) as client:
        server = TorcMcpServer(McpSession(client, settings))
        if options["http"] is None:
            await serve_stdio(server)
        else:
            await serve_http(server, listen_address(options["http"]), say)


def client_of(options: Mapping[str, Any]) -> TorcClient:
    """Return a client of the server that the options, the environment or the settings files name. Raises TorcError."""
    url = config.load({"api_url": options["api_url"]})["api_url"].value
    retries = RetryPolicy(seconds=_RETRY_SECONDS, first_seconds=_RETRY_SECONDS)
    return TorcClient(str(url), password=options["password"], retry_policy=retries)
