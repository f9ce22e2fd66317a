"""Who is at the other end of a connection."""

import contextlib
import os
import socket
from collections.abc import Iterator

import pytest

from support import needs
from torc_dash.tcp_peer import Peers


class Transport:
    """What the event loop knows of a connection."""

    def __init__(self, here: object, there: object) -> None:
        self.names = {"sockname": here, "peername": there}

    def get_extra_info(self, name: str) -> object:
        return self.names[name]


def has_ipv6() -> bool:
    with contextlib.suppress(OSError), socket.create_server(("::1", 0), family=socket.AF_INET6):
        return True
    return False


@pytest.fixture(params=["127.0.0.1", pytest.param("::1", marks=needs.ability("IPv6", is_there=has_ipv6()))])
def ends(request: pytest.FixtureRequest) -> Iterator[tuple[socket.socket, Transport]]:
    family = socket.AF_INET6 if ":" in request.param else socket.AF_INET
    listening = socket.create_server((request.param, 0), family=family)
    with listening, socket.create_connection(listening.getsockname()[:2]) as there:
        here, _ = listening.accept()
        with here:
            yield there, Transport(here.getsockname(), here.getpeername())


def test_a_sender_on_this_machine_is_its_user(ends: tuple[socket.socket, Transport]):
    peers, (there, transport) = Peers(), ends
    assert peers.names_users, "the kernel of the tests names users"
    assert peers.of(transport) == f"user {os.geteuid()}"
    there.shutdown(socket.SHUT_WR)
    assert peers.of(transport) == f"user {os.geteuid()}", "it still waits for the answer"
    there.close()
    assert peers.of(transport) is None


def test_a_dual_socket_gets_mapped_addresses():
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        socket.create_connection(listening.getsockname()) as there,
    ):
        address, port = there.getsockname()
        here = listening.getsockname()
        mapped = Transport((f"::ffff:{here[0]}", here[1], 0, 0), (f"::ffff:{address}", port, 0, 0))
        assert Peers().of(mapped) == f"user {os.geteuid()}"


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        ("192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        # The second half of an IPv6 address changes daily.
        ("2001:db8::1", "2001:db8::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
    ],
)
def test_senders_elsewhere_are_their_addresses(first: str, second: str, *, alike: bool):
    peers = Peers()
    senders = [peers.of(Transport((first, 8090), (each, 50000))) for each in (first, second)]
    assert None not in senders
    assert (senders[0] == senders[1]) is alike


def test_without_the_kernel_a_sender_is_its_address():
    assert Peers(names_users=False).of(Transport(("127.0.0.1", 1), ("127.0.0.1", 2))) == "address 127.0.0.1/32"


def test_a_connection_that_is_gone_has_no_sender():
    assert Peers().of(None) is None
    assert Peers().of(Transport(None, None)) is None
