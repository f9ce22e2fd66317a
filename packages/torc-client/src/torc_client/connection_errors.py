"""Errors of connections: what they mean for the request, and the reason in words."""

import errno
import os

from msgspec import Struct

from torc_client.address import Address, is_loopback
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
    """The remedy, if the cause is known."""


def outage_of(error: Exception, began: float, now: float, address: Address, limits: TimeLimits) -> Outage:
    """Classify an error of CONNECTION_ERRORS. The attempt `began` then and ends now."""
    is_unsent = isinstance(error, _NOTHING_SENT) or (isinstance(error, ServerSilentError) and error.is_unsent)
    silent_since = None
    match error:
        case ServerSilentError():
            silent_since = error.since
        case aiohttp.ConnectionTimeoutError():
            silent_since = began
        case OSError(errno=number) if number in SILENT_ERRNOS:
            silent_since = max(began, now - limits.dead_connection_seconds)
    return Outage(_reason(error, address, limits), is_unsent, silent_since, _hint(error, address))


def possible_causes(address: Address) -> str:
    """Return a question that names the causes of a server's silence."""
    if address.socket_path is not None:
        return "Is the server stopped or overloaded?"
    if is_loopback(address.host):
        return "Is the server stopped or overloaded, or does a firewall drop packets?"
    return "Is the server bound to loopback, stopped or overloaded, or does a firewall drop packets?"


def not_http(url: str, error: aiohttp.ClientError) -> UnexpectedResponseError:
    """Make the exception for an answer that is not HTTP."""
    return UnexpectedResponseError(f"The program at {url} does not speak HTTP: {error}")


def no_answer(seconds: float, address: Address) -> str:
    """Return the reason of a request that was not answered within this time."""
    return f"no answer within {round(seconds, 1):g} s. {possible_causes(address)}"


def _reason(error: BaseException, address: Address, limits: TimeLimits) -> str:  # noqa: PLR0911  one flat case for each error
    match error:
        case ServerSilentError():
            return no_answer(error.seconds, address)
        case aiohttp.ConnectionTimeoutError():
            return no_answer(limits.connect_seconds, address)
        case aiohttp.ClientConnectorDNSError():
            return "its host name is unknown here."
        case aiohttp.ClientConnectorCertificateError():
            return (
                f"its certificate is not trusted ({error.certificate_error}). Set TORC_TLS_CA_CERT to the certificate "
                "of an additional authority to trust."
            )
        case aiohttp.ClientSSLError():
            return "the TLS handshake failed. If the server does not use TLS, its URL begins with http://."
        case aiohttp.ClientConnectorError():
            return f"{_words(error)}.{_remedy(error.errno, address)}"
        case TimeoutError():
            return no_answer(limits.answer_seconds, address)
        case OSError(errno=number) if number in SILENT_ERRNOS:
            return no_answer(limits.dead_connection_seconds, address)
        case _:
            return "the connection broke before the answer."


def _hint(error: Exception, address: Address) -> str | None:
    if address.socket_path is None or not isinstance(error, OSError) or error.errno != errno.EACCES:
        return None
    return (
        f"Only the owner of the socket {address.socket_path} can use its server. Use the account of that user, or the "
        "URL of a server that serves several users: http://HOST:PORT, in --url or TORC_API_URL."
    )


def _words(error: aiohttp.ClientConnectorError) -> str:
    return os.strerror(error.errno) if error.errno else str(error.os_error)


def _remedy(number: int | None, address: Address) -> str:
    is_local = address.socket_path is not None or is_loopback(address.host)
    return "" if is_local or number != errno.ECONNREFUSED else " Is the server bound to loopback?"
