"""Serve assistants: over stdin and stdout, or by HTTP on a private socket or on loopback with a token."""

import asyncio
import ipaddress
import os
import secrets
import signal
import socket
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import uvicorn
from mcp.server.transport_security import TransportSecuritySettings

from torc_client.edge.private_socket import BACKLOG, bind_private
from torc_client.errors import TorcError
from torc_client.mcp.http_guard import HttpGuard
from torc_client.mcp.server import TorcMcpServer

PATH: Final = "/mcp"
TOKEN_VARIABLE: Final = "TORC_MCP_TOKEN"  # noqa: S105 - the name of a variable
_SHORTEST_TOKEN: Final = 16
_END_SECONDS: Final = 5
_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


class ListenAddressError(TorcError):
    """The value of `--http` is neither the path of a socket nor an address that only this machine reaches."""


@dataclass(frozen=True, slots=True)
class ListenAddress:
    """Where to listen: a socket, or a host and a port."""

    path: Path | None = None
    host: str = ""
    port: int = 0


def listen_address(text: str) -> ListenAddress:
    """Read SOCKET or HOST:PORT. Raises ListenAddressError for a host that other machines reach."""
    if "/" in text:
        return ListenAddress(path=Path(text.removeprefix("unix://")))
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]") or "127.0.0.1"
    if not colon or not port.isascii() or not port.isdecimal() or int(port) > 65535:
        raise ListenAddressError(f"{text!r} is neither a path nor HOST:PORT.", "Such as /tmp/mcp.sock or 127.0.0.1:0")
    if host == "localhost":
        host = "127.0.0.1"
    try:
        is_loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise ListenAddressError(
            f"{host} can be reached from other machines, and this server speaks for you.",
            "Listen on 127.0.0.1 or on a socket, and forward it with ssh.",
        )
    return ListenAddress(host=host, port=int(port))


async def serve_stdio(server: TorcMcpServer) -> None:
    """Answer requests on stdin until it ends."""
    await server.run_stdio_async()


async def serve_http(server: TorcMcpServer, address: ListenAddress, say: Callable[[str], None]) -> None:
    """Answer HTTP requests until a signal comes. A socket is for this user alone; a port requires the token.

    Raises ListenError, and TorcError.
    """
    token = None if address.path is not None else _token(say)
    application = server.streamable_http_app(
        streamable_http_path=PATH,
        # The guard checks more than the library does.
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    with _listening(address) as listening:
        config = uvicorn.Config(
            HttpGuard(application, token), log_config=None, access_log=False, timeout_graceful_shutdown=_END_SECONDS
        )
        say(_where(address, listening))
        await _HttpServer(config).serve(sockets=[listening])


class _HttpServer(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End on TERM and INT. The library would raise them again, so that the socket stayed."""
        loop = asyncio.get_running_loop()
        for each in _SIGNALS:
            loop.add_signal_handler(each, self.handle_exit, each, None)
        try:
            yield
        finally:
            for each in _SIGNALS:
                loop.remove_signal_handler(each)


@contextmanager
def _listening(address: ListenAddress) -> Iterator[socket.socket]:
    if address.path is not None:
        with bind_private(address.path) as listening:
            yield listening
        return
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((address.host, address.port))
        except OSError as error:
            raise TorcError(f"Cannot listen on {address.host}:{address.port}: {error.strerror}.") from error
        listening.listen(BACKLOG)
        yield listening


def _where(address: ListenAddress, listening: socket.socket) -> str:
    if address.path is not None:
        return f"Listening on {address.path}, path {PATH}"
    host = f"[{address.host}]" if ":" in address.host else address.host
    return f"Listening on http://{host}:{listening.getsockname()[1]}{PATH}"


def _token(say: Callable[[str], None]) -> str:
    """Return the token of the environment, or a new one, which is stored in a file of this user."""
    given = os.environ.get(TOKEN_VARIABLE)
    if given:
        if len(given) < _SHORTEST_TOKEN or not given.isascii() or not given.isprintable():
            raise TorcError(f"{TOKEN_VARIABLE} has fewer than {_SHORTEST_TOKEN} printable characters of ASCII.")
        return given
    made = secrets.token_urlsafe(32)
    path = Path.home() / ".torc" / "mcp-token"
    try:
        path.parent.mkdir(mode=stat.S_IRWXU, exist_ok=True)
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, stat.S_IRUSR | stat.S_IWUSR)
        with os.fdopen(descriptor, "w") as file:
            file.write(made)
    except OSError as error:
        raise TorcError(
            f"The token cannot be stored in {path}: {error.strerror}.", f"Set {TOKEN_VARIABLE}, or listen on a socket."
        ) from error
    say(f"Clients send the header `Authorization: Bearer TOKEN`; the token is in {path}")
    return made
