"""Listen for the browser: on a private UNIX socket, or on a TCP port with a one-time link."""

import contextlib
import errno
import logging
import secrets
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from torc_client.address import is_loopback
from torc_client.edge.private_socket import ListenError, bind_private
from torc_dash.security import LOOPBACK_NAMES, TOKEN_PARAMETER, AccessPolicy, Sessions
from torc_dash.settings import Settings

_log = logging.getLogger(__name__)
_WILDCARDS = frozenset({"0.0.0.0", "::"})  # noqa: S104 - recognised, not bound
BACKLOG = 128
_SAME_PORT_ATTEMPTS = 20


@dataclass(frozen=True)
class Listener:
    """Bound sockets, their access policy, and lines to print for the user."""

    sockets: Sequence[socket.socket]
    policy: AccessPolicy
    lines: tuple[str, ...]


@contextlib.contextmanager
def listen(settings: Settings, show: Callable[[str], None]) -> Iterator[Listener]:
    """Bind the address of the settings. `show` gets each further link. Raises ListenError."""
    names = LOOPBACK_NAMES | set(settings.allowed_hosts)
    if settings.socket is not None:
        with bind_private(settings.socket) as bound:
            path = settings.socket.absolute()
            lines: tuple[str, ...] = (
                f"Torc dashboard: {path}",
                f"From your own machine: ssh -L 8090:{path} {socket.gethostname()}, then open http://localhost:8090",
            )
            yield Listener([bound], AccessPolicy(names), lines)
        return
    with _bind_tcp(settings.host, settings.port) as sockets:
        port = sockets[0].getsockname()[1]
        public, hint = socket.gethostname() if settings.host in _WILDCARDS else settings.host, ""
        if settings.host in LOOPBACK_NAMES:
            # Other users of the machine can have servers on other ports of 127.0.0.1 and localhost, to which browsers
            # send the cookie too. They do not know this name. Browsers look it up without asking a name server.
            public, plain = f"torc-{secrets.token_hex(8)}.localhost", settings.host
            hint = f" (if the browser does not find it, replace {public} by {_literal(plain)})"
        elif not is_loopback(settings.host):
            names = names | {settings.host.lower(), socket.getfqdn().lower()}
        names = names | {public.lower()}

        def link(token: str) -> str:
            return f"http://{_literal(public)}:{port}/?{TOKEN_PARAMETER}={token}"

        sessions = Sessions(f"torc_dash_{port}", lambda token: show(f"For another browser: {link(token)}"))
        if not sessions.peers.names_users:
            _log.warning("the kernel does not name the users of connections; use --socket on a machine that others use")
        lines = (f"Torc dashboard, a link for one use{hint}: {link(sessions.token)}",)
        yield Listener(sockets, AccessPolicy(names, sessions), lines)


def _literal(host: str) -> str:
    return f"[{host}]" if ":" in host else host


@contextlib.contextmanager
def _bind_tcp(host: str, port: int) -> Iterator[Sequence[socket.socket]]:
    """Listen on one address, or on the same port of both loopback addresses.

    A browser can use either of these for localhost, so no other user must have the port of the other one.
    """
    hosts: Sequence[str] = ("127.0.0.1", "::1") if host in LOOPBACK_NAMES else (host,)
    for attempt in range(_SAME_PORT_ATTEMPTS):
        with contextlib.ExitStack() as stack:
            sockets: list[socket.socket] = []
            one = host
            try:
                for one in hosts:
                    found = _bind(one, sockets[0].getsockname()[1] if sockets else port, stack)
                    sockets += [] if found is None else [found]
            except OSError as error:
                # The port that is free on the first address is in use on the second.
                if port == 0 and sockets and error.errno == errno.EADDRINUSE and attempt + 1 < _SAME_PORT_ATTEMPTS:
                    continue
                raise _refused(one, port, error) from error
            if not sockets:
                raise ListenError(f"{host} is not an address of this machine; choose another --host")
            yield sockets
            return


def _bind(host: str, port: int, stack: contextlib.ExitStack) -> socket.socket | None:
    """Listen on an address; None if this machine has no such loopback address. Raises OSError and ListenError."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise ListenError(f"host {host} is unknown on this machine; choose one of its addresses with --host") from error
    family, kind, protocol, _, address = min(found, key=lambda one: one[0] != socket.AF_INET)
    try:
        bound = stack.enter_context(socket.socket(family, kind, protocol))
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6 and host in LOOPBACK_NAMES:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind(address)
    except OSError as error:
        if host in LOOPBACK_NAMES and error.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}:
            return None
        raise
    bound.listen(BACKLOG)
    bound.settimeout(0)
    return bound


def _refused(host: str, port: int, error: OSError) -> ListenError:
    if error.errno == errno.EADDRINUSE:
        return ListenError(f"port {port} on {host} is in use; choose another with --port, or --port 0 for a free one")
    return ListenError(f"cannot listen on {host} port {port}: {error.strerror}; choose another --host or --port")
