"""The connections to one server, for the client and for the proxy of the dashboard."""

import asyncio
import functools
import logging
import ssl
from collections.abc import Callable

from torc_client import tls
from torc_client.http_library import aiohttp
from torc_client.liveness import Liveness
from torc_client.name_lookup import Resolver
from torc_client.tcp_options import socket_factory
from torc_client.time_limits import TimeLimits
from torc_client.tls_socket import TlsSocketConnector

_log = logging.getLogger(__name__)


class Connections:
    """The connections to the server at `base`, over a UNIX socket if there is a `socket_path`.

    `open_session` makes a session for a connector; `max_open` limits the connections, 0 for no limit. `on_back` and
    `on_slow` are those of Liveness.
    """

    def __init__(
        self,
        base: str,
        socket_path: str | None,
        limits: TimeLimits,
        open_session: Callable[[aiohttp.BaseConnector], aiohttp.ClientSession],
        *,
        max_open: int = 100,
        on_back: Callable[[], None] = lambda: None,
        on_slow: Callable[[float], None] = lambda _: None,
        trust: Callable[[], ssl.SSLContext] = tls.trust,
    ) -> None:
        self._make_trust = trust
        self._base = base
        self._socket_path = socket_path
        self._limits = limits
        self._open_session = open_session
        self._max_open = max_open
        self._session: aiohttp.ClientSession | None = None
        self._closing: set[asyncio.Task[None]] = set()
        self.liveness = Liveness(limits, self._ping, on_away=self.abandon, on_back=on_back, on_slow=on_slow)

    def check(self) -> None:
        """Raise TlsError now, not at the first request, if the certificates to trust cannot be read."""
        self._session = self.session

    @property
    def session(self) -> aiohttp.ClientSession:
        """The session for the next request."""
        if self._session is None or self._session.closed:
            self._session = self._open_session(self._connector())
            # aiohttp would silently send a request again when its connection breaks, also the deletion of records.
            self._session._retry_connection = False  # noqa: SLF001 - there is no public option
        return self._session

    def timeout(self, silence_seconds: float | None = None) -> aiohttp.ClientTimeout:
        """Return the limits of a request: bytes may flow for any time, with pauses up to `silence_seconds`."""
        return aiohttp.ClientTimeout(total=None, sock_connect=self._limits.connect_seconds, sock_read=silence_seconds)

    def abandon(self) -> None:
        """Leave all connections. The next request opens a new one: the kernel sends lost packets again ever later."""
        session, self._session = self._session, None
        if session is not None:
            task = asyncio.create_task(session.close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    async def close(self) -> None:
        """Close all connections, and stop watching the server."""
        await self.liveness.close()
        self.abandon()
        await asyncio.gather(*self._closing)

    async def _ping(self) -> None:
        """Request the cheapest answer. Any answer, also an error, shows that the server is alive."""
        try:
            async with self.session.get(self._base + "/ping", timeout=self.timeout(), allow_redirects=False):
                pass
        except OSError:
            raise
        except aiohttp.ClientError:
            _log.debug("unexpected answer to a ping", exc_info=True)

    def _connector(self) -> aiohttp.BaseConnector:
        if self._socket_path is not None:
            if isinstance(self._trust, bool):
                return aiohttp.UnixConnector(self._socket_path, limit=self._max_open)
            return TlsSocketConnector(self._socket_path, self._trust, limit=self._max_open)
        factory = socket_factory(self._limits.dead_connection_seconds)
        return aiohttp.TCPConnector(ssl=self._trust, limit=self._max_open, socket_factory=factory, resolver=Resolver())

    @functools.cached_property
    def _trust(self) -> ssl.SSLContext | bool:
        return self._make_trust() if self._base.startswith("https:") else True
