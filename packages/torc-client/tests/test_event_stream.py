"""Following a workflow through broken streams, against a small server that streams the texts of a test."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from torc_client import Event, EventsMissed, ServerUnreachableError, Torc, TorcClient
from torc_client.errors import ForbiddenError, NotFoundError, UnexpectedResponseError
from torc_client.retrying import RetryPolicy
from torc_client.testing import SwallowingProxy
from torc_client.time_limits import TimeLimits

HOUR = 3600
QUICK = RetryPolicy(30, 0.001, 0.01)
PATH = "/torc-service/v1/workflows/7/events/stream"


def told(number: int, kind: str = "job_completed", identity: str | None = None) -> str:
    data = {"workflow_id": 7, "timestamp": 5, "event_type": kind, "severity": "info", "data": {"job_id": number}}
    return f"id: {identity or number}\nevent: {kind}\ndata: {json.dumps(data)}\n\n"


Visit = str | int | Callable[[web.StreamResponse], Awaitable[None]]


@dataclass
class Streamer:
    """A server that answers each request with the next of its texts, and then disappears or refuses."""

    visits: list[Visit]
    last_ids: list[str | None] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.last_ids.append(request.headers.get("Last-Event-ID"))
        self.queries.append(dict(request.query))
        visit = self.visits.pop(0) if self.visits else 404
        if isinstance(visit, int):
            return web.json_response({"error": {"message": f"It is {visit}"}}, status=visit)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        if isinstance(visit, str):
            await response.write(visit.encode())
        else:
            await visit(response)
        return response


@asynccontextmanager
async def streaming(*visits: Visit) -> AsyncIterator[Streamer]:
    streamer = Streamer(list(visits))
    app = web.Application()
    app.router.add_get(PATH, streamer.answer)
    async with TestServer(app) as server:
        streamer.url = f"http://127.0.0.1:{server.port}/torc-service/v1"
        yield streamer


async def follow(
    streamer: Streamer, level: str = "info", limits: TimeLimits | None = None
) -> list[Event | EventsMissed]:
    """Return all events until the workflow is deleted, without the first EventsMissed."""
    news: list[Event | EventsMissed] = []
    async with TorcClient(streamer.url, retry_policy=QUICK, time_limits=limits) as client:
        with suppress(NotFoundError):  # the only end of the iteration
            async for each in client.follow_events(7, level):
                news.append(each)  # noqa: PERF401 - kept, also when it ends by an exception
    assert news[0] == EventsMissed()
    return news[1:]


async def second(client: TorcClient) -> Event | EventsMissed:
    """Return the events after the first EventsMissed."""
    news = client.follow_events(7)
    await anext(news)
    return await anext(news)


async def test_events_are_typed_and_comments_are_skipped():
    text = f": hello\n\nid: e-1\n\n{told(1)}: still here\n\nretry: 5\n\n{told(2, 'job_failed')}"
    async with streaming(text) as streamer:
        first, second = await follow(streamer, "debug")
    assert first == Event(workflow_id=7, timestamp=5, event_type="job_completed", severity="info", data={"job_id": 1})
    assert isinstance(second, Event)
    assert second.event_type == "job_failed"
    assert streamer.queries[0] == {"level": "debug"}


async def test_a_break_is_taken_up_where_it_was():
    async with streaming(told(1, identity="e-1"), "id: e-4\n\n", told(5, identity="e-5"), 503, told(6)) as streamer:
        news = await follow(streamer)
    assert [each.data["job_id"] for each in news if isinstance(each, Event)] == [1, 5, 6]
    assert streamer.last_ids == [None, "e-1", "e-4", "e-5", "e-5", "6"]


async def test_half_an_event_is_none():
    async with streaming(told(1) + told(2)[:-1], told(2)) as streamer:
        assert len(await follow(streamer)) == 2
    assert streamer.last_ids[1] == "1"


async def test_missed_events_are_reported():
    warnings = 'event: warning\ndata: {"dropped": 3}\n\nevent: warning\ndata: {"missed": true, "message": "x"}\n\n'
    async with streaming(warnings + told(1, "warning")) as streamer:
        dropped, missed, event = await follow(streamer)
    assert (dropped, missed) == (EventsMissed(3), EventsMissed(None))
    assert isinstance(event, Event)


async def test_a_server_without_ids_cannot_say_what_came_in_a_break():
    text = told(1).partition("\n")[2]
    async with streaming(text, text) as streamer:
        assert [type(each) for each in await follow(streamer)] == [Event, EventsMissed, Event]


async def test_a_connection_that_is_torn_is_made_again():
    async def tear(response: web.StreamResponse) -> None:
        await response.write(told(1).encode())
        transport = response._req.transport  # type: ignore[union-attr]
        assert transport is not None
        transport.abort()

    async with streaming(tear, told(2)) as streamer:
        assert len(await follow(streamer)) == 2


@pytest.mark.parametrize(("status", "kind"), [(403, ForbiddenError), (404, NotFoundError)])
async def test_refusals_are_raised(status: int, kind: type[Exception]):
    async with streaming(status) as streamer, TorcClient(streamer.url, retry_policy=QUICK) as client:
        with pytest.raises(kind, match=f"It is {status}"):
            await second(client)
    assert len(streamer.last_ids) == 1


DEEP = pytest.param("[" * 100_000, id="deep")


@pytest.mark.parametrize("data", ["{", "5", '{"workflow_id": "x", "event_type": "y"}', "x" * 300_000, DEEP])
async def test_an_invalid_event_is_an_error(data: str):
    async with streaming(f"event: job\ndata: {data}\n\n") as streamer, TorcClient(streamer.url) as client:
        with pytest.raises(UnexpectedResponseError, match="cannot be decoded"):
            await second(client)


async def test_retries_end_after_the_timeout(unused_tcp_port):
    url = f"http://127.0.0.1:{unused_tcp_port}/torc-service/v1"
    async with TorcClient(url, retry_policy=RetryPolicy(0.05, 0.001, 0.01)) as client:
        with pytest.raises(ServerUnreachableError, match="Connection refused"):
            await second(client)


async def test_a_server_that_falls_silent_is_left():
    over = asyncio.Event()

    async def hang(response: web.StreamResponse) -> None:
        await response.write(told(1).encode())
        await over.wait()

    async with streaming(hang, told(2)) as streamer:
        limits = TimeLimits(stream_silence_seconds=0.05)
        assert len(await follow(streamer, limits=limits)) == 2
        over.set()


async def test_a_stream_over_a_lost_connection_is_resumed_on_a_new_one():
    written, over = asyncio.Event(), asyncio.Event()

    async def hang(response: web.StreamResponse) -> None:
        await response.write(b": nothing yet\n\n")
        written.set()
        await over.wait()

    async with streaming(hang, told(2)) as streamer, SwallowingProxy(streamer.url) as proxy:
        streamer.url = proxy.url
        following = asyncio.create_task(follow(streamer, limits=TimeLimits(stream_silence_seconds=0.2)))
        await written.wait()
        proxy.cut()
        proxy.mend()
        assert len(await following) == 1
        over.set()


async def test_scripts_follow_without_async():
    over = asyncio.Event()

    async def go_on(response: web.StreamResponse) -> None:
        await response.write((told(1) + told(2)).encode())
        await over.wait()

    def script(url: str) -> list[int]:
        with closing(Torc(url)) as torc:
            seen = []
            for news in torc.follow_events(7):
                if isinstance(news, EventsMissed):
                    continue
                seen.append(news.data["job_id"])
                if len(seen) == 2:
                    break
            return seen

    async with streaming(go_on) as streamer:
        assert await asyncio.to_thread(script, streamer.url) == [1, 2]
        over.set()


async def test_an_outage_is_reported_once_and_so_is_its_end():
    sentences: list[str] = []
    over = asyncio.Event()

    async def stay(response: web.StreamResponse) -> None:
        await response.write(told(1).encode())
        await over.wait()

    async with streaming(stay) as streamer, SwallowingProxy(streamer.url) as proxy:
        reported = asyncio.Event()

        def report(sentence: str) -> None:
            sentences.append(sentence)
            if "Retrying" in sentence:
                reported.set()

        limits = TimeLimits(
            held_probe_after_seconds=0.05, probe_seconds=0.1, away_probe_seconds=0.1, notice_seconds=0.01
        )
        async with TorcClient(proxy.url, retry_policy=QUICK, time_limits=limits, on_wait=report) as client:
            news = client.follow_events(7)
            assert [type(await anext(news)) for _ in range(2)] == [EventsMissed, Event]
            proxy.cut()
            following = asyncio.create_task(anext(news))
            await reported.wait()
            over.set()
            proxy.mend()
            with pytest.raises(NotFoundError):
                await following
    retrying, back = [each for each in sentences if "still waiting" not in each]
    assert "does a firewall drop packets? Retrying for up to 30 s." in retrying
    assert "answers again" in back


async def test_the_first_contact_has_a_limit_of_its_own(unused_tcp_port):
    url = f"http://127.0.0.1:{unused_tcp_port}/torc-service/v1"
    async with TorcClient(url, retry_policy=RetryPolicy(HOUR, 0.001, 0.01, first_seconds=0.05)) as client:
        with pytest.raises(ServerUnreachableError, match="Connection refused"):
            await second(client)
