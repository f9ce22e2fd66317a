"""Serve an application on sockets."""

import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Iterable

from aiohttp import web

from torc_server.web.listen import BACKLOG


@contextlib.asynccontextmanager
async def serving(
    app: web.Application, sockets: Iterable[socket.socket], *, drain_seconds: float, tls: ssl.SSLContext | None = None
) -> AsyncIterator[None]:
    """Answer requests in the block. At its end accept no more, and wait `drain_seconds` for open requests.

    With `tls`, TCP is encrypted; UNIX sockets are not. The ``on_shutdown`` of the application runs before the wait. It
    answers parked requests.
    """
    # The middleware logs requests, and the lifecycle handles signals. The handler of a client that disconnects is
    # canceled, but its write to the database is finished.
    runner = web.AppRunner(
        app, access_log=None, handle_signals=False, shutdown_timeout=drain_seconds, handler_cancellation=True
    )
    await runner.setup()
    try:
        for each in sockets:
            context = None if each.family is socket.AF_UNIX else tls
            await web.SockSite(runner, each, backlog=BACKLOG, ssl_context=context).start()
        yield
    finally:
        await runner.cleanup()
