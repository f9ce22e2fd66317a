"""The URLs by which a remote worker may reach the server, and what is known here of why it does not."""

import asyncio
import socket
from contextlib import suppress

from msgspec import Struct

from torc_client.address import is_loopback, parse_address
from torc_client.batch.listeners import listening_addresses, same_user_listens
from torc_client.batch.node_url import is_same_server, names_of_this_machine, with_host
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.remote.address import WorkerAddress

_ANY_PORT = 9


class Binding(Struct, frozen=True):
    """Where the server listens, as `address:port`; no addresses if this is not its machine."""

    addresses: list[str] = []
    is_loopback_only: bool = False


async def urls_for_worker(client: TorcClient, worker: WorkerAddress, seen_as: str = "") -> list[str]:
    """Return the URLs to try from the host of a worker, the best one first. Raises TorcError for a UNIX socket.

    A person on the machine of the server reaches it as localhost. Then its address in the network of the worker comes
    first, and names of this machine, if the same server answers there. Localhost itself is for workers on this machine.

    `seen_as` is the address from which ssh came to the host. The name of a worker may be known to ssh only, and with a
    jump host `seen_as` is not an address of this machine.
    """
    address = parse_address(client.url)
    if address.socket_path is not None:
        raise TorcError(
            f"Other machines cannot reach the UNIX socket {address.socket_path}.",
            "Use --tunnel, which brings it to each worker, or start the server with `torc-server run --host 0.0.0.0`"
            " and set TORC_API_URL to its http address.",
        )
    if not is_loopback(address.host):
        return [client.url]
    own = await asyncio.to_thread(own_address_towards, worker.host)
    names = await asyncio.to_thread(names_of_this_machine)
    # The certificate of a server has names, and rarely addresses.
    hosts = (*names, seen_as, own) if address.base.startswith("https:") else (seen_as, own, *names)
    found = []
    for host in dict.fromkeys(host for host in hosts if host and not is_loopback(host)):
        url = with_host(client.url, host)
        is_own = await asyncio.to_thread(same_user_listens, address.host, host, address.port or 0)
        if is_own and await is_same_server(client, url):
            found.append(url)
    return [*found, client.url]


def own_address_towards(host: str) -> str | None:
    """Return the address from which this machine sends to a host; None if its name does not resolve here.

    No packet is sent: the kernel chooses the address when a socket for datagrams gets its destination.
    """
    with suppress(OSError):
        for family, kind, protocol, _, destination in socket.getaddrinfo(host, _ANY_PORT, type=socket.SOCK_DGRAM):
            with suppress(OSError), socket.socket(family, kind, protocol) as probe:
                probe.connect(destination)
                return str(probe.getsockname()[0])
    return None


def binding_of(url: str) -> Binding:
    """Return where the server at a URL listens, if it is on this machine."""
    address = parse_address(url)
    if address.socket_path is not None or address.port is None or not _is_here(address.host):
        return Binding()
    listening = listening_addresses(address.port)
    shown = [f"[{each}]:{address.port}" if ":" in each else f"{each}:{address.port}" for each in listening]
    return Binding(shown, bool(listening) and all(map(is_loopback, listening)))


def _is_here(host: str) -> bool:
    """Whether an address of a host belongs to this machine: only then a socket can be bound to it."""
    with suppress(OSError):
        for family, kind, protocol, _, address in socket.getaddrinfo(host, 0, type=socket.SOCK_DGRAM):
            with suppress(OSError), socket.socket(family, kind, protocol) as probe:
                probe.bind(address)
                return True
    return False
