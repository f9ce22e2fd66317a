"""An application on sockets, from the first request to the last."""

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
    """Answer requests while the block lasts; then accept no more, and give those in flight `drain_seconds` to end.

    With `tls`, TCP is encrypted; UNIX sockets stay as they are.
    The application's ``on_shutdown`` runs between the two: that is where parked requests are woken.
    """
    # Access lines are a middleware's; signals are the lifecycle's. A caller that goes away stops waiting; what it
    # began in the database is finished all the same.
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
