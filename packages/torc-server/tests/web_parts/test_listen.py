import errno
import os
import socket
from pathlib import Path

import pytest

from support import needs
from torc_server.edge.private_socket import ListenError
from torc_server.web import listen, port_users
from torc_server.web.listen import addresses_of, bind_tcp, is_loopback, misleading_addresses, port_of


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
        pytest.param("[::1]", True, ["::1"], marks=with_ipv6),
        pytest.param("::ffff:127.0.0.1", True, ["127.0.0.1"], marks=with_ipv6),
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
    own_name = Path("/proc/self/comm").read_text().strip()
    assert f"port {port} on 127.0.0.1 is in use by {own_name}, process {os.getpid()};" in str(refused.value)
    assert f"lsof -i :{port}" in str(refused.value)
    assert f"--port {port + 1}" in str(refused.value)
    assert "--port 0" in str(refused.value)


def test_the_user_of_a_port_is_named_where_the_process_is_hidden(monkeypatch: pytest.MonkeyPatch):
    with bind_tcp("127.0.0.1", 0) as sockets:
        monkeypatch.setattr(port_users, "_inode_of", lambda _: None)
        monkeypatch.setattr(port_users, "_user_name", lambda uid: "me" if uid == os.geteuid() else "?")
        assert port_users.user_of_port(port_of(sockets)) == "a program of the user me"
        port = port_of(sockets)
    assert port_users.user_of_port(port) == "another program"


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """The addresses of host names."""
    known: dict[str, list[str]] = {}
    real = socket.getaddrinfo

    def resolve(host: str, port: int, **options: object) -> list[object]:
        return [entry for address in known.get(host, [host]) for entry in real(address, port, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return known


@pytest.mark.parametrize(
    ("host", "addresses", "warning"),
    [
        ("login1", ["127.0.1.1"], "login1 is the loopback address 127.0.1.1 on this machine, so other machines do not"),
        ("login1", ["0.0.0.0"], None),  # noqa: S104 - an address that is not loopback
        ("login1", ["0.0.0.0", "192.0.2.7"], "login1 has the address 192.0.2.7 too, which this server does not"),  # noqa: S104
        ("localhost", ["127.0.0.1"], None),
        ("127.0.0.1", ["127.0.0.1"], None),
    ],
)
def test_names_that_mislead_other_machines(
    names: dict[str, list[str]], host: str, addresses: list[str], warning: str | None
):
    names[host] = addresses
    with bind_tcp(host, 0) as sockets:
        assert addresses_of(sockets) == addresses[:1]
        found = misleading_addresses(host, sockets)
    assert found == warning if warning is None else str(found).startswith(warning)


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
