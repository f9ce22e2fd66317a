"""The dashboard in front of a server that a network which drops packets cuts off."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from torc_client.testing import FakeServer, SwallowingProxy
from torc_client.time_limits import TimeLimits

PING = "/torc-service/v1/ping"
EVENTS = "/torc-service/v1/workflows/7/events/stream"


@pytest.fixture(autouse=True)
def quick_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = TimeLimits(
        connect_seconds=0.1,
        probe_after_seconds=0.05,
        held_probe_after_seconds=0.05,
        probe_seconds=0.1,
        away_probe_seconds=0.1,
    )
    monkeypatch.setattr("torc_dash.proxy.LIMITS", limits)


@pytest.fixture
async def network(fake_server: FakeServer) -> AsyncIterator[SwallowingProxy]:
    async with SwallowingProxy(fake_server.url) as network:
        yield network


async def test_a_request_ends_and_the_next_one_succeeds(network: SwallowingProxy, open_dashboard):
    browser = await open_dashboard(network.url)
    assert (await browser.get(PING)).status == 200
    network.cut()
    for _ in range(2):
        answer = await browser.get(PING)
        assert answer.status == 502
        assert "does not answer" in (await answer.json())["error"]["message"]
    network.mend()
    assert (await browser.get(PING)).status == 200


async def test_a_stream_ends(open_dashboard):
    over = asyncio.Event()

    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b"data: 1\n\n")
        await over.wait()
        return response

    app = web.Application()
    app.router.add_get(EVENTS, stream)
    async with TestServer(app) as server, SwallowingProxy(f"http://127.0.0.1:{server.port}/torc-service/v1") as network:
        browser = await open_dashboard(network.url)
        answer = await browser.get(EVENTS)
        assert await answer.content.readline() == b"data: 1\n"
        network.cut()
        with pytest.raises(aiohttp.ClientError):
            await answer.content.read()
        over.set()
