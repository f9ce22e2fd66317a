"""News of a workflow as it happens, over server-sent events. A stream that breaks off is taken up where it ended."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from msgspec import Struct

from torc_client.errors import ApiError, ServerUnreachableError, UnexpectedResponseError
from torc_client.http_library import aiohttp
from torc_client.retrying import PASSING_STATUSES
from torc_client.transport import Transport

PATH = "/workflows/{id}/events/stream"
# Servers send a comment every 15 seconds at least: one that says nothing for so long is gone.
SILENCE_SECONDS = 60.0
# A stream that lasted so long was a good one: the next pause is a short one again.
LASTING_SECONDS = 5.0


class Event(msgspec.Struct, kw_only=True):
    """A piece of news. `timestamp` is in milliseconds since the epoch, `severity` as `level` has it."""

    workflow_id: int
    timestamp: int
    event_type: str
    severity: str
    data: dict[str, Any]


class EventsMissed(Struct, frozen=True):
    """What was told before is not known: whoever shows a state should read it now.

    So it is at the beginning, and wherever news was lost. `dropped` is how many, None where nobody knows.
    """

    dropped: int | None = None


class _Block(Struct):
    """One block of a stream."""

    event: str = ""
    data: str = ""
    id: str | None = None

    def add(self, line: str) -> None:
        """Take a line; comments and unknown fields count for nothing."""
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self.event = value
        elif name == "data":
            self.data = f"{self.data}\n{value}" if self.data else value
        elif name == "id":
            self.id = value

    def news(self) -> Event | EventsMissed | None:
        """Understand it; None where it says nothing. Raises UnexpectedResponseError."""
        if not self.data:
            return None
        try:
            told: Any = msgspec.json.decode(self.data)
            if self.event == "warning" and "event_type" not in told:
                return EventsMissed(told.get("dropped"))
            return msgspec.convert(told, Event)
        except (msgspec.DecodeError, TypeError, AttributeError, RecursionError) as error:
            raise UnexpectedResponseError(f"The event {self.event!r} cannot be understood: {error}.") from error


async def follow(transport: Transport, workflow_id: int, level: str = "info") -> AsyncIterator[Event | EventsMissed]:
    """Give the news of a workflow for ever, through breaks that the transport's patience outlasts; first EventsMissed.

    `level` is the least severity: debug, info, warning or error. Raises NotFoundError once the workflow is gone, other
    ApiErrors where the server refuses, and ServerUnreachableError when it is away for too long.
    """
    clock = asyncio.get_running_loop()
    policy = transport.retry_policy
    last_id: str | None = None
    away_since: float | None = None
    attempt = 0
    while True:
        began = clock.time()
        failure: ServerUnreachableError | ApiError | None = None
        try:
            headers = {"Last-Event-ID": last_id} if last_id else {}
            async with transport.stream(
                PATH, {"id": workflow_id}, {"level": level}, headers, silence_seconds=SILENCE_SECONDS
            ) as content:
                away_since = None
                if last_id is None:  # also after a break, where the server gives no ids
                    yield EventsMissed()
                async for block in _blocks(content):
                    last_id = block.id or last_id
                    news = block.news()
                    if news is not None:
                        yield news
        except ServerUnreachableError as error:
            failure = error
        except ApiError as error:
            if error.status not in PASSING_STATUSES:
                raise
            failure = error
        now = clock.time()
        attempt = 1 if now - began > LASTING_SECONDS else attempt + 1
        pause_seconds = policy.pause_seconds(attempt, random.random())  # noqa: S311 - no secret
        if failure is not None:
            away_since = now if away_since is None else away_since
            if now + pause_seconds > away_since + policy.seconds:
                raise failure
        await asyncio.sleep(pause_seconds)


async def _blocks(content: aiohttp.StreamReader) -> AsyncIterator[_Block]:
    """Give the blocks of a stream; one that is not finished at its end is none."""
    block = _Block()
    while line := await content.readline():
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        if text:
            block.add(text)
        else:
            yield block
            block = _Block()
