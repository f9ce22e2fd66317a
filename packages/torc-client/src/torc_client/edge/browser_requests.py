"""Recognise requests that pages of other sites make through a browser.

A page can send requests to each address that its browser reaches, for example 127.0.0.1. The browser names the page in
the header Origin, and its relation to the address in Sec-Fetch-Site. A page whose own name is made to point to the
address (DNS rebinding) is recognised by that name, in the header Host.

Programs send neither Origin nor Sec-Fetch-Site.
"""

import ipaddress
import re
import socket
from collections.abc import Iterable
from pathlib import Path

from multidict import CIMultiDict, CIMultiDictProxy

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::[0-9]{1,5})?")
_HOSTS_FILE = Path("/etc/hosts")
_MOST_REMEMBERED = 1000

Headers = CIMultiDict[str] | CIMultiDictProxy[str]


def host_name(header: str) -> str | None:
    """Return the name in a Host header, in lower case, without brackets and port; None if the header is invalid."""
    match = _HOST.fullmatch(header)
    return (match[1] or match[2]).lower().rstrip(".") if match else None


def is_of_browser(headers: Headers) -> bool:
    """Whether a browser sent the request: for a page, or for its user."""
    return "Origin" in headers or "Sec-Fetch-Site" in headers


def is_of_page(headers: Headers) -> bool:
    """Whether a page of any origin made the request, and not its user by an address or a link."""
    return "Origin" in headers or headers.get("Sec-Fetch-Site", "none") == "same-origin"


def is_of_foreign_page(method: str, headers: Headers) -> bool:
    """Whether a page of another origin made the request. A link that a user follows from another page is accepted."""
    origins = [origin.lower() for origin in headers.getall("Origin", [])]
    host = headers.get("Host", "").lower()
    if origins and origins not in ([f"http://{host}"], [f"https://{host}"]):
        return True
    is_foreign = headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"}
    return is_foreign and not (method in SAFE_METHODS and headers.get("Sec-Fetch-Mode") == "navigate")


class OwnNames:
    """The names and addresses of this machine, and `allowed` names.

    Names of this machine are localhost and names below it, its host name, and what its file of hosts assigns to its
    own addresses. The name service is not asked: a page that attacks by its name controls the answer.
    """

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self._allowed = frozenset(name.lower().rstrip(".") for name in (*allowed, socket.gethostname()))
        self._hosts = _hosts_of_file()
        self._remembered: dict[str, bool] = {}

    def __contains__(self, header: str) -> bool:
        """Whether a Host header has an own name or address, with any port."""
        found = self._remembered.get(header)
        if found is None:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            found = self._remembered[header] = self._has(host_name(header))
        return found

    def _has(self, name: str | None) -> bool:
        if name is None:
            return False
        is_known = name == "localhost" or name.endswith(".localhost") or name in self._allowed or name in self._hosts
        return is_known or is_own_address(name)


def is_own_address(text: str) -> bool:
    """Whether a text is an address of this machine."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if address.is_loopback:
        return True
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((text, 0))
        except OSError:
            return False
    return True


def _hosts_of_file() -> frozenset[str]:
    """Return the names that the file of hosts assigns to addresses of this machine."""
    try:
        lines = _HOSTS_FILE.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return frozenset()
    entries = (line.partition("#")[0].split() for line in lines)
    own = (names for address, *names in filter(None, entries) if is_own_address(address))
    return frozenset(name.lower().rstrip(".") for names in own for name in names)
