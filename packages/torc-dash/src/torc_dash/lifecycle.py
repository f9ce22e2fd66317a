"""Start and stop in order: the way in, the managed server, the pages; and back again, whatever happens."""

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator

from aiohttp import web

from torc_client.managed_server import ManagedServer, ManagedServerError, ServerOptions, managed_server
from torc_dash.app import make_app
from torc_dash.listening import listen
from torc_dash.security import Door
from torc_dash.settings import Settings
from torc_dash.upstream import Upstream

# Open long-polls and streams of the proxy are broken off after this long.
_DRAIN_SECONDS = 2.0
_WILDCARDS = frozenset({"0.0.0.0", "::"})  # noqa: S104 - recognised, not bound


async def serve(settings: Settings, tell: Callable[[str], None]) -> None:
    """Run until SIGTERM, SIGINT or SIGHUP; `tell` says to the person what they need.

    Raises ListenError and ManagedServerError when something cannot start, or when the managed server ends by itself.
    """
    # First the way in: when it is taken, no server needs to be started and stopped again.
    with contextlib.suppress(asyncio.CancelledError), _canceled_by_signals(), listen(settings, tell) as listener:
        async with _server(settings) as (server, upstream), _pages(upstream, listener.door, listener.socket):
            for line in listener.words:
                tell(line)
            if upstream.worker_url is not None:
                tell(f"Workers reach its server with: export TORC_API_URL={upstream.worker_url}")
            await _until_it_ends(server)


@contextlib.asynccontextmanager
async def _server(settings: Settings) -> AsyncIterator[tuple[ManagedServer | None, Upstream]]:
    if not settings.standalone:
        yield None, Upstream(settings.api_url)
        return
    options = ServerOptions(
        database=settings.database,
        host=settings.server_host,
        port=settings.server_port,
        program=settings.torc_server_bin,
        log_level=settings.log_level,
    )
    async with managed_server(options) as server:
        # From now on what the server says is news; before, it is the reason in the error that we raise.
        logging.getLogger("torc_client.managed_server").setLevel(logging.INFO)
        host = socket.gethostname() if settings.server_host in _WILDCARDS else settings.server_host
        literal = f"[{host}]" if ":" in host else host
        worker_url = f"http://{literal}:{server.port}/torc-service/v1"
        words = f"managed, database {settings.database.absolute()}"
        yield server, Upstream(server.url, managed=True, worker_url=worker_url, words=words)


@contextlib.asynccontextmanager
async def _pages(upstream: Upstream, door: Door, listening: socket.socket) -> AsyncIterator[None]:
    runner = web.AppRunner(
        make_app(upstream, door),
        access_log=None,
        handler_cancellation=True,  # a caller who leaves takes their waiting claim along
        shutdown_timeout=_DRAIN_SECONDS,
    )
    await runner.setup()
    try:
        await web.SockSite(runner, listening).start()
        yield
    finally:
        await runner.cleanup()


async def _until_it_ends(server: ManagedServer | None) -> None:
    if server is None:
        await asyncio.Event().wait()
    else:
        await server.ended()
        raise ManagedServerError(f"torc-server ended by itself: {server.reason()}", "Start torc-dash again.")


@contextlib.contextmanager
def _canceled_by_signals() -> Iterator[None]:
    """Cancel the current task at the first signal; further ones do not disturb the cleaning up."""
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()
    signals = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

    def cancel() -> None:
        if task is not None and not task.cancelling():
            task.cancel()

    for one in signals:
        loop.add_signal_handler(one, cancel)
    try:
        yield
    finally:
        for one in signals:
            loop.remove_signal_handler(one)
