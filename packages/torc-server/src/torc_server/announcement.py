"""What a server reports when it listens: the fields of a log line, or lines for people."""

import socket
from collections.abc import Iterator, Sequence

from torc_server.api.document import API_ROOT
from torc_server.edge.terminal_text import inert
from torc_server.settings import Settings
from torc_server.terminal_lines import wrapped
from torc_server.version import __version__
from torc_server.web.listen import addresses_of, is_loopback, port_of

_WILDCARDS = frozenset({"0.0.0.0", "::", "[::]"})  # noqa: S104 - compared, not bound


def url_of(settings: Settings, tcp: Sequence[socket.socket]) -> str:
    """Return the URL for clients and runners: over TCP if other machines can reach it, or if there is no socket."""
    if not tcp or (settings.socket is not None and is_loopback(tcp)):
        return f"unix://{(settings.socket or settings.database).absolute()}"
    host = socket.gethostname() if settings.host in _WILDCARDS else settings.host
    if ":" in host and not host.startswith("["):
        host = f"[{host}]"
    return f"http{'' if settings.tls_cert is None else 's'}://{host}:{port_of(tcp)}{API_ROOT}"


def fields_of(settings: Settings, tcp: Sequence[socket.socket]) -> dict[str, str]:
    """Return the fields of the log line."""
    fields = {"version": __version__, "database": str(settings.database)}
    if settings.socket is not None:
        fields["socket"] = str(settings.socket)
    if tcp:
        fields |= {"host": settings.host, "addresses": ",".join(addresses_of(tcp)), "port": str(port_of(tcp))}
        fields["tls"] = str(settings.tls_cert is not None).lower()
    return fields


def lines_of(settings: Settings, tcp: Sequence[socket.socket], columns: int) -> Iterator[str]:
    """Yield the lines for a terminal: where the server is, and the command that its clients and runners need."""
    url = url_of(settings, tcp)
    how_to_end = "" if settings.daemon else " Ctrl-C stops it."
    where = f"torc-server {__version__} listens at {url} (database {settings.database}).{how_to_end}"
    yield from wrapped(inert(where), columns)
    yield "For clients and runners:"
    # In a line of its own, and never broken, so that it can be copied.
    yield inert(f"  export TORC_API_URL={url}")


def exposure(settings: Settings, tcp: Sequence[socket.socket]) -> str | None:
    """Return a warning if other machines reach the server and it is not protected; None if it is, or is to be open."""
    if not tcp or is_loopback(tcp):
        return None
    if settings.require_auth:
        if settings.tls_cert is not None:
            return None
        return "passwords are sent unencrypted; use --tls-cert, or let only a trusted network reach this server"
    if settings.allow_anyone:
        return None
    return (
        f"no password is required: every user who reaches port {port_of(tcp)} can change all workflows and run commands"
        " as their owners; use --host 127.0.0.1 or --require-auth, or --allow-anyone if this is intended"
    )
