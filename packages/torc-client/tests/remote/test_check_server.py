"""What the host of a worker finds at the URL of the server."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest
import trustme
from aiohttp import web

from torc_client.remote.agent import check_server as checking
from torc_client.remote.agent.check_server import ServerQuestion, check_server, machine_identity
from torc_client.remote.server_check import Reach, ServerCheck
from torc_client.testing import FakeServer, Refusal, SwallowingProxy
from torc_client.version import __version__

TOKEN = "torc_7_" + 43 * "s"


def version(database_id: str | None = "db1", server: str | None = __version__) -> dict[str, str | None]:
    return {"version": "1.0.0", "api_version": "1.0.0", "torc_server": server, "database_id": database_id}


@pytest.fixture
def server(fake_server: FakeServer, make: ModuleType) -> FakeServer:
    fake_server.answer("get_version", version())
    fake_server.answer("get_workflow", make.workflow(id=7))
    return fake_server


async def check(*urls: str, environment: dict[str, str] | None = None, **members) -> ServerCheck:
    members = {"workflow_id": 7, "database_id": "db1", "machine": machine_identity(), "limit_seconds": 5.0} | members
    return await check_server(ServerQuestion(urls=list(urls), **members), environment or {})


async def test_the_server_is_reached_with_the_token(server: FakeServer):
    found = await check(server.url, token=TOKEN)
    assert (found.reach, found.url, found.is_ok) == (Reach.OK, server.url, True)
    asked, used = server.calls
    assert "Authorization" not in asked.headers
    assert used.headers["Authorization"] == f"Bearer {TOKEN}"


async def test_the_first_url_that_leads_to_the_server_is_chosen(server: FakeServer):
    port = server.url.rpartition(":")[2].partition("/")[0]
    other = f"http://localhost:{port}/torc-service/v1"
    assert (await check("http://127.0.0.1:1", other)).url == other
    assert (await check("http://127.0.0.1:1", "unix:///missing")).reach is Reach.REFUSED


async def test_a_loopback_address_of_another_machine_gets_no_token(server: FakeServer):
    for machine in ("", "other boot"):
        found = await check(server.url, token=TOKEN, machine=machine)
        assert found.reach is Reach.URL_IS_LOOPBACK
    assert not server.calls


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str, error: int | None = None) -> None:
    def look_up(host: str, port: int, **_: object) -> list[tuple]:
        if error is not None:
            raise socket.gaierror(error, "no")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


async def test_a_name_that_is_loopback_there(server: FakeServer, monkeypatch: pytest.MonkeyPatch):
    """As on Debian, where the name of a machine is 127.0.1.1 on the machine itself."""
    resolving(monkeypatch, "127.0.1.1")
    found = await check("http://kl1:8080", machine="other", token=TOKEN)
    assert (found.reach, found.addresses) == (Reach.NAME_IS_LOOPBACK, ["127.0.1.1"])
    resolving(monkeypatch, "192.0.2.7", "127.0.1.1")
    found = await check("http://kl1:8080", machine="other", token=TOKEN)
    assert (found.reach, found.addresses) == (Reach.NAME_IS_LOOPBACK, ["127.0.1.1"])
    resolving(monkeypatch, "127.0.0.1")
    assert (await check(server.url.replace("127.0.0.1", "kl1"))).is_ok


async def test_a_name_that_does_not_resolve_there(monkeypatch: pytest.MonkeyPatch):
    resolving(monkeypatch, error=socket.EAI_NONAME)
    found = await check("http://kl1:8080")
    assert (found.reach, found.host, found.detail) == (Reach.NAME_UNKNOWN, "kl1", "")
    resolving(monkeypatch, error=socket.EAI_AGAIN)
    assert (await check("http://kl1:8080")).detail == "no"


async def test_a_name_service_that_does_not_answer(monkeypatch: pytest.MonkeyPatch):
    async def never(*_: object) -> list:
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr(checking.Resolver, "resolve", never)
    found = await check("http://kl1:8080", limit_seconds=0.05)
    assert (found.reach, found.seconds) == (Reach.NAME_SLOW, 0.05)


async def test_nothing_listens():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        found = await check(f"http://127.0.0.1:{bound.getsockname()[1]}")
    assert found.reach is Reach.REFUSED


async def test_a_server_that_is_stopped(server: FakeServer):
    async with SwallowingProxy(server.url) as proxy:
        proxy.cut()
        found = await check(proxy.url, limit_seconds=0.2)
    assert (found.reach, found.seconds) == (Reach.SILENT, 0.2)


async def test_proxies_there_are_named_if_the_network_fails(server: FakeServer):
    environment = {"https_proxy": "http://user:secret@proxy", "HTTP_PROXY": ""}
    found = await check("http://127.0.0.1:1", environment=environment)
    assert found.proxies == ["https_proxy"]
    assert (await check(server.url, environment=environment)).proxies == []


async def test_sockets_of_a_tunnel(tmp_path: Path, make: ModuleType):
    path = tmp_path / "s"
    assert (await check(f"unix://{path}")).reach is Reach.SOCKET_MISSING
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(path))
    assert (await check(f"unix://{path}?server=http://kl1:80")).reach is Reach.SOCKET_DEAD
    path.unlink()
    async with FakeServer(path) as server:
        server.answer("get_version", version())
        server.answer("get_workflow", make.workflow(id=7))
        found = await check(f"unix://{path}?server=http://kl1:80", token=TOKEN, machine="other")
        assert found.is_ok
        assert server.calls[-1].headers["Authorization"] == f"Bearer {TOKEN}"


async def test_another_torc_server_gets_no_token(server: FakeServer):
    server.answer("get_version", version("db2"))
    assert (await check(server.url, token=TOKEN)).reach is Reach.OTHER_SERVER
    server.answer("get_version", version(None))
    assert (await check(server.url, token=TOKEN)).reach is Reach.OTHER_SERVER
    assert not server.calls_of("get_workflow")


async def test_a_server_that_shows_its_version_only_with_a_credential(server: FakeServer):
    server.answer(
        "get_version",
        lambda call: version() if "Authorization" in call.headers else Refusal(401, "credentials are required"),
    )
    assert (await check(server.url, token=TOKEN)).is_ok
    assert (await check(server.url)).reach is Reach.NEEDS_LOGIN


async def test_a_server_without_database_ids(server: FakeServer):
    server.answer("get_version", version(None, None))
    assert (await check(server.url, database_id=None)).is_ok


async def test_a_server_of_another_major_version(server: FakeServer):
    server.answer("get_version", version(server="99.0.0"))
    found = await check(server.url, token=TOKEN)
    assert (found.reach, found.server_version) == (Reach.VERSION, "99.0.0")


@pytest.mark.parametrize(
    ("status", "token", "reach"),
    [
        (401, TOKEN, Reach.TOKEN_REFUSED),
        (401, None, Reach.NEEDS_LOGIN),
        (403, TOKEN, Reach.NO_ACCESS),
        (404, TOKEN, Reach.NO_WORKFLOW),
        (503, TOKEN, Reach.SERVER_FAILED),
    ],
)
async def test_a_server_that_refuses_the_worker(server: FakeServer, status: int, token: str | None, reach: Reach):
    server.answer("get_workflow", Refusal(status, "no"))
    assert (await check(server.url, token=token)).reach is reach


@asynccontextmanager
async def serving(answer: Callable[[], web.Response], context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    async def handle(_: web.BaseRequest) -> web.Response:
        return answer()

    runner = web.ServerRunner(web.Server(handle))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    yield runner.addresses[0][1]
    await runner.cleanup()


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (lambda: web.Response(text="It works!"), 200),
        (lambda: web.Response(status=404), 404),
        (lambda: web.Response(status=301, headers={"Location": "/login"}), 301),
    ],
)
async def test_a_web_server_that_is_not_torc(answer: Callable[[], web.Response], status: int):
    async with serving(answer) as port:
        found = await check(f"http://127.0.0.1:{port}", token=TOKEN)
    assert (found.reach, found.status) == (Reach.NOT_TORC, status)


async def test_a_program_that_does_not_speak_http():
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as program:
        port = program.sockets[0].getsockname()[1]
        assert (await check(f"http://127.0.0.1:{port}")).reach is Reach.NOT_HTTP


async def test_a_connection_that_breaks():
    async def leave(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(leave, "127.0.0.1", 0) as program:
        port = program.sockets[0].getsockname()[1]
        assert (await check(f"http://127.0.0.1:{port}")).reach is Reach.BROKEN


async def test_certificates():
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    pem = authority.cert_pem.bytes().decode()

    def answer() -> web.Response:
        return web.json_response(version("db2"))

    async with serving(answer, context) as port:
        unknown = await check(f"https://localhost:{port}")
        assert unknown.reach is Reach.CERTIFICATE_UNKNOWN
        assert (await check(f"https://127.0.0.1:{port}", tls_ca=pem)).reach is Reach.CERTIFICATE_NAME
        assert (await check(f"https://localhost:{port}", tls_ca=pem)).reach is Reach.OTHER_SERVER
        assert (await check(f"https://127.0.0.1:{port}", tls_insecure=True)).reach is Reach.OTHER_SERVER
        assert (await check(f"https://localhost:{port}", tls_ca="nonsense")).reach is Reach.SETTINGS
    async with serving(answer) as port:
        assert (await check(f"https://localhost:{port}")).reach is Reach.NOT_TLS


async def test_an_expired_certificate():
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", not_after=datetime(2020, 1, 1, tzinfo=UTC)).configure_cert(context)
    async with serving(web.Response, context) as port:
        found = await check(f"https://localhost:{port}", tls_ca=authority.cert_pem.bytes().decode())
    assert found.reach is Reach.CERTIFICATE_TIME


async def test_a_url_that_is_none():
    assert (await check("nonsense")).reach is Reach.SETTINGS


def test_secrets_are_not_shown():
    question = ServerQuestion(urls=["http://a"], workflow_id=7, token=TOKEN, tls_ca="pem")
    assert TOKEN not in repr(question)
