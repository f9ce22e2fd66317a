"""The one door to the network: HTTP over TCP, TLS or a UNIX socket, repeated where that is safe."""

import asyncio
import base64
import logging
import os
import random
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
from torc_client.retrying import PASSING_STATUSES, RetryPolicy, may_repeat
from torc_client.version import __version__

_log = logging.getLogger(__name__)
_CONNECT_SECONDS = 10.0
Parameters = list[tuple[str, str]]
_DECODERS: dict[str, msgspec.json.Decoder[Any]] = {}
# Failures before anything was sent, after which every call may be repeated.
_NOTHING_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


class Transport:
    """Sends operations to one server. Close it, or use TorcClient, which does.

    `timeout_seconds` limits one attempt (a long-poll gets what it asked to wait in addition).
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
            what = "password" if credentials else "cookie"
            _log.warning("The %s travels unencrypted to %s: anyone on the way can read it. Use https.", what, url)

    async def send(
        self, operation: Operation[Answer], path: Mapping[str, Any], query: Mapping[str, Any], body: Any
    ) -> Answer:
        """Perform an operation; raises ServerUnreachableError, UnexpectedResponseError or an ApiError."""
        url = self._url(operation.path, path)
        parameters = _parameters(query)
        content = msgspec.json.encode(body) if body is not None else None
        limit_seconds = self._timeout_seconds + float(query.get("wait_seconds", 0))
        repeatable = may_repeat(operation, query)
        clock = asyncio.get_running_loop()
        away_since: float | None = None
        attempt = 0
        while True:
            attempt += 1
            began = clock.time()
            failure: ApiError | ServerUnreachableError
            try:
                status, answer = await self._exchange(operation.method, url, parameters, content, limit_seconds)
                if status < 300:
                    return _decode(operation, answer)
                failure, may_try_again = api_error(status, answer), repeatable and status in PASSING_STATUSES
            except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError) as error:
                failure = ServerUnreachableError(self.address.url, _reason(error))
                failure.__cause__ = error
                may_try_again = repeatable or isinstance(error, _NOTHING_SENT)
            except aiohttp.ClientError as error:
                raise UnexpectedResponseError(
                    f"What answers at {self.address.url} does not speak HTTP: {error}"
                ) from error
            # An attempt that hung counts from its end: otherwise one lost answer would use up all patience.
            now = clock.time()
            away_since = away_since if away_since is not None else (began if now - began < 1 else now)
            pause_seconds = self.retry_policy.pause_seconds(attempt, random.random())  # noqa: S311 - no secret
            if not may_try_again or now + pause_seconds > away_since + self.retry_policy.seconds:
                raise failure
            _log.debug(
                "%s failed (%s); attempt %d follows in %.2f s", operation.id, failure, attempt + 1, pause_seconds
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
        """Open an answer that goes on, once; it counts as broken when nothing comes for `silence_seconds`.

        Raises ServerUnreachableError, also when it breaks off inside the block, UnexpectedResponseError or an ApiError.
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
            raise UnexpectedResponseError(f"What {self.address.url} sends cannot be understood: {error}") from error

    async def text(self, path: str) -> str:
        """Return the text at a path beside the API, in one attempt.

        Raises ServerUnreachableError, UnexpectedResponseError, ApiError.
        """
        url = self.address.base.removesuffix(BASE_PATH) + path
        try:
            status, answer = await self._exchange("GET", url, [], None, self._timeout_seconds)
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError) as error:
            raise ServerUnreachableError(self.address.url, _reason(error)) from error
        except aiohttp.ClientError as error:
            raise UnexpectedResponseError(f"What answers at {url} does not speak HTTP: {error}") from error
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
        """Give back the sockets; sending again opens new ones."""
        if self._session is not None:
            await self._session.close()
            self._session = None


def _parameters(query: Mapping[str, Any]) -> Parameters:
    """Write values as a query has them: a list is one parameter many times."""
    return [
        (name, _text(each))
        for name, value in query.items()
        for each in (value if isinstance(value, list | tuple) else [value])
    ]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _decode(operation: Operation[Answer], content: bytes) -> Answer:
    try:
        # A decoder for each answer is made once: that costs more than decoding.
        decoder = _DECODERS.get(operation.id) or _DECODERS.setdefault(
            operation.id, msgspec.json.Decoder(operation.answer)
        )
        decoded: Answer = decoder.decode(content)
    except (msgspec.DecodeError, RecursionError) as error:
        raise UnexpectedResponseError(
            f"The answer to {operation.id} cannot be understood: {error}.",
            "Is this the URL of a Torc server, and of a version that fits? `torc ping` tells.",
        ) from error
    return decoded


def _reason(error: BaseException) -> str:
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "its host name is unknown here."
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return (
            f"its certificate is not trusted ({error.certificate_error}). TORC_TLS_CA_CERT names the certificate of "
            "another authority to trust."
        )
    if isinstance(error, aiohttp.ClientSSLError):
        return "it does not speak TLS as it should. Does its URL begin with http:// instead?"
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"{os.strerror(error.errno) if error.errno else error.os_error}."
    if isinstance(error, TimeoutError):
        return "it did not answer in time."
    return "it broke off before it had answered."
