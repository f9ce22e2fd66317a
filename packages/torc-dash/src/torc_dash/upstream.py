"""The server behind the dashboard: one client for the pages, and the same address for the proxy."""

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from aiohttp import web
from yarl import URL

from torc_client import credentials
from torc_client.address import parse_address
from torc_client.client import TorcClient
from torc_dash.proxy import TARGET, Target

# Pages come back every two seconds, so they need not be patient themselves.
_PATIENCE_SECONDS = 0.0
_TIMEOUT_SECONDS = 20.0


@dataclass(frozen=True)
class Upstream:
    """Where the server is. `managed` ones are ours; `worker_url` is how others on the network reach them."""

    url: str
    managed: bool = False
    worker_url: str | None = None
    words: str = field(default="")


CLIENT = web.AppKey("client", TorcClient)


def target_of(url: str) -> Target:
    """Return the proxy's target, with the credential that a client of this user would send."""
    address = parse_address(url)
    known = credentials.resolve(url, None, None) if address.socket_path is None else None
    authorization = None
    if known is not None:
        joined = f"{known.username}:{known.password}".encode()
        authorization = "Basic " + base64.b64encode(joined).decode("ascii")
    return Target(URL(address.base, encoded=True), address.socket_path, authorization)


def connect(app: web.Application, upstream: Upstream) -> None:
    """Give the application its client and its proxy's target."""

    async def opened(app: web.Application) -> AsyncIterator[None]:
        async with TorcClient(
            upstream.url, retry_timeout_seconds=_PATIENCE_SECONDS, timeout_seconds=_TIMEOUT_SECONDS
        ) as client:
            app[CLIENT] = client
            yield

    app[TARGET] = target_of(upstream.url)
    app.cleanup_ctx.append(opened)
