"""The address by which workers reach the server of a dashboard."""

import socket

import pytest

from torc_dash import worker_address
from torc_dash.worker_address import loopback_warning, worker_url_of

ALL = "0.0.0.0"  # noqa: S104 - not bound


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The addresses of host names. This machine is login1, with the addresses 10.0.0.1 and fd00::1."""
    names = {"login1": "10.0.0.1"}
    real = socket.getaddrinfo

    def resolve(host: str, port: object, **options: object):
        return real(names.get(host, host), port, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "gethostname", lambda: "login1")
    monkeypatch.setattr(worker_address, "own_addresses", lambda: ["10.0.0.1", "fd00::1"])
    return names


@pytest.mark.parametrize("host", [ALL, "::", "[::]"])
def test_a_server_on_all_addresses_has_the_name_of_the_machine(names: dict[str, str], host: str):
    assert worker_url_of(host, 8080) == "http://login1:8080/torc-service/v1"
    names["login1"] = "127.0.1.1"
    assert worker_url_of(host, 8080) == "http://10.0.0.1:8080/torc-service/v1"


@pytest.mark.parametrize("host", ["fd00::1", "[fd00::1]"])
def test_an_ipv6_address_has_brackets(names: dict[str, str], host: str):
    assert worker_url_of(host, 8080) == "http://[fd00::1]:8080/torc-service/v1"


def test_a_name_that_is_loopback_is_warned_of(names: dict[str, str]):
    assert loopback_warning("login1") is None
    names["login1"] = "127.0.1.1"
    assert "use --server-host 0.0.0.0" in str(loopback_warning("login1"))
    assert [loopback_warning(host) for host in (ALL, "::", "localhost", "127.0.0.1")] == [None] * 4
