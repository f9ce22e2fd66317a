"""Connections that send, read or request nothing, and more of them than the server can have."""

import asyncio
import contextlib
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from aiohttp import web

from torc_server.auth.basic import Authenticator
from torc_server.auth.credentials import CredentialChecker
from torc_server.edge import held_connections
from torc_server.edge.held_connections import ConnectionLimits, HeldConnections, connection_of
from torc_server.web.large_answers import LargeAnswer
from torc_server.web.listen import bind_tcp, port_of
from torc_server.web.middleware import request_middleware
from torc_server.web.serving import serving

QUICK: dict[str, Any] = {"look_seconds": 0.01}
LARGE_BYTES = 32 * 1024 * 1024


class Client:
    """A connection whose bytes the test writes itself."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, text: str) -> None:
        self.writer.write(text.encode().replace(b"\n", b"\r\n"))

    def request(self, path: str, *, login: str = "", body: str = "") -> None:
        extra = f"Authorization: Basic {b64encode(login.encode()).decode()}\n" if login else ""
        self.send(f"{'POST' if body else 'GET'} {path} HTTP/1.1\nHost: x\n{extra}{body or chr(10)}")

    async def status(self) -> int:
        """Read one answer and return its status."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
        size = int(head.partition("content-length: ")[2].partition("\r")[0])
        await self.reader.readexactly(size)
        return int(head.split(" ")[1])

    async def is_closed(self) -> bool:
        """Wait until the server closes the connection."""
        async with asyncio.timeout(30):
            with contextlib.suppress(ConnectionError):
                while await self.reader.read(65536):
                    pass
        return True


class Site:
    """A server, and the clients of the test."""

    def __init__(self, port: int, held: HeldConnections) -> None:
        self.port = port
        self.held = held
        self.clients: list[Client] = []
        self.arrived = asyncio.Event()
        self.go = asyncio.Event()

    async def client(self, **more: Any) -> Client:
        self.clients.append(Client(*await asyncio.open_connection("127.0.0.1", self.port, **more)))
        return self.clients[-1]

    async def until(self, is_so: Callable[[HeldConnections], bool]) -> None:
        """Wait for a state of the connections, by polling: there is no event for it."""
        async with asyncio.timeout(30):
            while not is_so(self.held):  # noqa: ASYNC110 - see above
                await asyncio.sleep(0.001)

    async def until_waiting(self, count: int) -> None:
        """Wait until this number of requests waits for a change."""
        await self.until(lambda held: sum(each.is_waiting for each in held._all) == count)

    async def pass_seconds(self, seconds: float) -> None:
        """Wait until the server has looked at its connections for this time."""
        end = self.held.now + seconds
        await self.until(lambda held: held.now >= end)


Serve = Callable[..., AbstractAsyncContextManager[Site]]


@pytest.fixture
def serve() -> Serve:
    @contextlib.asynccontextmanager
    async def serve(authenticator: Authenticator | None = None, **limits: Any) -> AsyncIterator[Site]:
        async def ping(request: web.Request) -> web.Response:
            await request.read()
            return web.Response(text="here")

        async def wait(request: web.Request) -> web.Response:
            connection = connection_of(request)
            assert connection is not None
            connection.is_waiting = True
            site.arrived.set()
            await site.go.wait()
            return web.Response(text="here")

        async def large(request: web.Request) -> web.Response:
            del request
            return LargeAnswer(body=bytes(LARGE_BYTES))

        authenticator = authenticator or Authenticator(None, required=False)
        app = web.Application(middlewares=[request_middleware(authenticator, body_max_bytes=10**9)])
        app.add_routes([web.get("/ping", ping), web.post("/ping", ping), web.get("/wait", wait)])
        app.router.add_get("/large", large)
        with bind_tcp("127.0.0.1", 0) as tcp:
            async with serving(app, tcp, drain_seconds=1, limits=ConnectionLimits(**{**QUICK, **limits})) as held:
                site = Site(port_of(tcp), held)
                yield site
                site.go.set()
                for each in site.clients:
                    each.writer.transport.abort()

    return serve


async def test_a_connection_without_a_request_is_closed(serve: Serve) -> None:
    async with serve(head_seconds=0.05) as site:
        assert await (await site.client()).is_closed()


async def test_a_head_that_never_ends_is_closed(serve: Serve) -> None:
    async with serve(head_seconds=0.05) as site:
        first, later = await site.client(), await site.client()
        first.send("GET /ping HTTP/1.1\nHost: x\nX-Slow: ")
        later.request("/ping")
        assert await later.status() == 200
        later.send("GET /ping HTTP/1.1\nHost: x\nX-Slow: ")
        assert await first.is_closed()
        assert await later.is_closed()


async def test_a_connection_between_requests_is_closed_later(serve: Serve) -> None:
    async with serve(head_seconds=0.01, idle_seconds=0.1) as site:
        client = await site.client()
        for _ in range(3):
            client.request("/ping")
            assert await client.status() == 200
        assert await client.is_closed()


async def test_a_body_that_never_ends_is_closed(serve: Serve) -> None:
    async with serve(stalled_seconds=0.05) as site:
        client = await site.client()
        client.send("POST /ping HTTP/1.1\nHost: x\nContent-Length: 1000\n\nonly this")
        assert await client.is_closed()


