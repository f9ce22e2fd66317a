"""The server behind the dashboard: one client for the pages, and the same address for the proxy."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from aiohttp import web
from yarl import URL

from torc_client import credentials
from torc_client.address import parse_address
from torc_client.client import TorcClient
from torc_dash.proxy import TARGET, Target

# Pages are reloaded every two seconds, so a failed request is retried only when the server closed its connection.
_PATIENCE_SECONDS = 0.2
_TIMEOUT_SECONDS = 20.0


@dataclass(frozen=True)
class Upstream:
    """The address of the server. A `managed` server was started by the dashboard; workers reach it at `worker_url`."""

    url: str
    managed: bool = False
    worker_url: str | None = None
    description: str = ""


CLIENT = web.AppKey("client", TorcClient)
UPSTREAM = web.AppKey("upstream", Upstream)


def target_of(url: str) -> Target:
    """Return the proxy's target, with the credentials that a client of this user would send."""
    address = parse_address(url)
    known = credentials.resolve(url, None, None) if address.socket_path is None else None
    return Target(URL(address.base, encoded=True), address.socket_path, None if known is None else known.authorization)


def connect(app: web.Application, upstream: Upstream) -> None:
    """Set the client and the proxy's target of the application."""

    async def opened(app: web.Application) -> AsyncIterator[None]:
        async with TorcClient(
            upstream.url, retry_timeout_seconds=_PATIENCE_SECONDS, timeout_seconds=_TIMEOUT_SECONDS
        ) as client:
            app[CLIENT] = client
            yield

    app[UPSTREAM] = upstream
    app[TARGET] = target_of(upstream.url)
    app.cleanup_ctx.append(opened)
