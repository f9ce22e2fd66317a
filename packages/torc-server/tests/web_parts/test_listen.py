import errno
import socket

import pytest

from support import needs
from torc_server.edge.private_socket import ListenError
from torc_server.web import listen
from torc_server.web.listen import bind_tcp, is_loopback, port_of


def can_bind(family: socket.AddressFamily, address: str) -> bool:
    try:
        with socket.socket(family) as probe:
            probe.bind((address, 0))
    except OSError:
        return False
    return True


with_ipv6 = needs.ability("IPv6", is_there=can_bind(socket.AF_INET6, "::1"))


@pytest.mark.parametrize(
    ("host", "loopback", "reached_by"),
    [
        ("127.0.0.1", True, ["127.0.0.1"]),
        ("localhost", True, ["127.0.0.1"]),
        ("0.0.0.0", False, ["127.0.0.1", "127.0.0.2"]),  # noqa: S104 - what is tested
        pytest.param("::1", True, ["::1"], marks=with_ipv6),
        pytest.param("::", False, ["::1", "127.0.0.1"], marks=with_ipv6),
    ],
)
def test_all_addresses_of_a_host_have_one_port(host: str, loopback: bool, reached_by: list[str]):
    with bind_tcp(host, 0) as sockets:
        assert len({each.getsockname()[1] for each in sockets}) == 1
        assert is_loopback(sockets) is loopback
        for address in reached_by:
            socket.create_connection((address, port_of(sockets))).close()


def test_this_machine_by_its_name():
    name = socket.gethostname()
    address = socket.gethostbyname(name)
    with bind_tcp(name, 0) as sockets:
        assert address in {each.getsockname()[0] for each in sockets}


def test_the_given_port_is_used_and_released_at_the_end():
    with bind_tcp("127.0.0.1", 0) as sockets:
        port = port_of(sockets)
    with bind_tcp("127.0.0.1", port) as sockets:
        assert port_of(sockets) == port


def test_the_message_for_a_port_in_use_has_remedies():
    with bind_tcp("127.0.0.1", 0) as sockets:
        port = port_of(sockets)
        with pytest.raises(ListenError) as refused:
            bind_tcp("127.0.0.1", port).__enter__()
    assert f"lsof -i :{port}" in str(refused.value)
    assert f"--port {port + 1}" in str(refused.value)
    assert "--port 0" in str(refused.value)


def test_an_unknown_host_name():
    with pytest.raises(ListenError, match=r"the host 'no-such-host\.invalid' has no known address"):
        bind_tcp("no-such-host.invalid", 0).__enter__()


@pytest.mark.parametrize("host", ["a..b", "x" * 70])
def test_an_invalid_host_name(host: str):
    with pytest.raises(ListenError, match="has no known address"):
        bind_tcp(host, 0).__enter__()


def test_an_address_of_another_machine():
    with pytest.raises(ListenError, match=r"203\.0\.113\.7 is not an address of this machine"):
        bind_tcp("203.0.113.7", 0).__enter__()


@pytest.mark.parametrize(
    ("number", "port", "said"),
    [
        (errno.EACCES, 80, "ports below 1024"),
        (errno.EADDRINUSE, 65535, "--port 65534"),
        (errno.EMFILE, 8080, "cannot listen on somewhere port 8080: Too many open files"),
    ],
)
def test_refusals_of_the_system_are_reported(monkeypatch: pytest.MonkeyPatch, number: int, port: int, said: str):
    def refuse(*_: object) -> None:
        raise OSError(number, "Too many open files")

    monkeypatch.setattr(listen, "_addresses", lambda *_: [])
    monkeypatch.setattr(listen, "_bind_all", refuse)
    with pytest.raises(ListenError, match=said):
        bind_tcp("somewhere", port).__enter__()
