"""Check from the host of a worker that a runner here can work with the server, before one is started.

The requests are those of the client that the runner uses, with the same trust in certificates. The token is sent only
to a server that has the expected database or asks for a credential first, and never to a loopback address of another
machine than that of the server.
"""

import asyncio
import errno
import os
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from torc_client import tls
from torc_client.address import Address, is_loopback, parse_address
from torc_client.api import Subjects
from torc_client.api.records import VersionResponse
from torc_client.credentials import Token
from torc_client.errors import (
    ApiError,
    ForbiddenError,
    NotFoundError,
    ServerUnreachableError,
    TorcError,
    UnauthorizedError,
    UnexpectedResponseError,
)
from torc_client.http_library import aiohttp
from torc_client.name_lookup import Resolver
from torc_client.remote.server_check import Reach, ServerCheck
from torc_client.retrying import RetryPolicy
from torc_client.this_machine import machine_identity
from torc_client.time_limits import LIMITS
from torc_client.transport import Transport
from torc_client.version import __version__
from torc_client.version_check import Fit, compare

LIMIT_SECONDS = 10.0
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
_NO_ROUTE = {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.EADDRNOTAVAIL}
_OF_SOCKETS = {
    errno.ENOENT: Reach.SOCKET_MISSING, errno.EACCES: Reach.SOCKET_CLOSED, errno.EPERM: Reach.SOCKET_CLOSED,
}  # fmt: skip
# Numbers of OpenSSL.
_CERTIFICATE_TIMES = {9, 10}
_CERTIFICATE_NAMES = {62, 64}
_CERTIFICATE_ISSUERS = {2, 18, 19, 20, 21}
_FIRST_SERVER_ERROR = 500


class ServerQuestion(Struct, kw_only=True):
    """What is checked. `urls` are tried in turn, until one leads to the server."""

    urls: list[str]
    workflow_id: int
    database_id: str | None = None
    """The database of the server; None for a server without such ids."""
    machine: str = ""
    """`machine_identity()` of the machine on which loopback addresses lead to the server."""
    token: str | None = None
    tls_ca: str | None = None
    """Certificates in PEM to trust in addition."""
    tls_insecure: bool = False
    limit_seconds: float = LIMIT_SECONDS

    def __repr__(self) -> str:
        return f"ServerQuestion(urls={self.urls!r}, workflow_id={self.workflow_id!r}, ...)"


async def check_server(question: ServerQuestion, environment: Mapping[str, str] = os.environ) -> ServerCheck:
    """Return the first URL by which the server is reached, or what is wrong with the first one.

    It takes a few times `limit_seconds` at most for each URL.
    """
    first: ServerCheck | None = None
    for url in question.urls:
        found = await _check(question, url)
        if found.is_ok:
            return found
        first = first or found
    if first is None:
        raise ValueError("no URL to check")
    proxies = [name for name in _PROXIES if environment.get(name)]
    return replace(first, proxies=proxies) if proxies and first.reach in _OF_THE_NETWORK else first


_OF_THE_NETWORK = {
    Reach.NAME_UNKNOWN, Reach.NAME_SLOW, Reach.REFUSED, Reach.NO_ANSWER, Reach.NO_ROUTE, Reach.BROKEN, Reach.SILENT,
}  # fmt: skip


async def _check(question: ServerQuestion, url: str) -> ServerCheck:
    try:
        address = parse_address(url)
        trust = tls.trust_of(question.tls_ca, is_insecure=question.tls_insecure)
    except TorcError as error:
        return ServerCheck(reach=Reach.SETTINGS, url=url, detail=error.message.rstrip("."))
    found = ServerCheck(reach=Reach.OK, url=url, host=address.host, port=address.port)
    if address.socket_path is None:
        found = await _resolved(found, question)
    if not found.is_ok:
        return found
    return await _asked(found, address, trust, question)


async def _resolved(found: ServerCheck, question: ServerQuestion) -> ServerCheck:
    """Resolve the host name. A loopback address leads to the server on its own machine only."""
    is_here = bool(question.machine) and question.machine == machine_identity()
    if is_loopback(found.host):
        return found if is_here else replace(found, reach=Reach.URL_IS_LOOPBACK)
    try:
        async with asyncio.timeout(question.limit_seconds):
            entries = await Resolver().resolve(found.host, found.port or 0, socket.AF_UNSPEC)
    except TimeoutError:
        return replace(found, reach=Reach.NAME_SLOW, seconds=question.limit_seconds)
    except OSError as error:
        return replace(found, reach=Reach.NAME_UNKNOWN, detail="" if is_unknown_name(error) else error.strerror or "")
    addresses = list(dict.fromkeys(entry["host"] for entry in entries))
    found = replace(found, addresses=addresses)
    if any(map(is_loopback, addresses)) and not is_here:
        # One of several addresses is enough: requests, with the token, may go to any of them.
        return replace(found, reach=Reach.NAME_IS_LOOPBACK, addresses=list(filter(is_loopback, addresses)))
    return found


def is_unknown_name(error: OSError) -> bool:
    """Whether the name service answered that it does not know the name."""
    return isinstance(error, socket.gaierror) and error.errno in {socket.EAI_NONAME, socket.EAI_NODATA}


