"""The accepted connections of an HTTP server: their deadlines, their number, and the memory of their answers.

A connection costs a descriptor and memory, also one that sends or reads nothing. So connections without progress are
closed, and if there are too many, those that their clients miss least. (torc-server has a copy of this module.)
"""

import asyncio
import contextlib
import ipaddress
import logging
import socket
import struct
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from aiohttp import web
from aiohttp.http import StreamWriter

from .http_protocol import GuardedProtocol

logger = logging.getLogger(__name__)

WARN_EVERY_SECONDS = 60.0
# Time for which further connections are refused without a look for one to close.
LOOK_AGAIN_SECONDS = 0.1
# struct ucred of SO_PEERCRED: process, user, group.
_UCRED = struct.Struct("3i")
IPV6_SHARED_BITS = 64
# A body without progress for this time is given up if others need the connection.
PATIENCE_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLimits:
    """Limits of the connections of one server.

    `most`: their number. `head_seconds`: until the head of the first request, or of one that has begun, is complete.
    `idle_seconds`: between two requests. `stalled_seconds`: in this time a client sends or takes `progress_bytes` of a
    body or an answer. `held_bytes`: memory for answers that clients have not taken.
    """

    most: int = 20_000
    head_seconds: float = 20.0
    idle_seconds: float = 120.0
    stalled_seconds: float = 30.0
    progress_bytes: int = 4096
    held_bytes: int = 256 * 1024**2
    look_seconds: float = 2.0


class HeldProtocol(GuardedProtocol):
    """A connection that a `HeldConnections` has."""

    __slots__ = (
        "_answered",
        "_mark",
        "_phase",
        "_written",
        "caller",
        "held",
        "held_bytes",
        "is_admitted",
        "is_waiting",
        "received",
        "refused",
        "request",
        "since",
        "writer",
    )

    def __init__(self, held: "HeldConnections", manager: web.Server, **options: Any) -> None:
        super().__init__(manager, **options)
        self.held = held
        self.caller: object = None
        # Whether a request was admitted: with valid credentials, or where none are required.
        self.is_admitted = False
        # Whether the client waits for a change, and will ask again.
        self.is_waiting = False
        # Number of wrong passwords.
        self.refused = 0
        self.received = 0
        self.held_bytes = 0
        self.request: web.BaseRequest | None = None
        self.writer: StreamWriter | None = None
        self.since = 0.0
        self._answered = 0
        self._written = 0
        self._mark = 0
        self._phase = ""

    @property
    def is_repeatable(self) -> bool:
        """Whether the request had no effect, and can be sent again: it waits, or its body is incomplete."""
        return self.is_waiting or (self.request is not None and not self.request.content.is_eof())

    @property
    def is_stalled(self) -> bool:
        """Whether a body is incomplete and makes no progress."""
        return self._phase == "body" and self.is_repeatable and self.held.now - self.since > PATIENCE_SECONDS

    def admit(self, user: str | None) -> None:
        """Mark the connection as one of an admitted caller."""
        self.is_admitted = True
        if user is not None:
            self.caller = user

    def begin(self, request: web.BaseRequest, writer: StreamWriter) -> None:
        """Note a request whose head is complete."""
        if self.writer is not None:
            self._written += self.writer.output_size
        self.request, self.writer = request, writer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Enter the connections."""
        self.caller = caller_of(transport.get_extra_info("socket"), transport.get_extra_info("peername"))
        self.held.enter(self)
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Leave the connections."""
        self.held.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what was received."""
        self.received += len(data)
        super().data_received(data)

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Send the answer, and note that the request has ended."""
        try:
            return await super().finish_response(request, resp, start_time)
        finally:
            self.request = None
            self.is_waiting = False
            self.since = self.held.now
            self._answered = self.received

    def abort(self) -> None:
        """Close the connection, without what is not sent."""
        if self.transport is not None:
            self.transport.abort()

    def overdue(self, limits: ConnectionLimits) -> str | None:
        """Return why the connection must be closed, or None. Call it repeatedly."""
        transport = self.transport
        if transport is None or transport.is_closing():
            return None
        now = self.held.now
        unsent = transport.get_write_buffer_size()
        request = self.request
        if unsent:
            written = self._written + (0 if self.writer is None else self.writer.output_size)
            phase, progress, reason = "answer", written - unsent, "takes no more of its answer"
        elif request is not None and not request.content.is_eof() and transport.is_reading():
            phase, progress, reason = "body", self.received, "sends no more of its body"
        elif request is not None:
            self._phase = "work"
            return None
        elif self.received > self._answered or self._answered == 0:
            phase, progress, reason = "head", 0, "did not send the head of a request"
        else:
            phase, progress, reason = "idle", 0, "sends no request"
        if phase != self._phase:
            # A new connection is in its phase from its beginning.
            self._phase, self._mark, self.since = phase, progress, now if self._phase else self.since
            return None
        if progress >= self._mark + limits.progress_bytes:
            self._mark, self.since = progress, now
            return None
        allowed = {"head": limits.head_seconds, "idle": limits.idle_seconds}.get(phase, limits.stalled_seconds)
        return reason if now - self.since > allowed else None


