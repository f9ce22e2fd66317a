"""Server URLs: `http(s)://host:port/torc-service/v1` and `unix:///path/to.sock`."""

import ipaddress
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from torc_client.edge.log_redaction import redacted
from torc_client.errors import TorcError

DEFAULT_URL = "http://localhost:8080/torc-service/v1"
BASE_PATH = "/torc-service/v1"


class AddressError(TorcError):
    """A URL is not the address of a server."""


class Address(Struct, frozen=True):
    """The address of a server: the base of its HTTP URLs, and the path of the socket if it is a UNIX socket."""

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
        raise AddressError(f"{redacted(url)!r} is not a server URL: {redacted(str(error))}", _FORMS) from error
    if parts.scheme == "unix":
        path = unquote(parts.path)
        if parts.netloc or not path.startswith("/") or path == "/":
            raise AddressError(f"{redacted(url)!r} does not name a socket by an absolute path.", _FORMS)
        return Address(url, f"http://localhost{BASE_PATH}", "localhost", None, path)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise AddressError(f"{redacted(url)!r} is not a server URL.", _FORMS)
    if "@" in parts.netloc:
        raise AddressError("A server URL must not carry a user name or password.", "Use TORC_USERNAME, TORC_PASSWORD.")
    path = parts.path.rstrip("/") or BASE_PATH
    default_port = 443 if parts.scheme == "https" else 80
    return Address(url, f"{parts.scheme}://{parts.netloc}{path}", parts.hostname, port or default_port)


_FORMS = f"It looks like {DEFAULT_URL} or unix:///path/to/torc.sock."
