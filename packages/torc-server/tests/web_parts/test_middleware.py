import asyncio
import base64
import contextlib
import getpass
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from torc_server.auth.basic import Authenticator
from torc_server.auth.credentials import CredentialChecker, Overloaded
from torc_server.edge.private_socket import bind_private
from torc_server.web import middleware
from torc_server.web.listen import bind_tcp, port_of
from torc_server.web.middleware import request_middleware
from torc_server.web.request_keys import IDENTITY, SPAN_ID
from torc_server.web.serving import serving

BODY_MAX_BYTES = 1000
PASSWORD = "secret-word"


async def who(request: web.Request) -> web.Response:
    return web.json_response({"user": request[IDENTITY].user, "span": request[SPAN_ID]})


async def take(request: web.Request) -> web.Response:
    return web.json_response({"bytes": len(await request.read())})


async def fail(_: web.Request) -> web.Response:
    raise RuntimeError("the handler is broken")


async def wait(request: web.Request) -> web.Response:
    request.app[STARTED].set()
    await asyncio.Event().wait()
    raise AssertionError


STARTED = web.AppKey("started", asyncio.Event)


class Server:
    """An application behind the real middleware, on TCP and on a private socket."""

    def __init__(self, url: str, socket_path: Path, started: asyncio.Event) -> None:
        self.url = url
        self.started = started
        self.socket_path = socket_path

    async def call(
        self, path: str = "/who", *, method: str = "GET", unix: bool = False, login: str | None = None, **more: object
    ) -> tuple[int, dict[str, str], str]:
        connector = aiohttp.UnixConnector(str(self.socket_path)) if unix else aiohttp.TCPConnector()
        headers = dict(more.pop("headers", {}))
        if login is not None:
            headers["Authorization"] = "Basic " + base64.b64encode(login.encode()).decode()
        async with (
            aiohttp.ClientSession(connector=connector) as session,
            session.request(method, self.url + path, headers=headers, **more) as answer,
        ):
            return answer.status, dict(answer.headers), await answer.text()


Start = Callable[[Authenticator], Awaitable[Server]]


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    async with contextlib.AsyncExitStack() as stack:

        async def start(authenticator: Authenticator) -> Server:
            app = web.Application(
                client_max_size=BODY_MAX_BYTES,
                middlewares=[request_middleware(authenticator, body_max_bytes=BODY_MAX_BYTES)],
            )
            app.add_routes(
                [web.get("/who", who), web.post("/take", take), web.get("/fail", fail), web.get("/wait", wait)]
            )
            app[STARTED] = asyncio.Event()
            tmp_path.chmod(0o700)  # noqa: ASYNC240 - before the first request
            tcp = stack.enter_context(bind_tcp("127.0.0.1", 0))
            unix = stack.enter_context(bind_private(tmp_path / "s"))
            await stack.enter_async_context(serving(app, [*tcp, unix], drain_seconds=1))
            return Server(f"http://127.0.0.1:{port_of(tcp)}", tmp_path / "s", app[STARTED])

        yield start


class OneUser(CredentialChecker):
    """An authenticator with the user ann, without bcrypt."""

    def __init__(self, *, overloaded: bool = False) -> None:
        super().__init__({"ann": b"hash"}, cache_ttl_seconds=0, matches=lambda password, _: password == PASSWORD)
        self.overloaded = overloaded
        self.addresses: list[str | None] = []

    async def verify(self, user: str, password: str, *, address: str | None = None, refused: int = 0) -> bool:
        self.addresses.append(address)
        if self.overloaded:
            raise Overloaded
        return await super().verify(user, password, address=address, refused=refused)


ANYBODY = Authenticator(None, required=False)


async def test_a_span_id_is_returned_and_a_missing_one_is_generated(start: Start):
    server = await start(ANYBODY)
    _, headers, body = await server.call(headers={"X-Span-ID": "abc-123"})
    assert headers["X-Span-ID"] == "abc-123"
    assert '"span": "abc-123"' in body
    _, headers, _ = await server.call()
    assert len(headers["X-Span-ID"]) == 32


@pytest.mark.parametrize("span", ["a b", "x" * 129, 'a"b', "é"])
async def test_an_unsafe_span_id_is_replaced(start: Start, span: str):
    _, headers, _ = await (await start(ANYBODY)).call(headers={"X-Span-ID": span})
    assert headers["X-Span-ID"] != span


async def test_answers_for_unknown_paths_carry_the_span_id(start: Start):
    status, headers, _ = await (await start(ANYBODY)).call("/absent", headers={"X-Span-ID": "s"})
    assert (status, headers["X-Span-ID"]) == (404, "s")


