"""Listen for the browser: on a private UNIX socket, or on a TCP port with a one-time link."""

import contextlib
import errno
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from torc_client.address import is_loopback
from torc_client.errors import TorcError
from torc_client.private_socket import ListenError, bind_private
from torc_dash.security import LOOPBACK_NAMES, TOKEN_PARAMETER, AccessPolicy, Sessions
from torc_dash.settings import Settings

_WILDCARDS = frozenset({"0.0.0.0", "::"})  # noqa: S104 - recognised, not bound
BACKLOG = 128


@dataclass(frozen=True)
class Listener:
    """A bound socket, its access policy, and lines to print for the user."""

    socket: socket.socket
    policy: AccessPolicy
    lines: tuple[str, ...]


@contextlib.contextmanager
def listen(settings: Settings, show: Callable[[str], None]) -> Iterator[Listener]:
    """Bind the address of the settings. `show` gets each further link. Raises ListenError."""
    names = LOOPBACK_NAMES | set(settings.allowed_hosts)
    if settings.socket is not None:
        with bind_private(settings.socket) as bound:
            path = settings.socket.absolute()
            lines = (
                f"Torc dashboard: {path}",
                f"From your own machine: ssh -L 8090:{path} {socket.gethostname()}, then open http://localhost:8090",
            )
            yield Listener(bound, AccessPolicy(names), lines)
        return
    with _bind_tcp(settings.host, settings.port) as bound:
        port = bound.getsockname()[1]
        public = socket.gethostname() if settings.host in _WILDCARDS else settings.host
        literal = f"[{public}]" if ":" in public else public

        def link(token: str) -> str:
            return f"http://{literal}:{port}/?{TOKEN_PARAMETER}={token}"

        sessions = Sessions(f"torc_dash_{port}", lambda token: show(f"For another browser: {link(token)}"))
        if not is_loopback(settings.host):
            names = names | {public.lower(), settings.host.lower(), socket.getfqdn().lower()}
        yield Listener(
            bound, AccessPolicy(names, sessions), (f"Torc dashboard, a link for one use: {link(sessions.token)}",)
        )


@contextlib.contextmanager
def _bind_tcp(host: str, port: int) -> Iterator[socket.socket]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise ListenError(f"host {host} is unknown on this machine; choose one of its addresses with --host") from error
    family, kind, protocol, _, address = min(found, key=lambda one: one[0] != socket.AF_INET)
    with socket.socket(family, kind, protocol) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind(address)
            bound.listen(BACKLOG)
        except OSError as error:
            raise _refused(host, port, error) from error
        bound.settimeout(0)
        yield bound


def _refused(host: str, port: int, error: OSError) -> TorcError:
    if error.errno == errno.EADDRINUSE:
        return ListenError(f"port {port} on {host} is in use; choose another with --port, or --port 0 for a free one")
    return ListenError(f"cannot listen on {host} port {port}: {error.strerror}; choose another --host or --port")
