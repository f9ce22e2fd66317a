"""Serve an application on sockets."""

import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Iterable

from aiohttp import web

from torc_server.edge.accepting import accepting
from torc_server.edge.held_connections import ConnectionLimits, HeldConnections


@contextlib.asynccontextmanager
async def serving(
    app: web.Application,
    sockets: Iterable[socket.socket],
    *,
    drain_seconds: float,
    tls: ssl.SSLContext | None = None,
    limits: ConnectionLimits | None = None,
) -> AsyncIterator[HeldConnections]:
    """Answer requests in the block. At its end accept no more, and wait `drain_seconds` for open requests.

    With `tls`, TCP is encrypted; UNIX sockets are not. Without `limits`, the number of connections is what the process
    can have. The ``on_shutdown`` of the application runs before the wait. It answers parked requests.
    """
    # The middleware logs requests, and the lifecycle handles signals. The handler of a client that disconnects is
    # canceled, but its write to the database is finished.
    runner = web.AppRunner(app, handle_signals=False, shutdown_timeout=drain_seconds, handler_cancellation=True)
    await runner.setup()
    try:
        listening = [(each, None if each.family is socket.AF_UNIX else tls) for each in sockets]
        async with accepting(runner, listening, limits=limits) as held:
            yield held
    finally:
        await runner.cleanup()