async def test_without_credentials_every_path_is_401_if_passwords_are_required(start: Start):
    server = await start(Authenticator(OneUser(), required=True))
    for path, login in [("/who", None), ("/absent", None), ("/who", "ann:wrong"), ("/who", f"eve:{PASSWORD}")]:
        status, headers, body = await server.call(path, login=login)
        assert (status, body) == (401, "Unauthorized")
        assert headers["WWW-Authenticate"] == 'Basic realm="Torc"'
        assert headers["Content-Type"].startswith("text/plain")
        assert headers["X-Span-ID"]
    status, _, body = await server.call(login=f"ann:{PASSWORD}")
    assert status == 200
    assert '"user": "ann"' in body


async def test_the_authenticator_gets_the_address_of_the_client(start: Start):
    checker = OneUser()
    server = await start(Authenticator(checker, required=True))
    assert (await server.call(login="ann:wrong"))[0] == 401
    assert checker.addresses == ["127.0.0.1"]


async def test_the_socket_requires_no_credentials_and_reports_the_system_user(start: Start):
    server = await start(Authenticator(OneUser(), required=True))
    for login in (None, "ann:wrong"):
        status, _, body = await server.call(unix=True, login=login)
        assert status == 200
        assert f'"user": "{getpass.getuser()}"' in body


async def test_too_many_checks_are_answered_503(start: Start):
    server = await start(Authenticator(OneUser(overloaded=True), required=True))
    status, headers, body = await server.call(login="ann:x")
    assert status == 503
    assert headers["Retry-After"] == "5"
    assert "try again" in body


async def test_a_body_with_a_too_large_content_length_is_refused_unread(start: Start):
    server = await start(ANYBODY)
    status, _, _ = await server.call("/take", method="POST", data=b"x" * (BODY_MAX_BYTES + 1))
    assert status == 413
    status, _, body = await server.call("/take", method="POST", data=b"x" * BODY_MAX_BYTES)
    assert (status, body) == (200, '{"bytes": 1000}')


async def test_a_body_of_unknown_length_is_limited(start: Start):
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(4):
            yield b"x" * BODY_MAX_BYTES

    status, _, _ = await (await start(ANYBODY)).call("/take", method="POST", data=endless())
    assert status == 413


async def test_each_request_is_one_line_without_secrets(start: Start, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, "torc_server.access")
    server = await start(Authenticator(OneUser(), required=False))
    await server.call(
        "/who?token=hidden", login=f"ann:{PASSWORD}", headers={"X-Span-ID": "s1", "Cookie": "session=hidden"}
    )
    await server.call("/absent")
    await server.call("/who", unix=True)
    lines = [record.fields for record in caplog.records if record.name == "torc_server.access"]
    assert [(line["path"], line["status"]) for line in lines] == [("/who", 200), ("/absent", 404), ("/who", 200)]
    assert lines[0]["user"] == "ann"
    assert lines[0]["span_id"] == "s1"
    assert lines[0]["method"] == "GET"
    assert lines[0]["bytes"] > 0
    assert lines[2]["remote"] == "unix"
    everything = str(lines)
    assert "hidden" not in everything
    assert PASSWORD not in everything


async def test_a_broken_handler_is_logged_as_500(start: Start, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, "torc_server.access")
    status, _, _ = await (await start(ANYBODY)).call("/fail")
    assert status == 500
    (record,) = [record for record in caplog.records if record.name == "torc_server.access"]
    assert (record.fields["status"], record.is_notable) == (500, True)


@pytest.mark.parametrize(
    ("long_seconds", "query", "is_notable"), [(1.0, "", False), (0.0, "", True), (0.0, "?wait_seconds=5", False)]
)
async def test_a_request_is_notable_if_it_took_long_without_being_asked_to(  # noqa: PLR0917 - fixtures
    long_seconds: float,
    query: str,
    is_notable: bool,
    start: Start,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(middleware, "LONG_SECONDS", long_seconds)
    caplog.set_level(logging.INFO, "torc_server.access")
    await (await start(ANYBODY)).call(f"/who{query}")
    (record,) = [record for record in caplog.records if record.name == "torc_server.access"]
    assert record.is_notable is is_notable


async def test_a_request_of_a_client_that_disconnected_is_logged_as_499(start: Start, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, "torc_server.access")
    logged = asyncio.Event()
    caplog.handler.addFilter(lambda record: record.name != "torc_server.access" or logged.set() or True)
    server = await start(ANYBODY)
    call = asyncio.create_task(server.call("/wait"))
    await server.started.wait()
    call.cancel()
    await asyncio.wait_for(logged.wait(), 10)
    (record,) = [record for record in caplog.records if record.name == "torc_server.access"]
    assert (record.getMessage(), record.fields["status"]) == ("request ended without an answer", 499)
