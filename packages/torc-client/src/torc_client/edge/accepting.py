"""Accept connections of an HTTP server, also when there are too many.

(torc-server has a copy of this module.)
"""

import asyncio
import contextlib
import errno
import logging
import resource
import socket
import ssl
from collections.abc import AsyncIterator, Iterable
from functools import partial
from typing import Any

from aiohttp import web

from .held_connections import (
    BeginningConnection,
    ConnectionLimits,
    HeldConnections,
    HeldProtocol,
    caller_of,
)
from .http_protocol import isolating

logger = logging.getLogger(__name__)

# Connections that wait in the kernel, as many as it allows (net.core.somaxconn).
BACKLOG = 4096
# Number of connections that are accepted before other events are handled.
ACCEPTED_AT_ONCE = 32
# Pause after a connection could not be accepted.
PAUSE_SECONDS = 1.0
# Descriptors for the database, its backups, logs and everything else that is not a connection.
RESERVED_DESCRIPTORS = 128
# Where the system sets no limit.
DESCRIPTORS_MOST = 1024**2

_SCARCE = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_REFUSAL_BODY = b'{"error":{"message":"The server has too many connections; try again in a few seconds"}}'
REFUSAL = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\nContent-Type: application/json\r\n"
    b"X-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n"
    b"Content-Length: %d\r\n\r\n%b" % (len(_REFUSAL_BODY), _REFUSAL_BODY)
)


def raise_descriptor_limit() -> int:
    """Raise the soft limit of open files to the hard limit, and return it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = DESCRIPTORS_MOST if hard == resource.RLIM_INFINITY else min(hard, DESCRIPTORS_MOST)
    if soft != resource.RLIM_INFINITY and soft < most:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
            return most
    return most if soft == resource.RLIM_INFINITY else soft


def ordinary_limits() -> ConnectionLimits:
    """Return limits that fit the number of descriptors of this process, after raising it."""
    descriptors = raise_descriptor_limit()
    usual = ConnectionLimits()
    return ConnectionLimits(most=min(usual.most, max(descriptors - RESERVED_DESCRIPTORS, descriptors // 2)))


@contextlib.asynccontextmanager
async def accepting(
    runner: web.AppRunner,
    sockets: Iterable[tuple[socket.socket, ssl.SSLContext | None]],
    *,
    limits: ConnectionLimits | None = None,
) -> AsyncIterator[HeldConnections]:
    """Accept connections for a runner that is set up. The access log of aiohttp is not written."""
    server = runner.server
    assert server is not None, "the runner is set up"  # noqa: S101 - an error of the caller
    held = HeldConnections(ordinary_limits() if limits is None else limits)
    isolating(server, on_request=_begin)
    options: dict[str, Any] = {"access_log": None, "auto_decompress": False}
    protocol = partial(HeldProtocol, held, server, loop=asyncio.get_running_loop(), **options)
    async with contextlib.AsyncExitStack() as stack:
        watch = asyncio.create_task(held.watch())
        stack.callback(watch.cancel)
        for each, context in sockets:
            stack.callback(_Listener(each, context, held, protocol).start())
        yield held


def _begin(protocol: Any, request: web.BaseRequest, writer: Any) -> None:
    protocol.begin(request, writer)


class _Listener:
    """A listening socket."""

    def __init__(
        self,
        listening: socket.socket,
        context: ssl.SSLContext | None,
        held: HeldConnections,
        protocol: "partial[HeldProtocol]",
    ) -> None:
        self._listening = listening
        self._context = context
        self._held = held
        self._protocol = protocol
        self._loop = asyncio.get_running_loop()
        self._beginning: dict[asyncio.Task[None], BeginningConnection] = {}
        self._is_closed = False

    def start(self) -> "partial[None]":
        """Begin to accept, and return the function that ends it and closes the socket."""
        self._listening.settimeout(0)
        self._listening.listen(BACKLOG)
        self._go_on()
        return partial(self._close)

    def _go_on(self) -> None:
        if not self._is_closed:
            self._loop.add_reader(self._listening.fileno(), self._accept)

    def _close(self) -> None:
        self._is_closed = True
        self._loop.remove_reader(self._listening.fileno())
        self._listening.close()
        for each in list(self._beginning):
            each.cancel()

    def _accept(self) -> None:
        for _ in range(ACCEPTED_AT_ONCE):
            try:
                accepted, name = self._listening.accept()
            except (BlockingIOError, InterruptedError):
                return
            except ConnectionAbortedError:
                continue
            except OSError as error:
                if error.errno not in _SCARCE:
                    raise
                self._pause(error)
                return
            accepted.settimeout(0)
            try:
                caller = caller_of(accepted, name)
            except OSError:  # the client has left
                accepted.close()
                continue
            is_full = self._held.is_full
            if self._held.has_room(caller):
                self._begin(accepted, caller)
            else:
                self._refuse(accepted)
            if is_full:  # connections that were closed for this one have their descriptors until the next event
                return

    def _begin(self, accepted: socket.socket, caller: object) -> None:
        task = self._loop.create_task(self._connect(accepted))
        beginning = self._beginning[task] = BeginningConnection(caller, task)
        self._held.enter(beginning)

        def end(task: "asyncio.Task[None]") -> None:
            self._held.leave(beginning)
            del self._beginning[task]
            if task.cancelled():
                accepted.close()
            elif task.exception() is not None:
                logger.error("a connection could not be served", exc_info=task.exception())

        task.add_done_callback(end)

    def _pause(self, error: OSError) -> None:
        self._held.notice("connections cannot be accepted: %s; raise the limit with `ulimit -n`", error.strerror)
        self._held.close_some()
        self._loop.remove_reader(self._listening.fileno())
        self._loop.call_later(PAUSE_SECONDS, self._go_on)

    def _refuse(self, accepted: socket.socket) -> None:
        with accepted, contextlib.suppress(OSError):
            if self._context is None:
                accepted.send(REFUSAL)

    async def _connect(self, accepted: socket.socket) -> None:
        """Give a connection its protocol, after its TLS handshake."""
        encrypted = {} if self._context is None else {"ssl_handshake_timeout": self._held.limits.head_seconds}
        try:
            await self._loop.connect_accepted_socket(self._protocol, accepted, ssl=self._context, **encrypted)
        except (OSError, TimeoutError) as error:
            accepted.close()
            logger.debug("a connection ended before its first request: %s", error)
