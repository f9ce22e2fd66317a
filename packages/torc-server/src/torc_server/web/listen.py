"""TCP sockets on an address or a host name of this machine. `private_socket` has the UNIX sockets.

Sockets are bound before the database is opened, so that a port in use has no side effects.
"""

import contextlib
import errno
import ipaddress
import socket
from collections.abc import Iterator, Sequence

from torc_server.edge.accepting import BACKLOG
from torc_server.edge.private_socket import ListenError
from torc_server.web.port_users import user_of_port

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


def addresses_of(sockets: Sequence[socket.socket]) -> list[str]:
    """Return the addresses that the sockets listen on."""
    return [str(each.getsockname()[0]) for each in sockets]


def is_loopback(sockets: Sequence[socket.socket]) -> bool:
    """Whether only programs of this machine can reach the sockets."""
    return all(map(_is_loopback, addresses_of(sockets)))


def misleading_addresses(host: str, sockets: Sequence[socket.socket]) -> str | None:
    """Return a warning if `host` is a name that does not lead other machines to the sockets of `bind_tcp`."""
    if _is_address(host) or host == "localhost" or host.endswith(".localhost"):
        return None
    bound = addresses_of(sockets)
    if is_loopback(sockets):
        return (
            f"{host} is the loopback address {', '.join(bound)} on this machine, so other machines do not reach this "
            "server; use --host 0.0.0.0, or the name or address of this machine in their network (`hostname -I` lists "
            "the addresses)"
        )
    absent = [str(address[0]) for _, address in _addresses(host, 0) if address[0] not in bound]
    absent = [address for address in absent if not _is_loopback(address)]
    if not absent:
        return None
    return (
        f"{host} has the address {', '.join(absent)} too, which this server does not listen on; clients that use it "
        "reach another machine or none; use a name that only this machine has"
    )


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(_without_brackets(host))
    except ValueError:
        return False
    return True


def _is_loopback(address: str) -> bool:
    return address.startswith(("127.", "::ffff:127.")) or address == "::1"


def _without_brackets(host: str) -> str:
    """Return an IPv6 address without the brackets that it has in URLs."""
    return host[1:-1] if host.startswith("[") and host.endswith("]") else host


def _addresses(host: str, port: int) -> list[tuple[socket.AddressFamily, tuple[object, ...]]]:
    try:
        found = socket.getaddrinfo(_without_brackets(host), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
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
                # :: and ::ffff:... are for IPv4, too.
                bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(not _has_ipv4(str(address[0]))))
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


def _has_ipv4(address: str) -> bool:
    return address == "::" or address.startswith("::ffff:")


def _reason(error: OSError, host: str, port: int) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            other = port + 1 if port < 65535 else port - 1
            return (
                f"port {port} on {host} is in use by {user_of_port(port)}; `lsof -i :{port}` shows it. "
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