class BeginningConnection:
    """An accepted connection that does not speak HTTP yet, as it negotiates TLS."""

    __slots__ = ("_task", "caller", "since")

    is_admitted = False
    is_waiting = False
    is_repeatable = False
    is_stalled = False
    request = None
    held_bytes = 0

    def __init__(self, caller: object, task: "asyncio.Task[None]") -> None:
        self.caller = caller
        self.since = 0.0
        self._task = task

    def overdue(self, limits: ConnectionLimits) -> str | None:
        """Return None: the handshake has a limit of its own."""

    def abort(self) -> None:
        """Close the connection."""
        self._task.cancel()


Connection: TypeAlias = HeldProtocol | BeginningConnection


class HeldConnections:
    """All accepted connections of a server. Belongs to one event loop."""

    def __init__(self, limits: ConnectionLimits) -> None:
        self.limits = limits
        # Seconds that the server has looked at its connections. They do not pass while the process is stopped.
        self.now = 0.0
        self.held_bytes = 0
        self._all: dict[Connection, None] = {}
        self._nothing_to_close_until = 0.0
        self._notices: dict[str, tuple[float, int]] = {}

    def __len__(self) -> int:
        """Return the number of connections."""
        return len(self._all)

    @property
    def is_full(self) -> bool:
        """Whether a further connection needs the place of another one."""
        return len(self) >= self.limits.most

    def enter(self, connection: Connection) -> None:
        """Add a connection."""
        connection.since = self.now
        self._all[connection] = None

    def leave(self, connection: Connection) -> None:
        """Remove a connection."""
        self._all.pop(connection, None)

    async def watch(self) -> None:
        """Close connections that are overdue. Runs until it is canceled."""
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            await asyncio.sleep(self.limits.look_seconds)
            self.now += min(loop.time() - began, 2 * self.limits.look_seconds)
            for each in list(self._all):
                reason = each.overdue(self.limits)
                if reason is not None:
                    logger.debug("closed a connection whose client %s", reason)
                    self._close(each)

    def has_room(self, caller: object) -> bool:
        """Whether a connection of `caller` can be accepted. Closes others if there are too many."""
        if not self.is_full:
            return True
        now = asyncio.get_running_loop().time()
        if now < self._nothing_to_close_until:
            return False
        victims = self._dispensable(caller)
        if not victims:
            self._nothing_to_close_until = now + LOOK_AGAIN_SECONDS
            self.notice("there are %d connections, and each has a request: further ones are refused", len(self))
            return False
        self.notice("there are %d connections, the most for this process: idle ones are closed", len(self))
        for each in victims:
            self._close(each)
        return True

    def close_some(self) -> None:
        """Close connections without a request, because the process has no descriptors left."""
        for each in self._dispensable(None):
            self._close(each)

    @contextlib.contextmanager
    def holding(self, connection: HeldProtocol, size_bytes: int) -> Iterator[None]:
        """Count the memory of an answer that is being sent. If there is too much, close the slowest connections."""
        connection.held_bytes += size_bytes
        self.held_bytes += size_bytes
        try:
            if self.held_bytes > self.limits.held_bytes:
                self._release_memory()
            yield
        finally:
            connection.held_bytes -= size_bytes
            self.held_bytes -= size_bytes

    def notice(self, text: str, *values: object) -> None:
        """Log a warning, at most once a minute for each text."""
        now = asyncio.get_running_loop().time()
        last, left_out = self._notices.get(text, (-WARN_EVERY_SECONDS, 0))
        if now - last < WARN_EVERY_SECONDS:
            self._notices[text] = (last, left_out + 1)
            return
        self._notices[text] = (now, 0)
        logger.warning(text, *values, extra={"fields": {"left_out": str(left_out)}} if left_out else None)

    def _dispensable(self, caller: object) -> list[Connection]:
        """Choose connections to close for a new one of `caller`, first those that their clients miss least.

        Of equal connections, the oldest of the caller with the most are chosen. Many are closed at once, because
        choosing takes time.
        """
        idle = [each for each in self._all if each.request is None]
        strangers = [each for each in idle if not each.is_admitted]
        if strangers or idle:
            return _oldest_of_largest(strangers or idle, max(self.limits.most // 64, 1))
        strangers = [each for each in self._all if not each.is_admitted]
        if strangers:
            return _oldest_of_largest(strangers, 1)
        numbers = Counter(each.caller for each in self._all)
        largest = [each for each in self._all if each.is_repeatable and numbers[each.caller] > numbers[caller] + 1]
        spare = largest or [each for each in self._all if each.is_stalled]
        return _oldest_of_largest(spare, 1) if spare else []

    def _release_memory(self) -> None:
        """Close connections until few enough answers are held: of the caller with the most, the one without progress.

        The last one may hold more than the limit.
        """
        holders = [each for each in self._all if each.held_bytes]
        excess = sum(each.held_bytes for each in holders) - self.limits.held_bytes
        while excess > 0 and len(holders) > 1:
            amounts: Counter[object] = Counter()
            for each in holders:
                amounts[each.caller] += each.held_bytes
            largest = amounts.most_common(1)[0][0]
            slowest = min((each for each in holders if each.caller == largest), key=lambda each: each.since)
            holders.remove(slowest)
            excess -= slowest.held_bytes
            self.notice("clients hold %d bytes of answers: the slowest are disconnected", self.held_bytes)
            self._close(slowest)

    def _close(self, connection: Connection) -> None:
        self._all.pop(connection, None)
        connection.abort()


def _oldest_of_largest(connections: Iterable[Connection], count: int) -> list[Connection]:
    by_caller: dict[object, list[Connection]] = {}
    for each in connections:
        by_caller.setdefault(each.caller, []).append(each)
    largest = max(by_caller.values(), key=len)
    return sorted(largest, key=lambda each: each.since)[:count]


def connection_of(request: web.BaseRequest) -> HeldProtocol | None:
    """Return the connection of a request; None in tests with another server."""
    protocol = request.protocol
    return protocol if isinstance(protocol, HeldProtocol) else None


@contextlib.contextmanager
def holding(request: web.BaseRequest, size_bytes: int) -> Iterator[None]:
    """Count the memory of an answer that is being sent."""
    connection = connection_of(request)
    if connection is None:
        yield
    else:
        with connection.held.holding(connection, size_bytes):
            yield


def caller_of(peer: socket.socket, name: Any) -> object:
    """Return the address of a client, or its user over a UNIX socket. A network owns the IPv6 addresses of a prefix."""
    if peer.family == socket.AF_UNIX:
        return _UCRED.unpack(peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size))[1]
    address = name[0] if name else ""
    if peer.family == socket.AF_INET6:
        with contextlib.suppress(ValueError):
            parsed = ipaddress.IPv6Address(address.partition("%")[0])
            if parsed.ipv4_mapped is None:
                return ipaddress.ip_network((parsed.packed, IPV6_SHARED_BITS), strict=False)
    return address