async def test_a_body_that_makes_progress_is_read(serve: Serve) -> None:
    async with serve(stalled_seconds=0.2, progress_bytes=1) as site:
        client = await site.client()
        client.send("POST /ping HTTP/1.1\nHost: x\nContent-Length: 10\n\n")
        for _ in range(10):
            client.send("x")
            await site.pass_seconds(0.05)
        assert await client.status() == 200


async def test_a_reader_that_takes_nothing_is_closed(serve: Serve) -> None:
    async with serve(stalled_seconds=0.05) as site:
        client = await site.client(limit=1024)
        client.request("/large")
        await site.until(lambda held: held.held_bytes == LARGE_BYTES)
        await site.until(lambda held: len(held) == held.held_bytes == 0)


async def test_a_request_that_waits_for_a_change_has_no_deadline(serve: Serve) -> None:
    async with serve(head_seconds=0.01, idle_seconds=0.01, stalled_seconds=0.01) as site:
        client = await site.client()
        client.request("/wait")
        await site.arrived.wait()
        await site.pass_seconds(0.2)
        site.go.set()
        assert await client.status() == 200


async def test_answers_that_are_not_taken_have_a_limit_in_all(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    """The slowest of the caller with the most are disconnected; one large answer alone is always sent."""
    async with serve(held_bytes=LARGE_BYTES * 5 // 2) as site:
        slow = [await site.client(limit=1024) for _ in range(6)]
        for each in slow:
            each.request("/large")
        await site.until(lambda held: len(held) == 2 and held.held_bytes == 2 * LARGE_BYTES)
        client = await site.client()
        client.request("/large")
        assert await client.status() == 200
    assert sum("the slowest are disconnected" in record.getMessage() for record in caplog.records) == 1


async def test_a_large_answer_is_held_once(serve: Serve) -> None:
    async with serve() as site:
        client = await site.client(limit=1024)
        client.request("/large")
        await client.reader.read(1)
        (connection,) = site.held._all
        assert connection.transport is not None
        assert connection.transport.get_write_buffer_size() < 1024 * 1024
        assert site.held.held_bytes == LARGE_BYTES


async def test_strangers_make_room_for_new_connections(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    """Connections without credentials are closed first, and those that wait for a change stay."""
    checker = CredentialChecker({"ann": b""}, cache_ttl_seconds=60, matches=lambda password, _: password == "pw")
    async with serve(Authenticator(checker, required=True), most=10) as site:
        waiting, idle = await site.client(), await site.client()
        waiting.request("/wait", login="ann:pw")
        await site.arrived.wait()
        idle.request("/ping", login="ann:pw")
        assert await idle.status() == 200
        strangers = [await site.client() for _ in range(50)]
        strangers[-1].request("/ping")
        assert await strangers[-1].status() == 401
        new = await site.client()
        new.request("/ping", login="ann:pw")
        assert await new.status() == 200
        assert len(site.held) <= 10
        idle.request("/ping", login="ann:pw")
        assert await idle.status() == 200
        site.go.set()
        assert await waiting.status() == 200
        assert all([await each.is_closed() for each in strangers[:40]])
    assert sum("idle ones are closed" in record.getMessage() for record in caplog.records) == 1
    checker.close()


async def test_a_server_whose_connections_all_work_refuses_more(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    async with serve(most=3) as site:
        for _ in range(3):
            (await site.client()).request("/wait")
        await site.until_waiting(3)
        # The caller of all three gets no more than it has.
        for _ in range(20):
            assert await (await site.client()).status() == 503
        site.go.set()
        assert [await each.status() for each in site.clients[:3]] == [200] * 3
    assert sum("further ones are refused" in record.getMessage() for record in caplog.records) == 1


async def test_a_caller_with_many_waiting_requests_makes_room_for_another(serve: Serve) -> None:
    async with serve(most=5) as site:
        for _ in range(5):
            (await site.client()).request("/wait")
        await site.until_waiting(5)
        new = await site.client(local_addr=("127.0.0.2", 0))
        new.request("/ping")
        assert await new.status() == 200
        assert sum(each.is_waiting for each in site.held._all) == 4


async def test_a_caller_with_many_unfinished_bodies_makes_room_for_another(serve: Serve) -> None:
    checker = CredentialChecker({"ann": b""}, cache_ttl_seconds=60, matches=lambda password, _: password == "pw")
    async with serve(Authenticator(checker, required=True), most=5) as site:
        unfinished = [await site.client() for _ in range(5)]
        for each in unfinished:
            each.request("/ping", login="ann:pw", body="Content-Length: 100\n\n{")
        await site.until(lambda held: sum(each.is_repeatable for each in held._all) == 5)
        new = await site.client()
        new.request("/ping", login="ann:pw")
        assert await new.status() == 200
        assert await unfinished[0].is_closed()
    checker.close()


async def test_bodies_without_progress_make_room_for_others(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_connections, "PATIENCE_SECONDS", 0.1)
    async with serve(most=3, stalled_seconds=3600.0) as site:
        for _ in range(3):
            (await site.client()).request("/ping", body="Content-Length: 100\n\n{")
        await site.until(lambda held: sum(each.is_stalled for each in held._all) == 3)
        new = await site.client()
        new.request("/ping")
        assert await new.status() == 200
        assert await site.clients[0].is_closed()
