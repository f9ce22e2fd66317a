import socket

import pytest

from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.remote import server_urls
from torc_client.remote.address import parse_worker
from torc_client.remote.server_urls import binding_of, own_address_towards, urls_for_worker
from torc_client.testing import FakeServer

WORKER = parse_worker("node1")


async def test_a_url_that_names_another_machine_stays():
    async with TorcClient("http://server.example:8080") as client:
        assert await urls_for_worker(client, WORKER) == ["http://server.example:8080"]


@pytest.mark.parametrize("url", ["unix:///run/torc.sock", "unix:///run/s?server=http://node7:8080"])
async def test_a_socket_needs_a_tunnel(url: str):
    async with TorcClient(url) as client:
        with pytest.raises(TorcError, match="cannot reach the UNIX socket") as caught:
            await urls_for_worker(client, WORKER)
    assert "--tunnel" in str(caught.value.hint)


async def test_a_server_on_localhost_is_offered_under_the_address_that_the_worker_sees(
    fake_server: FakeServer, client: TorcClient, monkeypatch: pytest.MonkeyPatch
):
    version = {"version": "1.0.0", "api_version": "1.0.0", "torc_server": "1.0.0", "database_id": "db1"}
    fake_server.answer("get_version", version)
    others = {"names_of_this_machine": lambda: ["kl1"], "own_address_towards": lambda _: "192.0.2.1"}
    for name, function in others.items():
        monkeypatch.setattr(server_urls, name, function)
    monkeypatch.setattr(server_urls, "same_user_listens", lambda _known, host, _port: host.startswith("192.0.2."))

    async def answers(_: TorcClient, url: str) -> bool:
        return "192.0.2." in url

    monkeypatch.setattr(server_urls, "is_same_server", answers)
    outside = client.url.replace("127.0.0.1", "192.0.2.1")
    assert await urls_for_worker(client, WORKER) == [outside, client.url]
    seen = client.url.replace("127.0.0.1", "192.0.2.7")
    assert await urls_for_worker(client, WORKER, "192.0.2.7") == [seen, outside, client.url]
    monkeypatch.setattr(server_urls, "same_user_listens", lambda *_: False)
    assert await urls_for_worker(client, WORKER) == [client.url]


def test_the_address_of_this_machine():
    assert own_address_towards("127.0.0.1") == "127.0.0.1"
    assert own_address_towards("no-such-host.invalid") is None


def test_where_the_server_listens():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        local = binding_of(f"http://localhost:{port}")
        assert (local.addresses, local.is_loopback_only) == ([f"127.0.0.1:{port}"], True)
    with socket.create_server(("", 0)) as server:
        port = server.getsockname()[1]
        everywhere = binding_of(f"http://localhost:{port}")
        assert (everywhere.addresses, everywhere.is_loopback_only) == ([f"0.0.0.0:{port}"], False)
    assert binding_of("http://192.0.2.1:80").addresses == []
    assert binding_of("unix:///run/s").addresses == []
