"""TCP sockets on an address or a host name of this machine. `private_socket` has the UNIX sockets.

Sockets are bound before the database is opened, so that a port in use has no side effects.
"""

import contextlib
import errno
import socket
from collections.abc import Iterator, Sequence

from torc_server.edge.accepting import BACKLOG
from torc_server.edge.private_socket import ListenError

# With port 0 and a name with two addresses, the port that is free on the first may be in use on the second.
SAME_PORT_ATTEMPTS = 20


@contextlib.contextmanager
def bind_tcp(host: str, port: int) -> Iterator[list[socket.socket]]:
    """Listen on every address of `host`, all on one port. 0 selects a free port.

    Raises ListenError if the name is unknown, the address is not one of this machine, or the port is in use or not
    permitted. The sockets are closed at the end.
    """
    addresses = _addresses(host, port)
    with contextlib.ExitStack() as stack:
        for attempt in range(SAME_PORT_ATTEMPTS):
            attempted = stack.enter_context(contextlib.ExitStack())
            try:
                sockets = _bind_all(addresses, port, attempted)
                break
            except OSError as error:
                attempted.close()
                if port == 0 and error.errno == errno.EADDRINUSE and attempt + 1 < SAME_PORT_ATTEMPTS:
                    continue
                raise ListenError(_reason(error, host, port)) from error
        else:
            raise AssertionError("the last attempt either binds or raises")
        yield sockets


def port_of(sockets: Sequence[socket.socket]) -> int:
    """Return the port of the sockets of `bind_tcp`."""
    port: int = sockets[0].getsockname()[1]
    return port


def is_loopback(sockets: Sequence[socket.socket]) -> bool:
    """Whether only programs of this machine can reach the sockets."""
    return all(name.startswith("127.") or name == "::1" for name in (each.getsockname()[0] for each in sockets))


def _addresses(host: str, port: int) -> list[tuple[socket.AddressFamily, tuple[object, ...]]]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (socket.gaierror, UnicodeError) as error:
        raise ListenError(
            f"the host {host!r} has no known address; check its spelling with `getent hosts {host}`, "
            "or use --host 127.0.0.1 (this machine only) or --host 0.0.0.0 (all interfaces)"
        ) from error
    return list(dict.fromkeys((family, address) for family, _, _, _, address in found))


def _bind_all(
    addresses: list[tuple[socket.AddressFamily, tuple[object, ...]]], port: int, stack: contextlib.ExitStack
) -> list[socket.socket]:
    sockets: list[socket.socket] = []
    absent: OSError | None = None
    for family, address in addresses:
        try:
            bound = stack.enter_context(socket.socket(family, socket.SOCK_STREAM))
            # After a restart the port is usable at once, although closed connections of the earlier server linger.
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(address[0] != "::"))
            bound.bind((address[0], port, *address[2:]))
            # Two sockets can bind one port until one listens, so listen now.
            bound.listen(BACKLOG)
        except OSError as error:
            # "localhost" can resolve to ::1 on a machine without IPv6.
            if error.errno not in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}:
                raise
            absent = error
            continue
        bound.settimeout(0)
        sockets.append(bound)
        port = port_of(sockets)
    if not sockets and absent is not None:
        raise absent
    return sockets


def _reason(error: OSError, host: str, port: int) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            other = port + 1 if port < 65535 else port - 1
            return (
                f"port {port} on {host} is in use by another program; `lsof -i :{port}` shows which. "
                f"Choose another with --port {other}, or --port 0 for any free one"
            )
        case errno.EADDRNOTAVAIL | errno.EAFNOSUPPORT:
            return (
                f"{host} is not an address of this machine; `hostname -I` lists them. "
                "Use one of those, 127.0.0.1 (this machine only) or 0.0.0.0 (all interfaces)"
            )
        case errno.EACCES | errno.EPERM:
            return (
                f"no permission to listen on port {port}; ports below 1024 are reserved for administrators; "
                "choose --port 8080, or --port 0 for any free one"
            )
        case _:
            return f"cannot listen on {host} port {port}: {error.strerror}"
