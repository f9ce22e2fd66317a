"""Who is at the other end of a TCP connection: the user of a process of this machine, or an address elsewhere.

The kernel knows which user opened the other end, as it does for UNIX sockets. An end that `ssh -L` opened belongs to
the user who logged in.
"""

import asyncio
import contextlib
import errno
import ipaddress
import socket
import struct
from dataclasses import dataclass, field
from typing import Any

from torc_client.edge.browser_requests import is_own_address

# linux/sock_diag.h, linux/inet_diag.h, linux/netlink.h
_SOCK_DIAG = 4
_BY_FAMILY = 20
_REQUEST = 1
_ERROR = 2
_ANY_STATE = 0xFFFFFFFF
_ANY_COOKIE = b"\xff" * 8
_HEADER = struct.Struct("=IHHII")
_QUERY = struct.Struct("=BBBxI")
_SOCKET = struct.Struct("!HH16s16s")
_FOUND = struct.Struct("=BBBB48sIIIII")

# The name or address, and the port.
Endpoint = tuple[str, int]


_NAMES = ("sockname", "peername")
_IPV6 = 6


def _endpoint(transport: asyncio.BaseTransport, name: str) -> Endpoint | None:
    found: Any = transport.get_extra_info(name)
    if not isinstance(found, tuple):
        return None
    address = ipaddress.ip_address(found[0].partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address), found[1]


def _user_id(there: Endpoint, here: Endpoint) -> int | None:
    """Return the user who opened the end `there`; None if no process of this machine has it open.

    Raises OSError if the kernel cannot answer.
    """
    family = socket.AF_INET6 if ":" in there[0] else socket.AF_INET
    ends = (socket.inet_pton(family, address).ljust(16, b"\0") for address in (there[0], here[0]))
    # 0: any interface.
    which = _SOCKET.pack(there[1], here[1], *ends) + struct.pack("=I", 0) + _ANY_COOKIE
    query = _QUERY.pack(family, socket.IPPROTO_TCP, 0, _ANY_STATE) + which
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, _SOCK_DIAG) as kernel:
        kernel.send(_HEADER.pack(_HEADER.size + len(query), _BY_FAMILY, _REQUEST, 1, 0) + query)
        answer = kernel.recv(4096)  # the kernel has answered before `send` returns
    if _HEADER.unpack_from(answer)[1] == _ERROR:
        (code,) = struct.unpack_from("=i", answer, _HEADER.size)
        if -code == errno.ENOENT:
            return None
        raise OSError(-code, "the kernel does not describe its sockets")
    *_, found, _, _, _, user_id, inode = _FOUND.unpack_from(answer, _HEADER.size)
    # A closed end has no inode, and no user. A socket that listens on the same port is not the end either.
    is_end = inode != 0 and found[2:4] == which[2:4]
    return user_id if is_end else None


def _kernel_names_users() -> bool:
    """Try it with a connection of this process."""
    with (
        contextlib.suppress(OSError),
        socket.create_server(("127.0.0.1", 0)) as listening,
        socket.create_connection(listening.getsockname()) as connection,
    ):
        return _user_id(connection.getsockname(), connection.getpeername()) is not None
    return False


@dataclass(frozen=True)
class Peers:
    """Finds out who is at the other end. Without help of the kernel (`names_users`), all local users are alike."""

    names_users: bool = field(default_factory=_kernel_names_users)

    def of(self, transport: asyncio.BaseTransport | None) -> str | None:
        """Return who is at the other end of a connection; None if that end is closed."""
        here, there = (None, None) if transport is None else (_endpoint(transport, one) for one in _NAMES)
        if here is None or there is None:
            return None
        if self.names_users:
            user_id = _user_id(there, here)
            if user_id is not None:
                return f"user {user_id}"
            if is_own_address(there[0]):
                return None
        address = ipaddress.ip_address(there[0])
        # A machine changes the second half of its IPv6 address daily.
        network = ipaddress.ip_network((address, 64 if address.version == _IPV6 else 32), strict=False)
        return f"address {network}"
