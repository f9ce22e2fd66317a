"""``/live?workflow=3`` or ``/live?list=mine``: what changes on an open page, as server-sent events."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Sequence

from aiohttp import web

from torc_client.client import current_user
from torc_dash.live.changes import News, Topic
from torc_dash.live.hub import Hub
from torc_dash.upstream import CLIENT

# At most two messages in a second.
PERIOD_SECONDS = 0.5
HEARTBEAT_SECONDS = 15.0
WORKFLOWS_MOST = 8
STREAMS_MOST = 200

# The lists of workflows: those of the reader, and those of all users.
MINE, ALL = "mine", "all"

HUB = web.AppKey("hub", Hub)
_HEADERS = {"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"}


async def open_hub(app: web.Application) -> AsyncIterator[None]:
    """Keep a hub while the application runs."""
    client = app[CLIENT]

    def follow(topic: Topic) -> AsyncIterator[News]:
        if isinstance(topic, int):
            return client.follow_events(topic)
        return client.follow_workflows(current_user() if topic == MINE else None)

    app[HUB] = Hub(follow)
    yield
    app[HUB].close()


async def close_streams(app: web.Application) -> None:
    """End the open streams, so that the application can stop."""
    app[HUB].close()


async def stream(request: web.Request) -> web.StreamResponse:
    """Send a message when something changed, until the browser closes the connection."""
    hub = request.app[HUB]
    topics = _topics(request)
    if not topics:
        return web.Response(status=400, text="Name up to 8 workflows, /live?workflow=3, or a list, /live?list=mine\n")
    if hub.watching >= STREAMS_MOST:
        return web.Response(status=503, text="Too many pages are open. This page is updated less often.\n")
    response = web.StreamResponse(headers=_HEADERS)
    await response.prepare(request)
    with hub.watch(topics) as watcher, contextlib.suppress(ConnectionError):
        await response.write(b": open\n\n")
        while True:
            try:
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    found = await watcher.fetch()
            except TimeoutError:
                await response.write(b"event: alive\ndata: {}\n\n")
                continue
            if not found:
                break
            text = "".join(f"data: {json.dumps(changes.message())}\n\n" for changes in found)
            await response.write(text.encode())
            await asyncio.sleep(PERIOD_SECONDS)
    return response


def _topics(request: web.Request) -> Sequence[Topic]:
    chosen = request.query.get("list")
    if chosen is not None:
        return [chosen] if chosen in {MINE, ALL} else []
    texts = dict.fromkeys(request.query.getall("workflow", []))
    if len(texts) > WORKFLOWS_MOST or not all(text.isdecimal() and len(text) <= 18 for text in texts):
        return []
    return [int(text) for text in texts]


ROUTES = (web.get("/live", stream, name="live"),)
