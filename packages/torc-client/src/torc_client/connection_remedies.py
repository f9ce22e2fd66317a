"""What to do when a server cannot be reached, for each cause."""

import errno
import re
from ipaddress import IPv6Address, ip_address

from torc_client.address import Address, is_loopback
from torc_client.errors import REMEDY_FOR_UNKNOWN_CAUSE
from torc_client.http_library import aiohttp

NO_ROUTE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EHOSTDOWN})
_NUMBER = re.compile(r"\[Errno (\d+)\]")


def error_numbers(error: OSError) -> list[int]:
    """Return the error number; for an error that joins those of several addresses, the numbers of all."""
    if error.errno:
        return [error.errno]
    return list(dict.fromkeys(int(number) for number in _NUMBER.findall(str(error))))


def remedy_of(error: Exception, address: Address, *, is_silent: bool, was_heard: bool) -> str:
    """Return what to do after an error of a connection.

    `is_silent`: nothing came back. `was_heard`: the server has answered before.
    """
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    numbers = error_numbers(cause) if isinstance(cause, OSError) else []
    if address.socket_path is not None:
        return _remedy_for_socket(address.socket_path) if errno.EACCES in numbers else REMEDY_FOR_UNKNOWN_CAUSE
    return _remedy_for_tls(error, address, was_heard=was_heard) or _remedy_for_network_error(
        error, address, numbers, is_silent=is_silent, was_heard=was_heard
    )


def _remedy_for_network_error(
    error: Exception, address: Address, numbers: list[int], *, is_silent: bool, was_heard: bool
) -> str:
    match error:
        case aiohttp.ClientConnectorDNSError():
            return _remedy_for_name(address.host)
        case aiohttp.ClientConnectorError() if is_loopback(address.host) and not was_heard:
            return _remedy_on_this_machine(address)
        case aiohttp.ClientConnectorError() if errno.ECONNREFUSED in numbers and not is_loopback(address.host):
            return _remedy_for_end(address) if was_heard else _remedy_for_refusal(address)
    if not (is_loopback(address.host) or was_heard or NO_ROUTE.isdisjoint(numbers)):
        return _remedy_for_network(address.host)
    return remedy_for_silence(address) if is_silent else REMEDY_FOR_UNKNOWN_CAUSE


def _remedy_for_tls(error: Exception, address: Address, *, was_heard: bool) -> str:
    """Return what to do if only one of both sides uses TLS, or if a certificate is not trusted; empty otherwise."""
    match error:
        case aiohttp.ClientConnectorCertificateError():
            return "To trust it: export TORC_TLS_CA_CERT=FILE, with the certificate of its authority, or its own."
        case aiohttp.ClientSSLError():
            return f"If the server does not use TLS, its URL is {address.base.replace('https:', 'http:', 1)}."
        case aiohttp.ServerDisconnectedError() | ConnectionResetError() if not was_heard:
            is_plain = address.base.startswith("http:") and address.socket_path is None
            return f"If the server uses TLS, its URL is {address.base.replace('http:', 'https:', 1)}." * is_plain
        case _:
            return ""


def remedy_for_silence(address: Address) -> str:
    """Return what to do if no packet comes back."""
    if address.socket_path is not None or is_loopback(address.host):
        return REMEDY_FOR_UNKNOWN_CAUSE
    return (
        f"Run `torc ping` on {address.host}. If it succeeds there, a firewall drops packets: ask your administrators"
        " which ports are open between these machines, and start the server with one of them in --port."
    )


def _remedy_for_socket(path: str) -> str:
    return (
        f"Only the owner of the socket {path} can use its server. Use the account of that user, or the "
        "URL of a server that serves several users: http://HOST:PORT, in --url or TORC_API_URL."
    )


def _remedy_for_name(host: str) -> str:
    return (
        f"`getent hosts {host}` shows whether a name is known here. Try the fully-qualified name of that machine, or"
        " its name in the high-speed network; then start the server with `torc-server run --host` and that name."
    )


def _remedy_on_this_machine(address: Address) -> str:
    return f"{REMEDY_FOR_UNKNOWN_CAUSE} A server with --host NAME is reached as http://NAME:{address.port} only."


def _remedy_for_refusal(address: Address) -> str:
    shown, chosen = "begins with 127", "0.0.0.0"  # noqa: S104 - in a message
    if _is_ipv6(address.host):
        shown, chosen = f"{shown} or is {chosen}", "::"
    return (
        f"On {address.host}, `netstat -tlnp | grep {address.port}` shows the address on which a server listens. If it"
        f" {shown}, restart the server with `torc-server run --host {chosen}`. If it is this one, a firewall refuses"
        " the connection."
    )


def _remedy_for_end(address: Address) -> str:
    return (
        f"On {address.host}, `netstat -tlnp | grep {address.port}` shows whether the server still listens. If it"
        " does, a firewall refuses the connection."
    )


def _remedy_for_network(host: str) -> str:
    return (
        f"`getent hosts {host}` shows the address that is used here. Use a name of that machine in a network of this"
        " one, such as the high-speed network, and start the server with `torc-server run --host` and that name. If it"
        " is the right one, ask your administrators about the firewall."
    )


def _is_ipv6(host: str) -> bool:
    try:
        return isinstance(ip_address(host.partition("%")[0]), IPv6Address)
    except ValueError:
        return False
