"""The proxy reaches one server, says nothing of its own secrets, and hands bodies through as they come."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest
import trustme
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from torc_client.client import TorcClient
from torc_client.errors import ServerError
from torc_client.testing import FakeServer
from torc_dash import proxy

WRITE = "POST /torc-service/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


class Echo:
    """A server that remembers what it got, and whose answers a test decides."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, CIMultiDictProxy[str], bytes]] = []
        self.headers: dict[str, str] = {}
        self.status = 200
        self.first_piece_read = asyncio.Event()
        self.left = asyncio.Event()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append((request.method, request.raw_path, request.headers, await request.read()))
        if request.path.endswith("/stream"):
            return await self.stream(request)
        if request.path.endswith("/broken"):
            return await self.broken(request)
        return web.json_response({"ok": True}, status=self.status, headers=self.headers)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b"data: 1\n\n")
        try:
            await self.first_piece_read.wait()
        except asyncio.CancelledError:
            self.left.set()
            raise
        await response.write(b"data: 2\n\n")
        return response

    async def broken(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b"half")
        assert request.transport is not None
        request.transport.close()
        return response


@pytest.fixture
async def echo() -> Echo:
    return Echo()


@pytest.fixture
async def through(echo: Echo, open_dashboard, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TestClient]:
    """A browser in front of a dashboard in front of the echo, which wants a password."""
    monkeypatch.setenv("TORC_PASSWORD", "sesame")
    monkeypatch.setenv("TORC_USERNAME", "ada")
    app = web.Application(client_max_size=2**24)
    app.router.add_route("*", "/{rest:.*}", echo.handle)
    async with TestServer(app, handler_cancellation=True) as server:
        yield await open_dashboard(f"http://127.0.0.1:{server.port}/torc-service/v1")


async def test_path_query_and_body_arrive_as_they_were_sent(through: TestClient, echo: Echo):
    body = json.dumps({"name": "ü"}).encode()
    path = URL("/torc-service/v1/files/a%2Fb?name=x%26y&limit=1", encoded=True)
    answer = await through.post(path, data=body, headers={"Content-Type": "application/json", "User-Agent": "old/0.12"})
    assert (answer.status, await answer.json()) == (200, {"ok": True})
    ((method, raw_path, headers, received),) = echo.requests
    assert (method, raw_path, received) == ("POST", "/torc-service/v1/files/a%2Fb?name=x%26y&limit=1", body)
    assert headers["User-Agent"] == "old/0.12"


async def test_secrets_of_either_side_stay_there(through: TestClient, echo: Echo):
    echo.headers = {
        "Set-Cookie": "a=b",
        "WWW-Authenticate": "Basic",
        "Access-Control-Allow-Origin": "*",
        "X-Span-ID": "7",
    }
    sent = {"Authorization": "Basic bWFsbG9yeTp4", "Cookie": "torc_dash=s", "X-Forwarded-For": "1.2.3.4"}
    answer = await through.get("/torc-service/v1/ping", headers=sent)
    headers = echo.requests[0][2]
    assert aiohttp.BasicAuth.decode(headers["Authorization"]) == ("ada", "sesame", "latin1")
    assert not {"Cookie", "X-Forwarded-For", "Origin"} & set(headers)
    assert answer.headers["X-Span-ID"] == "7"
    assert not {"Set-Cookie", "WWW-Authenticate", "Access-Control-Allow-Origin"} & set(answer.headers)
    assert "sesame" not in repr(through.app[proxy.TARGET])


async def test_hop_by_hop_headers_end_here(through: TestClient, echo: Echo):
    sent = {
        "Connection": "keep-alive, X-Mine",
        "X-Mine": "1",
        "TE": "trailers",
        "Keep-Alive": "5",
        "Proxy-Connection": "x",
    }
    echo.headers = {"Connection": "X-Yours", "X-Yours": "1"}
    answer = await through.get("/torc-service/v1/ping", headers=sent)
    assert not {"X-Mine", "TE", "Keep-Alive", "Proxy-Connection"} & set(echo.requests[0][2])
    assert "X-Yours" not in answer.headers


