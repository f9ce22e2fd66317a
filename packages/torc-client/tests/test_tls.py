"""`https://` with an additional certificate authority."""

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import trustme
from aiohttp import web
from aiohttp.test_utils import TestServer

from torc_client.client import TorcClient
from torc_client.errors import ServerUnreachableError
from torc_client.tls import TlsError, trust


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
async def url(authority: trustme.CA) -> AsyncIterator[str]:
    """A server that answers ping over TLS."""

    async def ping(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    app = web.Application()
    app.router.add_get("/torc-service/v1/ping", ping)
    server = TestServer(app, scheme="https")
    await server.start_server(ssl=context)
    yield f"https://127.0.0.1:{server.port}/torc-service/v1"
    await server.close()


async def ping(url: str) -> None:
    async with TorcClient(url, retry_timeout_seconds=0) as client:
        await client.system.ping()


async def test_a_private_authority_is_trusted_where_it_is_named(
    url: str, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with pytest.raises(ServerUnreachableError, match="certificate is not trusted"):
        await ping(url)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("TORC_TLS_CA_CERT", str(tmp_path / "ca.pem"))
    await ping(url)


async def test_any_certificate_is_taken_where_that_is_asked_for(url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TORC_TLS_INSECURE", "true")
    await ping(url)


async def test_through_a_tunnel_the_certificate_must_be_that_of_the_server(
    authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The host in the URL of the server counts, not the socket."""
    hosts: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        hosts.append(request.host)
        return web.json_response({"status": "ok"})

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("torc.example.org").configure_cert(context)
    app = web.Application()
    app.router.add_get("/torc-service/v1/ping", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    socket_path = tmp_path / "s"
    await web.UnixSite(runner, str(socket_path), ssl_context=context).start()
    through = f"unix://{socket_path}?server=https://"
    with pytest.raises(ServerUnreachableError, match="certificate is not trusted"):
        await ping(through + "torc.example.org")
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("TORC_TLS_CA_CERT", str(tmp_path / "ca.pem"))
    await ping(through + "torc.example.org")
    with pytest.raises(ServerUnreachableError, match=r"not valid for 'other\.example\.org'"):
        await ping(through + "other.example.org")
    await runner.cleanup()
    with pytest.raises(ServerUnreachableError, match="Connection refused"):
        await ping(through + "torc.example.org")
    assert hosts == ["torc.example.org"]


async def test_a_server_without_tls_is_an_error_with_a_remedy(url: str, monkeypatch: pytest.MonkeyPatch):
    server = TestServer(web.Application())
    await server.start_server()
    with pytest.raises(ServerUnreachableError, match="its URL is http://"):
        await ping(f"https://127.0.0.1:{server.port}")
    await server.close()


def test_settings_that_cannot_be_used_are_named(tmp_path: Path):
    with pytest.raises(TlsError, match="cannot be read: No such file"):
        trust({"TORC_TLS_CA_CERT": str(tmp_path / "absent")})
    (tmp_path / "text").write_text("nonsense")
    with pytest.raises(TlsError, match="holds no certificate in PEM"):
        trust({"TORC_TLS_CA_CERT": str(tmp_path / "text")})
    with pytest.raises(TlsError, match="not true or false"):
        trust({"TORC_TLS_INSECURE": "maybe"})
