"""Look up host names in threads that the end of a program does not wait for.

A look-up cannot be interrupted. When the network drops the packets of the name service, it takes tens of seconds, and
the end of an event loop waits for the threads of its executor.
"""

import asyncio
import socket
import threading
from contextlib import suppress
from typing import Any

from torc_client.http_library import aiohttp

_NUMERIC = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV


class Resolver(aiohttp.abc.AbstractResolver):
    """Resolves the names of hosts for aiohttp. Each look-up has a thread of its own."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[aiohttp.abc.ResolveResult]:
        """Return the addresses of a host. Raises OSError if its name is unknown."""
        loop = asyncio.get_running_loop()
        found: asyncio.Future[list[aiohttp.abc.ResolveResult]] = loop.create_future()

        def post(answer: list[aiohttp.abc.ResolveResult] | None, error: OSError | None) -> None:
            if found.done():
                return
            if error is not None:
                found.set_exception(error)
            else:
                found.set_result(answer or [])

        def look_up() -> None:
            answer, error = None, None
            try:
                answer = _addresses(host, port, family)
            except OSError as failure:
                error = failure
            if not loop.is_closed():
                loop.call_soon_threadsafe(post, answer, error)

        threading.Thread(target=look_up, name=f"look-up of {host}", daemon=True).start()
        return await found

    async def close(self) -> None:
        """Do nothing: threads end by themselves."""


def addresses_within(host: str, seconds: float) -> list[str]:
    """Return the addresses of a host; none if its name is unknown, or is not found within this time."""
    found: list[str] = []

    def look_up() -> None:
        with suppress(OSError, UnicodeError):
            found.extend(str(each[4][0]) for each in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))

    thread = threading.Thread(target=look_up, name=f"look-up of {host}", daemon=True)
    thread.start()
    thread.join(seconds)
    return [] if thread.is_alive() else list(dict.fromkeys(found))


def _addresses(host: str, port: int, family: socket.AddressFamily) -> list[aiohttp.abc.ResolveResult]:
    entries = socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return [_result(host, found_family, protocol, address) for found_family, _, protocol, _, address in entries]


def _result(host: str, family: int, protocol: int, address: tuple[Any, ...]) -> aiohttp.abc.ResolveResult:
    number, port = address[0], address[1]
    if family == socket.AF_INET6 and len(address) > 3 and address[3]:
        # A link-local address is valid with its interface only.
        number, port = socket.getnameinfo(address, socket.NI_NUMERICHOST | socket.NI_NUMERICSERV)
    return aiohttp.abc.ResolveResult(
        hostname=host, host=number, port=int(port), family=family, proto=protocol, flags=_NUMERIC
    )