async def _asked(found: ServerCheck, address: Address, trust: ssl.SSLContext, question: ServerQuestion) -> ServerCheck:
    """Ask for the version, and if it is the right server, for the workflow with the token."""
    token = Token(question.token, Path("token")) if question.token else None
    try:
        try:
            version = await _version(found.url, trust, question, None)
        except UnauthorizedError:
            if token is None:
                raise
            version = await _version(found.url, trust, question, token)
    except TorcError as error:
        return _failed(found, address, error, question)
    found = replace(found, server_version=version.torc_server or version.version)
    if question.database_id is not None and version.database_id != question.database_id:
        return replace(found, reach=Reach.OTHER_SERVER)
    with suppress(ValueError):
        if version.torc_server and compare(__version__, version.torc_server).fit is Fit.APART:
            return replace(found, reach=Reach.VERSION, detail=f"its version is {__version__}")
    transport = _transport(found.url, trust, question, token)
    try:
        await Subjects(transport).workflows.get_workflow(question.workflow_id)
    except TorcError as error:
        return _failed(found, address, error, question)
    finally:
        await transport.close()
    return found


async def _version(url: str, trust: ssl.SSLContext, question: ServerQuestion, token: Token | None) -> VersionResponse:
    transport = _transport(url, trust, question, token)
    try:
        return await Subjects(transport).system.get_version()
    finally:
        await transport.close()


def _transport(url: str, trust: ssl.SSLContext, question: ServerQuestion, token: Token | None) -> Transport:
    seconds = question.limit_seconds
    # Without probes, which would end a request before its limit.
    limits = replace(LIMITS, connect_seconds=seconds, answer_seconds=seconds, probe_after_seconds=10 * seconds)
    # The caller warns of secrets that cross a network in plain text.
    return Transport(
        url, token, retry_policy=RetryPolicy(seconds=0), limits=limits, on_wait=lambda _: None, trust=lambda: trust,
        is_here=True,
    )  # fmt: skip


def _failed(found: ServerCheck, address: Address, error: TorcError, question: ServerQuestion) -> ServerCheck:  # noqa: PLR0911  one flat case for each error
    match error:
        case UnauthorizedError():
            return replace(found, reach=Reach.TOKEN_REFUSED if question.token else Reach.NEEDS_LOGIN)
        case ForbiddenError():
            return replace(found, reach=Reach.NO_ACCESS)
        case NotFoundError() if found.server_version:
            return replace(found, reach=Reach.NO_WORKFLOW)
        case ApiError(status=status) if status < _FIRST_SERVER_ERROR:
            return replace(found, reach=Reach.NOT_TORC, status=status)
        case ApiError(status=status):
            return replace(found, reach=Reach.SERVER_FAILED, status=status)
        case UnexpectedResponseError():
            is_http = not isinstance(error.__cause__, aiohttp.ClientError)
            return replace(found, reach=Reach.NOT_TORC if is_http else Reach.NOT_HTTP, status=200 if is_http else 0)
        case ServerUnreachableError():
            return _unreached(found, address, error.__cause__, question.limit_seconds)
        case _:
            return replace(found, reach=Reach.SETTINGS, detail=error.message.rstrip("."))


def _unreached(found: ServerCheck, address: Address, cause: BaseException | None, seconds: float) -> ServerCheck:
    match cause:
        case aiohttp.ClientConnectorCertificateError():
            return _distrusted(found, cause.certificate_error)
        case aiohttp.ClientSSLError():
            return replace(found, reach=Reach.NOT_TLS)
        case aiohttp.ConnectionTimeoutError():
            return replace(found, reach=Reach.NO_ANSWER, seconds=seconds)
        case aiohttp.ClientConnectorError():
            return _refused(found, address, cause.os_error)
        case TimeoutError():
            return replace(found, reach=Reach.SILENT, seconds=seconds)
        case _:
            return replace(found, reach=Reach.BROKEN)


def _distrusted(found: ServerCheck, error: Exception) -> ServerCheck:
    code = getattr(error, "verify_code", None)
    detail = str(getattr(error, "verify_message", "") or "").rstrip(".")
    if code in _CERTIFICATE_NAMES:
        return replace(found, reach=Reach.CERTIFICATE_NAME)
    if code in _CERTIFICATE_TIMES:
        return replace(found, reach=Reach.CERTIFICATE_TIME, detail=detail)
    reach = Reach.CERTIFICATE_UNKNOWN if code in _CERTIFICATE_ISSUERS else Reach.CERTIFICATE_OTHER
    return replace(found, reach=reach, detail=detail)


def _refused(found: ServerCheck, address: Address, error: OSError) -> ServerCheck:
    number = error.errno or _number_in(error)
    if address.socket_path is not None:
        reaches = {
            errno.ENOENT: Reach.SOCKET_MISSING,
            errno.EACCES: Reach.SOCKET_CLOSED,
            errno.EPERM: Reach.SOCKET_CLOSED,
        }
        return replace(found, reach=reaches.get(number or 0, Reach.SOCKET_DEAD))
    if number == errno.ECONNREFUSED:
        return replace(found, reach=Reach.REFUSED)
    if number in _NO_ROUTE:
        return replace(found, reach=Reach.NO_ROUTE, detail=os.strerror(number))
    if number == errno.ETIMEDOUT:
        return replace(found, reach=Reach.NO_ANSWER, seconds=LIMIT_SECONDS)
    return replace(found, reach=Reach.BROKEN, detail=os.strerror(number) if number else str(error))


def _number_in(error: OSError) -> int | None:
    """Return the number of an error that collects those of several addresses, whose text has them all."""
    text = str(error)
    for number in (errno.ECONNREFUSED, *_NO_ROUTE):
        if f"[Errno {number}]" in text:
            return number
    return None