async def test_redirects_are_not_followed(through: TestClient, echo: Echo):
    echo.status, echo.headers = 302, {"Location": "http://evil.example/"}
    answer = await through.get("/torc-service/v1/ping", allow_redirects=False)
    assert answer.status == 302
    assert "Location" not in answer.headers
    assert len(echo.requests) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/torc-service/v2/ping",
        "/torc-service/",
        "/torc-service/v1/../../secret",
        "/torc-service/v1/%2e%2e/secret",
        "/torc-service/v1/%252e%252e/secret",
        "/torc-service/v1/a%5c..%5cb",
        "/torc-service/v1//evil.example/",
        "/torc-service/v1/a%00b",
        "/torc-service/v1/a%0d%0aHost:evil",
        "/torc-service/v1@evil.example/",
    ],
)
async def test_nothing_outside_the_prefix_is_reached(through: TestClient, echo: Echo, path: str):
    assert through.server.port is not None
    reader, writer = await asyncio.open_connection("127.0.0.1", through.server.port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    assert answer.startswith((b"HTTP/1.1 404", b"HTTP/1.1 400"))
    assert echo.requests == []


@pytest.mark.parametrize(
    "request_text",
    [
        "GET http://evil.example/torc-service/v1/ping HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET http://localhost/torc-service/v1/ping HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "CONNECT evil.example:80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /torc-service/v1/ping HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
        "TRACE /torc-service/v1/ping HTTP/1.1\r\nHost: localhost\r\n\r\n",
        f"{WRITE}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n",
        f"{WRITE}Content-Length: 1\r\nContent-Length: 2\r\n\r\n{{}}",
    ],
)
async def test_smuggled_and_absolute_requests_are_refused(through: TestClient, echo: Echo, request_text: str):
    assert through.server.port is not None
    reader, writer = await asyncio.open_connection("127.0.0.1", through.server.port)
    writer.write(request_text.encode())
    status = int((await reader.readline()).split()[1])
    writer.close()
    assert 400 <= status < 500
    assert echo.requests == []


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_writes_are_json(through: TestClient, echo: Echo, media_type: str):
    answer = await through.post("/torc-service/v1/jobs", data=b"{}", headers={"Content-Type": media_type})
    assert answer.status == 415
    assert echo.requests == []


async def test_compressed_bodies_are_refused(through: TestClient, echo: Echo):
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = await through.post("/torc-service/v1/jobs", data=b"\x1f\x8b\x00", headers=headers)
    assert answer.status in {400, 415}
    assert echo.requests == []


async def test_a_write_without_a_body_needs_no_type(through: TestClient, echo: Echo):
    assert (await through.post("/torc-service/v1/workflows/1/initialize_jobs")).status == 200
    assert echo.requests[0][3] == b""


async def test_bodies_are_bounded_by_what_they_say_and_by_what_they_are(
    through: TestClient, echo: Echo, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(proxy, "BODY_LIMIT_BYTES", 1000)
    headers = {"Content-Type": "application/json"}

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b" " * 100

    told = await through.post("/torc-service/v1/jobs", data=b" " * 1001, headers=headers)
    untold = await through.post("/torc-service/v1/jobs", data=pieces(), headers=headers)
    assert (told.status, untold.status) == (413, 413)
    assert echo.requests == []


async def test_answers_are_streamed_as_they_come(through: TestClient, echo: Echo):
    answer = await through.get("/torc-service/v1/stream")
    assert await answer.content.readline() == b"data: 1\n"
    echo.first_piece_read.set()
    assert b"data: 2" in await answer.read()


async def test_a_caller_who_leaves_takes_the_request_along(through: TestClient, echo: Echo):
    answer = await through.get("/torc-service/v1/stream")
    await answer.content.readline()
    answer.close()
    await echo.left.wait()


async def test_half_an_answer_is_never_taken_for_the_whole(through: TestClient):
    answer = await through.get("/torc-service/v1/broken")
    with pytest.raises(aiohttp.ClientPayloadError):
        await answer.read()


async def test_a_server_that_is_away_is_a_502_without_words_that_old_clients_fear(fake_server: FakeServer, browser):
    await fake_server.stop()
    answer = await browser.get("/torc-service/v1/ping")
    text = (await answer.text()).lower()
    assert answer.status == 502
    assert json.loads(text)["error"]["message"]
    assert not [word for word in ("connection", "timeout", "network", "dns", "resolve", "unreachable") if word in text]


async def test_our_own_client_works_through_it(browser: TestClient, fake_server: FakeServer):
    url = f"http://127.0.0.1:{browser.server.port}/torc-service/v1"
    async with TorcClient(url, retry_timeout_seconds=0) as client:
        assert (await client.workflows.get_workflow(1)).name == "workflow-1"
        await fake_server.stop()
        with pytest.raises(ServerError):
            await client.workflows.get_workflow(1)


def test_an_address_below_a_prefix_is_kept():
    base = URL("https://hpc.example/torc/torc-service/v1", encoded=True)
    assert str(proxy.address(base, "/torc-service/v1/jobs?x=%2F")) == (
        "https://hpc.example/torc/torc-service/v1/jobs?x=%2F"
    )


def test_length_beyond_the_limit_is_refused_before_a_byte_is_read():
    headers = CIMultiDictProxy(CIMultiDict({"Content-Length": str(2 * 1024**3), "Content-Type": "application/json"}))
    refused = proxy.refusal("POST", "/torc-service/v1/jobs", headers)
    assert refused is not None
    assert refused[0] == 413


async def test_a_server_whose_authority_was_named_is_reached_over_tls(
    open_dashboard: Callable[..., Awaitable[TestClient]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    async def ping(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    app = web.Application()
    app.router.add_get("/torc-service/v1/ping", ping)
    server = TestServer(app, scheme="https")
    await server.start_server(ssl=context)
    url = f"https://127.0.0.1:{server.port}/torc-service/v1"
    try:
        stranger = await open_dashboard(url)
        assert (await stranger.get("/torc-service/v1/ping")).status == 502
        monkeypatch.setenv("TORC_TLS_CA_CERT", str(tmp_path / "ca.pem"))
        friend = await open_dashboard(url)
        assert (await friend.get("/torc-service/v1/ping")).status == 200
    finally:
        await server.close()
