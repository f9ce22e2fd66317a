"""The network I/O of the client: HTTP over TCP, TLS or a UNIX socket, with retries where these are safe."""

import asyncio
import base64
import logging
import os
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import msgspec

from torc_client import tls
from torc_client.address import BASE_PATH, parse_address
from torc_client.credentials import Credentials
from torc_client.errors import ApiError, ServerUnreachableError, UnexpectedResponseError, api_error
from torc_client.http_library import aiohttp
from torc_client.operation import Answer, Operation
from torc_client.retrying import PASSING_STATUSES, RetryLoop, RetryPolicy, may_repeat
from torc_client.version import __version__

_log = logging.getLogger(__name__)
_CONNECT_SECONDS = 10.0
Parameters = list[tuple[str, str]]
_DECODERS: dict[str, msgspec.json.Decoder[Any]] = {}
# Failures before anything was sent, after which every call may be retried.
_NOTHING_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


class Transport:
    """Sends operations to one server. Close it, or use TorcClient, which closes it.

    `timeout_seconds` limits one attempt. A long-poll may take its `wait_seconds` in addition.
    """

    def __init__(
        self,
        url: str,
        credentials: Credentials | None = None,
        *,
        retry_policy: RetryPolicy,
        timeout_seconds: float = 120.0,
        user: str | None = None,
    ) -> None:
        self.address = parse_address(url)
        self._credentials = credentials
        self.retry_policy = retry_policy
        self._timeout_seconds = timeout_seconds
        self._headers = {"User-Agent": f"torc-client/{__version__}", "Content-Type": "application/json"}
        cookie = os.environ.get("TORC_COOKIE_HEADER")
        if cookie:
            self._headers["Cookie"] = cookie
        if user:
            self._headers["X-Torc-Client-User"] = quote(user, safe="")
        self._session: aiohttp.ClientSession | None = None
        if (credentials or cookie) and not self.address.is_private:
            secret = "password" if credentials else "cookie"
            _log.warning("The %s is sent unencrypted to %s: others can read it on the network. Use https.", secret, url)

    async def send(
        self, operation: Operation[Answer], path: Mapping[str, Any], query: Mapping[str, Any], body: Any
    ) -> Answer:
        """Perform an operation. Raises ServerUnreachableError, UnexpectedResponseError or an ApiError."""
        url = self._url(operation.path, path)
        parameters = _parameters(query)
        content = msgspec.json.encode(body) if body is not None else None
        limit_seconds = self._timeout_seconds + float(query.get("wait_seconds", 0))
        repeatable = may_repeat(operation, query)
        clock = asyncio.get_running_loop()
        retries = RetryLoop(self.retry_policy)
        while True:
            began = clock.time()
            failure: ApiError | ServerUnreachableError
            try:
                status, answer = await self._exchange(operation.method, url, parameters, content, limit_seconds)
                if status < 300:
                    return _decode(operation, answer)
                failure, may_retry = api_error(status, answer), repeatable and status in PASSING_STATUSES
            except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError) as error:
                failure = ServerUnreachableError(self.address.url, _reason(error))
                failure.__cause__ = error
                may_retry = repeatable or isinstance(error, _NOTHING_SENT)
            except aiohttp.ClientError as error:
                raise _not_http(self.address.url, error) from error
            pause_seconds = retries.next_pause_seconds()
            if not may_retry or not retries.allows(pause_seconds, began=began, now=clock.time()):
                raise failure
            _log.debug(
                "%s failed (%s); attempt %d follows in %.2f s",
                *(operation.id, failure, retries.attempts + 1, pause_seconds),
            )
            await asyncio.sleep(pause_seconds)

    @asynccontextmanager
    async def stream(
        self,
        path: str,
        values: Mapping[str, Any],
        query: Mapping[str, Any],
        headers: Mapping[str, str],
        *,
        silence_seconds: float,
    ) -> AsyncIterator[aiohttp.StreamReader]:
        """Open a stream, in one attempt. It counts as broken when no data comes for `silence_seconds`.

        Raises ServerUnreachableError, also when the stream breaks inside the block, UnexpectedResponseError or an
        ApiError.
        """
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS, sock_read=silence_seconds)
        parameters = _parameters(query)
        url = self._url(path, values)
        try:
            async with self._opened().get(
                url, params=parameters, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                if response.status >= 300:
                    raise api_error(response.status, await response.read())
                yield response.content
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError) as error:
            raise ServerUnreachableError(self.address.url, _reason(error)) from error
        except (aiohttp.ClientError, ValueError) as error:  # ValueError: a line without end
            raise UnexpectedResponseError(f"The answer of {self.address.url} cannot be decoded: {error}") from error

    async def text(self, path: str) -> str:
        """Return the text at a path outside the API, in one attempt.

        Raises ServerUnreachableError, UnexpectedResponseError, ApiError.
        """
        url = self.address.base.removesuffix(BASE_PATH) + path
        try:
            status, answer = await self._exchange("GET", url, [], None, self._timeout_seconds)
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError) as error:
            raise ServerUnreachableError(self.address.url, _reason(error)) from error
        except aiohttp.ClientError as error:
            raise _not_http(url, error) from error
        if status >= 300:
            raise api_error(status, answer)
        return answer.decode("utf-8", "replace")

    def _url(self, path: str, values: Mapping[str, Any]) -> str:
        return self.address.base + path.format_map({name: quote(str(values[name]), safe="") for name in values})

    async def _exchange(
        self, method: str, url: str, query: Parameters, content: bytes | None, limit_seconds: float
    ) -> tuple[int, bytes]:
        timeout = aiohttp.ClientTimeout(total=limit_seconds, sock_connect=_CONNECT_SECONDS)
        async with self._opened().request(
            method, url, params=query, data=content, timeout=timeout, allow_redirects=False
        ) as response:
            return response.status, await response.read()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            socket_path = self.address.socket_path
            connector = aiohttp.UnixConnector(socket_path) if socket_path else aiohttp.TCPConnector(ssl=self._trust())
            headers = dict(self._headers)
            if self._credentials:
                pair = f"{self._credentials.username}:{self._credentials.password}"
                headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
            self._session = aiohttp.ClientSession(connector=connector, headers=headers)
        return self._session

    def _trust(self) -> ssl.SSLContext | bool:
        return tls.trust() if self.address.base.startswith("https:") else True

    async def close(self) -> None:
        """Close the sockets. The next request opens new ones."""
        if self._session is not None:
            await self._session.close()
            self._session = None


