"""Start the listener, the managed server and the pages in this order, and stop them in the reverse order."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace

from aiohttp import web

from torc_client.edge.accepting import accepting
from torc_client.interruptions import HARMLESS_SIGNALS, is_ignored
from torc_client.managed_server import ManagedServer, ManagedServerError, ServerOptions, managed_server
from torc_client.shared_server import owned_socket
from torc_dash.app import make_app
from torc_dash.listening import Listener, listen
from torc_dash.settings import Settings
from torc_dash.upstream import Upstream
from torc_dash.worker_address import loopback_warning, worker_url_of

# Open long polls and streams of the proxy are closed after this time.
_DRAIN_SECONDS = 2.0
_logger = logging.getLogger(__name__)


async def serve(settings: Settings, show: Callable[[str], None]) -> None:
    """Run until SIGTERM, SIGINT or SIGHUP. `show` prints a line for the user.

    Raises ListenError and ManagedServerError if something cannot start, or if the managed server ends unexpectedly.
    """
    # The listener is first: if its address is in use, no server has to be started and stopped.
    with contextlib.suppress(asyncio.CancelledError), _canceled_by_signals(), listen(settings, show) as listener:
        async with _server(settings) as (server, upstream), _pages(settings, upstream, listener):
            for line in listener.lines:
                show(line)
            if upstream.worker_url is not None:
                show("Runners reach its server with:")
                # In a line of its own, so that it can be copied.
                show(f"  export TORC_API_URL={upstream.worker_url}")
                if (warning := loopback_warning(settings.server_host)) is not None:
                    _logger.warning(warning)
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
    async with _found_by_others(options) as server:
        # From now on the lines of the server are logged. Until now, they would be the reason in an error.
        logging.getLogger("torc_client.managed_server").setLevel(logging.INFO)
        worker_url = worker_url_of(settings.server_host, server.port)
        description = f"managed, database {settings.database.absolute()}"
        yield server, Upstream(server.url, managed=True, worker_url=worker_url, description=description)


@contextlib.asynccontextmanager
async def _found_by_others(options: ServerOptions) -> AsyncIterator[ManagedServer]:
    """Run a server that `torc -s` with the same database uses meanwhile."""
    with owned_socket(options.database) as socket_path:
        async with managed_server(replace(options, socket=socket_path)) as server:
            yield server


@contextlib.asynccontextmanager
async def _pages(settings: Settings, upstream: Upstream, listener: Listener) -> AsyncIterator[None]:
    runner = web.AppRunner(
        make_app(upstream, listener.policy, changes=not settings.read_only),
        handler_cancellation=True,  # the claim of a caller that disconnects is canceled
        shutdown_timeout=_DRAIN_SECONDS,
    )
    await runner.setup()
    try:
        async with accepting(runner, [(one, None) for one in listener.sockets]):
            yield
    finally:
        await runner.cleanup()


async def _until_it_ends(server: ManagedServer | None) -> None:
    if server is None:
        await asyncio.Event().wait()
    else:
        await server.ended()
        raise ManagedServerError(f"torc-server ended unexpectedly: {server.reason()}", "Start torc-dash again.")


@contextlib.contextmanager
def _canceled_by_signals() -> Iterator[None]:
    """Cancel the current task at the first signal. Further signals do not interrupt the cleanup.

    Signals that do not ask for an end are logged and ignored.
    """
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()
    signals = [signal.SIGTERM, signal.SIGINT]
    if not is_ignored(signal.SIGHUP):  # nohup
        signals.append(signal.SIGHUP)

    def cancel() -> None:
        if task is not None and not task.cancelling():
            task.cancel()

    for one in signals:
        loop.add_signal_handler(one, cancel)
    for one in HARMLESS_SIGNALS:
        loop.add_signal_handler(one, _logger.warning, "%s was ignored; SIGTERM stops the dashboard", one.name)
    try:
        yield
    finally:
        for one in (*signals, *HARMLESS_SIGNALS):
            loop.remove_signal_handler(one)
