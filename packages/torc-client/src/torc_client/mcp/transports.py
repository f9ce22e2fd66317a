"""Serve assistants: over stdin and stdout, or by HTTP on a private socket or on loopback with a token."""

from torc_client.mcp.server import TorcMcpServer


async def serve_stdio(server: TorcMcpServer) -> None:
    """Answer requests on stdin until it ends."""
    await server.run_stdio_async()