def _parameters(query: Mapping[str, Any]) -> Parameters:
    """Convert values to query parameters. A list becomes a repeated parameter."""
    return [
        (name, _text(each))
        for name, value in query.items()
        for each in (value if isinstance(value, list | tuple) else [value])
    ]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _decode(operation: Operation[Answer], content: bytes) -> Answer:
    try:
        # Each decoder is made once, because making one costs more than decoding.
        decoder = _DECODERS.get(operation.id) or _DECODERS.setdefault(
            operation.id, msgspec.json.Decoder(operation.answer)
        )
        decoded: Answer = decoder.decode(content)
    except (msgspec.DecodeError, RecursionError) as error:
        raise UnexpectedResponseError(
            f"The answer to {operation.id} cannot be decoded: {error}.",
            "Check with `torc ping` that this is the URL of a Torc server of a compatible version.",
        ) from error
    return decoded


def _not_http(url: str, error: aiohttp.ClientError) -> UnexpectedResponseError:
    return UnexpectedResponseError(f"The program at {url} does not speak HTTP: {error}")


def _reason(error: BaseException) -> str:
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "its host name is unknown here."
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return (
            f"its certificate is not trusted ({error.certificate_error}). Set TORC_TLS_CA_CERT to the certificate of "
            "an additional authority to trust."
        )
    if isinstance(error, aiohttp.ClientSSLError):
        return "the TLS handshake failed. If the server does not use TLS, its URL begins with http://."
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"{os.strerror(error.errno) if error.errno else error.os_error}."
    if isinstance(error, TimeoutError):
        return "it did not answer in time."
    return "the connection broke before the answer."
