"""The URL of the server for programs on the nodes of a batch system.

A person on a login node reaches the server as localhost, which on a node is the node itself.
"""

import asyncio
import socket
from ipaddress import ip_address
from urllib.parse import urlsplit, urlunsplit

from msgspec.structs import replace

from torc_client.address import Address, is_loopback, parse_address
from torc_client.api import Subjects
from torc_client.batch.listeners import same_user_listens
from torc_client.batch.system import BatchError, BatchSystem
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.retrying import RetryPolicy
from torc_client.time_limits import LIMITS
from torc_client.transport import Transport

_ANSWER_SECONDS = 5.0


async def url_for_nodes(client: TorcClient, system: BatchSystem) -> str:
    """Return the URL of the server of `client` under which nodes can reach it. Raises TorcError if there is none.

    URLs that name another machine stay as they are. Otherwise the server must answer, with the same database, under an
    address or name of this machine. A socket of another user is not asked: its owner would get the credentials.
    """
    address = require_tcp(client.url)
    if not is_loopback(address.host):
        return client.url
    own = await asyncio.to_thread(_own_address, system)
    if own is not None and is_loopback(own):
        return client.url
    port = address.port or 0
    # The certificate of a server has names, and rarely addresses.
    is_tls = address.base.startswith("https:")
    names = await asyncio.to_thread(names_of_this_machine)
    hosts = dict.fromkeys(host for host in ((*names, own) if is_tls else (own, *names)) if host)
    for host in hosts:
        url = with_host(client.url, host)
        if await asyncio.to_thread(same_user_listens, address.host, host, port) and await is_same_server(client, url):
            return url
    tried = f" It does not answer at {', '.join(hosts)}." if hosts else ""
    raise TorcError(
        f"The server at {client.url} is out of reach for runners on the nodes.{tried}",
        "Start the server with `torc-server run --host 0.0.0.0`, or set TORC_API_URL to its address in the network of"
        " the nodes.",
    )


def require_tcp(url: str) -> Address:
    """Return the address in a URL. Raises TorcError for a UNIX socket, which nodes cannot reach."""
    address = parse_address(url)
    if address.socket_path is not None:
        raise TorcError(
            f"The nodes of a cluster cannot reach the UNIX socket {address.socket_path}.",
            "Start the server with `torc-server run --host 0.0.0.0`, and set TORC_API_URL to its http address.",
        )
    return address


def _own_address(system: BatchSystem) -> str | None:
    try:
        return system.own_address()
    except BatchError:
        return None


def names_of_this_machine() -> list[str]:
    """Return the names of this machine, without those that mean the loopback address, as on Debian."""
    return [name for name in (socket.getfqdn(), socket.gethostname()) if not any(map(is_loopback, _addresses(name)))]


def _addresses(name: str) -> list[str]:
    try:
        return [str(each[4][0]) for each in socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)]
    except OSError:
        return ["127.0.0.1"]


async def is_same_server(client: TorcClient, url: str) -> bool:
    """Whether the server of `client` answers, with the same database, at a URL of this machine."""
    transport = Transport(
        url, client.credentials, retry_policy=RetryPolicy(seconds=0),
        limits=replace(LIMITS, answer_seconds=_ANSWER_SECONDS), is_here=True,
    )  # fmt: skip
    try:
        theirs, ours = await asyncio.gather(Subjects(transport).system.get_version(), client.system.get_version())
    except TorcError:
        return False
    finally:
        await transport.close()
    return theirs.database_id is not None and theirs.database_id == ours.database_id


def with_host(url: str, host: str) -> str:
    """Return a URL with another host."""
    parts = urlsplit(url)
    try:
        text = f"[{host}]" if ip_address(host).version == 6 else host
    except ValueError:
        text = host
    port = "" if parts.port is None else f":{parts.port}"
    return urlunsplit(parts._replace(netloc=f"{text}{port}"))
