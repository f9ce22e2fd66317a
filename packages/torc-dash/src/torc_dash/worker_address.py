"""The address by which workers reach the server of a dashboard."""

import socket

from torc_client.address import is_loopback
from torc_client.managed_server import WILDCARDS
from torc_client.this_machine import own_addresses


def worker_url_of(server_host: str, port: int | None) -> str:
    """Return the URL of a server that is bound to `server_host`.

    If it is bound to all addresses, the URL has the name of this machine, or an address if the name is a loopback
    address here, as on Debian: then it may be one on other machines, too.
    """
    host = server_host.strip("[]")
    if host in WILDCARDS:
        host = socket.gethostname()
        addresses = own_addresses()
        if _means_loopback(host) and addresses:
            host = addresses[0]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/torc-service/v1"


def loopback_warning(server_host: str) -> str | None:
    """Return a warning if a name, which workers on other machines should use, is a loopback address here."""
    if server_host in WILDCARDS or is_loopback(server_host) or not _means_loopback(server_host):
        return None
    return (
        f"{server_host} is a loopback address on this machine, so workers on other machines do not reach the server; "
        "use --server-host 0.0.0.0, or the name or address of this machine in their network (`hostname -I` lists the "
        "addresses)"
    )


def _means_loopback(name: str) -> bool:
    try:
        found = {str(each[4][0]) for each in socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        return False
    return all(map(is_loopback, found))
