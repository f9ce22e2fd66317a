"""The address of this machine in the network of the nodes."""

import socket
from collections.abc import Iterable
from contextlib import suppress
from itertools import islice

_ANY_PORT = 9
_NODES_MAX = 20
_LOOPBACK = "127.0.0.1"


def own_address_towards(nodes: Iterable[str]) -> str | None:
    """Return the address from which packets go to the first of some nodes that is another machine.

    None if no node can be resolved or reached. A loopback address if all of them are this machine. No packet is sent:
    the kernel chooses the address when a socket for datagrams gets its destination.
    """
    here = None
    for node in islice(dict.fromkeys(nodes), _NODES_MAX):
        with suppress(OSError):
            for family, kind, protocol, _, destination in socket.getaddrinfo(node, _ANY_PORT, type=socket.SOCK_DGRAM):
                with socket.socket(family, kind, protocol) as probe:
                    probe.connect(destination)
                    own = str(probe.getsockname()[0])
                if own != destination[0] and own != _LOOPBACK:
                    return own
                here = _LOOPBACK
    return here
