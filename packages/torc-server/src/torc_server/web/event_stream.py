"""Stream notifications about a workflow, changed workflows, or requests of the server, as server-sent events."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from aiohttp import hdrs, web

from torc_server.api.operation import Call, Followed, RequestTail, StreamOperation, WorkflowTail
from torc_server.auth.basic import Refused
from torc_server.edge.held_connections import holding
from torc_server.engine.errors import EngineError
from torc_server.live.api_events import RequestFollower
from torc_server.live.event_hub import EventHub, Follower
from torc_server.live.stream_queue import frame
from torc_server.live.workflow_changes import WorkflowChanges, WorkflowFollower
from torc_server.store.errors import StoreError
from torc_server.store.transaction import Transaction
from torc_server.web.dispatch import ENFORCE_ACCESS, call_of, guard_of, read
from torc_server.web.errors import answer_to
from torc_server.web.request import RequestParser
from torc_server.web.request_keys import SPAN_HEADER, SPAN_ID
from torc_server.web.request_reports import API_EVENTS
from torc_server.web.waiting import waiting

EVENT_HUB = web.AppKey("event_hub", EventHub)
WORKFLOW_CHANGES = web.AppKey("workflow_changes", WorkflowChanges)
LAST_EVENT_ID = "Last-Event-ID"
HEADERS = {hdrs.CONTENT_TYPE: "text/event-stream", hdrs.CACHE_CONTROL: "no-cache", "X-Accel-Buffering": "no"}
HEARTBEAT = b": still here\n\n"

AnyFollower = Follower | RequestFollower | WorkflowFollower


@dataclass(frozen=True, slots=True)
class Pace:
    """The times of a stream: until a comment is sent, until a client that reads nothing is disconnected, the pauses.

    The pause between two writes to a follower grows with the number of followers. With many followers, more
    notifications are sent in one piece, so that writing takes a small part of the server's time. The pause ends early
    if many notifications wait.
    """

    heartbeat_seconds: float = 15.0
    stalled_seconds: float = 30.0
    pause_for_each_seconds: float = 0.0005
    pause_longest_seconds: float = 1.0
    pause_of_lists_seconds: float = 1.0


ORDINARY_PACE = Pace()
PACE = web.AppKey("pace", Pace)


def stream_handler_of(operation: StreamOperation) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Make the handler of a stream operation."""
    parser = RequestParser(operation)

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            call, _ = await call_of(parser, request)

            guard = guard_of(request, operation, call)

            def unit(tx: Transaction) -> Followed:
                guard(tx)
                return operation.run(tx, call)

            async def check() -> Followed:
                return await read(request, unit)

            followed = await check()
            with _following(request, call, followed) as follower:
                # Check again: a deletion before `following` sends no notification.
                await check()
                response = web.StreamResponse(headers={**HEADERS, SPAN_HEADER: request[SPAN_ID]})
                try:
                    async with waiting(request, call, check):
                        await _stream_of(request, response, followed, follower, check).run()
                except (Refused, EngineError):
                    if not response.prepared:
                        raise
                return response
        except (web.HTTPException, Refused):
            raise
        except Exception as error:  # noqa: BLE001 - every failure has its answer
            return answer_to(error)

    return handle


def _following(request: web.Request, call: Call, followed: Followed) -> AbstractContextManager[AnyFollower]:
    if isinstance(followed, WorkflowTail):
        return request.app[WORKFLOW_CHANGES].following()
    if isinstance(followed, RequestTail):
        return request.app[API_EVENTS].following(with_bodies=followed.with_bodies)
    return request.app[EVENT_HUB].following(call.path["id"], followed, request.headers.get(LAST_EVENT_ID))


def _stream_of(
    request: web.Request,
    response: web.StreamResponse,
    followed: Followed,
    follower: AnyFollower,
    check: Callable[[], Awaitable[Followed]],
) -> "_Stream":
    if not isinstance(follower, WorkflowFollower) or not isinstance(followed, WorkflowTail):
        return _Stream(request, response, follower, check)
    return _WorkflowStream(request, response, follower, check, followed)


class _Stream:
    """The answer of one stream."""

    def __init__(
        self,
        request: web.Request,
        response: web.StreamResponse,
        follower: AnyFollower,
        check: Callable[[], Awaitable[Followed]],
    ) -> None:
        self._request = request
        self._response = response
        self._follower = follower
        self._check = check
        self._pace = request.app[PACE]
        self._checked_at = asyncio.get_running_loop().time()

    async def run(self) -> None:
        """Send notifications until the stream ends, or the client disconnects, reads nothing, or loses access."""
        try:
            await self._response.prepare(self._request)
            while await self._continues():
                await self._write(await self._next())
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._pause_seconds()):
                        await self._follower.until_many()
            await self._write(await self._fetch())
        except ConnectionError:
            pass  # the client disconnected
        except TimeoutError:
            # The client is connected and reads nothing. What was written is discarded with the connection.
            if self._request.transport is not None:
                self._request.transport.abort()

    async def _next(self) -> bytes:
        """Wait for notifications and return them; a comment if there are none until the next heartbeat."""
        try:
            async with asyncio.timeout(self._pace.heartbeat_seconds):
                await self._follower.until_any()
        except TimeoutError:
            return HEARTBEAT
        return await self._fetch()

    async def _fetch(self) -> bytes:
        """Return and remove what waits, as text."""
        return b"" if isinstance(self._follower, WorkflowFollower) else self._follower.fetch()

    async def _write(self, text: bytes) -> None:
        if text:
            with holding(self._request, len(text)):
                async with asyncio.timeout(self._pace.stalled_seconds):
                    await self._response.write(text)

    def _pause_seconds(self) -> float:
        followers = self._request.app[EVENT_HUB].followers
        return min(followers * self._pace.pause_for_each_seconds, self._pace.pause_longest_seconds)

    async def _continues(self) -> bool:
        """Whether the stream continues. If access is enforced, it is checked once in a heartbeat."""
        if self._follower.is_closed:
            return False
        now = asyncio.get_running_loop().time()
        if self._request.app[ENFORCE_ACCESS] and now - self._checked_at >= self._pace.heartbeat_seconds:
            self._checked_at = now
            try:
                await self._check()
            except (EngineError, StoreError):
                return False
        return True


class _WorkflowStream(_Stream):
    """The answer of a stream of changed workflows, of which the caller sees some."""

    def __init__(
        self,
        request: web.Request,
        response: web.StreamResponse,
        follower: WorkflowFollower,
        check: Callable[[], Awaitable[Followed]],
        followed: WorkflowTail,
    ) -> None:
        super().__init__(request, response, follower, check)
        self._changes = follower
        self._visible = followed.visible

    async def _fetch(self) -> bytes:
        ids, everything = self._changes.take()
        if ids:
            try:
                ids = await read(self._request, lambda tx: self._visible(tx, ids))
            except StoreError:  # it is not known which of them the caller may see
                ids, everything = [], True
        if not ids and not everything:
            return b""
        return frame("workflows_changed", {"workflow_ids": ids, "everything": everything})

    def _pause_seconds(self) -> float:
        return self._pace.pause_of_lists_seconds
