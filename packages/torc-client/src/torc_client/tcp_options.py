"""Options of TCP sockets by which the kernel breaks a connection whose packets are dropped."""

import functools
import socket
from collections.abc import Callable
from typing import Any

_KEEPALIVE_PROBES = 2


def socket_factory(dead_seconds: int) -> Callable[[tuple[Any, ...]], socket.socket]:
    """Return a function that makes a socket for an entry of `getaddrinfo`.

    Its connection breaks when the other side acknowledges nothing for `dead_seconds`: neither sent data nor, on an idle
    connection, keepalive packets. An answer may take any time, because the kernel of the server acknowledges.
    """
    return functools.partial(_make, dead_seconds)


def _make(dead_seconds: int, entry: tuple[Any, ...]) -> socket.socket:
    family, kind, protocol = entry[:3]
    made = socket.socket(family, kind, protocol)
    for level, name, value in _options(dead_seconds):
        made.setsockopt(level, name, value)
    return made


def _options(dead_seconds: int) -> list[tuple[int, int, int]]:
    idle_seconds = max(1, dead_seconds // 2)
    wanted = {
        # macOS names the first one TCP_KEEPALIVE.
        "TCP_KEEPIDLE": idle_seconds,
        "TCP_KEEPALIVE": idle_seconds,
        "TCP_KEEPINTVL": max(1, (dead_seconds - idle_seconds) // _KEEPALIVE_PROBES),
        "TCP_KEEPCNT": _KEEPALIVE_PROBES,
        "TCP_USER_TIMEOUT": dead_seconds * 1000,
    }
    known = [(getattr(socket, name), value) for name, value in wanted.items() if hasattr(socket, name)]
    return [
        (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
        *((socket.IPPROTO_TCP, option, value) for option, value in known),
    ]
