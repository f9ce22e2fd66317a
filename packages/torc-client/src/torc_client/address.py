"""Server URLs: `http(s)://host:port/torc-service/v1` and `unix:///path/to.sock`.

The socket of a tunnel leads to a server that has another URL: `unix:///path/to.sock?server=https://host:port`. Requests
to it, the certificate that it must have, and credentials are those of the server; only the connection differs.
"""

import ipaddress
import re
from urllib.parse import parse_qs, quote, unquote, urlsplit

from msgspec import Struct

from torc_client.edge.log_redaction import redacted
from torc_client.errors import TorcError

DEFAULT_URL = "http://localhost:8080/torc-service/v1"
BASE_PATH = "/torc-service/v1"


class AddressError(TorcError):
    """A URL is not the address of a server."""


class Address(Struct, frozen=True):
    """The address of a server: the base of its HTTP URLs, and the path of the socket if it is a UNIX socket.

    A UNIX socket has no port, unless it is the socket of a tunnel to a server with a port.
    """

    url: str
    base: str
    host: str
    port: int | None
    socket_path: str | None = None

    @property
    def is_private(self) -> bool:
        """Whether requests stay on this machine or are encrypted."""
        return self.socket_path is not None or self.base.startswith("https:") or is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def parse_address(url: str) -> Address:
    """Parse a URL. One without a path gets `/torc-service/v1`. Raises AddressError."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise AddressError(f"{redacted(url)!r} is not a server URL: {redacted(str(error))}", _forms_for(url)) from error
    if parts.scheme == "unix":
        path = unquote(parts.path)
        if parts.netloc or not path.startswith("/") or path == "/":
            raise AddressError(f"{redacted(url)!r} does not name a socket by an absolute path.", _FORMS)
        servers = parse_qs(parts.query).get(_SERVER)
        if servers:
            return _through(url, path, servers[-1])
        return Address(url, f"http://localhost{BASE_PATH}", "localhost", None, path)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise AddressError(f"{redacted(url)!r} is not a server URL.", _forms_for(url))
    if "@" in parts.netloc:
        raise AddressError("A server URL must not carry a user name or password.", "Use TORC_USERNAME, TORC_PASSWORD.")
    path = parts.path.rstrip("/") or BASE_PATH
    default_port = 443 if parts.scheme == "https" else 80
    return Address(url, f"{parts.scheme}://{parts.netloc}{path}", parts.hostname, port or default_port)


def tunnel_url(socket_path: str, server_url: str) -> str:
    """Return the URL of a server for programs that reach it through a tunnel to a UNIX socket. Raises AddressError."""
    if parse_address(server_url).socket_path is not None:
        return f"unix://{quote(socket_path)}"
    return f"unix://{quote(socket_path)}?{_SERVER}={quote(server_url, safe=':/[]')}"


def _through(url: str, socket_path: str, server_url: str) -> Address:
    server = parse_address(server_url)
    if server.socket_path is not None:
        raise AddressError(f"{redacted(url)!r} names a socket behind a socket.", _FORMS)
    return Address(url, server.base, server.host, server.port, socket_path)


def _forms_for(url: str) -> str:
    """Return the forms of URLs. A host with several colons and without brackets is an IPv6 address."""
    if _WITHOUT_SCHEME.fullmatch(url.strip()):
        return f"Write http:// in front of it: http://{url.strip()}. {_FORMS}"
    host = url.strip().partition("://")[2].partition("/")[0]
    is_bare = host.count(":") > 1 and "[" not in host and "@" not in host
    return f"{_FORMS} Put an IPv6 address in brackets: http://[fd00::1]:8080." if is_bare else _FORMS


_SERVER = "server"
_WITHOUT_SCHEME = re.compile(r"[A-Za-z0-9.-]+:[0-9]+(?:/[A-Za-z0-9/._-]*)?")
_FORMS = f"It looks like {DEFAULT_URL} or unix:///path/to/torc.sock."
