"""Errors of connections: what they mean for the request, and the reason in words."""

import errno
import os

from msgspec import Struct

from torc_client.address import Address, is_loopback
from torc_client.connection_remedies import NO_ROUTE, error_numbers, remedy_of
from torc_client.errors import UnexpectedResponseError
from torc_client.http_library import aiohttp
from torc_client.liveness import SILENT_ERRNOS, ServerSilentError
from torc_client.time_limits import TimeLimits

# Failures before anything was sent, after which every call may be retried.
_NOTHING_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
CONNECTION_ERRORS = (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError, ServerSilentError)
"""All errors that an attempt may raise because there is no answer."""


class Outage(Struct, frozen=True):
    """Why there is no answer to a request."""

    reason: str
    is_unsent: bool
    """Whether nothing was sent, so that every call may be repeated."""

    silent_since: float | None = None
    """Since when the machine of the server has sent nothing; None if it may be reachable. A time of the event loop."""

    hint: str | None = None
    """The remedy."""


def outage_of(
    error: Exception, began: float, now: float, address: Address, limits: TimeLimits, *, was_heard: bool = False
) -> Outage:
    """Classify an error of CONNECTION_ERRORS. The attempt `began` then and ends now.

    A server that `was_heard` before is not bound to another address: such causes are not named.
    """
    is_unsent = isinstance(error, _NOTHING_SENT) or (isinstance(error, ServerSilentError) and error.is_unsent)
    silent_since = None
    match error:
        case ServerSilentError():
            silent_since = error.since
        case aiohttp.ConnectionTimeoutError():
            silent_since = began
        case OSError(errno=number) if number in SILENT_ERRNOS:
            silent_since = max(began, now - limits.dead_connection_seconds)
    reason = _reason(error, address, limits, was_heard=was_heard)
    remedy = remedy_of(error, address, is_silent=silent_since is not None, was_heard=was_heard)
    return Outage(reason, is_unsent, silent_since, remedy)


def possible_causes(address: Address, *, was_heard: bool = False) -> str:
    """Return a question that names the causes of a server's silence. `was_heard`: it has answered before."""
    if address.socket_path is not None:
        ways = "" if address.port is None else ", or the tunnel down"
        return f"Is the server stopped or overloaded{ways}?"
    if was_heard or is_loopback(address.host):
        return "Is the server stopped or overloaded, or does a firewall drop packets?"
    return "Is the server bound to loopback, stopped or overloaded, or does a firewall drop packets?"


def not_http(url: str, error: aiohttp.ClientError) -> UnexpectedResponseError:
    """Make the exception for an answer that is not HTTP."""
    return UnexpectedResponseError(f"The program at {url} does not speak HTTP: {error}")


def no_answer(seconds: float, address: Address, *, was_heard: bool = False) -> str:
    """Return the reason of a request that was not answered within this time. `was_heard`: the server has before."""
    return f"no answer within {round(seconds, 1):g} s. {possible_causes(address, was_heard=was_heard)}"


def _reason(error: BaseException, address: Address, limits: TimeLimits, *, was_heard: bool) -> str:  # noqa: PLR0911  one flat case for each error
    match error:
        case ServerSilentError():
            return no_answer(error.seconds, address, was_heard=was_heard)
        case aiohttp.ConnectionTimeoutError():
            return no_answer(limits.connect_seconds, address, was_heard=was_heard)
        case aiohttp.ClientConnectorDNSError():
            return "its host name is unknown here."
        case aiohttp.ClientConnectorCertificateError():
            return f"its certificate is not trusted ({error.certificate_error})."
        case aiohttp.ClientSSLError():
            return "the TLS handshake failed."
        case aiohttp.ClientConnectorError():
            return f"{_words(error)}.{_question(error, address, was_heard=was_heard)}"
        case TimeoutError():
            return no_answer(limits.answer_seconds, address, was_heard=was_heard)
        case OSError(errno=number) if number in SILENT_ERRNOS:
            return no_answer(limits.dead_connection_seconds, address, was_heard=was_heard)
        case _:
            return "the connection broke before the answer."


def _words(error: aiohttp.ClientConnectorError) -> str:
    return ", ".join(map(os.strerror, error_numbers(error.os_error))) or str(error.os_error)


def _question(error: aiohttp.ClientConnectorError, address: Address, *, was_heard: bool) -> str:
    """Return a question that names the cause, or nothing."""
    if address.socket_path is not None:
        return ""
    numbers = error_numbers(error.os_error)
    if was_heard and errno.ECONNREFUSED in numbers:
        return " Was the server stopped, or does a firewall reject packets?"
    if is_loopback(address.host):
        return ""
    if errno.ECONNREFUSED in numbers:
        return " Is the server bound to loopback?"
    if was_heard or NO_ROUTE.isdisjoint(numbers):
        return ""
    return " Is its name that of another network, or does a firewall reject packets?"
