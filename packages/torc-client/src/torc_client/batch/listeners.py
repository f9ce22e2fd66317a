"""Which user listens on a port of this machine, as the kernel reports it in /proc/net/tcp and tcp6."""

import ipaddress
import socket
from collections.abc import Iterator, Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

from msgspec import Struct

_LISTEN = "0A"
_TABLES = ("/proc/net/tcp", "/proc/net/tcp6")
_Address = IPv4Address | IPv6Address


class Listener(Struct, frozen=True):
    """A socket that accepts connections to an address, or to all addresses, and the user who opened it."""

    address: _Address
    port: int
    uid: int

    def accepts(self, address: _Address) -> bool:
        """Whether connections to an address can arrive here. A socket for all IPv6 addresses may have IPv4 too."""
        if self.address == address:
            return True
        return self.address.is_unspecified and self.address.version in {address.version, 6}


def same_user_listens(known: str, other: str, port: int) -> bool:
    """Whether one user has all sockets that accept connections to `known` and to `other`, both names of this machine.

    False if no socket accepts connections to one of them.
    """
    sockets = list(_listeners())
    known_uids, other_uids = (_uids(sockets, host, port) for host in (known, other))
    return bool(known_uids) and bool(other_uids) and len(known_uids | other_uids) == 1


def listening_addresses(port: int) -> list[str]:
    """Return the addresses of this machine on which programs listen at a port, those for all interfaces first."""
    found = {each.address for each in _listeners() if each.port == port}
    return [str(each) for each in sorted(found, key=lambda address: (not address.is_unspecified, str(address)))]


def _uids(sockets: Sequence[Listener], host: str, port: int) -> set[int]:
    return {each.uid for each in sockets for address in _addresses(host) if each.port == port and each.accepts(address)}


def _addresses(host: str) -> list[_Address]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found]


def _listeners() -> Iterator[Listener]:
    for table in _TABLES:
        with suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                words = line.split()
                if words[3] == _LISTEN:
                    host, _, port = words[1].partition(":")
                    yield Listener(_address(host), int(port, 16), int(words[7]))


def _address(text: str) -> _Address:
    """Return the address of a hexadecimal text: words of 32 bits in the byte order of this machine."""
    words = [text[at : at + 8] for at in range(0, len(text), 8)]
    packed = b"".join(int.from_bytes(bytes.fromhex(word), "little").to_bytes(4, "big") for word in words)
    return ipaddress.ip_address(packed)
