"""The events of a workflow and the requests of a server as they happen, over server-sent events.

A broken stream of events is resumed where it ended.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from msgspec import Struct

from torc_client.api.records import ApiEvent, ChangedWorkflows
from torc_client.errors import ApiError, ServerUnreachableError, UnexpectedResponseError
from torc_client.retrying import PASSING_STATUSES, RetryLoop
from torc_client.transport import Transport

PATH = "/workflows/{id}/events/stream"
WORKFLOWS_PATH = "/events/stream"
REQUESTS_PATH = "/admin/api-events/stream"
# After a stream that lasted this time, the next pause is the shortest one again.
LASTING_SECONDS = 5.0


class Event(msgspec.Struct, kw_only=True):
    """An event of a workflow."""

    workflow_id: int
    """Id of the workflow."""
    timestamp: int
    """Milliseconds since the epoch."""
    event_type: str
    """What happened, such as `job_completed`."""
    severity: str
    """debug, info, warning or error."""
    data: dict[str, Any]
    """More about it, by its type: the page on events lists the types."""


class EventsMissed(Struct, frozen=True):
    """Earlier events are not known: a program that shows a state should read it now.

    It comes first in a stream, and where events were lost.
    """

    dropped: int | None = None
    """The number of lost events; None if it is unknown."""


class _Block(Struct):
    """One block of a stream."""

    event: str = ""
    data: str = ""
    id: str | None = None

    def add(self, line: str) -> None:
        """Add a line. Comments and unknown fields are ignored."""
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self.event = value
        elif name == "data":
            self.data = f"{self.data}\n{value}" if self.data else value
        elif name == "id":
            self.id = value

    def content(self) -> Event | EventsMissed | None:
        """Decode the block; None if it has no data. Raises UnexpectedResponseError."""
        if not self.data:
            return None
        try:
            decoded: Any = msgspec.json.decode(self.data)
            if self.event == "warning" and "event_type" not in decoded:
                return EventsMissed(decoded.get("dropped"))
            return msgspec.convert(decoded, Event)
        except (msgspec.DecodeError, TypeError, AttributeError, RecursionError) as error:
            raise UnexpectedResponseError(f"The event {self.event!r} cannot be decoded: {error}.") from error


async def follow(transport: Transport, workflow_id: int, level: str = "info") -> AsyncIterator[Event | EventsMissed]:
    """Yield the events of a workflow without end, first EventsMissed. Broken streams are resumed.

    `level` is the minimum severity: debug, info, warning or error. Raises NotFoundError when the workflow is deleted,
    another ApiError if the server refuses, and ServerUnreachableError after an outage longer than the retry policy
    allows.
    """
    clock = asyncio.get_running_loop()
    retries = RetryLoop(transport.retry_policy, was_heard=transport.was_heard)
    last_id: str | None = None
    while True:
        began = clock.time()
        failure: ServerUnreachableError | ApiError | None = None
        try:
            headers = {"Last-Event-ID": last_id} if last_id else {}
            async with transport.stream(PATH, {"id": workflow_id}, {"level": level}, headers) as lines:
                retries.end_outage()
                if last_id is None:  # also after a break, if the server sends no ids
                    yield EventsMissed()
                async for block in _blocks(lines):
                    last_id = block.id or last_id
                    event = block.content()
                    if event is not None:
                        yield event
        except ServerUnreachableError as error:
            failure = error
        except ApiError as error:
            if error.status not in PASSING_STATUSES:
                raise
            failure = error
        now = clock.time()
        if now - began > LASTING_SECONDS:
            retries.shorten_pauses()
        pause_seconds = retries.next_pause_seconds()
        if failure is not None and not retries.allows(pause_seconds, began=began, now=now):
            raise failure
        if failure is not None and retries.outage_seconds(now + pause_seconds) >= transport.limits.notice_seconds:
            transport.report_retries(failure, retries.limit_seconds)
        await asyncio.sleep(pause_seconds)


async def follow_requests(
    transport: Transport, *, include_bodies: bool = False
) -> AsyncIterator[ApiEvent | EventsMissed]:
    """Yield the requests that a server answers, until it ends the stream.

    Raises ServerUnreachableError, also when the stream breaks, UnexpectedResponseError and ApiError.
    """
    async with transport.stream(REQUESTS_PATH, {}, {"include_bodies": include_bodies or None}, {}) as lines:
        async for block in _blocks(lines):
            if not block.data:
                continue
            try:
                if block.event == "warning":
                    yield EventsMissed(msgspec.json.decode(block.data).get("dropped"))
                else:
                    yield msgspec.json.decode(block.data, type=ApiEvent)
            except (msgspec.DecodeError, AttributeError, RecursionError) as error:
                raise UnexpectedResponseError(f"The event {block.event!r} cannot be decoded: {error}.") from error


async def follow_workflows(transport: Transport, user: str | None = None) -> AsyncIterator[ChangedWorkflows]:
    """Yield which workflows change, until the server ends the stream. The first one says that everything may have.

    Raises ServerUnreachableError, also when the stream breaks, UnexpectedResponseError and ApiError.
    """
    async with transport.stream(WORKFLOWS_PATH, {}, {"user": user}, {}) as lines:
        async for block in _blocks(lines):
            if block.data:
                try:
                    yield msgspec.json.decode(block.data, type=ChangedWorkflows)
                except (msgspec.DecodeError, RecursionError) as error:
                    raise UnexpectedResponseError(f"The event {block.event!r} cannot be decoded: {error}.") from error


async def _blocks(lines: AsyncIterator[bytes]) -> AsyncIterator[_Block]:
    """Yield the blocks of a stream. An incomplete block at its end is dropped."""
    block = _Block()
    async for line in lines:
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        if text:
            block.add(text)
        else:
            yield block
            block = _Block()
